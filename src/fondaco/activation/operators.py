"""How values are compared. A value that is not known satisfies no comparison; turning a comparison round takes all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fondaco.activation.attributes import Kind
from fondaco.errors import ConfigError

Takes = Literal["nothing", "one", "two", "some", "days"]
"""How many values an operator needs; ``some`` means any of one or more, ``days`` one whole number of days."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One comparison, and how it reads both ways round."""

    name: str
    title: str
    negated_title: str
    takes: Takes


_KNOWN = Operator("known", "is known", "is not known", "nothing")
_TEXT = (
    Operator("is", "is", "is not", "some"),
    Operator("contains", "contains", "does not contain", "some"),
    Operator("starts_with", "starts with", "does not start with", "some"),
    Operator("ends_with", "ends with", "does not end with", "some"),
    _KNOWN,
)
_NUMBER = (
    Operator("at_least", "is at least", "is not at least", "one"),
    Operator("at_most", "is at most", "is not at most", "one"),
    Operator("more_than", "is more than", "is not more than", "one"),
    Operator("less_than", "is less than", "is not less than", "one"),
    Operator("is", "is exactly", "is not exactly", "one"),
    Operator("between", "is between", "is not between", "two"),
    _KNOWN,
)
_DATE = (
    Operator("in_last_days", "is in the last … days", "is not in the last … days", "days"),
    Operator("before_last_days", "is before the last … days", "is not before the last … days", "days"),
    Operator("on_or_after", "is on or after", "is not on or after", "one"),
    Operator("on_or_before", "is on or before", "is not on or before", "one"),
    Operator("between", "is between", "is not between", "two"),
    _KNOWN,
)
_BOOL = (
    Operator("is_true", "is yes", "is not yes", "nothing"),
    Operator("is_false", "is no", "is not no", "nothing"),
    _KNOWN,
)

_PHONE = (
    Operator("starts_with", "begins with", "does not begin with", "some"),
    Operator("is", "is", "is not", "some"),
    _KNOWN,
)

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    "text": _TEXT,
    "choice": (_TEXT[0], _KNOWN),
    "number": _NUMBER,
    "money": _NUMBER,
    "share": _NUMBER,
    "date": _DATE,
    "bool": _BOOL,
    "domain": (_TEXT[0], _TEXT[3], _TEXT[1], _KNOWN),
    "phone": _PHONE,
}
"""What values of each kind can be asked; the first is what a new condition starts with."""


def operator(kind: Kind, name: str) -> Operator:
    """The operator ``name`` of ``kind``.

    Raises
    ------
    ConfigError
        If values of this kind are not compared so.
    """
    for known in OPERATORS[kind]:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in OPERATORS[kind])
    raise ConfigError(f"A value of kind {kind} has no operator {name[:31]!r}.", f"Use one of: {names}.")
