"""Read a column of dates or instants. What can be read in two ways is refused, never guessed."""

from __future__ import annotations

import duckdb

from fondaco.errors import ConfigError

_ISO = r"^\d{4}-\d{2}-\d{2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?$"
_OFFSET = r":\d{2}(\.\d+)? ?(Z|UTC|[+-]\d{2}(:?\d{2})?)$"
_DAYS = (
    "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y.%m.%d", "%Y%m%d",
    "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %H:%M:%S")
_ISO_FORMAT = "ISO 8601"


def instant_expression(
    engine: duckdb.DuckDBPyConnection,
    table: str,
    field: str,
    *,
    file: str,
    timezone: str,
    date_format: str | None,
) -> str:
    """SQL that reads the text column ``field`` of ``table`` as an instant, null where it cannot.

    Raises
    ------
    ConfigError
        If no known format reads at least half of the values, or two formats read them differently.
    """
    if date_format is not None:
        return _local(field, timezone, date_format)
    engine.execute(
        f"create or replace temp table dates as select distinct {field} as d from {table} where d is not null"
    )
    ((total,),) = engine.execute("select count(*) from dates").fetchall()
    if total == 0:
        return "cast(null as timestamptz)"
    best, twins = _best(engine, timezone)
    if best is None or best[1] * 2 < total:
        ((example,),) = engine.execute("select min(d) from dates").fetchall()
        raise ConfigError(
            f"The dates of {field} in {file} are in no format that Fondaco knows, such as {str(example)[:40]!r}.",
            "Say how to read them with --date-format, such as `--date-format '%d/%m/%Y %H:%M'`.",
        )
    for twin in twins:
        _refuse_if_different(engine, f"{field} in {file}", best[0], twin, timezone)
    return _read(field, best[0], timezone)


def _best(engine: duckdb.DuckDBPyConnection, timezone: str) -> tuple[tuple[str, int] | None, list[str]]:
    """The format that reads most values, and the others that read just as many."""
    candidates = [_ISO_FORMAT, *(day + time for day in _DAYS for time in _TIMES)]
    counts: list[tuple[str, int]] = []
    for sample in ("(select * from dates using sample reservoir(200 rows) repeatable (1))", "dates"):
        figures = ", ".join(f"count({_read('d', one, timezone)})" for one in candidates)
        row = engine.execute(f"select {figures} from {sample}").fetchall()[0]
        counts = [(one, count) for one, count in zip(candidates, row, strict=True) if count]
        candidates = [one for one, _ in counts]
        if not candidates:
            return None, []
    best = max(counts, key=lambda pair: pair[1])
    return best, [one for one, count in counts if count == best[1] and one != best[0]]


def _refuse_if_different(
    engine: duckdb.DuckDBPyConnection, where: str, one: str, other: str, timezone: str
) -> None:
    row = engine.execute(
        f"select d, cast(timezone('{timezone}', a) as date), cast(timezone('{timezone}', b) as date) from "
        f"(select d, {_read('d', one, timezone)} as a, {_read('d', other, timezone)} as b from dates) "
        f"where a <> b order by d limit 1"
    ).fetchall()
    if row:
        text, first, second = row[0]
        raise ConfigError(
            f"The dates of {where} can be read in two ways: {text!r} is {first} or {second}.",
            f"Say which with `--date-format '{one}'` or `--date-format '{other}'`.",
        )


def _read(field: str, date_format: str, timezone: str) -> str:
    return _iso(field, timezone) if date_format == _ISO_FORMAT else _local(field, timezone, date_format)


def _iso(field: str, timezone: str) -> str:
    with_offset = (
        f"regexp_replace(regexp_replace({field}, ' ?(Z|UTC)$', '+00:00'), "
        rf"' ?([+-]\d\d):?(\d\d)?$', '\1:\2')"
    )
    return (
        f"case when regexp_matches({field}, '{_OFFSET}') "
        f"then try_cast(regexp_replace({with_offset}, ':$', ':00') as timestamptz) "
        f"when regexp_matches({field}, '{_ISO}') "
        f"then timezone('{timezone}', try_cast({field} as timestamp)) end"
    )


def _local(field: str, timezone: str, date_format: str) -> str:
    text = date_format.replace("'", "''")
    moment = f"try_strptime({field}, '{text}')"
    if "%z" in date_format:
        return f"cast({moment} as timestamptz)"
    in_range = f"year({moment}) between 1970 and 2199"
    return f"case when {in_range} then timezone('{timezone}', {moment}) end"
