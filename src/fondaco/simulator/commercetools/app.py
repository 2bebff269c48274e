"""The commercetools endpoint of the simulator: log-in below ``/commercetools/auth``, projects below ``/commercetools/api``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.commercetools.access import CLIENT_ID, CLIENT_SECRET, Access
from fondaco.simulator.commercetools.catalogue import COST_ATTRIBUTE, Catalogue
from fondaco.simulator.commercetools.orders import LANGUAGE, OrderBook
from fondaco.simulator.commercetools.predicate import Bound, PredicateError, compile_predicate
from fondaco.simulator.commercetools.resources import RESOURCES, Resource
from fondaco.simulator.faults import Faults
from fondaco.simulator.webhooks import WebhookBook
from fondaco.simulator.world.merchants import MERCHANTS

MAX_LIMIT, MAX_OFFSET, MAX_TOTAL = 500, 10_000, 10_000
_MESSAGES_KEPT = timedelta(days=15)
_SORTS = {
    "id": "number",
    "createdAt": "created_at",
    "lastModifiedAt": "modified_at",
    "completedAt": "completed_at",
}

Row = dict[str, Any]


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    @property
    def now(self) -> datetime: ...

    def rows(self, sql: str, params: Any = ...) -> list[dict[str, Any]]: ...


@dataclass(slots=True)
class Behaviour:
    """How the endpoint behaves; tests turn the screws."""

    access: Access = field(default_factory=Access)
    messages_enabled: bool = True
    requests: list[str] = field(default_factory=list)
    """Path and query of each request that was let in."""


class BadRequestError(Exception):
    """A parameter that commercetools refuses with 400."""


class CommercetoolsEndpoint:
    """All simulated commercetools projects of one world."""

    def __init__(self, store: WorldStore, faults: Faults, behaviour: Behaviour) -> None:
        self._store = store
        self._faults = faults
        self._behaviour = behaviour

    async def token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        granted = self._behaviour.access.grant(request, form)
        if granted is None:
            words = "Please provide valid client credentials using HTTP Basic Authentication."
            return _error(401, "invalid_client", words)
        return JSONResponse(granted)

    async def project(self, request: Request) -> Response:
        shop, refused = self._let_in(request, "view_project_settings")
        if shop is None:
            return refused
        return JSONResponse(
            {
                "version": 1,
                "key": shop["shop_id"],
                "name": shop["name"],
                "countries": [shop["country"]],
                "currencies": [shop["currency"]],
                "languages": [LANGUAGE, "de-DE"],
                "createdAt": "2020-01-01T00:00:00.000Z",
                "messages": {"enabled": self._behaviour.messages_enabled, "deleteDaysAfterCreation": 15},
                "carts": {},
                "searchIndexing": {},
            }
        )

    async def query(self, request: Request) -> Response:
        resource = RESOURCES.get(request.path_params["resource"])
        if resource is None:
            return _error(404, "ResourceNotFound", "The path does not exist.")
        shop, refused = self._let_in(request, resource.scope)
        if shop is None:
            return refused
        try:
            return JSONResponse(await run_in_threadpool(self._page, request, shop, resource))
        except (BadRequestError, PredicateError) as error:
            return _error(400, "InvalidInput", str(error))

    def _let_in(self, request: Request, scope: str) -> tuple[Row | None, Response]:
        scopes = self._behaviour.access.scopes_of(request)
        if scopes is None:
            return None, _error(401, "invalid_token", "invalid_token")
        sql = "select * from shops where shop_id = ? and platform = 'commercetools'"
        found = self._store.rows(sql, [request.path_params["project"]])
        if not found:
            return None, _error(404, "ResourceNotFound", "The project does not exist.")
        if scope not in scopes:
            return None, _error(
                403, "insufficient_scope", f"Insufficient scope. One of the following is missing: {scope}"
            )
        self._behaviour.requests.append(f"{request.url.path}?{request.url.query}")
        return found[0], Response()

    def _page(self, request: Request, shop: Row, resource: Resource) -> Row:
        query = request.query_params
        limit = _bounded(query.get("limit", "20"), "limit", 0, MAX_LIMIT)
        offset = _bounded(query.get("offset", "0"), "offset", 0, MAX_OFFSET)
        variables = {
            name.removeprefix("var."): query.getlist(name) for name in query if name.startswith("var.")
        }
        wheres = query.getlist("where")
        if len(variables.get("id", ())) and self._faults.repeat_page(resource.path):
            # The page before once more: the last term, which moves the list on, goes unheard.
            wheres = [text.rpartition(" and (")[0] for text in wheres]
        bound = Bound()
        fields = resource.fields(bound)
        terms = [compile_predicate(text, fields, variables) for text in wheres]
        values: Row = {"shop": shop["shop_id"], **bound.values}
        if "$horizon" in resource.rows:
            values["horizon"] = self._store.now.astimezone(UTC).replace(tzinfo=None) - _MESSAGES_KEPT
        scope = f"from ({resource.rows}) where {' and '.join(terms) or 'true'}"
        rows = self._store.rows(
            f"select * {scope} order by {_order(query.getlist('sort'))} limit {limit} offset {offset}", values
        )
        results = self._faults.spoil(self._build(shop, resource, rows), resource.path)
        page: Row = {"limit": limit, "offset": offset, "count": len(results), "results": results}
        if query.get("withTotal", "true") != "false":
            total = int(self._store.rows(f"select count(*) as total {scope}", values)[0]["total"])
            page["total"] = min(total, MAX_TOTAL) if terms else total
        return page

    def _build(self, shop: Row, resource: Resource, rows: Sequence[Row]) -> list[Row]:
        if resource.path == "messages":
            return Catalogue(self._store, shop).messages(rows)
        numbers = [row["number"] for row in rows]
        maker = OrderBook if resource.path in ("orders", "payments") else Catalogue
        build = getattr(maker(self._store, shop), resource.path.replace("-", "_"))
        results: list[Row] = build(numbers) if numbers else []
        return results


def _order(sorts: Sequence[str]) -> str:
    terms = []
    for sort in sorts:
        name, _, direction = sort.partition(" ")
        if name not in _SORTS or direction not in ("", "asc", "desc"):
            raise BadRequestError(f"Malformed parameter: sort: The field '{name}' does not exist.")
        column = _SORTS[name]
        shown = column if column == "number" else f"date_trunc('millisecond', {column})"
        terms.append(f"{shown} {direction or 'asc'}")
    return ", ".join(terms) or "number"


def _bounded(text: str, name: str, least: int, most: int) -> int:
    if not text.isdigit() or not least <= int(text) <= most:
        raise BadRequestError(
            f"Malformed parameter: {name}: The {name} parameter must be in the range of [{least}..{most}]"
        )
    return int(text)


def _error(status: int, code: str, message: str) -> Response:
    body = {"statusCode": status, "message": message, "errors": [{"code": code, "message": message}]}
    if status in (401, 403):
        body["error"] = code
    return JSONResponse(body, status)


def create_app(
    store: WorldStore,
    faults: Faults | None = None,
    behaviour: Behaviour | None = None,
    webhooks: WebhookBook | None = None,
) -> Starlette:
    """The endpoint as an ASGI application. commercetools' own subscriptions lead to queues, which ``webhooks`` stand for."""
    endpoint = CommercetoolsEndpoint(store, faults or Faults(), behaviour or Behaviour())
    return Starlette(
        routes=[
            Route("/commercetools/auth/oauth/token", endpoint.token, methods=["POST"]),
            Route("/commercetools/api/{project}", endpoint.project),
            Route("/commercetools/api/{project}/{resource}", endpoint.query),
        ]
    )


def demo_settings(base_url: str, shop_id: str) -> dict[str, object]:
    """Settings with which the commercetools source reads a simulated project."""
    root = f"{base_url.rstrip('/')}/commercetools"
    return {
        "project_key": shop_id,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "api_url": f"{root}/api",
        "auth_url": f"{root}/auth",
        "time_zone": MERCHANTS[shop_id].time_zone if shop_id in MERCHANTS else "UTC",
        "unit_cost_attribute": COST_ATTRIBUTE,
        "refunds_without_return": "untaxed",
    }
