"""eBay's REST APIs: log-in, signatures, and lists that are paged by position while they move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from fondaco.clock import Clock
from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.sources.ebay.settings import EbaySettings
from fondaco.sources.ebay.signing import Signer
from fondaco.sources.http import UnauthorizedError, VendorHttp
from fondaco.sources.waiting import pause

VENDOR = "eBay"
SCOPES = (
    "https://api.ebay.com/oauth/api_scope/sell.fulfillment.readonly",
    "https://api.ebay.com/oauth/api_scope/sell.finances",
)
_WHOLE_ATTEMPTS = 6
_RENEW_BEFORE_SECONDS = 120.0

Record = dict[str, Any]


class EbayClient:
    """Reads one seller's account."""

    def __init__(
        self, settings: EbaySettings, *, clock: Clock, sleep: Callable[[float], None] = pause
    ) -> None:
        self._settings = settings
        self._http = VendorHttp(VENDOR, sleep=sleep)
        self._clock = clock
        self._token: tuple[str, float] | None = None

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, parameters: Mapping[str, str | int]) -> Record:
        """One answer; nothing found, which eBay says with 204 and no body, is an empty one."""
        is_finances = path.startswith("/sell/finances/")
        base = self._settings.finances_url if is_finances else self._settings.api_url
        # eBay wants the brackets of its filters percent-encoded, which clients leave alone.
        url = f"{base.rstrip('/')}{path}?{urlencode(parameters, quote_via=quote, safe='')}"

        def attempt() -> Record:
            try:
                return self._once(url, signed=is_finances)
            except UnauthorizedError:
                if self._token is None:
                    raise
                self._token = None  # it ran out, or was taken back: one new one is worth a try
                return self._once(url, signed=is_finances)

        return self._http.retrying(attempt)

    def pages(
        self, path: str, field: str, key: Callable[[Record], object], size: int, filters: str
    ) -> Iterator[list[Record]]:
        """All records of a list, in pages. A record may come twice, none is left out.

        The list is paged by position and moves while it is read: what leaves it moves later records onto pages that were already
        read. ``total`` tells: then it is read again.

        Raises
        ------
        RetryableError
            If the list never stood still.
        """
        for _ in range(_WHOLE_ATTEMPTS):
            seen: set[object] = set()
            position, most, is_steady = 0, 0, True
            while True:
                answer = self.get(path, {"filter": filters, "limit": size, "offset": position})
                rows: list[Record] = answer.get(field) or []
                total = int(answer.get("total") or 0)
                is_steady = is_steady and total >= most
                most = max(most, total)
                fresh = [row for row in rows if key(row) not in seen]
                seen.update(key(row) for row in fresh)
                if fresh:
                    yield fresh
                position += size
                if not rows or position >= total:
                    break
            if is_steady and len(seen) >= most:
                return
        raise RetryableError(
            f"{VENDOR}'s list {field} changed on every one of {_WHOLE_ATTEMPTS} readings.",
            "Run `fondaco run` again when the account is quieter; what was read is kept.",
        )

    @cached_property
    def _signer(self) -> Signer | None:
        """Made when first needed: a key that is none is told of then, after a credential that is refused."""
        key, jwe = self._settings.signing_key, self._settings.signing_jwe
        return Signer(key.get_secret_value(), jwe.get_secret_value(), self._clock) if key and jwe else None

    def _once(self, url: str, *, signed: bool) -> Record:
        headers = {
            "Authorization": f"Bearer {self._access_token()}",
            "Accept": "application/json",
            "X-EBAY-C-MARKETPLACE-ID": self._settings.marketplace,
        }
        if signed and self._signer is not None:
            headers |= self._signer.headers("GET", url)
        response = self._http.once("GET", url, headers=headers)
        if response.status_code == 204:
            return {}
        found = self._http.parse(response)
        if not isinstance(found, dict):
            raise RetryableError(
                f"{VENDOR} answered with something else than an object.", "Run `fondaco run` again later."
            )
        return found

    def _access_token(self) -> str:
        now = self._clock().timestamp()
        if self._token is None or self._token[1] <= now:
            answer = self._renew()
            self._token = (
                str(answer["access_token"]),
                now + float(answer.get("expires_in", 7200)) - _RENEW_BEFORE_SECONDS,
            )
        return self._token[0]

    def _renew(self) -> Record:
        url = f"{self._settings.api_url.rstrip('/')}/identity/v1/oauth2/token"
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._settings.refresh_token.get_secret_value(),
        }
        auth = httpx.BasicAuth(self._settings.client_id, self._settings.client_secret.get_secret_value())
        try:
            answer: Record = self._http.parse(self._http.once("POST", url, data=form, auth=auth))
        except ConfigError as error:  # 400 is eBay's word for a credential that it does not know
            if isinstance(error, AccessError):
                raise
            raise AccessError(
                f"{VENDOR} did not renew the access token.",
                "The refresh token may have run out, or been taken back by the seller: agree again, then run "
                "`fondaco connect ebay`.",
            ) from error
        return answer
