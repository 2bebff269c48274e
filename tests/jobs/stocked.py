"""A shop's stock, sales and suppliers by hand, as the models leave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.jobs.rows import insert
from tests.metrics.conftest import columns

from fondaco.jobs.demanding import DemandAsked
from fondaco.jobs.stock_planning import PlanAsked, Planned, plan_stock
from fondaco.warehouse import Warehouse, Writer

TENANT = "maison"
TODAY = date(2026, 3, 31)
YESTERDAY = TODAY - timedelta(days=1)
MARTS = ("orders", "connections", "stock_ledger", "stockout_days", "profit_ledger", "suppliers")
CORE = {
    "variants": "tenant_id varchar, variant_id varchar, product_id varchar, sku varchar, title varchar, price decimal(38, 6),"
    " unit_cost decimal(38, 6), currency varchar, is_deleted boolean",
    "products": "tenant_id varchar, product_id varchar, product_type varchar",
    "locations": "tenant_id varchar, location_id varchar, source varchar",
    "exchange_rates_daily": "tenant_id varchar, rate_date date, currency varchar, exchange_rate decimal(24, 12)",
    "supplier_items": "tenant_id varchar, supplier_id varchar, sku varchar, supplier_sku varchar, unit_cost decimal(38, 6), currency varchar,"
    " order_multiple bigint, minimum_quantity bigint, shelf_life_days bigint",
    "purchase_lines": "tenant_id varchar, purchase_order_id varchar, purchase_order_number varchar, supplier_id varchar, sku varchar,"
    " status varchar, ordered_date date, lead_time_days bigint, quantity bigint, received_quantity bigint",
    "open_purchases": "tenant_id varchar, location_id varchar, variant_id varchar, expected_date date, quantity bigint",
}  # fmt: skip
BLANK = {"stock_ledger": dict.fromkeys(("opening", "received", "sold", "bundled", "returned", "transferred", "corrected", "counted", "unexplained", "closing"), 0)}  # fmt: skip


@dataclass
class Shop:
    """Rows of one tenant, gathered and written at once."""

    tenant: str = TENANT
    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in (*MARTS, *CORE)}
    )

    def add(self, table: str, **row: Any) -> None:
        self.rows[table].append({"tenant_id": self.tenant} | row)

    def article(self, sku: str, *, price: float = 10, cost: float = 4, deleted: bool = False) -> None:
        self.add(
            "variants", variant_id=f"v:{sku}", product_id=f"p:{sku}", sku=sku, title=None, price=price, unit_cost=cost,
            currency="EUR", is_deleted=deleted,
        )  # fmt: skip
        self.add("products", product_id=f"p:{sku}", product_type="")

    def location(self, name: str, source: str = "shopify") -> None:
        self.add("locations", location_id=name, source=source)

    def moved(
        self, sku: str, location: str, day: date, *, sold: int = 0, closing: int, bundled: int = 0
    ) -> None:
        self.add(
            "stock_ledger", location_id=location, location_name=location.title(), connection_id="shop", variant_id=f"v:{sku}",
            product_id=f"p:{sku}", sku=sku, product_title=sku.title(), variant_title="Default Title", stock_date=day, basis="known",
            **(BLANK["stock_ledger"] | {"sold": sold, "bundled": bundled, "closing": closing}),
        )  # fmt: skip

    def sells(
        self,
        sku: str,
        location: str,
        quantities: list[int],
        *,
        on_hand: int,
        price: float = 10,
        cost: float = 4,
    ) -> None:
        """A day each, the last one yesterday; nothing but the last closing is looked at."""
        first = YESTERDAY - timedelta(days=len(quantities) - 1)
        for number, quantity in enumerate(quantities):
            day = first + timedelta(days=number)
            self.moved(sku, location, day, sold=quantity, closing=on_hand)
            if quantity:
                self.add(
                    "profit_ledger", variant_id=f"v:{sku}", event_date=day, units_sold=quantity, gross_sales=quantity * price,
                    discounts=0, cost_of_goods=quantity * cost,
                )  # fmt: skip

    def supplier(
        self,
        name: str,
        *,
        promised: int | None = None,
        lead_times: tuple[int, ...] = (),
        minimum: float | None = None,
        currency: str = "EUR",
    ) -> None:
        self.add(
            "suppliers", supplier_id=name, supplier_name=name.title(), supplier_currency=currency, promised_lead_time=promised,
            minimum_order_value=minimum,
        )  # fmt: skip
        for number, days in enumerate(lead_times):
            self.add(
                "purchase_lines", purchase_order_id=f"{name}:{number}", purchase_order_number=f"PO-{number}", supplier_id=name, sku="any",
                status="received", ordered_date=TODAY - timedelta(days=100 + number), lead_time_days=days,
            )  # fmt: skip

    def delivers(
        self, supplier: str, sku: str, *, cost: float | None = 4, currency: str = "EUR", pack: int | None = None, least: int | None = None,
        life: int | None = None,
    ) -> None:  # fmt: skip
        self.add(
            "supplier_items", supplier_id=supplier, sku=sku, supplier_sku=f"{supplier}-{sku}", unit_cost=cost, currency=currency,
            order_multiple=pack, minimum_quantity=least, shelf_life_days=life,
        )  # fmt: skip

    def ordered_daily(self, days: int) -> None:
        """Orders, by which it is known until when the shop was read."""
        for number in range(days):
            self.add(
                "orders", order_id=f"o{number}", order_sequence=1, is_cancelled=False, connection_id="shop", person_id="p",
                order_date=YESTERDAY - timedelta(days=number), net_sales=10,
            )  # fmt: skip

    def write(self, warehouse: Warehouse) -> None:
        with warehouse.writer() as writer, writer.transaction():
            for schema in ("marts", "core"):
                writer.execute(f"create schema if not exists {schema}")
            for mart in MARTS:
                declared = ", ".join(f"{name} {kind}" for name, kind in columns(mart).items())
                writer.execute(f"create table if not exists marts.{mart} ({declared})")
                writer.execute(f"delete from marts.{mart} where tenant_id = $tenant", {"tenant": self.tenant})
                by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
                for row in self.rows[mart]:
                    by_columns.setdefault(tuple(row), []).append(row)
                for rows in by_columns.values():
                    insert(writer, mart, rows)
            for table, declared in CORE.items():
                writer.execute(f"create table if not exists core.{table} ({declared})")
                writer.execute(f"delete from core.{table} where tenant_id = $tenant", {"tenant": self.tenant})
                for row in self.rows[table]:
                    put(writer, f"core.{table}", row)


def put(writer: Writer, table: str, row: Mapping[str, Any]) -> None:
    names = ", ".join(row)
    writer.execute(f"insert into {table} ({names}) values ({', '.join(f'${name}' for name in row)})", row)


def asked(tenant: str = TENANT, today: date = TODAY, **more: Any) -> PlanAsked:
    demand = DemandAsked(tenant, today, datetime(2026, 3, 31, 8), horizon_days=more.pop("horizon_days", 28))
    return PlanAsked(demand, "EUR", 0.4, **more)


def plan(warehouse: Warehouse, **more: Any) -> Planned:
    return plan_stock(warehouse, asked(**more))


def read(warehouse: Warehouse, table: str, order: str = "1", tenant: str = TENANT) -> list[dict[str, Any]]:
    with warehouse.writer() as writer:
        found: list[dict[str, Any]] = writer.fetch(
            f"select * from {table} where tenant_id = $tenant order by {order}", {"tenant": tenant}
        ).to_pylist()
    return found
