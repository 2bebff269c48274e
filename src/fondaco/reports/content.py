"""What a report says, in words and figures ready to be set: the same for mail, page and PDF. Every figure is the semantic layer's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
from babel import Locale

from fondaco.clock import day_bounds, local_date, zone
from fondaco.control import ControlPlane
from fondaco.metrics import (
    STATEMENT,
    Beginnings,
    MetricQuery,
    SemanticLayer,
    StatementStep,
    read_beginnings,
    reporting_currency,
    shown_steps,
)
from fondaco.metrics.beginnings import told
from fondaco.metrics.products import IDENTITY, shop_of
from fondaco.numbers import NOTHING, USUAL_LOCALE, Change, Numbers
from fondaco.reports.spans import Span
from fondaco.reports.trust import Seal, seal_of, warnings_since
from fondaco.warehouse.engine import Reader

_RARE = ("duties", "additional_fees")
COUNTS = ("orders", "average_order_value", "units_sold", "customers", "new_customers", "returning_customers")
MONEY_IN = ("payments_received", "refunded_amount", "payment_fees", "tips", "gift_card_sales")
_ALL = tuple(dict.fromkeys((*(step.metric for step in STATEMENT), *COUNTS, *MONEY_IN)))
_NOTHING = dict.fromkeys(_ALL)
_OF_A_PART = ("orders", "net_sales", "taxes", "total_sales")

Row = Mapping[str, Any]
Key = tuple[Any, ...]
Named = Callable[[Key], tuple[str, str]]
"""The name of a part and what stands beside it, by the values that tell it apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: now, the span before and a year before, as they read, and how they stand to each other."""

    name: str
    label: str
    text: str
    before: str
    year_before: str
    change: Change
    year_change: Change
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What one shop, product or country has of the whole.

    Attributes
    ----------
    key
        The id of the shop or product, or the country's code; empty for what has none.
    detail
        Of a shop its currency; of a product its shop, where there are several.
    weight
        Its net sales' part of the largest's, 0..1.
    """

    key: str
    name: str
    detail: str
    texts: Mapping[str, str]
    share: str
    change: Change
    weight: float


@dataclass(frozen=True, slots=True)
class Step:
    """Net sales of a day or month of the span, and of the one that answers to it in the span before; None if undefined."""

    label: str
    now: Decimal | None
    before: Decimal | None


@dataclass(frozen=True, slots=True)
class Content:
    """A report whole.

    Attributes
    ----------
    beside
        What there is to know of the spans that it is compared with: that their figures are not known, or not of every shop.
    """

    merchant: str
    currency: str
    numbers: Numbers
    span: Span
    before: Span
    year_before: Span
    net_sales: Line
    statement: Sequence[Line]
    counts: Sequence[Line]
    money_in: Sequence[Line]
    shops: Sequence[Part]
    products: Sequence[Part]
    countries: Sequence[Part]
    course: Sequence[Step]
    seal: Seal
    warnings: Sequence[str]
    beside: Sequence[str]
    made_at: datetime


class Books:
    """Where a report's figures are: what is published of one tenant, and what is known of its shops and runs.

    ``ask`` answers the semantic layer's questions, and ``known`` says when the shops' data begins, where somebody remembers it
    already.
    """

    def __init__(
        self,
        control: ControlPlane,
        layer: SemanticLayer,
        reader: Reader,
        tenant_id: str,
        now: datetime,
        *,
        ask: Callable[[MetricQuery], pa.Table] | None = None,
        known: Beginnings | None = None,
    ) -> None:
        self.control = control
        self.layer = layer
        self.reader = reader
        self.tenant_id = tenant_id
        self.now = now
        self._ask = ask or (lambda query: layer.query(reader, query, tenant_id))
        self._known = known

    @cached_property
    def known(self) -> Beginnings:
        """When the shops' data begins."""
        return read_beginnings(self.reader, self.tenant_id) if self._known is None else self._known

    def rows(self, metrics: Sequence[str], span: Span, by: Sequence[str] = (), **how: Any) -> list[Row]:
        query = MetricQuery(
            metrics=tuple(metrics), by=tuple(by), first=span.first, last=span.last, clock="finance", **how
        )
        found: list[Row] = self._ask(query).to_pylist()
        return found

    def totals(self, metrics: Sequence[str], span: Span) -> Row:
        rows = self.rows(metrics, span)
        return rows[0] if rows else dict.fromkeys(metrics)


def write_content(books: Books, span: Span, *, locale: str = USUAL_LOCALE, top: int = 5) -> Content:
    """The report of ``span``, with its ``top`` products; of shops and countries all, so that they add up.

    Raises
    ------
    ConfigError
        If nothing is published yet.
    """
    tenant = books.control.tenants.get(books.tenant_id)
    own_currency = tenant.currency if tenant else "EUR"
    currency = reporting_currency(books.reader, books.tenant_id) or own_currency
    time_zone = tenant.time_zone if tenant else "UTC"
    numbers = Numbers(locale, currency, zone(time_zone))
    spans = (span, span.before, span.year_before)
    empty = _why_empty(books, span, numbers, time_zone)
    now, before, year = (
        _NOTHING if _why_empty(books, one, numbers, time_zone)
        else books.totals(_ALL, one) if one is span else _beside(books, one)
        for one in spans
    )  # fmt: skip
    lines = _Lines(books.layer, numbers, now, before, year)
    ends = day_bounds(span.first, time_zone)[0], min(day_bounds(span.last, time_zone)[1], books.now)
    shops = {
        one.connection_id: (one.name, one.currency) for one in books.control.connections.all(books.tenant_id)
    }
    names = {shop: name for shop, (name, _) in shops.items()}
    territories = Locale("en").territories
    parts = _Parts(books, numbers, span, now["net_sales"])
    compared = [(one.first, one.label) for one in spans[1:]]
    return Content(
        merchant=tenant.name if tenant else "",
        currency=currency,
        numbers=numbers,
        span=span,
        before=spans[1],
        year_before=spans[2],
        net_sales=lines.line("net_sales"),
        statement=lines.statement(),
        counts=[lines.line(name) for name in COUNTS],
        money_in=[lines.line(name) for name in MONEY_IN if now[name]],
        shops=parts.of(("connection_id",), lambda key: shops.get(key[0], (key[0], "")), None),
        products=parts.of(
            IDENTITY,
            lambda key: (
                key[1] or ("" if key[0] else "Without a product"),
                names.get(shop_of(key[0]), "") if len(names) > 1 else "",
            ),
            top,
            ("units_sold", "orders", "net_sales"),
        ),
        countries=parts.of(("country",), lambda key: (territories.get(key[0], key[0]), ""), None),
        course=_course(books, numbers, span),
        seal=seal_of(books.control, books.tenant_id, numbers, first=span.first, last=span.last),
        warnings=(empty,) if empty else warnings_since(books.control, books.tenant_id, numbers, *ends),
        beside=told(books.known, numbers, names, compared, last=span.last),
        made_at=books.now,
    )


def _why_empty(books: Books, span: Span, numbers: Numbers, time_zone: str) -> str:
    """Why a span has no figures at all, which is not the same as nothing sold: it lies ahead, or before all data. Else empty."""
    if span.first > local_date(books.now, time_zone):
        return "This period lies ahead: nothing is known of it yet."
    begins = books.known.of()
    if begins is not None and span.last < begins:
        return f"{numbers.begins(begins)}: nothing is known of this period, which is not the same as nothing sold."
    return ""


def _beside(books: Books, span: Span) -> Row:
    """The figures of a span that the report's own are held against; none where its first day is not known."""
    return books.totals(_ALL, span) if books.known.knows(span.first) else _NOTHING


class _Lines:
    """Figures of three spans beside each other."""

    def __init__(self, layer: SemanticLayer, numbers: Numbers, now: Row, before: Row, year: Row) -> None:
        self._layer, self._numbers = layer, numbers
        self._now, self._before, self._year = now, before, year

    def line(self, name: str, step: StatementStep | None = None) -> Line:
        """A figure; as a step of the statement with its sign."""
        metric, numbers, sign = self._layer.metric(name), self._numbers, step.sign if step else 1
        now, before, year = (row[name] for row in (self._now, self._before, self._year))

        def text(value: Any) -> str:
            return numbers.figure(None if value is None else sign * value, metric.unit)

        return Line(
            name=name,
            label=metric.label,
            text=text(now),
            before=text(before),
            year_before=text(year),
            change=numbers.change(now, before, metric.good, metric.unit),
            year_change=numbers.change(now, year, metric.good, metric.unit),
            is_sum=step is not None and step.is_sum,
        )

    def statement(self) -> list[Line]:
        """From gross to total sales; what a shop rarely has only where there is some."""
        rows = (self._now, self._before, self._year)
        return [self.line(step.metric, step) for step in shown_steps(*rows, rare=_RARE)]


class _Parts:
    """Shops, products and countries of a span, the largest first."""

    def __init__(self, books: Books, numbers: Numbers, span: Span, total: Decimal | None) -> None:
        self._books, self._numbers, self._span, self._total = books, numbers, span, total

    def of(
        self, by: tuple[str, ...], named: Named, limit: int | None, metrics: Sequence[str] = _OF_A_PART
    ) -> list[Part]:
        def key(row: Row) -> Key:
            return tuple(row[each] for each in by)

        order = ("-net_sales", *reversed(by))
        rows = self._books.rows(metrics, self._span, by, order_by=order, limit=limit)
        keys = {key(row) for row in rows}
        before, known = self._span.before, self._books.known
        earlier = {
            key(row): row["net_sales"]
            for row in self._books.rows(("net_sales",), before, by)
            if key(row) in keys and known.knows(before.first, _own_shop(row))
        }
        largest = max((float(row["net_sales"] or 0) for row in rows), default=0.0)
        return [
            self._part(row, key(row), named, metrics, earlier=earlier.get(key(row)), largest=largest)
            for row in rows
        ]

    def _part(
        self, row: Row, key: Key, named: Named, metrics: Sequence[str], *, earlier: Any, largest: float
    ) -> Part:
        net, numbers = row["net_sales"], self._numbers
        name, detail = named(key)
        units = {metric: str(self._books.layer.metric(metric).unit) for metric in metrics}
        share = net / self._total if self._total and net is not None else None
        return Part(
            key=key[0] or "",
            name=name or "Unknown",
            detail=detail,
            texts={metric: numbers.figure(row[metric], units[metric]) for metric in metrics},
            share=numbers.rate(share),
            change=numbers.change(net, earlier, "up", "money"),
            weight=max(0.0, float(net or 0) / largest) if largest > 0 else 0.0,
        )


def _own_shop(row: Row) -> tuple[str, ...]:
    """The shop that a part belongs to: its line is held against what is known of that shop alone."""
    own = row.get("connection_id") or shop_of(row.get("product_id"))
    return (own,) if own else ()


def _course(books: Books, numbers: Numbers, span: Span) -> list[Step]:
    """Net sales day by day, month by month where a year is shown; beside each the step of the same place in the span before."""
    grain = "month" if span.days > 100 else "day"

    def series(of: Span) -> dict[date, Decimal | None]:
        return {row[grain]: row["net_sales"] for row in books.rows(("net_sales",), of, (grain,))}

    now = series(span)
    before = series(span.before) if books.known.knows(span.before.first) else {}
    earlier = _steps(span.before, grain)
    shown = []
    for place, step in enumerate(_steps(span, grain)):
        then = before.get(earlier[place]) if place < len(earlier) else None
        label = numbers.month(step) if grain == "month" else numbers.short_day(step)
        shown.append(Step(label, now.get(step), then))
    return shown


def _steps(span: Span, grain: str) -> list[date]:
    days = [span.first + timedelta(place) for place in range(span.days)]
    return days if grain == "day" else [day for day in days if day.day == 1]


__all__ = ["NOTHING", "Books", "Content", "Line", "Part", "Step", "write_content"]
