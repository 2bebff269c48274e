"""The Shopify endpoint of the simulator: OAuth, GraphQL Admin, and the files of bulk operations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLFormattedError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from fondaco.simulator.faults import Faults
from fondaco.simulator.shopify.access import CLIENT_ID, CLIENT_SECRET, Access, Token
from fondaco.simulator.shopify.bulk import BulkRoom
from fondaco.simulator.shopify.catalogue_kinds import catalogue_kinds
from fondaco.simulator.shopify.compile import Compiler
from fondaco.simulator.shopify.cost import Bucket, actual_cost, query_cost
from fondaco.simulator.shopify.execution import Session, resolve
from fondaco.simulator.shopify.kinds import Kind, Shop
from fondaco.simulator.shopify.ledger_kinds import ledger_kinds
from fondaco.simulator.shopify.nodes import View
from fondaco.simulator.shopify.order_kinds import order_kinds
from fondaco.simulator.shopify.payments_kinds import PaymentsBook, payments_kinds
from fondaco.simulator.webhooks import WebhookBook

MAX_COST = 1000
VERSIONS = ("2025-10", "2026-01", "2026-04", "2026-07", "2026-10")
_HORIZON = timedelta(days=60)
_MOST_DOCUMENTS = 200


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    now: datetime

    def rows(self, sql: str, params: Any = ...) -> list[Any]: ...

    def daily_report(self, shop_id: str, first: date, last: date) -> Iterable[Mapping[str, Any]]: ...


@dataclass(slots=True)
class Behaviour:
    """How the endpoint behaves; tests turn the screws.

    Attributes
    ----------
    bucket_points, points_per_second
        The cost throttle. Generous, so that a demo is quick.
    internal_errors
        How many of the next GraphQL answers are INTERNAL_SERVER_ERROR with HTTP 200.
    payments
        What happens to the balance of Shopify Payments beside charges and refunds.
    answers, throttled
        Count all GraphQL answers, and those that were THROTTLED.
    """

    access: Access = field(default_factory=Access)
    bucket_points: float = 20_000
    points_per_second: float = 20_000
    internal_errors: int = 0
    answers: int = 0
    throttled: int = 0
    payments: PaymentsBook = field(default_factory=PaymentsBook)
    bulk_failures: list[str] = field(default_factory=list)
    bulk_lost_lines: list[int] = field(default_factory=list)


def load_schema() -> GraphQLSchema:
    """The endpoint's own schema, a part of the official one."""
    text = files("fondaco.simulator.shopify").joinpath("schema.graphql").read_text(encoding="utf-8")
    return build_schema(text)


class ShopifyEndpoint:
    """All simulated Shopify shops of one world."""

    def __init__(
        self, store: WorldStore, behaviour: Behaviour, faults: Faults, webhooks: WebhookBook
    ) -> None:
        self.webhooks = webhooks
        self.store = store
        self.behaviour = behaviour
        self.faults = faults
        self.schema = load_schema()
        self.bulk = BulkRoom(self.schema, behaviour.bulk_failures, behaviour.bulk_lost_lines)
        self._shops: dict[str, tuple[Shop, dict[str, Kind]]] = {}
        self.buckets: dict[tuple[str, str], Bucket] = {}
        self._documents: dict[str, DocumentNode] = {}

    async def graphql(self, request: Request) -> Response:
        shop_id = request.path_params["shop"]
        version = request.path_params["version"]
        token = self.behaviour.access.token(request.headers.get("x-shopify-access-token"), shop_id)
        if self._shop(shop_id) is None or version not in VERSIONS:
            return JSONResponse({"errors": "Not Found"}, 404)
        if token is None:
            words = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return JSONResponse({"errors": words}, 401)
        try:
            body = json.loads(await request.body())
        except ValueError:
            return JSONResponse({"errors": "Bad Request"}, 400)
        base_url = f"{str(request.base_url).rstrip('/')}/shopify/{shop_id}"
        answer = await run_in_threadpool(self._answer, token, body, base_url)
        return JSONResponse(answer, headers={"X-Shopify-API-Version": version})

    async def authorize(self, request: Request) -> Response:
        target = self.behaviour.access.authorize(request.path_params["shop"], request.query_params)
        if target is None:
            return JSONResponse({"error": "invalid_request"}, 400)
        return RedirectResponse(target, 302)

    async def access_token(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        shop_id = request.path_params["shop"]
        grant = None if self._shop(shop_id) is None else self.behaviour.access.grant(shop_id, form)
        if grant is None:
            return JSONResponse({"error": "invalid_client"}, 400)
        return JSONResponse(grant)

    async def bulk_file(self, request: Request) -> Response:
        operation = self.bulk.operations.get(f"gid://shopify/BulkOperation/{request.path_params['number']}")
        if operation is None or operation.path is None or operation.shop_id != request.path_params["shop"]:
            return Response(status_code=404)
        return FileResponse(operation.path, media_type="application/jsonl")

    def _answer(self, token: Token, body: dict[str, Any], base_url: str) -> dict[str, Any]:
        self.behaviour.answers += 1
        if self._internal_error():
            code = {"code": "INTERNAL_SERVER_ERROR", "requestId": "simulated"}
            return {"errors": [{"message": "Internal error.", "extensions": code}]}
        document, errors = self._document(str(body.get("query", "")))
        if document is None:
            return {"errors": errors}
        variables = body.get("variables") or {}
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        if len(operations) != 1:
            return {"errors": [{"message": "An operation name is required"}]}
        cost = query_cost(operations[0], fragments, variables)
        bucket = self._bucket(token)
        refused = _refusal(cost, bucket)
        if refused is not None:
            self.behaviour.throttled += "data" in refused
            return refused
        session = self._session(token, fragments, base_url)
        result = execute_sync(
            self.schema, document, root_value=session, variable_values=variables, field_resolver=resolve
        )
        actual = min(cost, 1 + actual_cost(result.data))
        bucket.give_back(cost - actual)
        return {**result.formatted, "extensions": {"cost": _cost(cost, actual, bucket)}}

    def _document(self, text: str) -> tuple[DocumentNode | None, list[GraphQLFormattedError]]:
        """A document, or what is wrong with it. A client asks by the same ones again and again, each a fifth of an answer's work."""
        known = self._documents.get(text)
        if known is not None:
            return known, []
        try:
            document = parse(text)
        except GraphQLError as error:
            return None, [error.formatted]
        errors = validate(self.schema, document)
        if errors:
            return None, [error.formatted for error in errors]
        if len(self._documents) >= _MOST_DOCUMENTS:
            self._documents.clear()
        self._documents[text] = document
        return document, []

    def _session(self, token: Token, fragments: dict[str, FragmentDefinitionNode], base_url: str) -> Session:
        found = self._shop(token.shop_id)
        assert found is not None
        shop, kinds = found
        limits = {}
        payments = payments_kinds(shop, self._now(), self.behaviour.payments)
        kinds = {**kinds, **{kind.name: kind for kind in payments}}
        if "read_all_orders" not in token.scopes:
            since = self.store.now - _HORIZON
            limits["Order"] = f"o.created_at >= timestamp '{since.strftime('%Y-%m-%d %H:%M:%S')}'"
        return Session(
            view=View(self.store, shop, kinds, self.faults, limits),
            scopes=token.scopes,
            compiler=Compiler(self.schema, fragments),
            bulk=self.bulk,
            base_url=base_url,
            report=lambda first, last: self.store.daily_report(shop.shop_id, first, last),
            webhooks=self.webhooks,
            client_secret=self.behaviour.access.apps[token.client_id][0],
        )

    def _shop(self, shop_id: str) -> tuple[Shop, dict[str, Kind]] | None:
        if shop_id not in self._shops:
            columns = "name, currency, time_zone, taxes_included, tax_rate"
            rows = self.store.rows(
                f"select {columns} from shops where shop_id = ? and platform = 'shopify'", [shop_id]
            )
            if not rows:
                return None
            values = rows[0].values() if isinstance(rows[0], dict) else rows[0]
            shop = Shop(shop_id, *values)
            kinds = [*order_kinds(shop), *ledger_kinds(shop), *catalogue_kinds(shop, self._now())]
            self._shops[shop_id] = (shop, {kind.name: kind for kind in kinds})
        return self._shops[shop_id]

    def _now(self) -> str:
        """The present instant as SQL."""
        return f"timestamp '{self.store.now.strftime('%Y-%m-%d %H:%M:%S')}'"

    def _bucket(self, token: Token) -> Bucket:
        key = (token.shop_id, token.client_id)
        if key not in self.buckets:
            self.buckets[key] = Bucket(self.behaviour.bucket_points, self.behaviour.points_per_second)
        return self.buckets[key]

    def _internal_error(self) -> bool:
        if self.behaviour.internal_errors > 0:
            self.behaviour.internal_errors -= 1
            return True
        return self.faults.strikes("internal_error")


def _refusal(cost: int, bucket: Bucket) -> dict[str, Any] | None:
    """MAX_COST_EXCEEDED or THROTTLED, both with HTTP 200, or None."""
    if cost > MAX_COST:
        words = f"Query cost is {cost}, which exceeds the single query max cost limit ({MAX_COST})."
        extensions = {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": MAX_COST}
        return {"errors": [{"message": words, "extensions": extensions}]}
    if not bucket.take(cost):
        return {
            "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
            "data": None,
            "extensions": {"cost": _cost(cost, None, bucket)},
        }
    return None


def _cost(requested: int, actual: int | None, bucket: Bucket) -> dict[str, Any]:
    return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": bucket.status()}


def create_app(
    store: WorldStore,
    faults: Faults | None = None,
    behaviour: Behaviour | None = None,
    webhooks: WebhookBook | None = None,
) -> Starlette:
    """The endpoint as an ASGI application.

    Parameters
    ----------
    faults
        ``internal_error`` before a GraphQL answer, ``bulk_failure`` for an operation, ``malformed_record`` in a page
        or file, ``duplicate_page`` of a root connection. A field that is new, or of another type, a GraphQL answer
        cannot have: it holds what was asked for, as the schema says.
    """
    endpoint = ShopifyEndpoint(store, behaviour or Behaviour(), faults or Faults(), webhooks or WebhookBook())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> Any:
        yield
        endpoint.bulk.close()

    shop = "/shopify/{shop}"
    app = Starlette(
        routes=[
            Route(f"{shop}/admin/api/{{version}}/graphql.json", endpoint.graphql, methods=["POST"]),
            Route(f"{shop}/admin/oauth/authorize", endpoint.authorize),
            Route(f"{shop}/admin/oauth/access_token", endpoint.access_token, methods=["POST"]),
            Route(f"{shop}/bulk/{{number}}.jsonl", endpoint.bulk_file),
        ],
        lifespan=lifespan,
    )
    app.state.endpoint = endpoint
    return app


def demo_settings(base_url: str, shop_id: str) -> dict[str, Any]:
    """Settings with which the Shopify source reads a simulated shop."""
    return {
        "shop": f"{shop_id}.myshopify.com",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "base_url": f"{base_url.rstrip('/')}/shopify/{shop_id}",
    }
