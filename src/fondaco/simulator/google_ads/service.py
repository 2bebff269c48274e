"""The server: GoogleAdsService's Search and SearchStream over gRPC with TLS, on 127.0.0.1."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import grpc

from fondaco.simulator.faults import Faults
from fondaco.simulator.google_ads import rules
from fondaco.simulator.google_ads.access import Access
from fondaco.simulator.google_ads.answering import answer
from fondaco.simulator.google_ads.book import Directory
from fondaco.simulator.google_ads.certificate import Certificate
from fondaco.simulator.google_ads.gaql import parse
from fondaco.simulator.google_ads.messages import failure, field_mask, filled, message_type
from fondaco.simulator.google_ads.refusals import RefusalError

BATCH_ROWS = 10_000
_SERVICE = "GoogleAdsService"
QUOTA_FAULTS = (
    "RESOURCE_EXHAUSTED",
    "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION",
    "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION",
)
"""Faults of this vendor's own, by their code; ``storm`` is RESOURCE_TEMPORARILY_EXHAUSTED."""


class GoogleAdsServer:
    """A context manager: serves until it ends.

    Parameters
    ----------
    batch_rows
        Rows of one answer of a stream; Google sends up to 10,000.
    """

    def __init__(
        self,
        directory: Directory,
        access: Access,
        faults: Faults,
        *,
        port: int = 0,
        batch_rows: int = BATCH_ROWS,
    ) -> None:
        self._directory = directory
        self._access = access
        self._faults = faults
        self._batch_rows = batch_rows
        self.queries: list[str] = []
        """Every query that came, in its order."""
        self.certificate = Certificate.for_this_machine()
        self._server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.so_reuseport", 0)])
        self._server.add_generic_rpc_handlers((_Handlers(self),))
        credentials = grpc.ssl_server_credentials([(self.certificate.key, self.certificate.chain)])
        self._port = self._server.add_secure_port(f"127.0.0.1:{port}", credentials)

    @property
    def endpoint(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop(None).wait()

    def __enter__(self) -> GoogleAdsServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ---- methods of the service ----------------------------------------------------------------------------------------

    def search_stream(self, version: str, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Answers of ``batch_rows`` rows each."""
        rows, fields = self._rows(version, request, context)
        cut = self._faults.strikes("cut", _SERVICE)
        if cut:
            rows = rows[: max(len(rows) // 2, 1)]
        kind = message_type(version, "SearchGoogleAdsStreamResponse")
        for start in range(0, max(len(rows), 1), self._batch_rows):
            message = kind(results=filled(rows[start : start + self._batch_rows], version))
            field_mask(fields, message)
            yield message
        if cut:
            context.abort(grpc.StatusCode.UNAVAILABLE, "Stream removed")

    def search(self, version: str, request: Any, context: grpc.ServicerContext) -> Any:
        """One page; the token of the next is the number of its first row."""
        if request.page_size:
            self._refuse(
                version,
                RefusalError("request_error", "PAGE_SIZE_NOT_SUPPORTED", "pages are of 10,000"),
                context,
            )
        rows, fields = self._rows(version, request, context)
        start = int(request.page_token or 0)
        page = rows[start : start + self._batch_rows]
        message = message_type(version, "SearchGoogleAdsResponse")(results=filled(page, version))
        field_mask(fields, message)
        message.total_results_count = len(rows)
        if start + len(page) < len(rows):
            message.next_page_token = str(start + len(page))
        return message

    def _rows(
        self, version: str, request: Any, context: grpc.ServicerContext
    ) -> tuple[list[Any], tuple[str, ...]]:
        try:
            self._access.admit(dict(context.invocation_metadata()), request.customer_id, self._directory)
            self._fault(context)
            query = parse(request.query)
            rules.check(query, version)
            self.queries.append(request.query)
            return answer(query, int(request.customer_id), self._directory), query.fields
        except RefusalError as refusal:
            self._refuse(version, refusal, context)

    def _fault(self, context: grpc.ServicerContext) -> None:
        if storm := self._faults.strike("storm", _SERVICE):
            raise RefusalError(
                "quota_error", "RESOURCE_TEMPORARILY_EXHAUSTED", "too many requests", seconds=storm.seconds
            )
        for code in QUOTA_FAULTS:
            if quota := self._faults.strike(code, _SERVICE):
                raise RefusalError("quota_error", code, "too many requests", seconds=quota.seconds)
        if self._faults.strikes("server_error", _SERVICE):
            raise RefusalError("internal_error", "TRANSIENT_ERROR", "try again")

    def _refuse(self, version: str, refusal: RefusalError, context: grpc.ServicerContext) -> NoReturn:
        request_id = secrets.token_urlsafe(16)
        key = f"google.ads.googleads.{version}.errors.googleadsfailure-bin"
        context.set_trailing_metadata(
            ((key, failure(refusal, version, request_id)), ("request-id", request_id))
        )
        context.abort(grpc.StatusCode[refusal.status], refusal.message)
        raise AssertionError("abort raises")


class _Handlers(grpc.GenericRpcHandler):  # type: ignore[misc]
    """The methods of all versions that the installed client knows; any other is UNIMPLEMENTED."""

    def __init__(self, server: GoogleAdsServer) -> None:
        self._server = server

    def service(self, details: Any) -> Any:
        *_, place, method = details.method.split("/")
        parts = place.split(".")
        if len(parts) != 6 or parts[5] != _SERVICE or method not in ("Search", "SearchStream"):
            return None
        version = parts[3]
        try:
            kind = message_type(version, f"{method.replace('Search', 'SearchGoogleAds')}Request")
        except ModuleNotFoundError:
            return None
        if method == "SearchStream":
            return grpc.unary_stream_rpc_method_handler(
                lambda request, context: self._server.search_stream(version, request, context),
                request_deserializer=kind.FromString,
                response_serializer=lambda message: message.SerializeToString(),
            )
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self._server.search(version, request, context),
            request_deserializer=kind.FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )
