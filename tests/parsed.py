"""dbt's parsed project, read once a process: to read it anew takes a project that builds for the first time six seconds."""

from __future__ import annotations

import pprint
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path

from fondaco.config import Settings, WarehouseSettings
from fondaco.warehouse import Warehouse, dbt
from fondaco.warehouse.dbt import dbt_folder
from fondaco.warehouse.duckdb import DuckDBWarehouse

FILE = "partial_parse.msgpack"


def give_models(warehouse: Warehouse) -> None:
    """Let the first build on DuckDB find the packaged models read."""
    _keep(warehouse, *_packaged())


def hand_on(earlier: Warehouse, later: Warehouse) -> None:
    """Let a build find the models as a build of ``earlier``, on DuckDB too, has read them."""
    _keep(later, (dbt_folder(earlier.settings) / FILE).read_bytes(), _fingerprint(earlier))


def _keep(warehouse: Warehouse, parsed: bytes, fingerprint: bytes) -> None:
    """dbt keeps a fingerprint of the connection with what it has read, for models may ask for its parts. Ours ask for the
    name of the database only, which on DuckDB is that of the file."""
    assert parsed.count(fingerprint) == 1
    folder = dbt_folder(warehouse.settings)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(parsed.replace(fingerprint, _fingerprint(warehouse)))


@cache
def _packaged() -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        chosen = WarehouseSettings(kind="duckdb", threads=2)
        warehouse = DuckDBWarehouse(Settings(folder=Path(folder), warehouse=chosen))
        warehouse.settings.data.mkdir(parents=True)
        dbt.read_ahead(warehouse).join()
        return (dbt_folder(warehouse.settings) / FILE).read_bytes(), _fingerprint(warehouse)


def _fingerprint(warehouse: Warehouse) -> bytes:
    from dbt.adapters.duckdb.credentials import DuckDBCredentials

    target = {
        name: value for name, value in warehouse.dbt_target().items() if name not in ("type", "threads")
    }
    known = sorted(DuckDBCredentials.from_dict(target).connection_info())
    return sha256(pprint.pformat(known).encode()).hexdigest().encode()
