"""What is read, by which requests, and what becomes of it on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fondaco.clock import zone
from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.simulator.faults import Fault
from fondaco.sources.prohandel.mapping import read_mapping
from fondaco.sources.prohandel.records import Shaper, in_utc
from fondaco.sources.prohandel.streams import STREAMS
from fondaco.sources.stream import Slice

if TYPE_CHECKING:
    from .conftest import Erp

BERLIN = zone("Europe/Berlin")


@pytest.mark.slow
@pytest.mark.parametrize("tells", [("x-more-pages-available",), ("x-pagesize",), ()])
@pytest.mark.parametrize("largest", [7, 5])
def test_pages_are_read_to_the_last_whatever_answers_say_of_them_and_however_few_they_give(
    erp: Erp, tells: tuple[str, ...], largest: int
) -> None:
    erp.behaviour.tells, erp.behaviour.largest_page = tells, largest
    found = erp.read("article_sizes", erp.source(page_size=7))
    expected = erp.rows("select variant_id from variants where not is_gift_card order by variant_id")
    assert [row["article_size_number"] for row in found] == [row["variant_id"] for row in expected]
    assert len(found) > 14


@pytest.mark.slow
def test_sales_are_asked_for_from_the_branches_own_day_on(erp: Erp) -> None:
    """Half past eleven in the evening of the last of May in UTC is June in Berlin."""
    erp.read("sales", since=datetime(2026, 5, 31, 23, 30, tzinfo=UTC))
    assert all("fromDate=2026-06-01" in asked for asked in erp.behaviour.requests)


@pytest.mark.slow
def test_a_page_that_repeats_the_one_before_is_asked_for_again_then_refused(erp: Erp) -> None:
    whole = erp.read("sales", erp.source(page_size=100))
    erp.faults.switch([Fault(name="duplicate_page", times=1)])
    assert erp.read("sales", erp.source(page_size=100)) == whole
    erp.faults.switch([Fault(name="duplicate_page")])
    with pytest.raises(
        RetryableError, match=r"(?s)page 2 of sale that repeats .*see whether 'page' is its parameter"
    ):
        erp.read("sales", erp.source(page_size=100))


@pytest.mark.slow
def test_a_token_that_has_ended_is_asked_for_anew(erp: Erp) -> None:
    source = erp.source()
    erp.read("branches", source)
    erp.behaviour.tokens.clear()
    assert erp.read("branches", source)
    assert len(erp.behaviour.tokens) == 1


@pytest.mark.slow
def test_a_token_goes_to_no_server_without_tls_that_was_given_with_it(erp: Erp) -> None:
    erp.behaviour.server = "ftp://elsewhere.example"
    with pytest.raises(ConfigError, match="names a server that a token must not be sent to"):
        erp.read("branches")


@pytest.mark.slow
def test_a_wrong_key_is_refused(erp: Erp) -> None:
    with pytest.raises(AccessError):
        erp.source(secret="other").check()


@pytest.mark.slow
def test_what_cannot_be_meant_is_taken_for_untold_and_counted(erp: Erp) -> None:
    erp.behaviour.worded = {"deliveryDays": -7, "purchasePrice": 0}
    source = erp.source()
    assert {row["lead_time_days"] for row in erp.read("suppliers", source)} == {None}
    for name, said in (("suppliers", "a lead time below 0"), ("article_sizes", "a cost of 0 or less")):
        stream = next(each for each in STREAMS if each.name == name)
        warnings = [page.warning for page in source.read(stream, Slice(name, "full")) if page.warning]
        assert len(warnings) == 1 and said in warnings[0]


@pytest.mark.slow
def test_fields_that_nobody_mapped_are_kept_but_for_people(erp: Erp) -> None:
    erp.faults.switch([Fault(name="new_field")])
    assert all("loyalty_tier" in row for row in erp.read("sales"))
    assert not any("loyalty_tier" in row for row in erp.read("customers"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-07-01T10:00:00", "2026-07-01T08:00:00+00:00"),
        ("2026-01-01", "2025-12-31T23:00:00+00:00"),
        ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00+00:00"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_times_without_an_offset_are_the_branches_own(text: str, found: str) -> None:
    assert in_utc(text, BERLIN) == found


@pytest.mark.parametrize(
    ("price", "discount", "after", "sale"),
    [
        ("line", "line", True, {"salePrice": 18, "discount": 2}),
        ("piece", "line", True, {"salePrice": 9, "discount": 2}),
        ("piece", "piece", True, {"salePrice": 9, "discount": 1}),
        ("line", "line", False, {"salePrice": 20, "discount": 2}),
        ("piece", "piece", False, {"salePrice": 10, "discount": 1}),
    ],
)
@pytest.mark.parametrize("quantity", [2, -2])
def test_amounts_of_a_sale_are_those_of_the_line_whatever_the_till_writes(
    price: str, discount: str, after: bool, sale: dict[str, int], quantity: int
) -> None:
    """Two pieces at 10 with 2 taken off: 18 were paid, or given back."""
    mapping = read_mapping(None)
    meaning = mapping.meaning.model_copy(
        update={"sale_price": price, "discount": discount, "after_discount": after}
    )
    shaper = Shaper(mapping.model_copy(update={"meaning": meaning}), "sales", BERLIN)
    [row] = shaper.rows({"id": "1", "quantity": quantity, **sale})
    assert [float(row[name]) for name in ("paid", "discount")] == [quantity * 9, quantity * 1]


def test_what_is_no_amount_stays_none_so_that_landing_sets_it_aside() -> None:
    [row] = Shaper(read_mapping(None), "sales", BERLIN).rows({"id": "1", "quantity": 1, "salePrice": "1e9"})
    assert row["paid"] == "NaN"


def test_orders_may_come_with_a_list_of_lines() -> None:
    mapping = read_mapping(None)
    chosen = mapping.stream("orders")
    fields = chosen.fields | {
        name: chosen.fields[name].model_copy(update={"source": f"^.{source}"})
        for name, source in (("order_number", "number"), ("supplier_number", "supplier.number"))
    }
    nested = chosen.model_copy(update={"lines": "rows", "fields": fields})
    shaper = Shaper(
        mapping.model_copy(update={"streams": {**mapping.streams, "orders": nested}}), "orders", BERLIN
    )
    rows = shaper.rows(
        {
            "number": 7,
            "supplier": {"number": "L1"},
            "rows": [
                {"position": 1, "quantity": 5},
                {"position": 2, "quantity": 6, "status": "Storniert"},
                "nonsense",
            ],
        }
    )
    assert [
        (row["order_number"], row["position"], row["supplier_number"], row["quantity"], row["status"])
        for row in rows
    ] == [(7, 1, "L1", 5, "open"), (7, 2, "L1", 6, "cancelled")]
