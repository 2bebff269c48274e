"""The Marketing API: log-in, data centre, and pages of lists that may move while they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import httpx

from fondaco.clock import format_instant
from fondaco.errors import AccessError, RetryableError
from fondaco.sources.http import VendorHttp
from fondaco.sources.mailchimp.faults import VENDOR, fault_of
from fondaco.sources.mailchimp.settings import MailchimpSettings
from fondaco.sources.waiting import pause

_READINGS = 4
_MOST_OVERLAP = 20
_TIMEOUT_SECONDS = 125.0  # Mailchimp itself gives up after 120
_DATA_CENTRE = re.compile(r"[a-z]{2,4}[0-9]{1,4}")

Record = dict[str, Any]


class _MailchimpHttp(VendorHttp):
    """The shared client, which reads Mailchimp's own error before it judges by status."""

    def _judge(self, response: httpx.Response) -> None:
        fault = fault_of(response) if response.status_code >= 400 else None
        if fault is not None:
            raise fault
        super()._judge(response)


class MailchimpClient:
    """Reads one account, one request at a time: Mailchimp allows ten. The key stands in a header and in no address."""

    def __init__(self, settings: MailchimpSettings, *, sleep: Callable[[float], None] = pause) -> None:
        self._settings = settings
        self._http = _MailchimpHttp(VENDOR, sleep=sleep)
        self._http.client.timeout = httpx.Timeout(_TIMEOUT_SECONDS, connect=20.0)
        # A redirect would hand the key on.
        self._http.client.follow_redirects = False
        self._warnings: list[str] = []

    def close(self) -> None:
        self._http.close()

    def take_warnings(self) -> list[str]:
        """What a person must know of the lists read since this was last asked."""
        taken, self._warnings = self._warnings, []
        return taken

    def get(self, path: str, **parameters: Any) -> Record:
        """One answer below the version. Lists in ``parameters`` are sent with commas, instants in ISO 8601."""
        sent = {name: _text(value) for name, value in parameters.items() if value is not None}

        def attempt() -> Record:
            answer = self._http.parse(
                self._http.once("GET", f"{self._root}{path}", params=sent, headers=self._credential)
            )
            if not isinstance(answer, dict):
                raise _strange(path)
            return answer

        return self._http.retrying(attempt)

    def pages(self, path: str, member: str, *, key: str = "id", **parameters: Any) -> Iterator[list[Record]]:
        """All records of a list, each once; they stand in ``member`` of an answer and are told apart by ``key``.

        The list is paged by position, so a record that leaves it while it is read moves later ones onto pages that were
        already read. Each page therefore begins with the end of the one before; where it does not, one page back is read
        again. ``total_items`` tells in the end whether anything is missing: then the list is read again.

        Raises
        ------
        RetryableError
            If the list never stood still.
        """
        before: set[str] | None = None
        delivered: set[str] = set()
        for _ in range(_READINGS):
            seen, total = yield from self._walk(path, member, key, parameters, delivered)
            if len(seen) >= total:
                return
            if seen == before:
                self._warnings.append(
                    f"{VENDOR} counts {total:,} records in {path} and delivers {len(seen):,}; the others are missing."
                )
                return
            before = seen
        raise RetryableError(
            f"{VENDOR}'s list {path} changed on every one of {_READINGS} readings.",
            "Run `fondaco run` again when less is sent; what was read is kept.",
        )

    def _walk(
        self, path: str, member: str, key: str, parameters: Record, delivered: set[str]
    ) -> Generator[list[Record], None, tuple[set[str], int]]:
        """Read the list once and give what was not given before. Returns the keys seen, and the last total."""
        size = self._settings.page_size
        overlap = min(_MOST_OVERLAP, size // 2)
        seen: set[str] = set()
        offset = 0
        while True:
            answer = self.get(path, count=size, offset=offset, **parameters)
            rows, total = answer.get(member), answer.get("total_items")
            if not isinstance(rows, list) or not isinstance(total, int):
                raise _strange(path)
            keys = [str(row[key]) for row in rows]
            is_joined = offset == 0 or not overlap or any(one in seen for one in keys)
            fresh = [row for row, one in zip(rows, keys, strict=True) if one not in delivered]
            seen.update(keys)
            delivered.update(keys)
            if fresh:
                yield fresh
            if not rows:
                return seen, total
            if not is_joined:
                offset = max(offset - size, 0)
            elif offset + len(rows) >= total:
                return seen, total
            else:
                offset += max(len(rows) - overlap, 1)

    @cached_property
    def _credential(self) -> dict[str, str]:
        if self._settings.api_key is not None:
            basic = httpx.BasicAuth("fondaco", self._settings.api_key.get_secret_value())
            request = next(basic.auth_flow(httpx.Request("GET", "https://mailchimp.invalid")))
            return {"Authorization": request.headers["Authorization"]}
        return {"Authorization": f"Bearer {self._token}"}

    @cached_property
    def _root(self) -> str:
        if self._settings.base_url is not None:
            return self._settings.base_url.rstrip("/")
        centre = self._settings.data_centre or self._data_centre_of_token()
        return f"https://{centre}.api.mailchimp.com/3.0"

    @property
    def _token(self) -> str:
        token = self._settings.access_token
        return token.get_secret_value() if token is not None else ""

    def _data_centre_of_token(self) -> str:
        """An OAuth token does not say where its account lives; Mailchimp's log-in does."""
        address = f"{self._settings.login_url.rstrip('/')}/oauth2/metadata"
        answer = self._http.json("GET", address, headers={"Authorization": f"OAuth {self._token}"})
        centre = answer.get("dc") if isinstance(answer, dict) else None
        if not isinstance(centre, str) or not _DATA_CENTRE.fullmatch(centre):
            raise AccessError(
                f"{VENDOR} does not tell the data centre of this OAuth token; it was withdrawn.",
                "Let the app in again, then connect again with `fondaco connect mailchimp`.",
            )
        return centre


def after(moment: datetime) -> datetime:
    """``moment`` for a filter that leaves its own second out."""
    return moment - timedelta(seconds=1)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return format_instant(value.replace(microsecond=0)).replace("Z", "+00:00")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(value)
    return str(value)


def _strange(path: str) -> RetryableError:
    return RetryableError(
        f"{VENDOR} answered {path} with something else than it documents.",
        "Run `fondaco run` again later; if it stays, report the path.",
    )
