"""The typeface of the pages in a PDF: Inter's web fonts, made still at two weights and with digits of one width."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from fondaco.errors import ConfigError

LETTERS = ("latin", "latin-ext", "greek", "cyrillic")
"""Files of the typeface, the one that holds most letters first."""

REGULAR, BOLD = 400, 600
_BLANKS = {"\u202f": "\u00a0", "\u2009": "\u00a0", "\t": " "}


class Typeface:
    """One weight of Inter over all its files. ``name`` is the font of Latin text; others are made when a text needs them."""

    def __init__(self, weight: int, files: Mapping[str, Path]) -> None:
        self._weight = weight
        self._files = files
        self._made: set[str] = set()
        self._lock = Lock()
        self.name = self._font("latin")

    def markup(self, text: str) -> str:
        """``text`` for a paragraph, each run of letters in the font that has them; letters that none has become boxes."""
        runs: list[tuple[str, str]] = []
        for letter in text:
            shown = _BLANKS.get(letter, letter)
            font = self._font_of(shown)
            if runs and runs[-1][0] == font:
                runs[-1] = (font, runs[-1][1] + shown)
            else:
                runs.append((font, shown))
        return "".join(
            escape(run) if font == self.name else f'<font name="{font}">{escape(run)}</font>'
            for font, run in runs
        )

    def _font_of(self, letter: str) -> str:
        has = (letters for letters, path in self._files.items() if ord(letter) in _letters_in(path))
        return self._font(next(has, "latin"))

    def _font(self, letters: str) -> str:
        """The name of the font of these letters, registered for PDFs."""
        from fontTools.ttLib import TTFont as WebFont
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        name = f"Inter-{letters}-{self._weight}"
        with self._lock:
            if letters not in self._made:
                content = BytesIO()
                _still(WebFont(self._files[letters]), self._weight, name).save(content)
                content.seek(0)
                pdfmetrics.registerFont(TTFont(name, content))
                self._made.add(letters)
        return name


@cache
def _letters_in(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont as WebFont

    return frozenset(WebFont(path).getBestCmap())


@cache
def typefaces(folder: Path) -> tuple[Typeface, Typeface]:
    """Regular and bold, from the files in ``folder``; made once a process.

    Raises
    ------
    ConfigError
        If the packages that make PDFs are not installed, or the files are not there.
    """
    for package in ("brotli", "fontTools", "reportlab"):
        if find_spec(package) is None:
            raise ConfigError(
                f"Making a PDF needs the package {package.lower()}, which is not installed.",
                "Install it with `pip install 'fondaco[pdf]'`; the page /report prints without it.",
            )
    files = {letters: folder / f"inter-{letters}.woff2" for letters in LETTERS}
    there = {letters: path for letters, path in files.items() if path.is_file()}
    if "latin" not in there:
        raise ConfigError(
            "The typeface of the reports is not built.",
            "Build it with `make assets`, or install Fondaco's wheel, which has it.",
        )
    return Typeface(REGULAR, there), Typeface(BOLD, there)


def _still(font: Any, weight: int, name: str) -> Any:
    """A variable font at one weight, its digits of one width, under a name of its own."""
    from fontTools.varLib import instancer

    still: Any = instancer.instantiateVariableFont(font, {"wght": weight})
    of_one_width = _substitutes(still, "tnum")
    for table in still["cmap"].tables:
        for code, glyph in list(table.cmap.items()):
            table.cmap[code] = of_one_width.get(glyph, glyph)
    for record in still["name"].names:
        if record.nameID in (4, 6):
            record.string = name
    still.flavor = None
    return still


def _substitutes(font: Any, feature: str) -> dict[str, str]:
    """What a feature of the font puts in the place of a glyph."""
    if "GSUB" not in font:
        return {}
    table = font["GSUB"].table
    lookups = {
        index
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == feature
        for index in record.Feature.LookupListIndex
    }
    found: dict[str, str] = {}
    for index in lookups:
        for part in table.LookupList.Lookup[index].SubTable:
            found |= getattr(getattr(part, "ExtSubTable", part), "mapping", {})
    return found
