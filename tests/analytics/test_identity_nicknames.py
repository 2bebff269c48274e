"""Which first names may stand for one, and which may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.analytics.identity.nickname_list import NICKNAMES
from fondaco.analytics.identity.nicknames import listed, may_be_one, names_behind
from fondaco.analytics.identity.normalise import name

words = st.sampled_from(sorted(listed()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bob", "Robert"), ("Bob", "Rob"), ("Liz", "Elizabeth"), ("Bill", "William"),
        ("Hans", "Johannes"), ("Sepp", "Josef"), ("Uschi", "Ursula"), ("Käthe", "Katharina"),
        ("Manu", "Emmanuel"), ("Babeth", "Élisabeth"), ("Seb", "Sébastien"),
        ("Pepe", "José"), ("Paco", "Francisco"), ("Maite", "María Teresa"), ("Nacho", "IGNACIO"),
        ("Beppe", "Giuseppe"), ("Gigi", "Luigi"), ("Kees", "Cornelis"), ("Wim", "Wilhelmus"), ("Jaap", "Jacobus"),
    ],
)  # fmt: skip
def test_a_nickname_may_stand_for_its_name_however_it_is_spelt(one: str, other: str) -> None:
    left, right = name(one), name(other)
    assert left is not None and right is not None
    assert may_be_one(left, right) and may_be_one(right, left)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("albert", "robert"),  # Bert may be both; they are two
        ("alexander", "alexandra"), ("daniel", "daniela"), ("johannes", "johanna"), ("christian", "christine"),
        ("john", "johannes"),  # a translation
        ("sandra", "alexandra"), ("lisa", "elisabeth"), ("georg", "jorg"),  # names of their own
        ("bob", "bob"), ("ada", "berta"),
    ],
)  # fmt: skip
def test_names_that_two_people_bear_are_two(one: str, other: str) -> None:
    assert not may_be_one(one, other)


@given(words, words)
def test_who_stands_for_whom_goes_both_ways(one: str, other: str) -> None:
    assert may_be_one(one, other) == may_be_one(other, one)


def test_names_are_listed_as_records_have_them_and_once_a_language() -> None:
    """A name that is not its own fixed point would never be met; one that stands twice was forgotten half."""
    assert [word for word in listed() if name(word) != word] == []
    for language, lines in NICKNAMES.items():
        told = [line.partition(":") for line in lines.splitlines() if line.strip()]
        heads = [head.strip() for head, _, _ in told]
        assert len(heads) == len(set(heads)), language
        assert all(short.split() for _, _, short in told), language


def test_what_is_not_listed_stands_for_nothing() -> None:
    assert names_behind("zzyzx") == names_behind(None) == frozenset()
    assert names_behind("robert") == {"robert"}
    assert {"albert", "robert"} <= names_behind("bert")
