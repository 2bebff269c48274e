"""What dbt has read and built already, so that a test's first build need not begin with nothing.

To read the models anew takes a project that builds for the first time seven seconds; to make the views and empty tables of all
connectors takes it four.
"""

from __future__ import annotations

import pprint
import tempfile
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from fondaco.config import Settings, WarehouseSettings
from fondaco.landing.raw import OWN
from fondaco.orchestration import Project
from fondaco.warehouse import Warehouse, dbt
from fondaco.warehouse.dbt import dbt_folder
from fondaco.warehouse.duckdb import DuckDBWarehouse
from fondaco.warehouse.postgres import PostgresWarehouse

FILE = "partial_parse.msgpack"


def give_models(warehouse: Warehouse) -> None:
    """Let the first build find the packaged models read."""
    _keep(warehouse, *(_packaged() if isinstance(warehouse, DuckDBWarehouse) else _packaged_for(warehouse)))


def hand_on(earlier: Warehouse, later: Warehouse) -> None:
    """Let a build find the models as a build of ``earlier``, on the same engine, has read them."""
    _keep(later, (dbt_folder(earlier.settings) / FILE).read_bytes(), earlier)


def give_built(warehouse: Warehouse) -> None:
    """Give a new project the warehouse, on DuckDB, that a whole build leaves which found no data; and the models read.

    For tests that promise nothing of a project's first build.
    """
    assert isinstance(warehouse, DuckDBWarehouse)
    give_models(warehouse)
    warehouse.close()
    warehouse.path.write_bytes(_built())


_READ: dict[tuple[object, ...], tuple[bytes, Warehouse]] = {}
"""By server and length of the database's name."""


def _keep(warehouse: Warehouse, parsed: bytes, earlier: Warehouse) -> None:
    """dbt keeps a fingerprint of the connection with what it has read, for models may ask for its parts. Ours ask for the
    name of the database only, which on DuckDB is that of the file."""
    known, name = _fingerprint(earlier), _database(earlier)
    assert parsed.count(known) == 1
    assert len(name) == len(_database(warehouse)), "a text in dbt's file says how long it is"
    folder = dbt_folder(warehouse.settings)
    folder.mkdir(parents=True, exist_ok=True)
    given = parsed.replace(known, _fingerprint(warehouse)).replace(name, _database(warehouse))
    (folder / FILE).write_bytes(given)


@cache
def _packaged() -> tuple[bytes, Warehouse]:
    with tempfile.TemporaryDirectory() as folder:
        warehouse = _empty(Path(folder))
        dbt.read_ahead(warehouse).join()
        return (dbt_folder(warehouse.settings) / FILE).read_bytes(), warehouse


def _packaged_for(warehouse: Warehouse) -> tuple[bytes, Warehouse]:
    """Read for the first database of its server, and kept for all whose names are as long."""
    target = warehouse.dbt_target()
    kind = (target["host"], target["port"], len(_database(warehouse)))
    if kind not in _READ:
        dbt.read_ahead(warehouse).join()
        _READ[kind] = (dbt_folder(warehouse.settings) / FILE).read_bytes(), warehouse
    return _READ[kind]


@cache
def _built() -> bytes:
    with tempfile.TemporaryDirectory() as folder, Project.create(Path(folder) / "shop") as project:
        give_models(project.warehouse)
        project.warehouse.create_schemas_and_raw_tables(OWN)
        dbt.build(project.warehouse, select="resource_type:model", now=datetime(2020, 1, 1, tzinfo=UTC))
        project.warehouse.close()
        assert isinstance(project.warehouse, DuckDBWarehouse)
        return project.warehouse.path.read_bytes()


def _empty(folder: Path) -> DuckDBWarehouse:
    warehouse = DuckDBWarehouse(
        Settings(folder=folder, warehouse=WarehouseSettings(kind="duckdb", threads=2))
    )
    warehouse.settings.data.mkdir(parents=True)
    return warehouse


def _database(warehouse: Warehouse) -> bytes:
    if isinstance(warehouse, PostgresWarehouse):
        return str(warehouse.dbt_target()["dbname"]).encode()
    assert isinstance(warehouse, DuckDBWarehouse)
    return warehouse.path.name.encode()


def _fingerprint(warehouse: Warehouse) -> bytes:
    from dbt.adapters.contracts.connection import Credentials
    from dbt.adapters.duckdb.credentials import DuckDBCredentials
    from dbt.adapters.postgres.connections import PostgresCredentials

    kind: type[Credentials] = DuckDBCredentials if warehouse.dialect == "duckdb" else PostgresCredentials
    target = {
        name: value for name, value in warehouse.dbt_target().items() if name not in ("type", "threads")
    }
    known = sorted(kind.from_dict(kind.translate_aliases(target)).connection_info())
    return sha256(pprint.pformat(known).encode()).hexdigest().encode()
