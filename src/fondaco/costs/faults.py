"""What is wrong with a cost, or with a whole sheet of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.errors import ConfigError

_TOLD = 50
"""So many faults stand in the message; all stand in ``faults``."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Attributes
    ----------
    column
        Of the sheet; empty where it is the entry as a whole.
    problem, remedy
        A sentence each: what is wrong with the value, and what to write instead.
    place
        ``line 3``; empty for an entry that is in no file.
    """

    column: str
    problem: str
    remedy: str
    place: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.place, self.column) if part)
        return f"{where}: {self.problem} {self.remedy}" if where else f"{self.problem} {self.remedy}"


class CostsError(ConfigError):
    """Costs break a rule; nothing of them was kept."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        told = [str(fault) for fault in self.faults[:_TOLD]]
        if count > _TOLD:
            told.append(f"and {count - _TOLD} more")
        if count == 1:
            super().__init__(told[0], "Correct it and try again; nothing was kept.")
        else:
            lines = "".join(f"\n  {line}" for line in told)
            super().__init__(
                f"The costs have {count} faults:{lines}", "Correct them and try again; nothing was kept."
            )
