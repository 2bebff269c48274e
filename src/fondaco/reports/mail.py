"""Sends a mail by SMTP, over TLS that is verified, and says whether it went: no address and no secret in any word of it."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address

from fondaco.config import MailSettings
from fondaco.errors import AccessError, ConfigError, FondacoError, RetryableError

_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")
_ANSWERS = 8
"""A conversation has about so many answers, each of which may take ``timeout_seconds``. A server that goes on sending its letters
one by one would be waited for without end."""
_CHECK = "Check [mail] in fondaco.toml, then try with `fondaco report weekly --to ADDRESS`."


class UnsureError(RetryableError):
    """The server had the whole mail when the line broke: it may have gone out, so it is not sent again."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; ``kind`` is its media type, such as application/pdf."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its receiver: what it says, twice."""

    subject: str
    html: str
    plain: str
    written_at: datetime
    unsubscribe: str = ""
    """The address at which its receiver says that they want no more."""
    attachments: tuple[Attachment, ...] = ()


class Postbox:
    """One SMTP server, as it is set.

    Raises
    ------
    ConfigError
        If the settings name no server or no sender, or would send a password or figures over an open line.
    """

    def __init__(self, settings: MailSettings) -> None:
        if settings.host is None or settings.sender is None:
            lacking = "host" if settings.host is None else "sender"
            raise ConfigError(
                f"[mail] {lacking} is not set, so no mail can be sent.",
                'Write it into fondaco.toml, such as host = "smtp.example.com" and sender = "figures@example.com".',
            )
        if settings.security == "none" and not _is_here(settings.host):
            raise ConfigError(
                f'[mail] security = "none" would send figures to {settings.host} over an open line.',
                'Use "starttls" or "tls"; "none" is for a server on this machine.',
            )
        if settings.security == "none" and settings.user is not None:
            raise ConfigError(
                '[mail] security = "none" sends no password, but a user is set.',
                'Take the user out, or use "starttls" or "tls".',
            )
        if settings.user is not None and settings.password is None:
            raise ConfigError(
                "[mail] user is set, and no password.",
                "Put it into the environment as FONDACO_MAIL__PASSWORD.",
            )
        self._settings = settings
        self._host: str = settings.host
        self._sender: str = settings.sender

    def send(self, letter: Letter, receiver: str) -> None:
        """Send a letter to one receiver.

        Raises
        ------
        ConfigError
            If the server is wrong, not to be trusted, or refuses the login, the sender or the receiver.
        RetryableError
            If it cannot be reached or puts us off.
        UnsureError
            If it is not known whether the mail went out.
        """
        if not _ADDRESS.fullmatch(receiver):
            raise ConfigError(
                "A receiver is no e-mail address.", "Name one address, such as figures@example.com."
            )
        if not receiver.isascii():
            raise ConfigError(
                "A receiver's address has letters that SMTP servers do not take.",
                "Give that user an address of Latin letters without accents.",
            )
        content = self._message(letter, receiver).as_bytes(policy=SMTP)
        with self._told(), self._logged_in() as server:
            self._accepted(server.mail(self._sender, ()), "does not let the sender that is set send")
            self._accepted(server.rcpt(receiver), "does not take mail for a receiver")
            try:
                code, _ = server.data(content)
            except smtplib.SMTPDataError as error:
                raise self._refused(error.smtp_code, "refuses the mail") from error
            except OSError as error:
                raise UnsureError(
                    f"The mail server {self._where} broke off while it took a mail, which may have gone out.",
                    "It is not sent again. Ask its receiver whether it came.",
                ) from error
            self._accepted((code, b""), "refuses the mail")

    def _message(self, letter: Letter, receiver: str) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = " ".join(letter.subject.split())
        message["From"] = self._sender
        message["To"] = receiver
        message["Date"] = format_datetime(letter.written_at)
        message["Message-ID"] = make_msgid("fondaco", domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        if letter.unsubscribe:
            message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message.set_content(letter.plain)
        message.add_alternative(letter.html, subtype="html")
        for each in letter.attachments:
            main, _, sub = each.kind.partition("/")
            message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
        return message

    @property
    def _where(self) -> str:
        return f"{self._host}:{self._settings.port}"

    @contextmanager
    def _logged_in(self) -> Iterator[smtplib.SMTP]:
        chosen = self._settings
        trusted = ssl.create_default_context(cafile=str(chosen.ca_file) if chosen.ca_file else None)
        where = (self._host, chosen.port)
        server: smtplib.SMTP
        if chosen.security == "tls":
            server = smtplib.SMTP_SSL(timeout=chosen.timeout_seconds, context=trusted)
        else:
            server = smtplib.SMTP(timeout=chosen.timeout_seconds)
        # The name that certificates are held to; smtplib takes it from a constructor that would connect before it can be watched.
        server._host = self._host  # type: ignore[attr-defined]
        hurried = threading.Event()

        def hang_up() -> None:
            hurried.set()
            if server.sock is not None:
                with suppress(OSError):
                    server.sock.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(_ANSWERS * chosen.timeout_seconds, hang_up)
        watch.daemon = True
        watch.start()
        try:
            code, _ = server.connect(*where)
            if code != 220:
                raise smtplib.SMTPConnectError(code, b"")
            if chosen.security == "starttls":
                server.starttls(context=trusted)
            server.ehlo_or_helo_if_needed()
            if chosen.user is not None and chosen.password is not None:
                server.login(chosen.user, chosen.password.get_secret_value())
            yield server
            with suppress(OSError):
                server.quit()
        except OSError as error:
            if hurried.is_set():
                raise TimeoutError from error
            raise
        finally:
            watch.cancel()
            server.close()

    def _accepted(self, answer: tuple[int, bytes], otherwise: str) -> None:
        code, _ = answer  # the server's own words may hold an address
        if not 200 <= code < 300:
            raise self._refused(code, otherwise)

    def _refused(self, code: int, what: str) -> FondacoError:
        said = f"The mail server {self._where} {what} (code {code})."
        if 400 <= code < 500:
            return RetryableError(said, "It may pass; the next try is in an hour.")
        return ConfigError(said, _CHECK)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Faults of the line and of the conversation in two sentences."""
        where = self._where
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise ConfigError(
                f"The certificate of the mail server {where} cannot be trusted: {error.verify_message}.",
                "Use the server's name as it stands in its certificate, or name [mail] ca_file.",
            ) from error
        except ssl.SSLError as error:
            raise ConfigError(
                f"The mail server {where} does not speak TLS as it is asked to ({error.reason}).",
                'Use security = "starttls" with port 587, or "tls" with port 465.',
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ConfigError(
                f"The mail server {where} offers no STARTTLS, or no way to log in.",
                'Use port 465 with security = "tls", or another server; nothing was sent over the open line.',
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            raise AccessError(
                f"The mail server {where} refuses the user or the password (code {error.smtp_code}).",
                "Correct [mail] user, and FONDACO_MAIL__PASSWORD in the environment.",
            ) from error
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, "refuses the conversation") from error
        except OSError as error:
            if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
                raise RetryableError(
                    f"The mail server {where} did not answer within {self._settings.timeout_seconds:g} seconds.",
                    "Check [mail] host and port, and that a firewall lets it through.",
                ) from error
            raise RetryableError(
                f"The mail server {where} cannot be reached ({type(error).__name__}).",
                "Check [mail] host and port, and that it is running.",
            ) from error


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
