"""The builder's form: from fields to a draft, from a draft to a definition, and back.

A draft may be unfinished. Its rules are named by their place: ``r`` is the root, ``r-0`` its first rule, ``r-0-1`` the
second rule of a group that stands first. A field is ``PLACE.NAME``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from fondaco.activation.attributes import ATTRIBUTES, Attribute
from fondaco.activation.attributes import attribute as attribute_of
from fondaco.activation.definition import (
    DEEPEST,
    Comparison,
    Definition,
    Group,
    Happening,
    Node,
    parse_definition,
)
from fondaco.activation.events import EVENTS, Event
from fondaco.activation.operators import OPERATORS, Operator
from fondaco.errors import ConfigError

ROOT = "r"
MATCHES = {"all": "all of", "any": "any of", "not:any": "none of", "not:all": "not all of"}
EVENT_OPERATORS = {
    "at_least": "at least", "at_most": "at most", "exactly": "exactly", "not:at_least": "less than",
    "not:at_most": "more than", "not:exactly": "not exactly", "never": "never", "not:never": "at least once",
}  # fmt: skip
PERIODS = {"ever": "at any time", "last_days": "in the last … days", "between": "between two days"}
PRODUCTS = {
    "title": "whose title contains",
    "sku": "whose SKU is",
    "product_id": "whose id is",
    "collection": "of the collection",
}

_ATTRIBUTES = {f"attribute:{attribute.name}": attribute for attribute in ATTRIBUTES}
_EVENTS = {f"event:{event.name}": event for event in EVENTS}
_FIRST = "attribute:country"


@dataclass
class Draft:
    """A rule as it stands in the form."""

    what: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    rules: list[Draft] = field(default_factory=list)
    place: str = ROOT

    def one(self, name: str, default: str = "") -> str:
        values = self.fields.get(name, [])
        return values[0].strip() if values else default

    def all(self, name: str) -> list[str]:
        return [value.strip() for value in self.fields.get(name, []) if value.strip()]

    @property
    def is_group(self) -> bool:
        return self.what == "group"

    @property
    def attribute(self) -> Attribute | None:
        return _ATTRIBUTES.get(self.what)

    @property
    def event(self) -> Event | None:
        return _EVENTS.get(self.what)

    @property
    def depth(self) -> int:
        return self.place.count("-")

    @property
    def may_nest(self) -> bool:
        """Whether another group may stand in this one."""
        return self.depth < DEEPEST - 1

    @property
    def operator(self) -> str:
        """What is chosen, or what a new rule starts with."""
        known = MATCHES if self.is_group else EVENT_OPERATORS if self.event else dict(self.operators)
        chosen = self.one("op")
        return chosen if chosen in known else next(iter(known))

    @property
    def operators(self) -> list[tuple[str, str]]:
        """Operators of an attribute both ways round."""
        about = self.attribute
        pairs = []
        for how in OPERATORS[about.kind] if about else ():
            pairs += [(how.name, how.title), (f"not:{how.name}", how.negated_title)]
        return pairs

    @property
    def how(self) -> Operator | None:
        about = self.attribute
        name = self.operator.removeprefix("not:")
        return next((how for how in OPERATORS[about.kind] if how.name == name), None) if about else None

    @property
    def is_personal(self) -> bool:
        """Whether any rule, finished or not, asks for what names or reaches a person."""
        return any(rule.attribute is not None and rule.attribute.personal for rule in self.walk())

    def walk(self) -> Iterator[Draft]:
        yield self
        for rule in self.rules:
            yield from rule.walk()


def new_draft() -> Draft:
    """What a new segment starts with: a condition that already says something."""
    start = Draft("attribute:last_order_date", {"op": ["in_last_days"], "value": ["90"]})
    return numbered(Draft("group", {"op": ["all"]}, [start]))


def numbered(root: Draft, place: str = ROOT) -> Draft:
    """The draft with every rule's place as it stands now."""
    root.place = place
    for index, rule in enumerate(root.rules):
        numbered(rule, f"{place}-{index}")
    return root


def read_draft(form: FormData) -> Draft:
    """The draft that a form holds; whatever is not a rule in it is left alone."""
    fields: dict[str, dict[str, list[str]]] = {}
    for key, value in form.multi_items():
        place, dot, name = key.partition(".")
        if dot and isinstance(value, str) and (place == ROOT or place.startswith(ROOT + "-")):
            fields.setdefault(place, {}).setdefault(name, []).append(value[:400])
    return numbered(_read(fields, ROOT, 0))


def _read(fields: Mapping[str, dict[str, list[str]]], place: str, depth: int) -> Draft:
    own = dict(fields.get(place, {}))
    what = "group" if place == ROOT else own.pop("what", [_FIRST])[0]
    was = own.pop("was", [what])[0]
    if what != "group" and what not in _ATTRIBUTES and what not in _EVENTS:
        what = _FIRST
    draft = Draft(what, own if was == what else {})
    index = 0
    while what == "group" and depth < DEEPEST and f"{place}-{index}" in fields:
        draft.rules.append(_read(fields, f"{place}-{index}", depth + 1))
        index += 1
    return draft


def act(root: Draft, action: str) -> str:
    """Do what a button says: ``add:PLACE``, ``group:PLACE`` or ``drop:PLACE``. Gives the id of what to look at next."""
    verb, _, place = action.partition(":")
    for draft in list(root.walk()):
        if verb == "drop":
            kept = [rule for rule in draft.rules if rule.place != place]
            if len(kept) < len(draft.rules):
                draft.rules = kept
                numbered(root)
                return f"{draft.place}-add"
        elif draft.place == place and draft.is_group and verb in ("add", "group"):
            draft.rules.append(
                Draft(_FIRST) if verb == "add" else Draft("group", {"op": ["any"]}, [Draft(_FIRST)])
            )
            numbered(root)
            last = draft.rules[-1]
            return f"{last.place}-what" if verb == "add" else f"{last.place}-op"
    return ""


@dataclass(frozen=True)
class Reading:
    """A draft as a definition, without the rules that are not finished; and what they lack."""

    definition: Definition
    faults: list[str]


def to_definition(root: Draft) -> Reading:
    faults: list[str] = []
    document = _document(root, faults) or {"kind": "group"}
    try:
        return Reading(parse_definition({"root": document}), faults)
    except ConfigError as error:
        return Reading(parse_definition({"root": {"kind": "group"}}), [*faults, error.what])


def _document(draft: Draft, faults: list[str]) -> dict[str, Any] | None:
    """The rule as a document; None if it is not finished."""
    operator = draft.operator
    negated = operator.startswith("not:")
    name = operator.removeprefix("not:")
    if draft.is_group:
        rules = [part for rule in draft.rules if (part := _document(rule, faults)) is not None]
        if not rules and draft.place != ROOT:
            if not draft.rules:
                faults.append("A group has no condition yet.")
            return None
        return {"kind": "group", "match": name, "not": negated, "rules": rules}
    about = draft.attribute
    if about is not None:
        return _comparison(draft, about, name, negated, faults)
    return _happening(draft, name, negated, faults)


def _comparison(
    draft: Draft, about: Attribute, name: str, negated: bool, faults: list[str]
) -> dict[str, Any] | None:
    how = draft.how
    values: list[str] = draft.all("value") if how and how.takes != "nothing" else []
    if how and how.takes == "two":
        values = [*values[:1], *draft.all("value2")[:1]]
    if about.kind == "share":
        values = [_share(value) for value in values]
    rule = {"kind": "attribute", "attribute": about.name, "operator": name, "values": values, "not": negated}
    return _checked(
        Comparison, rule, about.title, bool(values) or how is None or how.takes == "nothing", faults
    )


def _happening(draft: Draft, name: str, negated: bool, faults: list[str]) -> dict[str, Any] | None:
    about = draft.event
    assert about is not None
    measure = draft.one("measure", "times") if name != "never" else "times"
    rule: dict[str, Any] = {
        "kind": "event", "event": about.name, "operator": name, "not": negated, "measure": measure,
        "shops": draft.all("shop"), "channels": draft.all("channel"), "countries": draft.all("country"),
    }  # fmt: skip
    whole = True
    if name != "never":
        rule["value"] = draft.one("value", "1")
        whole = bool(rule["value"])
    period = draft.one("period", "ever")
    rule["period"] = {"kind": period}
    for key in {"last_days": ("days",), "between": ("first", "last")}.get(period, ()):
        value = draft.one(key, "90" if key == "days" else "")
        rule["period"][key] = value
        whole = whole and bool(value)
    if about.takes_product and draft.one("product"):
        rule["product"] = {"by": draft.one("by", "title"), "value": draft.one("product")}
    if about.takes_code and draft.one("code"):
        rule["code"] = draft.one("code")
    return _checked(Happening, rule, about.title, whole, faults)


def _checked(
    model: type[Comparison | Happening], rule: dict[str, Any], title: str, whole: bool, faults: list[str]
) -> dict[str, Any] | None:
    if not whole:
        faults.append(f"{title}: a value is missing.")
        return None
    try:
        model.model_validate(rule)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
        faults.append(f"{title}: {told}.")
        return None
    return rule


def _share(text: str) -> str:
    """Per cent, as people write them, as a share of one."""
    try:
        return str(Decimal(text) / 100)
    except ArithmeticError:
        return text


def to_draft(definition: Definition) -> Draft:
    """A definition as the form shows it."""
    return numbered(_draft(definition.root))


def _draft(node: Node) -> Draft:
    turned = "not:" if node.negated else ""
    if isinstance(node, Group):
        return Draft("group", {"op": [turned + node.match]}, [_draft(rule) for rule in node.rules])
    fields: dict[str, list[str]] = {"op": [turned + node.operator]}
    if isinstance(node, Comparison):
        share = attribute_of(node.attribute).kind == "share"
        values = [
            _shown(value * 100 if share and isinstance(value, Decimal) else value) for value in node.values
        ]
        if node.how.takes == "two":
            fields |= {"value": values[:1], "value2": values[1:]}
        else:
            fields["value"] = values
        return Draft(f"attribute:{node.attribute}", fields)
    period = node.period
    given = {"days": period.days, "first": period.first, "last": period.last}
    fields |= {name: [_shown(value)] for name, value in given.items() if value is not None}
    fields |= {"period": [period.kind], "measure": [node.measure], "value": [_shown(node.value)]}
    fields |= {"shop": list(node.shops), "channel": list(node.channels), "country": list(node.countries)}
    if node.product is not None:
        fields |= {"by": [node.product.by], "product": [node.product.value]}
    if node.code is not None:
        fields["code"] = [node.code]
    return Draft(f"event:{node.event}", fields)


def _shown(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
