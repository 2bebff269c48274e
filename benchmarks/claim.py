"""What a benchmark promises, and what it measured."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Claim:
    """One measured promise.

    Attributes
    ----------
    promise
        The sentence that the documentation may quote.
    measured, yardstick
        Both in ``unit``, from the same run on the same machine; ``yardstick_name`` says what the latter is. A
        yardstick may be a fixed limit.
    at_most
        The promise holds while measured ÷ yardstick does not exceed this.
    at_least
        The promise holds while measured ÷ yardstick reaches this; for throughputs.
    """

    promise: str
    measured: float
    yardstick: float
    yardstick_name: str
    unit: str = "s"
    at_most: float | None = None
    at_least: float | None = None

    @property
    def ratio(self) -> float:
        return self.measured / self.yardstick

    @property
    def holds(self) -> bool:
        below = self.at_most is None or self.ratio <= self.at_most
        above = self.at_least is None or self.ratio >= self.at_least
        return below and above

    def __str__(self) -> str:
        bounds = (("at least", self.at_least), ("at most", self.at_most))
        bound = " and ".join(f"{name} {limit:g}" for name, limit in bounds if limit is not None)
        return (
            f"{'ok  ' if self.holds else 'MISS'} {self.promise}\n"
            f"     {self.measured:,.3g} {self.unit} against {self.yardstick:,.3g} {self.unit} "
            f"({self.yardstick_name}): ratio {self.ratio:.3g}, {bound}"
        )


@dataclass(slots=True)
class Span:
    """Seconds between entering and leaving ``timed``, by the clock and of all processors that this process used."""

    seconds: float = field(default=0.0)
    processor_seconds: float = field(default=0.0)


@contextmanager
def timed() -> Iterator[Span]:
    """Seconds of a block, by the clock and of processors. The latter tell of the work alone where the machine is shared."""
    span = Span()
    start, worked = time.perf_counter(), time.process_time()
    try:
        yield span
    finally:
        span.seconds = time.perf_counter() - start
        span.processor_seconds = time.process_time() - worked


def peak_memory_mb() -> float:
    """Largest resident size of this process so far, in MB. Measure in a process of its own."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 1e6 if sys.platform == "darwin" else size / 1e3
