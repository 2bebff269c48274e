"""A run proposes what to order, from files alone; what is accepted counts in the next run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.parsed import give_models

from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.importing import import_file, options_for
from fondaco.orchestration.ordering import StockDesk
from fondaco.orchestration.progress import Event
from fondaco.orchestration.stopping import Stop, StoppedError
from fondaco.sources.files.importing import prepare

pytestmark = pytest.mark.slow

NOW = datetime(2026, 4, 11, 6, tzinfo=UTC)
TODAY = NOW.date()
MAPPING = {"order_id": "No", "ordered_at": "When", "unit_price": "Price", "quantity": "Pieces", "sku": "Sku", "email": "Mail"}  # fmt: skip
SHEETS = {
    "locations.csv": "location,shop,channel,country\nMain,,,DE\n",
    "counts.csv": "location,sku,counted_on,quantity\nMain,MUG,2026-04-10,12\n",
    "suppliers.csv": "supplier,name,currency,lead_time_days,minimum_order_value\nACME,Acme Potters,EUR,9,50\n",
    "items.csv": "supplier,sku,supplier_sku,unit_cost,currency,order_multiple,minimum_quantity,shelf_life_days\nACME,MUG,P-1,4.20,EUR,6,,\n",
    "purchases.csv": "purchase_order,line,supplier,location,sku,ordered_on,expected_on,quantity,unit_cost,currency,status\n"
    + "".join(f"PO-{n},,ACME,Main,MUG,2026-0{n}-01,2026-0{n}-10,100,4.20,EUR,\n" for n in (1, 2, 3))
    + "PO-9,,ACME,Main,MUG,2026-04-05,2026-04-15,6,4.20,EUR,open\n",
    "receipts.csv": "receipt,line,purchase_order,supplier,location,sku,received_on,quantity,unit_cost,currency\n"
    + "".join(f"R-{n},,PO-{n},ACME,Main,MUG,2026-0{n}-11,100,4.20,EUR\n" for n in (1, 2, 3)),
}  # fmt: skip


def orders() -> str:
    """Two mugs a day for a hundred days, until yesterday; three on Saturdays."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(100)]
    lines = [f"{n},{day},10,{3 if day.weekday() == 5 else 2},MUG,p{n % 30}@example.com" for n, day in enumerate(days)]  # fmt: skip
    return "No,When,Price,Pieces,Sku,Mail\n" + "\n".join(lines) + "\n"


class Clock:
    """Goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A shop of one article, one location and one supplier, run once."""
    folder = tmp_path_factory.mktemp("planned") / "shop"
    with Project.create(folder, clock=Clock()) as project:
        give_models(project.warehouse)
        for name, content in SHEETS.items():
            stop = Stop()
            stop.set()
            with pytest.raises(StoppedError):
                bring(project, name, content, {}, stop)
        bring(project, "orders.csv", orders(), MAPPING)
        yield project


def bring(
    project: Project, name: str, content: str, mapping: dict[str, str], stop: Stop | None = None
) -> None:
    file: Path = project.settings.folder / name
    file.write_text(content, encoding="utf-8")
    with closing(prepare(file, options_for(project, "files", mapping))) as prepared:
        assert isinstance(project.clock, Clock)
        done = import_file(project, prepared, stop=stop, sleep=project.clock.sleep)
    assert done.outcome.run.health_reasons == [] and done.outcome.error is None


def desk(project: Project) -> StockDesk:
    return StockDesk(project.control, project.reader, project.tenant, "user:7", clock=project.clock)


def rows(project: Project, sql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project.reader.query(sql).to_pylist()
    return found


def test_a_run_learns_the_lead_time_and_counts_what_is_on_its_way(shop: Project) -> None:
    (mug,) = rows(shop, "select * from marts.stock_positions")
    assert (mug["on_hand"], mug["on_order"], mug["next_receipt_date"]) == (12, 6, date(2026, 4, 15))
    assert (mug["supplier_name"], mug["order_multiple"], mug["minimum_order_value"]) == (
        "Acme Potters",
        6,
        50,
    )
    assert mug["lead_time_days"] == pytest.approx((3 * 10 + 4 * 9) / 7), (
        "three orders of ten days, and a promise of nine"
    )
    assert (mug["lead_times"], mug["lead_time_basis"]) == (3, "orders")
    assert (float(mug["unit_cost"]), float(mug["unit_margin"])) == (4.2, 5.8)
    assert mug["daily_demand"] == pytest.approx(15 / 7, rel=0.15)
    forecasts = rows(shop, "select * from marts.demand_forecasts where period = 'day' order by forecast_date")
    assert forecasts[0]["forecast_date"] == TODAY


def test_what_is_accepted_is_on_order_in_the_next_run_and_what_is_refused_is_not_proposed(
    shop: Project,
) -> None:
    stock = desk(shop)
    (order,) = [each for each in stock.proposals() if each.kind == "reorder"]
    wanted = order.inputs["order_up_to"] - 18
    assert (
        order.quantity in (6 * math.floor(wanted / 6), 6 * math.ceil(wanted / 6))
        and order.supplier_sku == "P-1"
    )
    assert order.due_date == TODAY + timedelta(days=round(order.inputs["lead_time_days"]))
    stock.accept(order.proposal_id)
    told: list[Event] = []
    run_pipeline(shop, steps=("analyse", "publish"), progress=told.append)
    assert [each.kind for each in stock.proposals() if each.kind == "reorder"] == []
    assert any(each.subject == "stock" and each.ended and "series of demand" in each.detail for each in told)
    (mug,) = rows(shop, "select * from marts.stock_positions")
    assert mug["on_order"] == 6 + order.quantity
    stock.cancel(stock.orders()[0].number)
    stock_again = desk(shop)
    run_pipeline(shop, steps=("analyse", "publish"))
    (again,) = [each for each in stock_again.proposals() if each.kind == "reorder"]
    assert (again.proposal_id, again.quantity, again.status) == (
        order.proposal_id,
        order.quantity,
        "open",
    )
    stock_again.refuse(again.proposal_id, days=30)
    run_pipeline(shop, steps=("analyse", "publish"))
    assert [each for each in stock_again.proposals() if each.kind == "reorder"] == []
