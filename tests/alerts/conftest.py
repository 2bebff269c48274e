"""A project with a hundred days of sales in two countries, the last of which a test chooses; and real receivers on this machine."""

from __future__ import annotations

import json
import shutil
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.published import publish
from tests.reports.conftest import certificate, scripted, smtp

from fondaco.control.connections import ConnectionRecord
from fondaco.control.runs import RunResult
from fondaco.orchestration import Project

__all__ = ["certificate", "scripted", "smtp"]

NOW = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
YESTERDAY = date(2026, 3, 30)


class Watch:
    """The project's clock; a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def sales(day: date, country: str, net: float) -> dict[str, Any]:
    return {
        "clock": "finance", "sales_date": day, "connection_id": "aurora", "is_filler": False, "country": country,
        "gross_sales": net, "net_sales": net, "orders": 1,
    }  # fmt: skip


def hundred_days(newest: float = 1000.0, *, last: date = YESTERDAY) -> list[dict[str, Any]]:
    """A week that repeats, with a little of its own each day; ``newest`` in Germany on the last day, a tenth of it in France."""
    rows = []
    for back in range(100):
        day = last - timedelta(back)
        usual = 1000 + 100 * day.weekday() + 7 * (back * 37 % 11)
        rows.append(sales(day, "DE", usual if back else newest))
        rows.append(sales(day, "FR", usual / 10))
    return rows


def give_sales(project: Project, rows: list[dict[str, Any]]) -> None:
    """Publish these days in a run of now."""
    run = project.control.runs.start(project.tenant, kind="run", steps=["publish"])
    shop = {"connection_id": "aurora", "name": "Aurora", "reporting_currency": "EUR"}
    with project.warehouse.writer() as writer:
        if project.reader.version is not None:
            for table in ("sales_daily", "connections"):
                writer.execute(f"delete from marts.{table}")
    publish_into(project, sales_daily=rows, connections=[shop])
    project.control.runs.finish(run.run_id, RunResult("success", "ok", published=project.reader.version))


def publish_into(project: Project, **rows: list[dict[str, Any]]) -> None:
    if project.reader.version is None:
        publish(project, **rows)
        return
    with project.warehouse.writer() as writer, writer.transaction():
        for mart, added in rows.items():
            for row in added:
                whole = {"tenant_id": project.tenant, **row}
                types = {
                    column["name"]: column["type"]
                    for column in writer.fetch(
                        "select column_name as name, data_type as type from information_schema.columns "
                        "where table_schema = 'marts' and table_name = $mart",
                        {"mart": mart},
                    ).to_pylist()
                }
                blank = {n: 0 for n, kind in types.items() if kind.lower().startswith(("decimal", "bigint"))}
                told = blank | whole
                writer.execute(
                    f"insert into marts.{mart} ({', '.join(told)}) values ({', '.join(f'${n}' for n in told)})",
                    told,
                )
    project.warehouse.publish()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def calm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose last day is as usual."""
    folder = tmp_path_factory.mktemp("calm") / "project"
    with Project.create(
        folder, name="Maison Aurora", currency="EUR", timezone="Europe/Berlin", clock=Watch()
    ) as project:
        record = ConnectionRecord("aurora", "files", "Aurora", "EUR", "Europe/Berlin", {})
        project.control.connections.add(project.tenant, record)
        give_sales(project, hundred_days())
    return folder


@pytest.fixture
def project(calm_folder: Path, tmp_path: Path, watch: Watch) -> Iterator[Project]:
    with Project.open(shutil.copytree(calm_folder, tmp_path / "project"), clock=watch) as opened:
        yield opened


@pytest.fixture(scope="session")
def dropped_folder(calm_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a day on which Germany sold a tenth."""
    folder = tmp_path_factory.mktemp("dropped") / "project"
    shutil.copytree(calm_folder, folder)
    with Project.open(folder, clock=Watch()) as project:
        give_sales(project, hundred_days(100.0))
    return folder


@pytest.fixture
def dropped(dropped_folder: Path, tmp_path: Path, watch: Watch) -> Iterator[Project]:
    with Project.open(shutil.copytree(dropped_folder, tmp_path / "project"), clock=watch) as opened:
        yield opened


@dataclass
class Receiver:
    """A web server that keeps what it is sent."""

    url: str
    status: int = 200
    answer: bytes = b"ok"
    taken: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


StartReceiver = Callable[..., Receiver]


@pytest.fixture
def receiver(certificate: Path) -> Iterator[StartReceiver]:
    """Starts a web server on a free port of this machine; with ``tls`` it has a certificate of its own."""
    running: list[ThreadingHTTPServer] = []

    def start(*, tls: bool = False) -> Receiver:
        kept = Receiver("")

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                kept.taken.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(kept.status)
                for name, value in kept.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(kept.answer)))
                self.end_headers()
                with suppress(OSError):  # who asks may have heard enough
                    self.wfile.write(kept.answer)

            def log_message(self, *_: Any) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        kept.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        return kept

    yield start
    for server in running:
        server.shutdown()
        server.server_close()
