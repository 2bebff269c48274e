"""The Graph API: log-in, errors by code, cursors, and a pace that keeps below the limits."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from fondaco.errors import RetryableError
from fondaco.sources.http import VendorHttp
from fondaco.sources.meta_ads.faults import VENDOR, GraphError, TooMuchDataError, fault_of
from fondaco.sources.meta_ads.settings import MetaAdsSettings
from fondaco.sources.meta_ads.usage import pause_seconds, regain_seconds, used_percent
from fondaco.sources.waiting import pause

LEAST_PAGE = 5

Record = dict[str, Any]


class _GraphHttp(VendorHttp):
    """The shared client, which reads Meta's own error before it judges by status, and slows down near the limits."""

    def __init__(self, *, sleep: Callable[[float], None]) -> None:
        super().__init__(VENDOR, sleep=sleep)
        self._pause = sleep
        self._used = 0.0

    def once(self, method: str, url: str, **options: Any) -> httpx.Response:
        if pause := pause_seconds(self._used):
            self._used = 0.0
            self._pause(pause)
        response = super().once(method, url, **options)
        self._used = used_percent(response.headers)
        return response

    def _judge(self, response: httpx.Response) -> None:
        error = GraphError.of(_body(response)) if response.status_code >= 400 else None
        if error is not None:
            raise fault_of(
                error,
                status=response.status_code,
                wait_seconds=regain_seconds(response.headers),
                path=response.request.url.path,
            )
        super()._judge(response)


class MetaClient:
    """Reads below one version of the Graph API. The token stands in the ``Authorization`` header and nowhere else."""

    def __init__(self, settings: MetaAdsSettings, *, sleep: Callable[[float], None] = pause) -> None:
        self.account = f"act_{settings.account}"
        self.page_size = settings.page_size
        self._root = f"{settings.base_url.rstrip('/')}/{settings.api_version}"
        self._http = _GraphHttp(sleep=sleep)
        token = settings.access_token.get_secret_value()
        self._http.client.headers["Authorization"] = f"Bearer {token}"
        # A redirect would hand the token on.
        self._http.client.follow_redirects = False
        self._proof = _proof(token, settings)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **parameters: Any) -> Record:
        """One answer below the version."""
        return self._ask("GET", path, parameters)

    def post(self, path: str, **parameters: Any) -> Record:
        """Ask for a report; nothing else is ever posted."""
        return self._ask("POST", path, parameters)

    def pages(self, path: str, **parameters: Any) -> Iterator[list[Record]]:
        """All records of an edge. Where a page is too much, a smaller one is asked for, down to ``LEAST_PAGE``.

        The next page is asked for by its cursor: ``paging.next`` is an address with the token in it.

        Raises
        ------
        TooMuchDataError
            If the smallest page is too much.
        RetryableError
            If the same cursor comes twice.
        """
        size, after = self.page_size, None
        seen: set[str] = set()
        while True:
            wanted = {**parameters, "limit": size} | ({"after": after} if after else {})
            try:
                answer = self.get(path, **wanted)
            except TooMuchDataError:
                if size <= LEAST_PAGE:
                    raise
                size = max(size // 2, LEAST_PAGE)
                continue
            rows = answer.get("data")
            if not isinstance(rows, list):
                raise _strange(path)
            yield rows
            after = _following(answer)
            if after is None:
                return
            if after in seen:
                raise RetryableError(
                    f"{VENDOR} named one page of {path.rpartition('/')[2]} twice.",
                    "Run `fondaco run` again later; what was read is kept.",
                )
            seen.add(after)

    def _ask(self, method: str, path: str, parameters: Record) -> Record:
        sent = {name: _text(value) for name, value in {**parameters, **self._proof}.items()}
        options = {"params": sent} if method == "GET" else {"data": sent}
        return self._http.retrying(lambda: self._answer(method, path, options))

    def _answer(self, method: str, path: str, options: Record) -> Record:
        answer = self._http.parse(self._http.once(method, f"{self._root}/{path}", **options))
        if not isinstance(answer, dict):
            raise _strange(path)
        return answer


def _following(answer: Record) -> str | None:
    """The cursor of the page after this one; None on the last one, which has a cursor too, but no ``next``."""
    paging = answer.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    after = (paging.get("cursors") or {}).get("after")
    return str(after) if after else None


def _proof(token: str, settings: MetaAdsSettings) -> dict[str, str]:
    """HMAC-SHA256 of the token with the app's secret, in hex: it proves the secret without telling it."""
    if settings.app_secret is None:
        return {}
    key = settings.app_secret.get_secret_value().encode()
    return {"appsecret_proof": hmac.new(key, token.encode(), hashlib.sha256).hexdigest()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _body(response: httpx.Response) -> Any:
    try:
        return response.json()
    except (ValueError, httpx.ResponseNotRead):
        return None


def _strange(path: str) -> RetryableError:
    return RetryableError(
        f"{VENDOR} answered {path.rpartition('/')[2]} with something else than was asked for.",
        "Run `fondaco run` again later; if it stays, report it.",
    )
