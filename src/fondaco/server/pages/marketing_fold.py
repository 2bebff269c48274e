"""Campaigns that run no more, folded into one row of the table of campaigns: what they are together, and the way to see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fondaco.server.pages.figures import Figures, Row
from fondaco.server.pages.marketing_parts import NOTHING, AdPart
from fondaco.server.pages.marketing_state import KEY, MarketingState
from fondaco.server.periods import Period


def fold(parts: Sequence[AdPart], state: MarketingState) -> tuple[Sequence[AdPart], Sequence[AdPart]]:
    """The rows that are listed, and those that may be folded away: paused, ended and removed campaigns, where others run. Who looks
    for a name finds it among all."""
    idle = [part for part in parts if part.is_idle]
    if state.parts.find or not idle or not any(part.is_told and not part.is_idle for part in parts):
        return parts, []
    return parts if state.with_idle else [part for part in parts if not part.is_idle], idle


def fold_of(figures: Figures, state: MarketingState, idle: Sequence[AdPart]) -> dict[str, Any]:
    """The folded campaigns in words, and the way to see them one by one, or not any more."""
    changes = {"idle": "" if state.with_idle else "shown", state.parts.keys[1]: ""}
    count = figures.numbers.count(len(idle))
    return {
        "words": f"{count} paused and ended {'campaign' if len(idle) == 1 else 'campaigns'}",
        "is_shown": state.with_idle,
        "way": state.ways("split")(changes),
    }


def together(figures: Figures, idle: Sequence[AdPart]) -> tuple[Row, Row | None]:
    """The figures of all of them in the period and in the compared one."""
    where = {"campaign_id": [part.key[0] or "" for part in idle]}

    def of(period: Period | None) -> Row | None:
        found = figures.rows(KEY, (), period, where=where) if period else []
        return found[0] if found else None

    return of(figures.view.period) or NOTHING, of(figures.view.comparison)
