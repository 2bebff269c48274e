"""eBay's Sell APIs for any shop of the world, below ``/ebay/{shop}``, with log-in and message signatures."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.ebay.book import Book, Row
from fondaco.simulator.ebay.records import order_record, payout_record, transaction_record
from fondaco.simulator.faults import Faults
from fondaco.simulator.store import Store

CLIENT_ID = "Simulated-App-PRD-1"
CLIENT_SECRET = "PRD-simulated-cert"
REFRESH_TOKEN = "v^1.1#i^1#simulated"
LIMITED_TOKEN = "v^1.1#i^1#simulated-without-finances"
JWE = "simulated.jwe"
_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"simulated eBay").digest())
_SIGNED_COUNTRIES = frozenset({"DE", "GB"})
_DEMO = {"aurora": ("EBAY_DE", "0.19"), "brick": ("EBAY_GB", "0.20"), "cedar": ("EBAY_US", "0")}
_SPAN = re.compile(r"(\w+):\[([^\]]*?)\.\.([^\]]*)\](?:,transactionType:\{(\w+)\})?")
_TOKEN_SECONDS = 7200
_MOST_IDS = 50


@dataclass(slots=True)
class Behaviour:
    """What a test may ask of the endpoint, and what it has seen."""

    token_seconds: float = _TOKEN_SECONDS
    tokens: dict[str, tuple[bool, float]] = field(default_factory=dict)
    """Access token → whether it may read finances, and until when it holds."""
    forgotten: set[str] = field(default_factory=set)
    """Orders of more than two years ago, which eBay refuses by their ids."""
    requests: list[str] = field(default_factory=list)
    """Path and query as they came."""


class EbayEndpoint:
    """Answers for every shop of a world."""

    def __init__(self, store: Store, faults: Faults, behaviour: Behaviour) -> None:
        self._store = store
        self._faults = faults
        self._behaviour = behaviour
        self._books: dict[str, Book] = {}
        self._told: dict[tuple[str, str], tuple[Book, list[tuple[datetime, Row]]]] = {}

    async def login(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_client"}, 401)
        granted = form.get("refresh_token")
        if form.get("grant_type") != "refresh_token" or granted not in (REFRESH_TOKEN, LIMITED_TOKEN):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = f"v^1.1#{secrets.token_urlsafe(24)}"
        ends = time.monotonic() + self._behaviour.token_seconds
        self._behaviour.tokens[token] = (granted == REFRESH_TOKEN, ends)
        return JSONResponse(
            {"access_token": token, "expires_in": _TOKEN_SECONDS, "token_type": "User Access Token"}
        )

    def orders(self, book: Book) -> list[tuple[datetime, Row]]:
        """By when they were changed, the newest order first."""
        newest = sorted(book.orders, key=lambda one: (one.created_at, one.order_id), reverse=True)
        return [(book.modified_at(one), order_record(book, one)) for one in newest]

    def transactions(self, book: Book) -> list[tuple[datetime, Row]]:
        currency = book.shop["currency"]
        return [(one.at, transaction_record(one, currency)) for one in reversed(book.movements)]

    def payouts(self, book: Book) -> list[tuple[datetime, Row]]:
        return [(one.at, payout_record(one, book)) for one in book.payouts]

    def listing(
        self,
        field: str,
        by: Sequence[str],
        most: int,
        rows: Callable[[Book], list[tuple[datetime, Row]]],
        *,
        finances: bool = True,
    ) -> Callable[..., object]:
        """A route for a list that is filtered by an instant and paged by position."""

        async def route(request: Request) -> Response:
            raw = request.scope["query_string"].decode()
            self._behaviour.requests.append(f"{request.url.path}?{raw}")
            refused = self._refusal(request, raw, finances=finances)
            if refused is not None:
                return refused
            limit, offset = (
                int(request.query_params.get("limit", "20")),
                int(request.query_params.get("offset", "0")),
            )
            if not 1 <= limit <= most or offset < 0:
                return _error(400, 30700, "Invalid limit or offset.")
            book = await run_in_threadpool(self._book, request.path_params["shop"])
            span = _SPAN.fullmatch(request.query_params.get("filter", ""))
            if request.query_params.get("filter") and (span is None or span[1] not in by):
                return _error(400, 30850, "Invalid filter.")
            told = self._rows(field, book, rows)
            found = [row for at, row in told if span is None or _within(at, span[2], span[3])]
            if span is not None and span[4]:
                found = [row for row in found if row["transactionType"] == span[4]]
            if "orderIds" in request.query_params:  # whatever else is asked
                ids = request.query_params["orderIds"].split(",")
                if len(ids) > _MOST_IDS:
                    return _error(400, 30810, "Too many order ids.")
                if not self._behaviour.forgotten.isdisjoint(ids):
                    return _error(400, 30800, "Invalid filter value.")
                found = [row for _, row in told if row["orderId"] in ids]
            if not found and finances:
                return Response(status_code=204)
            if offset and self._faults.repeat_page(field):
                offset -= limit
            page = self._faults.spoil(found[offset : offset + limit], field)
            return JSONResponse(
                {field: page, "total": len(found), "limit": limit, "offset": offset, "href": str(request.url)}
            )

        return route  # fmt: skip

    def _refusal(self, request: Request, raw: str, *, finances: bool) -> Response | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        may, ends = self._behaviour.tokens.get(token, (False, 0.0))
        if kind != "Bearer" or ends <= time.monotonic():
            return _error(401, 1001, "Invalid access token.")
        if not self._store.rows("select 1 from shops where shop_id = ?", [request.path_params["shop"]]):
            return _error(404, 404, "There is no such account.")
        if "[" in raw or "]" in raw:
            return _error(400, 30850, "Brackets of a filter are percent-encoded.")
        if finances and not may:
            return _error(403, 1100, "Access denied: insufficient permissions.")
        if finances and not self._is_signed(request):
            return _error(400, 215002, "Signature validation failed.")
        return None

    def _is_signed(self, request: Request) -> bool:
        """Whether a message of a seller who has to sign is signed."""
        if self._store.shop(request.path_params["shop"])["country"] not in _SIGNED_COUNTRIES:
            return True
        given = request.headers.get("signature-input", "")
        covered = "\n".join(
            (
                f'"x-ebay-signature-key": {JWE}',
                f'"@method": {request.method}',
                f'"@path": {request.url.path}',
                f'"@authority": {request.headers["host"]}',
                f'"@signature-params": {given.removeprefix("sig1=")}',
            )
        )
        signature = request.headers.get("signature", "").removeprefix("sig1=:").removesuffix(":")
        if request.headers.get("x-ebay-signature-key") != JWE:
            return False
        try:
            _KEY.public_key().verify(base64.b64decode(signature), covered.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _rows(
        self, field: str, book: Book, rows: Callable[[Book], list[tuple[datetime, Row]]]
    ) -> list[tuple[datetime, Row]]:
        """The records of a list, made once while time stands still."""
        key = (book.shop["shop_id"], field)
        if key not in self._told or self._told[key][0] is not book:
            self._told[key] = (book, rows(book))
        return self._told[key][1]

    def _book(self, shop_id: str) -> Book:
        kept = self._books.get(shop_id)
        if kept is None or kept.now != self._store.now.replace(tzinfo=None):
            kept = self._books[shop_id] = Book(self._store, shop_id)
        return kept


def _within(at: datetime, first: str, last: str) -> bool:
    moment = at.replace(tzinfo=UTC)
    return (not first or datetime.fromisoformat(first) <= moment) and (
        not last or moment <= datetime.fromisoformat(last)
    )


def _error(status: int, code: int, message: str) -> Response:
    error = {"errorId": code, "domain": "API", "category": "REQUEST", "message": message}
    return JSONResponse({"errors": [error]}, status)


def create_app(store: Store, faults: Faults | None = None, behaviour: Behaviour | None = None) -> Starlette:
    """The endpoint as an ASGI application; faults of payload are those of ``Faults.spoil`` and ``repeat_page``."""
    one = EbayEndpoint(store, faults or Faults(), behaviour or Behaviour())
    shop = "/ebay/{shop}"
    orders = one.listing("orders", ("lastmodifieddate",), 200, one.orders, finances=False)
    transactions = one.listing("transactions", ("transactionDate",), 1000, one.transactions)
    return Starlette(
        routes=[
            Route(f"{shop}/identity/v1/oauth2/token", one.login, methods=["POST"]),
            Route(f"{shop}/sell/fulfillment/v1/order", orders),
            Route(f"{shop}/sell/finances/v1/transaction", transactions),
            Route(
                f"{shop}/sell/finances/v1/payout", one.listing("payouts", ("payoutDate",), 200, one.payouts)
            ),
        ]
    )


def demo_settings(base_url: str, shop_id: str) -> dict[str, Any]:
    """Settings with which the eBay source reads a simulated shop."""
    key = _KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    marketplace, vat_rate = _DEMO.get(shop_id, ("EBAY_DE", "0.19"))
    address = f"{base_url.rstrip('/')}/ebay/{shop_id}"
    return {
        "marketplace": marketplace,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
        "signing_key": base64.b64encode(key).decode(),
        "signing_jwe": JWE,
        "vat_rate": vat_rate,
        "api_url": address,
        "finances_url": address,
    }
