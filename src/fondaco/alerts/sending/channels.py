"""Kinds of channels: what each needs to be told, checked before it is sealed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from fondaco.errors import ConfigError

_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")
_SLACK = re.compile(r"^https://hooks\.slack(-gov)?\.com/services/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+/?$")
_TEAMS = re.compile(r"/workflows/[A-Za-z0-9_-]+/triggers/manual/paths/invoke/?$")
_HEADER = re.compile(r"^[\x20-\x7e]{1,2000}$")


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """A kind of channel as people meet it: its name, what its address is called, an example of one, and where it is found."""

    title: str
    label: str
    example: str
    hint: str


KINDS: Mapping[str, ChannelKind] = {
    "email": ChannelKind("E-mail", "Address", "team@example.com", "Sent by the server of [mail] in fondaco.toml."),
    "slack": ChannelKind(
        "Slack", "Webhook address", "https://hooks.slack.com/services/T…/B…/…", "An incoming webhook of a Slack app."
    ),
    "teams": ChannelKind(
        "Microsoft Teams", "Workflow address", "https://….logic.azure.com/workflows/…",
        "Of a workflow that posts to a channel when a webhook request is received.",
    ),
    "webhook": ChannelKind("Webhook", "Address", "https://example.com/alerts", "Gets each message as JSON by POST."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Where a channel leads, in the clear.

    Attributes
    ----------
    address
        An e-mail address, or a URL whose path and query are secret.
    authorization
        Of a webhook: the value of the header ``Authorization``, if any.
    """

    kind: str
    address: str
    authorization: str = ""

    @property
    def leads_to(self) -> str:
        """Where it leads, without what is secret or personal."""
        if self.kind == "email":
            name, _, host = self.address.rpartition("@")
            return f"{name[:1]}…@{host}"
        return urlsplit(self.address).hostname or ""


def read_target(kind: str, address: str, authorization: str = "") -> Target:
    """A target, checked as far as it can be without asking anybody.

    Raises
    ------
    ConfigError
        If the kind is unknown, or the address is none of its kind; it is not repeated, for it may be a secret.
    """
    if kind not in KINDS:
        raise ConfigError(f"{kind[:30]!r} is no kind of channel.", f"Choose from {', '.join(KINDS)}.")
    address = address.strip()
    if kind == "email":
        if not _ADDRESS.fullmatch(address) or len(address) > 320:
            raise ConfigError("That is no e-mail address.", "Name one address, such as team@example.com.")
        return Target(kind, address)
    _refuse_wrong_url(kind, address)
    if authorization and (kind != "webhook" or not _HEADER.match(authorization)):
        raise ConfigError(
            "The value of the header Authorization cannot be sent.",
            "Give one line of plain letters, to a webhook only.",
        )
    return Target(kind, address, authorization.strip())


def _refuse_wrong_url(kind: str, address: str) -> None:
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        whole = False
    spaced = any(letter.isspace() or ord(letter) < 32 for letter in address)
    if not whole or spaced or len(address) > 2000 or parts.username is not None:
        raise ConfigError(
            "The channel's address is no web address.",
            f"Give one such as {KINDS[kind].example}, without a user's name.",
        )
    if kind == "slack" and not _SLACK.match(address):
        raise ConfigError(
            "The address is none of a Slack webhook.",
            f"Copy it from the Slack app: {KINDS['slack'].example}.",
        )
    if kind == "teams" and (
        not _TEAMS.search(parts.path) or "sig=" not in parts.query or parts.scheme != "https"
    ):
        raise ConfigError(
            "The address is none of a Teams workflow.",
            f"Copy it whole from the workflow: {KINDS['teams'].example}.",
        )
