"""How a source says what it delivers: streams of records, and the raw tables that are cut out of them.

A *stream* is one thing that a vendor lets us page through. Its *records* are JSON objects, one a line in the spool.
Each *table* of the stream takes columns out of those records by path, so that types are declared before the first
byte arrives and no JSON is ever walked in Python.

Paths, in columns and tables:

``$.a.b``    inside the row's own object (the record, or the list element that ``Table.each`` names)
``^.a.b``    inside the object that encloses the row's object; ``^^`` is one further out
``#``        position of the row's object in its list, from 0
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

MOST_PIECES = 10**9
"""Of one line of an order, or of a shelf."""
MOST_CENTS = 10**15
"""Of one amount in the smallest units of its currency: ten thousand billion of a currency with cents."""


class ColumnType(StrEnum):
    """Types a raw column may have. ``TIMESTAMP`` is stored naive, in UTC."""

    TEXT = "text"
    BIGINT = "bigint"
    DECIMAL = "decimal"  # DECIMAL(18, 6): money and other exact numbers
    DOUBLE = "double"  # rates and scores, never money
    BOOL = "bool"
    TIMESTAMP = "timestamp"  # ISO 8601 in the record; without an offset it is taken as UTC
    DATE = "date"
    JSON = "json"  # kept as JSON text


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a raw table: its name, its type, where it stands in the record, what it means.

    Attributes
    ----------
    largest
        Of whole numbers that are multiplied or summed later: what lies further from nought is set aside with its record. A barcode in
        the field of the quantity is then no order of four thousand billion pieces.
    """

    name: str
    type: ColumnType
    path: str
    description: str = ""
    largest: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One raw table, ``raw.<source>__<name>``, cut out of a stream's records.

    Attributes
    ----------
    primary_key
        Own columns that, with ``tenant_id`` and ``connection_id``, identify a row.
    each
        Lists to unnest, outermost first; empty for one row per record. ``("$.refunds", "$.refundLineItems.nodes")``
        gives one row per refunded line; its refund is ``^`` and its record ``^^``.
    where
        ``(path, value)``: only records whose ``path`` holds ``value`` feed this table. Bulk files mix kinds.
    parent_key
        Own columns that hold the primary key of the stream's first table, in its order. When a record arrives
        again, rows of this table that its newest version no longer has are removed. Empty for the first table.
    ignored
        Top-level fields of the row's object that no column reads and that are not drift.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    each: tuple[str, ...] = ()
    where: tuple[str, str] | None = None
    parent_key: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    description: str = ""


class SyncMode(StrEnum):
    """How a stream is kept up to date."""

    INCREMENTAL = "incremental"  # records changed since a cursor, by the vendor's own filter
    CREATED = "created"  # records created since a cursor; they do not change, or change without a trace
    FULL = "full"  # everything, each time: the vendor has no filter
    DAYS = "days"  # figures by day, which the vendor restates: the days of a slice are replaced whole


@dataclass(frozen=True, slots=True)
class Stream:
    """One thing a vendor lets us page through, and how.

    Attributes
    ----------
    tables
        The first is the stream's main table: one row per record (of the kind that its ``where`` names).
    backfill_window
        Length of one slice while history is read, newest first. None: history is one slice.
    slice_records
        About how many records a slice should hold, of a vendor that lets few be read in an hour: a slice is kept whole or not at
        all. The next window is twice as long after a slice with less than half of them, half as long after one with more.
        Zero: windows only grow, over empty slices.
    turn
        How long one run reads of the stream's past at a stretch, for at least one slice; the next run goes on. None: all of it.
    overlap
        How far behind the cursor an incremental slice starts; the merge makes the repetition harmless.
    safety_lag
        How far behind the present a slice ends; later records may not be visible yet.
    lookback
        Once a day, re-read this much by the cursor, for changes that do not move it. Zero: never.
    day_column
        Of a stream of ``SyncMode.DAYS``: the column that holds the day. Rows of the slice's days that are not in the slice
        are removed, from all tables of the stream that have the column.
    drops_missing
        Of a stream of ``SyncMode.FULL`` that tells how things stand, such as stock: rows that a reading no longer has are
        removed. Not by a reading of which a record was set aside, nor by one without any record.
    history
        How far back the vendor keeps it; None: for ever. No slice asks for what is older: what was read of it while it was
        to be had would be taken for restated to nothing.
    scopes
        Permissions this stream needs, in the vendor's own words.
    in_report
        Whether the vendor's sales report depends on these records. A stream of stock or customers that is stuck must
        not hold up the comparison with it, nor make the sales look old.
    may_be_refused
        Whether a credential without the stream's scopes is no failure of the run, but a note: not every shop has it, and
        those that were connected before there was the stream never granted them.
    """

    name: str
    tables: tuple[Table, ...]
    mode: SyncMode
    backfill_window: timedelta | None = timedelta(days=30)
    slice_records: int = 0
    turn: timedelta | None = None
    overlap: timedelta = timedelta(minutes=10)
    safety_lag: timedelta = timedelta(minutes=5)
    lookback: timedelta = timedelta(0)
    day_column: str = ""
    drops_missing: bool = False
    history: timedelta | None = None
    scopes: tuple[str, ...] = ()
    description: str = ""
    in_report: bool = True
    may_be_refused: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """A bounded part of a stream: records whose cursor lies in [since, until). Both None for a full read.

    Of a stream of ``SyncMode.DAYS`` both are midnights in UTC that stand for calendar days of the account, from ``since``'s
    up to the one before ``until``'s, which may lie two days ahead: nowhere on earth is a later day.
    """

    stream: str
    kind: str  # "backfill", "incremental", "lookback" or "full"
    since: datetime | None = None
    until: datetime | None = None

    @property
    def id(self) -> str:
        """A stable name, fit for a file: the same slice has the same id after a restart."""
        if self.since is None or self.until is None:
            return f"{self.kind}"
        return f"{self.kind}-{self.since:%Y%m%dT%H%M%S}-{self.until:%Y%m%dT%H%M%S}"


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a slice: newline-delimited JSON, each line a record and ended by a line feed."""

    lines: bytes
    records: int
    warning: str = ""
    """What a person must know of the reading, as a sentence; it goes into the run's health. Without personal data."""

    @classmethod
    def of(cls, records: Iterable[Mapping[str, Any]]) -> Page:
        """Parsed records as a page. Half a surrogate pair, which JSON can say and UTF-8 cannot, stays an escape."""
        lines = [_line(record) for record in records]
        return cls(b"".join(lines), len(lines))


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A record that the vendor has deleted."""

    stream: str
    record_id: str
    deleted_at: datetime
    found_by: str  # "event", "message", "id comparison"


@dataclass(frozen=True, slots=True)
class Check:
    """What ``Source.check`` found out about a connection.

    ``missing`` names what the credential lacks, each with its consequence, in words a merchant understands.
    """

    shop_name: str
    currency: str
    time_zone: str
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.missing


def _line(record: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record, separators=(",", ":")).encode() + b"\n"
