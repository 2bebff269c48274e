"""Who is connected with whom: links become persons, and every record can say by which link it belongs to its person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of records that are one person; arrays of equal length.

    Attributes
    ----------
    left, right
        Indices of records.
    rule
        Index of the rule that says so; the lower, the stronger.
    probability
        Of the pair being one person: 1 for a rule, between 0 and 1 where a model says so.
    """

    left: Ints
    right: Ints
    rule: Ints
    probability: Floats

    @classmethod
    def none(cls) -> Links:
        nothing = np.empty(0, np.int64)
        return cls(nothing, nothing, nothing, np.empty(0))

    @classmethod
    def of_rule(cls, left: Ints, right: Ints, rule: int) -> Links:
        return cls(left, right, np.full(len(left), rule, np.int64), np.ones(len(left)))

    @classmethod
    def together(cls, parts: Sequence[Links]) -> Links:
        """All links, each pair once, by the strongest that joins it; the strongest first."""
        left, right, rule = (
            np.concatenate([getattr(p, f) for p in parts]) for f in ("left", "right", "rule")
        )
        probability = np.concatenate([part.probability for part in parts])
        low, high = np.minimum(left, right), np.maximum(left, right)
        order = np.lexsort((high, low, -probability, rule))
        pairs = (low * (int(high.max(initial=0)) + 1) + high)[order]
        kept = order[np.sort(np.unique(pairs, return_index=True)[1])]
        kept = kept[low[kept] != high[kept]]
        return cls(low[kept], high[kept], rule[kept], probability[kept])

    def where(self, chosen: NDArray[np.bool_]) -> Links:
        return Links(self.left[chosen], self.right[chosen], self.rule[chosen], self.probability[chosen])

    def __len__(self) -> int:
        return len(self.left)


@dataclass(frozen=True, slots=True)
class Forest:
    """Persons, and the link by which each record belongs to its person.

    Attributes
    ----------
    root
        For each record the lowest index of its person.
    parent
        For each record the one it is linked to, on its way to the root; -1 for the root itself.
    link
        For each record the index into ``links`` of the link to ``parent``; -1 for the root.
    links
        The links that were used, at least.
    """

    root: Ints
    parent: Ints
    link: Ints
    links: Links


def stars(keys: Ints) -> tuple[Ints, Ints]:
    """Pairs that join all records of equal key to the first of them. Negative keys are no keys."""
    some = np.flatnonzero(keys >= 0)
    _, first, group = np.unique(keys[some], return_index=True, return_inverse=True)
    heads = some[first][group]
    others = heads != some
    return heads[others], some[others]


def roots(count: int, links: Links) -> Ints:
    """For each of ``count`` records the lowest index among all that are connected with it."""
    graph = coo_array((np.ones(len(links), np.int8), (links.left, links.right)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    lowest = np.full(int(label.max(initial=-1)) + 1, count, np.int64)
    np.minimum.at(lowest, label, np.arange(count))
    found: Ints = lowest[label]
    return found


def grow(count: int, links: Links, apart: Sequence[tuple[int, int]] = ()) -> Forest:
    """Join ``count`` records by ``links``, whose pairs are distinct and the strongest first, except those to be kept apart.

    Where a pair of ``apart`` would end up in one person, that person's links are taken up one by one, the strongest first,
    and each that would bring the two together is left out.
    """
    root = roots(count, links)
    torn = {int(root[a]) for a, b in apart if root[a] == root[b]}
    if torn:
        links = links.where(_allowed(links, root, torn, apart))
        root = roots(count, links)
    return _forest(count, links, root)


def _allowed(links: Links, root: Ints, torn: set[int], apart: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Which links may stay so that no pair of ``apart`` is connected."""
    keep = np.ones(len(links), bool)
    enemies: dict[int, set[int]] = defaultdict(set)
    for a, b in apart:
        enemies[a].add(b)
        enemies[b].add(a)
    members: dict[int, set[int]] = {}
    for index in np.flatnonzero(np.isin(root[links.left], list(torn))):
        a, b = int(links.left[index]), int(links.right[index])
        mine, theirs = members.setdefault(a, {a}), members.setdefault(b, {b})
        if mine is theirs:
            continue
        if any(enemies[one] & theirs for one in mine if one in enemies):
            keep[index] = False
            continue
        mine |= theirs
        for one in theirs:
            members[one] = mine
    return keep


def _forest(count: int, links: Links, root: Ints) -> Forest:
    """A tree of the strongest links for each person, looked at from the root."""
    parent, link = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    if not len(links):
        return Forest(root, parent, link, links)
    # The links are in order of strength: their positions are weights, without a tie and never 0.
    weight = np.arange(1, len(links) + 1, dtype=float)
    graph = coo_array((weight, (links.left, links.right)), shape=(count, count))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    linked = np.flatnonzero(
        np.bincount(links.left, minlength=count) + np.bincount(links.right, minlength=count)
    )
    heads = linked[root[linked] == linked]
    # One more node stands over all roots, so that a single walk reaches every person.
    left = np.concatenate([tree.row, np.full(len(heads), count)])
    right = np.concatenate([tree.col, heads])
    whole = coo_array((np.ones(len(left)), (left, right)), shape=(count + 1, count + 1)).tocsr()
    _, before = breadth_first_order(whole, count, directed=False, return_predecessors=True)
    below = linked[root[linked] != linked]
    parent[below] = before[below]
    which = {(int(a), int(b)): int(w) - 1 for a, b, w in zip(tree.row, tree.col, tree.data, strict=True)}
    for one in below.tolist():
        other = int(parent[one])
        link[one] = which[min(one, other), max(one, other)]
    return Forest(root, parent, link, links)
