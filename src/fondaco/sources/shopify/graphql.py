"""GraphQL towards Shopify: waits exactly as long as the cost throttle asks, and reads errors that come with HTTP 200."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fondaco.errors import AccessError, ConfigError, FatalError, FondacoError, RetryableError
from fondaco.sources.http import VendorHttp
from fondaco.sources.shopify.auth import TokenKeeper
from fondaco.sources.waiting import pause

_MAX_THROTTLES = 60
_INTERNAL_ATTEMPTS = 8
_BLIND_WAIT_SECONDS = 2.0  # when an answer says THROTTLED without figures


class CostExceededError(FondacoError):
    """One query asks for more than Shopify allows at once: ask for less, never for the same again."""


@dataclass(slots=True)
class _Bucket:
    """Shopify's leaky bucket as the last answer described it."""

    available: float
    capacity: float
    per_second: float
    seen_at: float

    def wait_for(self, points: float, now: float) -> float:
        """Seconds until ``points`` are there; a full bucket always lets one query through."""
        filled = min(self.capacity, self.available + (now - self.seen_at) * self.per_second)
        return max(0.0, (min(points, self.capacity) - filled) / self.per_second)


class GraphQLClient:
    """Sends documents to one shop.

    Parameters
    ----------
    sleep, monotonic
        Time, handed in so that tests own it.
    """

    def __init__(
        self,
        endpoint: str,
        http: VendorHttp,
        tokens: TokenKeeper,
        *,
        sleep: Callable[[float], None] = pause,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._endpoint = endpoint
        self._http = http
        self._tokens = tokens
        self._sleep = sleep
        self._monotonic = monotonic
        self._bucket: _Bucket | None = None
        self._costs: dict[str, float] = {}

    def run(self, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The ``data`` of a document.

        Raises
        ------
        CostExceededError
            If the document is over the limit of a single query.
        AccessError
            If a scope is missing; Shopify's words name it.
        RetryableError
            If throttling or internal errors do not end.
        """
        body = {"query": document, "variables": variables or {}}
        for _ in range(_MAX_THROTTLES):
            self._wait_for(self._costs.get(document))
            answer = self._send(body)
            cost = (answer.get("extensions") or {}).get("cost") or {}
            self._note(document, cost)
            if "THROTTLED" not in _codes(answer):
                return _data(answer)
            if document not in self._costs or self._bucket is None:
                self._sleep(_BLIND_WAIT_SECONDS)
        raise RetryableError(
            f"Shopify throttled the same query {_MAX_THROTTLES} times.",
            "Another app may be using up the shop's limit; run `fondaco run` again later.",
        )

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        """One answer; internal errors that Shopify reports with HTTP 200 are tried again, ever more slowly."""
        for attempt in range(_INTERNAL_ATTEMPTS):
            answer = self._post_renewing(body)
            if not isinstance(answer, dict):
                raise RetryableError("Shopify's answer is no JSON object.", "Run `fondaco run` again later.")
            if "INTERNAL_SERVER_ERROR" not in _codes(answer):
                return answer
            self._sleep(0.5 * 2**attempt)
        raise RetryableError(
            f"Shopify reported an internal error of its own {_INTERNAL_ATTEMPTS} times.",
            "Run `fondaco run` again later; what was read is kept.",
        )

    def _post_renewing(self, body: dict[str, Any]) -> Any:
        try:
            return self._post(body)
        except AccessError:
            if not self._tokens.renewable:
                raise
            self._tokens.forget()
            return self._post(body)

    def _post(self, body: dict[str, Any]) -> Any:
        headers = {"X-Shopify-Access-Token": self._tokens.token()}
        return self._http.json("POST", self._endpoint, json=body, headers=headers)

    def _wait_for(self, points: float | None) -> None:
        if points is not None and self._bucket is not None:
            seconds = self._bucket.wait_for(points, self._monotonic())
            if seconds > 0:
                self._sleep(seconds)

    def _note(self, document: str, cost: dict[str, Any]) -> None:
        status = cost.get("throttleStatus")
        if status:
            self._bucket = _Bucket(
                available=float(status["currentlyAvailable"]),
                capacity=float(status["maximumAvailable"]),
                per_second=max(float(status["restoreRate"]), 1e-3),
                seen_at=self._monotonic(),
            )
        if cost.get("requestedQueryCost") is not None:
            self._costs[document] = float(cost["requestedQueryCost"])


def _errors(answer: dict[str, Any]) -> list[dict[str, Any]]:
    errors = answer.get("errors") or []
    return errors if isinstance(errors, list) else [{"message": str(errors)}]


def _codes(answer: dict[str, Any]) -> set[str]:
    return {str((error.get("extensions") or {}).get("code", "")) for error in _errors(answer)}


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    """The data of an answer without errors; partial data is never taken for whole."""
    errors = _errors(answer)
    if not errors:
        data = answer.get("data")
        if not isinstance(data, dict):
            raise RetryableError("Shopify answered without data.", "Run `fondaco run` again later.")
        return data
    codes = _codes(answer)
    message = str(errors[0].get("message", "no message"))
    if "MAX_COST_EXCEEDED" in codes:
        raise CostExceededError(
            f"A query is too large for Shopify: {message}.", "Ask for fewer records at a time."
        )
    if "ACCESS_DENIED" in codes:
        required = (errors[0].get("extensions") or {}).get("requiredAccess") or message
        raise AccessError(
            f"Shopify denies access: {required}.",
            "Grant it in the app's settings, install the app again, then run `fondaco connect shopify`.",
        )
    if any("path" not in error for error in errors):
        raise FatalError(
            f"Shopify does not accept a query of this connector: {message}.",
            "Check api_version with `fondaco doctor`; if it is a supported one, report this.",
        )
    raise ConfigError(
        f"Shopify could not answer a query: {message}.", "Check the app's scopes with `fondaco doctor`."
    )
