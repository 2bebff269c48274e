"""A real MariaDB server for tests, on a free port of 127.0.0.1, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pymysql
import pytest

_SERVER = Path("/usr/sbin/mariadbd")


@contextmanager
def running_mariadb(*options: str) -> Iterator[int]:
    """The port of a fresh server with these further options; it is stopped at the end."""
    if not _SERVER.exists():
        if os.environ.get("CI"):
            pytest.fail(f"CI needs MariaDB in {_SERVER}.")
        pytest.skip("MariaDB is not installed: apt-get install mariadb-server")
    folder = Path(tempfile.mkdtemp(prefix="fondaco-mariadb-"))
    account = "mysql" if os.geteuid() == 0 else None  # MariaDB refuses to run as root
    if account:
        shutil.chown(folder, account, account)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
         "--skip-test-db"],
        check=True, capture_output=True, cwd="/", user=account, group=account,
    )  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [_SERVER, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1",
             f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0",
             "--innodb-buffer-pool-size=64M", "--skip-name-resolve", "--character-set-server=utf8mb4", *options],
            stdout=log, stderr=log, cwd="/", user=account, group=account,
        )  # fmt: skip
    try:
        for attempt in range(600):
            try:
                pymysql.connect(host="127.0.0.1", port=port, user="root", ssl_disabled=True).close()
                break
            except pymysql.OperationalError:
                if attempt == 599 or server.poll() is not None:
                    raise
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)
