"""What a segment is: a document of nested groups of conditions.

    {"version": 1, "root": {"kind": "group", "match": "all", "rules": [
        {"kind": "attribute", "attribute": "country", "operator": "is", "values": ["DE", "AT"]},
        {"kind": "event", "event": "ordered", "operator": "never", "period": {"kind": "last_days", "days": 90}},
        {"kind": "group", "match": "any", "not": true, "rules": […]}]}}

A customer whose value is not known satisfies no comparison. ``"not": true`` is the true complement: it takes everyone whom
the rule without it does not take, those of unknown value too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fondaco.activation.attributes import Attribute, attribute
from fondaco.activation.events import EventName, ProductField, event
from fondaco.activation.operators import Operator, operator
from fondaco.activation.schema import NUMBER, TEXT, comparison_schemas
from fondaco.errors import ConfigError

VERSION = 1
DEEPEST = 6
MOST_RULES = 100
MOST_PRODUCTS = 20
"""Events of a product each read all that was sold."""
MOST_VALUES = 500
"""In all conditions of a definition together: each is a comparison of its own for every customer."""
MOST_DAYS = 36_500
_LONGEST_FAULT = 1000
_LARGEST = Decimal(10) ** 18

Scalar = Decimal | date | str
TEXTS = ("text", "choice", "domain", "phone")
"""Kinds whose values are texts."""


def _text(value: object) -> str:
    """A text as people mean it, without blanks around it and of sane length."""
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > 200 or "\x00" in text or not _is_whole(text):
        raise ValueError("write 1 to 200 letters")
    return text


def _is_whole(text: str) -> bool:
    """Whether the text has no half of a surrogate pair, which JSON can hold and no database can."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def telephone(value: object) -> str:
    """A telephone number or its beginning as digits, with a plus where its country is said: +4930 for 0049 (0)30."""
    text = _text(value)
    if not set(text) <= set("0123456789+ ()-/.\u00a0"):
        raise ValueError("write a telephone number or its beginning, such as +49")
    bare = "".join(letter for letter in text.replace("(0)", "") if letter in "0123456789+")
    abroad = bare.startswith(("+", "00"))
    digits = "".join(filter(str.isdigit, bare[2:] if bare.startswith("00") else bare if abroad else text))
    if not digits:
        raise ValueError("write a telephone number or its beginning, such as +49")
    return f"+{digits}" if abroad else digits


def _domain(value: object) -> str:
    """A domain as it stands behind the ``@``, whether the sign was written or not."""
    return _text(_text(value).rpartition("@")[2])


def _number(value: object) -> Decimal:
    """A number that every engine holds: below 10^18, at most six digits behind the point."""
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation as error:
        raise ValueError("write a number") from error
    # A power is looked at before any reckoning: what decimals cannot hold cannot be compared either.
    if (
        not number.is_finite()
        or number.adjusted() > 20
        or abs(number) >= _LARGEST
        or number != round(number, 6)
    ):
        raise ValueError("write a number below 10^18 with at most six digits behind the point")
    return round(number, 6).normalize() + 0


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError("write a day as YYYY-MM-DD") from error


Text = Annotated[str, BeforeValidator(_text), WithJsonSchema(TEXT)]
Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema(NUMBER)]
Texts = Annotated[tuple[Text, ...], Field(max_length=MOST_VALUES)]


class Shape(BaseModel):
    """Parent of all parts: they refuse what they do not know, and never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)


class Rule(Shape):
    """What every rule has: whether it is turned round."""

    negated: bool = Field(False, alias="not", description="Take those whom the rule does not take.")


class Comparison(Rule):
    """An attribute held against values."""

    kind: Literal["attribute"] = "attribute"
    attribute: str
    operator: str
    values: tuple[Scalar, ...] = Field((), max_length=MOST_VALUES)

    @property
    def about(self) -> Attribute:
        return attribute(self.attribute)

    @property
    def how(self) -> Operator:
        return operator(self.about.kind, self.operator)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Which values go with which attribute: the fields alone do not say it."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        return {"title": cls.__name__, "description": whole["description"], "oneOf": comparison_schemas()}

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        """Values as the attribute's kind has them; a document holds numbers and days as texts."""
        if not isinstance(given, Mapping) or not isinstance(given.get("values", ()), list | tuple):
            return given
        try:
            about = attribute(str(given.get("attribute")))
            how = operator(about.kind, str(given.get("operator")))
        except ConfigError as error:
            raise ValueError(f"{error.what} {error.remedy}") from error
        values = given.get("values", ())
        _check_count(how, len(values))
        if how.takes == "days":
            typed: tuple[Scalar, ...] = tuple(_whole_days(value) for value in values)
        elif about.kind in TEXTS:
            read = {"domain": _domain, "phone": telephone}.get(about.kind, _text)
            typed = tuple(dict.fromkeys(read(value) for value in values))
        elif about.kind == "date":
            typed = tuple(_day(value) for value in values)
        else:
            typed = tuple(_number(value) for value in values)
        if how.takes == "two" and typed[0] > typed[1]:  # type: ignore[operator]
            raise ValueError("the first of the two values is the larger one")
        return {**given, "values": typed}


class Period(Shape):
    """When something happened. ``last_days`` ends with today, which is one of them."""

    kind: Literal["ever", "last_days", "between"] = "ever"
    days: int | None = Field(None, ge=1, le=MOST_DAYS)
    first: date | None = None
    last: date | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = {name for name in ("days", "first", "last") if getattr(self, name) is not None}
        if given != {"ever": set(), "last_days": {"days"}, "between": {"first", "last"}}[self.kind]:
            raise ValueError("give days for last_days, first and last for between, nothing for ever")
        if self.first and self.last and self.first > self.last:
            raise ValueError("the period ends before it starts")
        return self


class Product(Shape):
    """Which products: the title contains a text, whatever its case; the SKU, the product's id or the name of one of its collections is
    exactly it."""

    by: ProductField = "title"
    value: Text


class Happening(Rule):
    """Something that was done a number of times, or for an amount of money."""

    kind: Literal["event"] = "event"
    event: EventName
    measure: Literal["times", "amount"] = "times"
    operator: Literal["at_least", "at_most", "exactly", "never"] = "at_least"
    value: Number = Field(
        Decimal(1), description="Orders, or money in the reporting currency; not asked for never."
    )
    period: Period = Period()
    shops: Texts = ()
    channels: Texts = ()
    countries: Texts = ()
    product: Product | None = None
    code: Text | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        about = event(self.event)
        if self.product is not None and not about.takes_product:
            raise ValueError(f"{self.event} does not ask for a product")
        if self.code is not None and not about.takes_code:
            raise ValueError(f"{self.event} does not ask for a discount code")
        if self.measure == "times" and (self.value < 0 or self.value != int(self.value)):
            raise ValueError("times are whole numbers from 0 on")
        if self.measure == "amount" and self.operator == "never":
            raise ValueError("never goes with times, not with an amount")
        return self


class Group(Rule):
    """Rules that must all be met, or any of them. No rules at all: everyone for ``all``, nobody for ``any``."""

    kind: Literal["group"] = "group"
    match: Literal["all", "any"] = "all"
    rules: tuple[Annotated[Comparison | Happening | Group, Field(discriminator="kind")], ...] = Field(
        (), max_length=MOST_RULES
    )


Node = Comparison | Happening | Group


class Definition(Shape):
    """A whole segment."""

    version: Literal[1] = 1
    root: Group

    def walk(self) -> Iterator[Node]:
        """Every rule, the root first."""
        waiting: list[Node] = [self.root]
        while waiting:
            node = waiting.pop(0)
            yield node
            if isinstance(node, Group):
                waiting[:0] = node.rules

    @property
    def needs_scores(self) -> bool:
        """Whether any condition asks for a score."""
        return any(isinstance(node, Comparison) and node.about.of_scores for node in self.walk())

    @property
    def is_personal(self) -> bool:
        """Whether any condition asks for what names or reaches a person. Then also what it counts is told only to those who may
        see who the customers are: a count of one answers whether somebody is a customer."""
        return any(isinstance(node, Comparison) and node.about.personal for node in self.walk())

    def products(self) -> dict[ProductField, set[str]]:
        """The ids and SKUs by which conditions choose products."""
        found: dict[ProductField, set[str]] = {}
        for node in self.walk():
            if (
                isinstance(node, Happening)
                and node.product is not None
                and node.product.by not in ("title", "collection")
            ):
                found.setdefault(node.product.by, set()).add(node.product.value)
        return found

    def document(self) -> dict[str, Any]:
        """The definition as it is kept: plain JSON."""
        return self.model_dump(mode="json", exclude_defaults=False)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        nodes = sum(1 for _ in self.walk())
        if nodes > MOST_RULES:
            raise ValueError(f"it has {nodes} rules; at most {MOST_RULES} are possible")
        products = sum(1 for node in self.walk() if isinstance(node, Happening) and node.product is not None)
        if products > MOST_PRODUCTS:
            raise ValueError(
                f"it asks for {products} products one by one; at most {MOST_PRODUCTS} are possible"
            )
        values = sum(len(node.values) for node in self.walk() if isinstance(node, Comparison))
        if values > MOST_VALUES:
            raise ValueError(f"it names {values} values; at most {MOST_VALUES} are possible in all")
        return self


def parse_definition(document: Any) -> Definition:
    """A definition from its document.

    Raises
    ------
    ConfigError
        If it is not one; says where and why.
    """
    if _depth(document) > 2 * DEEPEST + 4:
        raise ConfigError(
            "The segment is nested too deep.", f"Use at most {DEEPEST} groups within each other."
        )
    try:
        return Definition.model_validate(document)
    except ValidationError as error:
        told = error.errors(include_url=False, include_input=False)
        faults = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}" for e in told[:5]
        )
        faults = faults.encode("utf-8", "replace").decode()[:_LONGEST_FAULT]
        raise ConfigError(
            f"The definition of the segment is not right: {faults}.",
            "Correct it; docs/segments.md shows the parts.",
        ) from error


def _check_count(how: Operator, count: int) -> None:
    wanted = {
        "nothing": "no value",
        "one": "one value",
        "days": "a number of days",
        "two": "two values",
        "some": "a value",
    }
    right = {
        "nothing": count == 0,
        "one": count == 1,
        "days": count == 1,
        "two": count == 2,
        "some": count >= 1,
    }
    if not right[how.takes]:
        raise ValueError(f"{how.name} takes {wanted[how.takes]}, and {count} were given")


def _whole_days(value: object) -> Decimal:
    days = _number(value)
    if days != int(days) or not 1 <= days <= MOST_DAYS:
        raise ValueError(f"write a whole number of days from 1 to {MOST_DAYS}")
    return Decimal(int(days))


def _depth(document: Any, *, most: int = 64) -> int:
    """How many mappings and lists stand within each other, counted without recursion."""
    level, depth = [document], 0
    while level and depth < most:
        parts: list[Any] = []
        for part in level:
            if isinstance(part, Mapping):
                parts += part.values()
            elif isinstance(part, list | tuple):
                parts += part
        depth += 1
        level = parts
    return depth
