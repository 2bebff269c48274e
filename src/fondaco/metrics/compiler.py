"""From a checked query to SQL.

Each figure is read from the first table that has it with all dimensions asked for. Tables are aggregated apart and
brought together afterwards, so that no join can repeat a row. Values travel as parameters; what stands in the SQL comes
from our own YAML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from fondaco.errors import ConfigError
from fondaco.metrics.definitions import Dimension, Metric, Table
from fondaco.metrics.query import MOST_FILLED_ROWS, TIME_PARTS, TIME_STEPS, MetricQuery
from fondaco.warehouse.engine import Dialect, Value

_WIDE = "decimal(38, 6)"
_TYPES = {"money": _WIDE, "ratio": _WIDE, "rate": _WIDE, "count": "bigint"}
_SHORTEST = {"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365}
"""Days that a step has at least."""
_OF_THE_DAY = frozenset((*TIME_STEPS, *TIME_PARTS))
_EACH_OF = {"duckdb": "unnest({})", "postgres": "{}"}
SPAN_DAY = "span_day"
"""The column that a row of a span gets for each of its days."""


@dataclass(frozen=True)
class _Part:
    """Figures that one table gives by one of its date columns; none: as things are now."""

    table: Table
    date: str | None
    figures: list[str] = field(default_factory=list)


def compile_query(
    query: MetricQuery, metrics: Sequence[Metric], tables: Sequence[Table], dialect: Dialect, tenant_id: str
) -> tuple[str, dict[str, Value]]:
    """The SQL and its parameters; ``query`` names only what exists."""
    figures = list(dict.fromkeys(figure for metric in metrics for figure in metric.figures))
    parts = _parts(query, metrics, figures, tables)
    steps = [name for name in query.by if name in TIME_STEPS]
    ctes = [("figures", _figures(query, parts, figures, dialect))]
    source = "figures"
    if len(steps) == 1 and (query.span_days > 1 or _most_values(query, steps[0]) > 0):
        ctes += _dense(query, steps[0], figures, dialect)
        source = "dense"
    if query.span_days > 1:
        ctes.append(("spans", _spans(query, figures)))
        source = "spans"
    columns = [
        *query.by,
        *(f"cast({metric.sql} as {_TYPES[metric.unit]}) as {metric.name}" for metric in metrics),
    ]
    sql = (
        "with "
        + ",\n".join(f"{name} as (\n{body}\n)" for name, body in ctes)
        + f"\nselect {', '.join(columns)}\nfrom {source}"
        + _order(query)
        + (f"\nlimit {int(query.limit)}" if query.limit is not None else "")
        + (f"\noffset {int(query.offset)}" if query.offset else "")
    )
    return sql, _params(query, sql, tenant_id)


def _params(query: MetricQuery, sql: str, tenant_id: str) -> dict[str, Value]:
    params: dict[str, Value] = {"tenant_id": tenant_id}
    if "$first" in sql:
        params |= {"first": query.first, "last": query.last}
    if query.span_days > 1:
        params |= {"first": query.first - timedelta(query.span_days - 1), "shown_from": query.first}
    if "$clock" in sql:
        params["clock"] = query.clock
    for name, values in query.conditions().items():
        params |= {f"{name}_{index}": value for index, value in enumerate(values) if value}
    return params


def _parts(
    query: MetricQuery, metrics: Sequence[Metric], figures: Sequence[str], tables: Sequence[Table]
) -> list[_Part]:
    conditions = query.conditions()
    asked = {name for name in (*query.by, *conditions) if name not in _OF_THE_DAY}
    single = set(query.by) | {name for name, values in conditions.items() if len(values) == 1}
    parts: dict[tuple[str, str | None], _Part] = {}
    for figure in figures:
        for table in tables:
            found = table.figures.get(figure)
            if found is None or not asked <= set(table.dimensions):
                continue
            if found.needs is not None and (
                found.needs not in single or any(table.dimensions[name].is_many for name in asked)
            ):
                continue
            date = SPAN_DAY if table.until else table.dates.get(found.clock or query.clock)
            parts.setdefault((table.name, date), _Part(table, date)).figures.append(figure)
            break
        else:
            metric = next(metric for metric in metrics if figure in metric.figures)
            raise ConfigError(
                f"The metric {metric.name} cannot be broken down by {', '.join(sorted(asked))} at once.",
                "Leave one of these dimensions out.",
            )
    return list(parts.values())


def _figures(query: MetricQuery, parts: Sequence[_Part], figures: Sequence[str], dialect: Dialect) -> str:
    if len(parts) == 1:
        return _select(query, parts[0], parts[0].figures, dialect)
    united = "\nunion all\n".join(_select(query, part, figures, dialect) for part in parts)
    columns = [*query.by, *(f"sum({figure}) as {figure}" for figure in figures)]
    return f"select {', '.join(columns)}\nfrom (\n{united}\n) as parts{_group(query.by)}"  # a total is grouped by None


def _select(query: MetricQuery, part: _Part, figures: Sequence[str], dialect: Dialect) -> str:
    table = part.table
    date = f"{table.name}.{part.date}"
    columns = [f"{_dimension(name, table, date)} as {name}" for name in query.by]
    for figure in figures:
        sql = table.figures[figure].sql if figure in part.figures else f"cast(null as {_WIDE})"
        columns.append(f"{sql} as {figure}")
    group = "\ngroup by grouping sets ((1), ())" if query.with_total else _group(query.by)
    return f"select {', '.join(columns)}\n{_rows(query, table, part.date, dialect)}{group}"


def _rows(query: MetricQuery, table: Table, day: str | None, dialect: Dialect) -> str:
    """Which rows of the table the query is about: from where on."""
    date = f"{table.name}.{day}"
    conditions = query.conditions()
    grouped = [table.dimensions[name] for name in query.by if name not in _OF_THE_DAY]
    used = list(grouped)
    rows = [f"{table.name}.tenant_id = $tenant_id"]
    if day is not None:
        rows.append(f"{date} between $first and $last")
    if table.filter is not None:
        rows.append(f"({table.filter})")
    for name, values in conditions.items():
        dimension = table.dimensions.get(name)
        if dimension is not None and dimension.is_many and dimension not in grouped:
            rows.append(_one_of_many(table, dimension, name, values))
            continue
        used += [dimension] if dimension is not None else []
        rows.append(_allowed(_dimension(name, table, date), name, values))
    return f"from {_source(query, table, dialect)} as {table.name}{_joins(table, used)}\nwhere {' and '.join(rows)}"


def _source(query: MetricQuery, table: Table, dialect: Dialect) -> str:
    """The mart; of spans a row for each of their days that lies in the period."""
    if table.until is None:
        return f"marts.{table.name}"
    first = f"greatest(spans.{table.dates[query.clock]}, $first)"
    days = _each_day(first, f"least(spans.{table.until}, $last)", dialect)
    return (
        f"(select spans.*, {days} as {SPAN_DAY} from marts.{table.name} as spans\n"
        f"where spans.tenant_id = $tenant_id and spans.{table.dates[query.clock]} <= $last and spans.{table.until} >= $first)"
    )


def _each_day(first: str, last: str, dialect: Dialect) -> str:
    """A row for each day, as an expression of a select list."""
    series = f"generate_series(cast({first} as timestamp), cast({last} as timestamp), interval '1 day')"
    return f"cast({_EACH_OF[dialect].format(series)} as date)"


def compile_rows(query: MetricQuery, table: Table, tenant_id: str) -> tuple[str, dict[str, Value]]:
    """The rows of one table that a query is about, as SQL from ``from`` on, and its parameters; no spans."""
    sql = _rows(query, table, table.dates[query.clock], "duckdb")
    return sql, _params(query, sql, tenant_id)


def _allowed(sql: str, name: str, values: Sequence[str]) -> str:
    known = ", ".join(f"${name}_{index}" for index, value in enumerate(values) if value)
    tests = [f"{sql} in ({known})"] if known else []
    if "" in values:
        tests.append(f"coalesce({sql}, '') = ''")
    return f"({' or '.join(tests)})"


def _one_of_many(table: Table, dimension: Dimension, name: str, values: Sequence[str]) -> str:
    """As ``_allowed``, for what has several values: a join would repeat the rows that have two of those asked for."""
    key = f"{table.name}.{dimension.key}"
    found = f"select {dimension.via}.{dimension.key} from marts.{dimension.via} as {dimension.via} where {dimension.via}.tenant_id = $tenant_id"
    known = ", ".join(f"${name}_{index}" for index, value in enumerate(values) if value)
    tests = [f"{key} in ({found} and {dimension.sql} in ({known}))"] if known else []
    if "" in values:
        tests.append(f"coalesce({key}, '') not in ({found})")
    return f"({' or '.join(tests)})"


def _dimension(name: str, table: Table, date: str) -> str:
    if name == "day":
        return date
    if name in TIME_STEPS:
        return f"cast(date_trunc('{name}', {date}) as date)"
    if name == "weekday":
        return f"cast(cast(extract(isodow from {date}) as integer) as varchar)"
    return table.dimensions[name].sql


def _joins(table: Table, used: Iterable[Dimension]) -> str:
    marts = {
        dimension.via: dimension.key or f"{dimension.via[:-1]}_id"
        for dimension in used
        if dimension.via is not None
    }
    return "".join(
        f"\nleft join marts.{mart} as {mart} on {table.name}.{key} = {mart}.{key}"
        f" and {table.name}.tenant_id = {mart}.tenant_id"
        for mart, key in marts.items()
    )


def _group(by: Sequence[str]) -> str:
    return f"\ngroup by {', '.join(str(index + 1) for index in range(len(by)))}" if by else ""


def _dense(query: MetricQuery, step: str, figures: Sequence[str], dialect: Dialect) -> list[tuple[str, str]]:
    """Every step of the period for every combination of the other dimensions; only those with figures where they would be too many."""
    others = [name for name in query.by if name != step]
    bucket = "date_day" if step == "day" else f"cast(date_trunc('{step}', date_day) as date)"
    ctes = [
        ("days", f"select {_each_day('$first', '$last', dialect)} as date_day"),
        ("steps", f"select distinct {bucket} as {step}\nfrom days"),
    ]
    columns = [f"{'steps' if name == step else 'others'}.{name}" for name in query.by]
    columns += [f"figures.{figure}" for figure in figures]
    joined = "steps"
    on = [f"steps.{step} = figures.{step}"]
    if others:
        ctes.append(("every", f"select distinct {', '.join(others)}\nfrom figures"))
        few = f"(select count(*) from every) <= {_most_values(query, step)}"
        ctes.append(("others", "select *\nfrom every" + ("" if query.span_days > 1 else f"\nwhere {few}")))
        joined += "\ncross join others"
        on += [f"others.{name} is not distinct from figures.{name}" for name in others]
    dense = f"select {', '.join(columns)}\nfrom {joined}\nleft join figures on {' and '.join(on)}"
    if others and query.span_days == 1:
        dense += f"\nunion all\nselect {', '.join((*query.by, *figures))}\nfrom figures\nwhere not {few}"
    if query.with_total:
        dense += f"\nunion all\nselect {', '.join((*query.by, *figures))}\nfrom figures\nwhere {step} is null"
    return [*ctes, ("dense", dense)]


def _most_values(query: MetricQuery, step: str) -> int:
    """Of how many values of the other dimensions every step may have a row. Spans need every day, and are asked by one dimension only."""
    days = (query.last - query.first).days + 1
    return MOST_FILLED_ROWS // (days // _SHORTEST[step] + 2)


def _spans(query: MetricQuery, figures: Sequence[str]) -> str:
    """Every day with the sums of the days that end on it; those before the period only lend their figures."""
    others = ", ".join(name for name in query.by if name != "day")
    window = f"partition by {others} order by day" if others else "order by day"
    rows = f"over ({window} rows between {int(query.span_days) - 1} preceding and current row)"
    columns = [*query.by, *(f"sum({figure}) {rows} as {figure}" for figure in figures)]
    return f"select * from (select {', '.join(columns)}\nfrom dense) as summed\nwhere day >= $shown_from"


def _order(query: MetricQuery) -> str:
    names = list(query.order_by)
    names += [name for name in query.by if name not in names and f"-{name}" not in names]
    if not names:
        return ""
    ordered = [
        f"{name[1:]} desc nulls last" if name.startswith("-") else f"{name} nulls last" for name in names
    ]
    return f"\norder by {', '.join(ordered)}"
