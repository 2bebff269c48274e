"""Columns of the world while it is made: NumPy arrays, with integer codes for recurring words, written as parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from fondaco.simulator.schema import TABLES
from fondaco.simulator.world import merchants as words
from fondaco.simulator.world.stock_tables import STOCK_TABLES

Array = npt.NDArray[Any]
Frame = dict[str, Any]
"""Column name → array; text columns hold either Arrow strings or codes of their vocabulary (-1: null)."""

NULL: int = int(np.iinfo(np.int64).min)
"""No value, in an int64 column of numbers or instants."""

DAY = 86_400_000_000
"""Microseconds; instants are microseconds since 1970 in UTC."""

_ARROW = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "int": pa.int32(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us"),
}

TRUTH: dict[str, dict[str, str]] = {
    "people": TABLES["people"],
    "identities": {"shop_id": "text", "customer_id": "bigint", "person_id": "bigint"},
    "ad_days": TABLES["ad_days"],
    "ad_touches": TABLES["ad_touches"],
    "ad_spend": {
        "platform": "text",
        "campaign_id": "bigint",
        "day": "text",  # ISO date of the account
        "spend": "bigint",  # once everything has settled; minor units of the account's currency
    },
    "daily_sales": {
        "shop_id": "text",
        "day": "text",  # ISO date, shop-local
        "clock": "text",  # finance, order
        "orders": "bigint",
        "gross_sales": "bigint",
        "discounts": "bigint",
        "returns": "bigint",
        "net_sales": "bigint",
        "shipping": "bigint",
        "taxes": "bigint",
        "duties": "bigint",
        "total_sales": "bigint",
    },
    **STOCK_TABLES,
}
"""Tables of ``truth/``, in the words of ``schema.TABLES``."""

FIXED_WORDS: dict[tuple[str, str], Sequence[str]] = {
    ("orders", "country"): words.COUNTRIES,
    ("orders", "city"): words.CITIES,
    ("orders", "status"): words.STATUSES,
    ("orders", "financial_status"): words.FINANCIAL,
    ("orders", "channel"): words.CHANNELS,
    ("orders", "gateway"): words.GATEWAYS,
    ("orders", "acquisition_channel"): words.ACQUISITION,
    ("orders", "currency"): words.CURRENCIES,
    ("orders", "presentment_currency"): words.CURRENCIES,
    ("order_discounts", "kind"): words.DISCOUNT_KINDS,
    ("shipping_lines", "title"): words.SHIPPING_TITLES,
    ("refunds", "reason"): words.REFUND_REASONS,
    ("refunds", "kind"): words.REFUND_KINDS,
    ("refund_lines", "line_type"): words.PIECE_TYPES,
    ("transactions", "kind"): words.TRANSACTION_KINDS,
    ("transactions", "status"): words.TRANSACTION_STATUSES,
    ("transactions", "gateway"): words.GATEWAYS,
    ("ledger", "action"): words.ACTIONS,
    ("ledger", "line_type"): words.LINE_TYPES,
    ("customers", "city"): words.CITIES,
    ("customers", "country"): words.COUNTRIES,
    ("people", "city"): words.CITIES,
    ("people", "country"): words.COUNTRIES,
    ("people", "channel"): words.ACQUISITION,
    **{(table, "platform"): words.AD_PLATFORMS for table in ("ad_days", "ad_touches", "ad_spend")},
    ("ad_touches", "kind"): words.TOUCH_KINDS,
    ("orders", "utm_source"): words.UTM_SOURCES,
    ("orders", "utm_medium"): words.MEDIA,
    ("orders", "referring_site"): words.REFERRERS,
}


class Vocabulary:
    """Which column's codes stand for which words."""

    def __init__(self, shop_ids: Sequence[str], extra: Mapping[tuple[str, str], Sequence[str]]) -> None:
        self._words: dict[tuple[str, str], pa.Array] = {
            key: pa.array(list(values), pa.string()) for key, values in {**FIXED_WORDS, **extra}.items()
        }
        self._shops = pa.array(list(shop_ids), pa.string())

    def words(self, table: str, column: str) -> pa.Array | None:
        """The words of a coded column, or None for a column of plain text."""
        return self._shops if column == "shop_id" else self._words.get((table, column))

    def code(self, table: str, column: str, word: str) -> int:
        """The code of ``word`` in a coded column."""
        known = self.words(table, column)
        return int(known.to_pylist().index(word)) if known is not None else -1


def arrow_schema(table: str, vocabulary: Vocabulary) -> pa.Schema:
    """Types of ``table``'s parquet file: coded text as dictionaries, other columns as their word says."""
    fields = []
    for column, word in {**TABLES, **TRUTH}[table].items():
        coded = word == "text" and vocabulary.words(table, column) is not None
        fields.append((column, pa.dictionary(pa.int32(), pa.string()) if coded else _ARROW[word]))
    return pa.schema(fields)


def to_arrow(table: str, frame: Frame, vocabulary: Vocabulary) -> pa.Table:
    """``frame`` in the column order and types of ``table``; columns it lacks are null."""
    schema = arrow_schema(table, vocabulary)
    rows = len(next(iter(frame.values())))
    columns = []
    for field in schema:
        values = frame.get(field.name)
        if values is None:
            columns.append(pa.nulls(rows, field.type))
        elif isinstance(values, pa.Array):
            columns.append(values)
        elif pa.types.is_dictionary(field.type):
            columns.append(_coded(values, vocabulary.words(table, field.name)))
        else:
            columns.append(_plain(values, field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _coded(codes: Array, values: pa.Array) -> pa.Array:
    narrow = codes.astype(np.int32)
    absent = narrow < 0
    indices = pa.array(narrow, mask=absent) if absent.any() else pa.array(narrow)
    return pa.DictionaryArray.from_arrays(indices, values)


def _plain(values: Array, kind: pa.DataType) -> pa.Array:
    if not len(values):
        return pa.array([], kind)
    if values.dtype == np.int64:
        absent = values == NULL
        if absent.any():
            return pa.array(values, pa.int64(), mask=absent).cast(kind)
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)


class WorldWriter:
    """Writes tables block by block, one parquet file in a folder per table, on a thread of its own."""

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self._folder = folder
        self._vocabulary = vocabulary
        self._files: dict[str, pq.ParquetWriter] = {}
        self._thread = ThreadPoolExecutor(1)
        self._pending: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._wait()
            if kind is None:
                for table, columns in {**TABLES, **TRUTH}.items():
                    if table not in self._files:
                        self._write({table: dict.fromkeys(columns, np.empty(0, np.int64))})
        finally:
            self._thread.shutdown()
            for file in self._files.values():
                file.close()

    def write(self, frames: dict[str, Frame]) -> None:
        """Queue a block; at most one block waits while the next one is made, which bounds memory."""
        self._wait()
        self._pending.append(self._thread.submit(self._write, frames))

    def _wait(self) -> None:
        for future in self._pending:
            future.result()
        self._pending.clear()

    def _write(self, frames: dict[str, Frame]) -> None:
        for table, frame in frames.items():
            content = to_arrow(table, frame, self._vocabulary)
            if table not in self._files:
                self._files[table] = self._open(table, content.schema)
            if content.num_rows:
                self._files[table].write_table(content)

    def _open(self, table: str, schema: pa.Schema) -> pq.ParquetWriter:
        path = parquet_of(self._folder, table)
        path.parent.mkdir(parents=True, exist_ok=True)
        coded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        return pq.ParquetWriter(path, schema, use_dictionary=coded or False, compression="snappy")


def parquet_of(folder: Path, table: str) -> Path:
    """The file of ``table`` in a world's folder."""
    return folder / "truth" / table / "data.parquet" if table in TRUTH else folder / table / "data.parquet"


def stack(frames: Sequence[Frame]) -> Frame:
    """One frame out of several with the same columns."""
    if len(frames) == 1:
        return frames[0]
    return {
        name: pa.concat_arrays([f[name] for f in frames])
        if isinstance(frames[0][name], pa.Array)
        else np.concatenate([f[name] for f in frames])
        for name in frames[0]
    }


def take(frame: Frame, rows: Array) -> Frame:
    """The chosen rows (indices or mask) of a frame of NumPy columns."""
    return {name: values[rows] for name, values in frame.items()}
