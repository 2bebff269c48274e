"""Metrics as expressions over figures: metrics named within metrics are put in their place, quotients are made safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp, parse_one

_WIDE = "decimal(38, 6)"


def expand(name: str, declared: Mapping[str, Any]) -> exp.Expression:
    """The metric over figures."""
    told = declared[name]
    given = told["type_params"]
    if told["type"] == "simple":
        return exp.column(given["measure"])
    text = f"{given['numerator']} / {given['denominator']}" if told["type"] == "ratio" else given["expr"]

    def inner(node: exp.Expression) -> exp.Expression:
        return _bracketed(expand(node.name, declared)) if isinstance(node, exp.Column) else node

    return _rebuilt(parse_one(text, dialect="duckdb"), inner)


def figures_of(tree: exp.Expression) -> tuple[str, ...]:
    """What is to be read from tables, in order."""
    return tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))


def divides(tree: exp.Expression) -> bool:
    """Whether there is a quotient in it."""
    return tree.find(exp.Div) is not None


def sql_of(tree: exp.Expression) -> str:
    """SQL over the columns of figures. A sum over no rows is 0; a quotient by 0 is null."""

    def safe(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column):
            return exp.func("coalesce", exp.column(node.name), exp.Literal.number(0))
        if isinstance(node, exp.Div):
            divisor = exp.func("nullif", node.expression, exp.Literal.number(0))
            return exp.Div(this=exp.cast(node.this, _WIDE), expression=divisor, typed=False, safe=False)
        return node

    return str(_rebuilt(tree, safe).sql(dialect="duckdb", normalize_functions="lower"))


def qualified(sql: str, table: str) -> str:
    """The expression with every bare column under its table's name, so that joins cannot make it ambiguous."""
    tree = parse_one(sql, dialect="duckdb")
    for column in list(tree.find_all(exp.Column)):
        if not column.table:
            column.set("table", exp.to_identifier(table))
    return str(tree.sql(dialect="duckdb", normalize_functions="lower"))


def _bracketed(tree: exp.Expression) -> exp.Expression:
    return tree if isinstance(tree, exp.Column) else exp.paren(tree)


def _rebuilt(tree: exp.Expression, change: Callable[[exp.Expression], exp.Expression]) -> exp.Expression:
    """Every node changed, children first; what a change returns is not visited again."""
    copy = tree.copy()
    for node in reversed(list(copy.walk())):
        changed = change(node)
        if changed is node:
            continue
        if node is copy:
            copy = changed
        else:
            node.replace(changed)
    return copy
