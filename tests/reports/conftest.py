"""Real SMTP servers on this machine, and books with the sales of three weeks in them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.published import publish

from fondaco.config import MailSettings
from fondaco.control.connections import ConnectionRecord
from fondaco.control.runs import RunResult
from fondaco.orchestration import Project
from fondaco.reports.content import Books

USER, PASSWORD = "figures", "an smtp secret"
MONDAY = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
"""The newest full week is 23 to 29 March 2026."""


@dataclass
class Inbox:
    """What a server took, and what it answers to a receiver."""

    taken: list[Envelope] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _: Any) -> str:  # noqa: N802
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"


@dataclass(frozen=True)
class Server:
    """A running SMTP server."""

    inbox: Inbox
    settings: MailSettings


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that no machine trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


StartServer = Callable[..., Server]


@pytest.fixture
def smtp(certificate: Path) -> Iterator[StartServer]:
    """Starts an SMTP server: with STARTTLS and a login unless told otherwise."""
    running: list[Controller] = []

    def start(*, security: str = "starttls", offers_tls: bool = True) -> Server:
        inbox = Inbox()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> Any:
            assert isinstance(given, LoginPassword)
            right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
            return AuthResult(success=right, handled=right)

        port = free_port()
        how: dict[str, Any] = {"hostname": "127.0.0.1", "port": port}
        if security == "starttls" and offers_tls:
            how |= {"tls_context": context, "require_starttls": True}
            how |= {"auth_required": True, "authenticator": authenticate}
        elif security == "tls":
            how |= {"ssl_context": context}
        controller = Controller(inbox, **how)
        controller.start()
        running.append(controller)
        login = {"user": USER, "password": PASSWORD} if security == "starttls" else {}
        settings = MailSettings(
            host="127.0.0.1",
            port=port,
            security=security,  # type: ignore[arg-type]
            sender="figures@example.com",
            ca_file=certificate,
            timeout_seconds=5,
            **login,  # type: ignore[arg-type]
        )
        return Server(inbox, settings)

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def scripted() -> Iterator[Callable[..., MailSettings]]:
    """A server that says the given lines, one for each it hears, and then hangs up, or keeps silent."""
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def start(*lines: str, hangs_up: bool = True, timeout_seconds: float = 5) -> MailSettings:
        listener = socket.create_server(("127.0.0.1", 0))

        def converse() -> None:
            with listener, listener.accept()[0] as line, line.makefile("rwb") as file:
                for said in lines:
                    file.write(said.encode() + b"\r\n")
                    file.flush()
                    heard = file.readline()
                    while said.startswith("354") and heard not in (b".\r\n", b""):
                        heard = file.readline()
                if not hangs_up:
                    stop.wait(10)

        threads.append(threading.Thread(target=converse, daemon=True))
        threads[-1].start()
        return MailSettings(
            host="127.0.0.1",
            port=listener.getsockname()[1],
            security="none",
            sender="figures@example.com",
            timeout_seconds=timeout_seconds,
        )

    yield start
    stop.set()
    for thread in threads:
        thread.join(5)


def _sales(day: date, net: str, shop: str = "berlin") -> dict[str, Any]:
    """A day that sold ``net`` with a tenth of it in discounts and a fifth in taxes."""
    amount = Decimal(net)
    return {
        "clock": "finance",
        "sales_date": day,
        "connection_id": shop,
        "is_filler": False,
        "country": "DE",
        "gross_sales": amount * Decimal("1.1"),
        "discounts": amount * Decimal("0.1"),
        "net_sales": amount,
        "taxes": amount * Decimal("0.2"),
        "total_sales": amount * Decimal("1.2"),
        "orders": 1,
    }


SALES = [
    _sales(date(2026, 3, 23), "100.00"),
    _sales(date(2026, 3, 29), "50.50", "paris"),
    _sales(date(2026, 3, 30), "999.00"),  # the week that is not over
    _sales(date(2026, 3, 16), "200.00"),
    _sales(date(2025, 3, 24), "75.25"),
]


@pytest.fixture(scope="session")
def books_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published project with sales of the last full week, the one before, and the one of the year before."""
    folder = tmp_path_factory.mktemp("books") / "project"
    with Project.create(folder, name="Maison <Aurora>", currency="EUR", clock=lambda: MONDAY) as project:
        for name in ("berlin", "paris"):
            record = ConnectionRecord(name, "files", name.capitalize(), "EUR", "UTC", {})
            project.control.connections.add(project.tenant, record)
        run = project.control.runs.start(project.tenant, kind="manual", steps=["publish"])
        publish(project, sales_daily=SALES, connections=[{"reporting_currency": "EUR"}])
        project.control.runs.finish(run.run_id, RunResult("success", "ok", published=project.reader.version))
    return folder


@pytest.fixture
def project(books_folder: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it on the Monday after."""
    import shutil

    shutil.copytree(books_folder, tmp_path / "project")
    with Project.open(tmp_path / "project", clock=lambda: MONDAY) as opened:
        yield opened


@pytest.fixture
def books(project: Project) -> Books:
    return books_of(project)


def books_of(project: Project) -> Books:
    return Books(project.control, project.metrics, project.reader, project.tenant, project.clock())
