"""Postscript's API v2: log-in, errors, its limit, and pages by time instead of by number."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import httpx

from fondaco.clock import parse_instant
from fondaco.errors import AccessError, ConfigError, FatalError, RetryableError
from fondaco.sources.http import NotFoundError, UnauthorizedError, VendorFaultError, VendorHttp
from fondaco.sources.postscript.settings import PostscriptSettings
from fondaco.sources.waiting import pause

VENDOR = "Postscript"
REQUESTS_A_SECOND = 15

Record = dict[str, Any]
_RETURN = "then connect again with `fondaco connect postscript`."


class _PostscriptHttp(VendorHttp):
    """The shared client at a pace of at most ``REQUESTS_A_SECOND``; no answer tells how much of the limit is used."""

    def __init__(self, *, sleep: Callable[[float], None], monotonic: Callable[[], float]) -> None:
        super().__init__(VENDOR, sleep=sleep)
        self._pause = sleep
        self._monotonic = monotonic
        self._next = 0.0

    def once(self, method: str, url: str, **options: Any) -> httpx.Response:
        now = self._monotonic()
        if now < self._next:
            self._pause(self._next - now)
        self._next = max(now, self._next) + 1 / REQUESTS_A_SECOND
        return super().once(method, url, **options)

    def _judge(self, response: httpx.Response) -> None:
        status, path = response.status_code, response.request.url.path
        if status == 429:
            raise VendorFaultError(
                f"{VENDOR} limits the requests of this key (429).",
                "Run `fondaco run` again later, and look for another tool that uses the same key.",
                status=status,
            )
        if status == 401:
            raise UnauthorizedError(
                f"{VENDOR} does not accept the API key (401).",
                f"Make a key pair under Settings, API, and give its private key, {_RETURN}",
            )
        if status == 403:
            raise AccessError(
                f"{VENDOR} refuses this to the API key ({path}).",
                f"A partner's key needs shop_token; else make a new key pair, {_RETURN}",
            )
        if status == 404:
            raise NotFoundError(
                f"{VENDOR} has nothing at {path}.", "It was deleted meanwhile; check with `fondaco doctor`."
            )
        if status in (400, 422):
            raise ConfigError(
                f"{VENDOR} answered {status} to a request for {path}.",
                "Check the settings with `fondaco doctor`; if it stays, report the status and the path.",
            )
        super()._judge(response)


class PostscriptClient:
    """Reads one shop. The key stands in a header and in no address."""

    def __init__(
        self,
        settings: PostscriptSettings,
        *,
        sleep: Callable[[float], None] = pause,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root = f"{settings.base_url.rstrip('/')}/api/v2"
        self._http = _PostscriptHttp(sleep=sleep, monotonic=monotonic)
        self._http.client.headers["Authorization"] = f"Bearer {settings.api_key.get_secret_value()}"
        if settings.shop_token is not None:
            self._http.client.headers["X-Postscript-Shop-Token"] = settings.shop_token.get_secret_value()
        # A redirect would hand the key on.
        self._http.client.follow_redirects = False

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **parameters: Any) -> Record:
        """One answer below the version."""

        def attempt() -> Record:
            answer = self._http.parse(self._http.once("GET", f"{self._root}{path}", params=parameters))
            if not isinstance(answer, dict):
                raise _strange(path)
            return answer

        return self._http.retrying(attempt)

    def send(self, method: str, path: str, content: Record | None = None) -> Record:
        """Change something: once, for a change that is repeated may happen twice."""
        response = self._http.once(method, f"{self._root}{path}", json=content)
        answer = self._http.parse(response)
        return answer if isinstance(answer, dict) else {}

    def subscribers(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[list[Record]]:
        """Subscribers updated in [since, until), or without a bound, each once.

        Pages by number would leave out one for each that is updated, and so leaves the window, while they are read. So the
        next page is the first one from the newest instant on that was seen. Only where a whole page shares one instant, as
        after an import, its second page is asked for, and so on.

        Raises
        ------
        FatalError
            If Postscript does not keep to the order that was asked for.
        """
        window: Record = {"sort": "updated_at__asc"}
        if until is not None:
            window["updated_at__lt"] = _text(until)
        if since is not None:
            window["updated_at__gte"] = _text(since)
        newest, page = since, 1
        seen: set[str] = set()
        while True:
            answer = self.get("/subscribers", page=page, **window)
            rows, pages = (
                _rows(answer, "subscribers"),
                int((answer.get("page_info") or {}).get("total_pages") or 1),
            )
            fresh = [row for row in rows if row["id"] not in seen]
            seen.update(row["id"] for row in rows)
            if fresh:
                yield fresh
            if not rows or page >= pages:
                return
            last = _newest(rows)
            if newest is None or last > newest:
                newest, page = last, 1
                window["updated_at__gte"] = _text(last)
            else:
                page += 1


def _rows(answer: Record, member: str) -> list[Record]:
    rows = answer.get(member)
    if not isinstance(rows, list):
        raise _strange(f"/{member}")
    return rows


def _newest(rows: list[Record]) -> datetime:
    """The instant of the last row, which the next page begins with.

    Raises
    ------
    FatalError
        If one before it is newer: then a page by time would leave some out.
    """
    instants = [parse_instant(row["updated_at"]) for row in rows]
    if instants != sorted(instants):
        raise FatalError(
            f"{VENDOR} does not list subscribers in the order of their change, which was asked for.",
            "Report it; `fondaco run` reads the other streams meanwhile.",
        )
    return instants[-1]


def _text(moment: datetime) -> str:
    return (
        moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if moment.microsecond
        else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    )


def _strange(path: str) -> RetryableError:
    return RetryableError(
        f"{VENDOR} answered {path} with something else than it documents.",
        "Run `fondaco run` again later; if it stays, report the path.",
    )
