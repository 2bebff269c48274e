"""Numbers that look random and are a function of what they belong to: SplitMix64 over ids and instants."""

from __future__ import annotations

import numpy as np

from fondaco.simulator.world.frames import Array

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def _mix(values: Array) -> Array:
    mixed = (values ^ (values >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def digest(first: Array, second: Array, salt: int) -> Array:
    """A 64-bit number for each pair of integers; another for another ``salt``."""
    start = first.astype(np.uint64) * _GOLDEN + np.array([salt], np.uint64)
    return _mix(_mix(start) + second.astype(np.uint64) * _GOLDEN)


def unit(digests: Array, number: int) -> Array:
    """The ``number``-th draw between 0 and 1 (1 left out) for each digest."""
    step = np.array([number], np.uint64) * _GOLDEN
    return np.asarray((_mix(digests + step) >> np.uint64(11)).astype(np.float64) / 2.0**53)


def bell(digests: Array, number: int) -> Array:
    """A draw that is nearly normal, with mean 0 and deviation 1: the sum of twelve even draws, less six."""
    return np.asarray(sum(unit(digests, 1_000 * number + place) for place in range(12)) - 6.0)
