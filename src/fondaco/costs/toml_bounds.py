"""What a sheet in TOML may ask of its reader: ``tomllib`` takes the square of the names in a dotted key and of the digits in a number."""

from __future__ import annotations

import re

from fondaco.costs.faults import CostsError, Fault

LONGEST_WORD = 100
"""Letters of a name or digits of a number that stand in no quotes."""
MOST_NAMES = 4
"""Names in one dotted key; a sheet needs one."""

_QUOTED = re.compile(
    r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+(?:"{3,5}|\\?\Z)'
    r"|'''(?:[^']++|'(?!''))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]++|\\[^\n])*+\\?(?:"|(?=\n)|\Z)'
    r"|'[^'\n]*(?:'|(?=\n)|\Z)"
    r"|\#[^\n]*"
)
"""Texts and notes. One that is not closed ends with its line, or with the sheet, as the reader stops there too; so there is
always an end, and the search never turns back."""
_WORD = re.compile(rf"(?<![\w+-])[\w+-]{{{LONGEST_WORD + 1}}}")
_DOTTED = re.compile(rf"(?<![\w+-])(?:[\w+-]+[ \t]*\.[ \t]*){{{MOST_NAMES}}}")


def refuse_what_takes_long(text: str) -> None:
    """
    Raises
    ------
    CostsError
        If a name or number is longer, or a key has more names, than any sheet needs; with its line.
    """
    bare = _QUOTED.sub(_blank, text)
    found = _WORD.search(bare)
    if found is not None:
        raise _fault(
            bare,
            found,
            f"A name or number has more than {LONGEST_WORD} letters or digits.",
            "Shorten it, or put quotes around it if it is text.",
        )
    found = _DOTTED.search(bare)
    if found is not None:
        raise _fault(
            bare,
            found,
            f"A key has more than {MOST_NAMES} names with points between them.",
            'Write a table [[cost]] for each entry, and in it lines such as kind = "product_cost".',
        )


def _blank(quoted: re.Match[str]) -> str:
    """A short word in the place of a text, for a name may be quoted, and its lines."""
    return ("" if quoted[0].startswith("#") else "q") + "\n" * quoted[0].count("\n")


def _fault(bare: str, found: re.Match[str], problem: str, remedy: str) -> CostsError:
    return CostsError([Fault("", problem, remedy, f"line {bare.count(chr(10), 0, found.start()) + 1}")])
