"""The resources that can be listed: their rows, their clocks, their ids, and what predicates may ask of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fondaco.simulator.commercetools.predicate import (
    Bound,
    Compare,
    Fields,
    PredicateError,
    Value,
    number_or_text,
)

ORDER, PAYMENT, CUSTOMER, PRODUCT, LINE, STOCK, CODE, CART_DISCOUNT, SHARED, TRANSACTION, RETURN, CATEGORY = (
    range(1, 13)
)


def uuid(kind: int, number: int) -> str:
    """The vendor's kind of id for a row of the world; as texts they sort as the numbers do."""
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def number_of(kind: int, text: str) -> int:
    """The row behind an id; an id of nothing stands before or after all rows, as its text does."""
    head, tail = f"{kind:08x}-0000-4000-8000-", text.lower()
    if tail.startswith(head) and len(tail) == len(head) + 12:
        try:
            return int(tail[len(head) :], 16)
        except ValueError:
            pass
    return -1 if tail < head else 2**62


@dataclass(frozen=True, slots=True)
class Resource:
    """A list of the API.

    Attributes
    ----------
    rows
        SQL of its rows with the columns number, created_at and modified_at, and others that predicates use.
    """

    path: str
    kind: int
    scope: str
    rows: str
    fields: Callable[[Bound], Fields]


def _instant(expression: str, bound: Bound) -> Compare:
    """Comparisons by milliseconds: that is what the API shows."""
    shown = f"date_trunc('millisecond', {expression})"

    def compare(operator: str, values: Sequence[Value]) -> str:
        if operator in ("defined", "undefined"):
            return f"({expression}) is {'not ' if operator == 'defined' else ''}null"
        if operator == "in":
            return f"{shown} in ({', '.join(bound.add(_moment(value)) for value in values) or 'null'})"
        return f"{shown} {operator} {bound.add(_moment(values[0]))}"

    return compare


def _moment(value: Value) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise PredicateError(
            "Malformed parameter: where: The field does not support the provided value."
        ) from None
    if moment.tzinfo is None:
        raise PredicateError("Malformed parameter: where: An instant needs an offset.")
    return moment.astimezone(UTC).replace(tzinfo=None)


def _id(kind: int, expression: str, bound: Bound) -> Compare:
    def compare(operator: str, values: Sequence[Value]) -> str:
        if operator in ("defined", "undefined"):
            return f"({expression}) is {'not ' if operator == 'defined' else ''}null"
        numbers = [bound.add(number_of(kind, str(value))) for value in values]
        if operator == "in":
            return f"{expression} in ({', '.join(numbers) or 'null'})"
        return f"{expression} {operator} {numbers[0]}"

    return compare


def _common(kind: int) -> Callable[[Bound], Fields]:
    def fields(bound: Bound) -> Fields:
        return Fields(_plain(kind, bound))

    return fields


def _plain(kind: int, bound: Bound) -> dict[str, Compare]:
    return {
        "id": _id(kind, "number", bound),
        "createdAt": _instant("created_at", bound),
        "lastModifiedAt": _instant("modified_at", bound),
    }


def _order_fields(bound: Bound) -> Fields:
    plain = {
        **_plain(ORDER, bound),
        "completedAt": _instant("completed_at", bound),
        "orderState": number_or_text("order_state", bound),
        "orderNumber": number_or_text("cast(order_number as varchar)", bound),
        "customerId": _id(CUSTOMER, "customer_id", bound),
    }
    payment = Fields({"id": _id(PAYMENT, "number", bound)})
    info = Fields({}, {"payments": (payment, "(has_payment and {})")})
    return Fields(plain, {"paymentInfo": (info, "{}")})


def _payment_fields(bound: Bound) -> Fields:
    transaction = Fields(
        {
            "type": number_or_text(TYPE_SQL, bound),
            "state": number_or_text(STATE_SQL, bound),
            "timestamp": _instant("t.processed_at", bound),
        }
    )
    around = "exists (select 1 from transactions as t where t.shop_id = $shop and t.order_id = number and {})"
    return Fields(_plain(PAYMENT, bound), {"transactions": (transaction, around)})


def _message_fields(bound: Bound) -> Fields:
    return Fields({**_plain(SHARED, bound), "type": number_or_text("type", bound)})


TYPE_SQL = (
    "case t.kind when 'authorization' then 'Authorization' when 'void' then 'CancelAuthorization' "
    "when 'refund' then 'Refund' else 'Charge' end"
)
STATE_SQL = "case t.status when 'success' then 'Success' when 'pending' then 'Pending' else 'Failure' end"
STATE_OF_ORDER = {"completed": "Complete", "cancelled": "Cancelled", "pending": "Open", "failed": "Open"}

ORDERS_SQL = """
select order_id as number, created_at, updated_at as modified_at, order_number, customer_id,
    case when processed_at <> created_at then processed_at end as completed_at,
    case status when 'completed' then 'Complete' when 'cancelled' then 'Cancelled' else 'Open' end as order_state,
    order_id in (select order_id from transactions where shop_id = $shop) as has_payment
from orders where shop_id = $shop and deleted_at is null
"""
PAYMENTS_SQL = """
select order_id as number, min(processed_at) as created_at, max(processed_at) as modified_at
from transactions where shop_id = $shop group by order_id
"""
_MESSAGES_SQL = " union all ".join(
    f"select {key} * 8 + {kind} as number, deleted_at as created_at, deleted_at as modified_at, "
    f"'{word}Deleted' as type, '{word.lower()}' as resource, {key} as resource_number "
    f"from {table} where shop_id = $shop and deleted_at > $horizon"
    for table, key, kind, word in (
        ("orders", "order_id", 1, "Order"),
        ("customers", "customer_id", 2, "Customer"),
        ("products", "product_id", 3, "Product"),
    )
)

RESOURCES = {
    resource.path: resource
    for resource in (
        Resource("orders", ORDER, "view_orders", ORDERS_SQL, _order_fields),
        Resource("payments", PAYMENT, "view_payments", PAYMENTS_SQL, _payment_fields),
        Resource(
            "customers",
            CUSTOMER,
            "view_customers",
            "select customer_id as number, created_at, updated_at as modified_at from customers "
            "where shop_id = $shop and deleted_at is null",
            _common(CUSTOMER),
        ),
        Resource(
            "products",
            PRODUCT,
            "view_products",
            "select product_id as number, created_at, updated_at as modified_at from products "
            "where shop_id = $shop and deleted_at is null",
            _common(PRODUCT),
        ),
        Resource(
            "categories",
            CATEGORY,
            "view_products",
            "select collection_id as number, created_at, updated_at as modified_at from collections "
            "where shop_id = $shop",
            _common(CATEGORY),
        ),
        Resource(
            "inventory",
            STOCK,
            "view_products",
            "select variant_id * 64 + location_id % 64 as number, updated_at as created_at, "
            "updated_at as modified_at from inventory where shop_id = $shop",
            _common(STOCK),
        ),
        Resource(
            "discount-codes",
            CODE,
            "view_discount_codes",
            "select discount_id as number, starts_at as created_at, updated_at as modified_at from discounts "
            "where shop_id = $shop and code is not null",
            _common(CODE),
        ),
        Resource(
            "cart-discounts",
            CART_DISCOUNT,
            "view_cart_discounts",
            "select discount_id as number, starts_at as created_at, updated_at as modified_at from discounts "
            "where shop_id = $shop",
            _common(CART_DISCOUNT),
        ),
        Resource("messages", SHARED, "view_messages", _MESSAGES_SQL, _message_fields),
    )
}
"""By path. Project settings are read with view_project_settings."""

Row = dict[str, Any]
