"""Who is connected with whom: links become persons, and every record can say by which link it belongs to its person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Equal:
    """Records that one rule takes for one person because they have an equal key.

    Attributes
    ----------
    rule
        Its index.
    key
        A number for each record, the same for equal keys; negative where the record has none.
    needed
        Where given, two records are linked only if at least one of them is among these.
    """

    rule: int
    key: Ints
    needed: NDArray[np.bool_] | None = None

    def links(self) -> Links:
        """As few links as join all: from the first record of each key to the others."""
        heads, others = stars(self.key)
        found = Links.of_rule(heads, others, self.rule)
        return found if self.needed is None else found.where(self.needed[heads] | self.needed[others])

    def may_link(self, one: int, other: int) -> bool:
        return self.needed is None or bool(self.needed[one] or self.needed[other])

    def groups(self, members: Ints) -> Iterator[list[int]]:
        """Those of ``members`` that have a key, by key."""
        by_key: dict[int, list[int]] = defaultdict(list)
        for one, key in zip(members.tolist(), self.key[members].tolist(), strict=True):
            if key >= 0:
                by_key[key].append(one)
        yield from by_key.values()


@dataclass(frozen=True, slots=True)
class Apart:
    """What people keep apart.

    Attributes
    ----------
    pairs
        Of records, none of which may end up in one person.
    sides
        Records that were kept apart from the same others at one time: one person for whoever did so.
    rule
        Index of the rule that joins those of one side where nothing else does.
    """

    pairs: Sequence[tuple[int, int]] = ()
    sides: Sequence[Sequence[int]] = ()
    rule: int = 0


def roots(count: int, links: Links) -> Ints:
    """For each of ``count`` records the lowest index among all that are connected with it."""
    graph = coo_array((np.ones(len(links), np.int8), (links.left, links.right)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    lowest = np.full(int(label.max(initial=-1)) + 1, count, np.int64)
    np.minimum.at(lowest, label, np.arange(count))
    found: Ints = lowest[label]
    return found


def grow(count: int, links: Links, apart: Apart | None = None, equals: Sequence[Equal] = ()) -> Forest:
    """Join ``count`` records by ``links``, whose pairs are distinct and the strongest first, except those to be kept apart.

    Where a pair of ``apart`` would end up in one person, that person is put together anew, the strongest links first, and each
    that would bring the two together is left out. ``links`` join the records of an equal key to its first one only; there all
    pairs of ``equals`` count, so that those who are torn from the first one stay together.
    """
    root = roots(count, links)
    if apart is None or not (torn := {int(root[a]) for a, b in apart.pairs if root[a] == root[b]}):
        return _forest(count, links, root)
    is_torn = np.isin(root, list(torn))
    anew = _joined_anew(links.where(is_torn[links.left]), root, np.flatnonzero(is_torn), apart, equals)
    links = Links.together([links.where(~is_torn[links.left]), anew])
    return _forest(count, links, roots(count, links))


class _Groups:
    """Records that grow together, never two that are enemies."""

    def __init__(self, pairs: Sequence[tuple[int, int]]) -> None:
        self._enemies: dict[int, set[int]] = defaultdict(set)
        for a, b in pairs:
            self._enemies[a].add(b)
            self._enemies[b].add(a)
        self._members: dict[int, set[int]] = {}

    def unite(self, a: int, b: int) -> bool:
        """Whether the two were not one before, and are now."""
        mine, theirs = self._members.setdefault(a, {a}), self._members.setdefault(b, {b})
        if mine is theirs or any(self._enemies[one] & theirs for one in mine if one in self._enemies):
            return False
        mine |= theirs
        for one in theirs:
            self._members[one] = mine
        return True

    def is_one(self, a: int, b: int) -> bool:
        return a == b or b in self._members.get(a, ())


def _joined_anew(links: Links, root: Ints, members: Ints, apart: Apart, equals: Sequence[Equal]) -> Links:
    """Links that join ``members`` so that no pair of ``apart`` is connected: by rules, the strongest first, then by side."""
    groups = _Groups(apart.pairs)
    found: list[Links] = []
    by_key = {equal.rule: equal for equal in equals}
    for rule in np.unique(np.append(links.rule, [*by_key])).tolist():
        told = links.where(links.rule == rule)
        pairs = zip(told.left.tolist(), told.right.tolist(), strict=True)
        found.append(told.where(np.array([groups.unite(a, b) for a, b in pairs], bool)))
        if rule in by_key:
            found.append(_of_rule(rule, _pairs_of_key(by_key[rule], members, groups)))
    sides = [
        (side[0], other)
        for side in apart.sides
        for other in side[1:]
        if root[side[0]] == root[other] and groups.unite(side[0], other)
    ]
    return Links.together([*found, _of_rule(apart.rule, sides)])


def _of_rule(rule: int, pairs: Sequence[tuple[int, int]]) -> Links:
    left, right = (np.array(side, np.int64) for side in (zip(*pairs, strict=True) if pairs else ((), ())))
    return Links.of_rule(left, right, rule)


def _pairs_of_key(equal: Equal, members: Ints, groups: _Groups) -> list[tuple[int, int]]:
    """Pairs of an equal key that are united: what all pairs in order would come to, without looking at each.

    Groups only grow, so who is refused by the first of a group is refused by the others of it too.
    """
    found = []
    for group in equal.groups(members):
        waiting = group
        while waiting:
            head, *others = waiting
            found += [(head, one) for one in others if equal.may_link(head, one) and groups.unite(head, one)]
            waiting = [one for one in others if not groups.is_one(head, one)]
    return found


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
