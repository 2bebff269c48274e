"""Fixtures for every test. Named after a state, and real: no part of Fondaco is ever patched."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from tests.mariadb import running_mariadb

from fondaco.config import Settings, WarehouseSettings
from fondaco.warehouse import Warehouse, open_warehouse

SHARED = Path(__file__).resolve().parents[2] / "shared"

# How long an example takes says something of the machine's other work, not of the law.
settings.register_profile("fondaco", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=20)  # for `make test-fast`
settings.load_profile("fondaco")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Official specifications and real data beside the checkout. With ``CI`` set they must be there."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("CI"):
        pytest.fail(f"CI needs the specifications and data sets in {SHARED}.")
    pytest.skip("the specifications and data sets are not beside this checkout (../shared)")


_POSTGRES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL cluster of this test worker's own; gives the URL of the server without a database."""
    if not (_POSTGRES / "initdb").exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs PostgreSQL 15 in {_POSTGRES}.")
        pytest.skip("PostgreSQL 15 is not installed: apt-get install postgresql-15")
    folder = Path(tempfile.mkdtemp(prefix="fondaco-postgres-"))
    account = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if account:
        shutil.chown(folder, account, account)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cluster = folder / "cluster"
    subprocess.run(
        [_POSTGRES / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "--no-sync",
         "-E", "UTF8", "--locale", "C.UTF-8"],
        check=True, capture_output=True, cwd="/", user=account, group=account,
    )  # fmt: skip
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        # To compile a query over dozens of views takes seconds, to answer it from a test's few rows none.
        "jit": "off",
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [_POSTGRES / "postgres", "-D", cluster, *arguments],
            stdout=log, stderr=log, cwd="/", user=account, group=account,
        )  # fmt: skip
    url = f"postgresql://postgres:not-asked-for@127.0.0.1:{port}"
    try:
        for attempt in range(600):
            try:
                psycopg.connect(f"{url}/postgres").close()
                break
            except psycopg.OperationalError:
                if attempt == 599 or server.poll() is not None:
                    raise
                time.sleep(0.1)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # "fast": ends open sessions
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database on a real PostgreSQL server."""
    name = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield f"{postgres_server}/{name}"
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[int]:
    """A MariaDB server of this test worker's own; gives its port on 127.0.0.1. ``root`` logs in without a password."""
    with running_mariadb() as port:
        yield port


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with nothing in it, on each engine in turn."""
    if request.param == "duckdb":
        chosen = WarehouseSettings(kind="duckdb", threads=2)
    else:
        url = request.getfixturevalue("postgres_url")
        chosen = WarehouseSettings(kind="postgres", url=url, threads=2)
    warehouse = open_warehouse(Settings(folder=tmp_path, warehouse=chosen))
    yield warehouse
    warehouse.close()
