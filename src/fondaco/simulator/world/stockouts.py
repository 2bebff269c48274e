"""Weeks in which a variant could not be bought, and what was wanted of it all the same.

A world with stock is another world than the one without of the same seed: who wanted what was not there took something else. What
they wanted is kept, so that an estimate of lost demand can be held to it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fondaco.simulator.world.catalog import Catalog
from fondaco.simulator.world.frames import Array

_SHARE = 0.35
"""Of the variants, how many are ever out of stock."""
_MOST_WEEKS = 4
_FIRST_WEEK = 6
"""Before it every variant is there, so that something is known of it."""


def with_stockouts(seed: int, catalog: Catalog) -> Catalog:
    """The catalog with weeks in which some variants cannot be chosen. Drawn from a seed of its own."""
    rng = np.random.default_rng([seed, 41])
    count = len(catalog.variants["variant_id"])
    absent = np.zeros((catalog.weeks, count), bool)
    if catalog.weeks <= _FIRST_WEEK + 1:
        return replace(catalog, wanted=catalog.choice, absent=absent)
    chosen = (rng.random(count) < _SHARE) & ~catalog.variants["is_gift_card"] & ~catalog.variants["deleted"]
    spells = 1 + (rng.random(count) < 0.3)
    first = rng.integers(_FIRST_WEEK, catalog.weeks, (2, count))
    weeks = rng.integers(1, _MOST_WEEKS + 1, (2, count))
    for variant in np.flatnonzero(chosen):
        for spell in range(spells[variant]):
            start = first[spell, variant]
            absent[start : start + weeks[spell, variant], variant] = True
    return replace(catalog, choice=_without(catalog, absent), wanted=catalog.choice, absent=absent)


def _without(catalog: Catalog, absent: Array) -> Array:
    """The chances of each shop and week, with what is absent left out."""
    choice = catalog.choice.reshape(-1, catalog.weeks, catalog.widest).copy()
    for shop in range(len(choice)):
        first, count = catalog.first_variant[shop], catalog.variant_count[shop]
        base = (shop * catalog.weeks + np.arange(catalog.weeks))[:, None]
        chance = np.diff(choice[shop, :, :count] - base, axis=1, prepend=0.0).clip(min=0.0)
        left = np.where(absent[:, first : first + count], 0.0, chance)
        # Where nothing would be left to choose, everything stays.
        left = np.where(left.sum(axis=1, keepdims=True) > 0, left, chance)
        cumulative = left.cumsum(axis=1)
        choice[shop, :, :count] = cumulative / cumulative[:, -1:] + base
    return np.asarray(choice.ravel())
