"""Orders of a running store, read back into a book, and what changed in the book, written to the store."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np

from fondaco.simulator.world import merchants as words
from fondaco.simulator.world.book import FIRST_IDS, SLOTS, Book, Counters
from fondaco.simulator.world.frames import NULL, Frame, Vocabulary, take, to_arrow
from fondaco.simulator.world.merchants import Merchant

_KEYS = {
    "orders": "order_id", "order_lines": "line_id", "shipping_lines": "shipping_line_id", "refunds": "refund_id",
    "refund_lines": "refund_line_id", "transactions": "transaction_id", "ledger": "ledger_id",
}  # fmt: skip
_INSTANTS = ("created_at", "processed_at", "updated_at", "cancelled_at", "deleted_at", "edited_at")


def counters_of(cursor: duckdb.DuckDBPyConnection) -> Counters:
    """Ids that follow on those of the store."""
    following = {}
    for table, first in FIRST_IDS.items():
        key, source = ("agreement_id", "ledger") if table == "agreements" else (_KEYS[table], table)
        newest = cursor.execute(f"select max({key}) from {source}").fetchall()[0][0]
        following[table] = max(first, (newest or 0) + 1)
    return Counters(following)


def read_book(
    cursor: duckdb.DuckDBPyConnection,
    order_ids: Sequence[int],
    shops: tuple[Merchant, ...],
    counters: Counters,
) -> Book:
    """The orders with these ids, in this order, with their lines, shipping charges and payments."""
    cursor.execute("create or replace temp table chosen (row_number bigint, order_id bigint)")
    numbered = {"row_number": np.arange(len(order_ids)), "order_id": np.array(order_ids, np.int64)}
    insert(cursor, "chosen", numbered)
    orders = _orders(cursor, shops)
    lines = _pieces(cursor, "line_id", _LINES)
    zero = np.zeros(len(lines["row"]), np.int64)
    lines |= {"sku": zero - 1, "title": zero - 1, "shop_id": orders["shop_id"][lines["row"]]}
    lines["is_gift_card"] = lines["is_gift_card"].astype(bool)
    shipping = _pieces(cursor, "shipping", _SHIPPING)
    book = Book(orders, lines, shipping, counters)
    _payments(cursor, book)
    return book


def insert(cursor: duckdb.DuckDBPyConnection, table: str, frame: Frame) -> None:
    """Append a frame of numbers whose columns stand as in ``table``."""
    cursor.register("fresh_rows", {name: np.asarray(values) for name, values in frame.items()})
    cursor.execute(f"insert into {table} select * from fresh_rows")
    cursor.unregister("fresh_rows")


def append(cursor: duckdb.DuckDBPyConnection, table: str, frame: Frame, vocabulary: Vocabulary) -> None:
    """Append rows of one of the world's tables."""
    if len(next(iter(frame.values()))):
        cursor.register("fresh_rows", to_arrow(table, frame, vocabulary))
        cursor.execute(f"insert into {table} select * from fresh_rows")
        cursor.unregister("fresh_rows")


def write_back(
    cursor: duckdb.DuckDBPyConnection, book: Book, lines_before: Frame, vocabulary: Vocabulary
) -> None:
    """Bring the store up to date with a book that was read from it."""
    columns = (
        "order_id",
        "updated_at",
        "cancelled_at",
        "deleted_at",
        "edited_at",
        "status",
        "financial_status",
    )
    changed = {name: book.orders[name] for name in columns}
    cursor.register("changed_orders", to_arrow("orders", changed, vocabulary).select(columns))
    assignments = ", ".join(f"{name} = c.{name}" for name in columns[1:])
    cursor.execute(
        f"update orders set {assignments} from changed_orders as c where orders.order_id = c.order_id"
    )
    cursor.unregister("changed_orders")
    known = len(lines_before["line_id"])
    moved = np.flatnonzero(book.lines["current_quantity"][:known] != lines_before["current_quantity"])
    part = take({name: book.lines[name] for name in ("line_id", "current_quantity")}, moved)
    cursor.register("changed_lines", {name: np.asarray(values) for name, values in part.items()})
    cursor.execute(
        "update order_lines set current_quantity = c.current_quantity from changed_lines as c "
        "where order_lines.line_id = c.line_id"
    )
    cursor.unregister("changed_lines")
    append(cursor, "order_lines", take(book.lines, np.arange(known, len(book.lines["line_id"]))), vocabulary)
    for table in book.made:
        rows = book.rows_made(table)
        if rows is not None:
            append(cursor, table, rows, vocabulary)


def _columns(cursor: duckdb.DuckDBPyConnection, sql: str) -> Frame:
    """A query's numbers as int64 arrays, null as NULL."""
    table = cursor.sql(sql).to_arrow_table()
    return {
        name: column.combine_chunks().fill_null(NULL).to_numpy(zero_copy_only=False).astype(np.int64)
        for name, column in zip(table.column_names, table.columns, strict=True)
    }


def _case(column: str, known: Sequence[str]) -> str:
    cases = " ".join(f"when '{word}' then {code}" for code, word in enumerate(known))
    return f"case {column} {cases} else -1 end::bigint"


def _orders(cursor: duckdb.DuckDBPyConnection, shops: tuple[Merchant, ...]) -> Frame:
    instants = ", ".join(f"epoch_us(o.{name}) as {name}" for name in _INSTANTS)
    frame = _columns(
        cursor,
        f"""
        select o.order_id, {_case("o.shop_id", [shop.shop_id for shop in shops])} as shop_id, {instants},
            o.is_test::bigint as is_test, o.tax_exempt::bigint as tax_exempt, o.placed_subtotal,
            {_case("o.status", words.STATUSES)} as status, {_case("o.gateway", words.GATEWAYS)} as gateway,
            coalesce((select sum(gross - discount + tax) from ledger as l
                where l.order_id = o.order_id and l.action <> 'return'), 0)::bigint as due,
            coalesce((select sum(amount) from refunds as r where r.order_id = o.order_id), 0)::bigint as refunded,
            exists(select 1 from transactions as t where t.order_id = o.order_id and t.kind = 'authorization'
                and t.status = 'success')::bigint as authorized
        from chosen inner join orders as o using (order_id) order by row_number
        """,
    )
    shop = frame["shop_id"] = frame["shop_id"].astype(np.int8)
    exempt = frame.pop("tax_exempt") == 1
    frame["percent"] = np.where(exempt, 0, np.array([merchant.tax_percent for merchant in shops])[shop])
    frame["included"] = np.array([merchant.taxes_included for merchant in shops])[shop]
    frame["paid"] = np.zeros(len(shop), np.int64)
    for name in ("is_test", "authorized"):
        frame[name] = frame[name] == 1
    return frame


_LINES = """
    select c.row_number as "row", x.line_id, x.order_id, x.product_id, x.variant_id, x.quantity, x.current_quantity,
        x.unit_price, x.discount, x.tax, x.is_gift_card::bigint as is_gift_card, epoch_us(x.added_at) as added_at,
        epoch_us(x.removed_at) as removed_at, m.net_ex, m.discount_ex, m.back_quantity, m.back_net, m.back_discount,
        m.back_tax
    from chosen as c inner join order_lines as x using (order_id) inner join moved as m using (line_id)
    order by c.row_number, x.line_id
"""
_SHIPPING = """
    select c.row_number as "row", x.shipping_line_id, x.order_id, x.price, x.discount, x.tax, m.net_ex, m.discount_ex,
        m.back_net, m.back_tax
    from chosen as c inner join shipping_lines as x using (order_id) inner join moved as m using (order_id)
    order by c.row_number
"""


def _pieces(cursor: duckdb.DuckDBPyConnection, kind: str, select: str) -> Frame:
    """Lines or shipping charges with their amounts before tax and what came back of them, from the ledger."""
    key, where = (
        ("line_id", "line_id is not null") if kind == "line_id" else ("order_id", "line_type = 'shipping'")
    )
    placed, back = "action <> 'return' and quantity > 0", "action = 'return'"
    return _columns(
        cursor,
        f"""
        with moved as (
            select {key},
                coalesce(sum(gross - discount) filter ({placed}), 0)::bigint as net_ex,
                coalesce(sum(discount) filter ({placed}), 0)::bigint as discount_ex,
                coalesce(-sum(quantity) filter ({back}), 0)::bigint as back_quantity,
                coalesce(-sum(gross - discount) filter ({back}), 0)::bigint as back_net,
                coalesce(-sum(discount) filter ({back}), 0)::bigint as back_discount,
                coalesce(-sum(tax) filter ({back}), 0)::bigint as back_tax
            from ledger where order_id in (select order_id from chosen) and {where} group by {key}
        ) {select}
        """,
    )


def first_transactions(cursor: duckdb.DuckDBPyConnection) -> Frame:
    """The first transaction of each order that was read, the parent of what follows on it."""
    return _columns(
        cursor,
        """
        select c.row_number as "row", coalesce(min(t.transaction_id), 0) as transaction_id
        from chosen as c left join transactions as t using (order_id) group by c.row_number order by c.row_number
        """,
    )


def _payments(cursor: duckdb.DuckDBPyConnection, book: Book) -> None:
    found = _columns(
        cursor,
        f"""
        select c.row_number as "row", t.transaction_id, t.amount, {_case("t.gateway", words.GATEWAYS)} as gateway,
            coalesce((select sum(amount) from transactions as b where b.order_id = t.order_id
                and b.parent_id = t.transaction_id and b.kind = 'refund'), 0)::bigint as back,
            row_number() over (partition by t.order_id order by t.transaction_id) - 1 as slot
        from chosen as c inner join transactions as t using (order_id)
        where t.status = 'success' and t.kind in ('sale', 'capture')
        """,
    )
    kept = found["slot"] < SLOTS
    row, slot = found["row"][kept], found["slot"][kept]
    for name, column in (
        ("id", "transaction_id"),
        ("amount", "amount"),
        ("back", "back"),
        ("gateway", "gateway"),
    ):
        book.payment[name][row, slot] = found[column][kept]
    np.add.at(book.orders["paid"], found["row"], found["amount"])
