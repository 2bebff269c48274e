"""From text columns to typed rows, in DuckDB: every field read by its kind, every fault named by its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from fondaco.errors import ConfigError
from fondaco.sources.files.amounts import (
    flag_expression,
    number_expression,
    whole_expression,
)
from fondaco.sources.files.currencies import currency_expression
from fondaco.sources.files.fields import Kind
from fondaco.sources.files.instants import instant_expression
from fondaco.sources.files.opening import ROW

_SQL_TYPES = {
    Kind.TEXT: "varchar",
    Kind.CURRENCY: "varchar",
    Kind.WHOLE: "bigint",
    Kind.MONEY: "decimal(18, 6)",
    Kind.FLAG: "boolean",
    Kind.INSTANT: "timestamptz",
}
_WORDS = {
    Kind.TEXT: "holds the character U+0000",
    Kind.CURRENCY: "is no currency of ISO 4217, such as EUR",
    Kind.WHOLE: "is not a whole number",
    Kind.MONEY: "is not a number, or too large a one",
    Kind.FLAG: "is neither yes nor no",
    Kind.INSTANT: "is not a date in the format of the others",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How the texts of a file are to be read."""

    file: str
    timezone: str = "UTC"
    date_format: str | None = None
    decimal: str | None = None
    point_is_decimal: bool = False


def type_rows(
    engine: duckdb.DuckDBPyConnection,
    texts: Mapping[str, str],
    kinds: Mapping[str, Kind],
    reading: Reading,
    *,
    fill_down: str | None = None,
) -> None:
    """Make table ``typed`` out of table ``source``: ``_row``, all fields of ``kinds``, and ``problem`` or null.

    ``texts`` gives the SQL text of each field that the file has; the others are null. ``fill_down`` names the field
    that a row takes from the nearest row above when it has none.

    Raises
    ------
    ConfigError
        If dates or numbers can be read in two ways, or not at all.
    """
    shown = ", ".join(f"{text} as {name}" for name, text in texts.items())
    engine.execute(f"create or replace temp table texts as select {ROW}, {shown} from source")
    if fill_down is not None and fill_down in texts:
        engine.execute(
            f"create or replace temp table texts as select * replace ("
            f"coalesce({fill_down}, last_value({fill_down} ignore nulls) over (order by {ROW})) as {fill_down}) "
            f"from texts"
        )
    reads, problems = [], []
    for name, kind in kinds.items():
        if name not in texts:
            reads.append(f"cast(null as {_SQL_TYPES[kind]}) as {name}")
            continue
        reads.append(f"{_expression(engine, name, kind, reading)} as {name}")
        problems.append(
            f"case when text_{name} is not null and {name} is null then '{name} {_WORDS[kind]}' end"
        )
    kept = "".join(f", {name} as text_{name}" for name in texts)
    engine.execute(
        f"create or replace temp table typed as "
        f"select {ROW}, {', '.join(kinds)}, nullif(concat_ws('; ', {', '.join(problems) or 'null'}), '') as problem "
        f"from (select {ROW}, {', '.join(reads)}{kept} from texts)"
    )


def _expression(engine: duckdb.DuckDBPyConnection, name: str, kind: Kind, reading: Reading) -> str:
    if kind is Kind.INSTANT:
        return instant_expression(
            engine,
            "texts",
            name,
            file=reading.file,
            timezone=reading.timezone,
            date_format=reading.date_format,
        )
    if kind is Kind.CURRENCY:
        return currency_expression(name)
    if kind is Kind.FLAG:
        return flag_expression(name)
    if kind is Kind.TEXT:
        # No text of a warehouse may hold it.
        return f"case when not contains({name}, chr(0)) then {name} end"
    number = number_expression(
        engine,
        "texts",
        name,
        file=reading.file,
        decimal=reading.decimal,
        point_is_decimal=reading.point_is_decimal,
    )
    return whole_expression(number) if kind is Kind.WHOLE else number


def refuse_if_most_fail(engine: duckdb.DuckDBPyConnection, file: str) -> None:
    """A file in which most rows are wrong was read in the wrong way.

    Raises
    ------
    ConfigError
        If more than half of the rows of ``typed`` have a problem; the commonest is named.
    """
    counts = engine.execute("select count(*), count(problem), mode(problem) from typed").fetchall()[0]
    rows, wrong, commonest = counts
    if wrong * 2 > rows:
        raise ConfigError(
            f"{wrong:,} of {rows:,} rows of {file} cannot be read, mostly because {commonest}.",
            "Check --map, --currency, --date-format and --decimal; nothing was imported.",
        )
