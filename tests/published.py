"""Marts written by hand and published, where a test needs figures but no build."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.metrics.conftest import columns

from fondaco.config import Settings, WarehouseSettings
from fondaco.jobs.analysing import create_tables
from fondaco.jobs.price_tables import TABLES as PRICE_TABLES
from fondaco.jobs.stock_tables import TABLES as STOCK_TABLES
from fondaco.jobs.tables import TABLES
from fondaco.orchestration import Project
from fondaco.warehouse import Warehouse, Writer
from fondaco.warehouse.dbt import project_folder
from fondaco.warehouse.duckdb import DuckDBWarehouse


def publish(project: Project, **rows: list[Mapping[str, Any]]) -> None:
    """Publish all marts with the given rows; amounts and counts that are not given are 0, everything else null.

    In the tables of the analyses all that is not given is null.
    """
    warehouse = project.warehouse
    if isinstance(warehouse, DuckDBWarehouse) and not warehouse.path.exists():
        _ = project.data  # made now, for its owner only
        warehouse.path.write_bytes(_empty_marts())
    else:
        _create(warehouse)
    with warehouse.writer() as writer, writer.transaction():
        for mart in rows.keys() & set(_marts()):
            types = columns(mart)
            for row in rows[mart]:
                blank = {
                    name: 0 if kind.startswith(("decimal", "bigint")) else None
                    for name, kind in types.items()
                }
                whole = blank | {"tenant_id": project.tenant} | row
                names = ", ".join(whole)
                writer.execute(
                    f"insert into marts.{mart} ({names}) values ({', '.join(f'${name}' for name in whole)})",
                    whole,
                )
        for spec in (*TABLES, *STOCK_TABLES, *PRICE_TABLES):
            for given in rows.get(spec.name, ()):
                row = {"tenant_id": project.tenant} | given
                names = ", ".join(row)
                writer.execute(
                    f"insert into {spec.qualified} ({names}) values ({', '.join(f'${name}' for name in row)})",
                    row,
                )
        if "customers" in rows:
            make_searchable(writer)
    warehouse.publish()


def make_searchable(writer: Writer) -> None:
    """Fill ``marts.customer_search`` as its model does from the people and accounts that are there."""
    model = (project_folder() / "models" / "marts" / "customer_search.sql").read_text(encoding="utf-8")
    sql = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"marts.\1", model)
    sql = sql.replace("{{ contract_type('text') }}", "varchar")
    writer.execute("delete from marts.customer_search")
    writer.execute(f"insert into marts.customer_search {sql}")


def _marts() -> list[str]:
    return [path.stem for path in (project_folder() / "models" / "marts").glob("[!_]*.yml")]


def _create(warehouse: Warehouse) -> None:
    """All marts and the tables of the analyses, empty."""
    with warehouse.writer() as writer:
        writer.execute("create schema if not exists marts")
        for mart in _marts():
            declared = ", ".join(f"{name} {kind}" for name, kind in columns(mart).items())
            writer.execute(f"drop table if exists marts.{mart}")
            writer.execute(f"create table marts.{mart} ({declared})")
        create_tables(warehouse)
        for spec in (*TABLES, *STOCK_TABLES, *PRICE_TABLES):
            writer.execute(f"delete from {spec.qualified}")


@cache
def _empty_marts() -> bytes:
    """A warehouse file with nothing in its marts; made once, because fifty tables take their time."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBWarehouse(
            Settings(folder=Path(folder), warehouse=WarehouseSettings(kind="duckdb", threads=2))
        )
        warehouse.settings.data.mkdir(parents=True)
        _create(warehouse)
        warehouse.close()
        return warehouse.path.read_bytes()
