"""How a long step tells how far it is. The CLI draws bars from it; everyone else may stay silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something moved.

    Attributes
    ----------
    step
        ``sync``, ``build``, ``analyse``, ``reconcile``, ``publish`` or, in the demo, ``world``.
    subject
        What within the step, e.g. ``berlin-shop · orders``; empty for the step as a whole.
    done, total
        Units so far and in all; ``total`` is None while it is not known.
    detail
        A few words to show behind the bar, e.g. ``12,040 records``.
    ended
        True once, when the subject is finished.
    """

    step: str
    subject: str = ""
    done: int = 0
    total: int | None = None
    detail: str = ""
    ended: bool = False


Progress = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Progress that nobody watches."""
