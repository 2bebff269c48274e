from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from fondaco.control import Connection
from fondaco.quality.causes import Evidence, OrderEvidence, explain
from fondaco.quality.reconcile import Comparison, compare
from fondaco.sources.source import ReportDay

FIRST, SECOND, THIRD = (date(2026, 3, n) for n in (1, 2, 3))


def connection(missing: list[str] | None = None) -> Connection:
    return Connection(
        tenant_id="default",
        connection_id="berlin",
        source="shopify",
        name="Berlin",
        currency="EUR",
        time_zone="Europe/Berlin",
        missing=missing or [],
    )


def off(day: date, figure: str, ours: str, vendors: str) -> Comparison:
    return Comparison(day, figure, Decimal(ours), Decimal(vendors))


def order(number: str, day: date = FIRST, gross: str = "0", **more: object) -> OrderEvidence:
    amounts = {"gross_sales": Decimal(gross), "orders": Decimal(1)}
    return OrderEvidence(number, day, amounts, **more)  # type: ignore[arg-type]


def causes_of(
    compared: list[Comparison], *orders: OrderEvidence, quarantined: int = 0, of: Connection | None = None
) -> dict[tuple[date, str], tuple[str, tuple[str, ...]]]:
    by_day: dict[date, tuple[OrderEvidence, ...]] = {}
    for each in orders:
        by_day[each.day] = (*by_day.get(each.day, ()), each)
    found = explain(
        compared, Evidence(by_day, quarantined), of or connection(), datetime(2026, 3, 9, tzinfo=UTC)
    )
    return {key: (cause.words.split(":")[0], cause.orders) for key, cause in found.items()}


def test_a_day_that_one_side_leaves_out_counts_as_zero() -> None:
    compared = compare(
        {FIRST: {"net_sales": Decimal(10), "orders": Decimal(1)}},
        [ReportDay(SECOND, orders=2, net_sales=Decimal("5.5"))],
        FIRST,
        THIRD,
    )

    assert [(c.day, c.figure, c.gap) for c in compared] == [
        (FIRST, "net_sales", Decimal(10)),
        (FIRST, "orders", Decimal(1)),
        (SECOND, "net_sales", Decimal("-5.5")),
        (SECOND, "orders", Decimal(-2)),
        (THIRD, "net_sales", Decimal(0)),
        (THIRD, "orders", Decimal(0)),
    ]


def test_a_figure_that_the_vendor_does_not_report_is_not_compared() -> None:
    compared = compare(
        {FIRST: {"duties": Decimal(3)}}, [ReportDay(FIRST, gross_sales=Decimal(0))], FIRST, FIRST
    )

    assert [c.figure for c in compared] == ["gross_sales"]


def test_a_report_without_a_single_day_knows_of_no_sales() -> None:
    compared = compare({FIRST: {"net_sales": Decimal(10), "orders": Decimal(1)}}, [], FIRST, FIRST)
    assert {(c.figure, c.gap) for c in compared if c.gap} == {
        ("net_sales", Decimal(10)),
        ("orders", Decimal(1)),
    }


def test_days_that_agree_need_no_cause() -> None:
    assert causes_of([off(FIRST, "gross_sales", "10", "10.004")], order("1001", gross="0.004")) == {}


def test_a_test_order_that_only_the_vendor_counts_is_named() -> None:
    found = causes_of(
        [off(FIRST, "gross_sales", "90", "100"), off(FIRST, "orders", "4", "5")],
        order("1001", gross="90"),
        order("1002", gross="10", counts=False, is_test=True),
    )

    assert found == {
        (FIRST, "gross_sales"): ("Test order", ("1002",)),
        (FIRST, "orders"): ("Test order", ("1002",)),
    }


def test_a_deleted_order_that_the_vendor_still_counts_is_named() -> None:
    found = causes_of(
        [off(FIRST, "gross_sales", "90", "100")], order("1002", gross="10", counts=False, is_deleted=True)
    )

    assert found[FIRST, "gross_sales"] == ("Deleted order", ("1002",))


def test_an_order_changed_after_its_day_is_a_late_edit() -> None:
    found = causes_of(
        [off(FIRST, "gross_sales", "100", "90")],
        order("1001", gross="45"),
        order("1002", gross="10", updated_at=datetime(2026, 3, 7, tzinfo=UTC)),
    )

    assert found[FIRST, "gross_sales"] == ("Late edit", ("1002",))


def test_two_orders_together_may_make_a_gap() -> None:
    found = causes_of(
        [off(FIRST, "gross_sales", "100", "70")],
        *(order(n, gross=g, presentment_currency="USD") for n, g in (("1", "11"), ("2", "19"), ("3", "50"))),
    )

    assert found[FIRST, "gross_sales"] == ("Currency", ("1", "2"))


def test_a_gap_that_the_next_day_makes_good_is_a_matter_of_midnight() -> None:
    found = causes_of(
        [off(FIRST, "gross_sales", "90", "100"), off(SECOND, "gross_sales", "60", "50")],
        order("1001", SECOND, "10"),
        order("1002", SECOND, "50"),
    )

    assert found == {
        (FIRST, "gross_sales"): ("Time zone", ("1001",)),
        (SECOND, "gross_sales"): ("Time zone", ("1001",)),
    }


def test_one_factor_on_all_days_is_another_currency() -> None:
    days = [date(2026, 3, n) for n in range(1, 8)]

    found = causes_of([off(day, "gross_sales", str(day.day * 100), str(day.day * 110)) for day in days])

    assert {words for words, _ in found.values()} == {"Currency"}


def test_a_missing_scope_explains_what_we_lack_and_nothing_that_we_have_too_much() -> None:
    limited = connection(missing=["read_all_orders, so orders of 60 days only"])

    found = causes_of(
        [off(FIRST, "gross_sales", "0", "100"), off(SECOND, "gross_sales", "70", "0")], of=limited
    )

    assert found == {(FIRST, "gross_sales"): ("Missing permission", ())}


def test_records_set_aside_are_told() -> None:
    found = causes_of([off(FIRST, "gross_sales", "90", "100")], quarantined=2)

    assert found[FIRST, "gross_sales"][0] == "Set aside"


def test_sums_take_the_causes_of_their_parts() -> None:
    found = causes_of(
        [
            off(FIRST, "gross_sales", "90", "100"),
            off(FIRST, "net_sales", "80", "90"),
            off(FIRST, "total_sales", "95", "105"),
        ],
        order("1002", gross="10", counts=False, is_test=True),
    )

    assert found[FIRST, "net_sales"] == found[FIRST, "total_sales"] == ("Test order", ("1002",))


def test_a_gap_without_evidence_stays_unexplained() -> None:
    assert causes_of([off(FIRST, "gross_sales", "100", "87")], order("1001", gross="45")) == {}
