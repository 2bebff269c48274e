"""Records that are alike beyond chance: Splink's model of Fellegi and Sunter (1969) over names, mailboxes, telephones and cities.

How often two strangers agree, and how rare each name and city is, comes from the records themselves. How often one person's two
records agree is stated in ``AGREEMENT``: it is about people, not about shops, and a small shop could not tell.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from numpy.typing import NDArray
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from fondaco.analytics.identity.clusters import Ints, Links, roots
from fondaco.analytics.identity.nicknames import listed, names_behind
from fondaco.analytics.identity.normalise import VOWELS, by_value
from fondaco.analytics.identity.rules import ALIKE, RULES, codes, joint
from fondaco.duckdb_session import prepare

THRESHOLD = 0.99
"""Pairs are linked from this probability on: of a hundred links of the least certain kind one is expected to be wrong."""

AGREEMENT: dict[str, tuple[float, ...]] = {
    "given": (0.83, 0.03, 0.07, 0.07),
    "family": (0.88, 0.07, 0.05),
    "mailbox": (0.40, 0.04, 0.06, 0.50),
    "telephone": (0.55, 0.15, 0.05, 0.25),
    "city": (0.75, 0.25),
}
"""How often two records of one person agree, level by level, the last being none: nicknames (``nickname_list.NICKNAMES``), short names and
slips of the keyboard, a second mailbox, a new number, a move. Shares of those that have the field at all."""

MOST_ALIKE = 30
"""A telephone's end, a mailbox's name, or name and city, that more records than this have in common finds no pairs."""

MOST_PERSONS = 6
"""So many persons, each told by rules, may likeness unite; a longer chain of resemblances is left as it was."""

_MEMORY, _THREADS, _SAMPLED_PAIRS, _SEED = "1GB", 2, 1_000_000, 1
_LEAST_CHANCE, _GREATEST_CHANCE = 1 / _SAMPLED_PAIRS, 1e-3
_LEAST_NICKNAME = 1e-3
"""A shop of few customers has seen few of a language's names: that two strangers' first names may be one is no rarer than this."""
_KEYS = ("tail_key", "mailbox_key", "place_key")
_SHORTEST_SLIP = 6
"""Below so many letters two words that differ by one are two words."""


def alike(fields: pa.Table, person: Ints, certain: Links) -> Links:
    """Links between records of different persons that are one person with a probability of at least ``THRESHOLD``.

    Parameters
    ----------
    fields
        Normalised columns; keys that were set aside are null.
    person
        For each record the person it belongs to by the certain links.
    certain
        The links found so far; they say how rare it is that two records are one person.
    """
    keys = _keys(fields, person)
    if not any((key >= 0).any() for key in keys.values()):
        return Links.none()
    table = _table(fields, keys)
    pairs = _scored(table, _chances(table, person))
    left, right = (np.asarray(pairs[f"unique_id_{side}"].to_numpy(), np.int64) for side in "lr")
    probability = np.asarray(pairs["match_probability"].to_numpy(), float)
    new = person[left] != person[right]
    found = Links(left[new], right[new], np.full(int(new.sum()), RULES.index(ALIKE)), probability[new])
    return found.where(_in_small_groups(found, person))


def _keys(fields: pa.Table, person: Ints) -> dict[str, Ints]:
    """By what pairs are found; -1 where a key would find none, or too many."""
    name = joint(codes(fields["given"]), codes(fields["family"]))
    found = {
        "tail_key": codes(fields["tail"]),
        "mailbox_key": codes(fields["mailbox"]),
        "place_key": joint(name, codes(fields["city"])),
    }
    return {column: np.where(_finds(key, person), key, -1) for column, key in found.items()}


def _finds(key: Ints, person: Ints) -> NDArray[np.bool_]:
    """Whether a record's key is that of several persons, and of no more than ``MOST_ALIKE`` records."""
    known = key >= 0
    size = int(key.max(initial=-1)) + 1
    records = np.bincount(key[known], minlength=size)
    pairs = np.unique(key[known] * (int(person.max(initial=0)) + 1) + person[known])
    persons = np.bincount(pairs // (int(person.max(initial=0)) + 1), minlength=size)
    good = (persons > 1) & (records <= MOST_ALIKE)
    return np.asarray(known & np.append(good, False)[key])


def own_words(mailbox: str | None, given: str | None, family: str | None) -> str | None:
    """What a mailbox says beyond its owner's name: ``85`` of ``adaabel85``, all of ``sunshine85``, nothing of ``adaabel``.

    Two people of one name have alike mailboxes for that reason alone; only the rest is evidence of its own.
    """
    if mailbox is None:
        return None
    rest = mailbox
    for part in (given, family):
        if part and len(part) > 1:
            rest = rest.replace(part, "", 1)
    if given and rest != mailbox:
        rest = rest.removeprefix(given[0]) if not rest[1:].isalpha() else rest
    return rest or None


def _table(fields: pa.Table, keys: dict[str, Ints]) -> pa.Table:
    compared = fields.select(["mailbox", "telephone", "tail", "given", "family", "city"])
    behind = fields["given"].combine_chunks().dictionary_encode()
    roots_of = [sorted(names_behind(word)) or None for word in behind.dictionary.to_pylist()]
    words = [
        own_words(*row)
        for row in zip(*(_spelt(fields, name) for name in ("mailbox", "given", "family")), strict=True)
    ]
    table = (
        compared.append_column("words", pa.array(words, pa.string()))
        .append_column(
            "long_words",
            pa.array([w if w and len(w) >= _SHORTEST_SLIP else None for w in words], pa.string()),
        )
        .append_column("digits", pa.array([_digits(word) for word in words], pa.string()))
        .append_column("behind", pa.array(roots_of, pa.list_(pa.string())).take(behind.indices))
        .append_column("unique_id", pa.array(np.arange(len(fields))))
    )
    for column, key in keys.items():
        table = table.append_column(column, pa.array(key, mask=key < 0))
    return table


def _spelt(fields: pa.Table, column: str) -> list[str | None]:
    """A column with umlauts as names have them."""
    spelt = by_value(fields[column], lambda word: VOWELS.sub(r"\1", word) if word else None)
    found: list[str | None] = spelt.to_pylist()
    return found


def _digits(words: str | None) -> str | None:
    return None if words is None else "".join(letter for letter in words if letter.isdigit())


def _prior(person: Ints) -> float:
    """How rare one person's pair is among all pairs: as many are expected unknown as the rules have found."""
    count = len(person)
    sizes = np.bincount(person)
    known = float((sizes * (sizes - 1) / 2).sum())
    return min(0.1, max(known, 1.0) / (count * (count - 1) / 2))


@dataclass(frozen=True, slots=True)
class _Chances:
    """How often two records agree.

    Attributes
    ----------
    prior
        That any two records are one person.
    strangers
        By column, that two persons have the same value: of what is as good as unique no sample of pairs finds any.
    nickname
        That two persons have different first names that may stand for one.
    """

    prior: float
    strangers: dict[str, float]
    nickname: float


def _chances(table: pa.Table, person: Ints) -> _Chances:
    strangers = {
        name: _coincidence(codes(table[name]), person) for name in ("words", "mailbox", "telephone", "tail")
    }
    return _Chances(_prior(person), strangers, max(_nickname_chance(table["given"]), _LEAST_NICKNAME))


def _nickname_chance(given: pa.ChunkedArray) -> float:
    """The chance that of two records' first names one may stand for the other, by how often each is borne."""
    borne = pc.value_counts(pc.drop_null(given.combine_chunks()))
    counts: dict[str, int] = dict(
        zip(borne.field("values").to_pylist(), borne.field("counts").to_pylist(), strict=True)
    )
    total = sum(counts.values())
    by_root: dict[str, list[str]] = defaultdict(list)
    for word in counts.keys() & listed():
        for root in names_behind(word):
            by_root[root].append(word)
    pairs = {pair for words in by_root.values() for pair in permutations(words, 2)}
    return sum(counts[one] * counts[other] for one, other in pairs) / max(total * (total - 1), 1)


def _coincidence(key: Ints, person: Ints) -> float:
    """The chance that two persons have the same key: no smaller than what the sample of pairs could tell, and no larger than
    where keys that are the same are so for a reason; in a small shop they may be those of one person who is yet to be found."""
    pairs = np.unique(np.stack([key[key >= 0], person[key >= 0]]), axis=1)
    sizes = np.bincount(pairs[0]).astype(float) if pairs.size else np.zeros(1)
    count = float(sizes.sum())
    found = float((sizes * (sizes - 1)).sum()) / max(count * (count - 1), 1.0)
    return min(max(found, _LEAST_CHANCE), _GREATEST_CHANCE)


def _settings(chances: _Chances) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            _given(chances.nickname),
            comparisons.JaroWinklerAtThresholds("family", [0.9]).configure(
                m_probabilities=list(AGREEMENT["family"]), term_frequency_adjustments=True
            ),
            comparisons.ExactMatch("city").configure(
                m_probabilities=list(AGREEMENT["city"]), term_frequency_adjustments=True
            ),
            _mailbox(chances.strangers),
            _telephone(chances.strangers),
        ],
        blocking_rules_to_generate_predictions=[block_on(key) for key in _KEYS],
        probability_two_random_records_match=chances.prior,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def _given(nickname: float) -> comparisons.CustomComparison:
    """Equal, then one name under two, then alike. How often strangers are on the other levels comes from the sample of pairs."""
    told = (
        levels.ExactMatchLevel("given", term_frequency_adjustments=True),
        levels.ArrayIntersectLevel("behind").configure(u_probability=nickname, fix_u_probability=True),
        levels.JaroWinklerLevel("given", 0.9),
        levels.ElseLevel(),
    )
    return comparisons.CustomComparison(
        comparison_levels=[
            levels.NullLevel("given"),
            *(
                level.configure(m_probability=own)
                for level, own in zip(told, AGREEMENT["given"], strict=True)
            ),
        ],
        output_column_name="given",
    )


def _mailbox(chance: dict[str, float]) -> comparisons.CustomComparison:
    slip = levels.And(levels.LevenshteinLevel("long_words", 1), levels.ExactMatchLevel("digits"))
    told = (
        (levels.ExactMatchLevel("words", term_frequency_adjustments=True), chance["words"]),
        (levels.ExactMatchLevel("mailbox"), chance["mailbox"]),
        (slip, _LEAST_CHANCE),
    )
    return _comparison("mailbox", "words", told)


def _telephone(chance: dict[str, float]) -> comparisons.CustomComparison:
    told = (
        (levels.ExactMatchLevel("telephone"), chance["telephone"]),
        (levels.ExactMatchLevel("tail"), chance["tail"]),
        (levels.LevenshteinLevel("tail", 1), _LEAST_CHANCE),
    )
    return _comparison("telephone", "tail", told)


def _comparison(name: str, column: str, told: Sequence[tuple[Any, float]]) -> comparisons.CustomComparison:
    """Levels with the chances of one person's and of two strangers' records to be on them, and one for no agreement."""
    chances = [chance for _, chance in told]
    whole = zip(
        [level for level, _ in told] + [levels.ElseLevel()],
        AGREEMENT[name],
        [*chances, 1 - sum(chances)],
        strict=True,
    )
    return comparisons.CustomComparison(
        comparison_levels=[
            levels.NullLevel(column),
            *(
                level.configure(m_probability=own, u_probability=strangers, fix_u_probability=True)
                for level, own, strangers in whole
            ),
        ],
        output_column_name=name,
    )


def _scored(table: pa.Table, chances: _Chances) -> pa.Table:
    """Pairs with a probability of at least ``THRESHOLD``."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect(config={"memory_limit": _MEMORY, "threads": _THREADS})
    try:
        prepare(connection)
        connection.register("records", table)
        connection.execute("create table kept as select * from records")
        api = DuckDBAPI(connection)
        linker = Linker(api.register("kept"), _settings(chances), log_level=None)
        linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED_PAIRS, seed=_SEED)
        found = linker.inference.predict(threshold_match_probability=THRESHOLD)
        query = f"select unique_id_l, unique_id_r, match_probability from {found.physical_name}"
        return connection.sql(query).to_arrow_table()
    finally:
        connection.close()


def _in_small_groups(found: Links, person: Ints) -> NDArray[np.bool_]:
    """Which links do not belong to a chain that unites more than ``MOST_PERSONS``."""
    root = roots(len(person), Links(person[found.left], person[found.right], found.rule, found.probability))
    heads = np.flatnonzero(person == np.arange(len(person)))
    united = np.bincount(root[heads], minlength=len(person))
    return np.asarray(united[root[person[found.left]]] <= MOST_PERSONS)
