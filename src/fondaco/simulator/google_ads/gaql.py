"""The Google Ads Query Language, the part that is needed here: parsed strictly, everything else is refused.

    SELECT field, … FROM resource [WHERE condition AND …] [ORDER BY field [ASC|DESC], …] [LIMIT n]

Conditions: ``= != < <= > >=``, ``[NOT] IN (…)``, ``BETWEEN a AND b``, ``DURING name``, ``IS [NOT] NULL``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from fondaco.simulator.google_ads.refusals import bad_query

Value = str | int | float | bool
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<sign><=|>=|!=|=|<|>|\(|\)|,)
    )""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"SELECT", "FROM", "WHERE", "AND", "ORDER", "BY", "LIMIT"})
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Condition:
    """``field operator values``; BETWEEN has two values, IN any number, IS NULL none."""

    field: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query."""

    fields: tuple[str, ...]
    resource: str
    conditions: tuple[Condition, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    """Fields to sort by, each with whether it is descending."""
    limit: int | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """All fields that the query names, wherever."""
        return (*self.fields, *(one.field for one in self.conditions), *(field for field, _ in self.order))


def parse(text: str) -> Query:
    """Read a query.

    Raises
    ------
    RefusalError
        With the code by which Google Ads refuses it.
    """
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def query(self) -> Query:
        self._expect("SELECT", "EXPECTED_SELECT")
        fields = [self._field()]
        while self._accept(","):
            fields.append(self._field())
        self._expect("FROM", "EXPECTED_FROM")
        kind, resource = self._next()
        if kind != "word" or "." in resource:
            raise bad_query("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"{resource!r} is no resource")
        conditions = self._conditions() if self._accept("WHERE") else []
        order = self._order() if self._accept("ORDER") else []
        limit = self._limit() if self._accept("LIMIT") else None
        if self._at < len(self._tokens):
            raise bad_query("UNEXPECTED_INPUT", f"nothing is expected at {self._tokens[self._at][1]!r}")
        return Query(tuple(fields), resource, tuple(conditions), tuple(order), limit)

    def _conditions(self) -> list[Condition]:
        found = [self._condition()]
        while self._accept("AND"):
            found.append(self._condition())
        return found

    def _condition(self) -> Condition:
        field = self._field()
        kind, sign = self._next()
        operator = sign.upper()
        if operator in _COMPARISONS and kind == "sign":
            return Condition(field, operator, (self._value(),))
        if operator == "BETWEEN":
            low = self._value()
            self._expect("AND", "EXPECTED_VALUE_WITH_BETWEEN_OPERATOR")
            return Condition(field, operator, (low, self._value()))
        if operator == "DURING":
            return Condition(field, operator, (self._word("INVALID_VALUE_WITH_DURING_OPERATOR"),))
        if operator == "IS":
            negated = self._accept("NOT")
            self._expect("NULL", "BAD_OPERATOR")
            return Condition(field, "IS NOT NULL" if negated else "IS NULL", ())
        if operator == "NOT":
            self._expect("IN", "BAD_OPERATOR")
            return Condition(field, "NOT IN", self._list())
        if operator == "IN":
            return Condition(field, "IN", self._list())
        raise bad_query("BAD_OPERATOR", f"{sign!r} is no operator")

    def _list(self) -> tuple[Value, ...]:
        self._expect("(", "EXPECTED_LIST")
        if self._accept(")"):
            raise bad_query("PROHIBITED_EMPTY_LIST_IN_CONDITION", "the list is empty")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")", "EXPECTED_LIST")
        return tuple(values)

    def _order(self) -> list[tuple[str, bool]]:
        self._expect("BY", "EXPECTED_BY")
        found = []
        while True:
            field = self._field()
            descending = self._accept("DESC")
            if not descending:
                self._accept("ASC")
            found.append((field, descending))
            if not self._accept(","):
                return found

    def _limit(self) -> int:
        kind, text = self._next()
        if kind != "number" or not text.isdigit():
            raise bad_query("BAD_LIMIT_VALUE", f"{text!r} is no limit")
        if int(text) < 1:
            raise bad_query("LIMIT_VALUE_TOO_LOW", "a limit is 1 or more")
        return int(text)

    def _field(self) -> str:
        kind, text = self._next()
        if kind != "word" or "." not in text:
            raise bad_query("BAD_FIELD_NAME", f"{text!r} is no field")
        return text

    def _word(self, code: str) -> str:
        kind, text = self._next()
        if kind != "word":
            raise bad_query(code, f"{text!r} is no name")
        return text.upper()

    def _value(self) -> Value:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "word" and text.upper() in ("TRUE", "FALSE"):
            return text.upper() == "TRUE"
        if kind == "word" and text.upper() not in _KEYWORDS:
            return text  # a name of an enum may stand without quotes
        raise bad_query("BAD_VALUE", f"{text!r} is no value")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise bad_query("UNEXPECTED_END_OF_QUERY", "the query ends too early")
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _accept(self, word: str) -> bool:
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind in ("word", "sign") and text.upper() == word:
                self._at += 1
                return True
        return False

    def _expect(self, word: str, code: str) -> None:
        if not self._accept(word):
            found = self._tokens[self._at][1] if self._at < len(self._tokens) else "the end"
            raise bad_query(code, f"{word} is expected where {found!r} stands")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            _refuse_symbol(text[at:].lstrip())
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def _refuse_symbol(rest: str) -> NoReturn:
    code = "STRING_NOT_TERMINATED" if rest[0] in "'\"" else "BAD_SYMBOL"
    raise bad_query(code, f"{rest[0]!r} is not expected")
