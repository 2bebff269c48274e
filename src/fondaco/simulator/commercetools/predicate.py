"""Query predicates: ``lastModifiedAt > :t and (id = :id or paymentInfo(payments(id in (…))))`` as SQL.

A part of the vendor's language, strict about what it does not know: an unknown field or a word out of place is an error, as
with the vendor, never a predicate that admits everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Value = str | int | float | bool
_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<variable>:[A-Za-z]\w*)'
    r"|(?P<word>[A-Za-z][\w-]*)|(?P<sign><=|>=|!=|<>|[=<>(),]))"
)
_SIGNS = ("=", "<", ">", "<=", ">=", "!=", "<>")


class PredicateError(Exception):
    """The predicate cannot be read; the message is what the vendor would say."""


Compare = Callable[[str, Sequence[Value]], str]
"""Takes an operator (a sign, ``in``, ``defined``, ``undefined``) and values; gives SQL."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What may be asked of a resource.

    Attributes
    ----------
    plain
        Field to comparison.
    nested
        Field to the fields inside it, and the SQL around what is asked of them (``{}`` in it).
    """

    plain: Mapping[str, Compare]
    nested: Mapping[str, tuple[Fields, str]] = field(default_factory=dict)


class Bound:
    """Values on their way into a query, by generated names."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def add(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"


def compile_predicate(text: str, fields: Fields, variables: Mapping[str, Sequence[str]]) -> str:
    """SQL for ``text``.

    Raises
    ------
    PredicateError
        If a word is out of place, a field unknown, or a variable not given.
    """
    parser = _Parser(_tokens(text), variables)
    sql = parser.either(fields)
    if parser.kind is not None:
        raise PredicateError(
            f"Malformed parameter: where: Syntax error while parsing 'where' at {parser.text!r}."
        )
    return sql


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise PredicateError(
                f"Malformed parameter: where: Syntax error while parsing 'where' at {text[position:][:20]!r}."
            )
        kind = match.lastgroup or ""
        found.append((kind, match[kind]))
        position = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], variables: Mapping[str, Sequence[str]]) -> None:
        self._tokens = tokens
        self._position = 0
        self._variables = variables

    @property
    def kind(self) -> str | None:
        return self._tokens[self._position][0] if self._position < len(self._tokens) else None

    @property
    def text(self) -> str:
        return self._tokens[self._position][1] if self._position < len(self._tokens) else "the end"

    def either(self, fields: Fields) -> str:
        parts = [self._both(fields)]
        while self._take("word", "or"):
            parts.append(self._both(fields))
        return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"

    def _both(self, fields: Fields) -> str:
        parts = [self._one(fields)]
        while self._take("word", "and"):
            parts.append(self._one(fields))
        return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"

    def _one(self, fields: Fields) -> str:
        if self._take("word", "not"):
            return f"not ({self._inside(fields)})"
        if self.text == "(":
            return self._inside(fields)
        name = self._expect("word")
        if self.text == "(" and name in fields.nested:
            inner, around = fields.nested[name]
            return around.format(self._inside(inner))
        if name not in fields.plain:
            raise PredicateError(f"Malformed parameter: where: The field '{name}' does not exist.")
        return self._comparison(fields.plain[name])

    def _inside(self, fields: Fields) -> str:
        self._expect("sign", "(")
        sql = self.either(fields)
        self._expect("sign", ")")
        return f"({sql})"

    def _comparison(self, compare: Compare) -> str:
        if self._take("word", "is"):
            is_negated = self._take("word", "not")
            self._expect("word", "defined")
            return compare("undefined" if is_negated else "defined", ())
        if self._take("word", "in"):
            return compare("in", self._values())
        sign = self._expect("sign")
        if sign not in _SIGNS:
            raise PredicateError(
                f"Malformed parameter: where: Syntax error while parsing 'where' at {sign!r}."
            )
        values = self._value()
        if len(values) != 1:
            raise PredicateError("Malformed parameter: where: one value was expected.")
        return compare("!=" if sign == "<>" else sign, values)

    def _values(self) -> list[Value]:
        if self.kind == "variable":
            return self._value()
        self._expect("sign", "(")
        values = self._value()
        while self._take("sign", ","):
            values += self._value()
        self._expect("sign", ")")
        return values

    def _value(self) -> list[Value]:
        kind, text = self.kind, self.text
        self._position += 1
        if kind == "string":
            return [str(json.loads(text))]
        if kind == "number":
            return [float(text) if "." in text else int(text)]
        if kind == "word" and text in ("true", "false"):
            return [text == "true"]
        if kind == "variable":
            name = text[1:]
            if name not in self._variables:
                raise PredicateError(
                    f"Malformed parameter: where: The input variable '{name}' is not provided."
                )
            return list(self._variables[name])
        raise PredicateError(f"Malformed parameter: where: Syntax error while parsing 'where' at {text!r}.")

    def _take(self, kind: str, text: str) -> bool:
        if self.kind == kind and self.text.lower() == text:
            self._position += 1
            return True
        return False

    def _expect(self, kind: str, text: str | None = None) -> str:
        found = self.text
        if self.kind != kind or (text is not None and found != text):
            raise PredicateError(
                f"Malformed parameter: where: Syntax error while parsing 'where' at {found!r}."
            )
        self._position += 1
        return found


def number_or_text(expression: str, bound: Bound) -> Compare:
    """Comparisons of a column that holds numbers, texts or truth values."""

    def compare(operator: str, values: Sequence[Value]) -> str:
        if operator in ("defined", "undefined"):
            return f"({expression}) is {'not ' if operator == 'defined' else ''}null"
        if operator == "in":
            return f"({expression}) in ({', '.join(bound.add(value) for value in values) or 'null'})"
        return f"({expression}) {operator} {bound.add(values[0])}"

    return compare
