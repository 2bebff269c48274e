"""HTTP towards a vendor: patient with passing faults, plain about lasting ones.

Waiting times come from the vendor's answers (``Retry-After``) where there are any, else from exponential back-off with
jitter. Nothing of a request's body, query or credential reaches a log or an error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from fondaco.errors import AccessError, ConfigError, RetryableError

TRANSIENT = frozenset({408, 425, 429, 430, 500, 502, 503, 504, 508, 509, 520, 521, 522, 523, 524})
_LONGEST_WAIT_SECONDS = 120.0

T = TypeVar("T")


class VendorHttp:
    """An HTTP client for one vendor, with retries.

    Parameters
    ----------
    vendor
        How errors name the far side, e.g. ``"Shopify"``.
    attempts
        How often a request is tried in all before ``RetryableError`` leaves this class.
    sleep
        Takes seconds; tests hand in one that does not wait.
    """

    def __init__(
        self,
        vendor: str,
        *,
        client: httpx.Client | None = None,
        attempts: int = 8,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.vendor = vendor
        self.client = client or httpx.Client(
            timeout=httpx.Timeout(60.0, connect=20.0),
            follow_redirects=True,
            headers={"User-Agent": "fondaco"},
        )
        self._attempts = attempts
        self._sleep = sleep
        self._first_wait = wait_exponential_jitter(initial=0.5, max=60.0, jitter=0.5)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send a request and read the whole answer; passing faults are retried, lasting ones raised."""
        return self.retrying(lambda: self._once(method, url, **options))

    def json(self, method: str, url: str, **options: Any) -> Any:
        """Like ``request``, and parse the answer; a body that is no JSON counts as a passing fault."""

        def attempt() -> Any:
            response = self._once(method, url, **options)
            return self.parse(response)

        return self.retrying(attempt)

    def parse(self, response: httpx.Response) -> Any:
        """The answer's JSON. A web page instead of JSON (a firewall, a maintenance notice) is worth another try."""
        try:
            return response.json()
        except ValueError as error:
            kind = response.headers.get("content-type", "no content type")
            raise RetryableError(
                f"{self.vendor} answered {response.status_code} with {kind} where JSON was expected.",
                "Run `fondaco run` again later; if it stays, look for a firewall or maintenance page on the shop.",
            ) from error

    @contextmanager
    def stream(self, url: str) -> Iterator[Iterator[bytes]]:
        """Download ``url`` in pieces. A cut is raised as RetryableError; the caller starts the download anew."""
        try:
            with self.client.stream("GET", url) as response:
                self._judge(response)
                yield response.iter_bytes(1 << 20)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    def retrying(self, attempt: Callable[[], T]) -> T:
        """Call ``attempt`` until it succeeds; ``RetryableError`` is tried again, anything else leaves at once."""
        policy = Retrying(
            retry=retry_if_exception_type(RetryableError),
            stop=stop_after_attempt(self._attempts),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        return policy(attempt)

    def close(self) -> None:
        self.client.close()

    def _once(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            response = self.client.request(method, url, **options)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        except httpx.InvalidURL as error:
            raise ConfigError(
                f"{self.vendor}'s address is not a URL.", "Correct it with `fondaco connect`."
            ) from error
        self._judge(response)
        return response

    def _judge(self, response: httpx.Response) -> None:
        status = response.status_code
        if status < 400:
            return
        if status in TRANSIENT:
            raise RetryableError(
                f"{self.vendor} answered {status}.",
                "Run `fondaco run` again later; what was read is kept.",
                retry_after_seconds=_retry_after(response),
            )
        if status in (401, 403):
            raise AccessError(
                f"{self.vendor} refused the credential ({status}).",
                "Check the key and its permissions, then connect again with `fondaco connect`.",
            )
        raise ConfigError(
            f"{self.vendor} answered {status} to a request for {response.request.url.path}.",
            "Check the shop's address and the API version with `fondaco doctor`.",
        )

    def _unreachable(self, error: httpx.TransportError) -> RetryableError:
        return RetryableError(
            f"{self.vendor} could not be reached ({type(error).__name__}).",
            "Check the shop's address and the network, then run `fondaco run` again.",
        )

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_seconds if isinstance(error, RetryableError) else None
        return min(asked, _LONGEST_WAIT_SECONDS) if asked is not None else self._first_wait(state)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds to wait by the Retry-After header: a number, or an HTTP date."""
    text: str | None = response.headers.get("retry-after")
    if text is None:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
