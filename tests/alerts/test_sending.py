"""Messages as they arrive: by e-mail, at Slack, at Teams, at a webhook, over real connections; and where none may go."""

from __future__ import annotations

import json
import os
import select
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from tests.alerts.conftest import StartReceiver
from tests.reports.conftest import StartServer

from fondaco.alerts.sending.channels import Target, read_target
from fondaco.alerts.sending.guard import is_public, public_addresses_only
from fondaco.alerts.sending.message import Message, news_of
from fondaco.alerts.sending.posting import post
from fondaco.control import Alert
from fondaco.errors import ConfigError, RetryableError
from fondaco.reports.mail import Postbox

pytestmark = pytest.mark.slow

AT = datetime(2026, 3, 31, 9, tzinfo=UTC)
SAID = "Net sales of <!here> @channel: €200.00 on 30 Mar 2026, below the expected €1,070.00."
MESSAGE = Message(
    "Maison", "opened", "warning", "Sales drop", SAID, date(2026, 3, 30), AT, "https://f.example/alerts/7"
)
SLACK = "https://hooks.slack.com/services/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"
TEAMS = "/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig=secretsignature"  # fmt: skip


def test_a_webhook_gets_the_whole_message_as_json(receiver: StartReceiver) -> None:
    kept = receiver()
    post(read_target("webhook", f"{kept.url}/in?key=1", "Bearer abc"), MESSAGE, allow_private=True)
    ((path, headers, body),) = kept.taken
    assert (path, headers["Authorization"], headers["User-Agent"]) == ("/in?key=1", "Bearer abc", "Fondaco")
    assert body["headline"] == "Warning: Sales drop · Maison"
    assert body["text"].endswith("Since 30 Mar 2026.\nhttps://f.example/alerts/7")
    assert body["alert"] == {
        "news": "opened", "severity": "warning", "title": "Sales drop", "said": SAID, "merchant": "Maison",
        "at": "2026-03-31T09:00:00Z", "link": "https://f.example/alerts/7",
    }  # fmt: skip
    assert set(body) == {"headline", "text", "alert"}


def test_teams_gets_a_card_that_mentions_nobody_and_loads_no_picture(
    receiver: StartReceiver, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    kept = receiver(tls=True)
    kept.status = 202
    post(read_target("teams", kept.url + TEAMS), MESSAGE, allow_private=True)
    ((path, _, body),) = kept.taken
    assert path.startswith("/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?")
    assert "sig=secretsignature" in path
    card = body["attachments"][0]["content"]
    assert card["type"] == "AdaptiveCard"
    assert [part["type"] for part in card["body"]] == ["TextBlock", "TextBlock"]
    assert "entities" not in card["msteams"] and "‹!here›" in card["body"][1]["text"]


def test_what_a_shop_calls_its_products_is_no_markdown(
    receiver: StartReceiver, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    kept = receiver(tls=True)
    said = "[Pay here](https://evil.example) of *MUG* _MUG_ `MUG` ~MUG~ MUG_BLUE_1"
    message = replace(MESSAGE, said=said, title="*Sales*", link="https://f.example/alerts/_7_")
    post(read_target("teams", kept.url + TEAMS), message, allow_private=True)
    told = kept.taken[0][2]["attachments"][0]["content"]["body"]
    assert told[0]["text"] == "Warning: ∗Sales∗ · Maison"
    assert "［Pay here］(https://evil.example) of ∗MUG∗ ＿MUG＿ ˋMUGˋ ∼MUG∼ MUG_BLUE_1" in told[1]["text"]
    assert "https://f.example/alerts/_7_" in told[1]["text"]


def test_a_template_in_an_address_is_not_read(
    receiver: StartReceiver, certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Apprise would read a file that ``template`` names, and send it."""
    secret = tmp_path / "secret.json"
    secret.write_text('{"stolen": "yes"}', encoding="utf-8")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    kept = receiver(tls=True)
    post(read_target("teams", f"{kept.url}{TEAMS}&template={secret}"), MESSAGE, allow_private=True)
    assert "stolen" not in str(kept.taken)


@pytest.fixture
def slack(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, receiver: StartReceiver
) -> Iterator[list[tuple[str, bytes]]]:
    """What reaches hooks.slack.com, through a proxy of this machine that answers in its place with a certificate of its name."""
    pem = _certificate_of("hooks.slack.com", tmp_path)
    taken: list[tuple[str, bytes]] = []
    listener = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            if not select.select([listener], [], [], 0.1)[0]:
                continue
            line, _ = listener.accept()
            asked = line.recv(65536)
            line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with context.wrap_socket(line, server_side=True) as secret:
                heard = secret.recv(65536)
                while b"\r\n\r\n" not in heard or len(heard.partition(b"\r\n\r\n")[2]) < _length(heard):
                    heard += secret.recv(65536)
                taken.append((asked.split(b" ")[1].decode(), heard))
                secret.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield taken
    stop.set()
    thread.join(5)
    listener.close()


def _length(heard: bytes) -> int:
    head = heard.partition(b"\r\n\r\n")[0].lower()
    return int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)


def _certificate_of(name: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "slack.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_slack_gets_the_message_at_the_webhooks_own_path(slack: list[tuple[str, bytes]]) -> None:
    post(read_target("slack", SLACK), MESSAGE, allow_private=True)  # the proxy is of this machine
    ((asked, heard),) = slack
    assert asked == "hooks.slack.com:443"
    head, _, body = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /services/T0AAAAAAA/B0BBBBBBB/secretsecretsecretsecret ")
    told = json.loads(body)["attachments"][0]
    assert told["title"] == "Warning: Sales drop · Maison"
    assert "€200.00 on 30 Mar 2026" in told["text"] and "<!here>" not in told["text"]


def test_what_a_shop_calls_its_products_mentions_nobody_and_hides_no_address_at_slack(
    slack: list[tuple[str, bytes]],
) -> None:
    said = "<https://evil.example|Open> <!channel> @here <@U1> [x](http://evil.example) *MUG* _MUG_"
    post(read_target("slack", SLACK), replace(MESSAGE, said=said, title="<!here>"), allow_private=True)
    ((_, heard),) = slack
    told = json.loads(heard.partition(b"\r\n\r\n")[2])["attachments"][0]
    assert told["title"] == "Warning: ‹!here› · Maison"
    assert told["text"].startswith(
        "‹https://evil.example|Open› ‹!channel› ＠here ‹＠U1› ［x］(http://evil.example) ∗MUG∗ ＿MUG＿"
    )


@given(said=st.text(st.sampled_from("<>@[]*`~_ a1\n|!"), max_size=20), title=st.text(max_size=20))
def test_no_name_writes_a_line_of_its_own(said: str, title: str) -> None:
    alert = Alert(severity="warning", title=title, said=said, since=AT.date())
    assert len(news_of(alert, "opened", "Maison", "", AT).lines) <= 2


def test_a_proxy_of_this_machine_needs_the_setting_too(slack: list[tuple[str, bytes]]) -> None:
    with pytest.raises(ConfigError, match="private network"):
        post(read_target("slack", SLACK), MESSAGE)
    assert slack == []


def test_a_mail_says_it_in_plain_text_and_in_html(smtp: StartServer) -> None:
    server = smtp()
    Postbox(server.settings).send(MESSAGE.letter(), "ada@example.com")
    (envelope,) = server.inbox.taken
    mail = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert mail["Subject"] == "Warning: Sales drop · Maison"
    assert plain is not None and "below the expected €1,070.00" in plain.get_content()
    assert (
        html is not None
        and "&lt;!here&gt;" in html.get_content()
        and "https://f.example/alerts/7" in html.get_content()
    )


@pytest.mark.parametrize(
    ("status", "kind"), [(404, ConfigError), (403, ConfigError), (500, RetryableError), (429, RetryableError)]
)
def test_a_refusal_says_whether_to_try_again_and_repeats_no_address(
    receiver: StartReceiver, status: int, kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    kept = receiver()
    kept.status = status
    with pytest.raises(kind, match=f"status {status}") as refused:
        post(read_target("webhook", f"{kept.url}/hidden-path?token=hidden"), MESSAGE, allow_private=True)
    assert "hidden" not in str(refused.value) + caplog.text


@pytest.fixture
def unending() -> Iterator[Callable[[bytes, bytes, float], tuple[str, list[int]]]]:
    """Starts a server that, asked anything, sends a beginning and then the same piece for ever; and how much it sent."""
    stop = threading.Event()
    listeners = []

    def start(begins: bytes, piece: bytes, pause: float) -> tuple[str, list[int]]:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        sent = [0]

        def serve() -> None:
            with suppress(OSError):
                line, _ = listener.accept()
                with line:
                    line.recv(65536)
                    line.sendall(begins)
                    while not stop.wait(pause):
                        line.sendall(piece)
                        sent[0] += len(piece)

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}", sent

    yield start
    stop.set()
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize(
    "begins",
    [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: ", b""],
    ids=["body", "body of a known length", "header", "status"],
)  # fmt: skip
def test_a_receiver_that_sends_a_letter_at_a_time_is_hung_up_on(
    unending: Callable[..., tuple[str, list[int]]], begins: bytes
) -> None:
    url, _ = unending(begins, b"a", 0.05)
    began = monotonic()
    with pytest.raises(RetryableError, match=r"did not answer in full within 0\.5 seconds"):
        post(Target("webhook", url), MESSAGE, allow_private=True, seconds=0.5)
    assert monotonic() - began < 3


def test_a_handshake_that_never_ends_is_hung_up_on(unending: Callable[..., tuple[str, list[int]]]) -> None:
    # The head of a record of TLS that says that 16,000 bytes follow.
    url, _ = unending(b"\x16\x03\x03\x3e\x80", b"a", 0.05)
    target = Target("webhook", url.replace("http", "https"))
    with pytest.raises(RetryableError, match="did not answer in full"):
        post(target, MESSAGE, allow_private=True, seconds=0.5)


def test_an_answer_without_end_is_not_read(unending: Callable[..., tuple[str, list[int]]]) -> None:
    """Its status says that the message has come; gigabytes were read of what follows."""
    url, sent = unending(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 65_536, 0)
    post(Target("webhook", url), MESSAGE, allow_private=True)
    assert sent[0] < 20_000_000  # what the system holds for a socket


@pytest.mark.parametrize("kind", ["webhook", "teams"])
def test_a_long_answer_of_any_channel_is_read_to_its_first_letters_only(
    receiver: StartReceiver, certificate: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    kept = receiver(tls=kind == "teams")
    kept.answer = b"a" * 50_000_000
    target = read_target(kind, kept.url + (TEAMS if kind == "teams" else ""))
    tracemalloc.start()
    try:
        post(target, MESSAGE, allow_private=True)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept.taken) == 1
    assert most < 20_000_000


def test_nothing_that_listens_is_said_to_be_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(RetryableError, match="could not be reached at 127"):
        post(Target("webhook", f"http://127.0.0.1:{port}/"), MESSAGE, allow_private=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1"])
def test_nothing_is_sent_to_this_machine_whatever_it_is_called(receiver: StartReceiver, host: str) -> None:
    kept = receiver()
    with pytest.raises(ConfigError, match="private network"):
        post(Target("webhook", kept.url.replace("127.0.0.1", host)), MESSAGE)
    assert kept.taken == []


def test_a_redirect_is_not_followed(receiver: StartReceiver) -> None:
    inner, outer = receiver(), receiver()
    outer.status, outer.headers = 307, {"location": inner.url}
    with pytest.raises(ConfigError, match="status 307"):
        post(Target("webhook", outer.url), MESSAGE, allow_private=True)
    assert inner.taken == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("10.0.0.1", False), ("192.168.1.1", False), ("172.16.0.9", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False),
        ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("224.0.0.1", False), ("0.0.0.0", False),
        ("", False), ("/var/run/docker.sock", False),
    ],
)  # fmt: skip
def test_addresses_of_the_internet_are_told_from_others(address: str, public: bool) -> None:
    assert is_public(address) is public


@given(st.ip_addresses())
def test_what_is_no_address_of_the_internet_is_never_public(address: object) -> None:
    assert not is_public(str(address)) or ip_address(str(address)).is_global


def test_outside_of_the_guard_this_machine_may_be_reached(receiver: StartReceiver) -> None:
    kept = receiver()
    host, port = kept.url.removeprefix("http://").split(":")
    with public_addresses_only(), pytest.raises(ConfigError):
        socket.create_connection((host, int(port)))
    socket.create_connection((host, int(port))).close()
    with pytest.raises(ConfigError), public_addresses_only(), socket.socket(socket.AF_UNIX) as line:
        line.connect("/tmp/no-such-socket" if os.name == "posix" else "")


@pytest.mark.parametrize(
    ("kind", "address", "authorization"),
    [
        ("pigeon", "x", ""), ("email", "no address", ""), ("email", "a@b.c, d@e.f", ""), ("webhook", "ftp://x.example/", ""),
        ("webhook", "https://user:pw@x.example/", ""), ("webhook", "https:///path", ""), ("webhook", "https://x.example/ y", ""),
        ("webhook", "https://x.example/", "two\nlines"), ("slack", "https://x.example/services/T/B/x", ""),
        ("slack", SLACK + "/../../x", ""), ("teams", "https://x.example/workflows/1", ""), ("slack", SLACK, "Bearer x"),
        ("teams", "http://x.example" + TEAMS, ""), ("webhook", "https://x.example:99999/", ""),
    ],
)  # fmt: skip
def test_what_is_no_address_of_its_kind_is_refused_and_not_repeated(
    kind: str, address: str, authorization: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read_target(kind, address, authorization)
    assert kind == "pigeon" or address not in str(refused.value)


def test_where_a_channel_leads_is_told_without_secrets() -> None:
    assert read_target("slack", SLACK).leads_to == "hooks.slack.com"
    assert read_target("email", "ada@example.com").leads_to == "a…@example.com"
