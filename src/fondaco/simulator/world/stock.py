"""The stock of a world: receipts, transfers, counts and losses around the sales that happened.

The sales stand. Deliveries are made to fit them: a variant has what it needs, and nothing is left of it as the weeks begin in which
it could not be bought. What lies between sales and levels is then known piece by piece, also what nobody writes down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fondaco.duckdb_session import prepare
from fondaco.simulator.world.catalog import WEEK
from fondaco.simulator.world.daytime import LocalClock
from fondaco.simulator.world.frames import DAY, TRUTH, Array, parquet_of
from fondaco.simulator.world.placing import Setting
from fondaco.simulator.world.stock_flow import Flow, Supply, supply_of
from fondaco.simulator.world.truth import moved_pieces_sql

EPOCH = date(1970, 1, 1)
_ARROW = {"text": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "timestamp": pa.timestamp("us")}
_MULTIPLES = (12, 6)
_COUNT_EVERY = 120
_HAND_EVERY = 200


@dataclass
class Written:
    """Rows of the truth's tables, as they are made."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def save(self, folder: Path) -> None:
        for table, rows in self.rows.items():
            schema = pa.schema([(name, _ARROW[kind]) for name, kind in TRUTH[table].items()])
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), parquet_of(folder, table))


def write_stock(folder: Path, setting: Setting, seed: int) -> None:
    """Write the truth of stock of a world whose orders are on disk, and the levels that its vendors say now."""
    written = Written()
    levels: dict[tuple[str, int, int], int] = {}
    with duckdb.connect() as connection:
        prepare(connection)
        for table in ("orders", "order_lines", "ledger", "refund_lines", "shops", "inventory"):
            file = str(parquet_of(folder, table)).replace("'", "''")
            connection.execute(f"create view {table} as select * from read_parquet('{file}')")
        for number in range(len(setting.shops)):
            levels |= _Shop(setting, number, seed, written).write(connection)
    written.save(folder)
    _write_levels(folder, setting, levels)


class _Shop:
    """One shop's stock."""

    def __init__(self, setting: Setting, number: int, seed: int, written: Written) -> None:
        self._setting, self._number, self._written = setting, number, written
        self._merchant = setting.shops[number]
        self._rng = np.random.default_rng([seed, 42, number])
        self._clock = LocalClock(self._merchant.time_zone, setting.start - 2 * DAY, setting.end + 2 * DAY)
        self._first = int(self._clock.day(np.array([setting.start]))[0]) - 45
        self._days = int(self._clock.day(np.array([setting.end]))[0]) - self._first + 1
        self._supplies: dict[str, Supply] = {}

    def write(self, connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, int, int], int]:
        shop, variants = self._merchant.shop_id, self._setting.catalog.variants
        pieces = self._pieces(connection)
        places = sorted({
            int(place) for place, number in zip(
                self._setting.catalog.inventory["location_id"], self._setting.catalog.inventory["shop_id"], strict=True
            ) if number == self._number
        })  # fmt: skip
        if self._merchant.platform == "woocommerce":
            places = places[:1]  # It knows one place.
        levels = {}
        kept = (variants["shop_id"] == self._number) & ~variants["deleted"] & ~variants["is_gift_card"]
        for variant in np.flatnonzero(kept):
            number = int(variants["variant_id"][variant])
            supply = self._supply(int(variant))
            gone = self._gone(int(variant))
            flows = [
                Flow(place, *pieces.get((number, place), (self._nothing(), self._nothing())))
                for place in places
            ]
            self._live(int(variant), flows, gone, supply)
            for flow in flows:
                levels[shop, number, flow.location_id] = self._write_days(number, flow)
        for supply in self._supplies.values():
            self._write_orders(supply)
        return levels

    def _nothing(self) -> Array:
        return np.zeros(self._days, np.int64)

    def _pieces(self, connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], tuple[Array, Array]]:
        """By variant and location, what left and what came back on each day."""
        rows = connection.execute(
            moved_pieces_sql(), {"shop": self._merchant.shop_id, "zone": self._merchant.time_zone}
        ).fetchall()
        first = EPOCH + timedelta(days=self._first)
        found: dict[tuple[int, int], tuple[Array, Array]] = {}
        for variant, location, day, out, back in rows:
            pair = found.setdefault((variant, location), (self._nothing(), self._nothing()))
            place = min(max((date.fromisoformat(day) - first).days, 0), self._days - 1)
            pair[0][place] += out
            pair[1][place] += back
        return found

    def _supply(self, variant: int) -> Supply:
        products = self._setting.catalog.products
        brand = str(products["vendor"][self._setting.catalog.variants["product"][variant]])
        if brand not in self._supplies:
            self._supplies[brand] = supply_of(brand, self._rng, self._days)
            supply = self._supplies[brand]
            self._written.add(
                "suppliers", shop_id=self._merchant.shop_id, supplier=brand, name=brand,
                currency=self._merchant.currency, lead_time_days=supply.promised, true_lead_time=supply.mean,
                true_lead_spread=supply.spread, minimum_order_value=supply.minimum,
            )  # fmt: skip
        return self._supplies[brand]

    def _gone(self, variant: int) -> list[tuple[int, int]]:
        """First and last day, both whole, of each spell in which the variant could not be bought."""
        absent = self._setting.catalog.absent
        assert absent is not None
        column = np.concatenate([[False], absent[:, variant], [False]]).astype(np.int8)
        spells = []
        for begin, end in zip(*(np.flatnonzero(np.diff(column) == step) for step in (1, -1)), strict=True):
            starts = self._setting.start + begin * WEEK
            ends = min(self._setting.start + end * WEEK, self._setting.end)
            first = int(self._clock.day(np.array([starts - 1]))[0]) + 1 - self._first
            last = int(self._clock.day(np.array([ends]))[0]) - 1 - self._first
            if ends == self._setting.end:
                last = self._days - 1
            if first <= last:
                spells.append((first, last))
                self._written.add(
                    "stockouts", shop_id=self._merchant.shop_id,
                    variant_id=int(self._setting.catalog.variants["variant_id"][variant]),
                    first_day=self._day(first), last_day=self._day(last),
                )  # fmt: skip
        return spells

    def _live(self, variant: int, flows: list[Flow], gone: list[tuple[int, int]], supply: Supply) -> None:
        """Counts, losses and changes by hand first; then the store is filled from the warehouse, and that by deliveries."""
        open_days = np.ones(self._days, bool)
        open_days[:50] = False
        for first, last in gone:
            open_days[max(first - 1, 0) : last + 2] = False
        main, *others = flows
        for flow in flows:
            flow.change_by_hand(self._rng, open_days, _COUNT_EVERY, _HAND_EVERY)
        number = int(self._setting.catalog.variants["variant_id"][variant])
        cycles = [day for day in supply.days if open_days[day]]
        for other in others:
            other.transferred += other.needed([0, *cycles], [])[0]
            main.transferred -= other.transferred
        starts = [0, *(last + 1 for _, last in gone if last + 1 < self._days)]
        came, over = main.needed(sorted({*starts, *cycles}), gone)
        main.received += came
        # What is left on the eve of an empty spell goes to the store, or is found missing by a count.
        if others:
            main.transferred -= over
            others[0].transferred += over
        else:
            main.counted -= over
            main.counts |= over > 0
        for other in others:
            for day in np.flatnonzero(other.transferred):
                self._written.add(
                    "stock_transfers", shop_id=self._merchant.shop_id, variant_id=number,
                    from_location_id=main.location_id, to_location_id=other.location_id,
                    moved_on=self._day(int(day)), quantity=int(other.transferred[day]),
                )  # fmt: skip
        cost, multiple = int(self._setting.catalog.variants["cost"][variant]), _multiple_of(main.received)
        supply.deliver(number, cost, main.received, gone, multiple)
        self._written.add(
            "supplier_items", shop_id=self._merchant.shop_id, supplier=supply.name, variant_id=number, unit_cost=cost,
            order_multiple=multiple,
        )  # fmt: skip

    def _write_days(self, variant: int, flow: Flow) -> int:
        closing = flow.closing()
        opening = np.concatenate([[0], closing[:-1]])
        shown = {"shop_id": self._merchant.shop_id, "variant_id": variant, "location_id": flow.location_id}
        for day in np.flatnonzero(flow.moved()):
            self._written.add(
                "stock_days", **shown, day=self._day(int(day)), opening=int(opening[day]), closing=int(closing[day]),
                **{name: int(values[day]) for name, values in flow.parts().items()},
            )  # fmt: skip
        for day in np.flatnonzero(flow.counts):
            self._written.add(
                "stock_counts", **shown, counted_on=self._day(int(day)), quantity=int(closing[day])
            )
        return int(closing[-1])

    def _write_orders(self, supply: Supply) -> None:
        for line in supply.lines(self._days):
            self._written.add(
                "purchase_orders", shop_id=self._merchant.shop_id, supplier=supply.name,
                purchase_order=f"{self._merchant.shop_id[0].upper()}-{supply.name[:2].upper()}-{line['order']}",
                variant_id=line["variant_id"], ordered_on=self._day(line["ordered"]), expected_on=self._day(line["expected"]),
                received_on=None if line["received"] is None else self._day(line["received"]),
                quantity=line["quantity"], received_quantity=line["received_quantity"], unit_cost=line["unit_cost"],
            )  # fmt: skip

    def _day(self, number: int) -> str:
        return (EPOCH + timedelta(days=self._first + number)).isoformat()


def _multiple_of(received: Array) -> int:
    """Pieces in a pack: dozens and half dozens of what is delivered by many packs, else single pieces."""
    deliveries = received[received > 0]
    usual = float(deliveries.mean()) if len(deliveries) else 0.0
    return next((multiple for multiple in _MULTIPLES if usual >= 4 * multiple), 1)


def _write_levels(folder: Path, setting: Setting, levels: dict[tuple[str, int, int], int]) -> None:
    """The table ``inventory`` with the levels as the shop's book has them."""
    path = parquet_of(folder, "inventory")
    table = pq.read_table(path)
    columns = table.select(["shop_id", "variant_id", "location_id", "committed"]).to_pylist()
    available = [levels.get((row["shop_id"], row["variant_id"], row["location_id"]), 0) for row in columns]
    on_hand = [level + row["committed"] for level, row in zip(available, columns, strict=True)]
    for name, values in (("available", available), ("on_hand", on_hand)):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pa.array(values, pa.int64()))
    pq.write_table(table, path)
