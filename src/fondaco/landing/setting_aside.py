"""Which rows of a shredded slice may load: whole records only, and the last version of each.

The unit is a record of the stream's main table with everything that belongs to it. In a bulk file its children are lines of
their own, tied to it by ``Table.parent_key``; where one of them cannot be taken, none is, so that a record is never landed
in part and its former version stays as it is.
"""

from __future__ import annotations

import duckdb

from fondaco.landing.plan import literal
from fondaco.landing.shred import shredded_name
from fondaco.sources.stream import Stream


def same(columns: tuple[str, ...], other: tuple[str, ...], left: str, right: str) -> str:
    return " and ".join(f'{left}."{a}" = {right}."{b}"' for a, b in zip(columns, other, strict=True))


def reject_families(bench: duckdb.DuckDBPyConnection, stream: Stream) -> None:
    """Add to ``rejected`` every line that belongs to the same main record as a rejected one."""
    main = stream.tables[0]
    by_line = [table for table in stream.tables if table.parent_key and not table.each]
    if not by_line:
        return
    bench.execute(
        "create or replace temporary table broken as "
        + " union ".join(
            f"select {_as(owner, main.primary_key)} from {shredded_name(table)}"
            " where _line in (select _line from rejected)"
            for table, owner in [(main, main.primary_key), *((t, t.parent_key) for t in by_line)]
        )
    )
    for table, owner in [(main, main.primary_key), *((t, t.parent_key) for t in by_line)]:
        bench.execute(
            f"insert into rejected select distinct s._line, {literal(table.name)},"
            f" 'belongs to a record of which another part was set aside', null"
            f" from {shredded_name(table)} s join broken b on {same(owner, main.primary_key, 's', 'b')}"
            " where s._line not in (select _line from rejected)"
        )
    bench.execute("drop table broken")


def drop_rejected(bench: duckdb.DuckDBPyConnection, stream: Stream) -> None:
    """Take the rows of rejected lines out of all tables."""
    for table in stream.tables:
        bench.execute(f"delete from {shredded_name(table)} where _line in (select _line from rejected)")


def keep_last(bench: duckdb.DuckDBPyConnection, stream: Stream) -> None:
    """Of rows with the same key, keep the last; of a record that came twice, keep nothing of the first time."""
    replaced: dict[object, str] = {}
    for table in sorted(stream.tables, key=lambda item: len(item.each)):
        name = shredded_name(table)
        owner = replaced.get(table.where)
        if table.each and owner is not None:
            bench.execute(f"delete from {name} where _line not in (select _line from {owner})")
        key = ", ".join(f'"{column}"' for column in table.primary_key)
        doubled = bench.execute(f"select 1 from {name} group by {key} having count(*) > 1 limit 1").fetchall()
        if doubled:
            bench.execute(
                f"delete from {name} where rowid not in"
                f" (select arg_max(rowid, (_line, rowid)) from {name} group by {key})"
            )
            if not table.each:
                replaced.setdefault(table.where, name)


def _as(columns: tuple[str, ...], names: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}" as "{name}"' for column, name in zip(columns, names, strict=True))
