"""HTTP towards a vendor: patient with passing faults, plain about lasting ones.

Waiting times come from the vendor's answers (``Retry-After``) where there are any, else from exponential back-off with
jitter. Nothing of a request's body, query or credential reaches a log or an error; of an answer only the vendor's own
word for the fault does (``woocommerce_rest_cannot_view``, ``insufficient_scope``).
"""

from __future__ import annotations

import logging
import re
import ssl
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

from fondaco.errors import AccessError, ConfigError, FondacoError, RetryableError
from fondaco.sources.waiting import pause

TRANSIENT = frozenset({408, 425, 429, 430, 500, 502, 503, 504, 508, 509, 520, 521, 522, 523, 524})
_NO_CONNECTION = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
_CONNECTION_ATTEMPTS = 4
_LONGEST_WAIT_SECONDS = 120.0

T = TypeVar("T")

# httpx writes every address with its query at INFO: signatures and search terms do not belong into a log.
logging.getLogger("httpx").setLevel(logging.WARNING)

_WORD = re.compile(r"[A-Za-z][\w.-]{0,79}")


class VendorFaultError(RetryableError):
    """A passing fault of the far side. ``status`` is the HTTP status, None where no answer arrived whole."""

    def __init__(
        self, what: str, remedy: str, *, status: int | None, retry_after_seconds: float | None = None
    ) -> None:
        super().__init__(what, remedy, retry_after_seconds=retry_after_seconds)
        self.status = status


class UnreachableError(VendorFaultError):
    """No connection to the vendor came about, in all attempts: whatever is asked next would wait as long in vain."""


class UnauthorizedError(AccessError):
    """The vendor does not accept the credential (401); one that expires may be renewed."""


class NotFoundError(ConfigError):
    """The vendor has nothing at this address (404, 410): an old version, a wrong address, or a deleted record."""


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
        sleep: Callable[[float], None] = pause,
    ) -> None:
        self.vendor = vendor
        self.client = client or httpx.Client(
            timeout=httpx.Timeout(60.0, connect=20.0),
            follow_redirects=True,
            headers={"User-Agent": "fondaco"},
        )
        self._attempts = attempts
        self._sleep = sleep
        self._first_wait = wait_exponential_jitter(multiplier=0.5, max=60.0, jitter=0.5)

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send a request and read the whole answer; passing faults are retried, lasting ones raised."""
        return self.retrying(lambda: self.once(method, url, **options))

    def json(self, method: str, url: str, **options: Any) -> Any:
        """Like ``request``, and parse the answer; a body that is no JSON counts as a passing fault."""

        def attempt() -> Any:
            response = self.once(method, url, **options)
            return self.parse(response)

        return self.retrying(attempt)

    def parse(self, response: httpx.Response, **options: Any) -> Any:
        """The answer's JSON; ``options`` are those of ``json.loads``.

        A web page instead of JSON (a firewall, a maintenance notice) is worth another try.
        """
        try:
            return response.json(**options)
        except ValueError as error:
            kind = response.headers.get("content-type", "no content type")
            raise VendorFaultError(
                f"{self.vendor} answered {response.status_code} with {kind} where JSON was expected.",
                "Run `fondaco run` again later; if it stays, look for a firewall or maintenance page on the shop.",
                status=response.status_code,
            ) from error

    @contextmanager
    def stream(self, url: str) -> Iterator[Iterator[bytes]]:
        """Download ``url`` in pieces. A cut is raised as RetryableError; the caller starts the download anew."""
        try:
            with self.client.stream("GET", url) as response:
                self._judge(response)
                yield response.iter_bytes(1 << 20)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._unreachable(error) from error

    def retrying(self, attempt: Callable[[], T], *, attempts: int | None = None) -> T:
        """Call ``attempt`` until it succeeds; ``RetryableError`` is tried again, anything else leaves at once.

        ``attempts`` replaces the client's number where the caller has a second remedy, such as a smaller page.
        """
        enough = stop_after_attempt(attempts or self._attempts)
        policy = Retrying(
            retry=retry_if_exception_type(RetryableError),
            stop=lambda state: enough(state) or _gives_up(state),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        return policy(attempt)

    def close(self) -> None:
        self.client.close()

    def once(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send a request without a second attempt, for callers that retry with ``retrying``."""
        try:
            response = self.client.request(method, url, **options)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
            raise ConfigError(
                f"{self.vendor}'s address leads nowhere ({type(error).__name__}).",
                "Correct it with `fondaco connect`.",
            ) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._unreachable(error) from error
        self._judge(response)
        return response

    def _judge(self, response: httpx.Response) -> None:
        status = response.status_code
        if status < 400:
            return
        if status in TRANSIENT:
            raise VendorFaultError(
                f"{self.vendor} answered {status}.",
                "Run `fondaco run` again later; what was read is kept.",
                status=status,
                retry_after_seconds=_retry_after(response),
            )
        word = _fault_word(response)
        said = f"{status}, {word}" if word else f"{status}"
        if status in (401, 403):
            if _is_page(response):
                raise AccessError(
                    f"{self.vendor} answered {status} with a web page where JSON was expected.",
                    "A firewall or log-in page stands before the API: let Fondaco's address through, then run "
                    "`fondaco doctor`.",
                )
            kind = UnauthorizedError if status == 401 else AccessError
            raise kind(
                f"{self.vendor} refused the credential ({said}).",
                "Check the key and its permissions, then connect again with `fondaco connect`.",
            )
        fault = NotFoundError if status in (404, 410) else ConfigError
        raise fault(
            f"{self.vendor} answered {said} to a request for {response.request.url.path}.",
            "Check the shop's address and the API version with `fondaco doctor`.",
        )

    def _unreachable(self, error: httpx.TransportError | httpx.DecodingError) -> FondacoError:
        if isinstance(_origin(error), ssl.SSLCertVerificationError):
            return ConfigError(
                f"{self.vendor}'s certificate is not valid for its address.",
                "Correct the address with `fondaco connect`, or renew the shop's certificate.",
            )
        fault = UnreachableError if isinstance(error, _NO_CONNECTION) else VendorFaultError
        return fault(
            f"{self.vendor} could not be reached ({type(error).__name__}).",
            "Check the shop's address and the network, then run `fondaco run` again.",
            status=None,
        )

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_seconds if isinstance(error, RetryableError) else None
        return min(asked, _LONGEST_WAIT_SECONDS) if asked is not None else self._first_wait(state)


def _gives_up(state: RetryCallState) -> bool:
    """No connection at all is seldom a matter of seconds: the next run is the better second try."""
    error = state.outcome.exception() if state.outcome else None
    return isinstance(error, UnreachableError) and state.attempt_number >= _CONNECTION_ATTEMPTS


def _fault_word(response: httpx.Response) -> str | None:
    """The vendor's own word for a fault: ``code`` or ``error`` of the answer. Its sentences may quote a customer."""
    try:
        body = response.json()
    except (ValueError, httpx.ResponseNotRead):
        return None
    if not isinstance(body, dict):
        return None
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    for word in (body.get("code"), body.get("error"), first.get("code")):
        if isinstance(word, str) and _WORD.fullmatch(word):
            return word
    return None


def _is_page(response: httpx.Response) -> bool:
    return str(response.headers.get("content-type", "")).startswith("text/html")


def _origin(error: BaseException) -> BaseException:
    """The fault at the bottom: httpx wraps what httpcore wrapped."""
    below = error.__cause__ or error.__context__
    return error if below is None else _origin(below)


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
