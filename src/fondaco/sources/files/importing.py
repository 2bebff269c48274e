"""One file into a files connection: read, typed, counted, and stored for landing. Nothing is kept unless all of it is."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from fondaco.clock import Clock, utc_now, zone
from fondaco.errors import ConfigError, FatalError
from fondaco.money import minor_digits
from fondaco.sources.files.catalogue import (
    CUSTOMER_KINDS,
    PRODUCT_KINDS,
    build_customers,
    build_products,
)
from fondaco.sources.files.engine import open_engine
from fondaco.sources.files.fields import Kind, check_columns
from fondaco.sources.files.inbox import Import, imports, store, stream_path
from fondaco.sources.files.layouts import Content, Layout, column_text, expressions, recognise
from fondaco.sources.files.opening import Opened, SetAside, open_file
from fondaco.sources.files.orders import KINDS, build_orders
from fondaco.sources.files.overlap import KnownOrders, Overlap, find_overlap, line_imports
from fondaco.sources.files.rows import Reading, refuse_if_most_fail, type_rows
from fondaco.sources.files.stock_sheets import BY_NAME as SHEETS
from fondaco.sources.files.stock_sheets import build_sheet, sheet_kinds
from fondaco.sources.files.streams import STREAMS

STREAMS_OF = {
    Content.ORDERS: ("order_lines", "order_totals"),
    Content.CUSTOMERS: ("customers",),
    Content.PRODUCTS: ("products",),
    **{Content(name): (name,) for name in SHEETS},
}
_PREVIEW = 5
_UNSHOWN = {
    "order_lines": "line_id, row_number, units_restocked, is_gift_card, is_cancelled",
    "customers": "row_number",
    "products": "row_number, variants",
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read; what is not said is found out."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    currency: str = "EUR"
    timezone: str = "UTC"
    encoding: str | None = None
    delimiter: str | None = None
    date_format: str | None = None
    decimal: str | None = None
    """``"."`` or ``","``."""
    prices_include_tax: bool = False
    known_orders: KnownOrders | None = None
    """What the lines are to orders that are here already with others; None: to be asked."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the orders of a file add up to, before tax where the file tells the tax."""

    orders: int
    lines: int
    returned_lines: int
    first_day: str
    last_day: str
    gross: Decimal
    discounts: Decimal
    returns: Decimal
    currencies: tuple[str, ...]
    without_price: int
    """Lines that count as 0, because their price is empty."""
    without_quantity: int
    """Lines that count as one unit, because their quantity is empty though the file has a column of it."""


class Prepared:
    """A file that was read and typed, and not yet kept. Close it after use."""

    def __init__(self, path: Path, options: Options, engine: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self.options = options
        self.engine = engine
        self.layout: Layout | None = None
        self.content = Content.ORDERS
        self.rows = 0
        self.set_aside: list[SetAside] = []

    @property
    def import_id(self) -> str:
        """The file's content as 16 hexadecimal digits: the same file is the same import."""
        with self.path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()[:16]

    @property
    def streams(self) -> tuple[str, ...]:
        return STREAMS_OF[self.content]

    @property
    def landing_rows(self) -> int:
        """Rows of the file that will land."""
        return self.rows - len(self.set_aside)

    def preview(self) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The first rows as they will land, without what Fondaco adds and without the columns that stay empty."""
        table = self.streams[0]
        shown = self.engine.execute(
            f"select * exclude ({_UNSHOWN.get(table, 'row_number')}) from {table} order by row_number limit {_PREVIEW}"
        )
        names = [column[0] for column in shown.description or []]
        rows = shown.fetchall()
        used = [at for at in range(len(names)) if any(row[at] is not None for row in rows)]
        return [names[at] for at in used], [tuple(row[at] for at in used) for row in rows]

    def figures(self) -> Figures | None:
        """The file's own totals; None for all but orders."""
        if self.content is not Content.ORDERS:
            return None
        row = self.engine.execute(
            """
            select count(distinct order_id), count(*), count(*) filter (is_return),
                coalesce(cast(min(timezone($zone, ordered_at)) as date)::varchar, ''),
                coalesce(cast(max(timezone($zone, ordered_at)) as date)::varchar, ''),
                coalesce(sum(gross) filter (not is_return), 0), coalesce(sum(discount) filter (not is_return), 0),
                coalesce(sum(discount - gross) filter (is_return), 0), list(distinct currency order by currency)
            from order_lines
            """,
            {"zone": self.options.timezone},
        ).fetchall()[0]
        orders, lines, returned_lines, first_day, last_day, gross, discounts, returns, currencies = row
        without_price, without_quantity = self._empty_amounts()
        return Figures(
            orders=orders,
            lines=lines,
            returned_lines=returned_lines,
            first_day=first_day,
            last_day=last_day,
            gross=gross,
            discounts=discounts,
            returns=returns,
            currencies=tuple(currencies or ()),
            without_price=without_price,
            without_quantity=without_quantity,
        )

    def _empty_amounts(self) -> tuple[int, int]:
        has_quantity = any(
            name == "quantity" for name, *_ in self.engine.execute("describe texts").fetchall()
        )
        ((prices, quantities),) = self.engine.execute(
            "select count(*) filter (unit_price is null and line_total is null), count(*) filter (quantity is null) "
            "from typed where problem is null"
        ).fetchall()
        return prices, quantities if has_quantity else 0

    @property
    def has_whole_orders(self) -> bool:
        """Whether the file has all lines of each of its orders, so that earlier ones are void."""
        if self.options.known_orders is not None:
            return self.options.known_orders == "replace"
        return self.layout is not None and self.layout.whole_orders

    def overlap(self, folder: Path) -> Overlap | None:
        """Orders that earlier imports in ``folder`` hold with other lines, where nobody has said what that means."""
        settled = self.has_whole_orders or self.options.known_orders is not None
        if settled or self.content is not Content.ORDERS or not folder.is_dir():
            return None
        return find_overlap(self.engine, folder, self.import_id)

    def lacks_earlier_records(self, folder: Path) -> bool:
        """Whether an earlier reading of the same file, kept in ``folder``, has records that this one has not."""
        import_id = self.import_id
        earlier = next((one for one in imports(folder) if one.import_id == import_id), None)
        if earlier is None:
            return False
        keys = {stream.name: stream.tables[0].primary_key for stream in STREAMS}
        for stream, count in earlier.records.items():
            if count and stream not in self.streams:
                return True
            path = str(stream_path(folder, earlier, stream)).replace("'", "''")
            types = ", ".join(f"'{name}': 'VARCHAR'" for name in keys[stream])
            if self.engine.execute(
                f"select 1 from read_json('{path}', format = 'newline_delimited', columns = {{{types}}}) "
                f"anti join {stream} using ({', '.join(keys[stream])}) limit 1"
            ).fetchall():
                return True
        return False

    def keep(self, folder: Path, *, clock: Clock = utc_now) -> Import:
        """Store the records in the connection's folder, whole or not at all."""
        import_id = self.import_id
        scratch: Path | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(prefix=".import-", dir=folder))
            records = {name: self._write(name, folder, scratch, import_id) for name in self.streams}
            one = Import(
                import_id=import_id,
                file=self.path.name,
                layout=self.layout.name if self.layout else "mapping",
                currency=self.options.currency,
                timezone=self.options.timezone,
                rows=self.rows,
                set_aside=len(self.set_aside),
                records=records,
            )
            return store(folder, one, scratch, clock)
        except (OSError, duckdb.IOException) as error:
            raise ConfigError(
                f"The import cannot be written to {folder}: {getattr(error, 'strerror', None) or 'the disk refuses'}.",
                "Make room or make the folder writable; nothing was imported.",
            ) from error
        finally:
            if scratch is not None:
                shutil.rmtree(scratch, ignore_errors=True)

    def close(self) -> None:
        self.engine.close()

    def _write(self, stream: str, folder: Path, scratch: Path, import_id: str) -> int:
        """One stream's records as newline JSON, into ``scratch``. Instants are written in UTC."""
        described = self.engine.execute(f"describe {stream}").fetchall()
        columns = [
            f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ') as {name}" if "TIME ZONE" in kind else str(name)
            for name, kind, *_ in described
        ]
        if stream == "order_totals":
            columns.append(
                f"{line_imports(self.engine, folder, import_id, whole=self.has_whole_orders)} as line_imports"
            )
        target = str(scratch / f"{stream}.ndjson.gz").replace("'", "''")
        self.engine.execute(
            f"copy (select {', '.join(columns)}, '{import_id}' as import_id from {stream} order by row_number) "
            f"to '{target}' (format json, array false, compression gzip)"
        )
        ((count,),) = self.engine.execute(f"select count(*) from {stream}").fetchall()
        return int(count)


def prepare(path: Path, options: Options) -> Prepared:
    """Read and type ``path``. Writes nothing.

    Raises
    ------
    ConfigError
        If the file cannot be read, is not mapped, or can be read in two ways.
    """
    zone(options.timezone)
    opened = open_file(path, encoding=options.encoding, delimiter=options.delimiter)
    engine = open_engine()
    prepared = Prepared(path, options, engine)
    try:
        engine.register("source", opened.table)
        _build(prepared, opened)
    except duckdb.Error as error:
        engine.close()
        raise FatalError(
            f"{path.name} could not be read: {type(error).__name__}.",
            "Report it with the file's header; nothing was imported.",
        ) from error
    except BaseException:
        engine.close()
        raise
    return prepared


def _build(prepared: Prepared, opened: Opened) -> None:
    options, engine = prepared.options, prepared.engine
    layout = None if options.mapping else recognise(opened.columns)
    prepared.layout = layout
    prepared.content = layout.content if layout else Content.ORDERS
    if layout is None:
        check_columns(options.mapping, opened.columns, prepared.path.name)
        texts = {name: column_text(column) for name, column in options.mapping.items()}
    else:
        texts = expressions(layout, opened.columns)
    fill = {Content.ORDERS: "order_id", Content.PRODUCTS: "product_id"}.get(prepared.content)
    type_rows(
        engine,
        texts,
        _kinds(prepared.content),
        Reading(
            prepared.path.name,
            options.timezone,
            options.date_format,
            options.decimal,
            # A shop's own export, and a number of JSON or Parquet, is known to be written so.
            point_is_decimal=layout is not None or opened.has_numbers,
        ),
        fill_down=fill if layout and layout.fill_down else None,
    )
    if prepared.content is Content.ORDERS:
        build_orders(
            engine,
            layout,
            currency=options.currency,
            include_tax=options.prices_include_tax,
            digits=minor_digits(options.currency),
        )
    elif prepared.content is Content.CUSTOMERS:
        build_customers(engine)
    elif prepared.content is Content.PRODUCTS:
        build_products(engine, currency=options.currency)
    else:
        build_sheet(engine, SHEETS[prepared.content], currency=options.currency)
    refuse_if_most_fail(engine, prepared.path.name)
    _count(prepared, opened)


def _kinds(content: Content) -> Mapping[str, Kind]:
    own = {Content.ORDERS: KINDS, Content.CUSTOMERS: CUSTOMER_KINDS, Content.PRODUCTS: PRODUCT_KINDS}
    return own.get(content) or sheet_kinds(SHEETS[content])


def _count(prepared: Prepared, opened: Opened) -> None:
    """Every row of the file lands or is set aside; anything else is our fault."""
    prepared.rows = opened.rows
    faults = prepared.engine.execute(
        "select typed._row, typed.problem, to_json(source) from typed join source using (_row) "
        "where typed.problem is not null order by 1"
    ).fetchall()
    prepared.set_aside = sorted(
        [*opened.set_aside, *(SetAside(row, problem, record) for row, problem, record in faults)],
        key=lambda one: one.row,
    )
    ((good,),) = prepared.engine.execute("select count(*) from typed where problem is null").fetchall()
    landed = good
    if prepared.content is Content.ORDERS:
        ((landed,),) = prepared.engine.execute("select count(*) from order_lines").fetchall()
    if landed != good or landed + len(prepared.set_aside) != opened.rows:
        raise FatalError(
            f"{prepared.path.name} has {opened.rows:,} rows, but {landed:,} would land and "
            f"{len(prepared.set_aside):,} be set aside.",
            "Nothing was imported; report it with the file's header.",
        )
