"""The public field names of an import, and which column of a file feeds which."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fondaco.errors import ConfigError


class Kind(StrEnum):
    """What a field's text must be."""

    TEXT = "text"
    WHOLE = "whole"
    MONEY = "money"
    FLAG = "flag"
    INSTANT = "instant"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Field:
    """One field that a column may be mapped to.

    ``of_order``: it belongs to the order; a line without it takes it from the order's other lines.
    """

    name: str
    kind: Kind
    description: str
    of_order: bool = False


FIELDS = (
    Field("order_id", Kind.TEXT, "The order or invoice. Required."),
    Field("line_id", Kind.TEXT, "The line within the order; without it the line's content numbers it."),
    Field("ordered_at", Kind.INSTANT, "When it was ordered. Required.", of_order=True),
    Field("customer_id", Kind.TEXT, "The customer; an order without one is a guest's.", of_order=True),
    Field("email", Kind.TEXT, "The customer's e-mail.", of_order=True),
    Field("sku", Kind.TEXT, "The article number."),
    Field("title", Kind.TEXT, "The article's name."),
    Field("quantity", Kind.WHOLE, "Units; negative when they came back. 1 if not mapped."),
    Field(
        "units_restocked", Kind.WHOLE, "Of returned units, how many are in stock again; without it untold."
    ),
    Field("unit_price", Kind.MONEY, "Price of one unit before discounts. This or line_total is required."),
    Field("line_total", Kind.MONEY, "The line after its discount."),
    Field("currency", Kind.CURRENCY, "ISO 4217; else --currency holds for all rows.", of_order=True),
    Field("country", Kind.TEXT, "Country of the buyer: a code or a name.", of_order=True),
    Field("cancelled", Kind.FLAG, "True for a cancelled order; with a negative quantity it is a return."),
    Field("discount", Kind.MONEY, "Discount of the whole line, as an amount."),
    Field("tax", Kind.MONEY, "Tax of the whole line, after its discount."),
    Field(
        "prices_include_tax", Kind.FLAG, "Whether unit_price and line_total contain the tax.", of_order=True
    ),
    Field("product_id", Kind.TEXT, "The product that the article is a variant of."),
    Field("gift_card", Kind.FLAG, "True for a gift card that was sold: not part of sales."),
    Field("order_number", Kind.TEXT, "The number that people see, if order_id is another.", of_order=True),
    Field(
        "status", Kind.TEXT, "The order's state; pending, failed and cancelled do not count.", of_order=True
    ),
    Field("financial_status", Kind.TEXT, "paid, pending, refunded, …", of_order=True),
    Field("cancelled_at", Kind.INSTANT, "When the order was cancelled.", of_order=True),
    Field("phone", Kind.TEXT, "The customer's telephone number.", of_order=True),
    Field("city", Kind.TEXT, "City of the buyer.", of_order=True),
    Field("channel", Kind.TEXT, "Where it was sold: web, pos, …", of_order=True),
    Field("discount_code", Kind.TEXT, "The code that the customer used.", of_order=True),
    Field("subtotal", Kind.MONEY, "All lines after all discounts.", of_order=True),
    Field("order_discount", Kind.MONEY, "Discount of the whole order on its lines.", of_order=True),
    Field("order_tax", Kind.MONEY, "Tax of the whole order.", of_order=True),
    Field("shipping", Kind.MONEY, "Shipping charged for the order.", of_order=True),
    Field("order_total", Kind.MONEY, "What the customer was to pay.", of_order=True),
    Field("refunded", Kind.MONEY, "Given back for the order as a whole, tax included.", of_order=True),
    Field("test", Kind.FLAG, "True for a test order: it never counts.", of_order=True),
)

BY_NAME: Mapping[str, Field] = {one.name: one for one in FIELDS}


def closest(word: str, choices: Iterable[str], count: int = 3) -> list[str]:
    """The ``choices`` that look most like ``word``, upper and lower case alike; all of them if none does."""
    by_key = {choice.lower().replace(" ", "_"): choice for choice in choices}
    key = word.lower().replace(" ", "_")
    found = difflib.get_close_matches(key, by_key, n=count, cutoff=0.5)
    found += [one for one in by_key if one not in found and (key in one or (one and one in key))]
    return [by_key[one] for one in found][:count] or list(by_key.values())


def parse_map(pairs: Iterable[str]) -> dict[str, str]:
    """Read ``field=Column`` pairs.

    Raises
    ------
    ConfigError
        If a pair has no ``=`` or names a field that does not exist.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not column:
            raise ConfigError(
                f"--map {pair!r} is not of the form field=Column.",
                "Write for example `--map order_id=InvoiceNo`.",
            )
        mapping[_known(field.strip())] = column
    return mapping


def read_mapping(path: Path) -> dict[str, str]:
    """Read a mapping file: TOML with one ``field = "Column"`` a line.

    Raises
    ------
    ConfigError
        If the file is missing, is no TOML, or names a field that does not exist.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The mapping file {path} cannot be read.", "Check --mapping.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The mapping file {path} is not valid TOML: {error}.",
            'Write one field a line, such as order_id = "InvoiceNo".',
        ) from error
    wrong = [name for name, value in content.items() if not isinstance(value, str)]
    if wrong:
        raise ConfigError(
            f"The mapping file {path} gives {wrong[0]!r} something that is no column name.",
            'Write one field a line, such as order_id = "InvoiceNo".',
        )
    return {_known(name): value for name, value in content.items()}


def check_columns(mapping: Mapping[str, str], columns: Iterable[str], file: str) -> None:
    """Make sure that every mapped column exists and that what an order needs is mapped.

    Raises
    ------
    ConfigError
        Naming the closest columns, or the missing fields.
    """
    there = list(columns)
    for field, column in mapping.items():
        if column not in there:
            near = ", ".join(repr(one) for one in closest(column, there)[:8])
            raise ConfigError(
                f"{file} has no column {column!r}, which --map gives to {field}.", f"Choose one of: {near}."
            )
    missing = [name for name in ("order_id", "ordered_at") if name not in mapping]
    if "unit_price" not in mapping and "line_total" not in mapping:
        missing.append("unit_price")
    if missing:
        raise ConfigError(
            f"{file} is no export that Fondaco knows, and nothing is mapped to {', '.join(missing)}.",
            f"Add `--map {missing[0]}=COLUMN`; the file's columns are: {', '.join(there[:20])}.",
        )


def _known(field: str) -> str:
    if field not in BY_NAME:
        near = ", ".join(closest(field, BY_NAME)[:3])
        raise ConfigError(
            f"There is no field {field!r} to map a column to.",
            f"Did you mean: {near}? All fields stand in `fondaco import --help`.",
        )
    return field
