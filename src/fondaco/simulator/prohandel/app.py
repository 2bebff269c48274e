"""The ProHandel endpoint of the simulator: log-in and lists, below ``/prohandel/{shop}``."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.faults import Faults
from fondaco.simulator.prohandel.book import RESOURCES, Book
from fondaco.simulator.store import Row, Store

API_KEY = "simulated-prohandel-key"
SECRET = "simulated-prohandel-secret"
_LARGEST_PAGE = 1000
_TOKEN_SECONDS = 1800


@dataclass(slots=True)
class Behaviour:
    """How the endpoint behaves; tests turn the screws."""

    token_seconds: float = _TOKEN_SECONDS
    tokens: dict[str, float] = field(default_factory=dict)
    """Until when each token holds."""
    gone: set[str] = field(default_factory=set)
    """Lists that this system does not have."""
    refused: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)
    """Fields that this system calls otherwise."""
    worded: dict[str, Any] = field(default_factory=dict)
    """Fields that have this value in all records."""
    tells: tuple[str, ...] = ("x-page", "x-pagesize", "x-more-pages-available")
    """What answers say of the pages, in headers."""
    largest_page: int = _LARGEST_PAGE
    server: str = ""
    """Another server than this one in the answer to the key."""
    requests: list[str] = field(default_factory=list)


class ProHandelEndpoint:
    """The ERP of every shop of a world."""

    def __init__(self, store: Store, faults: Faults, behaviour: Behaviour) -> None:
        self._store, self._faults, self._behaviour = store, faults, behaviour

    async def login(self, request: Request) -> Response:
        """A key becomes a token."""
        content = await request.json()
        if (content.get("apiKey"), content.get("secret")) != (API_KEY, SECRET):
            return _error(401, "invalid_credentials")
        token = secrets.token_urlsafe(24)
        self._behaviour.tokens[token] = time.monotonic() + self._behaviour.token_seconds
        here = f"{request.base_url}prohandel/{request.path_params['shop']}"
        return JSONResponse(
            {
                "token": {
                    "token": {"name": "Bearer", "value": token, "expiresIn": int(self._behaviour.token_seconds)},
                    "refreshToken": {"value": secrets.token_urlsafe(24), "expiresIn": 86_400},
                },
                "serverUrl": self._behaviour.server or here,
                "requiredActions": [],
            }
        )  # fmt: skip

    async def answer(self, request: Request) -> Response:
        """One page of a list."""
        resource, behaviour = request.path_params["resource"], self._behaviour
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if behaviour.tokens.get(token, 0.0) <= time.monotonic():
            return _error(401, "token_expired")
        if resource not in RESOURCES or resource in behaviour.gone:
            return _error(404, "not_found")
        if resource in behaviour.refused:
            return _error(403, "forbidden")
        behaviour.requests.append(f"{request.url.path}?{request.url.query}")
        return await run_in_threadpool(self._page, request, resource)

    def _page(self, request: Request, resource: str) -> Response:
        asked = request.query_params
        number, size = (
            int(asked.get("page", 1)),
            min(int(asked.get("pagesize", 100)), self._behaviour.largest_page),
        )
        if number > 1 and self._faults.repeat_page(resource):
            number -= 1
        since = date.fromisoformat(asked["fromDate"]) if "fromDate" in asked else None
        book = Book(self._store, self._store.shop(request.path_params["shop"]))
        rows = book.page(resource, (number - 1) * size, size + 1, since)
        content = self._faults.spoil([self._worded(row) for row in rows[:size]], resource)
        told = {
            "x-page": str(number),
            "x-pagesize": str(size),
            "x-more-pages-available": str(len(rows) > size),
        }
        return JSONResponse(content, headers={name: told[name] for name in self._behaviour.tells})

    def _worded(self, row: Row) -> Row:
        behaviour = self._behaviour
        row = {name: behaviour.worded.get(name, value) for name, value in row.items()}
        return {behaviour.renamed.get(name, name): value for name, value in row.items()}


def _error(status: int, code: str) -> Response:
    return JSONResponse({"error": code, "message": "…", "correlationId": "0"}, status)


def create_app(store: Store, faults: Faults | None = None, behaviour: Behaviour | None = None) -> Starlette:
    """The endpoint as an ASGI application."""
    endpoint = ProHandelEndpoint(store, faults or Faults(), behaviour or Behaviour())
    return Starlette(
        routes=[
            Route("/prohandel/{shop}/api/v4/token", endpoint.login, methods=["POST"]),
            Route("/prohandel/{shop}/api/v2/{resource}", endpoint.answer),
        ]
    )


def demo_settings(base_url: str, shop_id: str) -> dict[str, object]:
    """Settings with which the ProHandel source reads the simulated ERP of a shop."""
    return {
        "api_key": API_KEY,
        "secret": SECRET,
        "address": f"{base_url.rstrip('/')}/prohandel/{shop_id}/api/v4/token",
    }
