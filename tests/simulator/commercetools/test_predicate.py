"""Query predicates of the simulated commercetools: what is understood, and that nothing else is."""

from __future__ import annotations

import duckdb
import pytest

from fondaco.simulator.commercetools.predicate import (
    Bound,
    Fields,
    PredicateError,
    compile_predicate,
    number_or_text,
)

ROWS = "(values (1, 'a', null), (2, 'b', 10), (3, 'c', 20)) as t(number, name, score)"


def matching(text: str, **variables: list[str]) -> list[int]:
    bound = Bound()
    inner = Fields({"name": number_or_text("name", bound)})
    fields = Fields(
        {
            "number": number_or_text("cast(number as varchar)", bound),
            "name": number_or_text("name", bound),
            "score": number_or_text("score", bound),
        },
        {"owner": (inner, "(score > 10 and {})")},
    )
    sql = compile_predicate(text, fields, variables)
    found = (
        duckdb.connect().execute(f"select number from {ROWS} where {sql} order by 1", bound.values).fetchall()
    )
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name = "b"', [2]),
        ('name != "b"', [1, 3]),
        ('name <> "b"', [1, 3]),
        ('name >= "b" and name < "c"', [2]),
        ('name = "a" or name = "b" and score = 20', [1]),
        ('(name = "a" or name = "c") and score = 20', [3]),
        ('name in ("a", "c")', [1, 3]),
        ("score is defined", [2, 3]),
        ("score is not defined", [1]),
        ('not (name = "a")', [2, 3]),
        ('owner(name = "c")', [3]),
        ('owner(name in ("b", "c"))', [3]),
        ("name = :wanted", [2]),
        ("name in :several", [1, 2]),
        (r'name = "\u0062"', [2]),
    ],
)
def test_predicates_admit_what_they_say(text: str, expected: list[int]) -> None:
    assert matching(text, wanted=["b"], several=["a", "b"]) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1", "The field 'colour' does not exist"),
        ("name = :unknown", "'unknown' is not provided"),
        ('name = "a" name = "b"', "Syntax error"),
        ("name =", "Syntax error"),
        ('name ~ "a"', "Syntax error"),
        ('(name = "a"', "Syntax error"),
        ("name", "Syntax error"),
        ("", "Syntax error"),
        ("1 = 1", "Syntax error"),
        ('name = "a"); drop table t; --', "Syntax error"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, words: str) -> None:
    with pytest.raises(PredicateError, match="Malformed parameter: where") as caught:
        matching(text)
    assert words in str(caught.value)


def test_values_travel_as_parameters() -> None:
    assert matching("name = :evil", evil=["a' or 'a' = 'a"]) == []
