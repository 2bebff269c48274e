"""commercetools' HTTP API: tokens, and lists that are read by key instead of by offset.

An offset beyond 10,000 is refused and a list may move while it is read. So every page asks for what comes after the last
record of the page before, by (lastModifiedAt, id); ids tell apart the thousands of records that one import leaves with
the same lastModifiedAt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from fondaco.clock import Clock, format_instant, parse_instant, utc_now
from fondaco.errors import RetryableError
from fondaco.sources.commercetools.settings import CommercetoolsSettings
from fondaco.sources.http import UnauthorizedError, VendorHttp
from fondaco.sources.waiting import pause

VENDOR = "commercetools"
_EARLY = timedelta(minutes=5)
_ORDER_ATTEMPTS = 3

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Query:
    """One page of a list."""

    path: str
    terms: list[str]
    variables: Record
    sort: tuple[str, ...]
    expand: tuple[str, ...] = ()


class Tokens:
    """The access token, fetched once and again shortly before it ends."""

    def __init__(self, settings: CommercetoolsSettings, http: VendorHttp, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token: str | None = None
        self._ends: datetime | None = None
        self.scopes: tuple[str, ...] = ()
        """What the last token may do, in commercetools' words."""

    def current(self) -> str:
        """A token that holds for some minutes yet."""
        with self._lock:
            if self._token is None or self._ends is None or self._clock() >= self._ends - _EARLY:
                self._fetch()
            assert self._token is not None
            return self._token

    def forget(self, token: str) -> None:
        """The vendor refused ``token``: fetch another next time, unless someone else has done so."""
        with self._lock:
            if self._token == token:
                self._token = None

    def _fetch(self) -> None:
        form = {"grant_type": "client_credentials"}
        if self._settings.scopes:
            form["scope"] = " ".join(self._settings.scopes)
        secret = self._settings.client_secret.get_secret_value()
        answer = self._http.json(
            "POST", self._settings.token_address, data=form, auth=(self._settings.client_id, secret)
        )
        self._token = str(answer["access_token"])
        self._ends = self._clock() + timedelta(seconds=int(answer.get("expires_in", 172_800)))
        self.scopes = tuple(str(answer.get("scope", "")).split())


class CommercetoolsClient:
    """Reads one project."""

    def __init__(
        self,
        settings: CommercetoolsSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._address = settings.api_address
        self._http = VendorHttp(VENDOR, sleep=sleep)
        self._page_size = settings.page_size
        self.tokens = Tokens(settings, self._http, clock)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str = "", parameters: list[tuple[str, str]] | None = None) -> Any:
        """One answer of the project. A token that is refused once is replaced; refused again, the error stands."""
        url = f"{self._address}/{path}" if path else self._address
        token = self.tokens.current()
        try:
            return self._http.json(
                "GET", url, params=parameters, headers={"Authorization": f"Bearer {token}"}
            )
        except UnauthorizedError:
            self.tokens.forget(token)
        headers = {"Authorization": f"Bearer {self.tokens.current()}"}
        return self._http.json("GET", url, params=parameters, headers=headers)

    def changed(
        self,
        path: str,
        since: datetime | None,
        until: datetime | None,
        *,
        field: str = "lastModifiedAt",
        where: str | None = None,
        expand: tuple[str, ...] = (),
    ) -> Iterator[list[Record]]:
        """Records whose ``field`` lies in [since, until), ordered by it and id, in pages."""
        bounds, variables = [] if where is None else [where], {}
        if since is not None:
            bounds.append(f"{field} >= :since")
            variables["since"] = format_instant(since)
        if until is not None:
            bounds.append(f"{field} < :until")
            variables["until"] = format_instant(until)
        after: Record = {}
        while True:
            terms = list(bounds)
            if after:
                terms.append(f"({field} > :t or ({field} = :t and id > :id))")
            page = self._page_in_order(
                _Query(path, terms, {**variables, **after}, (f"{field} asc", "id asc"), expand),
                key=lambda record: _place(record, field),
                start=(parse_instant(after["t"]), after["id"]) if after else None,
            )
            if page:
                yield page
            if len(page) < self._page_size:
                return
            last = next(record for record in reversed(page) if _place(record, field) is not None)
            after = {"t": last[field], "id": last["id"]}

    def by_id(
        self,
        path: str,
        *,
        where: str | None = None,
        variables: dict[str, str] | None = None,
        expand: tuple[str, ...] = (),
    ) -> Iterator[list[Record]]:
        """All records that ``where`` admits, ordered by id, in pages."""
        after: Record = {}
        while True:
            terms = [f"({where})"] if where else []
            if after:
                terms.append("id > :after")
            page = self._page_in_order(
                _Query(path, terms, {**(variables or {}), **after}, ("id asc",), expand),
                key=lambda record: record["id"],
                start=after.get("after"),
            )
            if page:
                yield page
            if len(page) < self._page_size:
                return
            after = {"after": page[-1]["id"]}

    def _page_in_order(self, query: _Query, *, key: Callable[[Record], Any], start: Any) -> list[Record]:
        """A page that can be gone on from. The next one begins after its last key, so a full page that is out of order,
        or begins where the one before did, would lose records: it is asked for again, then refused. Records without a
        key, which landing sets aside, have no say in it.
        """

        # Passing faults are waited out below this; only a wrong order is asked about again.
        for _ in range(_ORDER_ATTEMPTS):
            page = self._page(query)
            keys = [found for record in page if (found := key(record)) is not None]
            follows = bool(keys) and (start is None or keys[0] > start)
            if len(page) < self._page_size or (
                follows and all(left < right for left, right in pairwise(keys))
            ):
                return page
        raise RetryableError(
            f"{VENDOR} gave a page of {query.path} that does not follow the one before, or is not in the order "
            "asked for.",
            "Run `fondaco run` again; if it stays, look for a proxy before the API that changes its answers.",
        )

    def _page(self, query: _Query) -> list[Record]:
        parameters = [("limit", str(self._page_size)), ("withTotal", "false")]
        parameters += [("sort", each) for each in query.sort]
        parameters += [("expand", each) for each in query.expand]
        if query.terms:
            parameters.append(("where", " and ".join(query.terms)))
        parameters += [(f"var.{name}", value) for name, value in query.variables.items()]
        results: list[Record] = self.get(query.path, parameters)["results"]
        return results


def _place(record: Record, field: str) -> tuple[datetime, str] | None:
    """Where a record stands in the order of ``field`` and id; None if that cannot be read."""
    try:
        return parse_instant(record[field]), str(record["id"])
    except (KeyError, TypeError, ValueError):
        return None
