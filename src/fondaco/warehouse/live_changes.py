"""What has changed since the last build, as a build of few changes is told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OrderTables:
    """The raw tables of a source of which each row belongs to one order.

    Attributes
    ----------
    main
        One row per order.
    by_order
        Tables with a column ``order_id``, ``main`` among them.
    by_owner
        Further tables: their column that names the row of one of those, and its table, in which the column has the same name.
    read_whole
        Those of them of which an order that is read again brings all its rows anew.
    """

    source: str
    main: str
    by_order: frozenset[str]
    by_owner: tuple[tuple[str, str, str], ...] = ()
    read_whole: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        return self.by_order | {table for table, _, _ in self.by_owner}


@dataclass(frozen=True, slots=True)
class Changes:
    """What was landed.

    Attributes
    ----------
    raw_tables
        Tables that got rows, as ``<source>__<table>``.
    since
        No row of the batch was synchronised before it.
    deleted_orders
        Connection and the vendor's id of orders that are gone.
    deleted_streams
        Streams of which records are gone.
    sources
        The order tables of the sources that the batch is of.
    """

    raw_tables: Collection[str]
    since: datetime
    deleted_orders: Collection[tuple[str, str]]
    deleted_streams: Collection[str]
    sources: Collection[OrderTables]
