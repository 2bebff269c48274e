"""What a merchant may write in SQL: names, one value, or one question. Nothing that could change anything."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from fondaco.errors import ConfigError

_NAME = re.compile(r"[A-Za-z_\u0080-\U0010ffff][\w$\u0080-\U0010ffff]{0,62}")
_DIALECTS = {"postgresql": "postgres", "mysql": "mysql"}
_CHANGES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Into,
    exp.Set, exp.Transaction, exp.Commit, exp.Rollback, exp.Copy, exp.Lock, exp.TruncateTable, exp.Use,
)  # fmt: skip


def checked_name(name: str, where: str, *, parts: int = 1) -> str:
    """``name``, which is one of a table or column, with at most ``parts`` parts and dots between.

    Raises
    ------
    ConfigError
        If it is none; names reach the database in quotation marks, and have no such marks in them.
    """
    pieces = name.split(".")
    if len(pieces) > parts or not all(_NAME.fullmatch(piece) for piece in pieces):
        raise ConfigError(
            f"{where}: {name!r} is no name of a table or column.",
            "A name has letters, digits and underscores; write anything else as `expression: …`.",
        )
    return name


def checked_expression(text: str, engine: str, where: str) -> str:
    """``text``, which is one SQL value or condition in the words of ``engine``."""
    tree = _parsed(f"select ({text}\n)", engine, where)
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1 or tree.args.get("from_") is not None:
        raise ConfigError(
            f"{where}: {text!r} is not one SQL expression.", "Write one value, such as `a + b`."
        )
    _refuse_changes(tree, where)
    if list(tree.find_all(exp.Select)) != [tree]:
        raise ConfigError(
            f"{where}: {text!r} asks a question of its own.", "Use a join, or a `query` for the whole stream."
        )
    return text


def checked_query(text: str, engine: str, where: str) -> str:
    """``text``, which is one question, without the semicolon at its end."""
    tree = _parsed(text, engine, where)
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise ConfigError(f"{where}: the query is no SELECT.", "Begin it with `select` or `with`.")
    _refuse_changes(tree, where)
    return text.strip().removesuffix(";").rstrip()


def columns_in(text: str, engine: str) -> list[tuple[str, str]]:
    """(join or nothing, column) of each column that an expression names."""
    tree = sqlglot.parse_one(f"select ({text}\n)", dialect=_DIALECTS[engine])
    return [(column.table, column.name) for column in tree.find_all(exp.Column)]


def _parsed(text: str, engine: str, where: str) -> exp.Expression:
    try:
        found = [tree for tree in sqlglot.parse(text, dialect=_DIALECTS[engine]) if tree is not None]
    except SqlglotError as error:
        raise ConfigError(
            f"{where}: this is no SQL that Fondaco understands.",
            f"Try it in the database first; it is read in the words of {engine}.",
        ) from error
    if len(found) != 1:
        raise ConfigError(f"{where}: there are {len(found)} statements.", "Write one, without a semicolon.")
    return found[0]


def _refuse_changes(tree: exp.Expression, where: str) -> None:
    changing = next(tree.find_all(*_CHANGES), None)
    if changing is not None:
        raise ConfigError(
            f"{where}: {type(changing).__name__.upper()} changes data or holds it fast.",
            "A mapping only reads: write a SELECT.",
        )
