"""From eBay's endpoint through landing and dbt: sales, money, fees and payouts equal the account's hidden book to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from fondaco.config import Settings
from fondaco.landing import Landing
from fondaco.simulator.ebay.book import Book, Movement
from fondaco.simulator.store import Store
from fondaco.sources.ebay import Ebay
from fondaco.sources.stream import Slice
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import build, project_folder

from .conftest import END, Account

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ebay_to_the_cent")]
Rows = list[dict[str, Any]]
MODELS = [
    f"path:models/{part}"
    for part in ("staging/ebay", "conformed/ebay", "core", "stock", "profit", "marketing", "marts")
]
"""All but what other sources would bring."""
KINDS = {
    "FINAL_VALUE_FEE": "marketplace", "FINAL_VALUE_FEE_FIXED_PER_ORDER": "marketplace", "INTERNATIONAL_FEE": "marketplace",
    "AD_FEE": "advertising", "SHIPPING_LABEL": "shipping", "PAYMENT_DISPUTE_FEE": "payment", "OTHER_FEES": "subscription",
}  # fmt: skip


@pytest.fixture(scope="module")
def books(ebay_store: Store) -> dict[str, Book]:
    return {"de": Book(ebay_store, "aurora"), "us": Book(ebay_store, "cedar")}


@pytest.fixture(scope="module")
def landed(ebay_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A German account to the marts; an American one, whose buyers pay tax to eBay, to the conformed ledger."""
    folder = tmp_path_factory.mktemp("project")
    warehouse = open_warehouse(Settings(folder=folder))
    landing = Landing(warehouse, folder / "spool", "default", clock=lambda: END)
    landing.create_tables()
    told = yaml.safe_load(Path(project_folder() / "dbt_project.yml").read_text())["vars"]["conformed_sources"]
    with ExitStack() as stack:
        _land(landing, "de", Account(ebay_store, "aurora", stack).to())
        result = build(
            warehouse,
            select=MODELS,
            vars={"conformed_sources": {entity: [*({"ebay"} & {*names})] for entity, names in told.items()}},
        )
        assert not result.failures
        _land(landing, "us", Account(ebay_store, "cedar", stack).to())
    yield warehouse
    warehouse.close()


def _land(landing: Landing, connection: str, source: Ebay) -> None:
    check = source.check()
    noted = {"tenant_id": "default", "connection_id": connection, "_synced_at": END.replace(tzinfo=None)}
    shop = {"source": "ebay", "name": "eBay", "currency": check.currency, "time_zone": check.time_zone}
    landing.land_rows("fondaco__connections", [{**noted, **shop}])
    midnight = datetime(END.year, END.month, END.day, tzinfo=UTC) + timedelta(days=2)
    for stream in source.streams:
        part = Slice(stream.name, "backfill", midnight - timedelta(days=400), midnight)
        result = landing.load(landing.spool(connection, "ebay", stream, part, source.read(stream, part)))
        assert (result.quarantined, result.drifted) == (0, ()), stream.name


def _fetch(warehouse: Warehouse, sql: str) -> Rows:
    with warehouse.writer() as writer:
        rows: Rows = writer.fetch(sql).to_pylist()
    return rows


def _cents(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)


def _charges(book: Book) -> dict[str, int]:
    """What eBay kept, by kind of fee, in cents; what it gave back is taken off."""
    found: dict[str, int] = defaultdict(int)
    for movement in book.movements:
        sign = -1 if movement.kind == "REFUND" else 1
        for _, name, amount in movement.fees:
            found[KINDS[name]] += sign * amount
        if movement.kind in ("NON_SALE_CHARGE", "SHIPPING_LABEL"):
            found[KINDS[movement.fee_type or movement.kind]] -= movement.net
    return dict(found)


def _of(book: Book, kind: str) -> list[Movement]:
    return [movement for movement in book.movements if movement.kind == kind]


def test_every_order_is_there_and_worth_what_was_paid(landed: Warehouse, books: dict[str, Book]) -> None:
    for connection, book in books.items():
        ours = _fetch(
            landed,
            "select order_id, sum(gross_sales - discounts + shipping + taxes) as paid from conformed.ebay__sales_events"
            f" where event_type = 'order' and connection_id = '{connection}' group by order_id",
        )
        assert len(ours) > 50
        assert {row["order_id"]: row["paid"] for row in ours} == {
            f"{connection}:{one.number}": _cents(one.paid) for one in book.orders if one.paid
        }


def test_vat_is_taken_out_of_what_was_paid(landed: Warehouse, books: dict[str, Book]) -> None:
    (ours,) = _fetch(
        landed,
        "select sum(taxes) as taxes, sum(gross_sales - discounts + shipping) as net from conformed.ebay__sales_events"
        " where event_type = 'order' and connection_id = 'de'",
    )
    paid = _cents(sum(one.paid for one in books["de"].orders))
    assert ours["net"] + ours["taxes"] == paid
    lines = sum(len(one.lines) for one in books["de"].orders)
    assert abs(ours["taxes"] - paid * Decimal("0.19") / Decimal("1.19")) <= Decimal("0.015") * lines


def test_tax_that_ebay_collects_is_never_the_sellers(landed: Warehouse, books: dict[str, Book]) -> None:
    collected = sum(line.collected_tax for one in books["us"].orders for line in one.lines)
    assert collected > 0
    (raw,) = _fetch(
        landed,
        "select sum(amount) as taxes from staging.stg_ebay__collected_taxes where connection_id = 'us'",
    )
    (ours,) = _fetch(
        landed, "select sum(taxes) as taxes from conformed.ebay__sales_events where connection_id = 'us'"
    )
    assert (raw["taxes"], ours["taxes"]) == (_cents(collected), 0)  # fmt: skip


def test_what_was_given_back_is_given_back_once_and_on_its_day(
    landed: Warehouse, books: dict[str, Book]
) -> None:
    for connection, book in books.items():
        truth: dict[str, int] = defaultdict(int)
        for one in book.orders:
            for refund in one.refunds:
                truth[f"{refund.at:%Y-%m-%d}"] += refund.amount
        ours = _fetch(
            landed,
            "select cast(cast(event_at as date) as varchar) as day, sum(returns - shipping - taxes) as back"
            f" from conformed.ebay__sales_events where event_type = 'return' and connection_id = '{connection}' group by 1",
        )
        assert truth
        assert {row["day"]: row["back"] for row in ours} == {day: _cents(back) for day, back in truth.items()}
        (refunds,) = _fetch(
            landed,
            f"select sum(amount) as n from conformed.ebay__refunds where connection_id = '{connection}'",
        )
        assert refunds["n"] == _cents(sum(truth.values()))


def test_all_of_a_line_at_once_is_all_of_its_pieces_and_the_rest_is_money_alone(landed: Warehouse) -> None:
    found = _fetch(
        landed,
        "select quantity < 0 as pieces, count(*) as n, count(units_restocked) as told from conformed.ebay__sales_events"
        " where event_type = 'return' and line_type = 'product' group by 1 order by 1",
    )
    assert [row["pieces"] for row in found] == [False, True]
    assert (found[0]["told"], found[1]["told"]) == (found[0]["n"], 0)


def test_money_that_moved_is_that_of_sales_refunds_and_disputes(
    landed: Warehouse, books: dict[str, Book]
) -> None:
    book = books["de"]
    ours = {
        row["kind"]: row["n"]
        for row in _fetch(landed, "select kind, sum(received) as n from marts.payments group by kind")
    }
    assert ours["sale"] == _cents(sum(one.paid for one in book.orders))
    assert ours["refund"] == -_cents(sum(each.amount for one in book.orders for each in one.refunds))
    held, released = _of(book, "DISPUTE"), _of(book, "CREDIT")
    assert held
    assert released
    assert ours["chargeback"] == _cents(sum(movement.net for movement in (*held, *released)))


def test_every_fee_is_told_by_its_kind(landed: Warehouse, books: dict[str, Book]) -> None:
    ours = _fetch(landed, "select kind, sum(amount) as n from marts.fees group by kind")
    assert {row["kind"]: row["n"] for row in ours} == {
        kind: _cents(amount) for kind, amount in _charges(books["de"]).items()
    }
    assert {row["kind"] for row in ours} == set(KINDS.values())


def test_the_waterfall_bears_every_fee_on_its_line(landed: Warehouse, books: dict[str, Book]) -> None:
    """Without a word of the cost sheet: all that stands there is what eBay told."""
    lines = {
        "marketplace_fees": "marketplace", "marketing_costs": "advertising", "shipping_costs": "shipping",
        "payment_costs": "payment", "fixed_costs": "subscription",
    }  # fmt: skip
    charges = _charges(books["de"])
    for clock in ("finance", "order"):
        (ours,) = _fetch(
            landed,
            f"select {', '.join(f'sum({line}) as {line}' for line in lines)} from marts.profit_daily where clock = '{clock}'",
        )
        assert ours == {line: _cents(charges[kind]) for line, kind in lines.items()}, clock


def test_payouts_are_those_of_the_account_and_the_sum_of_their_movements(
    landed: Warehouse, books: dict[str, Book]
) -> None:
    ours = _fetch(landed, "select source_payout_id, amount, entries, unexplained from marts.payouts")
    assert len(ours) > 50
    assert {row["source_payout_id"]: (row["amount"], row["entries"], row["unexplained"]) for row in ours} == {
        str(one.payout_id): (_cents(one.amount), one.movements, 0) for one in books["de"].payouts
    }


def test_orders_are_of_the_channel_ebay_and_buyers_come_again(landed: Warehouse) -> None:
    assert _fetch(landed, "select distinct channel from marts.orders") == [{"channel": "ebay"}]
    (people,) = _fetch(
        landed,
        "select count(*) as n, max(order_sequence) as most from marts.orders where order_sequence is not null",
    )
    assert people["most"] > 1
