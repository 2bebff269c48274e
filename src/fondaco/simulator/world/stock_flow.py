"""What comes and goes at one location, day by day, and the deliveries that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from fondaco.simulator.world.frames import Array


@dataclass
class Flow:
    """A variant at a location: pieces by day."""

    location_id: int
    sold: Array
    returned: Array
    received: Array = field(init=False)
    transferred: Array = field(init=False)
    counted: Array = field(init=False)
    unexplained: Array = field(init=False)
    counts: Array = field(init=False)
    """Days on which it was counted."""

    def __post_init__(self) -> None:
        for name in ("received", "transferred", "counted", "unexplained"):
            setattr(self, name, np.zeros(len(self.sold), np.int64))
        self.counts = np.zeros(len(self.sold), bool)

    def parts(self) -> dict[str, Array]:
        """What moved, by the names of the truth."""
        return {
            name: getattr(self, name)
            for name in ("received", "sold", "returned", "transferred", "counted", "unexplained")
        }

    def net(self) -> Array:
        """Pieces that came, less those that left."""
        return np.asarray(
            self.received - self.sold + self.returned + self.transferred + self.counted + self.unexplained
        )

    def closing(self) -> Array:
        """What is there as each day ends."""
        return self.net().cumsum()

    def moved(self) -> Array:
        """Days on which anything happened, also where it makes up for each other, or was counted."""
        return np.asarray(sum((values != 0 for values in self.parts().values()), self.counts) > 0)

    def change_by_hand(
        self, rng: np.random.Generator, open_days: Array, count_every: int, hand_every: int
    ) -> None:
        """Counts that find a few too few, and levels that somebody changes in the shop's system and tells nobody."""
        days = np.flatnonzero(open_days & (rng.random(len(open_days)) < 1 / count_every))
        self.counts[days] = True
        self.counted[days] = -rng.integers(0, 3, len(days))
        days = np.flatnonzero(open_days & ~self.counts & (rng.random(len(open_days)) < 1 / hand_every))
        self.unexplained[days] = rng.choice([-2, -1, 1, 2], len(days))

    def needed(self, days: Sequence[int], gone: Sequence[tuple[int, int]]) -> tuple[Array, Array]:
        """Pieces that must come on ``days`` so that there is always enough and a little more, and what is left over by day.

        Nothing may be left as a spell of ``gone`` begins: what is, is left over on its eve.
        """
        came, over = np.zeros(len(self.sold), np.int64), np.zeros(len(self.sold), np.int64)
        ends = {first for first, _ in gone}
        net = self.net()
        level = 0
        for day, following in pairwise([*days, len(net)]):
            running = net[day:following].cumsum()
            if not len(running):
                continue
            least = int(running.min(initial=0))
            end = next((end for end in sorted(ends) if day < end <= following), None)
            wanted = -least if end is not None else -least - least // 3 + 1
            came[day] = max(0, wanted - level) if level + least < 1 else 0
            level += int(came[day])
            if end is not None:
                over[end - 1] = max(
                    0, level + min(int(running[end - 1 - day]), int(running[end - 1 - day :].min()))
                )
                level -= int(over[end - 1])
            level += int(running[-1])
        return came, over


@dataclass
class Supply:
    """A supplier: how it delivers, and what it was asked for."""

    name: str
    promised: int
    mean: float
    spread: float
    minimum: int
    days: list[int]
    """Days on which it delivers."""
    seed: int
    wanted: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def deliver(
        self, variant_id: int, cost: int, received: Array, gone: Sequence[tuple[int, int]], multiple: int
    ) -> None:
        """Note what came of a variant, day by day. What came as an empty spell ended was promised for its beginning."""
        late = {last + 1: last + 1 - first for first, last in gone}
        for day in np.flatnonzero(received):
            quantity = int(received[day])
            # Packs are whole where it delivers in full; the rest was ordered and did not come.
            ordered = -(-quantity // multiple) * multiple
            self.wanted.setdefault(int(day), []).append(
                {
                    "variant_id": variant_id, "quantity": ordered, "received_quantity": quantity,
                    "late": late.get(int(day), 0), "unit_cost": int(cost * (1 + 0.0001 * int(day))),
                }
            )  # fmt: skip

    def lines(self, days: int) -> Iterator[dict[str, Any]]:
        """The lines of all purchase orders; the newest is still open."""
        rng = np.random.default_rng([self.seed, 43])
        number = 1000
        for day in sorted(self.wanted):
            by_late: dict[int, list[dict[str, Any]]] = {}
            for line in self.wanted[day]:
                by_late.setdefault(line.pop("late"), []).append(line)
            for late, lines in sorted(by_late.items()):
                number += 1
                took = max(1, round(float(rng.normal(self.mean, self.spread)))) + late
                ordered = day - took
                for line in lines:
                    yield {
                        **line,
                        "order": number,
                        "ordered": ordered,
                        "expected": ordered + self.promised,
                        "received": day,
                    }
        newest = self.wanted[max(self.wanted)] if self.wanted else []
        ordered = days - 1 - max(1, self.promised // 2)
        for line in newest:
            yield {
                **line, "order": number + 1, "ordered": ordered, "expected": ordered + self.promised, "received": None,
                "received_quantity": 0,
            }  # fmt: skip


def supply_of(name: str, rng: np.random.Generator, days: int) -> Supply:
    """A supplier with its own pace: it delivers every two to five weeks, and takes longer or shorter than it promises."""
    promised = int(rng.integers(6, 29))
    every = int(rng.integers(14, 36))
    start = int(rng.integers(5, every))
    planned = range(start, days, every)
    return Supply(
        name=name,
        promised=promised,
        mean=promised * float(rng.uniform(0.9, 1.3)),
        spread=promised * float(rng.uniform(0.1, 0.35)),
        minimum=int(rng.integers(2, 20)) * 5_000,
        days=[min(day + int(rng.integers(0, 4)), days - 1) for day in planned],
        seed=int(rng.integers(0, 2**31)),
    )
