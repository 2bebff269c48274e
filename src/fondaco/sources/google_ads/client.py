"""Google's official client, patient with passing faults, and silent.

The client library is an extra of Fondaco (`fondaco[google-ads]`): it is imported when a connection is used, not before.
Its interceptor that logs requests and answers is left out of the channel, and google-auth's own log is turned down.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from fondaco.errors import ConfigError, RetryableError
from fondaco.sources.google_ads.faults import refused_token, told, waits_too_long
from fondaco.sources.google_ads.fields import Field
from fondaco.sources.google_ads.records import reader_of
from fondaco.sources.google_ads.settings import GoogleAdsSettings
from fondaco.sources.http import UnreachableError
from fondaco.sources.stream import Page
from fondaco.sources.waiting import pause

_ENDPOINT = "googleads.googleapis.com"
_TOKENS = "https://oauth2.googleapis.com/token"
_SCOPES = ("https://www.googleapis.com/auth/adwords",)
_CHANNEL_OPTIONS = (
    ("grpc.max_metadata_size", 16 << 20),  # a failure's details travel in the metadata
    ("grpc.max_receive_message_length", 64 << 20),
)
_ATTEMPTS = 8
_ATTEMPTS_TO_CONNECT = 4
_LONGEST_WAIT_SECONDS = 120.0
_LONGEST_ANSWER_SECONDS = 1800.0
_KEPT_IN_MEMORY = 32 << 20

T = TypeVar("T")

INSTALL = "Install it with `pip install 'fondaco[google-ads]'`, then try again."


class GoogleAdsClient:
    """Queries to one account. Opens its channel with the first one."""

    def __init__(self, settings: GoogleAdsSettings, *, sleep: Callable[[float], None] = pause) -> None:
        self._settings = settings
        self._sleep = sleep
        self._kinds: Any = None
        self._credentials: Any = None
        self._channel: Any = None
        self._service: Any = None
        self._first_wait = wait_exponential_jitter(multiplier=0.5, max=60.0, jitter=0.5)

    def rows(self, query: str, fields: Sequence[Field]) -> list[dict[str, Any]]:
        """The records of a query that has few, such as an account's own."""
        return self.retrying(lambda: [one for batch in self._batches(query, fields) for one in batch])

    def pages(self, query: str, fields: Sequence[Field]) -> Iterator[Page]:
        """The records of a query, a page for each batch of the stream.

        They are handed on when the last one has arrived: a query that was cut is asked again, and of days that are
        restated in between nothing of the first answer may stay.
        """
        with tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY) as file:
            for length, records in self.retrying(lambda: self._keep(query, fields, file)):
                yield Page(file.read(length), records)

    def _keep(
        self, query: str, fields: Sequence[Field], file: tempfile.SpooledTemporaryFile[bytes]
    ) -> list[tuple[int, int]]:
        """Write the answer to ``file`` and go back to its start; length and number of records of each page."""
        file.seek(0)
        file.truncate()
        sizes = []
        for batch in self._batches(query, fields):
            page = Page.of(batch)
            file.write(page.lines)
            sizes.append((len(page.lines), page.records))
        file.seek(0)
        return sizes

    def _batches(self, query: str, fields: Sequence[Field]) -> Iterator[list[dict[str, Any]]]:
        """One attempt at a query, batch by batch as the server streams them."""
        service = self._open()
        from google.api_core.exceptions import GoogleAPIError

        self._authorise()
        read = None
        try:
            stream = service.search_stream(
                customer_id=self._settings.customer_id,
                query=query,
                retry=None,  # ours waits as long as the answer asks for
                timeout=_LONGEST_ANSWER_SECONDS,
            )
            for answer in stream:
                if read is None and answer.results:
                    read = self._reader(fields, answer.results[0])
                yield [read(row) for row in answer.results] if read else []
        except (self._kinds.GoogleAdsException, GoogleAPIError) as error:
            raise told(error, self._settings.api_version) from None

    def _reader(self, fields: Sequence[Field], row: Any) -> Callable[[Any], dict[str, Any]]:
        try:
            return reader_of(fields, row)
        except KeyError as error:
            raise ConfigError(
                f"Version {self._settings.api_version} of Google Ads' API has no field {error.args[0]}.",
                "Set api_version to one that Fondaco is written for, or leave it out, with `fondaco connect google_ads`.",
            ) from error

    def retrying(self, attempt: Callable[[], T]) -> T:
        """Call ``attempt`` until it succeeds; passing faults are waited out, as long as Google asks for."""
        enough = stop_after_attempt(_ATTEMPTS)
        policy = Retrying(
            retry=retry_if_exception(
                lambda e: isinstance(e, RetryableError) and not waits_too_long(e, _LONGEST_WAIT_SECONDS)
            ),
            stop=lambda state: enough(state) or _gives_up(state),
            wait=self._wait,
            sleep=self._sleep,
            reraise=True,
        )
        return policy(attempt)

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = self._service = None

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_seconds if isinstance(error, RetryableError) else None
        return self._first_wait(state) if asked is None else asked

    def _open(self) -> Any:
        if self._service is None:
            self._kinds = _library()
            self._credentials = self._credentials or self._credential()
            self._service = self._connected()
        return self._service

    def _connected(self) -> Any:
        """As the official ``GoogleAdsClient.get_service`` does it, but for the interceptor that logs."""
        import grpc
        from google.ads.googleads.interceptors import ExceptionInterceptor, MetadataInterceptor

        settings, version = self._settings, self._settings.api_version
        try:
            module = import_module(f"google.ads.googleads.{version}.services.services.google_ads_service")
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"The installed package google-ads does not know version {version} of the API.",
                "Set a newer api_version with `fondaco connect google_ads`, or update the package with "
                "`pip install --upgrade google-ads`.",
            ) from error
        transport = module.GoogleAdsServiceClient.get_transport_class("grpc")
        own_roots = settings.root_certificate
        certificate = (
            {"ssl_credentials": grpc.ssl_channel_credentials(own_roots.encode())} if own_roots else {}
        )
        direct = (("grpc.enable_http_proxy", 0),) if settings.endpoint else ()
        self._channel = transport.create_channel(
            host=settings.endpoint or _ENDPOINT,
            credentials=self._credentials,
            options=(*_CHANNEL_OPTIONS, *direct),
            **certificate,
        )
        developer = settings.developer_token.get_secret_value() if settings.developer_token else None
        intercepted = grpc.intercept_channel(
            self._channel,
            MetadataInterceptor(developer, settings.login_customer_id),
            ExceptionInterceptor(version),
        )
        return module.GoogleAdsServiceClient(transport=transport(channel=intercepted))

    def _credential(self) -> Any:
        from google.oauth2.credentials import Credentials
        from google.oauth2.service_account import Credentials as ServiceAccount

        settings = self._settings
        if settings.service_account is not None:
            key = json.loads(settings.service_account.get_secret_value())
            if settings.token_url:
                key["token_uri"] = settings.token_url
            try:
                return ServiceAccount.from_service_account_info(
                    key, scopes=_SCOPES, subject=settings.impersonated_email
                )
            except ValueError as error:
                raise ConfigError(
                    "The private key of the service account cannot be read.",
                    "Make a new key (JSON) in the Google Cloud console and enter it with `fondaco connect google_ads`.",
                ) from error
        secret, token = settings.client_secret, settings.refresh_token
        return Credentials(
            None,
            client_id=settings.client_id,
            client_secret=secret.get_secret_value() if secret else None,
            refresh_token=token.get_secret_value() if token else None,
            token_uri=settings.token_url or _TOKENS,
            scopes=_SCOPES,
        )

    def _authorise(self) -> None:
        """Take a token before the call: within one, a refusal would look like a cut line."""
        from google.auth.exceptions import RefreshError, TransportError
        from google.auth.transport.requests import Request
        from requests import Session

        if self._credentials.valid:
            return
        try:
            with Session() as session:
                session.trust_env = self._settings.token_url is None
                self._credentials.refresh(Request(session))
        except RefreshError as error:
            by_key = self._settings.service_account is not None
            raise refused_token(error, of_service_account=by_key) from None
        except TransportError:
            raise UnreachableError(
                "Google's log-in could not be reached.",
                "Check the network, then run `fondaco run` again.",
                status=None,
            ) from None


def _library() -> Any:
    """The official client's errors; the first import of the library is here."""
    os.environ.setdefault(
        "GRPC_VERBOSITY", "NONE"
    )  # else gRPC writes failed connections to standard error itself
    try:
        kinds = import_module("google.ads.googleads.errors")
    except ModuleNotFoundError as error:
        raise ConfigError(
            "Google Ads is read through its official client, the package google-ads, which is not installed.",
            INSTALL,
        ) from error
    logging.getLogger("google").setLevel(logging.ERROR)
    return kinds


def _gives_up(state: RetryCallState) -> bool:
    """No connection at all is seldom a matter of seconds: the next run is the better second try."""
    error = state.outcome.exception() if state.outcome else None
    return isinstance(error, UnreachableError) and state.attempt_number >= _ATTEMPTS_TO_CONNECT
