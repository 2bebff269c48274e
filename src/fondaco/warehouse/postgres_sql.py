"""SQL on its way to PostgreSQL: parameters, the published schema, and what a stranger may not ask."""

from __future__ import annotations

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from fondaco.errors import ConfigError
from fondaco.warehouse.duckdb_reader import not_a_select, refused

_PARTS = re.compile(
    r"""(?P<text>'(?:[^']|'')*')
      | (?<![\w.])(?P<schema>"marts"|marts\b)(?=\s*\.)
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<comment>--[^\n]*|/\*.*?\*/)
      | (?<![\w$])\$(?P<parameter>[a-zA-Z_]\w*)
      | (?P<percent>%)""",
    re.DOTALL | re.VERBOSE,
)
_FORBIDDEN_FUNCTION = re.compile(
    r"pg_|lo_|dblink|set_config|current_setting|txid_|query_to_|table_to_|cursor_to_|schema_to_|database_to_|"
    r"has_|nextval|setval|currval|inet_|ts_stat|ts_rewrite|version$",
    re.IGNORECASE,
)


def parameters(sql: str) -> str:
    """``$name`` as psycopg writes it, ``%(name)s``."""

    def part(match: re.Match[str]) -> str:
        if name := match["parameter"]:
            return f"%({name})s"
        return match[0].replace("%", "%%")

    return _PARTS.sub(part, sql)


@lru_cache(maxsize=1024)
def published(sql: str, schema: str) -> str:
    """``sql`` with schema ``marts`` replaced by the schema that holds a published version."""
    return _PARTS.sub(lambda match: f'"{schema}"' if match["schema"] else match[0], sql)


def check_select(sql: str) -> None:
    """Raise ConfigError unless ``sql`` is one SELECT over schema marts."""
    try:
        statements = [s for s in sqlglot.parse(sql, dialect="postgres") if s is not None]
    except SqlglotError as error:
        raise refused(str(error)) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise not_a_select()
    tree = statements[0]
    if any(isinstance(node, exp.DML | exp.DDL | exp.Into | exp.Lock) and not isinstance(node, exp.Query)
           for node in tree.walk()):  # fmt: skip
        raise not_a_select()
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Func) or (not table.db and _is_common(table)):
            continue
        if table.db != "marts" or table.catalog:
            raise ConfigError(
                f"{table.sql(dialect='postgres')} is not a table of schema marts.",
                "Ask for marts only, for example `select * from marts.orders`.",
            )
    for function in tree.find_all(exp.Func):
        name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
        if _FORBIDDEN_FUNCTION.match(name):
            raise refused(f"function {name.lower()} is not allowed")


def _is_common(table: exp.Table) -> bool:
    """Whether a name without a schema is that of a common table expression in force where it stands."""
    child: exp.Expression = table
    node = table.parent
    while node is not None:
        known: list[exp.Expression] = []
        if isinstance(node, exp.With):
            # A query of the list sees those before it, and itself and all others where the list is recursive.
            listed = node.expressions
            known = (
                listed
                if node.recursive
                else listed[: next(n for n, cte in enumerate(listed) if cte is child)]
            )
        elif (with_ := node.args.get("with_")) is not None and with_ is not child:
            known = with_.expressions
        if any(cte.alias_or_name == table.name for cte in known):
            return True
        child, node = node, node.parent
    return False
