"""The world while it is served: one DuckDB file, read by many threads, moved on by ``advance``."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from fondaco.duckdb_session import prepare
from fondaco.errors import ConfigError
from fondaco.simulator.progress import Advanced, advance
from fondaco.simulator.reported_ads import CLAIMS, REPORTED_DAYS
from fondaco.simulator.reported_messages import REPORTED_MESSAGES
from fondaco.simulator.schema import TABLES
from fondaco.simulator.world.frames import parquet_of
from fondaco.simulator.world.generate import STORE_FILE, World
from fondaco.simulator.world.truth import daily_sales_sql, moved_goods_sql

Row = dict[str, Any]

_SORTED = {
    "orders": "shop_id, updated_at, order_id",
    "customers": "shop_id, updated_at, customer_id",
    "products": "shop_id, updated_at, product_id",
}
"""Pages are read by (shop, updated_at, id): sorted so, a page touches a few row groups. Other tables follow their orders."""


_TYPES = {"text": "varchar", "int": "integer", "bool": "boolean"}


class Store:
    """The serving database of one world.

    Instants come back as naive datetimes in UTC, money as integers in minor units.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ConfigError(
                f"There is no simulator store at {path}.",
                "Build one with fondaco.simulator.store.Store.build.",
            )
        self.path = path
        self._connection = duckdb.connect(str(path))
        prepare(self._connection)
        self._complete()
        self._threads = threading.local()
        self.writing = threading.Lock()
        self.world = World.open(path.parent)

    @classmethod
    def build(cls, world_folder: Path) -> Self:
        """Load the parquet of a world into ``store.duckdb`` beside it and open that."""
        world = World.open(world_folder)
        path = world_folder / STORE_FILE
        for leftover in (path, path.with_name(path.name + ".wal")):
            leftover.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as connection:
            prepare(connection)
            connection.execute("set memory_limit = '1GB'")
            for table in TABLES:
                file = str(parquet_of(world_folder, table)).replace("'", "''")
                order = f" order by {_SORTED[table]}" if table in _SORTED else ""
                connection.execute(f"create table {table} as select * from read_parquet('{file}'){order}")
            connection.execute("create table moments (now timestamp)")
            connection.execute(
                "insert into moments values (?)", [world.end.astimezone(UTC).replace(tzinfo=None)]
            )
        return cls(path)

    def _complete(self) -> None:
        """Make the tables that worlds had not yet when this store was built; they are empty in it."""
        known = {
            name for (name,) in self._connection.execute("select table_name from duckdb_tables()").fetchall()
        }
        for table in TABLES.keys() - known:
            columns = ", ".join(f"{name} {_TYPES.get(word, word)}" for name, word in TABLES[table].items())
            self._connection.execute(f"create table {table} ({columns})")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; cursors of other threads end with it."""
        self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's own cursor."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._threads, "cursor", None)
        if cursor is None:
            cursor = self._threads.cursor = self._connection.cursor()
        return cursor

    def rows(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """Run a query; parameters are ``?`` with a sequence or ``$name`` with a mapping."""
        cursor = self.cursor().execute(sql, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def shop(self, shop_id: str) -> Row:
        """The row of ``shops``."""
        found = self.rows("select * from shops where shop_id = ?", [shop_id])
        if not found:
            known = ", ".join(str(row["shop_id"]) for row in self.shops())
            raise ConfigError(f"The simulated world has no shop {shop_id!r}.", f"Choose one of: {known}.")
        return found[0]

    def shops(self, platform: str | None = None) -> list[Row]:
        """All shops, or those of one platform."""
        return self.rows(
            "select * from shops where $platform is null or platform = $platform order by shop_id",
            {"platform": platform},
        )

    @property
    def now(self) -> datetime:
        """The present instant of the world, aware, in UTC. No row is later."""
        instant: datetime = self.rows("select now from moments")[0]["now"]
        return instant.replace(tzinfo=UTC)

    def daily_report(self, shop_id: str, first: date, last: date, *, clock: str = "finance") -> list[Row]:
        """The vendor's own daily sales, from the hidden ledger as it is now: one row for each day with movements.

        Columns as in ``truth/daily_sales``: day (ISO), orders, gross_sales, discounts, returns, net_sales, shipping,
        taxes, duties, total_sales, in minor units.
        """
        params = {
            "shop": shop_id, "zone": self.shop(shop_id)["time_zone"], "first": first.isoformat(),
            "last": last.isoformat(),
        }  # fmt: skip
        return self.rows(daily_sales_sql(clock), params)

    def moved_goods(self, shop_id: str) -> list[Row]:
        """Every movement of pieces, from the hidden ledger as it is now, in the order of the ledger.

        Columns: ledger_id, order_id, line_id, variant_id, day (ISO, the order's, shop-local), action (order, edit, return), units,
        restocked, unit_cost (in minor units, as it was on that day; null where there is none).
        """
        return self.rows(moved_goods_sql(), {"shop": shop_id, "zone": self.shop(shop_id)["time_zone"]})

    def ad_days(self, platform: str, first: date, last: date) -> list[Row]:
        """What an advertising platform reports now for the account's days from first to last: one row a unit and day.

        Columns: campaign_id, ad_group_id, ad_id (null where the campaign has no ads), unit_id, day (ISO), impressions, reach,
        clicks, link_clicks, spend (minor units of the account's currency). There is no row where there was no delivery.
        """
        params = {"platform": platform, "first": first.isoformat(), "last": last.isoformat()}
        return self.rows(REPORTED_DAYS, params | {"now": self.now.replace(tzinfo=None)})

    def ad_claims(self, platform: str, first: date, last: date) -> list[Row]:
        """What an advertising platform claims now, by the account's day of the touch: one row an order.

        Columns: unit_id, day (ISO), kind (click, view, engaged_view), lag_seconds (from the touch to the order), credit,
        value (minor units of the account's currency), keyword_id, converted_day (ISO, the account's), order_id.
        """
        params = {"platform": platform, "first": first.isoformat(), "last": last.isoformat()}
        return self.rows(CLAIMS, params | {"now": self.now.replace(tzinfo=None)})

    def message_figures(self, platform: str, first: date, last: date) -> list[Row]:
        """What a messaging platform reports now, by the account's day of the send: one row a campaign or flow and day.

        Columns: campaign_id, message_id, kind (campaign, flow), channel, name, message, day (ISO), sent, delivered, openings, opened
        (people), clicks, clicked (people), bounced, unsubscribed, marked_spam, claimed_orders, claimed_value and claimed_goods (without shipping
        and tax; minor units of the account's currency), cost (likewise; null for e-mail, of which the platform tells none).
        """
        params = {"platform": platform, "first": first.isoformat(), "last": last.isoformat()}
        return self.rows(REPORTED_MESSAGES, params | {"now": self.now.replace(tzinfo=None)})

    def advance(self, *, seed: int, share: float, minutes: int) -> Advanced:
        """Let time go on: change and add a share of the orders, and a little of everything else.

        New orders, refunds, edits, cancellations, deletions, payments, prices, customers, stock; each with its
        ``updated_at`` after the old ``now`` and not after the new one. The ledger and the report follow.
        """
        return advance(self, seed=seed, share=share, minutes=minutes)
