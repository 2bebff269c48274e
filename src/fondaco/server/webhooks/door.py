"""``POST /webhooks/<source>/<connection>``: the way in for deliveries.

It stands before the rest of the application, because thousands may come a second: read the body, check its signature,
make the event durable, answer. An unknown connection is answered as a wrong signature is, after the same work.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from fondaco.errors import FondacoError
from fondaco.queue import QueuedEvent, QueueWriter
from fondaco.queue.tally import NOBODY, Tally
from fondaco.server.webhooks.keys import Key, KeyRing
from fondaco.sources.webhooks import Answer, Delivery, Notice, UnreadableError

if TYPE_CHECKING:
    from fondaco.orchestration import Project

PREFIX = "/webhooks/"
MOST_BYTES = 2_000_000
"""Of a delivery. Shopify's orders with a thousand lines have about one megabyte."""

_BODY_SECONDS = 10.0
_PLACE = re.compile(r"/webhooks/([a-z0-9_-]{1,63})/([a-z0-9_-]{1,63})")
_REFUSED = Answer(401, None, b"Not accepted.\n")
_TAKEN = Answer(200)
_LATER = Answer(503, {"Retry-After": "30"}, b"Try again later.\n")

log = logging.getLogger(__name__)


class _TooLargeError(Exception):
    """More bytes than a delivery may have."""


class WebhookDoor:
    """Takes deliveries, and hands everything else to the application behind it."""

    def __init__(self, app: ASGIApp, project: Project, *, most_bytes: int = MOST_BYTES) -> None:
        self._app = app
        self._project = project
        self._most_bytes = most_bytes
        self._keys = KeyRing(project)
        self._writer: QueueWriter | None = None
        self._tally: Tally | None = None
        self._aside: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            try:
                await self._app(scope, receive, send)
            finally:
                await run_in_threadpool(self.close)
            return
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        await _send(send, await self._answer(scope, receive))

    def close(self) -> None:
        """Wait for what is being written, and keep the counts."""
        if self._writer is not None:
            self._writer.close()
        if self._tally is not None:
            self._tally.write()

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        place = _PLACE.fullmatch(scope["path"])
        if place is None:
            return Answer(404, None, b"There is nothing here.\n")
        if scope["method"] != "POST":
            return Answer(405, {"Allow": "POST"}, b"Deliveries are posted.\n")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                body = await self._body(headers, receive)
        except _TooLargeError:
            return Answer(413, {"Connection": "close"}, b"Too large.\n")
        except TimeoutError:
            return Answer(408, {"Connection": "close"}, b"Too slow.\n")
        try:
            return await self._taken(place[1], place[2], Delivery(headers, body))
        except FondacoError as error:  # the control database may be away for a moment
            log.error("a delivery was not taken", extra={"error": error.what})
            return _LATER

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        """The body as it is, unless it is too large: then it is not read to its end."""
        told = headers.get("content-length", "")
        if told.isdigit() and int(told) > self._most_bytes:
            raise _TooLargeError
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b"".join(parts)
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._most_bytes:
                raise _TooLargeError
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _taken(self, source: str, connection_id: str, delivery: Delivery) -> Answer:
        key = await self._key(source, connection_id, delivery)
        greeting = key.webhooks.greet(delivery)
        if greeting is not None:
            return greeting
        if not (key.webhooks.is_genuine(delivery, key.secrets) and key.is_known):
            self._count(connection_id if key.is_known else NOBODY, "refused")
            return _REFUSED
        try:
            notice = key.webhooks.read(delivery)
        except UnreadableError as error:
            return self._unreadable(connection_id, str(error))
        except Exception as unknown:  # a body at which our own reading fails; its words may be a customer's
            return self._unreadable(connection_id, type(unknown).__name__)
        if notice.is_empty:
            self._count(connection_id, "ignored")
            return _TAKEN
        return await self._queued(source, connection_id, notice)

    def _unreadable(self, connection_id: str, reason: str) -> Answer:
        """Sent again it would be the same; a refusal would only make the vendor stop."""
        log.warning("a delivery cannot be read", extra={"connection": connection_id, "reason": reason})
        self._count(connection_id, "unreadable")
        return _TAKEN

    async def _queued(self, source: str, connection_id: str, notice: Notice) -> Answer:
        event = QueuedEvent(
            connection_id=connection_id,
            source=source,
            event_id=notice.event_id,
            topic=notice.topic,
            received_at=self._project.clock(),
            changed=notice.changed,
            deleted=notice.deleted,
            records=notice.records,
            happened_at=notice.happened_at,
        )
        if self._writer is None:
            self._writer = QueueWriter(self._project.data / "queue")
        await asyncio.wrap_future(self._writer.append([event.to_bytes()]))
        self._count(connection_id, "queued")
        return _TAKEN

    async def _key(self, source: str, connection_id: str, delivery: Delivery) -> Key:
        """The key of a connection; read again where it is old, or where nothing fits and a second has gone by."""
        if self._keys.is_empty:
            await run_in_threadpool(self._keys.read)
        elif self._keys.is_stale:
            self._meanwhile(self._keys.read)
        key = self._keys.find(source, connection_id)
        if self._keys.may_have_changed and not (
            key.is_known and key.webhooks.is_genuine(delivery, key.secrets)
        ):
            await run_in_threadpool(self._keys.read)
            key = self._keys.find(source, connection_id)
        return key

    def _count(self, connection_id: str, what: str) -> None:
        if self._tally is None:
            self._tally = Tally(self._project.data / "queue", self._project.clock)
        self._tally.count(connection_id, what)
        if self._tally.is_due:
            self._meanwhile(self._tally.write)

    def _meanwhile(self, work: Callable[[], None]) -> None:
        """Have ``work`` done in a thread, one at a time; no delivery waits for it."""
        if self._aside is None or self._aside.done():
            self._aside = asyncio.create_task(_logged(work))


async def _logged(work: Callable[[], None]) -> None:
    try:
        await run_in_threadpool(work)
    except (FondacoError, OSError):
        log.exception("what the door does beside its deliveries failed")


async def _send(send: Send, answer: Answer) -> None:
    headers = {"Content-Length": str(len(answer.body)), "Cache-Control": "no-store", **(answer.headers or {})}
    if answer.body:
        headers.setdefault("Content-Type", "text/plain; charset=utf-8")
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
            ],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})
