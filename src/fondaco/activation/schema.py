"""What a condition may be, as JSON Schema, from the tables of attributes and operators: for those who write definitions by program.

A definition that is right by it may still be refused, where a rule reaches over several parts: how many conditions a segment has, or
which of two days comes first.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from fondaco.activation.attributes import ATTRIBUTES, Kind
from fondaco.activation.operators import OPERATORS, Operator, Takes

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "pattern": r"\S", "maxLength": 200}
NUMBER: Schema = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": -1e12, "exclusiveMaximum": 1e12},
        {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"},
    ]
}
_DAYS: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 36_500},
        {"type": "string", "pattern": "^[1-9][0-9]{0,4}$"},
    ]
}
_COUNTS: dict[Takes, tuple[int, int]] = {
    "nothing": (0, 0), "one": (1, 1), "days": (1, 1), "two": (2, 2), "some": (1, 500),
}  # fmt: skip


def comparison_schemas() -> list[Schema]:
    """One schema for each kind of attribute and number of values: which attributes, which operators, which values."""
    kinds = {kind: [each.name for each in ATTRIBUTES if each.kind == kind] for kind in OPERATORS}
    return [
        _comparison(names, takes, list(operators), kind)
        for kind, names in kinds.items()
        if names
        for takes, operators in groupby(sorted(OPERATORS[kind], key=_takes), _takes)
    ]


def _takes(operator: Operator) -> Takes:
    return operator.takes


def _comparison(names: list[str], takes: Takes, operators: list[Operator], kind: Kind) -> Schema:
    least, most = _COUNTS[takes]
    values = {"type": "array", "items": _value(kind, takes), "minItems": least, "maxItems": most}
    return {
        "title": f"{kind.capitalize()} held against {takes}",
        "type": "object",
        "properties": {
            "kind": {"const": "attribute"},
            "attribute": {"enum": names},
            "operator": {"enum": [operator.name for operator in operators]},
            "values": values if most else {**values, "items": {}},
            "not": {"type": "boolean", "default": False, "description": "Take those whom the rule does not take."},
        },
        "required": ["kind", "attribute", "operator", *(["values"] if least else [])],
        "additionalProperties": False,
    }  # fmt: skip


def _value(kind: Kind, takes: Takes) -> Schema:
    """What one value may be."""
    if takes == "days":
        return _DAYS
    if kind == "date":
        return {"type": "string", "format": "date"}
    if kind == "phone":
        return {"type": "string", "pattern": r"^\+?[0-9][0-9 ()/.-]*$", "maxLength": 200}
    if kind in ("text", "choice", "domain"):
        return TEXT
    return NUMBER
