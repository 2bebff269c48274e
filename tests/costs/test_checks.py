"""What an entry has to keep by itself and beside the others, and what a sheet does to those that are kept."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.costs import (
    RULES,
    CostEntry,
    CostsError,
    Kind,
    Need,
    Sheet,
    faults_of,
    last_days,
    overlaps,
    plan,
)

EUR = {"currency": "EUR"}


def of(kind: str, **fields: Any) -> CostEntry:
    for name in ("amount", "rate"):
        if name in fields:
            fields[name] = Decimal(fields[name])
    for name in ("valid_from", "valid_to"):
        if name in fields:
            fields[name] = date.fromisoformat(fields[name])
    if "amount" in fields:
        fields = {**EUR, **fields}
    return CostEntry(Kind(kind), **fields)


def mug(amount: str = "4", **fields: Any) -> CostEntry:
    return of("product_cost", **{"item": "MUG", "amount": amount, **fields})


def sheet(*entries: CostEntry) -> Sheet:
    return Sheet(entries, tuple(f"line {number}" for number in range(2, len(entries) + 2)))


def columns(entry: CostEntry) -> list[str]:
    return [fault.column for fault in faults_of(entry)]


MARCH = {"valid_from": "2026-03-01", "valid_to": "2026-03-31"}
RIGHT = [
    mug(),
    of("product_cost", item="a:1", rate="0.35"),
    of("default_product_cost", rate="0.4", connection_id="a"),
    of("shipping_cost", item="Home", country="DE", weight_from=0, weight_to=500, amount="4.90"),
    of("fulfilment", amount="1"),
    of("fulfilment_unit", amount="0.2"),
    of("packaging", amount="0.000001"),
    of("payment_fee", rate="0.014", amount="0.25"),
    of("marketplace_fee", item="amazon", rate="0.15"),
    of("return_handling", amount="2"),
    of("return_handling_unit", amount="1"),
    of("duty", country="CH", rate="0.08"),
    of("affiliate", item="ANNA10", amount="3"),
    of("marketing", item="Anna", amount="900", **MARCH),
    of("account_of_shop", item="meta-main", connection_id="a", valid_from="2026-03-01"),
    of("campaigns_of_shop", item="UK *", connection_id="a"),
    of("fixed", item="Rent", amount="1200"),
    of("message_plan", item="klaviyo email", tier_from=0, tier_to=1500, amount="45"),
    of("message_plan_sends", item="mailchimp", connection_id="a", amount="20"),
    of("message_price", item="postscript mms", country="US", messages=1000, amount="0.045", **MARCH),
]


def test_there_is_a_rule_for_every_kind_and_a_right_entry_of_each() -> None:
    assert set(RULES) == set(Kind) == {entry.kind for entry in RIGHT}
    assert [faults_of(entry) for entry in RIGHT] == [[]] * len(RIGHT)
    assert all(bool(rule.item_means) is (rule.item is not Need.FORBIDDEN) for rule in RULES.values())


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (of("product_cost", amount="1"), ["item"]),
        (of("fulfilment", item="box", amount="1"), ["item"]),
        (of("affiliate", item="anna10", rate="0.1"), ["item"]),
        (mug(note="two\nlines"), ["note"]),
        (mug(note=" "), ["note"]),
        (mug(item="MU\u200bG"), ["item"]),
        (mug(item="\u202eGUM"), ["item"]),
        (mug(item="MU\u200dG"), ["item"]),
        (mug(note="pay \u202etxt.exe"), ["note"]),
        (mug(note="joined to nothing\u200d"), ["note"]),
        (mug(note="x" * 501), ["note"]),
        (mug(country="DE"), ["country"]),
        (of("duty", country="EU", rate="0.1"), ["country"]),
        (of("duty", country="UK", rate="0.1"), ["country"]),
        (mug(weight_to=5), ["weight_to"]),
        (of("shipping_cost", weight_from=500, weight_to=500, amount="1"), ["weight_to"]),
        (of("shipping_cost", weight_from=-1, amount="1"), ["weight_from"]),
        (of("product_cost", item="MUG"), ["amount"]),
        (mug(rate="0.3"), ["rate"]),
        (of("fulfilment", rate="0.3"), ["rate", "amount"][:1]),
        (of("duty", rate="0.1", currency="EUR"), ["currency"]),
        (mug("-1"), ["amount"]),
        (mug("0.0000001"), ["amount"]),
        (mug("1000000000000"), ["amount"]),
        (mug(currency="XYZ"), ["currency"]),
        (mug(currency=None), ["currency"]),
        (of("duty", rate="1.01"), ["rate"]),
        (of("duty", rate="0.0000000001"), ["rate"]),
        (of("marketing", item="Anna", amount="9"), ["valid_from", "valid_to"]),
        (mug(valid_from="1999-12-31"), ["valid_from"]),
        (of("account_of_shop", item="meta-main"), ["shop"]),
        (of("account_of_shop", connection_id="a"), ["item"]),
        (of("account_of_shop", item="meta-main", connection_id="a", amount="1"), ["amount"]),
        (of("campaigns_of_shop", item="UK *", connection_id="a", rate="0.1"), ["rate"]),
        (of("campaigns_of_shop", item="* *", connection_id="a"), ["item"]),
        (mug(tier_to=5), ["tier_to"]),
        (mug(messages=5), ["messages"]),
        (of("message_plan", item="klaviyo", amount="1", messages=5), ["messages"]),
        (of("message_plan", item="klaviyo", amount="1", tier_from=5, tier_to=5), ["tier_to"]),
        (of("message_plan", item="klaviyo", amount="1", tier_from=10**9), ["tier_from"]),
        (of("message_plan", item="Klaviyo plan", amount="1"), ["item"]),
        (of("message_plan", item="klaviyo fax", amount="1"), ["item"]),
        (of("message_plan", item="klaviyo", amount="1", country="US"), ["country"]),
        (of("message_price", item="postscript sms", amount="1", country="US"), ["country"]),
        (of("message_price", item="postscript mms", amount="1"), ["messages"]),
        (of("message_price", item="postscript sms", amount="1", messages=7), ["valid_from", "valid_to"]),
        (of("message_price", item="postscript sms", amount="1", messages=0, **MARCH), ["messages"]),
        (mug(valid_from="2026-03-02", valid_to="2026-03-01"), ["valid_to"]),
    ],
    ids=str,
)
def test_an_entry_that_breaks_a_rule_is_told_by_its_column(entry: CostEntry, wrong: list[str]) -> None:
    assert columns(entry) == wrong


@pytest.mark.parametrize("note", ["می\u200cخواهم", "क्\u200dष", "\U0001f469\u200d\U0001f4bb at work"])
def test_a_note_may_hold_the_joiners_of_its_script(note: str) -> None:
    assert faults_of(mug(note=note)) == []


def test_a_letter_that_nobody_sees_is_told_with_its_place() -> None:
    (fault,) = faults_of(mug(item="MU\u200bG"))
    assert fault.problem == "It has a letter that nobody sees, U+200B, after 2 others."


def test_an_open_entry_holds_until_the_next_for_the_same_begins() -> None:
    entries = [
        mug(valid_from="2026-03-01"),
        mug(),
        mug(valid_from="2026-06-01", valid_to="2026-06-30"),
        mug(connection_id="a"),
    ]
    assert last_days(entries) == [date(2026, 5, 31), date(2026, 2, 28), date(2026, 6, 30), None]
    assert overlaps(entries) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (mug(), mug("5")),
        (mug(valid_from="2026-01-01", valid_to="2026-03-01"), mug(valid_from="2026-03-01")),
        (
            of("shipping_cost", item="A", country="DE", weight_to=500, amount="1"),
            of("shipping_cost", item="B", country="DE", weight_to=500, amount="2"),
        ),
        (
            of("message_plan", item="klaviyo", tier_to=1500, amount="1"),
            of("message_plan", item="klaviyo", tier_from=1499, tier_to=2000, amount="2"),
        ),
        (
            of("shipping_cost", weight_to=500, amount="1"),
            of("shipping_cost", weight_from=499, valid_from="2026-01-01", amount="1"),
        ),
    ],
)
def test_two_that_hold_for_the_same_on_a_day_are_found(one: CostEntry, other: CostEntry) -> None:
    assert overlaps([one, other]) == [(1, 0)]


def test_bands_that_touch_and_shops_and_countries_that_differ_do_not_overlap() -> None:
    band = {"amount": "1"}
    entries = [
        of("shipping_cost", weight_to=500, **band),
        of("shipping_cost", weight_from=500, **band),
        of("shipping_cost", country="DE", **band),
        of("shipping_cost", connection_id="a", **band),
    ]
    assert overlaps(entries) == []


days = st.integers(0, 8).map(lambda number: date(2026, 1, 1) + timedelta(days=number))


@st.composite
def bands(draw: st.DrawFn) -> CostEntry:
    low, first = draw(st.integers(0, 4)), draw(st.none() | days)
    return CostEntry(
        Kind.SHIPPING_COST, None, None, draw(st.sampled_from([None, "DE"])), low,
        draw(st.none() | st.integers(low + 1, 6)), Decimal(1), None, "EUR", first,
        draw(st.none() | days.filter(lambda day: first is None or day >= first)),
    )  # fmt: skip


@given(st.lists(bands(), max_size=7))
def test_overlaps_are_found_exactly_where_two_hold_for_a_gram_on_a_day(entries: list[CostEntry]) -> None:
    ends = last_days(entries)

    def holds(position: int) -> set[tuple[str | None, int, date]]:
        entry, every = entries[position], [date(2025, 12, 31) + timedelta(days=n) for n in range(11)]
        return {
            (entry.country, gram, day)
            for gram in range(8)
            for day in every
            if (entry.weight_from or 0) <= gram < (8 if entry.weight_to is None else entry.weight_to)
            and (entry.valid_from or date.min) <= day <= (ends[position] or date.max)
        }

    both = [(b, a) for b in range(len(entries)) for a in range(b) if holds(a) & holds(b)]
    assert bool(overlaps(entries)) is bool(both)
    for later, earlier in overlaps(entries):
        assert holds(later) & holds(earlier)


def test_a_sheet_adds_and_changes_and_withdraws_only_where_it_replaces() -> None:
    cup, rent = of("product_cost", item="CUP", amount="2"), of("fixed", item="Rent", amount="900")
    kept = {1: mug(), 2: cup, 3: rent}
    dear = mug("5")
    found = plan(kept, sheet(dear, cup, of("packaging", amount="1")))
    assert (found.added, found.changed) == ((of("packaging", amount="1"),), ((1, mug(), dear),))
    assert (found.withdrawn, found.unchanged) == ((), 1)
    assert plan(kept, sheet(dear, cup), replace=True).withdrawn == ((3, rent),)
    assert plan(kept, sheet(mug(), cup, rent), replace=True).is_empty


def test_what_overlaps_an_entry_that_is_kept_is_refused_with_both_places_unless_that_one_goes() -> None:
    kept = {7: mug(valid_from="2026-01-01", valid_to="2026-12-31")}
    later = sheet(mug("5", valid_from="2026-06-01"))
    with pytest.raises(CostsError) as caught:
        plan(kept, later)
    assert str(caught.value).startswith("line 2, valid_from: It holds for the same as entry 7, on days")
    assert plan(kept, later, replace=True).withdrawn == ((7, kept[7]),)


def test_a_large_sheet_of_one_product_is_looked_through_in_one_pass() -> None:
    first = date(2000, 1, 1)
    entries = [
        CostEntry(
            Kind.PRODUCT_COST, "MUG", amount=Decimal(1), currency="EUR", valid_from=first + timedelta(days=n)
        )
        for n in range(30_000)
    ]
    assert overlaps(entries) == []
