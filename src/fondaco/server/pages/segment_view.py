"""What the templates of segments ask for: choices with their names, and the answer to a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel import Locale

from fondaco.activation import Definition, describe
from fondaco.activation.attributes import ATTRIBUTES, Kind
from fondaco.activation.attributes import attribute as attribute_of
from fondaco.activation.definition import Scalar
from fondaco.activation.events import EVENTS, ProductField
from fondaco.server.numbers import Numbers
from fondaco.server.pages import segment_form
from fondaco.server.pages.choices import country_in_words
from fondaco.server.pages.persons import UNKNOWN, initials
from fondaco.server.pages.segment_form import Reading
from fondaco.server.segments import segments_of
from fondaco.server.site import Site

_PREVIEWED = (
    "person_id",
    "first_name",
    "last_name",
    "email",
    "city",
    "country",
    "orders",
    "net_sales",
    "last_order_date",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to choose, what it is called, and how many have it."""

    value: str
    label: str
    people: str
    title: str = ""


class Builder:
    """Lists and names of the builder, for one reader.

    Parameters
    ----------
    sees_persons
        Whether the reader may see who the customers are: only then there are conditions on it, and sentences that say it.
    """

    matches = segment_form.MATCHES
    event_operators = segment_form.EVENT_OPERATORS
    periods = segment_form.PERIODS
    products = segment_form.PRODUCTS

    def __init__(self, site: Site, numbers: Numbers, *, sees_persons: bool) -> None:
        self._site = site
        self._numbers = numbers
        self._sees_persons = sees_persons
        self._segments = segments_of(site)

    @cached_property
    def whats(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What a condition may be about, by headings."""
        headings: dict[str, list[tuple[str, str]]] = {}
        for attribute in ATTRIBUTES:
            if self._sees_persons or not attribute.personal:
                told = (f"attribute:{attribute.name}", attribute.title)
                headings.setdefault(attribute.group, []).append(told)
        done = [(f"event:{event.name}", event.title) for event in EVENTS]
        return [("What they did", done), *headings.items()]

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """What values are called, for people."""
        shops = {c.connection_id: c.name for c in self._site.shops()}
        return {"country": dict(Locale("en").territories), "shop": shops, "first_connection_id": shops}

    def choices(self, key: str, chosen: list[str]) -> list[Choice]:
        """Values that there are, and those that are chosen though they are not there."""
        named = self.names.get("country" if key == "order_country" else key.removeprefix("attribute:"), {})
        found = self._segments.suggestions(key) if self._site.published and self._may_suggest(key) else []
        there = {suggestion.value for suggestion in found}
        gone = [Choice(value, named.get(value, value), "0") for value in chosen if value not in there]
        return gone + [
            Choice(
                each.value, named.get(each.value, each.value), self._numbers.count(each.people), each.title
            )
            for each in found
        ]

    def _may_suggest(self, key: str) -> bool:
        """Domains of addresses are suggested to those only who may see the addresses."""
        name = key.removeprefix("attribute:")
        return self._sees_persons or not (name != key and attribute_of(name).personal)

    def product(self, by: ProductField, value: str) -> str:
        """What the product is called whose id or SKU was chosen; empty where that is not known."""
        return self._segments.titles_of(by, (value,)).get(value, "") if value else ""

    def label(self, key: str, value: str) -> str:
        name = "country" if key == "order_country" else key.removeprefix("attribute:")
        return self.names.get(name, {}).get(value, value)

    def sentence(self, definition: Definition) -> str:
        names = self.names | self._segments.titles(definition)
        return describe(definition, write=self.write, names=names, hides_persons=not self._sees_persons)

    def write(self, value: Scalar, kind: Kind) -> str:
        """A value as this reader writes it."""
        if isinstance(value, date):
            return self._numbers.day(value)
        if isinstance(value, Decimal):
            by_kind = {"money": self._numbers.money, "share": self._numbers.rate}
            return by_kind.get(kind, self._numbers.decimal)(value)
        return value


def answer(site: Site, numbers: Numbers, reading: Reading, *, sees_persons: bool) -> dict[str, Any]:
    """How many a draft takes, the sentence it reads as, and the first members; without ``sees_persons`` by their initials.

    Whoever may not see persons must not get here with conditions on them: a count tells as much as a name.
    """
    kept = segments_of(site)
    definition = reading.definition
    total = kept.total()
    people, table = kept.preview(definition, _PREVIEWED)
    return {
        "people": numbers.count(people),
        "total": numbers.count(total),
        "share": numbers.rate(Decimal(people) / total if total else None),
        "bar": f"{100 * people / total:.2f}" if total else "0",
        "sentence": Builder(site, numbers, sees_persons=sees_persons).sentence(definition),
        "faults": reading.faults,
        "members": [_member(numbers, row, sees_persons=sees_persons) for row in table.to_pylist()],
    }


def _member(numbers: Numbers, row: dict[str, Any], *, sees_persons: bool) -> dict[str, str]:
    name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
    name = name if sees_persons else initials(name)
    place = ", ".join(part for part in (row["city"], country_in_words(row["country"] or "")) if part)
    last = row["last_order_date"]
    return {
        "id": row["person_id"],
        "name": name or (row["email"] if sees_persons else "") or UNKNOWN,
        "place": place,
        "orders": numbers.count(row["orders"]),
        "net_sales": numbers.money(row["net_sales"]),
        "last": numbers.day(last) if last else "–",
    }
