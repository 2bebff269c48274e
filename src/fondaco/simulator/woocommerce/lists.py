"""What a list holds: which ids pass its filters, in order, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fondaco.simulator.woocommerce.words import WorldStore

_NOT_GONE = "not (deleted_at is not null and order_id % 2 = 0)"
"""Orders with an even id were deleted for good, those with an odd one lie in the trash."""

REFUNDED = """
(financial_status = 'refunded' and status in ('open', 'completed') and not exists (
    select 1 from refunds as hidden
    where hidden.shop_id = orders.shop_id and hidden.order_id = orders.order_id
        and hidden.created_at > orders.updated_at
))
"""
"""An order shows what happened up to its modified time; a refund that left that alone is in the list of refunds only."""

_ORDER_STATUS = f"""
case
    when deleted_at is not null then 'trash'
    when {REFUNDED} then 'refunded'
    when status = 'open' and financial_status not in ('paid', 'partially_refunded', 'refunded') then 'on-hold'
    when status = 'open' then 'processing'
    when status in ('completed', 'cancelled', 'failed') then status
    else 'pending'
end
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource: its table, key, clocks, and how its status reads in SQL."""

    table: str
    key: str
    created: str
    modified: str | None
    status: str | None = None
    always: str = "true"
    order_by: frozenset[str] = frozenset({"id", "date"})


KINDS = {
    "orders": Kind("orders", "order_id", "processed_at", "updated_at", _ORDER_STATUS, _NOT_GONE),
    "refunds": Kind(
        "refunds",
        "refund_id",
        "created_at",
        None,
        always=f"order_id in (select order_id from orders where shop_id = $shop and {_NOT_GONE})",
    ),
    "customers": Kind(
        "customers",
        "customer_id",
        "created_at",
        None,
        always="deleted_at is null",
        order_by=frozenset({"id", "include", "name", "registered_date"}),
    ),
    "products": Kind(
        "products",
        "product_id",
        "created_at",
        "updated_at",
        "case when deleted_at is not null then 'trash' when status = 'active' then 'publish' "
        "when status = 'draft' then 'draft' else 'private' end",
    ),
    "categories": Kind(
        "collections",
        "collection_id",
        "created_at",
        None,
        order_by=frozenset({"id", "include", "name", "slug", "count"}),
    ),
    "coupons": Kind("discounts", "discount_id", "starts_at", "updated_at", "'publish'"),
}


class BadParameterError(Exception):
    """A parameter that WooCommerce refuses with 400."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list request, understood."""

    kind: Kind
    condition: str
    values: dict[str, Any]
    order: str
    size: int
    page: int


def understand(
    kind: Kind,
    query: Mapping[str, str],
    zone: ZoneInfo,
    *,
    parent: int | None = None,
    ignores_modified: bool = False,
) -> Wanted:
    """Read the parameters of a list.

    Raises
    ------
    BadParameterError
        As WooCommerce refuses it: a page below 1, more than 100 a page, an instant that is none.
    """
    size = _number(query, "per_page", 10, 100)
    page = _number(query, "page", 1, None)
    terms, values = [kind.always], dict[str, Any]()
    if parent is not None:
        terms.append("order_id = $parent")
        values["parent"] = parent
    is_gmt = query.get("dates_are_gmt", "false").lower() in ("true", "1")
    clocks = {"after": kind.created, "before": kind.created}
    if kind.modified and not ignores_modified:
        clocks |= {"modified_after": kind.modified, "modified_before": kind.modified}
    for name, column in clocks.items():
        if name in query:
            values[name] = _instant(name, query[name])
            shown = f"date_trunc('second', {column})"
            if not is_gmt:
                shown = f"timezone('{zone.key}', timezone('UTC', {shown}))"
            terms.append(f"{shown} {'>' if name.endswith('after') else '<'} ${name}")
    if kind.status:
        status = query.get("status", "any")
        terms.append(f"({kind.status}) <> 'trash'" if status == "any" else f"({kind.status}) = $status")
        if status != "any":
            values["status"] = status
    if "include" in query:
        wanted = [text.strip() for text in query["include"].split(",")]
        if not all(text.isdigit() for text in wanted):
            raise BadParameterError("include", "include[0] is not of type integer.")
        terms.append(f"{kind.key} in ({', '.join(wanted)})")
    order_by = query.get(
        "orderby", "id" if "id" not in kind.order_by else "date" if "date" in kind.order_by else "id"
    )
    if order_by not in kind.order_by:
        raise BadParameterError("orderby", f"orderby is not one of {', '.join(sorted(kind.order_by))}.")
    direction = "asc" if query.get("order", "desc") == "asc" else "desc"
    column = kind.created if order_by in ("date", "registered_date") else kind.key
    return Wanted(
        kind, " and ".join(f"({term})" for term in terms), values, f"{column} {direction}", size, page
    )


def ids(store: WorldStore, shop_id: str, wanted: Wanted, *, moved: bool = False) -> tuple[list[int], int]:
    """The ids on the page, and the total. ``moved``: one earlier record has left the list since the page before."""
    kind = wanted.kind
    scope = f"from {kind.table} where shop_id = $shop and {wanted.condition}"
    values = {"shop": shop_id, **wanted.values}
    total = int(store.rows(f"select count(*) as total {scope}", values)[0]["total"])
    offset = (wanted.page - 1) * wanted.size
    if moved and offset:
        offset, total = offset + 1, total - 1
    rows = store.rows(
        f"select {kind.key} as id {scope} order by {wanted.order}, {kind.key} limit {wanted.size} offset {offset}",
        values,
    )
    return [row["id"] for row in rows], total


def _number(query: Mapping[str, str], name: str, default: int, most: int | None) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or int(text) < 1 or (most is not None and int(text) > most):
        bound = f"between 1 (inclusive) and {most} (inclusive)" if most else "greater than or equal to 1"
        raise BadParameterError(name, f"{name} must be {bound}")
    return int(text)


def _instant(name: str, text: str) -> datetime:
    """WordPress turns an offset into the site's time, which is wrong together with dates_are_gmt: none may be sent."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadParameterError(name, f"{name} has an invalid date.") from None
    if moment.tzinfo is not None:
        raise BadParameterError(name, f"{name} carries an offset, which this simulator does not take.")
    return moment
