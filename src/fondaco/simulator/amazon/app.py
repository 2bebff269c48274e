"""The Selling Partner API for any shop of the world, below ``/amazon/{shop}``, and Amazon's log-in at ``/amazon/auth/o2/token``."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.amazon.answers import Answers, Row, instant
from fondaco.simulator.amazon.books import Books
from fondaco.simulator.faults import Faults
from fondaco.simulator.store import Store

CLIENT_ID = "amzn1.application-oa2-client.simulated"
CLIENT_SECRET = "amzn1.oa2-cs.v1.simulated"
REFRESH_TOKEN = "Atzr|simulated"
LIMITED_TOKEN = "Atzr|simulated-without-finances"
_YOUNGEST = timedelta(minutes=2)
_LONGEST = timedelta(days=180)


@dataclass(slots=True)
class Behaviour:
    """What a test may ask of the endpoint, and what it has seen."""

    rate: str = "50"
    """Calls a second that each answer grants."""
    transactions_a_page: int = 100
    tokens: dict[str, bool] = field(default_factory=dict)
    """Access token → whether it may read finances."""
    requests: list[str] = field(default_factory=list)


class AmazonEndpoint:
    """Answers for every shop of a world."""

    def __init__(self, store: Store, faults: Faults, behaviour: Behaviour) -> None:
        self._store = store
        self._faults = faults
        self._behaviour = behaviour

    async def login(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        client = (form.get("client_id"), form.get("client_secret"))
        if client != (CLIENT_ID, CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        granted = form.get("refresh_token")
        if form.get("grant_type") != "refresh_token" or granted not in (REFRESH_TOKEN, LIMITED_TOKEN):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = f"Atza|{secrets.token_urlsafe(24)}"
        self._behaviour.tokens[token] = granted == REFRESH_TOKEN
        return JSONResponse(
            {"access_token": token, "token_type": "bearer", "expires_in": 3600, "refresh_token": granted}
        )

    def answering(
        self, answer: Callable[[Request, Answers], Row | str], *, finances: bool = False
    ) -> Callable[..., object]:
        """A route that lets in who may read it; a text is what is wrong with the request."""

        async def route(request: Request) -> Response:
            self._behaviour.requests.append(f"{request.url.path}?{request.url.query}")
            may = self._behaviour.tokens.get(request.headers.get("x-amz-access-token", ""))
            if may is None or (finances and not may):
                return _error(403, "Unauthorized", "Access to requested resource is denied.")
            if not self._store.rows("select 1 from shops where shop_id = ?", [request.path_params["shop"]]):
                return _error(404, "NotFound", "There is no such account.")
            found = await run_in_threadpool(lambda: answer(request, self._answers(request)))
            if isinstance(found, str):
                return _error(400, "InvalidInput", found)
            return JSONResponse(found, headers={"x-amzn-RateLimit-Limit": self._behaviour.rate})

        return route

    def _answers(self, request: Request) -> Answers:
        return Answers(Books(self._store, request.path_params["shop"]))

    def participations(self, request: Request, answers: Answers) -> Row | str:
        return {"payload": answers.participations()}

    def orders(self, request: Request, answers: Answers) -> Row | str:
        query = request.query_params
        youngest = datetime.now(UTC).replace(tzinfo=None) - _YOUNGEST
        until = _instant(query.get("lastUpdatedBefore")) or min(answers.books.now - _YOUNGEST, youngest)
        since = _instant(query.get("lastUpdatedAfter"))
        if since is None:
            return "Exactly one of createdAfter and lastUpdatedAfter must be provided."
        if until > youngest:
            return "lastUpdatedBefore must be at least two minutes before the time of the request."
        size = int(query.get("maxResultsPerPage", "100"))
        if not 1 <= size <= 100:
            return "maxResultsPerPage must be between 1 and 100."
        places = query.get("marketplaceIds", answers.marketplace).split(",")
        found = sorted(
            (
                order
                for order in answers.books.orders.values()
                if since <= order.updated_at <= until and answers.marketplace in places
            ),
            key=lambda order: (order.updated_at, order.order_id),
        )
        start = self._start(query.get("paginationToken"), "orders", size)
        wanted = set(query.get("includedData", "").split(","))
        page = [answers.order(order, wanted) for order in found[start : start + size]]
        answer: Row = {"orders": self._faults.spoil(page, "orders"), "lastUpdatedBefore": instant(until)}
        if start + size < len(found):
            answer["pagination"] = {"nextToken": _token(start + size)}
        return answer

    def transactions(self, request: Request, answers: Answers) -> Row | str:
        """Every second answer of more than one page is empty, as Amazon's may be."""
        query = request.query_params
        since, now = _instant(query.get("postedAfter")), datetime.now(UTC).replace(tzinfo=None)
        until = _instant(query.get("postedBefore")) or now - _YOUNGEST
        if since is None or until > now - _YOUNGEST:
            return "postedAfter is required, and postedBefore must be two minutes ago."
        found = [
            each
            for each in answers.transactions()
            if since <= _known(each["postedDate"]) < until and until - since <= _LONGEST
        ]
        size = self._behaviour.transactions_a_page
        start = self._start(query.get("nextToken"), "transactions", size)
        if start % size == 0 and start > 0 and "e" not in _plain(query["nextToken"]):
            return {"payload": {"transactions": [], "nextToken": _token(f"{start}e")}}
        payload: Row = {"transactions": self._faults.spoil(found[start : start + size], "transactions")}
        if start + size < len(found):
            payload["nextToken"] = _token(start + size)
        return {"payload": payload}

    def stock(self, request: Request, answers: Answers) -> Row | str:
        query = request.query_params
        if query.get("granularityType") != "Marketplace" or "marketplaceIds" not in query:
            return "granularityType, granularityId and marketplaceIds are required."
        found, start = answers.stock(self._store), self._start(query.get("nextToken"), "inventory", 50)
        answer: Row = {
            "payload": {
                "granularity": {
                    "granularityType": "Marketplace",
                    "granularityId": query.get("granularityId"),
                },
                "inventorySummaries": found[start : start + 50],
            }
        }
        if start + 50 < len(found):
            answer["pagination"] = {"nextToken": _token(start + 50)}
        return answer

    def _start(self, token: str | None, kind: str, size: int) -> int:
        if token is None:
            return 0
        start = int(_plain(token).rstrip("e"))
        return start - size if self._faults.repeat_page(kind) else start


def create_app(store: Store, faults: Faults | None = None, behaviour: Behaviour | None = None) -> Starlette:
    """The endpoint as an ASGI application."""
    endpoint = AmazonEndpoint(store, faults or Faults(), behaviour or Behaviour())
    answering = endpoint.answering
    below = "/amazon/{shop}"
    return Starlette(
        routes=[
            Route("/amazon/auth/o2/token", endpoint.login, methods=["POST"]),
            Route(f"{below}/sellers/v1/marketplaceParticipations", answering(endpoint.participations)),
            Route(f"{below}/orders/2026-01-01/orders", answering(endpoint.orders)),
            Route(
                f"{below}/finances/2024-06-19/transactions", answering(endpoint.transactions, finances=True)
            ),
            Route(f"{below}/fba/inventory/v1/summaries", answering(endpoint.stock)),
        ]
    )


def demo_settings(base_url: str, shop_id: str) -> dict[str, object]:
    """Settings with which the Amazon source reads a simulated shop."""
    root = base_url.rstrip("/")
    return {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
        "api_url": f"{root}/amazon/{shop_id}",
        "login_url": f"{root}/amazon/auth/o2/token",
    }


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"errors": [{"code": code, "message": message}]}, status)


def _instant(text: str | None) -> datetime | None:
    return _known(text) if text else None


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _token(start: int | str) -> str:
    return base64.urlsafe_b64encode(f"page-{start}".encode()).decode()


def _plain(token: str) -> str:
    return base64.urlsafe_b64decode(token).decode().removeprefix("page-")
