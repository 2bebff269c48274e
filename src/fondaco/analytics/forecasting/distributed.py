"""The same job on many machines: series are dealt into parts, and each part is forecast on a worker of Ray or Spark as it would be on one machine.

Fugue (Apache-2.0) takes the job to the cluster: ``engine`` is its name for one, or the engine itself. Each part holds its own tournament and
learns its own trees, so that no worker needs what another has, and the result depends on the number of parts, not on that of workers. The
parts are of whole groups: a new item finds its group on the same worker.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from fondaco.analytics.forecasting.installed import need
from fondaco.analytics.forecasting.outlook import BACK_TESTS, LEVELS, MOST_TESTED, forecast_demand, level_name
from fondaco.analytics.forecasting.panel import Period
from fondaco.analytics.forecasting.reading import read_panel
from fondaco.errors import ConfigError

SERIES_A_PART = 5_000
"""Series that a worker forecasts at once: enough for its trees, and half a gigabyte of two years by day."""
_PART = "fondaco_part"


def forecast_distributed(
    demand: pa.Table,
    horizon: int,
    *,
    engine: Any = None,
    period: Period = "day",
    until_day: int,
    groups: tuple[str, ...] = (),
    parts: int | None = None,
    levels: Sequence[float] = LEVELS,
    names: Sequence[str] | None = None,
    origins: int = BACK_TESTS,
    most_tested: int = MOST_TESTED,
    seed: int = 0,
) -> pa.Table:
    """Forecast every series of a table in long form, on a cluster.

    Parameters
    ----------
    demand
        As ``read_panel`` takes it.
    engine
        Of Fugue: None for this machine, ``"ray"``, a SparkSession, …
    until_day
        Last day that is known, since 1970: a worker cannot see the last day of other parts.
    groups
        Columns with labels of the series, from the finest to the coarsest. Series of the same coarsest label are forecast together.
    parts
        One for every five thousand series without it.
    levels, names, origins, most_tested, seed
        As ``forecast_demand`` takes them.

    Returns
    -------
    Rows as of ``DemandForecast.table``, in the order of series and days.

    Raises
    ------
    ConfigError
        If Fugue is not installed, or as ``forecast_demand``.
    """
    api = need("fugue", "fugue.api")
    if parts is not None and parts < 1:
        raise ConfigError(f"Series are to be dealt into {parts} parts.", "Give at least one.")
    dealt, count = _dealt(demand, groups, parts)
    asked = {"levels": tuple(levels), "origins": origins, "most_tested": most_tested, "seed": seed}
    job = _Job(horizon, period, until_day, groups, asked | {"names": None if names is None else tuple(names)})
    schema = _schema(levels)
    told = api.transform(
        dealt,
        _forecast_part,
        schema=",".join(f"{each.name}:{_FUGUE_TYPES[each.type]}" for each in schema),
        partition={"by": _PART, "num": count},
        engine=engine,
        as_local=True,
        params={"job": job},
    )
    table = told if isinstance(told, pa.Table) else api.as_arrow(told)
    ordered = table.select(schema.names).cast(schema).sort_by([("series", "ascending"), ("day", "ascending")])
    return ordered.replace_schema_metadata()


@dataclass(frozen=True, slots=True)
class _Job:
    """What a worker is asked for; ``asked`` are arguments of ``forecast_demand``."""

    horizon: int
    period: Period
    until_day: int
    groups: tuple[str, ...]
    asked: Mapping[str, Any]


_FUGUE_TYPES = {pa.string(): "str", pa.date32(): "date", pa.float64(): "double"}


def _schema(levels: Sequence[float]) -> pa.Schema:
    numbers = ["mean", *(level_name(each) for each in levels)]
    return pa.schema(
        [("series", pa.string()), ("day", pa.date32()), ("series_class", pa.string())]
        + [(name, pa.float64()) for name in numbers]
    )


def _dealt(demand: pa.Table, groups: tuple[str, ...], parts: int | None) -> tuple[pa.Table, int]:
    """The rows with their part, by a hash of their coarsest label that is the same on every machine, and how many parts there are."""
    by = groups[-1] if groups else "series"
    for name in ("series", by):
        if name not in demand.column_names:
            raise ConfigError(
                f"Demand has no column {name!r}; it has {', '.join(demand.column_names)}.",
                "Name the column so.",
            )
    if parts is None:
        parts = max(1, round(len(demand.column("series").unique()) / SERIES_A_PART))
    coded = demand.column(by).cast(pa.string()).dictionary_encode()
    column = []
    for chunk in coded.chunks:
        part = [zlib.crc32(str(label).encode()) % parts for label in chunk.dictionary.to_pylist()]
        column.append(pa.array(part, pa.int64()).take(chunk.indices))
    return demand.append_column(_PART, pa.chunked_array(column, pa.int64())), parts


def _forecast_part(demand: pa.Table, job: _Job) -> pa.Table:
    """One part, on a worker."""
    rows = demand.drop_columns([_PART])
    panel = read_panel(rows, period=job.period, until_day=job.until_day, levels=job.groups)
    return forecast_demand(panel, job.horizon, **job.asked).table()
