"""Klaviyo's JSON:API: log-in, pages by cursor, and limits that are told from those that pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from fondaco.errors import ConfigError, RetryableError
from fondaco.sources.http import VendorFaultError, VendorHttp
from fondaco.sources.klaviyo.settings import REVISION, KlaviyoSettings
from fondaco.sources.waiting import pause

VENDOR = "Klaviyo"
_MEDIA_TYPE = "application/vnd.api+json"
_LONGEST_WAIT_SECONDS = 120.0

Record = dict[str, Any]


class DayLimitError(ConfigError):
    """Klaviyo takes no more reports of this kind today."""


class _KlaviyoHttp(VendorHttp):
    """The shared client, which does not wait for the limit of a day to pass."""

    def _judge(self, response: httpx.Response) -> None:
        try:
            super()._judge(response)
        except VendorFaultError as fault:
            if fault.status == 429 and (fault.retry_after_seconds or 0.0) > _LONGEST_WAIT_SECONDS:
                hours = (fault.retry_after_seconds or 0.0) / 3600
                raise DayLimitError(
                    f"{VENDOR}'s limit for {response.request.url.path} is used up for {hours:.1f} hours.",
                    "Let `fondaco run` come less often, or wait; what was read is kept.",
                ) from fault
            raise


class KlaviyoClient:
    """Reads one account. The key stands in the ``Authorization`` header and nowhere else."""

    def __init__(self, settings: KlaviyoSettings, *, sleep: Callable[[float], None] = pause) -> None:
        self.page_size = settings.page_size
        self._root = f"{settings.base_url.rstrip('/')}/api"
        self._http = _KlaviyoHttp(VENDOR, sleep=sleep)
        self._http.client.headers.update(
            {
                "Authorization": f"Klaviyo-API-Key {settings.api_key.get_secret_value()}",
                "revision": REVISION,
                "Accept": _MEDIA_TYPE,
            }
        )
        # A redirect would hand the key on.
        self._http.client.follow_redirects = False

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> Record:
        """One answer."""
        return self._asked("GET", path, params=dict(parameters or {}))

    def pages(self, path: str, parameters: Mapping[str, Any] | None = None) -> Iterator[Record]:
        """All answers of a list, one a page, each with ``data`` and maybe ``included``.

        Of the address of the next page only the cursor is taken: the key goes to no other address.

        Raises
        ------
        RetryableError
            If the same cursor comes twice.
        """
        yield from self._followed(
            path, "page[cursor]", lambda cursor: self.get(path, {**(parameters or {}), **cursor})
        )

    def report(self, kind: str, attributes: Mapping[str, Any]) -> Iterator[Record]:
        """The pages of a report such as ``campaign-values-report``."""
        body = {"data": {"type": kind, "attributes": dict(attributes)}}
        path = f"{kind}s"

        def ask(cursor: Mapping[str, str]) -> Record:
            return self._asked(
                "POST", path, json=body, params=dict(cursor), headers={"Content-Type": _MEDIA_TYPE}
            )

        yield from self._followed(path, "page_cursor", ask)

    def send(self, method: str, path: str, content: Record | None = None) -> Record:
        """Change something. Where Klaviyo asks to wait, or did not answer, it is tried again, and may have happened twice."""
        response = self._http.request(
            method, f"{self._root}/{path}", json=content, headers={"Content-Type": _MEDIA_TYPE}
        )
        answer = self._http.parse(response) if response.content else {}
        return answer if isinstance(answer, dict) else {}

    def _followed(self, path: str, name: str, ask: Callable[[Mapping[str, str]], Record]) -> Iterator[Record]:
        cursor: dict[str, str] = {}
        seen: set[str] = set()
        while True:
            answer = ask(cursor)
            if "data" not in answer:
                raise _strange(path)
            yield answer
            following = _cursor(answer, name)
            if following is None:
                return
            if following in seen:
                raise RetryableError(
                    f"{VENDOR} named one page of {path} twice.",
                    "Run `fondaco run` again later; what was read is kept.",
                )
            seen.add(following)
            cursor = {name: following}

    def _asked(self, method: str, path: str, **options: Any) -> Record:
        answer = self._http.json(method, f"{self._root}/{path}", **options)
        if not isinstance(answer, dict):
            raise _strange(path)
        return answer


def _cursor(answer: Record, name: str) -> str | None:
    links = answer.get("links")
    following = links.get("next") if isinstance(links, dict) else None
    found = parse_qs(urlsplit(str(following or "")).query).get(name)
    return found[0] if found else None


def _strange(path: str) -> RetryableError:
    return RetryableError(
        f"{VENDOR} answered {path} with something else than was asked for.",
        "Run `fondaco run` again later; if it stays, report it.",
    )
