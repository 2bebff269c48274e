"""Shops written straight into the conformed layer: what core and marts make of them, without any vendor."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
import yaml
from pydantic import SecretStr
from tests.dbt.golden import CASES
from tests.parsed import FILE, hand_on

from fondaco.config import Settings, WarehouseSettings
from fondaco.landing.raw import (
    COST_ENTRIES,
    IDENTITY_DECISIONS,
    IDENTITY_LINKS,
    IDENTITY_RUNS,
    INVENTORY_LEVELS_DAILY,
    INVENTORY_READINGS,
    PROFIT_SETTINGS,
    UNIT_COSTS,
)
from fondaco.warehouse import Warehouse, open_warehouse
from fondaco.warehouse.dbt import BuildResult, build, dbt_folder, project_folder

NOW = "2026-03-31 12:00:00"
CONTRACT: dict[str, dict[str, str]] = yaml.safe_load(
    (project_folder() / "dbt_project.yml").read_text(encoding="utf-8")
)["vars"]["conformed"]
_TYPES = {
    "text": "varchar",
    "bigint": "bigint",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "date": "date",
    "money": "decimal(18, 6)",
    "rate": "decimal(24, 12)",
}
_OWN = {
    "fondaco__tenants": "tenant_id varchar, name varchar, currency varchar, time_zone varchar, _synced_at timestamp",
    "fondaco__connections": "tenant_id varchar, connection_id varchar, source varchar, name varchar,"
    " currency varchar, time_zone varchar, role varchar, _synced_at timestamp",
    "fondaco__exchange_rates": "tenant_id varchar, rate_date date, base_currency varchar, currency varchar,"
    " rate double precision, provider varchar, _synced_at timestamp",
}
Row = dict[str, Any]


def write_stub_project(folder: Path) -> Path:
    """Core and marts as packaged, over one source `stub` whose conformed models read raw tables of the same shape."""
    packaged = project_folder()
    for part in (
        "macros",
        "models/core",
        "models/profit",
        "models/marketing",
        "models/stock",
        "models/marts",
        "tests",
    ):
        shutil.copytree(packaged / part, folder / part)
    shutil.copy(packaged / "dbt_project.yml", folder)
    stub = folder / "models" / "conformed" / "stub"
    stub.mkdir(parents=True)
    tables = [{"name": entity, "identifier": f"stub__{entity}"} for entity in CONTRACT]
    source = {"version": 2, "sources": [{"name": "stub", "schema": "raw", "tables": tables}]}
    (stub / "_stub__sources.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
    for entity in CONTRACT:
        (stub / f"stub__{entity}.sql").write_text(
            f"select {{{{ conform('{entity}') }}}} from {{{{ source('stub', '{entity}') }}}}\n",
            encoding="utf-8",
        )
    return folder


class Books:
    """A warehouse over the stub source."""

    def __init__(self, warehouse: Warehouse, project: Path) -> None:
        self.warehouse = warehouse
        self._project = project
        self.slices = itertools.count(1)

    def create(self) -> None:
        self.warehouse.create_schemas_and_raw_tables(
            [
                IDENTITY_LINKS,
                IDENTITY_DECISIONS,
                IDENTITY_RUNS,
                UNIT_COSTS,
                INVENTORY_LEVELS_DAILY,
                INVENTORY_READINGS,
                COST_ENTRIES,
                PROFIT_SETTINGS,
            ]
        )
        with self.warehouse.writer() as writer:
            writer.execute("create schema if not exists raw")
            for table, columns in _OWN.items():
                writer.execute(f"create table if not exists raw.{table} ({columns})")
            for entity, columns in CONTRACT.items():
                declared = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in columns.items())
                writer.execute(f"create table if not exists raw.stub__{entity} ({declared})")

    def insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        with self.warehouse.writer() as writer, writer.transaction():
            for row in rows:
                names = ", ".join(row)
                values = ", ".join(f"${name}" for name in row)
                writer.execute(f"insert into raw.{table} ({names}) values ({values})", row)

    def execute(self, sql: str, **params: Any) -> None:
        with self.warehouse.writer() as writer:
            writer.execute(sql, params or None)

    def build(
        self,
        *,
        now: str = NOW,
        full_refresh: bool = False,
        select: str | None = None,
        tested: bool = True,
    ) -> BuildResult:
        """Build; not ``tested`` leaves out dbt's tests, a quarter of its time, where another build of the same rows runs them."""
        return build(
            self.warehouse,
            project=self._project,
            full_refresh=full_refresh,
            select=select,
            exclude=() if tested else ("resource_type:test",),
            now=datetime.fromisoformat(f"{now}+00:00"),
            vars={"conformed_sources": {entity: ["stub"] for entity in CONTRACT}},
        )

    def tables(self) -> list[str]:
        """Core and marts; what a build hands only to its own later models is left out."""
        found = self.rows(
            "select table_schema || '.' || table_name as name from information_schema.tables"
            " where table_schema in ('core', 'marts') and table_name not in ('order_changes', 'event_changes', 'mart_changes', 'profit_changes', 'day_changes')"
            " and table_name not like 'unpublished%' and table_name not like 'newer%' order by 1"
        )
        return [row["name"] for row in found]

    def contents(self, table: str) -> list[tuple[Any, ...]]:
        """All rows, in an order of their own."""
        return sorted((tuple(row.values()) for row in self.rows(f"select * from {table}")), key=repr)

    def table(self, sql: str, **params: Any) -> pa.Table:
        with self.warehouse.writer() as writer:
            return writer.fetch(sql, params or None)

    @property
    def has_been_built(self) -> bool:
        return (dbt_folder(self.warehouse.settings) / FILE).is_file()

    def rows(self, sql: str, **params: Any) -> list[Row]:
        found: list[Row] = self.table(sql, **params).to_pylist()
        return found


@dataclass
class Shop:
    """One tenant with one connection, unless said otherwise. Amounts are text; instants are naive UTC text."""

    books: Books
    tenant: str
    currency: str = "EUR"
    time_zone: str = "UTC"
    reporting: str = "EUR"
    rows: dict[str, list[Row]] = field(default_factory=dict)
    connection: str = ""
    synced_at: str = "2026-03-30 00:00:00"

    def __post_init__(self) -> None:
        self.connection = self.connection or f"{self.tenant}-shop"
        self._put(
            "fondaco__tenants",
            tenant_id=self.tenant,
            name=self.tenant,
            currency=self.reporting,
            time_zone="UTC",
        )
        self.connect(self.connection, self.currency, self.time_zone)
        self._ids = itertools.count(1)

    def connect(
        self, connection: str, currency: str, time_zone: str = "UTC", source: str = "stub", **more: Any
    ) -> None:
        self._put(
            "fondaco__connections", tenant_id=self.tenant, connection_id=connection, source=source,
            name=connection.title(), currency=currency, time_zone=time_zone, **more,
        )  # fmt: skip

    def _put(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def _add(self, entity: str, defaults: Row, given: Row) -> str:
        """One conformed row; what is not given is null."""
        row = {**defaults, **given}
        connection = row.get("connection_id") or self.connection
        base = {
            "tenant_id": self.tenant,
            "connection_id": connection,
            "source": "stub",
            "synced_at": self.synced_at,
        }
        whole = {**base, **row}
        unknown = set(whole) - set(CONTRACT[entity])
        assert not unknown, f"{entity} has no column {unknown}"
        self._put(f"stub__{entity}", **whole)
        return str(next(iter(whole.values())))

    def id(self, name: object, connection: str | None = None) -> str:
        return f"{connection or self.connection}:{name}"

    def customer(self, name: str, **given: Any) -> str:
        connection = given.get("connection_id")
        customer_id = self.id(name, connection)
        self._add(
            "customers", {"customer_id": customer_id, "source_customer_id": name, "is_deleted": False}, given
        )
        return customer_id

    def order(self, name: str, at: str, **given: Any) -> str:
        order_id = self.id(name, given.get("connection_id"))
        defaults = {
            "order_id": order_id, "source_order_id": name, "order_number": name, "ordered_at": at, "created_at": at,
            "updated_at": at, "order_status": "open", "financial_status": "paid", "channel": "web", "country": "DE",
            "currency": self.currency, "presentment_currency": self.currency, "prices_include_tax": False,
            "is_test": False, "is_deleted": False, "is_cancelled": False, "counts_in_sales": True,
        }  # fmt: skip
        self._add("orders", defaults, given)
        return order_id

    def line(self, order_id: str, name: str = "1", **given: Any) -> str:
        line_id = f"{order_id}/{name}"
        defaults = {
            "order_line_id": line_id, "order_id": order_id, "sku": "SKU", "title": "Thing", "quantity": 1,
            "currency": self.currency, "is_gift_card": False,
        }  # fmt: skip
        self._add("order_lines", defaults, {**_without(given, {"event_at"}), **_connection(order_id)})
        return line_id

    def event(self, order_id: str, kind: str, line_type: str, at: str, **given: Any) -> None:
        """A ledger row; where not given, amounts and ``quantity`` are 0, and what is restocked of returned units is untold."""
        zero: Row = dict.fromkeys(
            ("gross_sales", "discounts", "returns", "shipping", "taxes", "duties", "tips", "gift_card_sales",
             "additional_fees"), "0",
        )  # fmt: skip
        defaults = {
            **zero, "sales_event_id": f"{order_id}/e{next(self._ids)}", "order_id": order_id, "event_type": kind,
            "line_type": line_type, "event_at": at, "quantity": 0, "currency": self.currency,
            "units_restocked": 0 if given.get("quantity", 0) >= 0 else None,
        }  # fmt: skip
        self._add("sales_events", defaults, {**given, **_connection(order_id)})

    def sale(self, name: str, at: str, gross: str, **given: Any) -> str:
        """An order of one line with one unit, placed and sold at once."""
        amounts = {key: given.pop(key) for key in ("discounts", "taxes") if key in given}
        line = {key: given.pop(key) for key in ("sku", "product_id", "title", "quantity") if key in given}
        order_id = self.order(name, at, **given)
        currency = {"currency": given["currency"]} if "currency" in given else {}
        line_id = self.line(order_id, gross_sales=gross, **line, **currency)
        product = {"product_id": line["product_id"]} if "product_id" in line else {}
        self.event(
            order_id, "order", "product", at, order_line_id=line_id, quantity=line.get("quantity", 1),
            gross_sales=gross, **amounts, **product, **currency,
        )  # fmt: skip
        return order_id

    def refund(self, order_id: str, at: str, amount: str, **given: Any) -> None:
        defaults = {
            "refund_id": f"{order_id}/r{next(self._ids)}", "order_id": order_id, "refunded_at": at, "amount": amount,
            "currency": self.currency,
        }  # fmt: skip
        self._add("refunds", defaults, {**given, **_connection(order_id)})

    def payment(
        self, order_id: str, kind: str, at: str, amount: str, name: str | None = None, **given: Any
    ) -> str:
        payment_id = f"{order_id}/p{name or next(self._ids)}"
        defaults = {
            "payment_id": payment_id, "order_id": order_id, "kind": kind, "status": "success", "processed_at": at,
            "amount": amount, "currency": self.currency, "is_test": False, "gateway": "card",
        }  # fmt: skip
        self._add("payments", defaults, {**given, **_connection(order_id)})
        return payment_id

    def fee(self, order_id: str | None, kind: str, at: str, amount: str, name: str = "", **given: Any) -> str:
        """What a platform says that it charged; of the account where it is of no order."""
        connection = _connection(order_id) if order_id else {}
        fee_id = self.id(
            f"fee{next(self._ids)}", given.get("connection_id") or connection.get("connection_id")
        )
        defaults = {
            "fee_id": fee_id, "order_id": order_id, "kind": kind, "name": name or kind, "charged_at": at, "amount": amount,
            "currency": self.currency, "is_final": True,
        }  # fmt: skip
        self._add("fees", defaults, {**given, **connection})
        return fee_id

    def discount(self, order_id: str, code: str | None, amount: str, **given: Any) -> None:
        defaults = {
            "order_discount_id": f"{order_id}/d{next(self._ids)}", "order_id": order_id, "code": code,
            "discount_type": "code" if code else "automatic", "amount": amount, "currency": self.currency,
        }  # fmt: skip
        self._add("order_discounts", defaults, {**given, **_connection(order_id)})

    def product(self, name: str, title: str, **given: Any) -> str:
        product_id = self.id(name)
        self._add("products", {"product_id": product_id, "title": title, "status": "active"}, given)
        return product_id

    def variant(self, name: str, unit_cost: str | None, **given: Any) -> str:
        variant_id = self.id(name, given.get("connection_id"))
        defaults = {
            "variant_id": variant_id, "product_id": self.id("P"), "source_variant_id": name, "sku": name,
            "unit_cost": unit_cost, "currency": self.currency, "is_deleted": False,
        }  # fmt: skip
        self._add("variants", defaults, given)
        return variant_id

    def cost(self, kind: str, **given: Any) -> None:
        """An entry of the cost sheet."""
        self._put(
            "fondaco__cost_entries", tenant_id=self.tenant, entry_id=f"c{next(self._ids)}", version=1, kind=kind,
            is_withdrawn=False, entered_by="cli", entered_at=NOW, **given,
        )  # fmt: skip

    def ad_account(self, connection: str, currency: str) -> None:
        """Where money is spent, and nothing sold."""
        self.connect(connection, currency, role="ads")

    def campaign(self, account: str, number: str, name: str, source: str = "google_ads", **given: Any) -> str:
        campaign_id = self.id(number, account)
        defaults = {
            "campaign_id": campaign_id, "source_campaign_id": number, "name": name, "source": source,
            "connection_id": account, "status": "active",
        }  # fmt: skip
        self._add("campaigns", defaults, given)
        return campaign_id

    def spent(
        self,
        campaign_id: str,
        day: str,
        spend: str,
        currency: str = "EUR",
        source: str = "google_ads",
        **given: Any,
    ) -> None:
        """A campaign's day in its ad account."""
        defaults = {
            "ad_spend_id": f"{campaign_id}/{day}", "campaign_id": campaign_id, "spend_date": day, "spend": spend,
            "currency": currency, "source": source, "impressions": 0, "clicks": 0, "claimed_conversions": "0",
            "claimed_revenue": "0",
        }  # fmt: skip
        self._add("ad_spend", defaults, {**given, **_connection(campaign_id)})

    def message_account(self, connection: str, currency: str, source: str = "klaviyo") -> None:
        """Where people are written to from, and nothing sold."""
        self.connect(connection, currency, source=source, role="messages")

    def letter(self, account: str, number: str, name: str, **given: Any) -> str:
        """A campaign or flow by which people are written to."""
        return self.campaign(
            account,
            number,
            name,
            source="klaviyo",
            **({"role": "messages", "campaign_type": "email"} | given),
        )

    def mark(self, campaign_id: str, mark: str, mark_type: str) -> None:
        """What links carry in place of the campaign's own number or name."""
        row = {"campaign_id": campaign_id, "mark": mark, "mark_type": mark_type, "source": "klaviyo"}
        self._add("campaign_marks", row, _connection(campaign_id))

    def sent(
        self, campaign_id: str, day: str, currency: str = "EUR", channel: str = "email", **given: Any
    ) -> None:
        """A campaign's messages of a day."""
        defaults = {
            "message_figure_id": f"{campaign_id}/{channel}/{day}", "campaign_id": campaign_id, "channel": channel,
            "send_date": day, "currency": currency, "source": "klaviyo", "sent": 0, "delivered": 0, "opened": 0,
            "clicked": 0, "bounced": 0, "unsubscribed": 0, "marked_spam": 0, "claimed_conversions": "0",
            "claimed_revenue": "0",
        }  # fmt: skip
        self._add("message_figures", defaults, {**given, **_connection(campaign_id)})

    def contact(self, account: str, number: str, **given: Any) -> str:
        contact_id = self.id(number, account)
        defaults = {
            "contact_id": contact_id,
            "source_contact_id": number,
            "source": "klaviyo",
            "billed_contacts": 1,
            "billed_sms_contacts": 1,
            "is_deleted": False,
        }
        self._add("contacts", {**defaults, "connection_id": account}, given)
        return contact_id

    def visit(self, order_id: str, **marks: Any) -> None:
        """The visit that an order came from."""
        self._add("order_visits", {"order_id": order_id}, {**marks, **_connection(order_id)})

    def rate(self, day: str, currency: str, rate: str, base: str = "EUR") -> None:
        self._put(
            "fondaco__exchange_rates", tenant_id=self.tenant, rate_date=day, base_currency=base, currency=currency,
            rate=rate, provider="test",
        )  # fmt: skip

    def write(self) -> Shop:
        for table, rows in self.rows.items():
            self.books.insert(table, rows)
        self.rows = {}
        return self

    def daily(self, figures: str, clock: str = "finance") -> list[tuple[Any, ...]]:
        """Days with any of the figures: date as text and the figures, summed, as decimals."""
        names = [name.strip() for name in figures.split(",")]
        sums = ", ".join(f"sum({name}) as {name}" for name in names)
        found = self.books.rows(
            f"select cast(sales_date as varchar) as day, {sums} from marts.sales_daily"
            " where tenant_id = $tenant and clock = $clock group by sales_date order by 1",
            tenant=self.tenant, clock=clock,
        )  # fmt: skip
        rows = [(row["day"], *(money(row[name]) for name in names)) for row in found]
        return [row for row in rows if any(row[1:])]

    def select(
        self, columns: str, table: str, order: str, *, where: str = "true", group: str | None = None
    ) -> list[tuple[Any, ...]]:
        grouped = f" group by {group}" if group else ""
        found = self.books.rows(
            f"select {columns} from {table} where tenant_id = $tenant and {where}{grouped} order by {order}",
            tenant=self.tenant,
        )
        return [tuple(money(value) for value in row.values()) for row in found]


def money(value: Any) -> Any:
    """A decimal without trailing zeros in its text, so that `Decimal("1.50") == money(...)` reads well in failures."""
    return Decimal(format(value.normalize(), "f")) if isinstance(value, Decimal) else value


def _without(row: Row, names: set[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _connection(order_id: str) -> Row:
    return {"connection_id": order_id.split(":", 1)[0]}


@pytest.fixture(scope="session")
def stub_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_stub_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def open_books(
    stub_project: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Any]:
    """Opens empty books on an engine; those on the same engine share dbt's parsed project."""
    opened: list[Books] = []

    def empty(engine: str = "duckdb") -> Books:
        folder = tmp_path_factory.mktemp("books")
        settings = Settings(folder=folder, warehouse=chosen(engine))
        settings.data.mkdir(parents=True, exist_ok=True)
        books = Books(open_warehouse(settings), stub_project)
        read = [each for each in opened if each.has_been_built and each.warehouse.dialect == engine]
        if read:
            hand_on(read[0].warehouse, books.warehouse)
        books.create()
        opened.append(books)
        return books

    def chosen(engine: str) -> WarehouseSettings:
        if engine == "duckdb":
            return WarehouseSettings(threads=1)
        server = request.getfixturevalue("postgres_server")
        name = f"books_{len(opened):04}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return WarehouseSettings(kind="postgres", url=SecretStr(f"{server}/{name}"), threads=1)

    yield empty
    for books in opened:
        books.warehouse.close()


@pytest.fixture(scope="session")
def shop_type() -> type[Shop]:
    """Test modules cannot import this file; they write shops through it."""
    return Shop


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("duckdb", marks=pytest.mark.xdist_group("golden_duckdb")),
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("golden_postgres")]),
    ],
)
def golden(open_books: Any, request: pytest.FixtureRequest) -> dict[str, Shop]:
    """All merchants of the golden cases, built once on each engine."""
    books = open_books(request.param)
    shops = {name: Shop(books, name, **given) for name, (given, _) in CASES.items()}
    for name, (_, write) in CASES.items():
        write(shops[name])
        shops[name].write()
    books.build()
    return shops
