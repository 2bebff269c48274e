"""How large a sheet may be, and its letters."""

from __future__ import annotations

from fondaco.costs.faults import CostsError, Fault

LARGEST_BYTES = 8_000_000
MOST_ENTRIES = 50_000


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises
    ------
    CostsError
        If it is too large or in another encoding.
    """
    if len(content) > LARGEST_BYTES:
        raise CostsError(
            [
                Fault(
                    "", f"The sheet has {len(content):,} bytes.", f"Send at most {LARGEST_BYTES:,} at a time."
                )
            ]
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CostsError(
            [
                Fault(
                    "",
                    "The sheet is not in UTF-8.",
                    "Save it as “CSV UTF-8”, or as TOML in UTF-8.",
                    f"line {line}",
                )
            ]
        ) from error


def refuse_too_many(count: int) -> None:
    """
    Raises
    ------
    CostsError
        If a sheet has more entries than are taken at a time.
    """
    if count > MOST_ENTRIES:
        raise CostsError(
            [
                Fault(
                    "",
                    f"The sheet has more than {MOST_ENTRIES:,} entries.",
                    "Send it in parts, without replacing.",
                )
            ]
        )
