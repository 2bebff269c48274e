"""A step of time: new orders and newcomers, events on old orders, new prices and costs, changed customers and stock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from fondaco.errors import ConfigError
from fondaco.simulator.progress.events import EVENTS, Events
from fondaco.simulator.progress.reading import append, counters_of, first_transactions, read_book, write_back
from fondaco.simulator.world.ad_accounts import GOOGLE, META
from fondaco.simulator.world.advertising import Advertising
from fondaco.simulator.world.aftermath import Aftermath
from fondaco.simulator.world.book import Counters
from fondaco.simulator.world.catalog import make_catalog
from fondaco.simulator.world.customers import customer_rows, people_blocks
from fondaco.simulator.world.daytime import to_micros
from fondaco.simulator.world.frames import NULL, Array
from fondaco.simulator.world.generate import World, tables_of, vocabulary_of
from fondaco.simulator.world.merchants import merchants
from fondaco.simulator.world.message_catalog import campaign_rows, contact_rows
from fondaco.simulator.world.messaging import Messaging
from fondaco.simulator.world.people import Crowd, join, newcomers, simulate
from fondaco.simulator.world.placing import Block, Setting, place
from fondaco.simulator.world.stories import tell_stories
from fondaco.simulator.world.truth import moved_pieces_sql

if TYPE_CHECKING:
    from fondaco.simulator.store import Store

_NEW_SHARE = 0.4  # of the changed orders
_NEWCOMERS = 0.4  # of the new orders
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a step of time brought."""

    now: datetime
    orders_created: int
    customers_changed: int
    variants_changed: int
    inventory_changed: int
    events: dict[str, int] = field(default_factory=dict)
    """Event (``progress.events.EVENTS``) → how many orders it befell."""

    @property
    def orders_changed(self) -> int:
        """Orders that are new or that something befell."""
        return self.orders_created + sum(self.events.values())


def advance(store: Store, *, seed: int, share: float, minutes: int) -> Advanced:
    """Move the world on by ``minutes`` in which a ``share`` of its orders is changed or added; at least one.

    The same store, seed, share and minutes give the same rows. All laws of the world hold after it.
    """
    with store.writing:
        cursor = store.cursor()
        now = to_micros(store.now)
        then = now + minutes * 60_000_000
        cursor.execute("begin transaction")
        try:
            done = _Step(cursor, store.world, seed, (now, then)).take(share)
            cursor.execute("update moments set now = ?", [done.now.replace(tzinfo=None)])
        except BaseException:
            cursor.execute("rollback")
            raise
        cursor.execute("commit")
        return done


class _Step:
    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, world: World, seed: int, span: tuple[int, int]
    ) -> None:
        if world.replayed:
            raise ConfigError(
                "A replayed shop has no invented future.",
                "Generate a world with `fondaco demo` to see time go on.",
            )
        self._cursor = cursor
        self._seed = seed
        self._now, self._then = span
        self._rng = np.random.default_rng([seed, 10, self._now // 1_000_000])
        self._shops = merchants(world.shops)
        first, last = to_micros(world.start), to_micros(world.end)
        crowd, _ = simulate(world.seed, world.orders, first, last, self._shops)
        catalog = make_catalog(world.seed, self._shops, world.orders, first, last)
        ads = Advertising(self._shops, first, last, world.orders)
        everybody = self._with_earlier_newcomers(crowd)
        messages = None
        if world.messaging:
            settled = len(crowd.rate)
            messages = Messaging(world.messaging, self._shops, everybody, settled, first, last, self._then)
        self._setting = Setting(self._shops, everybody, catalog, first, self._then, ads, messages)
        self._vocabulary = vocabulary_of(self._shops, catalog)
        self._follows_sales = world.stock
        self._take_over_prices()

    def take(self, share: float) -> Advanced:
        orders = self._count("orders")
        changed = max(1, round(share * orders))
        created = self._rng.binomial(changed, _NEW_SHARE)
        counters = counters_of(self._cursor)
        # Old orders first, so that no order is created and changed in one step.
        events = self._befall(changed - created, counters)
        if created:
            self._create(created, counters)
        self._advertise()
        self._write_letters()
        return Advanced(
            now=_EPOCH.replace(tzinfo=UTC) + timedelta(microseconds=self._then),
            orders_created=created,
            customers_changed=self._change_customers(share),
            variants_changed=self._change_prices(share),
            inventory_changed=self._change_stock(share),
            events=events,
        )

    def _instants(self, count: int) -> Array:
        """``count`` instants after now and not after then, on full seconds."""
        seconds = (self._then - self._now) // 1_000_000
        return np.asarray(self._now + self._rng.integers(1, seconds + 1, count) * 1_000_000)

    def _count(self, table: str) -> int:
        return int(self._cursor.execute(f"select count(*) from {table}").fetchall()[0][0])

    # ---- people and goods --------------------------------------------------------------------------------------------

    def _with_earlier_newcomers(self, crowd: Crowd) -> Crowd:
        self._cursor.execute(
            "create table if not exists advances (seed bigint, started_at bigint, people bigint)"
        )
        past = self._cursor.execute(
            "select seed, started_at, people from advances order by started_at"
        ).fetchall()
        for seed, started_at, people in past:
            crowd = join(crowd, self._newcomers(seed, started_at, people))
        return crowd

    def _newcomers(self, seed: int, started_at: int, count: int) -> Crowd:
        return newcomers(
            np.random.default_rng([seed, 11, started_at // 1_000_000]), self._shops, count, started_at
        )

    def _take_over_prices(self) -> None:
        variants = self._setting.catalog.variants
        ids, prices = zip(
            *self._cursor.execute("select variant_id, price from variants").fetchall(), strict=True
        )
        where = np.searchsorted(variants["variant_id"], np.array(ids))
        variants["price"][where] = prices

    # ---- orders ------------------------------------------------------------------------------------------------------

    def _befall(self, count: int, counters: Counters) -> dict[str, int]:
        names = list(EVENTS)
        shares = np.array([weight for weight, _ in EVENTS.values()])
        wanted = dict(zip(names, self._rng.multinomial(count, shares / shares.sum()), strict=True))
        chosen: dict[str, list[int]] = {}
        taken: list[int] = []
        for event, number in wanted.items():
            found = self._candidates(EVENTS[event][1], int(number), taken)
            chosen[event] = found
            taken += found
        if not taken:
            return {}
        book = read_book(self._cursor, taken, self._shops, counters)
        before = {name: book.lines[name].copy() for name in ("line_id", "current_quantity")}
        events = Events(
            self._rng, book, self._instants(len(taken)), shops=self._shops, catalog=self._setting.catalog,
            first_transaction=first_transactions(self._cursor)["transaction_id"],
        )  # fmt: skip
        befell, row = {}, 0
        for event, ids in chosen.items():
            befell[event] = events.happen(event, np.arange(row, row + len(ids)))
            row += len(ids)
        book.settle()
        write_back(self._cursor, book, before, self._vocabulary)
        return {event: number for event, number in befell.items() if number}

    def _candidates(self, condition: str, number: int, taken: list[int]) -> list[int]:
        found = self._cursor.execute(
            f"""
            select o.order_id from orders as o where {condition} and not list_contains($taken::bigint[], o.order_id)
            order by hash(o.order_id + $salt), o.order_id limit $number
            """,
            {"taken": taken, "salt": self._seed * 7_919 + self._now // 60_000_000, "number": number},
        ).fetchall()
        return [order_id for (order_id,) in found]

    def _create(self, count: int, counters: Counters) -> None:
        fresh = int(self._rng.binomial(count, _NEWCOMERS))
        known = len(self._setting.crowd.rate)
        if fresh:
            crowd = join(self._setting.crowd, self._newcomers(self._seed, self._now, fresh))
            messages = self._setting.messages
            if messages is not None:
                messages = replace(messages, crowd=crowd)
            self._setting = replace(self._setting, crowd=crowd, messages=messages)
            self._cursor.execute("insert into advances values (?, ?, ?)", [self._seed, self._now, fresh])
        block = self._block(count, known, fresh, counters)
        book, plan = place(self._rng, self._setting, block, counters)
        Aftermath(self._rng, self._setting, block, book).live(plan)
        for table, frame in tables_of(book, self._setting).items():
            append(self._cursor, table, frame, self._vocabulary)
        self._welcome(book.orders["customer_id"], block, known)
        self._count_discounts()

    def _block(self, count: int, known: int, fresh: int, counters: Counters) -> Block:
        crowd, at = self._setting.crowd, np.sort(self._instants(count))
        old = self._rng.integers(0, known, count - fresh)
        person = self._rng.permutation(np.concatenate([old, known + np.arange(fresh)]))
        shop = crowd.home[person]
        numbers = np.zeros(count, np.int64)
        for index, merchant in enumerate(self._shops):
            here = shop == index
            newest = self._cursor.execute(
                "select coalesce(max(order_number), 1000) from orders where shop_id = ?", [merchant.shop_id]
            ).fetchall()[0][0]
            numbers[here] = newest + 1 + np.arange(int(here.sum()))
        story = tell_stories(self._seed + self._now // 1_000_000, self._shops, shop, at, self._then)
        turn = np.zeros(count, np.int64)
        return Block(at, person, shop, turn, story, counters.draw("orders", count), numbers)

    def _welcome(self, customer_id: Array, block: Block, known: int) -> None:
        """Accounts of the buyers: new ones are opened, old ones updated; newcomers become people."""
        some = np.flatnonzero(customer_id != NULL)
        ids, head = np.unique(customer_id[some], return_index=True)
        last = np.zeros(len(ids), np.int64)
        last[np.searchsorted(ids, customer_id[some])] = block.at[some]
        self._cursor.register("buyers", {"customer_id": ids, "bought_at": last})
        self._cursor.execute(
            "update customers set updated_at = greatest(updated_at, make_timestamp(b.bought_at)) "
            "from buyers as b where customers.customer_id = b.customer_id"
        )
        there = self._cursor.execute(
            "select b.customer_id from buyers as b semi join customers using (customer_id)"
        )
        fresh = ~np.isin(ids, np.array([row[0] for row in there.fetchall()], np.int64))
        self._cursor.unregister("buyers")
        first = some[head[fresh]]
        rows = customer_rows(
            self._rng, self._setting, ids[fresh], block.shop[first], (block.at[first], last[fresh])
        )
        append(self._cursor, "customers", rows, self._vocabulary)
        for people in people_blocks(self._setting.crowd, known):
            append(self._cursor, "people", people, self._vocabulary)

    def _count_discounts(self) -> None:
        self._cursor.execute(
            """
            update discounts set usage_count = u.uses, updated_at = make_timestamp(?)
            from (select discount_id, count(*) as uses from order_discounts group by discount_id) as u
            where discounts.discount_id = u.discount_id and discounts.usage_count <> u.uses
            """,
            [self._then],
        )

    # ---- advertising -------------------------------------------------------------------------------------------------

    def _advertise(self) -> None:
        """Days that have begun get their figures; one running campaign gets another budget."""
        newest = self._cursor.execute(
            "select max(day::date) filter (where platform = 'meta') - date '1970-01-01', "
            "max(day::date) filter (where platform = 'google') - date '1970-01-01' from ad_days"
        ).fetchall()[0]
        since = {platform: day + 1 for platform, day in zip((META, GOOGLE), newest, strict=True)}
        append(self._cursor, "ad_days", self._setting.ads.days(since, self._then), self._vocabulary)
        self._cursor.execute(
            """
            update ad_campaigns set daily_budget = daily_budget + 500, updated_at = make_timestamp(?)
            where campaign_id in (
                select arg_min(campaign_id, hash(campaign_id + ?)) from ad_campaigns
                where status = 'active' group by platform
            )
            """,
            [self._then, self._seed],
        )

    def _write_letters(self) -> None:
        """Campaigns of these minutes, what became of them, and contacts that came or left."""
        messages = self._setting.messages
        if messages is None:
            return
        append(self._cursor, "message_campaigns", campaign_rows(messages, self._now), self._vocabulary)
        append(self._cursor, "message_events", messages.events(self._now), self._vocabulary)
        self._cursor.execute("delete from message_contacts")
        append(self._cursor, "message_contacts", contact_rows(messages), self._vocabulary)

    # ---- everything else ---------------------------------------------------------------------------------------------

    def _alter(self, table: str, key: str, share: float, condition: str = "true") -> int:
        """Fill the temp table ``altered`` with a share of ids, at least one where there are any."""
        number = max(1, round(share * self._count(table)))
        self._cursor.execute(
            f"""
            create or replace temp table altered as
            select {key} as id from {table} where {condition} order by hash({key} + {self._seed}), {key} limit {number}
            """
        )
        return self._count("altered")

    def _change_customers(self, share: float) -> int:
        number = self._alter("customers", "customer_id", share, "deleted_at is null")
        self._cursor.execute(
            "update customers set accepts_marketing = not accepts_marketing, updated_at = make_timestamp(?) "
            "where customer_id in (select id from altered)",
            [self._then],
        )
        return number

    def _change_prices(self, share: float) -> int:
        number = self._alter("variants", "variant_id", share, "not is_gift_card")
        self._cursor.execute(
            "update variants set price = price + 100, updated_at = make_timestamp(?) "
            "where variant_id in (select id from altered)",
            [self._then],
        )
        self._cursor.execute(
            "update variants set cost = cost + greatest(cost // 20, 1) where cost is not null "
            "and variant_id in (select id from altered)"
        )
        self._cursor.execute(
            "insert into unit_costs select shop_id, variant_id, make_timestamp(?), cost from variants "
            "where cost is not null and variant_id in (select id from altered)",
            [self._then],
        )
        self._cursor.execute(
            "update products set updated_at = make_timestamp(?) where product_id in "
            "(select product_id from variants where variant_id in (select id from altered))",
            [self._then],
        )
        return number

    def _change_stock(self, share: float) -> int:
        if self._follows_sales:
            return self._take_from_stock()
        number = self._alter("inventory", "variant_id", share, "available > 0")
        self._cursor.execute(
            "update inventory set available = available - 1, committed = committed + 1, updated_at = make_timestamp(?) "
            "where variant_id in (select id from altered) and available > 0",
            [self._then],
        )
        return number

    def _take_from_stock(self) -> int:
        """What was sold in this step leaves the levels, and what came back enters them. Deliveries are for the merchant to order."""
        number = 0
        for shop in self._shops:
            span = {
                "shop": shop.shop_id,
                "zone": shop.time_zone,
                "since": _EPOCH + timedelta(microseconds=self._now),
            }
            changed = self._cursor.execute(
                "update inventory set available = available - moved.pieces, on_hand = on_hand - moved.pieces,"
                " updated_at = make_timestamp($then) from (select variant_id, location_id, sum(out - back)::bigint as pieces"
                f" from ({moved_pieces_sql(since=True)}) as days(variant_id, location_id, day, out, back) group by all) as moved"
                " where inventory.shop_id = $shop and inventory.variant_id = moved.variant_id"
                " and inventory.location_id = moved.location_id and moved.pieces <> 0",
                {**span, "then": self._then},
            )
            number += int(changed.fetchall()[0][0])
        return number
