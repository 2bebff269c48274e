from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from fondaco.control import ConnectionRecord, ControlPlane, ReconciliationDay


@pytest.fixture
def connected(plane: ControlPlane) -> ControlPlane:
    for name, currency in (("berlin", "EUR"), ("tokyo", "JPY")):
        plane.connections.add("default", ConnectionRecord(name, "shopify", name, currency, "UTC", {}))
    return plane


def day(
    connection: str, number: int, figure: str, ours: str, vendors: str, **more: object
) -> ReconciliationDay:
    return ReconciliationDay(
        tenant_id="default",
        connection_id=connection,
        day=date(2026, 3, number),
        figure=figure,
        currency="EUR" if connection == "berlin" else "JPY",
        ours=Decimal(ours),
        vendors=Decimal(vendors),
        gap=Decimal(ours) - Decimal(vendors),
        compared_at=datetime(2026, 3, 9, tzinfo=UTC),
        orders=more.get("orders", []),
        cause=more.get("cause"),
    )


def test_nothing_compared_gives_no_seal(connected: ControlPlane) -> None:
    assert connected.reconciliation.seal("default").state == "not compared"


def test_equal_days_are_matched_to_the_cent(connected: ControlPlane) -> None:
    connected.reconciliation.save(
        [day("berlin", 1, "net_sales", "10.100000", "10.1"), day("berlin", 2, "net_sales", "0", "0.004")]
    )

    seal = connected.reconciliation.seal("default")

    assert seal.in_words() == "Matched to the cent on all 2 shop-days from 2026-03-01 to 2026-03-02."


def test_a_gap_of_a_cent_is_off_and_named_in_its_currency(connected: ControlPlane) -> None:
    connected.reconciliation.save(
        [
            day("berlin", 1, "net_sales", "10.11", "10.10", cause="Late edit", orders=["1001"]),
            day("berlin", 2, "net_sales", "5", "5"),
            day("tokyo", 1, "taxes", "100", "2300"),
        ]
    )

    seal = connected.reconciliation.seal("default")

    assert (seal.state, seal.days_compared, seal.days_off, seal.unexplained_days) == ("off", 3, 2, 1)
    assert seal.largest_gap == {"EUR": Decimal("0.01"), "JPY": Decimal(2200)}
    assert seal.figures_off == ("net_sales", "taxes")
    assert connected.reconciliation.seal("default", "berlin").days_off == 1


def test_a_later_comparison_replaces_an_earlier_one(connected: ControlPlane) -> None:
    connected.reconciliation.save([day("berlin", 1, "net_sales", "10", "11")])

    connected.reconciliation.replace(
        "default", "berlin", date(2026, 3, 1), date(2026, 3, 31), [day("berlin", 1, "net_sales", "11", "11")]
    )

    assert connected.reconciliation.days("default", only_gaps=True) == []
    assert len(connected.reconciliation.days("default")) == 1


def test_amounts_keep_all_their_digits(connected: ControlPlane) -> None:
    connected.reconciliation.save([day("berlin", 1, "net_sales", "999999999999.999999", "0.000001")])

    kept = connected.reconciliation.days("default")[0]

    assert (kept.ours, kept.gap) == (Decimal("999999999999.999999"), Decimal("999999999999.999998"))
