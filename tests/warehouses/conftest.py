"""A dbt project of two models, so that the warehouse is tested apart from Fondaco's own models."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.warehouse import Published, Warehouse

_PROJECT = """
name: fondaco
version: "1.0"
config-version: 2
profile: fondaco
macro-paths: [macros]
flags:
  send_anonymous_usage_stats: false
"""
_SCHEMAS = "{% macro generate_schema_name(custom, node) %}{{ custom or target.schema }}{% endmacro %}"
_TESTS = """
models:
  - name: orders
    columns:
      - name: order_id
        data_tests: [not_null, unique]
"""


def write_orders(warehouse: Warehouse, *totals: int, note: str = "") -> None:
    """Make ``marts.orders`` and ``marts.customers`` anew, as a build would."""
    with warehouse.writer() as writer, writer.transaction():
        writer.execute("create schema if not exists marts")
        writer.execute("drop table if exists marts.orders")
        writer.execute("drop table if exists marts.customers")
        writer.execute("create table marts.orders (order_id bigint, total decimal(18, 6), note varchar)")
        writer.execute("create table marts.customers (orders bigint)")
        for number, total in enumerate(totals):
            writer.execute(
                "insert into marts.orders values ($number, $total, $note)",
                {"number": number, "total": total, "note": note},
            )
        writer.execute("insert into marts.customers values ($n)", {"n": len(totals)})


def publish_orders(warehouse: Warehouse, *totals: int) -> Published:
    write_orders(warehouse, *totals)
    return warehouse.publish()


@pytest.fixture
def dbt_project(tmp_path: Path) -> Path:
    """Two models over ``raw.orders``, a table and a view, with two tests."""
    folder = tmp_path / "project"
    (folder / "models").mkdir(parents=True)
    (folder / "macros").mkdir()
    (folder / "dbt_project.yml").write_text(_PROJECT)
    (folder / "macros" / "generate_schema_name.sql").write_text(_SCHEMAS)
    (folder / "models" / "orders.yml").write_text(_TESTS)
    (folder / "models" / "orders.sql").write_text(
        "{{ config(schema='marts', materialized='table') }}\n"
        "select order_id, cast({{ var('scale', 1) }} as integer) as scale from raw.orders"
    )
    (folder / "models" / "big_orders.sql").write_text(
        "{{ config(schema='marts', materialized='view') }}\nselect * from {{ ref('orders') }} where order_id > 1"
    )
    return folder
