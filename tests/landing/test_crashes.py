"""A kill at any instant loses nothing and doubles nothing; a full disk leaves nothing half-written."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.landing.conftest import ORDERS, Bench, Shop, order, page

from fondaco.config import Settings, WarehouseSettings
from fondaco.errors import RetryableError
from fondaco.landing import Landing
from fondaco.sources.stream import Slice
from fondaco.warehouse import open_warehouse

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("shop__orders", "shop__refunds", "shop__refund_lines", "fondaco__quarantine")


def run(folder: Path, die_after: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.landing.crashing", str(folder), str(die_after)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def outcome(folder: Path) -> dict[str, Any]:
    """All rows but for instants, what is published, and what lies in the spool."""
    warehouse = open_warehouse(Settings(folder=folder, warehouse=WarehouseSettings(threads=1)))
    found: dict[str, Any] = {}
    with warehouse.writer() as writer:
        for table in TABLES:
            rows = writer.fetch(f"select * from raw.{table}").to_pylist()
            kept = [
                {k: v for k, v in row.items() if k not in ("_synced_at", "quarantined_at")} for row in rows
            ]
            found[table] = sorted(kept, key=repr)
    reader = warehouse.reader()
    found["published"] = reader.query("select * from marts.orders order by order_id").to_pylist()
    reader.close()
    spool = Landing(warehouse, folder / ".fondaco" / "spool", "default").pending()
    found["spool"] = [spooled.slice.id for spooled in spool]
    found["versions"] = len(list((folder / ".fondaco" / "published").glob("*.part*")))
    return found


def test_a_killed_run_is_finished_by_the_next_as_if_nothing_had_happened(tmp_path: Path) -> None:
    undisturbed = run(tmp_path / "undisturbed", 0)
    assert undisturbed.returncode == 0, undisturbed.stderr
    steps = int(undisturbed.stdout)
    expected = outcome(tmp_path / "undisturbed")
    assert [row["order_id"] for row in expected["shop__orders"]] == ["1", "2", "4"]
    assert expected["spool"] == []
    for number, instant in enumerate(sorted(random.Random(20261121).sample(range(1, steps), 12))):
        folder = tmp_path / f"killed-{number}"
        assert run(folder, instant).returncode == -9, f"step {instant} of {steps} was not reached"
        again = run(folder, 0)
        assert again.returncode == 0, f"after step {instant}: {again.stderr}"
        assert outcome(folder) == expected, f"after step {instant} of {steps}"


def test_a_half_slice_of_a_dead_process_is_thrown_away_and_that_of_a_living_one_is_not(bench: Bench) -> None:
    home = bench.spool_folder / "north"
    dead = home / ".20260101T000000000000-orders-full"

    def pages() -> Any:
        yield page(order("1"))
        dead.mkdir()
        (dead / "00000.ndjson").write_bytes(b"{}\n")
        bench.reopened()
        yield page(order("2"))

    spooled = bench.spool_pages(pages())
    assert not dead.exists()
    assert bench.landing.load(spooled).loaded["orders"] == 2


def limited(limit: int, work: Any) -> int:
    """Run ``work`` in a child process whose files may not grow beyond ``limit`` bytes; its exit code."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            work()
            code = 0
        except RetryableError as error:
            code = 1 if len(str(error).splitlines()) == 2 else 71
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def test_a_full_disk_while_spooling_leaves_no_slice_and_says_so(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path, warehouse=WarehouseSettings(threads=1))

    def spool() -> None:
        landing = Landing(open_warehouse(settings), tmp_path / "spool", "default")
        noise = random.Random(1)
        big = [page(*(order(str(n), note=noise.randbytes(250).hex()) for n in range(200)))]
        landing.spool("north", "shop", ORDERS, Slice("orders", "full"), big)

    assert limited(50_000, spool) == 1
    landing = Landing(open_warehouse(settings), tmp_path / "spool", "default")
    assert landing.pending() == []
    assert not list((tmp_path / "spool").glob("*/*.ndjson*"))


def test_a_full_disk_while_loading_keeps_the_slice_and_the_warehouse_as_they_were(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path, warehouse=WarehouseSettings(threads=1))
    landing = Landing(open_warehouse(settings), tmp_path / "spool", "default")
    landing.create_tables({"shop": Shop})  # type: ignore[dict-item]
    landing.load(landing.spool("north", "shop", ORDERS, Slice("orders", "backfill"), [page(order("1"))]))
    rng = random.Random(1)
    big = [page(*(order(str(n), note=rng.randbytes(400).hex()) for n in range(5000)))]
    spooled = landing.spool("north", "shop", ORDERS, Slice("orders", "full"), big)
    size = (settings.data / "warehouse.duckdb").stat().st_size

    def load() -> None:
        again = Landing(open_warehouse(settings), tmp_path / "spool", "default")
        again.create_tables({"shop": Shop})  # type: ignore[dict-item]
        again.load(spooled)

    assert limited(size + 500_000, load) == 1
    assert landing.pending() == [spooled]
    with open_warehouse(settings).writer() as writer:
        assert writer.fetch("select order_id from raw.shop__orders").to_pylist() == [{"order_id": "1"}]
    assert landing.load(spooled).loaded["orders"] == 5000
