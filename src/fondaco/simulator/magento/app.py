"""The Magento endpoint of the simulator: shops below ``/magento/{shop}/rest/{store view}/V1``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fondaco.simulator.faults import Faults
from fondaco.simulator.magento.access import (
    ACCESS_TOKEN,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    TOKEN_SECRET,
    Access,
)
from fondaco.simulator.magento.catalogue import Catalogue
from fondaco.simulator.magento.documents import Documents
from fondaco.simulator.magento.lists import LISTS, Listing
from fondaco.simulator.magento.sales import SalesBook
from fondaco.simulator.magento.search import BadCriteriaError, Criteria, start_of, understand
from fondaco.simulator.magento.words import Row, WorldStore
from fondaco.simulator.webhooks import WebhookBook

STORES = ("default", "business")
_BOOKS = {"sales": SalesBook, "documents": Documents, "catalogue": Catalogue}
_CHILDREN = re.compile(r"configurable-products/([^/]+)/children")


@dataclass(slots=True)
class Behaviour:
    """How the endpoint behaves; tests turn the screws."""

    access: Access = field(default_factory=Access)
    largest_page: int | None = None
    """Where Web API input limits are on: 300 by default."""
    hides_links: bool = False
    """Some versions leave the variants of configurable products out of lists."""
    has_sources: bool = True
    """False: multi-source inventory is off."""
    requests: list[str] = field(default_factory=list)
    """Path and query of each request that was let in."""


class MagentoEndpoint:
    """All simulated Magento shops of one world."""

    def __init__(self, store: WorldStore, faults: Faults, behaviour: Behaviour) -> None:
        self._store = store
        self._faults = faults
        self._behaviour = behaviour

    async def answer(self, request: Request) -> Response:
        """One answer below ``V1``."""
        path, view = request.path_params["path"], request.path_params["view"]
        sql = "select * from shops where shop_id = ? and platform = 'magento'"
        shops = self._store.rows(sql, [request.path_params["shop"]])
        if not shops or view not in ("all", *STORES):
            return _error(404, "Request does not match any route.")
        words = self._behaviour.access.refusal(request)
        if words is not None:
            return _error(401, words)
        if path in self._behaviour.access.refused:
            return _error(401, "The consumer isn't authorized to access %resources.")
        self._behaviour.requests.append(f"{request.url.path}?{request.url.query}")
        try:
            return await run_in_threadpool(self._found, request, shops[0], path)
        except BadCriteriaError as error:
            return _error(400, str(error))

    def _found(self, request: Request, shop: Row, path: str) -> Response:
        if path == "store/storeConfigs":
            return JSONResponse([_config(shop, number, code) for number, code in enumerate(STORES, start=1)])
        if path == "store/websites":
            return JSONResponse([{"id": 0, "name": "Admin"}, {"id": 1, "code": "base", "name": shop["name"]}])
        if path == "products/attributes/manufacturer/options":
            return JSONResponse(Catalogue(self._store, shop).brands())
        if match := _CHILDREN.fullmatch(path):
            return JSONResponse(self._children(shop, match[1]))
        listing = LISTS.get(path)
        if listing is None or (path.startswith("inventory/") and not self._behaviour.has_sources):
            return _error(404, "Request does not match any route.")
        return JSONResponse(self._page(request, shop, path, listing))

    def _page(self, request: Request, shop: Row, path: str, listing: Listing) -> Row:
        query = dict(request.query_params)
        if "gt" in (query[name] for name in query if name.endswith("[conditionType]")):
            query = self._maybe_repeated(query, path)
        criteria = understand(query, listing.fields, listing.key, self._behaviour.largest_page)
        numbers, total = self._numbers(shop, listing, criteria)
        name, method = listing.builder
        items: list[Row] = getattr(_BOOKS[name](self._store, shop), method)(numbers) if numbers else []
        if self._behaviour.hides_links and path == "products":
            for item in items:
                item["extension_attributes"].pop("configurable_product_links", None)
        items = self._faults.spoil(items, path)
        return {
            "items": _narrowed(items, query.get("fields", "")),
            "search_criteria": {},
            "total_count": total,
        }

    def _maybe_repeated(self, query: dict[str, str], path: str) -> dict[str, str]:
        """The page before once more: the term that moves the list on goes unheard."""
        if not self._faults.repeat_page(path):
            return query
        moved_on = [name for name in query if name.endswith("[conditionType]") and query[name] == "gt"]
        groups = [name.removesuffix("[conditionType]") for name in moved_on]
        return {name: value for name, value in query.items() if not name.startswith(tuple(groups))}

    def _numbers(self, shop: Row, listing: Listing, criteria: Criteria) -> tuple[Sequence[Any], int]:
        scope = f"from ({listing.rows}) where {criteria.condition}"
        values = {"shop": shop["shop_id"], **criteria.values}
        total = int(self._store.rows(f"select count(*) as total {scope}", values)[0]["total"])
        rows = self._store.rows(
            f"select number {scope} order by {criteria.order} limit {criteria.size} "
            f"offset {start_of(criteria, total)}",
            values,
        )
        return [row["number"] for row in rows], total

    def _children(self, shop: Row, sku: str) -> list[Row]:
        sql = "select variant_id as number from variants where shop_id = $shop and 'P-' || product_id = $sku order by 1"
        rows = self._store.rows(sql, {"shop": shop["shop_id"], "sku": sku})
        return Catalogue(self._store, shop).products([row["number"] for row in rows])


def _narrowed(items: list[Row], fields: str) -> list[Row]:
    match = re.match(r"items\[([^\]]*)\]", fields)
    if match is None:
        return items
    names = match[1].split(",")
    return [{name: value for name, value in item.items() if name in names} for item in items]


def _config(shop: Row, number: int, code: str) -> Row:
    address = "https://shop.example/"
    return {
        "id": number, "code": code, "website_id": 1, "locale": "nl_NL", "base_currency_code": shop["currency"],
        "default_display_currency_code": shop["currency"], "timezone": shop["time_zone"], "weight_unit": "kgs",
        "base_url": address, "secure_base_url": address,
    }  # fmt: skip


def _error(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)


def create_app(
    store: WorldStore,
    faults: Faults | None = None,
    behaviour: Behaviour | None = None,
    webhooks: WebhookBook | None = None,
) -> Starlette:
    """The endpoint as an ASGI application. Magento has no webhooks, so ``webhooks`` stays as it is."""
    endpoint = MagentoEndpoint(store, faults or Faults(), behaviour or Behaviour())
    return Starlette(routes=[Route("/magento/{shop}/rest/{view}/V1/{path:path}", endpoint.answer)])


def demo_settings(base_url: str, shop_id: str) -> dict[str, object]:
    """Settings with which the Magento source reads a simulated shop."""
    return {
        "url": f"{base_url.rstrip('/')}/magento/{shop_id}",
        "consumer_key": CONSUMER_KEY,
        "consumer_secret": CONSUMER_SECRET,
        "access_token": ACCESS_TOKEN,
        "access_token_secret": TOKEN_SECRET,
        "barcode_attribute": "ean",
    }
