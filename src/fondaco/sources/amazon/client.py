"""The Selling Partner API: access tokens, the pace of each operation, and pages that follow each other by a token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from fondaco.clock import Clock, utc_now
from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.money import number_text
from fondaco.sources.amazon.pace import RATE_HEADER, Pace
from fondaco.sources.amazon.settings import AmazonSettings
from fondaco.sources.http import VendorFaultError, VendorHttp
from fondaco.sources.waiting import pause

VENDOR = "Amazon"
_EARLY = timedelta(minutes=2)
_TOKEN_SECONDS = 3600

Record = dict[str, Any]
Parameters = Mapping[str, str | list[str]]


class Tokens:
    """The access token, fetched once and again shortly before it ends."""

    def __init__(self, settings: AmazonSettings, http: VendorHttp, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token: str | None = None
        self._ends: datetime | None = None

    def current(self) -> str:
        """A token that holds for some minutes yet.

        Raises
        ------
        AccessError
            If Amazon does not know the app, its secret or the authorisation any more.
        """
        with self._lock:
            if self._token is None or self._ends is None or self._clock() >= self._ends - _EARLY:
                self._fetch()
            assert self._token is not None
            return self._token

    def forget(self, token: str) -> None:
        """Amazon refused ``token``: fetch another next time, unless someone else has done so."""
        with self._lock:
            if self._token == token:
                self._token = None

    def _fetch(self) -> None:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._settings.refresh_token.get_secret_value(),
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
        }
        try:
            answer = self._http.json("POST", self._settings.login_url, data=form)
            self._token = str(answer["access_token"])
        except (ConfigError, AccessError, KeyError, TypeError) as error:
            raise AccessError(
                "Amazon's log-in refuses the app or its authorisation.",
                "Its secret ends after 180 days: make a new one in the Developer Console, authorise the app anew if it was "
                "withdrawn, then connect again with `fondaco connect amazon`.",
            ) from error
        self._ends = self._clock() + timedelta(seconds=int(answer.get("expires_in", _TOKEN_SECONDS)))


class AmazonClient:
    """Reads one selling account in one region."""

    def __init__(
        self,
        settings: AmazonSettings,
        *,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self._address = settings.api_address
        self._http = VendorHttp(VENDOR, sleep=sleep)
        # A redirect would hand the token on.
        self._http.client.follow_redirects = False
        self._pace = Pace(sleep)
        self._tokens = Tokens(settings, self._http, clock)

    def close(self) -> None:
        self._http.close()

    def get(self, operation: str, path: str, parameters: Parameters) -> Record:
        """One answer. A token that is refused once is replaced: a role that is missing is refused in the same words.

        Raises
        ------
        AccessError
            If the app lacks the role that the operation needs.
        """
        token = self._tokens.current()
        try:
            return self._http.retrying(lambda: self._once(operation, path, parameters, token))
        except AccessError:
            self._tokens.forget(token)
        renewed = self._tokens.current()
        return self._http.retrying(lambda: self._once(operation, path, parameters, renewed))

    def pages(
        self,
        operation: str,
        path: str,
        parameters: Parameters,
        token_name: str,
        following: Callable[[Record], Any],
    ) -> Iterator[Record]:
        """All answers of a list, of which any but the last may be empty.

        Parameters
        ----------
        token_name
            The parameter that asks for the page of a token.
        following
            Finds the next page's token in an answer.

        Raises
        ------
        RetryableError
            If the same token comes twice.
        """
        seen: set[str] = set()
        asked = dict(parameters)
        while True:
            answer = self.get(operation, path, asked)
            yield answer
            token = following(answer)
            if not token:
                return
            if token in seen:
                raise RetryableError(
                    f"{VENDOR} named one page of {operation} twice.",
                    "Run `fondaco run` again later; what was read is kept.",
                )
            seen.add(token)
            asked[token_name] = token

    def _once(self, operation: str, path: str, parameters: Parameters, token: str) -> Record:
        self._pace.wait(operation)
        headers = {"x-amz-access-token": token}
        try:
            response = self._http.once(
                "GET", f"{self._address}{path}", params=_sent(parameters), headers=headers
            )
        except VendorFaultError as error:
            if error.status == httpx.codes.TOO_MANY_REQUESTS and error.retry_after_seconds is None:
                error.retry_after_seconds = self._pace.seconds_a_call(operation)
            raise
        self._pace.told(operation, response.headers.get(RATE_HEADER))
        # Amounts are numbers here: as text they stay what they are.
        answer = self._http.parse(response, parse_float=number_text)
        if not isinstance(answer, dict):
            raise RetryableError(
                f"{VENDOR} answered {operation} with something else than was asked for.",
                "Run `fondaco run` again later; if it stays, report it.",
            )
        return answer


def _sent(parameters: Parameters) -> dict[str, str]:
    """Lists go as the specification has them: one parameter, separated by commas."""
    return {name: ",".join(value) if isinstance(value, list) else value for name, value in parameters.items()}
