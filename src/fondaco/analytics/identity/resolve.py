"""From records to persons: normalise, set aside what belongs to nobody, link by rules, then by likeness, and say why.

A person keeps the id of its oldest record. Nothing is remembered from one time to the next but what people decided, so that a
link that is taken away leaves no trace.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fondaco.analytics.identity.clusters import Apart, Forest, Ints, Links, grow, roots
from fondaco.analytics.identity.normalise import normalised
from fondaco.analytics.identity.rules import DECIDED, RULES, certain_equals, certain_links, codes
from fondaco.analytics.identity.shared import REASONS, SetAside, set_aside

RECORD_COLUMNS = {
    "record_id": pa.string(), "default_person_id": pa.string(), "own_person_id": pa.string(), "is_account": pa.bool_(),
    "email": pa.string(), "phone": pa.string(), "first_name": pa.string(), "last_name": pa.string(), "city": pa.string(),
    "country": pa.string(), "telephones": pa.int64(), "cities": pa.int64(), "created_at": pa.timestamp("us"),
}  # fmt: skip
"""A record is an account of a shop, or all orders that guests placed under one address or number.

``default_person_id`` is the person as which the models know the record without any link, ``own_person_id`` the one it is by
itself. ``telephones`` and ``cities`` count the different ones it was seen with.
"""

LINK_COLUMNS = {
    "record_id": pa.string(), "person_id": pa.string(), "linked_to": pa.string(), "rule": pa.string(),
    "probability": pa.float64(), "explanation": pa.string(),
}  # fmt: skip

FIRST = "first record"
BY_ITSELF = "by itself"
NOBODY = "nobody in particular"
"""Rules of links that join nothing: the record whose id the person bears; one that stands alone against its key; and guests of
whom only a shared address is known: each of their orders is a person of its own."""

_COMPARED = ("email", "telephone", "given", "family", "city")
_WORDS = {
    "email": "e-mail", "telephone": "telephone", "given": "first name", "family": "last name", "city": "city",
}  # fmt: skip

Likeness = Callable[[pa.Table, Ints, Links], Links]
"""Takes the normalised fields, each record's person so far and the certain links; gives further links, with probabilities."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about two records; of several about one pair the last counts.

    ``number`` is that of the act: one split decides about many pairs, and those it puts on one side are one person.
    """

    record_id: str
    other_record_id: str
    is_same: bool
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """Persons, and why.

    Attributes
    ----------
    links
        ``LINK_COLUMNS``: one row for every record that shares its person with another, or that is not the person that the
        models take it for.
    person_ids
        For each record as given, its person; null for guests who are nobody in particular.
    set_aside
        How many records have a key that belongs to nobody, by the reason.
    keys_aside
        How many addresses and numbers those are.
    """

    links: pa.Table
    person_ids: pa.Array
    set_aside: dict[str, int]
    keys_aside: int

    @property
    def persons(self) -> int:
        return int(pc.count_distinct(self.person_ids).as_py())


def resolve(
    records: pa.Table, decisions: Sequence[Decision] = (), *, likeness: Likeness | None = None
) -> Resolution:
    """Find the persons behind ``records`` (``RECORD_COLUMNS``, ids distinct)."""
    order = pc.sort_indices(records, [("created_at", "ascending"), ("record_id", "ascending")])
    ordered = records.take(order)
    fields = normalised(ordered)
    telephones, cities = (_numbers(ordered[name]) for name in ("telephones", "cities"))
    aside = set_aside(fields, telephones, cities, _shops(ordered))
    fields = aside.applied(fields)
    same, apart = _decided(ordered["record_id"], decisions)
    equals = certain_equals(fields)
    links = Links.together([same, certain_links(equals)])
    if likeness is not None:
        links = Links.together([links, likeness(fields, roots(len(fields), links), links)])
    forest = grow(len(fields), links, apart, equals)
    is_nobody = _nobody(ordered, aside, forest)
    persons = _person_ids(ordered, aside, forest)
    found = _Found(ordered, fields, aside, forest, is_nobody, persons)
    given = np.empty(len(order), np.int64)
    given[order.to_numpy()] = np.arange(len(order))
    whole = pc.if_else(pa.array(is_nobody), pa.scalar(None, pa.string()), persons)
    return Resolution(_links(found), whole.take(pa.array(given)), aside.told(), aside.keys)


@dataclass(frozen=True, slots=True)
class _Found:
    records: pa.Table
    fields: pa.Table
    aside: SetAside
    forest: Forest
    is_nobody: np.ndarray[tuple[int], np.dtype[np.bool_]]
    persons: pa.Array


def _shops(records: pa.Table) -> Ints:
    """The shop of each account, whose id begins with it and a colon; -1 for guests."""
    shop = pc.struct_field(pc.extract_regex(records["record_id"], r"^(?P<shop>[^:]+):"), "shop")
    return codes(pc.if_else(records["is_account"], shop, pa.scalar(None, pa.string())))


def _numbers(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.fill_null(0).to_numpy(), np.int64)


def _decided(ids: pa.ChunkedArray, decisions: Sequence[Decision]) -> tuple[Links, Apart]:
    """Links that people made, and what they keep apart; what names a record that is gone is left out."""
    if not decisions:
        return Links.none(), Apart()
    last = {frozenset((d.record_id, d.other_record_id)): d for d in decisions}
    named = pa.array(sorted({one for pair in last for one in pair}))
    places = pc.index_in(named, ids.combine_chunks()).to_pylist()
    place = {word: where for word, where in zip(named.to_pylist(), places, strict=True) if where is not None}
    same: list[tuple[int, int]] = []
    apart: dict[tuple[int, int], int | None] = {}
    for decision in last.values():
        a, b = place.get(decision.record_id), place.get(decision.other_record_id)
        if a is not None and b is not None and a != b:
            if decision.is_same:
                same.append((a, b))
            else:
                apart[a, b] = decision.number
    left, right = (np.array(side, np.int64) for side in (zip(*same, strict=True) if same else ((), ())))
    rule = RULES.index(DECIDED)
    return Links.of_rule(left, right, rule), Apart(sorted(apart), _sides(apart), rule)


def _sides(apart: dict[tuple[int, int], int | None]) -> list[list[int]]:
    """Records that one act kept apart from the same others, the oldest first."""
    others: dict[tuple[int, int], set[int]] = defaultdict(set)
    for (a, b), number in apart.items():
        if number is not None:
            others[number, a].add(b)
            others[number, b].add(a)
    sides: dict[tuple[int, frozenset[int]], list[int]] = defaultdict(list)
    for (number, record), opposite in sorted(others.items()):
        sides[number, frozenset(opposite)].append(record)
    return list(sides.values())


def _nobody(records: pa.Table, aside: SetAside, forest: Forest) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Guests whose one key belongs to nobody and whom nothing else joins to anybody."""
    is_guest = ~np.asarray(records["is_account"].to_numpy(zero_copy_only=False), bool)
    alone = np.bincount(forest.root, minlength=len(is_guest))[forest.root] == 1
    return np.asarray(is_guest & _key_is_shared(records, aside) & alone)


def _key_is_shared(records: pa.Table, aside: SetAside) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the models know the record by a key that belongs to nobody."""
    has_email = codes(records["email"]) >= 0
    return np.asarray(np.where(has_email, aside.email, aside.telephone) >= 0)


def _person_ids(records: pa.Table, aside: SetAside, forest: Forest) -> pa.Array:
    """Every record's person: the id of the oldest record, or that record's own where another person bears the former."""
    heads = np.flatnonzero(forest.root == np.arange(len(forest.root)))
    default = codes(records["default_person_id"])
    may = ~_key_is_shared(records, aside)[heads]
    bearing = np.zeros(len(forest.root), bool)
    able = heads[may]
    bearing[able[np.unique(default[able], return_index=True)[1]]] = True
    ids = pc.if_else(pa.array(bearing), records["default_person_id"], records["own_person_id"])
    return (
        ids.combine_chunks().take(pa.array(forest.root))
        if isinstance(ids, pa.ChunkedArray)
        else ids.take(pa.array(forest.root))
    )


def _links(found: _Found) -> pa.Table:
    """The rows to be kept, of ``LINK_COLUMNS``."""
    forest, records = found.forest, found.records
    count = len(forest.root)
    shares = np.bincount(forest.root, minlength=count)[forest.root] > 1
    moved = pc.not_equal(found.persons, records["default_person_id"]).to_numpy(zero_copy_only=False)
    kept = np.flatnonzero(shares | moved | found.is_nobody)
    joined = forest.link[kept] >= 0
    used = np.where(joined, forest.link[kept], 0)
    rules = np.array([rule.name for rule in RULES] + [FIRST, BY_ITSELF, NOBODY], object)
    alone = np.where(
        found.is_nobody[kept], len(RULES) + 2, np.where(shares[kept], len(RULES), len(RULES) + 1)
    )
    by = forest.links.rule[used] if len(forest.links) else np.zeros(len(kept), np.int64)
    probability = forest.links.probability[used] if len(forest.links) else np.ones(len(kept))
    parent = pa.array(forest.parent[kept], mask=~joined)
    return pa.table(
        {
            "record_id": records["record_id"].take(kept),
            "person_id": pc.if_else(pa.array(found.is_nobody), None, found.persons).take(pa.array(kept)),
            "linked_to": records["record_id"].take(parent),
            "rule": pa.array(rules[np.where(joined, by, alone)].tolist(), pa.string()),
            "probability": pa.array(probability, mask=~joined),
            "explanation": _explanations(found, kept, joined),
        },
        schema=pa.schema(list(LINK_COLUMNS.items())),
    )


def _explanations(found: _Found, kept: Ints, joined: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.Array:
    """What agrees and what differs between a record and the one it is linked to, in words; never the values themselves."""
    parent = np.where(joined, found.forest.parent[kept], kept)
    pattern = np.zeros(len(kept), np.int64)
    for column in _COMPARED:
        code = codes(found.fields[column])
        mine, theirs = code[kept], code[parent]
        unknown = (mine < 0) | (theirs < 0)
        pattern = pattern * 3 + np.where(unknown, 0, np.where(mine == theirs, 1, 2))
    reason = np.maximum(found.aside.email[kept], found.aside.telephone[kept])
    return _texts().take(pa.array(np.where(joined, pattern, 3 ** len(_COMPARED) + 1 + reason)))


@cache
def _texts() -> pa.Array:
    """All that can be said: of those who are linked by pattern, then of those who are not."""
    words = [
        json.dumps({
            word: [_WORDS[c] for c, state in zip(_COMPARED, states, strict=True) if state == number]
            for word, number in (("agree", 1), ("differ", 2))
        })
        for states in product(range(3), repeat=len(_COMPARED))
    ]  # fmt: skip
    alone = [json.dumps({}), *(json.dumps({"set aside": text}) for text in REASONS)]
    return pa.array([*words, *alone])
