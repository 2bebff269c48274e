"""The WooCommerce endpoint of the simulator: REST API v3 below ``/woocommerce/{shop}/wp-json``, and Analytics.

Further faults of this vendor, asked for by name: ``ignores_modified`` (an old version that leaves modified_after unread),
``no_refunds_list`` (before 9.0), ``list_moves`` (a record leaves a list between two pages), ``heavy_page`` (500 for more
than ten records a page), ``html_page`` (a firewall's page with status 200).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.faults import Faults
from fondaco.simulator.webhooks import Subscription, WebhookBook
from fondaco.simulator.woocommerce.access import Gate, Key, Refusal
from fondaco.simulator.woocommerce.analytics import revenue
from fondaco.simulator.woocommerce.catalogue import Catalogue
from fondaco.simulator.woocommerce.lists import KINDS, BadParameterError, ids, understand
from fondaco.simulator.woocommerce.orders import OrderBook
from fondaco.simulator.woocommerce.words import VERSION, Words

CONSUMER_KEY = "ck_simulated0000000000000000000000000000000"
CONSUMER_SECRET = "cs_simulated0000000000000000000000000000000"
_HEAVY = 10

Row = dict[str, Any]


class WorldStore(Protocol):
    """What the endpoint needs of the world."""

    def rows(self, sql: str, params: Any = ...) -> list[dict[str, Any]]: ...

    def daily_report(self, shop_id: str, first: date, last: date) -> Iterable[Mapping[str, Any]]: ...


@dataclass(slots=True)
class Behaviour:
    """How the endpoint behaves; tests turn the screws."""

    keys: tuple[Key, ...] = (Key(CONSUMER_KEY, CONSUMER_SECRET),)
    gmt_offset: float | None = None
    excluded_statuses: tuple[str, ...] = ("pending", "failed", "cancelled")
    requests: list[str] = field(default_factory=list)
    """Path and query of each request that was let in."""


class WooCommerceEndpoint:
    """All simulated WooCommerce shops of one world."""

    def __init__(
        self, store: WorldStore, faults: Faults, behaviour: Behaviour, webhooks: WebhookBook
    ) -> None:
        self._webhooks = webhooks
        self._store = store
        self._faults = faults
        self._behaviour = behaviour
        self._gate = Gate(behaviour.keys)

    async def index(self, request: Request) -> Response:
        shop = self._shop(request)
        if shop is None:
            return _error(404, "rest_no_route", "No route was found.")
        offset = self._behaviour.gmt_offset
        return JSONResponse(
            {
                "name": shop["name"],
                "description": "",
                "url": _root(request),
                "home": _root(request),
                "gmt_offset": 0 if offset is None else offset,
                "timezone_string": shop["time_zone"] if offset is None else "",
                "namespaces": ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wc-analytics", "wp/v2"],
                "authentication": [],
                "routes": {},
            }
        )

    async def answer(self, request: Request) -> Response:
        """Everything below a namespace: let in, understood, answered in a thread."""
        shop = self._shop(request)
        if shop is None:
            return _error(404, "rest_no_route", "No route was found matching the URL and request method.")
        admitted = self._gate.admit(request)
        if isinstance(admitted, Refusal):
            return _error(401, admitted.code, admitted.message)
        path = request.path_params["path"]
        self._behaviour.requests.append(f"{path}?{request.url.query}")
        if self._faults.strikes("html_page", request.url.path):
            return HTMLResponse("<html><body>Checking your browser</body></html>")
        if set(path.split("/")) & admitted.refused:
            return _error(403, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        try:
            return await run_in_threadpool(self._route, request, shop, path)
        except BadParameterError as error:
            data = {"status": 400, "params": {error.name: error.message}}
            words = {
                "code": "rest_invalid_param",
                "message": f"Invalid parameter(s): {error.name}",
                "data": data,
            }
            return JSONResponse(words, 400)

    async def webhooks(self, request: Request) -> Response:
        """The shop's webhooks: listed, or one more of them, which is greeted with a ping that nobody has signed."""
        shop = self._shop(request)
        if shop is None or isinstance(refused := self._gate.admit(request), Refusal):
            return _error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        if refused.refused & {"webhooks"}:
            return _error(
                403, "woocommerce_rest_cannot_create", "Sorry, you are not allowed to create resources."
            )
        if request.method == "GET":
            known = self._webhooks.of(shop["shop_id"])
            return self._paged(request, [_webhook(each) for each in known], len(known), 100, 1)
        wanted = await request.json()
        made = self._webhooks.add(
            shop["shop_id"], wanted["topic"], wanted["delivery_url"], wanted.get("secret", "")
        )
        async with httpx.AsyncClient(trust_env=False) as client:
            with suppress(httpx.TransportError):
                await client.post(made.address, data={"webhook_id": str(made.subscription_id)})
        return JSONResponse(_webhook(made), 201)

    async def webhook(self, request: Request) -> Response:
        if self._shop(request) is None or isinstance(self._gate.admit(request), Refusal):
            return _error(401, "woocommerce_rest_cannot_delete", "Sorry, you cannot delete this resource.")
        if not self._webhooks.remove(request.path_params["number"]):
            return _error(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")
        return JSONResponse({"id": request.path_params["number"]})

    def _route(self, request: Request, shop: Row, path: str) -> Response:
        words = Words(self._store, shop, _root(request))
        steps = path.split("/")
        match steps:
            case ["wc", "v3", "refunds"] if self._faults.strikes("no_refunds_list", request.url.path):
                return _error(404, "rest_no_route", "No route was found matching the URL and request method.")
            case ["wc", "v3", "products", "categories"]:
                return self._list(request, words, "categories", self._builder(words, "categories"))
            case ["wc", "v3", kind] if kind in KINDS and kind != "categories":
                return self._list(request, words, kind, self._builder(words, kind))
            case ["wc", "v3", "orders", order, "refunds"] if order.isdigit():
                build = OrderBook(words).refunds
                return self._list(
                    request,
                    words,
                    "refunds",
                    lambda found, dp: build(found, dp, with_parent=False),
                    int(order),
                )
            case ["wc", "v3", "products", product, "variations"] if product.isdigit():
                return self._variations(request, words, int(product))
            case ["wc", "v3", "system_status"]:
                settings = {"currency": words.currency, "api_enabled": True}
                return JSONResponse({"environment": {"version": VERSION}, "settings": settings})
            case ["wc", "v3", "data", "currencies", "current"]:
                return JSONResponse({"code": words.currency})
            case ["wc", "v3", "settings", "tax", "woocommerce_prices_include_tax"]:
                return JSONResponse({"id": steps[-1], "value": "yes" if words.taxes_included else "no"})
            case ["wc", "v3", "settings", "wc_admin"]:
                excluded = list(self._behaviour.excluded_statuses)
                return JSONResponse([{"id": "woocommerce_excluded_report_order_statuses", "value": excluded}])
            case ["wc-analytics", "reports", "revenue", "stats"]:
                return self._revenue(request, words)
        return _error(404, "rest_no_route", "No route was found matching the URL and request method.")

    @staticmethod
    def _builder(words: Words, kind: str) -> Callable[[Sequence[int], int], list[Row]]:
        if kind == "orders":
            return OrderBook(words).orders
        if kind == "refunds":
            return lambda found, places: OrderBook(words).refunds(found, places, with_parent=True)
        build: Callable[[Sequence[int], int], list[Row]] = getattr(Catalogue(words), kind)
        return build

    def _list(
        self,
        request: Request,
        words: Words,
        kind: str,
        build: Callable[[Sequence[int], int], list[Row]],
        parent: int | None = None,
    ) -> Response:
        query, place = request.query_params, request.url.path
        ignores = self._faults.strikes("ignores_modified", place)
        wanted = understand(KINDS[kind], query, words.zone, parent=parent, ignores_modified=ignores)
        if wanted.size > _HEAVY and self._faults.strikes("heavy_page", place):
            return _error(500, "internal_server_error", "There has been a critical error on this website.")
        if wanted.page > 1 and self._faults.repeat_page(kind):
            earlier = dict(query) | {"page": str(wanted.page - 1)}
            wanted = understand(KINDS[kind], earlier, words.zone, parent=parent, ignores_modified=ignores)
        moved = wanted.page > 1 and self._faults.strikes("list_moves", place)
        found, total = ids(self._store, words.shop_id, wanted, moved=moved)
        rows = build(found, int(query.get("dp", "2")))
        return self._paged(request, self._faults.spoil(rows, kind), total, wanted.size, wanted.page)

    def _variations(self, request: Request, words: Words, product_id: int) -> Response:
        wanted = understand(KINDS["coupons"], {**request.query_params, "orderby": "id"}, words.zone)
        rows = Catalogue(words).variations(product_id, int(request.query_params.get("dp", "2")))
        start = (wanted.page - 1) * wanted.size
        return self._paged(request, rows[start : start + wanted.size], len(rows), wanted.size, wanted.page)

    @staticmethod
    def _paged(request: Request, rows: list[Row], total: int, size: int, page: int) -> Response:
        fields = request.query_params.get("_fields")
        if fields:
            kept = set(fields.split(","))
            rows = [{name: value for name, value in row.items() if name in kept} for row in rows]
        pages = math.ceil(total / size)
        links = []
        for number, relation in ((page - 1, "prev"), (page + 1, "next")):
            if 1 <= number <= pages:
                others = [(k, v) for k, v in request.query_params.multi_items() if k != "page"]
                query = urlencode([*others, ("page", str(number))])
                links.append(f'<{request.url.replace(query=query)}>; rel="{relation}"')
        headers = {"X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
        if links:
            headers["Link"] = ", ".join(links)
        return JSONResponse(rows, headers=headers)

    def _revenue(self, request: Request, words: Words) -> Response:
        query = request.query_params
        if query.get("interval") != "day":
            raise BadParameterError("interval", "this simulator reports by day")
        today = datetime.now(words.zone).date()
        first = _day(query.get("after"), today)
        last = _day(query.get("before"), today)
        size, page = int(query.get("per_page", "10")), int(query.get("page", "1"))
        if not 1 <= size <= 100:
            raise BadParameterError("per_page", "per_page must be between 1 (inclusive) and 100 (inclusive)")
        rows = self._store.daily_report(words.shop_id, first, last)
        days = (last - first).days + 1
        headers = {"X-WP-Total": str(days), "X-WP-TotalPages": str(math.ceil(days / size))}
        return JSONResponse(revenue(rows, first, last, size, page), headers=headers)

    def _shop(self, request: Request) -> Row | None:
        sql = "select * from shops where shop_id = ? and platform = 'woocommerce'"
        found = self._store.rows(sql, [request.path_params["shop"]])
        return found[0] if found else None


def _webhook(subscription: Subscription) -> Row:
    """As the API tells it; the secret is never told again."""
    return {
        "id": subscription.subscription_id,
        "name": "Fondaco",
        "status": "active" if subscription.is_active else "disabled",
        "topic": subscription.topic,
        "delivery_url": subscription.address,
    }


def _day(text: str | None, default: date) -> date:
    return date.fromisoformat(text[:10]) if text else default


def _root(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/woocommerce/{request.path_params['shop']}"


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "data": {"status": status}}, status)


def create_app(
    store: WorldStore,
    faults: Faults | None = None,
    behaviour: Behaviour | None = None,
    webhooks: WebhookBook | None = None,
) -> Starlette:
    """The endpoint as an ASGI application."""
    endpoint = WooCommerceEndpoint(
        store, faults or Faults(), behaviour or Behaviour(), webhooks or WebhookBook()
    )
    return Starlette(
        routes=[
            Route("/woocommerce/{shop}/wp-json/", endpoint.index),
            Route("/woocommerce/{shop}/wp-json/wc/v3/webhooks", endpoint.webhooks, methods=["GET", "POST"]),
            Route(
                "/woocommerce/{shop}/wp-json/wc/v3/webhooks/{number:int}",
                endpoint.webhook,
                methods=["DELETE"],
            ),
            Route("/woocommerce/{shop}/wp-json/{path:path}", endpoint.answer),
        ]
    )


def demo_settings(base_url: str, shop_id: str) -> dict[str, object]:
    """Settings with which the WooCommerce source reads a simulated shop."""
    return {
        "url": f"{base_url.rstrip('/')}/woocommerce/{shop_id}",
        "consumer_key": CONSUMER_KEY,
        "consumer_secret": CONSUMER_SECRET,
    }
