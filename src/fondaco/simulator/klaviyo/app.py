"""Klaviyo's API of the simulator, below ``/klaviyo/api``.

Faults of this vendor, asked for by name: ``day_limit`` (429 that asks to wait for hours).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.faults import Faults
from fondaco.simulator.klaviyo import reports, things
from fondaco.simulator.klaviyo.access import API_KEY, LIMITED_KEY, RefusalError, admit
from fondaco.simulator.klaviyo.things import Row, WorldStore
from fondaco.simulator.klaviyo.webhooks import TOPICS, Hooks

_MOST = {
    "campaigns": 100,
    "flows": 50,
    "lists": 10,
    "segments": 10,
    "profiles": 100,
    "events": 1000,
    "metrics": 200,
}
_USUAL = _MOST | {"profiles": 20, "events": 200}
_REPORTS = {f"{kind}s": kind for kind in ("campaign-values-report", "flow-series-report")}
_PLAIN: dict[str, Callable[[WorldStore], list[Row]]] = {
    "flows": things.flows, "lists": things.lists, "segments": things.segments, "metrics": things.metrics,
}  # fmt: skip
_MEDIA_TYPE = "application/vnd.api+json"


@dataclass(slots=True)
class Behaviour:
    """What the endpoint has seen; tests look."""

    requests: list[str] = field(default_factory=list)
    """Method and path of each request that was let in."""
    addresses: list[str] = field(default_factory=list)
    """Whole addresses of all requests, as a server's log would have them."""
    hooks: Hooks = field(default_factory=Hooks)


class KlaviyoEndpoint:
    """The account of one world."""

    def __init__(self, store: WorldStore, faults: Faults, behaviour: Behaviour) -> None:
        self._store = store
        self._faults = faults
        self._behaviour = behaviour

    async def answer(self, request: Request) -> Response:
        """Everything below ``api``."""
        self._behaviour.addresses.append(str(request.url))
        body = await request.json() if request.method in ("POST", "PATCH") else {}
        try:
            found = await run_in_threadpool(self._admitted, request, body)
        except RefusalError as refusal:
            error = {
                "id": "0",
                "status": refusal.status,
                "code": refusal.code,
                "title": refusal.code,
                "detail": refusal.detail,
            }
            return JSONResponse(
                {"errors": [error]}, refusal.status, headers=refusal.headers, media_type=_MEDIA_TYPE
            )
        return JSONResponse(found, media_type=_MEDIA_TYPE)  # fmt: skip

    def _admitted(self, request: Request, body: Row) -> Row:
        resource = request.path_params["resource"]
        admit(request, resource)
        self._behaviour.requests.append(f"{request.method} {resource}")
        if self._faults.strikes("day_limit", resource):
            raise RefusalError(429, "throttled", "Request was throttled.", {"retry-after": "7200"})
        given = dict(request.query_params)
        key = request.path_params.get("key", "")
        if resource == "webhook-topics":
            topics = [{"type": "webhook-topic", "id": topic, "links": {}} for topic in TOPICS]
            return {"data": topics, "links": {"next": None}}
        if resource == "webhooks":
            return self._behaviour.hooks.answer(request.method, key, body)
        if key:
            return self._one(resource, key)
        if resource in _REPORTS and request.method == "POST":
            return {"data": reports.answer(self._store, _REPORTS[resource], body["data"]["attributes"])}
        if resource == "accounts":
            return {"data": things.accounts(self._store), "links": {"self": str(request.url)}}
        if resource not in _MOST or request.method != "GET":
            raise RefusalError(404, "not_found", "The requested resource does not exist.")
        return self._list(resource, given, request)

    def _list(self, resource: str, given: Row, request: Request) -> Row:
        text = given.get("filter", "")
        included: Callable[[list[Row]], list[Row]] = lambda page: []  # noqa: E731
        if resource == "campaigns":
            rows, included = self._campaigns(text)
        elif resource in ("profiles", "events"):
            rows = (things.profiles if resource == "profiles" else things.events)(self._store, text)
        else:
            rows = _kept(_PLAIN[resource](self._store), text)
        return self._page(rows, included, given, request, resource)

    def _one(self, resource: str, key: str) -> Row:
        if resource == "profiles":
            found = next((row for row in things.profiles(self._store, "") if row["id"] == key), None)
            if found is not None:
                return {"data": found}
        if resource == "events":
            for metric in things.metrics(self._store):
                text = f'equals(metric_id,"{metric["id"]}")'
                for row in things.events(self._store, text):
                    if row["id"] == key:
                        return {"data": row, "included": [metric]}
        raise RefusalError(404, "not_found", "The requested resource does not exist.")

    def _campaigns(self, text: str) -> tuple[list[Row], Callable[[list[Row]], list[Row]]]:
        channel = next((value for _, name, value in things.clauses(text) if name == "messages.channel"), None)
        if channel is None:
            raise RefusalError(400, "invalid", "A channel filter is required to list campaigns.")
        found = things.campaigns(self._store, channel)
        messages = {campaign["id"]: message for campaign, message in found}
        shown = _kept(
            [campaign for campaign, _ in found],
            text if "archived" in text else text + "equals(archived,false)",
        )
        return shown, lambda page: [messages[row["id"]] for row in page if row["id"] in messages]

    def _page(
        self, rows: list[Row], included: Callable[[list[Row]], list[Row]], given: Row, request: Request, kind: str
    ) -> Row:  # fmt: skip
        size = int(given.get("page[size]", _USUAL[kind]))
        if not 1 <= size <= _MOST[kind]:
            raise RefusalError(400, "invalid", f"page[size] must be between 1 and {_MOST[kind]}.")
        place = _place(given.get("page[cursor]"))
        if place and self._faults.repeat_page(kind):
            place = max(place - size, 0)
        page = self._faults.spoil(rows[place : place + size], kind)
        address = request.url.replace(query="")
        following = {**given, "page[cursor]": _cursor(place + size)}
        return {
            "data": page, "included": included(page),
            "links": {
                "self": str(request.url), "prev": None,
                "next": f"{address}?{urlencode(following)}" if place + size < len(rows) else None,
            },
        }  # fmt: skip


def _kept(rows: list[Row], text: str) -> list[Row]:
    archived = next((value for _, name, value in things.clauses(text) if name == "archived"), None)
    if archived is None:
        return rows
    return [row for row in rows if row["attributes"]["archived"] == (archived == "true")]


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"place:{place}".encode()).decode()


def _place(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("place:"))
    except ValueError as error:
        raise RefusalError(400, "invalid", "Invalid cursor.") from error


def create_app(
    store: WorldStore, faults: Faults | None = None, behaviour: Behaviour | None = None
) -> Starlette:
    """The endpoint as an ASGI application."""
    endpoint = KlaviyoEndpoint(store, faults or Faults(), behaviour or Behaviour())
    methods = ["GET", "POST", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            Route("/klaviyo/api/{resource}", endpoint.answer, methods=methods),
            Route("/klaviyo/api/{resource}/{key}", endpoint.answer, methods=methods),
        ]
    )


def demo_settings(base_url: str, account_id: int) -> dict[str, Any]:
    """Settings with which the Klaviyo source reads the simulated account."""
    return {"api_key": API_KEY, "base_url": f"{base_url.rstrip('/')}/klaviyo"}


__all__ = ["API_KEY", "LIMITED_KEY", "Behaviour", "create_app", "demo_settings"]
