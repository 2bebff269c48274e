"""Magento's REST API: log-in, addresses, and lists that are read by key instead of by page number.

A page beyond the last repeats the last one, and a list that is sorted by position moves while it is read. So every page
asks for page 1 of what comes after the key of the last record, ordered by that key, which never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import httpx

from fondaco.clock import Clock, utc_now
from fondaco.errors import RetryableError
from fondaco.money import number_text
from fondaco.sources.http import VendorFaultError, VendorHttp
from fondaco.sources.magento.settings import MagentoSettings
from fondaco.sources.oauth1 import Credentials, SignedHeader
from fondaco.sources.waiting import pause

VENDOR = "Magento"
_HEAVY = frozenset({500, 502, 503, 504, 508, 520, 522, 524})
_ATTEMPTS_A_SIZE = 3
_ORDER_ATTEMPTS = 3

Record = dict[str, Any]
Key = int | str


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of a search; all of them must hold."""

    field: str
    condition: str
    value: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the API.

    Attributes
    ----------
    key
        The field by which the list is sorted and gone on with; unique among what the filters admit.
    shown
        What the key is called in a record: filters know it by its column in the database.
    """

    path: str
    key: str = "entity_id"
    shown: str = "entity_id"
    is_number: bool = True

    def key_of(self, row: Record) -> Key | None:
        """The key of a record; None where it cannot be read."""
        value = row.get(self.shown)
        if not self.is_number:
            return value if isinstance(value, str) and value else None
        text = str(value)
        return int(text) if not isinstance(value, bool) and text.isdigit() else None


@dataclass(frozen=True, slots=True)
class _Search:
    """A list under way: what is asked for, and behind which key it goes on."""

    listing: Listing
    filters: tuple[Filter, ...]
    more: tuple[tuple[str, str], ...]
    after: Key | None = None
    before: frozenset[Key] = frozenset()

    def parameters(self, size: int) -> list[tuple[str, str]]:
        key, terms = self.listing.key, self.filters
        if self.after is not None:
            terms = (*terms, Filter(key, "gt", str(self.after)))
        return [*criteria(terms, key, size), *self.more]

    def keys_of(self, rows: Iterable[Record]) -> list[Key]:
        return [key for row in rows if (key := self.listing.key_of(row)) is not None]

    def is_followed_by(self, keys: list[Key]) -> bool:
        """Texts are sorted by the database's own rules, so of them only a repetition is known."""
        if not self.listing.is_number:
            return self.before.isdisjoint(keys)
        numbers = [key for key in (self.after, *keys) if isinstance(key, int)]
        return all(left < right for left, right in pairwise(numbers))


class PageTooHeavyError(Exception):
    """The server failed on a page again and again; a smaller one may do."""


class MagentoClient:
    """Reads one shop."""

    def __init__(
        self,
        settings: MagentoSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._root = settings.api_address
        self._page_size = settings.page_size
        self._http = VendorHttp(VENDOR, sleep=sleep)
        self._auth = _auth(settings, clock)
        self._warnings: list[str] = []
        self._short_lists: set[str] = set()

    def close(self) -> None:
        self._http.close()

    def take_warnings(self) -> list[str]:
        """What a person must know of the lists read since this was last asked; of each list it is told once."""
        taken, self._warnings = self._warnings, []
        return taken

    def response(self, path: str) -> httpx.Response:
        """One answer as it came; one that leads elsewhere is not followed."""
        url = f"{self._root}/{path}"
        return self._http.retrying(
            lambda: self._http.once("GET", url, auth=self._auth, follow_redirects=False)
        )

    def get(self, path: str, parameters: Sequence[tuple[str, str]] = ()) -> Any:
        """One answer below ``V1``. Amounts stay the text that they came as."""
        return self._http.retrying(lambda: self._read(path, parameters))

    def pages(self, listing: Listing, filters: Iterable[Filter] = (), **more: str) -> Iterator[list[Record]]:
        """All records that the filters admit, ordered by the list's key, in pages. ``more`` are further parameters.

        Raises
        ------
        RetryableError
            If a page does not follow the one before, again and again.
        """
        search, size = _Search(listing, tuple(filters), tuple(more.items())), self._page_size
        while True:
            rows, total, size = self._page_in_order(search, size)
            keys = search.keys_of(rows)
            if rows:
                yield rows
            # A full page is gone on from whatever the total says: extensions are known to count wrong.
            if len(rows) < size and len(rows) >= total:
                return
            if not keys:
                self._told_short(listing.path, total)
                return
            search = replace(search, after=keys[-1], before=frozenset(keys))

    def _page_in_order(self, search: _Search, size: int) -> tuple[list[Record], int, int]:
        """A page that can be gone on from: the next begins after its last key. One that repeats the page before, or is
        out of order, would lose records: it is asked for again, then refused."""
        for _ in range(_ORDER_ATTEMPTS):
            rows, total, size = self._page(search, size)
            if search.is_followed_by(search.keys_of(rows)):
                return rows, total, size
        raise RetryableError(
            f"{VENDOR} gave a page of {search.listing.path} that does not follow the one before, or is not in the order "
            "asked for.",
            "Run `fondaco run` again; if it stays, exclude /rest/ from the page cache, and look for an extension that "
            "changes the API.",
        )

    def _page(self, search: _Search, size: int) -> tuple[list[Record], int, int]:
        """The next page, how many records the search finds from there on, and how long a page the server can make."""
        path = search.listing.path
        while True:
            try:
                answer = self._http.retrying(self._patient(path, search.parameters(size), is_last=size == 1))
            except PageTooHeavyError:
                size = max(size // 4, 1)
                continue
            rows, total = _listed(answer, path)
            return rows, total, size

    def _patient(
        self, path: str, parameters: Sequence[tuple[str, str]], *, is_last: bool
    ) -> Callable[[], Any]:
        """One attempt that gives up on this page size after a few server errors; throttling is waited for."""
        failed = 0

        def attempt() -> Any:
            nonlocal failed
            try:
                return self._read(path, parameters)
            except VendorFaultError as error:
                failed += error.status is None or error.status in _HEAVY
                if failed >= _ATTEMPTS_A_SIZE and not is_last:
                    raise PageTooHeavyError from error
                raise

        return attempt

    def _read(self, path: str, parameters: Sequence[tuple[str, str]]) -> Any:
        # httpx takes an empty list of parameters for "no query", and would drop one that the address has.
        options: dict[str, Any] = {"params": list(parameters)} if parameters else {}
        response = self._http.once("GET", f"{self._root}/{path}", auth=self._auth, **options)
        return self._http.parse(response, parse_float=number_text)

    def _told_short(self, path: str, total: int) -> None:
        if total and path not in self._short_lists:
            self._short_lists.add(path)
            self._warnings.append(
                f"{VENDOR} counts {total:,} more records in its list {path} than it delivers; broken records, or an "
                "extension that hides some, are missing from the figures."
            )


def criteria(terms: Sequence[Filter], sort: str, size: int) -> list[tuple[str, str]]:
    """The parameters of a search: each filter in a group of its own, for groups are ANDed and filters within one ORed."""
    parameters = []
    for number, term in enumerate(terms):
        place = f"searchCriteria[filterGroups][{number}][filters][0]"
        parameters += [
            (f"{place}[field]", term.field),
            (f"{place}[conditionType]", term.condition),
            (f"{place}[value]", term.value),
        ]
    return [
        *parameters,
        ("searchCriteria[sortOrders][0][field]", sort),
        ("searchCriteria[sortOrders][0][direction]", "ASC"),
        ("searchCriteria[pageSize]", str(size)),
        ("searchCriteria[currentPage]", "1"),
    ]


def between(field: str, since: datetime | None, until: datetime | None) -> list[Filter]:
    """Filters for [since, until). Magento keeps instants in UTC, with whole seconds and without an offset."""
    found = []
    if since is not None:
        found.append(Filter(field, "gteq", f"{since:%Y-%m-%d %H:%M:%S}"))
    if until is not None:
        found.append(Filter(field, "lt", f"{until:%Y-%m-%d %H:%M:%S}"))
    return found


def _auth(settings: MagentoSettings, clock: Clock) -> httpx.Auth:
    token = settings.access_token.get_secret_value()
    key, secret, token_secret = settings.consumer_key, settings.consumer_secret, settings.access_token_secret
    if key is None or secret is None or token_secret is None:
        return _Bearer(token)
    credentials = Credentials(
        key.get_secret_value(), secret.get_secret_value(), token, token_secret.get_secret_value()
    )
    return SignedHeader(credentials, clock=clock)


class _Bearer(httpx.Auth):
    """The access token alone. Shops from 2.4.4 on take it only where they were told to."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def _listed(answer: Any, path: str) -> tuple[list[Record], int]:
    """The records of a page, and how many the search found. Nothing found may be said by null."""
    rows = answer.get("items") if isinstance(answer, dict) else None
    total = answer.get("total_count") if isinstance(answer, dict) else None
    if rows is None and total == 0:
        rows = []
    is_whole = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if not is_whole or not isinstance(total, int):
        raise RetryableError(
            f"{VENDOR} answered {path} with something else than a list of records.",
            "Run `fondaco run` again later; if it stays, look for an extension that changes the API.",
        )
    return list(rows or ()), total
