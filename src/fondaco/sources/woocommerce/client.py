"""WooCommerce's REST API: log-in, addresses, and pages of a set that may move while it is read."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from decimal import Decimal
from typing import Any

import httpx

from fondaco.clock import Clock, utc_now
from fondaco.errors import RetryableError
from fondaco.sources.http import VendorFaultError, VendorHttp
from fondaco.sources.waiting import pause
from fondaco.sources.woocommerce.settings import WooCommerceSettings
from fondaco.sources.woocommerce.signing import OneLeggedOAuth

VENDOR = "WooCommerce"
PAGE_SIZES = (100, 50, 25, 5, 1)
"""Each divides the one before it, so that a smaller page can start where a larger one failed."""

_HEAVY = frozenset({500, 502, 503, 504, 508, 520, 522, 524})
_ATTEMPTS_A_SIZE = 3
_WHOLE_ATTEMPTS = 6

Record = dict[str, Any]


class PageTooHeavyError(Exception):
    """The server failed on a page again and again; a smaller one may do."""


class WooCommerceClient:
    """Reads one shop. Parameters are those of the API; none of them ever carries the secret."""

    def __init__(
        self,
        settings: WooCommerceSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._root = f"{settings.address}/wp-json"
        self._page_size = settings.page_size
        self._http = VendorHttp(VENDOR, sleep=sleep)
        self._warnings: list[str] = []
        self._short_lists: set[str] = set()
        secret = settings.consumer_secret.get_secret_value()
        self._auth: httpx.Auth = (
            OneLeggedOAuth(settings.consumer_key, secret, clock=clock)
            if settings.signs
            else httpx.BasicAuth(settings.consumer_key, secret)
        )

    def close(self) -> None:
        self._http.close()

    def take_warnings(self) -> list[str]:
        """What a person must know of the lists read since this was last asked; of each list it is told once."""
        taken, self._warnings = self._warnings, []
        return taken

    def index(self) -> httpx.Response:
        """What the site says of itself to anyone: name, time zone, the APIs it has."""
        return self._http.request("GET", f"{self._root}/")

    def parse(self, response: httpx.Response) -> Any:
        """An answer's JSON."""
        return self._http.parse(response)

    def get(self, path: str, **parameters: Any) -> Any:
        """One answer below ``wp-json``, with numbers as Decimal."""
        return self._http.retrying(lambda: self._read(path, parameters, parse_float=Decimal)[1])

    def send(self, method: str, path: str, content: Record | None = None, **parameters: Any) -> Any:
        """Change something below ``wp-json``: once, for a change that is repeated may happen twice."""
        response = self._http.once(
            method, f"{self._root}/{path}", params=parameters, json=content, auth=self._auth
        )
        return self._http.parse(response)

    def pages(self, path: str, **parameters: Any) -> Iterator[list[Record]]:
        """All records of a list, ordered by id, in pages. A record may come twice, none is left out.

        The list is paged by position, so a record that leaves it while it is read moves later ones onto pages that
        were already read. ``X-WP-Total`` tells: then the list is read again.

        Raises
        ------
        RetryableError
            If the list never stood still.
        """
        before: set[int] | None = None
        for _ in range(_WHOLE_ATTEMPTS):
            seen, total, is_steady = yield from self._walk(path, parameters)
            if is_steady and (total is None or len(seen) >= total):
                return
            if is_steady and seen == before:
                # Twice the same, and never twice one record: the shop counts records that it cannot show.
                if path not in self._short_lists:
                    self._short_lists.add(path)
                    self._warnings.append(
                        f"{VENDOR} counts {total:,} records in its list {path} and delivers {len(seen):,}; "
                        "broken records, or a plug-in that hides some, are missing from the figures."
                    )
                return
            before = seen if is_steady else None
        raise RetryableError(
            f"{VENDOR}'s list {path} changed on every one of {_WHOLE_ATTEMPTS} readings.",
            "Run `fondaco run` again when the shop is quieter; if it stays, exclude wp-json from the page cache.",
        )

    def _walk(
        self, path: str, parameters: Record
    ) -> Generator[list[Record], None, tuple[set[int], int | None, bool]]:
        """Read the list once. Returns the ids, the last total, and whether nothing moved and nothing came twice."""
        seen: set[int] = set()
        position, size, is_steady = 0, int(self._page_size), True
        total: int | None = None
        while True:
            response, rows, size = self._page(path, parameters, position, size)
            counted = _total(response)
            is_steady = is_steady and not (counted is not None and total is not None and counted < total)
            total = counted if counted is not None else total
            fresh = [row for row in rows if row["id"] not in seen]
            is_steady = is_steady and len(fresh) == len(rows)
            seen.update(row["id"] for row in rows)
            if fresh:
                yield fresh
            position += size
            if not rows or (position >= total if total is not None else len(rows) < size):
                return seen, total, is_steady

    def _page(
        self, path: str, parameters: Record, position: int, size: int
    ) -> tuple[httpx.Response, list[Record], int]:
        """The page of ``size`` records at ``position``, or a smaller one where the server cannot make it."""
        for smaller in (each for each in PAGE_SIZES if each <= size):
            wanted = {
                **parameters,
                "orderby": "id",
                "order": "asc",
                "per_page": smaller,
                "page": position // smaller + 1,
            }
            try:
                response, rows = self._http.retrying(self._patient(path, wanted, is_last=smaller == 1))
            except PageTooHeavyError:
                continue
            if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
                raise RetryableError(
                    f"{VENDOR} answered {path} with something else than a list of records.",
                    "Run `fondaco run` again later; if it stays, look for a plugin that changes the REST API.",
                )
            return response, rows, smaller
        raise AssertionError("the smallest page raises its own error")

    def _patient(self, path: str, parameters: Record, *, is_last: bool) -> Callable[[], Any]:
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

    def _read(self, path: str, parameters: Record, **parsing: Any) -> tuple[httpx.Response, Any]:
        response = self._http.once("GET", f"{self._root}/{path}", params=parameters, auth=self._auth)
        return response, self._http.parse(response, **parsing)


def _total(response: httpx.Response) -> int | None:
    text = response.headers.get("x-wp-total", "")
    return int(text) if text.isdigit() else None
