"""A mail goes out over verified TLS, or it is said in two sentences why not; no word holds an address or a secret."""

from __future__ import annotations

import email
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from tests.reports.conftest import PASSWORD, Server, StartServer, free_port

from fondaco.config import MailSettings
from fondaco.errors import AccessError, ConfigError, FondacoError, RetryableError
from fondaco.reports.mail import Letter, Postbox, UnsureError

pytestmark = pytest.mark.slow

RECEIVER = "ana@example.com"
LETTER = Letter(
    subject="Maison: €1,234.50 net sales\r\nBcc: evil@example.com",
    html="<p>Net sales <b>€1,234.50</b></p>",
    plain="Net sales €1,234.50",
    written_at=datetime(2026, 3, 30, 7, tzinfo=UTC),
    unsubscribe="https://figures.example.com/settings/account",
)


def taken(server: Server) -> EmailMessage:
    (envelope,) = server.inbox.taken
    assert envelope.rcpt_tos == [RECEIVER]
    return cast(EmailMessage, email.message_from_bytes(cast(bytes, envelope.content), policy=default))


def refusal(settings: MailSettings) -> FondacoError:
    """What is said when the mail does not go out; always without the address and the password."""
    with pytest.raises(FondacoError) as refused:
        Postbox(settings).send(LETTER, RECEIVER)
    assert RECEIVER not in str(refused.value)
    assert PASSWORD not in str(refused.value)
    assert refused.value.what.endswith(".") and refused.value.remedy.endswith(".")
    return refused.value


def changed(settings: MailSettings, **changes: object) -> MailSettings:
    return settings.model_copy(update=changes)


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_letter_arrives_as_html_and_as_text(smtp: StartServer, security: str) -> None:
    server = smtp(security=security)
    Postbox(server.settings).send(LETTER, RECEIVER)
    message = taken(server)
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert plain.get_content().rstrip() == LETTER.plain
    assert html.get_content().rstrip() == LETTER.html
    told = {name: message[name] for name in ("Subject", "From", "To", "Bcc", "Date", "List-Unsubscribe")}
    assert told == {
        "Subject": "Maison: €1,234.50 net sales Bcc: evil@example.com",
        "From": "figures@example.com",
        "To": RECEIVER,
        "Bcc": None,
        "Date": "Mon, 30 Mar 2026 07:00:00 +0000",
        "List-Unsubscribe": "<https://figures.example.com/settings/account>",
    }


def test_a_wrong_password_is_told_apart(smtp: StartServer) -> None:
    server = smtp()
    wrong = MailSettings(**{**server.settings.model_dump(), "password": "not the secret"})
    error = refusal(wrong)
    assert isinstance(error, AccessError)
    assert "refuses the user or the password (code 535)" in error.what
    assert server.inbox.taken == []


def test_nothing_is_sent_to_a_server_without_starttls(smtp: StartServer) -> None:
    server = smtp(offers_tls=False)
    error = refusal(server.settings)
    assert isinstance(error, ConfigError)
    assert "offers no STARTTLS" in error.what
    assert server.inbox.taken == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_nothing_is_sent_to_a_server_that_cannot_prove_its_name(smtp: StartServer, security: str) -> None:
    server = smtp(security=security)
    error = refusal(changed(server.settings, ca_file=None))
    assert isinstance(error, ConfigError)
    assert "cannot be trusted" in error.what
    error = refusal(changed(server.settings, host="localhost"))
    assert "cannot be trusted" in error.what
    assert server.inbox.taken == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("550 no such user <ana@example.com>", ConfigError), ("451 try again", RetryableError)],
)
def test_a_refused_receiver_is_told_by_code_and_whether_it_may_pass(
    smtp: StartServer, answer: str, kind: type[FondacoError]
) -> None:
    server = smtp()
    server.inbox.refusals[RECEIVER] = answer
    error = refusal(server.settings)
    assert type(error) is kind
    assert f"does not take mail for a receiver (code {answer[:3]})" in error.what


def test_a_server_that_is_not_there_is_told() -> None:
    settings = MailSettings(host="127.0.0.1", port=free_port(), security="none", sender="a@example.com")
    error = refusal(settings)
    assert isinstance(error, RetryableError)
    assert "cannot be reached (ConnectionRefusedError)" in error.what


def test_a_silent_server_is_not_waited_for_long(scripted: Callable[..., MailSettings]) -> None:
    error = refusal(scripted(hangs_up=False, timeout_seconds=0.2))
    assert isinstance(error, RetryableError)
    assert "did not answer within 0.2 seconds" in error.what


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_mail_that_may_have_gone_out_is_told_apart(
    scripted: Callable[..., MailSettings], hangs_up: bool
) -> None:
    lines = ("220 here", "250 hello", "250 from", "250 to", "354 go on")
    error = refusal(scripted(*lines, hangs_up=hangs_up, timeout_seconds=0.5))
    assert isinstance(error, UnsureError)


def test_a_mail_that_was_refused_after_it_was_read_has_not_gone_out(
    scripted: Callable[..., MailSettings],
) -> None:
    lines = ("220 here", "250 hello", "250 from", "250 to", "354 go on", "554 spam")
    error = refusal(scripted(*lines))
    assert type(error) is ConfigError
    assert "refuses the mail (code 554)" in error.what


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "[mail] host is not set"),
        ({"host": "smtp.example.com"}, "[mail] sender is not set"),
        ({"host": "smtp.example.com", "sender": "a@b.com", "security": "none"}, "over an open line"),
        ({"host": "::1", "sender": "a@b.com", "security": "none", "user": "me"}, "sends no password"),
        ({"host": "smtp.example.com", "sender": "a@b.com", "user": "me"}, "no password"),
    ],
)
def test_settings_that_would_betray_something_are_refused(settings: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Postbox(MailSettings(**settings))  # type: ignore[arg-type]
    assert said in refused.value.what


def test_an_address_that_servers_do_not_take_is_told() -> None:
    post = Postbox(MailSettings(host="127.0.0.1", sender="a@b.com", security="none"))
    with pytest.raises(ConfigError, match="Latin letters"):
        post.send(LETTER, "jörg@example.com")


@pytest.mark.parametrize("sent", [b"2", b"220-wait\r\n"], ids=["letter by letter", "line after line"])
def test_a_server_that_never_comes_to_an_end_is_hung_up_on(sent: bytes) -> None:
    """Each piece comes in time, so that no single wait is too long."""
    ended = threading.Event()

    def drip(line: socket.socket) -> None:
        with suppress(OSError):
            while not ended.wait(0.05):
                line.sendall(sent)

    with socket.create_server(("127.0.0.1", 0)) as door:
        talker = threading.Thread(target=lambda: drip(door.accept()[0]), daemon=True)
        talker.start()
        settings = MailSettings(
            host="127.0.0.1",
            port=door.getsockname()[1],
            security="none",
            sender="figures@example.com",
            timeout_seconds=0.2,
        )
        started = time.monotonic()
        error = refusal(settings)
        ended.set()
        talker.join(5)
    assert isinstance(error, RetryableError) and "did not answer within 0.2 seconds" in error.what
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "receiver", ["a@b.example\nBcc: x@y.example", "a@b.example, c@d.example", "nobody", ""]
)
def test_a_receiver_is_one_address(smtp: StartServer, receiver: str) -> None:
    server = smtp(security="none")
    with pytest.raises(ConfigError, match="no e-mail address"):
        Postbox(server.settings).send(LETTER, receiver)
    assert server.inbox.taken == []
