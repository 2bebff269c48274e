"""From the account over HTTP to profit: every sale, refund and fee that Amazon told, to the cent, on each engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from fondaco.landing import Landing
from fondaco.simulator.amazon.books import FBA_FEE, Books
from fondaco.sources.amazon import Amazon
from fondaco.sources.stream import Slice, SyncMode
from fondaco.warehouse import Warehouse
from fondaco.warehouse.dbt import build, project_folder

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 1, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
MODELS = [
    f"path:models/{folder}"
    for folder in ("staging/amazon", "conformed/amazon", "core", "stock", "profit", "marketing", "marts")
]
Sums = dict[tuple[Any, ...], Decimal]


def land_everything(landing: Landing, account: Account, synced: datetime) -> None:
    """Every stream whole, and a connection for the currency."""
    source = account.source(personal_data=True)
    landing.create_tables({"amazon": Amazon})
    tenant = {"tenant_id": "default", "name": "Brick", "currency": "GBP", "time_zone": "Europe/London"}
    landing.land_rows("fondaco__tenants", [{**tenant, "_synced_at": synced}])
    connection = {**tenant, "connection_id": "brick", "source": "amazon", "role": "shop"}
    landing.land_rows("fondaco__connections", [{**connection, "_synced_at": synced}])
    for stream in source.streams:
        part = Slice(stream.name, "full")
        if stream.mode is not SyncMode.FULL:
            part = Slice(stream.name, "backfill", END - timedelta(days=500), END + timedelta(days=1))
        result = landing.load(landing.spool("brick", "amazon", stream, part, source.read(stream, part)))
        assert (result.quarantined, result.drifted) == (0, ())
    source.close()


def money(minor: int) -> Decimal:
    return Decimal(minor) / 100


def local(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).astimezone(LONDON).date()


def totals(rows: list[dict[str, Any]]) -> Sums:
    """Rows as sums by all columns but the last; nought is no sum."""
    found = {tuple(row.values())[:-1]: list(row.values())[-1] for row in rows}
    return {key: value for key, value in found.items() if value}


def told_sales(books: Books) -> Sums:
    """Sales, delivery, tax and returns by the day on which they happened in London."""
    sums: Counter[tuple[str, str]] = Counter()
    for order in books.orders.values():
        if order.status in ("UNSHIPPED", "SHIPPED"):
            day = str(local(order.created_at))
            for line in order.lines:
                sums["gross_sales", day] += line.gross
                sums["discounts", day] += line.discount
                sums["shipping", day] += line.shipping
                sums["taxes", day] += line.tax + line.shipping_tax
    for refund in books.refunds:
        day = str(local(refund.booked_at))
        for part in refund.parts:
            sums["shipping" if part.is_shipping else "returns", day] += (1 if part.is_shipping else -1) * (
                part.gross - part.discount
            )
            sums["taxes", day] += part.tax
    return {key: money(value) for key, value in sums.items() if value}


def told_fees(books: Books) -> Sums:
    """Fees by line of the waterfall and day."""
    sums: Counter[tuple[str, str]] = Counter()
    for order in books.orders.values():
        if order.status == "SHIPPED":
            day = str(local(order.booked_at))
            for line in order.lines:
                sums["marketplace_fees", day] += line.commission
                sums["fulfilment_costs", day] += FBA_FEE * line.quantity if order.by_amazon else 0
    for refund in books.refunds:
        day = str(local(refund.booked_at))
        for part in refund.parts:
            sums["marketplace_fees", day] += part.administration - part.commission
    for at, name, amount in books.charges():
        line = "marketing_costs" if name == "ProductAdsCharge" else "fixed_costs"
        sums[line, str(local(at))] += amount
    return {key: money(value) for key, value in sums.items() if value}


@pytest.fixture
def built(
    account: Account, empty_warehouse: Warehouse, tmp_path: Path
) -> Callable[[str], list[dict[str, Any]]]:
    """The account landed, and all models built over it alone; asks them."""
    landing = Landing(empty_warehouse, tmp_path / "spool", "default")
    land_everything(landing, account, datetime(2026, 11, 1))
    contract = yaml.safe_load((project_folder() / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    alone = {entity: [*({"amazon"} & {*names})] for entity, names in contract["conformed_sources"].items()}
    outcome = build(empty_warehouse, select=MODELS, now=END, vars={"conformed_sources": alone})
    assert outcome.failures == ()

    def ask(sql: str) -> list[dict[str, Any]]:
        with empty_warehouse.writer() as writer:
            found: list[dict[str, Any]] = writer.fetch(sql).to_pylist()
            return found

    return ask


def test_profit_is_what_amazon_told_to_the_cent(account: Account, built: Any) -> None:
    books = account.books
    sales = ("gross_sales", "discounts", "returns", "shipping", "taxes")
    by_day = [
        f"select '{name}' as figure, cast(event_date as varchar) as day, sum({name}) as amount from marts.sales_ledger group by event_date"
        for name in sales
    ]
    assert totals(built(" union all ".join(by_day))) == told_sales(books)

    costs = (
        "marketplace_fees",
        "fulfilment_costs",
        "fixed_costs",
        "shipping_costs",
        "payment_costs",
        "return_costs",
    )
    by_line = [
        f"select '{name}' as line, cast(event_date as varchar) as day, sum({name}) as amount from marts.profit_ledger group by event_date"
        for name in costs
    ]
    fees = told_fees(books)
    unmoved = {key: value for key, value in fees.items() if key[0] != "marketing_costs"}
    assert totals(built(" union all ".join(by_line))) == unmoved
    # Advertising is borne by the orders of its day, of which the finance clock has the same.
    spent = {key[1]: value for key, value in fees.items() if key[0] == "marketing_costs"}
    marketing = built(
        "select cast(event_date as varchar) as day, sum(marketing_costs) as amount from marts.profit_ledger group by event_date"
    )
    assert {key[0]: value for key, value in totals(marketing).items()} == spent

    kinds = built("select distinct kind, name, is_final from marts.fees where order_id is null order by 1, 2")
    assert [tuple(row.values()) for row in kinds] == [
        ("advertising", "ProductAdsCharge", True),
        ("storage", "FBAStorageBilling", True),
        ("subscription", "Subscription", True),
    ]

    # A commission is borne by its line, and what is booked but held back is not final yet.
    lines = built(
        "select order_line_id, sum(marketplace_fees) as amount from marts.profit_ledger where order_line_id is not null group by 1"
    )
    expected: Counter[str] = Counter()
    for order in books.orders.values():
        for line in order.lines if order.status == "SHIPPED" else ():
            expected[f"brick:{order.number}/{line.line_id}"] += line.commission
    for refund in books.refunds:
        for part in refund.parts:
            if part.line is not None:
                expected[f"brick:{refund.order.number}/{part.line.line_id}"] += (
                    part.administration - part.commission
                )
    assert totals(lines) == {(key,): money(value) for key, value in expected.items() if value}
    open_fees = built("select count(*) as n from marts.fees where not is_final")
    assert open_fees[0]["n"] > 0

    # Pieces that came back are those whose whole price did; stock is what lies at Amazon.
    assert built("select sum(available) as n from marts.inventory")[0]["n"] == sum(
        each["inventoryDetails"]["fulfillableQuantity"] for each in account.read("inventory")
    )
    assert {row["channel"] for row in built("select distinct channel from marts.orders")} == {"amazon"}
