"""What the server really answers, against the mapping: each difference is named, with what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

from fondaco.errors import AccessError, ConfigError
from fondaco.money import decimal_of
from fondaco.sources.http import NotFoundError
from fondaco.sources.prohandel.client import VENDOR, ProHandelClient, Record
from fondaco.sources.prohandel.mapping import Mapping, StreamOf, fields_of
from fondaco.sources.prohandel.records import lines_of, value_of
from fondaco.sources.prohandel.settings import ProHandelSettings
from fondaco.sources.prohandel.streams import STREAMS
from fondaco.sources.stream import Check, ColumnType

_LOSSES = {
    "branches": "branches have no names",
    "articles": "no products can be read",
    "article_sizes": "no variants can be read, and nothing is matched with the shop's",
    "inventory": "no stock can be read",
    "sales": "no sales can be read",
    "customers": "no customers can be read",
    "suppliers": "suppliers have no names and promises",
    "orders": "no purchase orders can be read",
}
_NEEDED = {
    "articles": {"name"},
    "inventory": {"quantity"},
    "sales": {"branch_number", "article_number", "article_size_number", "receipt_number", "sold_at", "quantity", "sale_price"},
    "orders": {"supplier_number", "ordered_at", "quantity"},
}  # fmt: skip
"""Beside the keys: without these a stream is of no use."""

_JUDGED_BY = 20
"""So many records at least tell what their numbers mean."""

_PACKS = (6, 10, 12, 24, 100)

_CENT = Decimal("0.01")


class _Reading(NamedTuple):
    """What the amounts of a sale may mean."""

    sale_price: str
    discount: str
    after_discount: bool


_READINGS = tuple(_Reading(*each) for each in product(("line", "piece"), ("line", "piece"), (True, False)))
_FITS = {
    ColumnType.BOOL: "true or false",
    ColumnType.BIGINT: "a whole number",
    ColumnType.DECIMAL: "a number",
    ColumnType.TIMESTAMP: "a time",
    ColumnType.TEXT: "a text",
}


def check(client: ProHandelClient, mapping: Mapping, settings: ProHandelSettings) -> Check:
    """Read the first page of every list; raise only where nothing at all may be read."""
    missing: list[str] = []
    warnings: list[str] = []
    refusals: list[AccessError] = []
    for stream in STREAMS:
        chosen = mapping.stream(stream.name)
        if not chosen.is_read:
            continue
        found = _sample(client, stream.name, chosen, missing, refusals)
        if found is None:
            continue
        compare(stream.name, chosen, found, missing, warnings)
        if stream.name == "sales":
            warnings += weighed(found, mapping)
        if stream.name == "orders":
            warnings += counted_in_packs(found, chosen)
    if refusals and len(refusals) == sum(mapping.stream(stream.name).is_read for stream in STREAMS):
        raise refusals[0]
    return Check(
        shop_name=settings.name,
        currency=settings.currency,
        time_zone=settings.timezone,
        missing=tuple(missing),
        warnings=tuple(warnings),
        details={"mapping": settings.mapping.name if settings.mapping else "as shipped"},
    )


def _sample(
    client: ProHandelClient,
    name: str,
    chosen: StreamOf,
    missing: list[str],
    refusals: list[AccessError],
) -> list[Record] | None:
    """The first page of a list; None, and why, where there is none."""
    told = f"{VENDOR} has no list at {chosen.resource!r}"
    try:
        return client.sample(chosen)
    except AccessError as error:
        refusals.append(error)
        told = f"The key may not read {chosen.resource!r}"
    except NotFoundError:
        pass
    except ConfigError as error:
        if "[token]" in error.what or "token." in error.what:
            raise
        told = f"{VENDOR} refuses to list {chosen.resource!r}"
    missing.append(f"{told} (streams.{name}.resource): {_LOSSES[name]}.")
    return None


def compare(
    name: str, chosen: StreamOf, records: list[Record], missing: list[str], warnings: list[str]
) -> None:
    """Name what a list's records have otherwise than the mapping says."""
    if not records:
        warnings.append(
            f"{VENDOR}'s list {chosen.resource!r} is empty: the mapping of {name} could not be compared."
        )
        return
    if chosen.lines and not any(isinstance(record.get(chosen.lines), list) for record in records):
        missing.append(
            f"No record of {chosen.resource!r} has a list {chosen.lines!r} (streams.{name}.lines): {_LOSSES[name]}."
        )
        return
    pairs = [(record, line) for record in records for line in lines_of(record, chosen)]
    [table] = next(stream.tables for stream in STREAMS if stream.name == name)
    needed = {*table.primary_key, *_NEEDED.get(name, ())}
    types = fields_of(name)
    for column, field in chosen.fields.items():
        if not field.path:
            if column in needed:
                missing.append(f"streams.{name}.fields.{column} is empty: {_LOSSES[name]}.")
            continue
        said = f"{field.source!r} of {chosen.resource!r} (streams.{name}.fields.{column})"
        values = [value_of(record, line, chosen, column) for record, line in pairs]
        given = [value for value in values if value is not None and value != ""]
        if not given:
            if column in needed:
                missing.append(f"None of {len(pairs)} records has {said}: {_LOSSES[name]}.")
            else:
                warnings.append(f"None of {len(pairs)} records has {said}: {column} stays unknown.")
            continue
        wrong = sum(not fits(value, types[column]) for value in given)
        if wrong:
            missing.append(
                f"In {wrong} of {len(given)} records {said} is not {_FITS[types[column]]}: these are set aside."
            )
    unread = _unread(chosen, (line for _, line in pairs))
    if unread:
        warnings.append(
            f"{VENDOR}'s list {chosen.resource!r} also has {', '.join(unread)}, which the mapping of {name} does not read."
        )


def fits(value: Any, kind: ColumnType) -> bool:
    """Whether landing takes a value for one of this type."""
    if kind is ColumnType.BOOL:
        return isinstance(value, bool) or str(value).lower() in ("true", "false", "1", "0", "yes", "no")
    if kind is ColumnType.TEXT:
        return not isinstance(value, dict | list)
    if kind is ColumnType.TIMESTAMP:
        try:
            datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return False
        return True
    number = decimal_of(value)
    if kind is ColumnType.BIGINT:
        return number.is_finite() and number == number.to_integral_value()
    return number.is_finite() and abs(number) < 10**12


def weighed(records: list[Record], mapping: Mapping) -> list[str]:
    """What the amounts of sales must mean for the labels' prices to come out, where that is not what the mapping says."""
    chosen, meaning = mapping.stream("sales"), mapping.meaning
    lines = [
        tuple(
            None if (value := value_of(record, line, chosen, column)) is None else decimal_of(value)
            for column in ("quantity", "sale_price", "discount", "label_price")
        )
        for record in records
        for line in lines_of(record, chosen)
        if {"quantity", "sale_price", "discount", "label_price"} <= chosen.fields.keys()
    ]
    telling = [
        (abs(quantity), abs(price), abs(discount or Decimal(0)), abs(label))
        for quantity, price, discount, label in lines
        if quantity and price is not None and label
        and all(value is None or value.is_finite() for value in (quantity, price, discount, label))
        and (abs(quantity) > 1 or discount)
    ]  # fmt: skip
    if len(telling) < _JUDGED_BY:
        return []
    held = {reading: sum(_comes_out(line, reading) for line in telling) for reading in _READINGS}
    said = _Reading(meaning.sale_price, meaning.discount, meaning.after_discount)
    best = max(held, key=lambda reading: (held[reading], reading == said))
    if held[said] * 10 >= held[best] * 9:
        return []
    return [
        f"Of {len(telling)} sales the label's price comes out in {held[said]} with the mapping's [meaning], and in {held[best]} with "
        f'sale_price = "{best.sale_price}", discount = "{best.discount}", after_discount = {str(best.after_discount).lower()}: '
        "sales are probably wrong."
    ]


def counted_in_packs(records: list[Record], chosen: StreamOf) -> list[str]:
    """Whether as many times a pack came as was ordered, in most lines: then orders are told in packs and not in pieces."""
    if not {"quantity", "received_quantity"} <= chosen.fields.keys():
        return []
    pairs = [
        tuple(
            decimal_of(value_of(record, line, chosen, column)) for column in ("quantity", "received_quantity")
        )
        for record in records
        for line in lines_of(record, chosen)
    ]
    came = [
        received / ordered
        for ordered, received in pairs
        if ordered.is_finite() and received.is_finite() and ordered > 0 and received > 0
    ]
    for pack in _PACKS:
        fitting = sum(ratio == pack for ratio in came)
        if len(came) >= _JUDGED_BY and fitting * 2 > len(came):
            return [
                f"In {fitting} of {len(came)} lines of {chosen.resource!r} {pack} times as many pieces came as were ordered: "
                "the two are probably not counted alike (streams.orders.fields.quantity)."
            ]
    return []


def _comes_out(line: tuple[Decimal, ...], reading: _Reading) -> bool:
    quantity, price, discount, label = line
    paid = price * (quantity if reading.sale_price == "piece" else 1)
    off = discount * (quantity if reading.discount == "piece" else 1)
    return abs(paid + (off if reading.after_discount else 0) - label * quantity) <= _CENT * quantity


def _unread(chosen: StreamOf, lines: Iterable[Record]) -> list[str]:
    known = {field.path[0] for field in chosen.fields.values() if field.path} | {*chosen.ignored}
    return sorted({name for line in lines for name in line} - known - {chosen.lines})
