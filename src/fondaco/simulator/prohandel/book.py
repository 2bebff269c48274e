"""What the ERP of a shop knows, in ProHandel's words: everything sold is a line of a till, on the ledger of the world."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fondaco.simulator.store import Row, Store
from fondaco.simulator.world.frames import parquet_of

VAT_PERCENT = 19

_SALES = """
with places as (
    select min(location_id) as main, max(location_id) as store from inventory where shop_id = $shop
)
select l.ledger_id, o.order_number, o.customer_id, lines.product_id, lines.variant_id, lines.unit_price, l.quantity,
    l.gross - l.discount + l.tax as paid, l.happened_at, coalesce(c.cost, 0) as cost,
    case when o.channel = 'pos' then places.store else places.main end as location_id
from ledger as l
inner join orders as o on o.shop_id = l.shop_id and o.order_id = l.order_id
inner join order_lines as lines on lines.shop_id = l.shop_id and lines.line_id = l.line_id
asof left join unit_costs as c on c.shop_id = lines.shop_id and c.variant_id = lines.variant_id and c.valid_from <= l.happened_at
cross join places
where l.shop_id = $shop and l.line_type = 'product' and l.quantity <> 0 and not o.is_test
    and l.happened_at >= $since
order by l.happened_at, l.ledger_id limit $size offset $start
"""
_LISTS = {
    "branch": "select distinct location_id, location_name from inventory where shop_id = $shop order by location_id",
    "article": "select p.*, min(v.price) as price, min(v.cost) as cost from products as p left join variants as v using "
    "(shop_id, product_id) where p.shop_id = $shop group by all order by p.product_id",
    "articlesize": "select * from variants where shop_id = $shop and not is_gift_card order by variant_id",
    "inventory": "select i.*, v.product_id from inventory as i inner join variants as v using (shop_id, variant_id) "
    "where i.shop_id = $shop order by i.location_id, i.variant_id",
    "customer": "select * from customers where shop_id = $shop and deleted_at is null order by customer_id",
    "supplier": "select * from read_parquet($file) where shop_id = $shop order by supplier",
    "order": "select p.*, v.product_id, (select min(location_id) from inventory where shop_id = $shop) as main, row_number() over (partition by purchase_order order by p.variant_id) as position "
    "from read_parquet($file) as p inner join variants as v using (shop_id, variant_id) where p.shop_id = $shop "
    "order by purchase_order, position",
}
_OF_TRUTH = {"supplier": "suppliers", "order": "purchase_orders"}
RESOURCES = ("sale", *_LISTS)


class Book:
    """One shop's ERP."""

    def __init__(self, store: Store, shop: Row) -> None:
        self._store = store
        self._shop = shop
        self._zone = ZoneInfo(shop["time_zone"])

    def page(self, resource: str, start: int, size: int, since: date | None) -> list[Row]:
        """Records of a list in ProHandel's words."""
        values: dict[str, Any] = {"shop": self._shop["shop_id"], "size": size, "start": start}
        if resource == "sale":
            day = since or date(1970, 1, 1)
            local = datetime(day.year, day.month, day.day, tzinfo=self._zone)
            rows = self._store.rows(_SALES, {**values, "since": local.astimezone(UTC).replace(tzinfo=None)})
        else:
            sql = f"{_LISTS[resource]} limit $size offset $start"
            if resource in _OF_TRUTH:
                values["file"] = str(parquet_of(self._store.path.parent, _OF_TRUTH[resource]))
            rows = self._store.rows(sql, values)
        return [getattr(self, f"_{resource}")(row) for row in rows]

    def _at(self, moment: datetime | None) -> str | None:
        """The branch's own time, without an offset."""
        if moment is None:
            return None
        return moment.replace(tzinfo=UTC).astimezone(self._zone).replace(tzinfo=None).isoformat()

    def _branch(self, row: Row) -> Row:
        return {
            "branchNumber": row["location_id"], "name": row["location_name"], "country": self._shop["country"],
            "isActive": True, "lastChange": "2020-01-01T00:00:00",
        }  # fmt: skip

    def _article(self, row: Row) -> Row:
        return {
            "articleNumber": row["product_id"], "name": row["title"], "description": "", "category": row["product_type"],
            "brand": row["vendor"], "supplierNumber": None, "price": _euros(row["price"]), "purchasePrice": _euros(row["cost"]),
            "vatRate": VAT_PERCENT, "isActive": row["status"] == "active", "isDeleted": row["deleted_at"] is not None,
            "lastChange": self._at(row["updated_at"]),
        }  # fmt: skip

    def _articlesize(self, row: Row) -> Row:
        return {
            "articleNumber": row["product_id"], "articleSizeNumber": row["variant_id"], "size": row["title"], "color": "",
            "sku": row["sku"], "ean": row["barcode"], "supplierArticleNumber": None, "price": _euros(row["price"]),
            "purchasePrice": _euros(row["cost"]), "isDeleted": False, "lastChange": self._at(row["updated_at"]),
        }  # fmt: skip

    def _inventory(self, row: Row) -> Row:
        return {
            "branchNumber": row["location_id"], "articleNumber": row["product_id"], "articleSizeNumber": row["variant_id"],
            "quantity": row["on_hand"], "reservedQuantity": row["committed"], "lastChange": self._at(row["updated_at"]),
        }  # fmt: skip

    def _sale(self, row: Row) -> Row:
        label = row["unit_price"] * row["quantity"]
        return {
            "id": f"s-{row['ledger_id']}", "branchNumber": row["location_id"], "articleNumber": row["product_id"],
            "articleSizeNumber": row["variant_id"], "customerNumber": row["customer_id"], "staffNumber": 1,
            "receiptNumber": row["order_number"], "date": self._at(row["happened_at"]),
            "purchasePrice": _euros(row["cost"] * row["quantity"]), "salePrice": _euros(row["paid"]),
            "labelPrice": _euros(row["unit_price"]), "discount": _euros(label - row["paid"]), "quantity": row["quantity"],
            "type": 0, "isDeleted": False, "lastChange": self._at(row["happened_at"]),
        }  # fmt: skip

    def _customer(self, row: Row) -> Row:
        return {
            "customerNumber": row["customer_id"], "firstName": row["first_name"], "lastName": row["last_name"],
            "email": row["email"], "phone": row["phone"], "city": row["city"], "country": row["country"],
            "lastPurchaseDate": None, "isActive": True, "lastChange": self._at(row["updated_at"]),
        }  # fmt: skip

    def _supplier(self, row: Row) -> Row:
        return {
            "supplierNumber": row["supplier"], "name": row["name"], "currency": row["currency"],
            "deliveryDays": row["lead_time_days"], "minimumOrderValue": _euros(row["minimum_order_value"]),
            "lastChange": "2020-01-01T00:00:00",
        }  # fmt: skip

    def _order(self, row: Row) -> Row:
        return {
            "orderNumber": row["purchase_order"], "position": row["position"], "supplierNumber": row["supplier"],
            "customerNumber": None, "branchNumber": row["main"], "articleNumber": row["product_id"],
            "articleSizeNumber": row["variant_id"], "date": row["ordered_on"], "deliveryDate": row["expected_on"],
            "quantity": row["quantity"], "deliveredQuantity": row["received_quantity"] or 0, "deliveredDate": row["received_on"],
            "purchasePrice": _euros(row["unit_cost"]), "status": "received" if row["received_on"] else "open",
            "isDeleted": False, "lastChange": f"{row['received_on'] or row['ordered_on']}T00:00:00",
        }  # fmt: skip


def _euros(cents: int | None) -> float | None:
    """Cents as JSON numbers have them."""
    return None if cents is None else cents / 100
