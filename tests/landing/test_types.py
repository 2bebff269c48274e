"""Any JSON value in a column of any declared type lands exactly, or its record goes to quarantine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fondaco.clock import utc_now
from fondaco.landing.numbers import mark_long_numbers, unmark
from fondaco.landing.shred import Shredder, shredded_name
from fondaco.landing.spool import Spool
from fondaco.sources.stream import MOST_PIECES, Column, ColumnType, Page, Slice, Stream, SyncMode, Table

EVERY_TYPE = Stream(
    "typed",
    mode=SyncMode.FULL,
    tables=(
        Table(
            "typed",
            (
                Column("key", ColumnType.TEXT, "$.key"),
                *(Column(kind.value, kind, f"$.{kind.value}") for kind in ColumnType),
                Column("pieces", ColumnType.BIGINT, "$.pieces", largest=MOST_PIECES),
            ),
            ("key",),
        ),
    ),
)
SET_ASIDE = object()
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@pytest.fixture(scope="module")
def bench() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@pytest.fixture(scope="module")
def spool(tmp_path_factory: pytest.TempPathFactory) -> Spool:
    return Spool(tmp_path_factory.mktemp("spool"), utc_now)


def landed(bench: duckdb.DuckDBPyConnection, spool: Spool, kind: ColumnType, token: str) -> Any:
    """What becomes of the JSON ``token`` in a column of type ``kind``."""
    return landed_as(bench, spool, kind.value, token)


def landed_as(bench: duckdb.DuckDBPyConnection, spool: Spool, column: str, token: str) -> Any:
    line = f'{{"key": "k", "{column}": {token}}}\n'.encode()
    spooled = spool.write("c", "s", EVERY_TYPE, Slice("typed", "full"), [Page(line, 1)])
    shredder = Shredder(bench, EVERY_TYPE, spooled)
    try:
        shredder.run()
        if bench.execute("select 1 from rejected").fetchall():
            return SET_ASIDE
        table = shredded_name(EVERY_TYPE.tables[0])
        [(value,)] = bench.execute(f'select "{column}" from {table}').fetchall()
        return value
    finally:
        shredder.close()
        spool.remove(spooled)


def as_text(token: str) -> str | None:
    """The text that a scalar stands for; None for null."""
    value = json.loads(token, parse_float=str, parse_int=str)
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def has_exponent(token: str) -> bool:
    """Whether it is a text with one, which is no number in JSON's own sense."""
    return token.startswith('"') and "e" in token.lower()


def expected_decimal(text: str, token: str = "") -> Any:
    if not NUMBER.fullmatch(text) or has_exponent(token):
        return SET_ASIDE
    with localcontext() as context:
        context.prec = 2000
        exponent = Decimal(text).adjusted()
        if exponent > 20:
            return SET_ASIDE if Decimal(text) else Decimal(0)
        value = Decimal(text).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
    return value if abs(value) < Decimal(10) ** 12 else SET_ASIDE


def expected_bigint(text: str, token: str = "") -> Any:
    if not NUMBER.fullmatch(text) or has_exponent(token):
        return SET_ASIDE
    value = Decimal(text)
    if value.adjusted() > 20:
        return SET_ASIDE if value else 0
    whole = int(value)
    return whole if whole == value and -(2**63) <= whole < 2**63 else SET_ASIDE


digits = st.text("0123456789", min_size=1, max_size=24)
number_texts = st.builds(
    lambda sign, whole, point, exponent: f"{sign}{whole.lstrip('0') or '0'}{point}{exponent}",
    st.sampled_from(["", "-"]),
    digits,
    st.one_of(st.just(""), digits.map(lambda d: f".{d}")),
    st.one_of(st.just(""), st.integers(-30, 30).map(lambda e: f"e{e}")),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ue000"), max_size=12),
    st.sampled_from(
        ["", " 12", "1_000", "0x1F", "١٢", "NaN", "inf", "1,5", "12.", ".5", "+3", "1e", "--1", "$5"]
    ),
)
json_tokens = st.one_of(
    number_texts,
    number_texts.map(json.dumps),
    st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text("ab", max_size=2), inner)
        ),
        max_leaves=5,
    ).map(lambda value: json.dumps(value, ensure_ascii=False)),
)
thorough = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@thorough
@given(token=json_tokens)
@pytest.mark.slow
def test_money_lands_exact_to_six_places_or_is_set_aside(
    bench: duckdb.DuckDBPyConnection, spool: Spool, token: str
) -> None:
    text = as_text(token)
    expected = None if text in (None, "") else expected_decimal(text, token)
    found = landed(bench, spool, ColumnType.DECIMAL, token)
    # DuckDB cannot cast some texts of more than 15 digits with an exponent: those may be set aside, never be wrong.
    hard = text is not None and len(text) > 15 and "e" in text
    assert found == expected or (hard and found is SET_ASIDE)


@thorough
@given(token=json_tokens)
@pytest.mark.slow
def test_whole_numbers_land_exact_or_are_set_aside(
    bench: duckdb.DuckDBPyConnection, spool: Spool, token: str
) -> None:
    text = as_text(token)
    expected = None if text in (None, "") else expected_bigint(text, token)
    found = landed(bench, spool, ColumnType.BIGINT, token)
    # Whole numbers in the form of a fraction or power, such as 1e3, are read where 38 digits suffice.
    hard = text is not None and not text.lstrip("+-").isdigit()
    assert found == expected or (hard and found is SET_ASIDE)


@pytest.mark.parametrize(
    ("token", "found"),
    [
        ("1000000000", 10**9),
        ("-1000000000", -(10**9)),
        ("1000000001", SET_ASIDE),
        ("4006381333931", SET_ASIDE),
        (str(-(2**63)), SET_ASIDE),
        ("null", None),
    ],
)
def test_a_barcode_in_the_place_of_a_quantity_is_set_aside(
    bench: duckdb.DuckDBPyConnection, spool: Spool, token: str, found: object
) -> None:
    assert landed_as(bench, spool, "pieces", token) == found


@thorough
@given(token=json_tokens)
@pytest.mark.slow
def test_texts_land_unchanged_and_other_values_as_their_json(
    bench: duckdb.DuckDBPyConnection, spool: Spool, token: str
) -> None:
    found = landed(bench, spool, ColumnType.TEXT, token)
    value = json.loads(token, parse_float=Decimal)
    if value is None or isinstance(value, str | bool):
        assert found == as_text(token)
    elif isinstance(value, int | Decimal):
        assert Decimal(found) == value
    else:
        assert json.loads(found, parse_float=Decimal) == value


@thorough
@given(token=json_tokens)
@pytest.mark.slow
def test_json_lands_with_the_same_meaning(bench: duckdb.DuckDBPyConnection, spool: Spool, token: str) -> None:
    found = landed(bench, spool, ColumnType.JSON, token)
    value = json.loads(token, parse_float=Decimal)
    assert (None if found is None else json.loads(found, parse_float=Decimal)) == value


@thorough
@given(
    instant=st.datetimes(datetime(1000, 1, 1), datetime(9998, 12, 31)),
    minutes=st.integers(-14 * 60, 14 * 60),
    style=st.sampled_from(["+hh:mm", "+hhmm", "Z", "none"]),
)
@pytest.mark.slow
def test_instants_with_any_offset_become_utc(
    bench: duckdb.DuckDBPyConnection, spool: Spool, instant: datetime, minutes: int, style: str
) -> None:
    aware = instant.replace(tzinfo=timezone(timedelta(minutes=minutes)) if style.startswith("+") else UTC)
    text = aware.isoformat()
    if style == "+hhmm":
        text = text[:-3] + text[-2:]
    elif style == "Z":
        text = text.replace("+00:00", "Z")
    elif style == "none":
        text = text.removesuffix("+00:00")
    found = landed(bench, spool, ColumnType.TIMESTAMP, json.dumps(text))
    assert found == aware.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("kind", "token", "expected"),
    [
        (ColumnType.TIMESTAMP, '"2026-03-01"', datetime(2026, 3, 1)),
        (ColumnType.TIMESTAMP, '"2026-03-01T10:00Z"', datetime(2026, 3, 1, 10)),
        (ColumnType.TIMESTAMP, '"2026-03-01T10:00:00.123456789Z"', datetime(2026, 3, 1, 10, 0, 0, 123456)),
        (ColumnType.TIMESTAMP, '""', None),
        (ColumnType.TIMESTAMP, '"2026-02-30T10:00:00Z"', SET_ASIDE),
        (ColumnType.TIMESTAMP, '"infinity"', SET_ASIDE),
        (ColumnType.TIMESTAMP, '"epoch"', SET_ASIDE),
        (ColumnType.TIMESTAMP, '"44-03-15 (BC)"', SET_ASIDE),
        (ColumnType.TIMESTAMP, '"2026-03-01T10:00:00 Europe/Berlin"', SET_ASIDE),
        (ColumnType.TIMESTAMP, "1772323200", SET_ASIDE),
        (ColumnType.DATE, '"2026-03-01"', date(2026, 3, 1)),
        (ColumnType.DATE, '"2026-03-01T00:00:00Z"', date(2026, 3, 1)),
        (ColumnType.DATE, '"2026-03-01T10:00:00Z"', SET_ASIDE),
        (ColumnType.DATE, '"01.03.2026"', SET_ASIDE),
        (ColumnType.BOOL, "true", True),
        (ColumnType.BOOL, '"no"', False),
        (ColumnType.BOOL, "1", True),
        (ColumnType.BOOL, "2", SET_ASIDE),
        (ColumnType.BOOL, "[]", SET_ASIDE),
        (ColumnType.DOUBLE, "0.1", 0.1),
        (ColumnType.DOUBLE, "0.30000000000000004", 0.30000000000000004),
        (ColumnType.DOUBLE, "1e308", 1e308),
        (ColumnType.DOUBLE, "1e999", SET_ASIDE),
        (ColumnType.DOUBLE, "NaN", SET_ASIDE),
        (ColumnType.DOUBLE, '"Infinity"', SET_ASIDE),
        (ColumnType.DECIMAL, "1.2345678901234567e-05", Decimal("0.000012")),
        (ColumnType.DECIMAL, "1.3445378151260504e1", Decimal("13.445378")),
        (ColumnType.DECIMAL, "1E3", Decimal(1000)),
        (ColumnType.BIGINT, "1e3", 1000),
        (ColumnType.BIGINT, "12.0", 12),
        (ColumnType.BIGINT, "-9223372036854775808", -(2**63)),
        (ColumnType.BIGINT, "9223372036854775808", SET_ASIDE),
        (ColumnType.BIGINT, "0.5", SET_ASIDE),
        (ColumnType.DECIMAL, "NaN", SET_ASIDE),
        (ColumnType.DECIMAL, "1e-7", Decimal(0)),
        (ColumnType.DECIMAL, "1e11", Decimal(10**11)),
        (ColumnType.DECIMAL, '"1E-7"', SET_ASIDE),
        (ColumnType.DECIMAL, '"1e9"', SET_ASIDE),
        (ColumnType.DECIMAL, '"0E-10"', SET_ASIDE),
        (ColumnType.DECIMAL, '"NaN"', SET_ASIDE),
        (ColumnType.DECIMAL, '"-Infinity"', SET_ASIDE),
        (ColumnType.DECIMAL, f'"{"9" * 400}"', SET_ASIDE),
        (ColumnType.DECIMAL, "9" * 400, SET_ASIDE),
        (ColumnType.DECIMAL, f'"0.{"3" * 400}"', Decimal("0.333333")),
        (ColumnType.BIGINT, '"1e3"', SET_ASIDE),
        (ColumnType.DECIMAL, "true", SET_ASIDE),
        (ColumnType.DECIMAL, '{"amount": 1}', SET_ASIDE),
        (ColumnType.JSON, "null", None),
        (ColumnType.JSON, '"null"', '"null"'),
    ],
)
def test_values_at_the_edges(
    bench: duckdb.DuckDBPyConnection, spool: Spool, kind: ColumnType, token: str, expected: Any
) -> None:
    found = landed(bench, spool, kind, token)
    assert found is expected if expected is SET_ASIDE else found == expected


EVERYWHERE = Stream(
    "orders",
    mode=SyncMode.FULL,
    tables=(
        Table(
            "orders",
            (
                Column("key", ColumnType.TEXT, "$.key"),
                Column("total", ColumnType.DECIMAL, "$.total.amount"),
                Column("paid", ColumnType.JSON, "$.paid"),
                Column("paid_amount", ColumnType.DECIMAL, "$.paid.amount"),
            ),
            ("key",),
        ),
        Table(
            "amounts",
            (
                Column("key", ColumnType.TEXT, "^.key"),
                Column("position", ColumnType.BIGINT, "#"),
                Column("amount", ColumnType.DECIMAL, "$"),
                Column("total", ColumnType.DECIMAL, "^.total.amount"),
            ),
            ("key", "position"),
            each=("$.amounts",),
            parent_key=("key",),
        ),
    ),
)
plain_numbers = st.decimals(-(10**9), 10**9, allow_nan=False, places=2).map(lambda d: format(d, "f"))
exponents = st.builds("{}{}{}".format, st.integers(-99, 99), st.sampled_from("eE"), st.integers(-12, 12))


@thorough
@given(
    place=st.sampled_from(["total", "paid", "amounts"]),
    amount=st.one_of(plain_numbers, exponents).flatmap(lambda n: st.sampled_from([n, json.dumps(n)])),
    has_long_number=st.booleans(),
)
@pytest.mark.slow
def test_money_in_a_text_with_an_exponent_is_set_aside_wherever_it_stands(
    bench: duckdb.DuckDBPyConnection,
    spool: Spool,
    place: str,
    amount: str,
    has_long_number: bool,
) -> None:
    given = {"total": '{"amount": "5"}', "paid": '{"amount": 5}', "amounts": "[1, 2]"}
    given[place] = f"[{amount}]" if place == "amounts" else f'{{"amount": {amount}}}'
    given["more"] = "13.44537815126050412" if has_long_number else "0"
    line = '{"key": "k", ' + ", ".join(f'"{name}": {value}' for name, value in given.items()) + "}\n"
    spooled = spool.write("c", "s", EVERYWHERE, Slice("orders", "full"), [Page(line.encode(), 1)])
    shredder = Shredder(bench, EVERYWHERE, spooled)
    try:
        shredder.run()
        reasons = {reason for (reason,) in bench.execute("select reason from rejected").fetchall()}
        wrong = f"column {({'paid': 'paid_amount', 'amounts': 'amount'}).get(place, place)}: "
        if has_exponent(amount):
            assert reasons == {wrong + "a text must be plain digits, without an exponent"}
        elif abs(Decimal(amount.strip('"'))) >= 10**12:
            assert reasons == {wrong + "expected a number of at most 12 digits before the point"}
        else:
            assert reasons == set()
    finally:
        shredder.close()
        spool.remove(spooled)


@thorough
@given(tokens=st.lists(json_tokens, max_size=4))
def test_marking_numbers_can_be_undone_and_leaves_texts_alone(tokens: list[str]) -> None:
    line = f'{{"list": [{", ".join(tokens)}]}}\n'
    marked, changed = mark_long_numbers(line.encode())
    assert unmark(marked.decode()) == line
    assert changed == (marked != line.encode())
    exact = json.loads(line, parse_float=Decimal)
    again = json.loads(unmark(marked.decode()), parse_float=Decimal)
    assert again == exact


def test_a_path_through_the_middle_of_a_json_column_is_read_too(tmp_path: Path) -> None:
    stream = Stream(
        "mixed",
        mode=SyncMode.FULL,
        tables=(
            Table(
                "mixed",
                (
                    Column("key", ColumnType.TEXT, "$.key"),
                    Column("whole", ColumnType.JSON, "$.money"),
                    Column("part", ColumnType.DECIMAL, "$.money.amount"),
                ),
                ("key",),
            ),
            Table(
                "tags",
                (
                    Column("key", ColumnType.TEXT, "^.key"),
                    Column("tag", ColumnType.TEXT, "$"),
                    Column("position", ColumnType.BIGINT, "#"),
                ),
                ("key", "position"),
                each=("$.tags",),
                parent_key=("key",),
            ),
        ),
    )
    lines = b'{"key": "k", "money": {"amount": "1.50", "c": null}, "tags": ["a", null, 3]}\n'
    spooled = Spool(tmp_path, utc_now).write("c", "s", stream, Slice("mixed", "full"), [Page(lines, 1)])
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        Shredder(connection, stream, spooled).run()
        assert connection.execute("select whole, part from shredded_mixed").fetchall() == [
            ('{"amount":"1.50","c":null}', Decimal("1.50"))
        ]
        assert connection.execute("select tag, position from shredded_tags order by 2").fetchall() == [
            ("a", 0),
            ("3", 2),
        ]
        assert connection.execute("select * from rejected").fetchall() == []
