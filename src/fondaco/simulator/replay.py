"""Real transactions as a simulated shop: order lines in, a world that is served like an invented one out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from fondaco.duckdb_session import prepare
from fondaco.errors import ConfigError
from fondaco.money import minor_digits
from fondaco.simulator.world.book import (
    FIRST_IDS,
    GATEWAY,
    ORDERED,
    PRODUCT,
    REASON,
    REFUND_KIND,
    SALE,
    STATUS,
    SUCCESS,
    Book,
    Counters,
)
from fondaco.simulator.world.daytime import from_micros
from fondaco.simulator.world.frames import DAY, NULL, Array, Frame, Vocabulary, WorldWriter
from fondaco.simulator.world.generate import World, clear_world
from fondaco.simulator.world.merchants import Merchant
from fondaco.simulator.world.placing import FIRST_CUSTOMER
from fondaco.simulator.world.truth import DailySales

_REQUIRED = ("order_id", "ordered_at", "quantity")
_FIRST_PRODUCT, _FIRST_VARIANT, _FIRST_ITEM = 100_000_000_001, 200_000_000_001, 300_000_000_001


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replayed world, and what could not be taken over."""

    world: World
    orders: int
    lines: int
    refunds: int
    unmatched_returns: int
    """Negative lines for which the same buyer bought no such article before."""
    skipped: int
    """Rows without order, time, quantity or price, and positive quantities at a negative price."""


def replay_world(
    folder: Path, transactions: pa.Table, *, shop_id: str, platform: str, currency: str, time_zone: str
) -> Replayed:
    """Turn order lines into a world of one shop.

    Parameters
    ----------
    transactions
        Columns ``order_id``, ``ordered_at`` (without an offset: UTC), ``quantity``, and ``unit_price`` or
        ``line_total``; where known ``customer_id``, ``email``, ``sku``, ``title``, ``country``. Prices are taken to be
        without tax. A line whose total is no whole multiple of a cent per unit becomes two, a cent apart. A negative
        line is a refund of what the same buyer bought of the same article, in this order or the latest before.

    Raises
    ------
    ConfigError
        If a needed column is missing, or no row is a sale.
    """
    source = _Source(transactions, currency)
    clear_world(folder)
    shop = Merchant(
        shop_id, platform, shop_id.title(), currency, time_zone, "", False, 0, 1.0, "", ("manual",) * 3, {}, ()
    )  # fmt: skip
    book = source.book()
    unmatched = _give_back(book, source)
    book.settle()
    refunds = book.rows_made("refunds")
    latest = max(int(book.orders["updated_at"].max()), source.last_sale)
    first, end = int(book.orders["processed_at"].min()), latest // 1_000_000 * 1_000_000 + 1_000_000
    orders = len(book.orders["order_id"])
    world = World(folder, 0, orders, from_micros(first), from_micros(end), (shop_id,), replayed=True)
    sales = DailySales((shop,), first, end)
    ledger = book.rows_made("ledger")
    if ledger is not None:
        sales.add(book.orders, ledger)
    with WorldWriter(folder, source.vocabulary(shop)) as writer:
        for table, frame in source.tables(book, shop, first).items():
            writer.write({table: frame})
        writer.write({"daily_sales": sales.frame()})
    world.save()
    count = len(refunds["refund_id"]) if refunds else 0
    return Replayed(world, orders, len(book.lines["line_id"]), count, unmatched, source.skipped)


class _Source:
    """The transactions, cleaned and numbered: orders by time, articles and buyers by name."""

    def __init__(self, transactions: pa.Table, currency: str) -> None:
        names = set(transactions.column_names)
        missing = [name for name in _REQUIRED if name not in names]
        if not names & {"unit_price", "line_total"}:
            missing.append("unit_price or line_total")
        if missing:
            raise ConfigError(
                f"The transactions lack the column {missing[0]}.",
                f"Name the columns {', '.join(_REQUIRED)} and unit_price or line_total.",
            )
        self._database = duckdb.connect()
        prepare(self._database)
        self._database.register("transactions", transactions)
        self._database.execute(_clean_sql(names, 10 ** minor_digits(currency)))
        self.sold = self._numbers(_SOLD)
        self.returned = self._numbers(_RETURNED)
        self.last_sale = int(self._numbers("select max(sold_at) as latest from sales")["latest"][0])
        self.skipped = transactions.num_rows - len(self.sold["total"]) - len(self.returned["units"])
        if not len(self.sold["order_number"]):
            raise ConfigError(
                "None of the transactions is a sale.", "Check which columns hold quantity and price."
            )
        self._articles = self._texts("select sku, title from articles order by article")
        self._countries = self._texts(
            "select distinct country from clean where country is not null order by 1"
        )

    def _numbers(self, sql: str) -> Frame:
        table = self._database.sql(sql).to_arrow_table()
        return {
            name: column.combine_chunks().fill_null(NULL).to_numpy(zero_copy_only=False).astype(np.int64)
            for name, column in zip(table.column_names, table.columns, strict=True)
        }

    def _texts(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._database.sql(sql).fetchall()
        return found

    def vocabulary(self, shop: Merchant) -> Vocabulary:
        """The words of this shop's tables."""
        return Vocabulary(
            [shop.shop_id],
            {
                ("orders", "country"): [country for (country,) in self._countries],
                ("orders", "currency"): [shop.currency],
                ("orders", "presentment_currency"): [shop.currency],
                ("order_lines", "sku"): [sku for sku, _ in self._articles],
                ("order_lines", "title"): [title for _, title in self._articles],
                ("order_discounts", "code"): [],
                ("order_discounts", "title"): [],
            },
        )

    def book(self) -> Book:
        """All sales, placed and paid."""
        orders = self._orders()
        counters = Counters()
        lines = self._lines(orders, counters)
        shipping = dict.fromkeys(("row", "net_ex", "tax", "back_net", "back_tax"), np.zeros(0, np.int64))
        total = np.zeros(len(orders["order_id"]), np.int64)
        np.add.at(total, lines["row"], lines["net_ex"])
        orders |= {"due": total, "placed_total": total.copy(), "placed_subtotal": total.copy()}
        book = Book(orders, lines, shipping, counters)
        agreement, row = counters.draw("agreements", len(total)), lines["row"]
        book.record(
            PRODUCT, ORDERED, row, orders["processed_at"][row], agreement=agreement[row],
            amounts={
                "line_id": lines["line_id"], "quantity": lines["quantity"], "gross": lines["net_ex"],
                "discount": np.zeros(len(row), np.int64), "tax": np.zeros(len(row), np.int64),
            },
        )  # fmt: skip
        paid = np.flatnonzero(total > 0)
        book.transact(
            paid, orders["processed_at"][paid],
            {
                "kind": np.full(len(paid), SALE, np.int8), "status": np.full(len(paid), SUCCESS, np.int8),
                "gateway": orders["gateway"][paid], "amount": total[paid],
            },
        )  # fmt: skip
        return book

    def _orders(self) -> Frame:
        found = self._numbers(_ORDERS)
        count = len(found["sold_at"])
        none, zero = np.full(count, NULL), np.zeros(count, np.int64)
        buyer = found["buyer"]
        return {
            "shop_id": np.zeros(count, np.int8), "order_id": FIRST_IDS["orders"] + np.arange(count),
            "order_number": 1_001 + np.arange(count), "buyer": buyer,
            "customer_id": np.where(buyer == NULL, NULL, FIRST_CUSTOMER + np.where(buyer == NULL, 0, buyer)),
            "person_id": none, "created_at": found["sold_at"], "processed_at": found["sold_at"], "updated_at": found["sold_at"].copy(),
            "cancelled_at": none, "deleted_at": none, "edited_at": none, "is_test": np.zeros(count, bool),
            "status": np.full(count, STATUS["completed"], np.int8), "channel": np.zeros(count, np.int8),
            "gateway": np.full(count, GATEWAY["manual"], np.int8), "currency": zero, "presentment_currency": zero,
            "presentment_rate": np.ones(count), "country": np.where(found["country"] == NULL, -1, found["country"]),
            "tax_exempt": np.zeros(count, bool), "placed_discount": zero, "placed_shipping": zero, "placed_tax": zero,
            "placed_tip": zero, "placed_duty": zero, "percent": zero, "included": np.zeros(count, bool),
            "paid": zero.copy(), "refunded": zero.copy(), "authorized": np.zeros(count, bool),
        }  # fmt: skip

    def _lines(self, orders: Frame, counters: Counters) -> Frame:
        sold = self.sold
        units = np.maximum(sold["quantity"], 1)  # lines of nothing for nothing stay lines
        price, over = sold["total"] // units, sold["total"] % units
        # `over` units cost a cent more than the others; where that splits a line, it becomes two.
        parts = [
            (
                np.flatnonzero((sold["quantity"] > over) | (sold["quantity"] == 0)),
                sold["quantity"] - over,
                price,
            ),
            (np.flatnonzero(over > 0), over, price + 1),
        ]
        index = np.concatenate([where for where, _, _ in parts])
        quantity = np.concatenate([units[where] for where, units, _ in parts])
        unit = np.concatenate([prices[where] for where, _, prices in parts])
        order = np.argsort(index, kind="stable")
        index, quantity, unit = index[order], quantity[order], unit[order]
        row, article, count = sold["order_number"][index], sold["article"][index], len(index)
        zero = np.zeros(count, np.int64)
        return {
            "row": row, "shop_id": np.zeros(count, np.int8), "line_id": counters.draw("order_lines", count),
            "order_id": orders["order_id"][row], "product_id": _FIRST_PRODUCT + article,
            "variant_id": _FIRST_VARIANT + article, "sku": article, "title": article, "quantity": quantity,
            "current_quantity": quantity.copy(), "unit_price": unit, "discount": zero, "tax": zero,
            "is_gift_card": np.zeros(count, bool), "added_at": orders["created_at"][row],
            "removed_at": np.full(count, NULL), "net_ex": quantity * unit, "discount_ex": zero,
            "back_quantity": zero.copy(), "back_net": zero.copy(), "back_discount": zero.copy(),
            "back_tax": zero.copy(),
        }  # fmt: skip

    def tables(self, book: Book, shop: Merchant, first: int) -> dict[str, Frame]:
        """Every table with rows."""
        contacts = self._texts("select email from placed order by order_number")
        emails = pa.array([email for (email,) in contacts], pa.string())
        made = {table: frame for table in book.made if (frame := book.rows_made(table)) is not None}
        return {
            "shops": {
                "shop_id": np.zeros(1, np.int64), "platform": pa.array([shop.platform]), "name": pa.array([shop.name]),
                "currency": pa.array([shop.currency]), "time_zone": pa.array([shop.time_zone]),
                "country": pa.nulls(1, pa.string()), "taxes_included": np.zeros(1, bool), "tax_rate": np.zeros(1),
            },
            **made, "orders": {**book.orders, "email": emails}, "order_lines": book.lines,
            "customers": self._customers(), **self._goods(first),
        }  # fmt: skip

    def _customers(self) -> Frame:
        found = self._numbers(_BUYERS)
        emails = [email for (email,) in self._texts("select email from buyers order by buyer")]
        count = len(found["buyer"])
        return {
            "shop_id": np.zeros(count, np.int64), "customer_id": FIRST_CUSTOMER + found["buyer"],
            "email": pa.array(emails, pa.string()), "accepts_marketing": np.zeros(count, bool),
            "created_at": found["first_at"], "updated_at": found["last_at"],
            "city": np.full(count, -1), "country": np.full(count, -1),
        }  # fmt: skip

    def _goods(self, first: int) -> dict[str, Frame]:
        prices = self._numbers(_PRICES)["price"]
        count = len(self._articles)
        index, since = np.arange(count), np.full(count, first - DAY)
        skus = pa.array([sku for sku, _ in self._articles], pa.string())
        titles = pa.array([title for _, title in self._articles], pa.string())
        shop = np.zeros(count, np.int64)
        return {
            "products": {
                "shop_id": shop, "product_id": _FIRST_PRODUCT + index, "title": titles,
                "status": pa.array(["active"] * count), "created_at": since, "updated_at": since,
            },
            "variants": {
                "shop_id": shop, "variant_id": _FIRST_VARIANT + index, "product_id": _FIRST_PRODUCT + index,
                "sku": skus, "title": titles, "price": prices, "inventory_item_id": _FIRST_ITEM + index,
                "is_gift_card": np.zeros(count, bool), "updated_at": since,
            },
        }  # fmt: skip


def _give_back(book: Book, source: _Source) -> int:
    """Match returns with purchases and refund them; returns how many found none."""
    bought: dict[tuple[int, int], list[int]] = defaultdict(list)
    buyer, lines = book.orders["buyer"], book.lines
    for line, (row, article) in enumerate(zip(lines["row"].tolist(), lines["sku"].tolist(), strict=True)):
        if buyer[row] != NULL:
            bought[int(buyer[row]), article].append(line)
        bought[-1 - row, article].append(line)  # by order, for guests
    left, at = lines["quantity"].copy(), book.orders["processed_at"]
    rounds: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(
        list
    )  # (order row, instant) → lines and units
    unmatched = 0
    for number, who, article, units, when in zip(
        *(source.returned[c].tolist() for c in _RETURN_COLUMNS), strict=True
    ):
        own = bought.get((-1 - number, article), []) if number != NULL else []
        candidates = [*(bought.get((who, article), []) if who != NULL else []), *own]
        wanted = units
        for line in reversed(candidates):
            part = min(wanted, int(left[line]))
            if part and at[lines["row"][line]] <= when:
                left[line] -= part
                wanted -= part
                rounds[int(lines["row"][line]), when].append((line, part))
        unmatched += wanted == units
    _refund_in_turn(book, rounds)
    return unmatched


def _refund_in_turn(book: Book, rounds: dict[tuple[int, int], list[tuple[int, int]]]) -> None:
    """An order may come back in several refunds: the first ones of all orders, then the second ones, …"""
    turns: dict[int, int] = defaultdict(int)
    batches: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row, when in sorted(rounds, key=lambda key: (key[1], key[0])):
        batches[turns[row]].append((row, when))
        turns[row] += 1
    for batch in batches.values():
        rows, at = (np.array(column) for column in zip(*batch, strict=True))
        pieces: dict[int, int] = defaultdict(int)
        for key in batch:
            for line, units in rounds[key]:
                pieces[line] += units
        count = len(rows)
        book.refund(
            rows, at, np.full(count, REFUND_KIND["partial"], np.int8), np.full(count, REASON["returned"], np.int8),
            np.ones(count, bool), lines=_array(pieces.keys()), units=_array(pieces.values()),
        )  # fmt: skip


def _array(values: Any) -> Array:
    return np.array(list(values), np.int64)


_RETURN_COLUMNS = ("order_number", "buyer", "article", "units", "sold_at")


def _clean_sql(names: set[str], minor: int) -> str:
    def optional(name: str) -> str:
        return f"nullif(trim({name}::varchar), '')" if name in names else "null::varchar"

    total = "line_total::decimal(28, 6)" if "line_total" in names else "unit_price::decimal(22, 6) * quantity"
    return f"""
create table clean as
select row_number() over () as position, order_id::varchar as order_key, epoch_us(ordered_at::timestamp) as sold_at,
    coalesce({optional("customer_id")}, lower({optional("email")})) as buyer_key, {optional("email")} as email,
    coalesce({optional("sku")}, {optional("title")}, 'unknown') as sku,
    coalesce({optional("title")}, {optional("sku")}, 'unknown') as title, {optional("country")} as country,
    case when quantity = 0 then sign({total}) else round(quantity) end::bigint as quantity,
    round({total} * {minor})::bigint as total
from transactions
where order_id is not null and ordered_at is not null and quantity is not null and {total} is not null;

create table articles as
select row_number() over (order by sku) - 1 as article, sku, min(title) as title from clean group by sku;

create table sales as select * from clean where quantity >= 0 and total >= 0;

create table buyers as
select row_number() over (order by buyer_key) - 1 as buyer, buyer_key, min(email) as email, min(sold_at) as first_at,
    max(sold_at) as last_at
from sales where buyer_key is not null group by buyer_key;

create table placed as
select row_number() over (order by min(sold_at), order_key) - 1 as order_number, order_key, min(sold_at) as sold_at,
    min(buyer_key) as buyer_key, min(email) as email, min(country) as country
from sales group by order_key
"""


_SOLD = """
select p.order_number, a.article, s.quantity, s.total
from sales as s inner join placed as p using (order_key) inner join articles as a using (sku)
order by p.order_number, s.position
"""
_RETURNED = """
select p.order_number, b.buyer, a.article, abs(c.quantity)::bigint as units, c.sold_at
from clean as c inner join articles as a using (sku) left join placed as p using (order_key)
left join buyers as b on b.buyer_key = c.buyer_key
where c.quantity < 0 order by c.sold_at, c.position
"""
_ORDERS = """
select p.sold_at, b.buyer, n.country from placed as p left join buyers as b using (buyer_key)
left join (select country as word, row_number() over (order by country) - 1 as country
    from (select distinct country from clean where country is not null)) as n on n.word = p.country
order by p.order_number
"""
_BUYERS = "select buyer, first_at, last_at from buyers order by buyer"
_PRICES = """
select coalesce(max(s.total // nullif(s.quantity, 0)), 0)::bigint as price
from articles as a left join sales as s using (sku) group by a.article order by a.article
"""
