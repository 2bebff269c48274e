"""A segment in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from fondaco.activation.attributes import Attribute, Kind
from fondaco.activation.definition import (
    Comparison,
    Definition,
    Group,
    Happening,
    Node,
    Period,
    Product,
    Scalar,
)
from fondaco.activation.events import event
from fondaco.governance.redaction import MASK

Write = Callable[[Scalar, Kind], str]
Names = Mapping[str, Mapping[str, str]]
"""What values are called: by attribute name or ``shop``, ``product_id``, ``sku``, then by value."""

_HOW_MUCH = {"at_least": "at least", "at_most": "at most", "exactly": "exactly"}
_HOW_MUCH_NOT = {"at_least": "less than", "at_most": "more than", "exactly": "not exactly"}
_PLURAL = frozenset(
    {
        "orders",
        "net_sales",
        "total_sales",
        "net_units",
        "shops",
        "days_since_last_order",
        "purchase_days",
        "expected_orders",
    }
)
_PRODUCT = {
    "title": "a product whose title contains",
    "sku": "a product whose SKU is",
    "product_id": "the product",
    "collection": "a product of the collection",
}


def plain(value: Scalar, kind: Kind) -> str:
    """A value without regard to anyone's locale."""
    if isinstance(value, Decimal):
        return f"{(value * 100).normalize():f} %" if kind == "share" else f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def describe(
    definition: Definition, *, write: Write = plain, names: Names | None = None, hides_persons: bool = False
) -> str:
    """The definition as a sentence: “Customers whose country is DE, and who ordered at least 3 times ever.”

    Parameters
    ----------
    write
        How numbers, money, shares and days are written.
    names
        What values are called; a value that is not in it stands as it is.
    hides_persons
        Leave out what names or reaches a person: “whose e-mail address contains •••”.
    """
    if not definition.root.rules:
        nobody = (definition.root.match == "any") != definition.root.negated
        return "No customers." if nobody else "All customers."
    told = _Teller(write, names or {}, hides_persons).rules(definition.root)
    return f"{'All customers but those' if definition.root.negated else 'Customers'} {told}."


class _Teller:
    def __init__(self, write: Write, names: Names, hides_persons: bool) -> None:
        self._write = write
        self._names = names
        self._hides_persons = hides_persons

    def tell(self, node: Node) -> str:
        if isinstance(node, Group):
            return self._group(node)
        return self._comparison(node) if isinstance(node, Comparison) else self._happening(node)

    def rules(self, group: Group) -> str:
        return (", and " if group.match == "all" else ", or ").join(self.tell(rule) for rule in group.rules)

    def _group(self, group: Group) -> str:
        if not group.rules:
            return "who are anyone" if (group.match == "all") != group.negated else "who are no one"
        if group.negated:
            return f"who are not those ({self.rules(group)})"
        return self.rules(group) if len(group.rules) == 1 else f"who are those ({self.rules(group)})"

    def _comparison(self, rule: Comparison) -> str:
        about, how = rule.about, rule.how
        title = how.negated_title if rule.negated else how.title
        whose = f"whose {_small(about)}"
        if about.kind == "bool":
            return self._yes_or_no(rule)
        if about.name in _PLURAL:
            title = "are" + title[2:]
        values = [self._value(about.name, value, about.kind) for value in rule.values]
        if about.personal and self._hides_persons:
            values = [MASK]
        if how.takes == "nothing":
            return f"{whose} {title}"
        if how.takes == "days":
            return f"{whose} {title.replace('…', plain(rule.values[0], 'number'))}"
        if how.takes == "two":
            return f"{whose} {title} {values[0]} and {values[1]}"
        return f"{whose} {title} {_either(values)}"

    def _yes_or_no(self, rule: Comparison) -> str:
        """“who have an e-mail address”, “of whom it is not known whether they accept marketing”."""
        title = rule.about.title
        does, base = (
            ("accept", "accept marketing") if title.startswith("Accept") else ("have", "have" + title[3:])
        )
        if rule.operator == "known":
            return f"of whom it is {'not ' if rule.negated else ''}known whether they {base}"
        if rule.operator == "is_true":
            return f"who {base}" if not rule.negated else f"who do not {base}, or of whom it is not known"
        if not rule.negated:
            return f"who do not {base}"
        return f"who {base}, or of whom it is not known whether they {does}"

    def _happening(self, rule: Happening) -> str:
        about = event(rule.event)
        what = about.verb
        if rule.product is not None:
            what += f" {_PRODUCT[rule.product.by]} {self._product(rule.product)}"
        elif about.takes_product:
            what += " something"
        if rule.code is not None:
            what = f"used the discount code {_quoted(rule.code.upper())}"
        where = "".join(
            f" {word} {_either([self._name(key, value) for value in values])}"
            for word, key, values in (
                ("in", "shop", rule.shops),
                ("by", "channel", rule.channels),
                ("from", "country", rule.countries),
            )
            if values
        )
        when = self._when(rule.period)
        much = self._how_much(rule, about.amount_title)
        if much == "never":
            return f"who never {what}{where}{when}"
        return f"who {what}{where} {much}{when}"

    def _product(self, product: Product) -> str:
        """“Blue scarf” (p1): nobody knows products by their ids, and two of them may have one title."""
        title = self._names.get(product.by, {}).get(product.value)
        if product.by == "product_id" and title:
            return f"{_quoted(title)} ({product.value})"
        return f"{_quoted(product.value)} ({title})" if title else _quoted(product.value)

    def _how_much(self, rule: Happening, amount_title: str) -> str:
        """“at least 3 times”; turned round, “less than 3 times”."""
        if rule.operator == "never":
            return "at least once" if rule.negated else "never"
        word = (_HOW_MUCH_NOT if rule.negated else _HOW_MUCH)[rule.operator]
        if rule.measure == "amount":
            return f"with {word} {self._write(rule.value, 'money')} of {amount_title}"
        if word == "less than" and rule.value == 1:
            return "never"
        return f"{word} once" if rule.value == 1 else f"{word} {self._write(rule.value, 'number')} times"

    def _when(self, period: Period) -> str:
        if period.kind == "last_days":
            return " today" if period.days == 1 else f" in the last {period.days} days"
        if period.first is not None and period.last is not None:
            return f" from {self._write(period.first, 'date')} to {self._write(period.last, 'date')}"
        return ""

    def _value(self, name: str, value: Scalar, kind: Kind) -> str:
        if isinstance(value, str):
            return _quoted(self._name(name, value)) if kind == "text" else self._name(name, value)
        return self._write(value, kind)

    def _name(self, key: str, value: str) -> str:
        return self._names.get(key, {}).get(value, value)


def _either(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


def _quoted(text: str) -> str:
    return f"“{text}”"


def _small(about: Attribute) -> str:
    """The title within a sentence."""
    return about.title if about.title[:3].isupper() else about.title[:1].lower() + about.title[1:]
