"""A reader over marts written by hand: the semantic layer needs nothing of dbt to be held to its word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml

from fondaco.duckdb_session import prepare
from fondaco.warehouse.dbt import project_folder
from fondaco.warehouse.duckdb_reader import outdated
from fondaco.warehouse.engine import Dialect, Params

_MARTS = project_folder() / "models" / "marts"
_TENANT = "default"


@cache
def columns(mart: str) -> dict[str, str]:
    """Names and types by the mart's own contract."""
    text = (_MARTS / f"{mart}.yml").read_text(encoding="utf-8")
    declared = yaml.load(text, Loader=yaml.CSafeLoader)["models"][0][
        "columns"
    ]  # ten times as fast as safe_load
    return {column["name"]: column["data_type"] for column in declared}


@dataclass
class Marts:
    """Empty marts in memory, read as a published snapshot is."""

    connection: duckdb.DuckDBPyConnection
    dialect: Dialect = "duckdb"
    version: str | None = "1"
    asked: list[str] = field(default_factory=list)
    written: set[str] = field(default_factory=set)

    def query(self, sql: str, params: Params | None = None) -> pa.Table:
        self.asked.append(sql)
        try:
            return self.connection.sql(sql, params=dict(params) if params else None).to_arrow_table()
        except duckdb.CatalogException as error:
            raise outdated() from error

    def select(self, sql: str, *, limit: int | None = None) -> pa.Table:
        raise NotImplementedError

    def close(self) -> None:
        self.connection.close()

    def add(self, mart: str, **row: Any) -> None:
        """A row; amounts and counts that are not given are 0, everything else null."""
        self.written.add(mart)
        types = columns(mart)
        whole = {
            name: 0 if kind.startswith(("decimal", "bigint")) else None for name, kind in types.items()
        } | {"tenant_id": _TENANT, **row}
        names = ", ".join(whole)
        values = ", ".join(f"${name}" for name in whole)
        self.connection.execute(f"insert into marts.{mart} ({names}) values ({values})", whole).fetchall()

    def day(self, date: str, clock: str = "finance", **row: Any) -> None:
        self.add("sales_daily", **{"clock": clock, "sales_date": date, "connection_id": "a", "source": "x",
                                   "country": "DE", "channel": "web", "customer_type": "new", "is_filler": False,
                                   **row})  # fmt: skip

    def event(self, date: str, **row: Any) -> None:
        """A ledger row; net and total sales follow from its parts."""
        whole = {"event_date": date, "order_date": date, "connection_id": "a", "event_type": "order", **row}
        amounts = {name: whole.get(name, 0) for name in ("gross_sales", "discounts", "returns")}
        net = amounts["gross_sales"] - amounts["discounts"] - amounts["returns"]
        extras = sum(whole.get(name, 0) for name in ("shipping", "taxes", "duties", "additional_fees"))
        self.add("sales_ledger", **{"net_sales": net, "total_sales": net + extras, **whole})


def create(connection: duckdb.DuckDBPyConnection, mart: str) -> None:
    declared = ", ".join(f"{name} {kind}" for name, kind in columns(mart).items())
    connection.execute(f"create or replace table marts.{mart} ({declared})").fetchall()


@pytest.fixture(scope="session")
def empty_marts() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        prepare(connection)
        connection.execute("create schema marts").fetchall()
        for path in _MARTS.glob("[!_]*.yml"):
            create(connection, path.stem)
        yield connection


@pytest.fixture
def marts(empty_marts: duckdb.DuckDBPyConnection) -> Iterator[Marts]:
    """What a test writes is gone after it."""
    opened = Marts(empty_marts)
    yield opened
    for mart in opened.written:
        create(empty_marts, mart)
