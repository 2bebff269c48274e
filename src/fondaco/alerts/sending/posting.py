"""Posts a message to Slack, Teams or a webhook with Apprise, and says in two sentences why one did not go.

Apprise knows how each service wants to be spoken to. It is held to that: its services are made from addresses that were checked
before, never from an Apprise address, for those can name files to attach and templates to read; it loads no pictures, follows no
redirects, keeps nothing on disk, and its log, which may hold an address, stays here. Its services call ``requests`` by the name that
their modules import; that name is bound to one that reads short answers only, and the whole exchange has a deadline.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from fondaco.alerts.sending.channels import KINDS, Target
from fondaco.alerts.sending.exchange import LONGEST_SECONDS, within
from fondaco.alerts.sending.guard import public_addresses_only
from fondaco.alerts.sending.message import Message
from fondaco.errors import ConfigError, FondacoError, RetryableError

_STATUS = re.compile(r"error=(\d{3})")
_PASSING = frozenset({408, 425, 429})
_MARKDOWN = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼", "[": "［", "]": "］"})
_EDGE = re.compile(r"(?<!\w)_+|_+(?!\w)")


class _Service(Protocol):
    def send(self, body: str, title: str = ..., notify_type: Any = ...) -> bool: ...


class _Overheard(logging.Handler):
    """Which status a service answered with, out of what Apprise logs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.status: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        found = _STATUS.search(record.getMessage())
        self.status = int(found[1]) if found else self.status


def post(
    target: Target, message: Message, *, allow_private: bool = False, seconds: float = LONGEST_SECONDS
) -> None:
    """Send a message to a channel that is reached over HTTP, which has ``seconds`` for its whole answer.

    Raises
    ------
    ConfigError
        If the service refuses the message, or the address is none that may be sent to.
    RetryableError
        If it cannot be reached, takes too long, or puts us off.
    """
    from apprise import NotifyType

    type_ = {"recovered": NotifyType.SUCCESS, "test": NotifyType.INFO}.get(
        message.news,
        {"critical": NotifyType.FAILURE, "warning": NotifyType.WARNING}.get(
            message.severity, NotifyType.INFO
        ),
    )
    written = _harmless if target.kind == "webhook" else _unformatted
    guard = nullcontext() if allow_private else public_addresses_only()
    with _overheard() as heard, guard, within(seconds) as deadline:
        sent = _service(target, message).send(
            body="\n".join(line if line == message.link else written(line) for line in message.lines),
            title=written(message.subject),
            notify_type=type_,
        )
    if deadline.has_passed:
        raise RetryableError(
            f"{KINDS[target.kind].title} at {target.leads_to} did not answer in full within {seconds:g} seconds.",
            "It is tried again with the next run; make sure that its address is the right one.",
        )
    if not sent:
        raise _refused(target, heard.status)


def _service(target: Target, message: Message) -> _Service:
    from apprise import AppriseAsset

    asset = AppriseAsset(
        app_id="Fondaco",
        app_desc="Fondaco",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
    )
    parts = urlsplit(target.address)
    if target.kind == "slack":
        return _slack(parts.path, "-gov" in (parts.hostname or ""), asset)
    if target.kind == "teams":
        return _teams(target.address, asset)
    from apprise.plugins import custom_json

    _bind(custom_json)
    host = parts.hostname or ""
    service: _Service = custom_json.NotifyJSON(
        host=f"[{host}]" if ":" in host else host, port=parts.port, secure=parts.scheme == "https", fullpath=parts.path or "/",
        params=dict(parse_qsl(parts.query, keep_blank_values=True)), asset=asset,
        headers={"Authorization": target.authorization} if target.authorization else {},
        payload={
            "attachments": "", "type": "", "version": "", "title": "headline", "message": "text", "alert": message.fields(),
        },
    )  # fmt: skip
    return service


def _slack(path: str, is_gov: bool, asset: Any) -> _Service:
    from apprise.plugins import slack

    _bind(slack)
    _, _, first, second, third = path.rstrip("/").split("/")
    service: _Service = slack.NotifySlack(
        token_a=first, token_b=second, token_c=third, mode="gov-hook" if is_gov else "hook", include_image=False,
        include_timestamp=False, asset=asset,
    )  # fmt: skip
    return service


def _teams(address: str, asset: Any) -> _Service:
    from apprise.plugins import workflows

    _bind(workflows)
    told = workflows.NotifyWorkflows.parse_native_url(address) or {}
    needed = ("host", "port", "workflow", "signature", "power_automate", "routing_id", "version")
    service: _Service = workflows.NotifyWorkflows(
        **{name: told.get(name) for name in needed}, secure=True, include_image=False, asset=asset
    )
    return service


def _bind(services: ModuleType) -> None:
    """Have a module of Apprise, which nobody else uses here, read short answers only; it offers no setting for that."""
    from fondaco.alerts.sending.short_answers import ShortRequests

    services.requests = ShortRequests()  # type: ignore[attr-defined]


def _harmless(text: str) -> str:
    """Without what Slack and Teams would take for a mention of everybody: names of products are the shop's."""
    return text.replace("<", "‹").replace(">", "›").replace("@", "＠")


def _unformatted(text: str) -> str:
    """Also without what Slack and Teams read as Markdown, as a product's title could show a link that leads elsewhere. Slack knows no
    escapes, so that letters that look alike take their place; a ``_`` within a word, as SKUs have it, means nothing and stays."""
    return _EDGE.sub("＿", _harmless(text).translate(_MARKDOWN))


@contextmanager
def _overheard() -> Iterator[_Overheard]:
    log = logging.getLogger("apprise")
    log.propagate = False
    heard = _Overheard()
    log.addHandler(heard)
    try:
        yield heard
    finally:
        log.removeHandler(heard)


def _refused(target: Target, status: int | None) -> FondacoError:
    title = KINDS[target.kind].title
    if status is None:
        return RetryableError(
            f"{title} could not be reached at {target.leads_to}.", "It is tried again with the next run."
        )
    if status in _PASSING or status >= 500:
        return RetryableError(
            f"{title} at {target.leads_to} cannot take the message now (status {status}).",
            "It is tried again with the next run.",
        )
    return ConfigError(
        f"{title} at {target.leads_to} refuses the message (status {status}).",
        "Make sure that its address still holds, then put it anew with `fondaco alerts channel-add`.",
    )
