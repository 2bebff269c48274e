"""Publishing on PostgreSQL: a schema ``published_<version>`` with copies of the marts, and views in ``published``.

The comment of schema ``published`` names the version in force. Views and comment change in one transaction. Fondaco's own
readers go straight to the versioned schema, so that switching never waits for them; the views are for other tools.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any

import psycopg
from psycopg import sql

from fondaco.errors import ConfigError, RetryableError
from fondaco.warehouse.engine import Published
from fondaco.warehouse.published_layout import looked_up_by
from fondaco.warehouse.snapshots import KEPT, new_version

_SWITCH_SECONDS = 60.0

CURRENT = "select obj_description(to_regnamespace('published'), 'pg_namespace')"


def current_version(connection: psycopg.Connection[Any]) -> str | None:
    row = connection.execute(CURRENT).fetchone()
    return row[0] if row else None


def schema_of(version: str) -> str:
    return f"published_{version}"


def publish(connection: psycopg.Connection[Any]) -> Published:
    """Copy ``marts``, switch to the copy, let go of old versions. ``connection`` is in autocommit."""
    tables = tuple(
        row[0]
        for row in connection.execute(
            "select relname from pg_class where relnamespace = to_regnamespace('marts')"
            " and relkind in ('r', 'v', 'm', 'p') order by 1"
        )
    )
    if not tables:
        raise ConfigError("There are no marts to publish.", "Build them first with `fondaco run`.")
    version = new_version(current_version(connection))
    schema = schema_of(version)
    with connection.transaction():
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        for table in tables:
            connection.execute(
                sql.SQL("create table {} as table {}").format(
                    sql.Identifier(schema, table), sql.Identifier("marts", table)
                )
            )
        for table, described in _columns(connection, schema).items():
            columns = [column for column, _ in described]
            for index, column in looked_up_by(table, columns, leaves_out_blocks=False):
                connection.execute(
                    sql.SQL("create index {} on {} ({})").format(
                        sql.Identifier(index), sql.Identifier(schema, table), sql.Identifier(column)
                    )
                )
    for table in tables:
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier(schema, table)))
    _switch(connection, version, tables)
    clean(connection)
    return Published(version, tables)


def forget_changes(connection: psycopg.Connection[Any]) -> None:
    """Empty the lists of what changed since all was published, which builds only add to: all is published each time."""
    for table in ("unpublished_orders", "unpublished_days"):
        if connection.execute("select to_regclass(%s)", (f"core.{table}",)).fetchone() != (None,):
            connection.execute(sql.SQL("truncate {}").format(sql.Identifier("core", table)))


def _switch(connection: psycopg.Connection[Any], version: str, tables: tuple[str, ...]) -> None:
    """Point the views to ``version``. A long query of another tool on a view is waited for, but never blocks others."""
    deadline = time.monotonic() + _SWITCH_SECONDS
    while True:
        try:
            with connection.transaction():
                connection.execute("set local lock_timeout = '500ms'")
                connection.execute("create schema if not exists published")
                before = _columns(connection, "published")
                now = _columns(connection, schema_of(version))
                for view, columns in before.items():
                    # A view that gets other columns has to be made anew, and with it what was built on it.
                    if now.get(view, ())[: len(columns)] != columns:
                        connection.execute(
                            sql.SQL("drop view {} cascade").format(sql.Identifier("published", view))
                        )
                for table in tables:
                    connection.execute(
                        sql.SQL("create or replace view {} as table {}").format(
                            sql.Identifier("published", table), sql.Identifier(schema_of(version), table)
                        )
                    )
                connection.execute(sql.SQL("comment on schema published is {}").format(sql.Literal(version)))
                return
        except psycopg.errors.LockNotAvailable as error:
            if time.monotonic() > deadline:
                raise RetryableError(
                    f"A query on schema published has been running for over {_SWITCH_SECONDS:g} seconds.",
                    "End it and run `fondaco run` again; the former version stays published meanwhile.",
                ) from error
            time.sleep(0.5)


def _columns(connection: psycopg.Connection[Any], schema: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """Names and types of the columns of every relation in ``schema``, in order."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for relation, column, kind in connection.execute(
        "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class c"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
        " where c.relnamespace = to_regnamespace(%s) and c.relkind in ('r', 'v') order by c.relname, a.attnum",
        (schema,),
    ):
        found[relation] = (*found.get(relation, ()), (column, kind))
    return found


def clean(connection: psycopg.Connection[Any]) -> None:
    """Drop schemas of publishes that did not end, and all but the newest versions.

    A schema that a reader is using right now stays until the next time.
    """
    current = current_version(connection)
    versions = sorted(
        (
            row[0].removeprefix("published_")
            for row in connection.execute(
                "select nspname from pg_namespace where nspname like 'published\\_%'"
            )
        ),
        reverse=True,
    )
    whole = [v for v in versions if current is not None and v <= current]
    kept = set(whole[:KEPT])
    for version in versions:
        if version in kept:
            continue
        with contextlib.suppress(psycopg.errors.LockNotAvailable), connection.transaction():
            connection.execute("set local lock_timeout = '500ms'")
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema_of(version))))
