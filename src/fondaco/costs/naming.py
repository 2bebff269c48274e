"""Which campaigns an entry of the cost sheet names, as the models tell it (macro ``is_named_like``)."""

from __future__ import annotations

import re


def is_named_like(name: str, pattern: str) -> bool:
    """Whether a campaign is called so: ``*`` stands for anything, case and doubled blanks for nothing."""
    return re.fullmatch(".*".join(map(re.escape, _plain(pattern).split("*"))), _plain(name)) is not None


def _plain(text: str) -> str:
    return re.sub(" +", " ", text.replace("%20", " ").replace("+", " ").strip(" ").lower())
