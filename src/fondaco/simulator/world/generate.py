"""A whole world from a seed, block after block."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from fondaco.clock import format_instant, parse_instant
from fondaco.errors import ConfigError
from fondaco.simulator.schema import TABLES
from fondaco.simulator.world.ad_catalog import ad_tables
from fondaco.simulator.world.advertising import Advertising, spend_by_campaign
from fondaco.simulator.world.aftermath import Aftermath
from fondaco.simulator.world.book import FIRST_IDS, Book, Counters
from fondaco.simulator.world.catalog import Catalog, make_catalog
from fondaco.simulator.world.collections import collection_tables
from fondaco.simulator.world.customers import contact_columns, customer_blocks, identities, people_blocks
from fondaco.simulator.world.daytime import from_micros, to_micros
from fondaco.simulator.world.frames import DAY, NULL, Frame, Vocabulary, WorldWriter, take
from fondaco.simulator.world.merchants import DEMO_SHOPS, Merchant, merchants
from fondaco.simulator.world.message_catalog import message_tables
from fondaco.simulator.world.messaging import Messaging
from fondaco.simulator.world.people import Timeline, simulate
from fondaco.simulator.world.placing import Block, Setting, place
from fondaco.simulator.world.stock import write_stock
from fondaco.simulator.world.stockouts import with_stockouts
from fondaco.simulator.world.stories import tell_stories
from fondaco.simulator.world.truth import DailySales
from fondaco.simulator.world.visits import message_visits, visit_columns

BLOCK_ORDERS = 50_000
_FILE = "world.json"
STORE_FILE = "store.duckdb"
_OWN = {*TABLES, "truth", _FILE, STORE_FILE, f"{STORE_FILE}.wal"}
LEAST_ORDERS, MOST_ORDERS = 1, 20_000_000


@dataclass(frozen=True, slots=True)
class World:
    """A generated world on disk: one folder of parquet per table, ``truth/``, and ``world.json``."""

    folder: Path
    seed: int
    orders: int
    start: datetime
    end: datetime
    shops: tuple[str, ...]
    replayed: bool = False
    """Made from real transactions; it has no hidden people and does not go on."""
    messaging: tuple[str, ...] = ()
    """Platforms by which people are written to."""
    stock: bool = False
    """Things run out, and levels follow what is sold (``stock_tables``)."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read ``world.json``.

        Raises
        ------
        ConfigError
            If no whole world stands in ``folder``.
        """
        try:
            kept = json.loads((folder / _FILE).read_text())
        except FileNotFoundError as error:
            raise ConfigError(
                f"There is no simulated world in {folder}.",
                "Generate one with fondaco.simulator.world.generate_world.",
            ) from error
        instants = {name: parse_instant(kept[name]) for name in ("start", "end")}
        shops = tuple(kept["shops"])
        return cls(
            folder, kept["seed"], kept["orders"], **instants, shops=shops, replayed=kept["replayed"],
            messaging=tuple(kept.get("messaging", ())), stock=kept.get("stock", False),
        )  # fmt: skip

    def save(self) -> None:
        """Write ``world.json``; it comes last, so that half a world is no world."""
        kept = {**asdict(self), "start": format_instant(self.start), "end": format_instant(self.end)}
        del kept["folder"]
        for name in ("messaging", "stock"):
            if not kept[name]:
                del kept[name]
        (self.folder / _FILE).write_text(json.dumps(kept, indent=2) + "\n")


def generate_world(
    folder: Path,
    *,
    seed: int,
    orders: int,
    end: datetime,
    days: int = 730,
    shops: Sequence[str] = DEMO_SHOPS,
    messaging: Sequence[str] = (),
    stock: bool = False,
) -> World:
    """Write a world of exactly ``orders`` orders in the ``days`` before ``end`` to ``folder``, replacing what was there.

    The same arguments give the same content. Nothing in the world is later than ``end``. People are written to by the
    platforms of ``messaging``; that changes nothing but the visits of orders that a message led to. With ``stock``, things
    run out, so that orders are others than without, and the truth of stock is written (``stock_tables``).
    """
    if not LEAST_ORDERS <= orders <= MOST_ORDERS or days < 1:
        raise ConfigError(
            f"A world of {orders} orders in {days} days cannot be made.",
            f"Ask for {LEAST_ORDERS} to {MOST_ORDERS:,} orders and at least one day.",
        )
    chosen = merchants(tuple(shops))
    last = to_micros(end)
    first = last - days * DAY
    clear_world(folder)
    crowd, timeline = simulate(seed, orders, first, last, chosen)
    story = tell_stories(seed, chosen, timeline.shop, timeline.at, last)
    ads = Advertising(chosen, first, last, orders)
    platforms = tuple(messaging)
    messages = Messaging(platforms, chosen, crowd, len(crowd.rate), first, last, last) if platforms else None
    catalog = make_catalog(seed, chosen, orders, first, last)
    if stock:
        catalog = with_stockouts(seed, catalog)
    setting = Setting(chosen, crowd, catalog, first, last, ads, messages)
    world = World(
        folder,
        seed,
        orders,
        from_micros(first),
        from_micros(last),
        tuple(shops),
        messaging=platforms,
        stock=stock,
    )
    with WorldWriter(folder, vocabulary_of(chosen, setting.catalog)) as writer:
        _write_orders(writer, setting, timeline, story, seed)
        _write_catalog(writer, setting)
        _write_advertising(writer, ads)
        if messages is not None:
            writer.write(
                {**message_tables(messages), "message_events": messages.events(messages.start - DAY)}
            )
        for table, frame in customer_blocks(setting, timeline, seed):
            writer.write({table: frame})
        for frame in identities(setting, timeline):
            writer.write({"identities": frame})
        for frame in people_blocks(crowd):
            writer.write({"people": frame})
    if stock:
        write_stock(folder, setting, seed)
    world.save()
    return world


def vocabulary_of(shops: Sequence[Merchant], catalog: Catalog) -> Vocabulary:
    """The words behind the codes of a world with this catalog."""
    offers = catalog.offers
    return Vocabulary(
        [shop.shop_id for shop in shops],
        {
            ("order_lines", "sku"): list(catalog.variants["sku"]),
            ("order_lines", "title"): list(catalog.products["title"]),
            ("order_discounts", "code"): [code or "" for code in offers["code"]],
            ("order_discounts", "title"): list(offers["title"]),
        },
    )


def clear_world(folder: Path) -> None:
    """Remove the world in ``folder``. Where anything else lies there, nothing is removed and an error raised."""
    folder.mkdir(parents=True, exist_ok=True)
    foreign = sorted({entry.name for entry in folder.iterdir()} - _OWN)
    if foreign:
        raise ConfigError(
            f"{folder} holds what is no simulated world: {', '.join(foreign[:3])}.",
            "Name an empty folder, or one that a world was generated into before.",
        )
    (folder / _FILE).unlink(missing_ok=True)
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _write_orders(writer: WorldWriter, setting: Setting, timeline: Timeline, story: Any, seed: int) -> None:
    counters = Counters()
    sales = DailySales(setting.shops, setting.start, setting.end)
    used = np.zeros(len(setting.catalog.offer_group), np.int64)
    for number, block in enumerate(blocks(timeline, story, len(setting.shops))):
        rng = np.random.default_rng([seed, 6, number])
        book, plan = place(rng, setting, block, counters)
        Aftermath(rng, setting, block, book).live(plan)
        ledger = book.rows_made("ledger")
        if ledger is not None:
            sales.add(book.orders, ledger)
        discounts = book.rows_made("order_discounts")
        if discounts is not None:
            used += np.bincount(discounts["offer"], minlength=len(used))
        writer.write(tables_of(book, setting))
    setting.catalog.offers["usage_count"] += used
    setting.catalog.offers["updated_at"][used > 0] = setting.end
    writer.write({"daily_sales": sales.frame()})


def tables_of(book: Book, setting: Setting) -> dict[str, Frame]:
    """Everything a book holds, by table, with e-mail addresses, telephone numbers and the visits that led to the orders."""
    touches = setting.ads.touches(book.orders)
    made = {table: frame for table in book.made if (frame := book.rows_made(table)) is not None}
    letters = None
    if setting.messages is not None:
        letters = message_visits(setting.messages, book.orders)
        made |= {"message_touches": letters.touches}
        made |= {"message_events": setting.messages.touched_events(book.orders, letters.touches)}
    visits = visit_columns(setting.ads, book.orders, touches, letters)
    orders = {**book.orders, **contact_columns(setting, book.orders), **visits}
    return {
        **made, "orders": orders, "order_lines": book.lines, "shipping_lines": book.shipping, "ad_touches": touches,
    }  # fmt: skip


def blocks(timeline: Timeline, story: Any, shops: int) -> Iterator[Block]:
    """The timeline cut into blocks; order numbers count from 1001 in each shop."""
    numbers = np.zeros(len(timeline.at), np.int64)
    for shop in range(shops):
        here = timeline.shop == shop
        numbers[here] = 1_001 + np.arange(int(here.sum()))
    for first in range(0, len(timeline.at), BLOCK_ORDERS):
        part = slice(first, first + BLOCK_ORDERS)
        ids = FIRST_IDS["orders"] + np.arange(first, first + len(timeline.at[part]))
        yield Block(
            timeline.at[part], timeline.person[part], timeline.shop[part], timeline.turn[part], story[part], ids,
            numbers[part],
        )  # fmt: skip


def _write_catalog(writer: WorldWriter, setting: Setting) -> None:
    catalog, shops = setting.catalog, setting.shops
    kept = np.flatnonzero(~catalog.variants["deleted"])
    costed = take(catalog.variants, kept[catalog.variants["cost"][kept] != NULL])
    writer.write(
        {
            "shops": _shop_rows(shops),
            "products": _text(catalog.products),
            "variants": _text(take(catalog.variants, kept)),
            "unit_costs": {
                "shop_id": costed["shop_id"],
                "variant_id": costed["variant_id"],
                "valid_from": np.zeros(len(costed["cost"]), np.int64),
                "cost": costed["cost"],
            },
            "inventory": _text(catalog.inventory),
            "discounts": _text(catalog.offers),
            **collection_tables(shops, catalog, setting.start),
        }
    )


def _write_advertising(writer: WorldWriter, ads: Advertising) -> None:
    days = ads.days(ads.first_days(), ads.end)
    writer.write({**ad_tables(ads), "ad_days": days, "ad_spend": spend_by_campaign(days)})


def _shop_rows(shops: Sequence[Merchant]) -> Frame:
    return {
        "shop_id": np.arange(len(shops)),
        "platform": pa.array([shop.platform for shop in shops]),
        "name": pa.array([shop.name for shop in shops]),
        "currency": pa.array([shop.currency for shop in shops]),
        "time_zone": pa.array([shop.time_zone for shop in shops]),
        "country": pa.array([shop.country for shop in shops]),
        "taxes_included": np.array([shop.taxes_included for shop in shops]),
        "tax_rate": np.array([shop.tax_percent / 100 for shop in shops]),
    }


def _text(frame: Frame) -> Frame:
    """Object columns as Arrow strings."""
    return {
        name: pa.array(values, pa.string()) if values.dtype == object else values
        for name, values in frame.items()
    }
