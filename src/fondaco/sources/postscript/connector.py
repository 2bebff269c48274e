"""The Postscript source: what is read for a slice, and the webhooks that tell what no request can."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import ClassVar, Self

from fondaco.errors import AccessError
from fondaco.sources.http import NotFoundError, UnauthorizedError
from fondaco.sources.postscript.client import PostscriptClient, Record
from fondaco.sources.postscript.settings import PostscriptSettings
from fondaco.sources.postscript.streams import STREAMS
from fondaco.sources.postscript.webhooks import OWN_HEADER, TOPICS, PostscriptWebhooks
from fondaco.sources.source import ReportDay, Role, SourceSettings
from fondaco.sources.stream import Check, Page, Slice, Stream, Tombstone
from fondaco.sources.waiting import pause
from fondaco.sources.webhooks import Subscription, Webhooks

_PROBES = {
    "/subscribers": "subscribers: nobody's consent to text messages can be read",
    "/keywords": "keywords",
}


class Postscript:
    """One shop's Postscript account."""

    name: ClassVar[str] = "postscript"
    title: ClassVar[str] = "Postscript"
    role: ClassVar[Role] = Role.MESSAGES
    settings_type: ClassVar[type[SourceSettings]] = PostscriptSettings
    streams: ClassVar[tuple[Stream, ...]] = STREAMS
    report_name: ClassVar[str | None] = None
    webhooks: ClassVar[Webhooks] = PostscriptWebhooks()

    def __init__(
        self,
        settings: PostscriptSettings,
        *,
        sleep: Callable[[float], None] = pause,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._client = PostscriptClient(settings, sleep=sleep, monotonic=monotonic)

    @classmethod
    def connect(cls, settings: SourceSettings) -> Self:
        if not isinstance(settings, PostscriptSettings):
            raise TypeError(f"{type(settings).__name__} are no settings of Postscript")
        return cls(settings)

    def close(self) -> None:
        self._client.close()

    def check(self) -> Check:
        """Ask who the key belongs to, and for one page of each list."""
        found = self._client.get("/me")
        missing = [
            f"The API key may not read {what}. Make a new key pair under Settings, API."
            for path, what in _PROBES.items()
            if not self._may_read(path)
        ]
        if found.get("resource_type") != "shop" and self._settings.shop_token is None:
            missing.append(
                "The API key belongs to a partner: give shop_token, the token of the shop to read."
            )
        return Check(
            shop_name=str(found.get("resource_name") or "Postscript"),
            currency=self._settings.currency,
            time_zone=self._settings.time_zone,
            missing=tuple(missing),
            details={"resource_id": str(found.get("resource_id", ""))},
        )

    def read(self, stream: Stream, part: Slice) -> Iterator[Page]:
        if stream.name == "subscribers":
            since, until = _bounds(part)
            # The oldest slice of history has all before it too, however long ago they were last updated.
            is_oldest = part.kind == "backfill" and since.date() <= self._settings.start_date
            for rows in self._client.subscribers(None if is_oldest else since, until):
                yield Page.of(rows)
        elif stream.name == "keywords":
            yield Page.of(self._keywords())

    def read_again(self, stream: Stream, ids: Sequence[str]) -> Iterator[Page]:
        """Subscribers by their ids; those that were removed give nothing."""
        if stream.name != "subscribers":
            return
        for one in ids:
            with suppress(NotFoundError):
                yield Page.of([self._client.get(f"/subscribers/{one}")])

    def topics(self) -> tuple[str, ...]:
        return TOPICS

    def subscriptions(self) -> list[Subscription]:
        rows = self._client.get("/webhooks").get("webhook_subscriptions") or []
        return [_subscription(row) for row in rows]

    def subscribe(self, topic: str, address: str, secret: str) -> Subscription:
        wanted = {"callback_url": address, "event": topic, "headers": {OWN_HEADER: secret}}
        return _subscription(self._client.send("POST", "/webhooks", wanted))

    def unsubscribe(self, subscription_id: str) -> None:
        with suppress(NotFoundError):
            self._client.send("DELETE", f"/webhooks/{subscription_id}")

    def tombstones(self, since: datetime, until: datetime) -> Iterator[Tombstone]:
        """None: Postscript does not tell whom it has removed. It is found by comparing ids."""
        return iter(())

    def ids(self, stream: Stream) -> Iterator[str] | None:
        match stream.name:
            case "subscribers":
                return (str(row["id"]) for rows in self._client.subscribers() for row in rows)
            case "keywords":
                return (str(row["id"]) for row in self._keywords())
        return None

    def report(self, first: date, last: date) -> list[ReportDay] | None:
        return None

    def _keywords(self) -> list[Record]:
        return self._client.get("/keywords").get("keywords") or []

    def _may_read(self, path: str) -> bool:
        try:
            self._client.get(path)
        except UnauthorizedError:
            raise
        except (AccessError, NotFoundError):
            return False
        return True


def _subscription(row: Record) -> Subscription:
    return Subscription(str(row["id"]), str(row["event"]), str(row["callback_url"]))


def _bounds(part: Slice) -> tuple[datetime, datetime]:
    if part.since is None or part.until is None:
        raise ValueError(f"a slice of {part.stream} needs bounds")
    return part.since, part.until
