"""Executing GraphQL documents: graphql-core does the work, the resolvers find what SQL has already built."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    SelectionSetNode,
    default_field_resolver,
)

from fondaco.simulator.shopify import nodes, shopifyql
from fondaco.simulator.shopify.bulk import BulkRoom
from fondaco.simulator.shopify.compile import Compiler, NotServedError
from fondaco.simulator.shopify.kinds import literal
from fondaco.simulator.shopify.nodes import BadRequestError, Node, View
from fondaco.simulator.webhooks import Subscription, WebhookBook

_ROOTS = {
    "orders": ("Order", "read_orders"),
    "customers": ("Customer", "read_customers"),
    "products": ("Product", "read_products"),
    "collections": ("Collection", "read_products"),
    "inventoryItems": ("InventoryItem", "read_inventory"),
    "discountNodes": ("DiscountNode", "read_discounts"),
    "events": ("Event", ""),
}
_PAYMENTS = {
    "balanceTransactions": "ShopifyPaymentsBalanceTransaction",
    "payouts": "ShopifyPaymentsPayout",
    "disputes": "ShopifyPaymentsDispute",
}
"""Connections of the account with Shopify Payments → kind."""

_COUNTS = {"ordersCount": "orders", "customersCount": "customers", "productsCount": "products"}
_COUNTS["discountNodesCount"] = "discountNodes"
_SINGLE = {
    "order": "orders",
    "customer": "customers",
    "product": "products",
    "inventoryItem": "inventoryItems",
}
_BY_GID = {
    "Order": ("Order", "read_orders"),
    "Refund": ("Refund", "read_orders"),
    "Customer": ("Customer", "read_customers"),
    "Product": ("Product", "read_products"),
    "Collection": ("Collection", "read_products"),
    "InventoryItem": ("InventoryItem", "read_inventory"),
    "DiscountCodeNode": ("DiscountNode", "read_discounts"),
    "DiscountAutomaticNode": ("DiscountNode", "read_discounts"),
}


@dataclass(slots=True)
class Session:
    """One request: what it may see and where it finds it. The root value of the execution."""

    view: View
    scopes: frozenset[str]
    compiler: Compiler
    bulk: BulkRoom
    base_url: str
    report: shopifyql.Report
    webhooks: WebhookBook
    client_secret: str


def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """The resolver of every field."""
    if isinstance(source, Session):
        try:
            return _resolve_root(source, info, arguments)
        except (BadRequestError, NotServedError) as error:
            raise GraphQLError(str(error), extensions={"code": "BAD_REQUEST"}) from error
    if isinstance(source, dict):
        if source.get("__typename") == "ShopifyPaymentsAccount" and info.field_name in _PAYMENTS:
            return _page(info.root_value, info, _PAYMENTS[info.field_name], arguments)
        nested = source.get("__nested", {})
        if info.field_name in nested and info.field_name not in source:
            return nodes.part(nested[info.field_name], arguments)
        if info.field_name == "quantities":
            wanted = arguments["names"]
            return [quantity for quantity in source["quantities"] if quantity["name"] in wanted]
        return source.get(info.field_name)
    return default_field_resolver(source, info, **arguments)


def _resolve_root(session: Session, info: GraphQLResolveInfo[Any], arguments: dict[str, Any]) -> Any:
    name = info.field_name
    if name in _ROOTS:
        kind, scope = _ROOTS[name]
        _require(session, scope, name)
        return _page(session, info, kind, arguments)
    if name in _COUNTS:
        kind, scope = _ROOTS[_COUNTS[name]]
        _require(session, scope, name)
        count = session.view.count(session.view.kinds[kind], arguments.get("query"))
        return {"count": min(count, 10_000), "precision": "EXACT" if count <= 10_000 else "AT_LEAST"}
    if name == "node" or name in _SINGLE:
        return _by_gid(session, info, [arguments["id"]])[0]
    if name == "nodes":
        return _by_gid(session, info, arguments["ids"])
    return _OTHERS[name](session, arguments)


def _page(session: Session, info: GraphQLResolveInfo[Any], kind: str, arguments: dict[str, Any]) -> Node:
    wanted = session.compiler.node_selection(_selection(info)) or _nothing()
    return nodes.page(session.view, session.compiler, session.view.kinds[kind], wanted, arguments)


def _by_gid(session: Session, info: GraphQLResolveInfo[Any], ids: list[str]) -> list[Node | None]:
    """Nodes by id; all of one request are of one kind here."""
    if not 1 <= len(ids) <= nodes.MAX_PAGE:
        raise BadRequestError(f"ids must be between 1 and {nodes.MAX_PAGE}")
    types = {_type_of(gid) for gid in ids}
    kinds = {_BY_GID[name] for name in types if name in _BY_GID}
    if len(kinds) != 1:
        raise BadRequestError(
            f"nodes of these types cannot be read together here: {', '.join(sorted(types))}"
        )
    kind, scope = kinds.pop()
    _require(session, scope, info.field_name)
    return nodes.by_id(session.view, session.compiler, session.view.kinds[kind], _selection(info), ids)


def _shop(session: Session, arguments: dict[str, Any]) -> Node:
    shop = session.view.shop
    return {
        "__typename": "Shop",
        "id": "gid://shopify/Shop/1",
        "name": shop.name,
        "myshopifyDomain": shop.domain,
        "url": f"https://{shop.domain}",
        "currencyCode": shop.currency,
        "ianaTimezone": shop.time_zone,
        "taxesIncluded": shop.taxes_included,
    }


def _installation(session: Session, arguments: dict[str, Any]) -> Node:
    scopes = [{"handle": scope} for scope in sorted(session.scopes)]
    return {"__typename": "AppInstallation", "id": "gid://shopify/AppInstallation/1", "accessScopes": scopes}


def _payments_account(session: Session, arguments: dict[str, Any]) -> Node | None:
    """None for a shop that takes no money by Shopify Payments."""
    _require(session, "read_shopify_payments_payouts", "shopifyPaymentsAccount")
    shop = literal(session.view.shop.shop_id)
    taken = f"select count(*) from transactions where shop_id = {shop} and gateway = 'shopify_payments'"
    if not nodes.first_column(session.view.store.rows(taken))[0]:
        return None
    return {"__typename": "ShopifyPaymentsAccount", "id": "gid://shopify/ShopifyPaymentsAccount/1"}


def _bulk_operation(session: Session, arguments: dict[str, Any]) -> Node | None:
    operation = session.bulk.operations.get(arguments["id"])
    if operation is None or operation.shop_id != session.view.shop.shop_id:
        return None
    return operation.as_node(session.base_url)


def _bulk_operations(session: Session, arguments: dict[str, Any]) -> Node:
    own = [o for o in session.bulk.operations.values() if o.shop_id == session.view.shop.shop_id]
    return nodes.part([o.as_node(session.base_url) for o in own], arguments)


def _bulk_run(session: Session, arguments: dict[str, Any]) -> Node:
    query = arguments["query"]
    for field, (_, scope) in _ROOTS.items():
        if re.match(rf"\s*(query\s*\w*\s*)?\{{\s*{field}\b", query):
            _require(session, scope, field)
    operation, code, words = session.bulk.start(session.view, query, grouped=arguments["groupObjects"])
    if operation is None:
        return {"bulkOperation": None, "userErrors": [{"code": code, "field": ["query"], "message": words}]}
    return {"bulkOperation": operation.as_node(session.base_url), "userErrors": []}


def _shopifyql(session: Session, arguments: dict[str, Any]) -> Node:
    _require(session, "read_reports", "shopifyqlQuery")
    return shopifyql.answer(arguments["query"], session.report, session.view.shop.digits)


def _subscriptions(session: Session, arguments: dict[str, Any]) -> Node:
    own = session.webhooks.of(session.view.shop.shop_id)
    return nodes.part([_subscription_node(each) for each in own], arguments)


def _subscribe(session: Session, arguments: dict[str, Any]) -> Node:
    """Apps are signed for with their own secret; an address without TLS is refused, as that of another machine is."""
    topic, wanted = arguments["topic"], arguments["webhookSubscription"]
    shop_id, address = session.view.shop.shop_id, str(wanted.get("uri") or "")
    known = [(each.topic, each.address) for each in session.webhooks.of(shop_id)]
    refused = (
        "Address protocol http:// is not supported"
        if not address.startswith(("https://", "http://127.0.0.1"))
        else "Address for this topic has already been taken"
        if (topic, address) in known
        else None
    )
    if refused:
        return {
            "webhookSubscription": None,
            "userErrors": [{"field": ["webhookSubscription", "callbackUrl"], "message": refused}],
        }
    made = session.webhooks.add(
        shop_id, topic, address, session.client_secret, tuple(wanted.get("includeFields") or ())
    )
    return {"webhookSubscription": _subscription_node(made), "userErrors": []}


def _unsubscribe(session: Session, arguments: dict[str, Any]) -> Node:
    gid = arguments["id"]
    if session.webhooks.remove(int(gid.rsplit("/", 1)[1])):
        return {"deletedWebhookSubscriptionId": gid, "userErrors": []}
    missing = {"field": ["id"], "message": "Webhook subscription does not exist"}
    return {"deletedWebhookSubscriptionId": None, "userErrors": [missing]}


def _subscription_node(subscription: Subscription) -> Node:
    return {
        "__typename": "WebhookSubscription",
        "id": f"gid://shopify/WebhookSubscription/{subscription.subscription_id}",
        "topic": subscription.topic,
        "uri": subscription.address,
        "includeFields": list(subscription.fields),
    }


_OTHERS: dict[str, Callable[[Session, dict[str, Any]], Any]] = {
    "shop": _shop,
    "currentAppInstallation": _installation,
    "bulkOperation": _bulk_operation,
    "bulkOperations": _bulk_operations,
    "bulkOperationRunQuery": _bulk_run,
    "shopifyPaymentsAccount": _payments_account,
    "shopifyqlQuery": _shopifyql,
    "webhookSubscriptions": _subscriptions,
    "webhookSubscriptionCreate": _subscribe,
    "webhookSubscriptionDelete": _unsubscribe,
}


def _require(session: Session, scope: str, field: str) -> None:
    if scope and scope not in session.scopes:
        required = f"`{scope}` access scope."
        raise GraphQLError(
            f"Access denied for {field} field. Required access: {required}",
            extensions={"code": "ACCESS_DENIED", "requiredAccess": required},
        )


def _selection(info: GraphQLResolveInfo[Any]) -> SelectionSetNode:
    selections: list[Any] = []
    for node in info.field_nodes:
        assert isinstance(node, FieldNode)
        if node.selection_set is not None:
            selections += node.selection_set.selections
    return SelectionSetNode(selections=tuple(selections))


def _nothing() -> SelectionSetNode:
    return SelectionSetNode(selections=())


def _type_of(gid: str) -> str:
    match = re.match(r"gid://shopify/(\w+)/\d+", gid)
    if match is None:
        raise BadRequestError(f"Invalid global id '{gid}'")
    return match[1]
