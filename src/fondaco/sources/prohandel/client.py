"""ProHandel's API: a key becomes a token that names the server; lists go on by page number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from fondaco.clock import Clock, utc_now
from fondaco.errors import ConfigError, RetryableError
from fondaco.money import number_text
from fondaco.sources.http import NotFoundError, UnauthorizedError, VendorFaultError, VendorHttp
from fondaco.sources.prohandel.mapping import Mapping, Pages, StreamOf
from fondaco.sources.prohandel.settings import ProHandelSettings
from fondaco.sources.waiting import pause

VENDOR = "ProHandel"
_RENEW_BEFORE_END = timedelta(minutes=5)
_LIFE_SECONDS = 1_800
_ORDER_ATTEMPTS = 3

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Grant:
    token: SecretStr
    server: str
    until: datetime


class ProHandelClient:
    """Reads one system."""

    def __init__(
        self,
        settings: ProHandelSettings,
        mapping: Mapping,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._settings = settings
        self._mapping = mapping
        self._clock = clock
        self._http = VendorHttp(VENDOR, sleep=sleep)
        self._grant: _Grant | None = None

    def close(self) -> None:
        self._http.close()

    def pages(self, chosen: StreamOf, since: datetime | None = None) -> Iterator[list[Record]]:
        """All records of a list, page by page; with ``since``, from that day on, where the list can be asked so.

        Raises
        ------
        RetryableError
            If a page repeats the one before, again and again.
        """
        number, before = 1, None
        while True:
            rows, is_last = self._page_that_goes_on(chosen, number, since, before)
            if rows:
                yield rows
            if is_last:
                return
            number, before = number + 1, rows

    def sample(self, chosen: StreamOf) -> list[Record]:
        """The first page."""
        return self._page(chosen, 1, None)[0]

    def _page_that_goes_on(
        self, chosen: StreamOf, number: int, since: datetime | None, before: list[Record] | None
    ) -> tuple[list[Record], bool]:
        for _ in range(_ORDER_ATTEMPTS):
            rows, is_last = self._page(chosen, number, since)
            if not rows or rows != before:
                return rows, is_last
        raise RetryableError(
            f"{VENDOR} gave page {number} of {chosen.resource} that repeats the one before.",
            f"Run `fondaco run` again; if it stays, see whether {self._mapping.pages.page!r} is its parameter for the page.",
        )

    def _page(self, chosen: StreamOf, number: int, since: datetime | None) -> tuple[list[Record], bool]:
        """A page, and whether it is the last."""
        pages, size = self._mapping.pages, self._settings.page_size
        asked: dict[str, str] = {pages.page: str(number)}
        if pages.size:
            asked[pages.size] = str(size)
        if since is not None and chosen.since:
            asked[chosen.since] = f"{since:%Y-%m-%d}"

        def attempt() -> tuple[list[Record], bool]:
            response = self._get(chosen.resource, asked)
            rows = self._http.parse(response, parse_float=number_text)
            if not isinstance(rows, list):
                raise VendorFaultError(
                    f"{VENDOR} answered {chosen.resource} with something else than a list.",
                    "Run `fondaco doctor`: it compares the answers with the mapping.",
                    status=response.status_code,
                )
            return [row for row in rows if isinstance(row, dict)], _is_last(response.headers, pages, rows)

        return self._http.retrying(attempt)

    def _get(self, resource: str, asked: Map[str, str]) -> httpx.Response:
        try:
            return self._asked(resource, asked)
        except UnauthorizedError:  # a token may end before its time
            self._grant = None
            return self._asked(resource, asked)

    def _asked(self, resource: str, asked: Map[str, str]) -> httpx.Response:
        grant = self._granted()
        headers = {"Authorization": f"Bearer {grant.token.get_secret_value()}"}
        if self._mapping.api.version:
            headers["X-API-Version"] = self._mapping.api.version
        url = f"{grant.server}{self._mapping.api.base}/{resource}"
        return self._http.once("GET", url, params=dict(asked), headers=headers, follow_redirects=False)

    def _granted(self) -> _Grant:
        if self._grant is None or self._grant.until - _RENEW_BEFORE_END <= self._clock():
            self._grant = self._ask_for_token()
        return self._grant

    def _ask_for_token(self) -> _Grant:
        token, settings = self._mapping.token, self._settings
        content = {
            token.key: settings.api_key.get_secret_value(),
            token.secret: settings.secret.get_secret_value(),
        }
        if settings.tenant and token.tenant:
            content[token.tenant] = settings.tenant
        address = settings.address or token.address
        try:
            response = self._http.once("POST", address, json=content, follow_redirects=False)
        except NotFoundError as error:
            raise ConfigError(
                f"{VENDOR} gives no token at the mapping's [token] address.",
                "Correct token.address in your mapping, then run `fondaco doctor`.",
            ) from error
        answer = self._http.parse(response)
        access, server = _at(answer, token.access), _at(answer, token.server)
        for name, found in (("access", access), ("server", server)):
            if not isinstance(found, str) or not found:
                raise ConfigError(
                    f"{VENDOR}'s answer to the key has no text at {getattr(token, name)!r} (token.{name} of the mapping).",
                    "Correct that line in your mapping, then run `fondaco doctor`.",
                )
        seconds = _at(answer, token.seconds) if token.seconds else None
        life = (
            seconds if isinstance(seconds, int | float) and not isinstance(seconds, bool) else _LIFE_SECONDS
        )
        until = self._clock() + timedelta(seconds=min(max(life, 0), 86_400))
        return _Grant(SecretStr(str(access)), _server(str(server), address), until)


def _is_last(headers: Map[str, str], pages: Pages, rows: list[Any]) -> bool:
    """Whether no page follows. Where the answer does not say, only an empty page ends a list: a server may give fewer than asked for."""
    more = headers.get(pages.more, "").strip().lower() if pages.more else ""
    given = headers.get(pages.given, "").strip() if pages.given else ""
    if not rows or more in ("true", "false"):
        return not rows or more == "false"
    return given.isdigit() and len(rows) < int(given)


def _server(server: str, asked_at: str) -> str:
    """The server that the token is for. A token that was given over TLS does not travel without it."""
    parts = urlsplit(server)
    allowed = {"https", urlsplit(asked_at).scheme}
    if parts.scheme not in allowed or not parts.hostname:
        raise ConfigError(
            f"{VENDOR} names a server that a token must not be sent to ({parts.scheme or 'no scheme'}://…).",
            "It has to begin with https://; ask ProHandel, or correct token.server in your mapping.",
        )
    return server.rstrip("/")


def _at(answer: Any, path: str) -> Any:
    for part in path.split("."):
        answer = answer.get(part) if isinstance(answer, dict) else None
    return answer
