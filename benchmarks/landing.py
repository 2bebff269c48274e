"""Landing a bulk file of Shopify orders, beside DuckDB's own read_json, dlt's merge, and dlt's default JSON path.

Each is measured in a process of its own, so that peak memory is its own: ``python -m benchmarks.landing <way> <file>``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.claim import Claim, peak_memory_mb, timed
from benchmarks.shopify_orders import write_orders
from fondaco.clock import utc_now
from fondaco.config import Settings, WarehouseSettings
from fondaco.duckdb_session import prepare
from fondaco.landing import Landing
from fondaco.landing.merge import Merge
from fondaco.landing.plan import segments
from fondaco.landing.raw import raw_spec
from fondaco.landing.shred import Shredder, shredded_name
from fondaco.landing.spool import Spool, Spooled
from fondaco.sources.shopify.streams import ORDERS
from fondaco.sources.stream import ColumnType, Page, Slice, Table
from fondaco.warehouse import open_warehouse
from fondaco.warehouse.duckdb import TYPES, connection_options, prepare_bench

DLT_ORDERS = 50_000
_PAGE_BYTES = 4 << 20
_KINDS = ("Order", "LineItem")
_LISTS = (("transactions", "Order", "transactions"), ("order_line_taxes", "LineItem", "taxLines"))
"""Tables that the file fills from lists: name, kind of record, list."""


class _Shop:
    streams = (ORDERS,)


def run(orders: int) -> list[Claim]:
    small = min(orders, DLT_ORDERS)
    with tempfile.TemporaryDirectory() as folder:
        file, small_file = Path(folder) / "orders.ndjson", Path(folder) / "small.ndjson"
        write_orders(file, orders)
        write_orders(small_file, small)
        read_json, ours = _measure("read_json", file), _measure("fondaco", file)
        ours_small, our_merged, merged, default = (
            _measure(way, small_file) for way in ("fondaco", "our_merge", "dlt_merge", "dlt_json")
        )
    return [
        Claim(
            f"Landing {orders:,} orders, spool and merge included, takes at most 3 times DuckDB's own read_json",
            ours["seconds"], read_json["seconds"], "read_json of the same file into typed tables", at_most=3,
        ),
        Claim(
            f"Landing {orders:,} orders needs less than 1.5 GB of memory",
            ours["peak_mb"], 1500, "limit", unit="MB", at_most=1,
        ),
        Claim(
            f"Merging {small:,} orders takes dlt at least twice as long as us",
            merged["seconds"], our_merged["seconds"], "our merge of the same rows", at_least=2,
        ),
        Claim(
            f"Landing {small:,} orders is at least 30 times as fast as dlt's default JSON path",
            default["seconds"], ours_small["seconds"], "Fondaco", at_least=30,
        ),
        Claim(
            f"Landing {small:,} orders needs at most a third of the memory of dlt's default JSON path",
            ours_small["peak_mb"], default["peak_mb"], "dlt", unit="MB", at_most=1 / 3,
        ),
    ]  # fmt: skip


def _measure(way: str, file: Path) -> dict[str, float]:
    """Seconds and peak memory of one way, in a new process and a new folder, with nothing left to write of the one before."""
    os.sync()
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        result = subprocess.run(
            [sys.executable, "-m", "benchmarks.landing", way, str(file), folder],
            check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"},
        )
    measured: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    print(f"  {way}: {measured['seconds']:.1f} s, {measured['peak_mb']:,.0f} MB", flush=True)
    return measured


def _pages(file: Path) -> Iterator[Page]:
    with file.open("rb") as lines:
        while block := lines.read(_PAGE_BYTES):
            block += lines.readline()
            yield Page(block, block.count(b"\n"))


def _settings(folder: Path) -> Settings:
    return Settings(
        folder=folder, warehouse=WarehouseSettings(memory_limit="1GB", threads=os.cpu_count() or 2)
    )


def fondaco(file: Path, folder: Path) -> float:
    warehouse = open_warehouse(_settings(folder))
    landing = Landing(warehouse, folder / "spool", "default")
    landing.create_tables({"shopify": _Shop})  # type: ignore[dict-item]
    with timed() as span:
        part = Slice("orders", "backfill")
        result = landing.load(landing.spool("shop", "shopify", ORDERS, part, _pages(file)))
    assert result.quarantined == 0, "the benchmark's own data must fit"
    return span.seconds


def read_json(file: Path, folder: Path) -> float:
    """The same tables with nothing but read_json: one scan a kind of record, every column typed, then lists unnested."""
    connection = duckdb.connect(
        str(folder / "yardstick.duckdb"), config=connection_options(_settings(folder))
    )
    prepare(connection)
    with timed() as span:
        for kind in _KINDS:
            tree: dict[str, Any] = {"__typename": "varchar"}
            for table in ORDERS.tables:
                if table.where == ("$.__typename", kind):
                    _declare(tree, table)
            columns = ", ".join(f"'{name}': '{_type(inner)}'" for name, inner in tree.items())
            connection.execute(
                f"create table kind_{kind} as select * exclude (__typename) from read_json('{file}',"
                f" format = 'newline_delimited', columns = {{{columns}}}) where __typename = '{kind}'"
            )
        for table, kind, elements in _LISTS:
            connection.execute(
                f"create table {table} as select record_id, position, element.* from"
                f" (select id as record_id, unnest({elements}) as element,"
                f" generate_subscripts({elements}, 1) - 1 as position from kind_{kind})"
            )
        connection.close()
    return span.seconds


def _declare(tree: dict[str, Any], table: Table) -> None:
    for column in table.columns:
        if column.path == "#" or column.path.startswith("^"):
            continue
        node = tree
        for path in table.each:
            for part in segments(path)[:-1]:
                node = node.setdefault(part, {})
            node = node.setdefault(segments(path)[-1], [{}])[0]
        *inner, last = segments(column.path)
        for part in inner:
            node = node.setdefault(part, {})
        node[last] = "json" if column.type is ColumnType.JSON else TYPES[column.type.value]


def _type(node: Any) -> str:
    if isinstance(node, list):
        return f"{_type(node[0])}[]"
    if isinstance(node, dict):
        return "struct(" + ", ".join(f'"{name}" {_type(inner)}' for name, inner in node.items()) + ")"
    return str(node)


def our_merge(file: Path, folder: Path) -> float:
    """Our merge alone, of rows that are shredded already."""
    warehouse = open_warehouse(_settings(folder))
    Landing(warehouse, folder / "landing", "default").create_tables({"shopify": _Shop})  # type: ignore[dict-item]
    with warehouse.writer() as writer:
        spooled = _shredded(file, folder, writer.bench)
        with timed() as span, writer.transaction():
            Merge(writer, ORDERS, spooled, "default").run()
    return span.seconds


def dlt_merge(file: Path, folder: Path) -> float:
    """dlt's merge alone, of the same rows as Arrow tables."""
    import dlt

    pipeline = dlt.pipeline(
        "merge",
        destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")),
        dataset_name="raw",
        pipelines_dir=str(folder / "dlt"),
    )
    resources = []
    with duckdb.connect() as bench:
        prepare_bench(bench)
        _shredded(file, folder, bench)
        for table in ORDERS.tables:
            rows = bench.sql(
                "select 'default' as tenant_id, 'shop' as connection_id, * exclude (_line, _fault),"
                f" now()::timestamp as _synced_at from {shredded_name(table)}"
            ).to_arrow_table()
            if rows.num_rows:
                key = list(raw_spec("shopify", table).primary_key)
                merge = {"disposition": "merge", "strategy": "delete-insert"}
                resources.append(
                    dlt.resource(rows, name=table.name, primary_key=key, write_disposition=merge)
                )
        with timed() as span:
            pipeline.run(resources, loader_file_format="parquet")
    return span.seconds


def _shredded(file: Path, folder: Path, bench: duckdb.DuckDBPyConnection) -> Spooled:
    part = Slice("orders", "backfill")
    spooled = Spool(folder / "spool", utc_now).write("shop", "shopify", ORDERS, part, _pages(file))
    Shredder(bench, ORDERS, spooled).run()
    return spooled


def dlt_json(file: Path, folder: Path) -> float:
    """Orders with their lines as dicts, normalised by dlt in Python, merged by key."""
    import dlt

    def orders() -> Iterator[dict[str, Any]]:
        current: dict[str, Any] | None = None
        with file.open("rb") as lines:
            for line in lines:
                record = json.loads(line)
                if record["__typename"] == "Order":
                    if current is not None:
                        yield current
                    current = record | {"lineItems": []}
                elif current is not None:
                    current["lineItems"].append(record)
        if current is not None:
            yield current

    pipeline = dlt.pipeline(
        "default", destination=dlt.destinations.duckdb(str(folder / "dlt.duckdb")), dataset_name="raw",
        pipelines_dir=str(folder / "dlt"),
    )  # fmt: skip
    with timed() as span:
        pipeline.run(dlt.resource(orders, name="orders", primary_key="id", write_disposition="merge"))
    return span.seconds


WAYS: dict[str, Callable[[Path, Path], float]] = {
    way.__name__: way for way in (fondaco, read_json, our_merge, dlt_merge, dlt_json)
}

if __name__ == "__main__":
    seconds = WAYS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    print(json.dumps({"seconds": seconds, "peak_mb": peak_memory_mb()}))
