"""The forecast of demand: sales and days without stock out of the marts, days to come back, and how right such forecasts were."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fondaco.jobs.reading import EPOCH, last_known_day
from fondaco.jobs.stock_tables import (
    DEMAND_FORECASTS,
    FORECAST_QUALITY,
    FORECAST_RUNS,
    QUANTILES,
    TABLES,
    TOURNAMENT,
)
from fondaco.jobs.writing import replace_rows
from fondaco.warehouse.engine import Value, Warehouse, Writer, has_table

if TYPE_CHECKING:
    from fondaco.analytics.forecasting import DemandForecast, Panel, Trial

Floats = NDArray[np.float64]

HISTORY_DAYS = 750
"""Sales of so many days are looked at: two years and what a back-test reaches beyond them."""
LEAST_DAYS = 70
"""A tournament needs eight weeks before its first stretch, and two weeks to try."""
SHORTEST_HORIZON = 14
DAYS_TOLD = 28
"""Days that are told one by one; weeks are told throughout."""
TESTED_AGAIN_DAYS = 7
FEW_SERIES = 1_000
"""Up to so many, contestants that fit every series for itself with a search take part too; they take a hundred times as long as the others."""
SEARCHING = ("ETS", "Theta")
MOST_TESTED = 300
ORIGINS = 2
MOST_ERRORS = 300
"""Rows of errors of a class that are kept from day to day."""
SEED = 1
SAMPLES = 300
CHUNK = 250
"""Series whose sample paths are in memory at once."""

SEPARATOR = "\n"
"""Between location and variant in the name of a series: no id has it."""

# A series begins with its first row of stock; a variant that the shop no longer has is not forecast, nor one that never sold.
_DEMAND = """
with ledger as (
    select
        ledger.location_id, ledger.variant_id, ledger.stock_date, greatest(ledger.sold + ledger.bundled, 0) as quantity
    from marts.stock_ledger as ledger
    inner join core.variants as variants
        on ledger.variant_id = variants.variant_id and ledger.tenant_id = variants.tenant_id
    where ledger.tenant_id = $tenant_id and ledger.stock_date <= $as_of and not coalesce(variants.is_deleted, false)
),

series as (
    select location_id, variant_id, min(stock_date) as first_date
    from ledger
    group by location_id, variant_id
    having sum(case when stock_date >= $first_day then quantity else 0 end) > 0
)

select series.location_id, series.variant_id, greatest(series.first_date, $first_day) as day, 0 as quantity, true as is_available
from series
union all
select ledger.location_id, ledger.variant_id, ledger.stock_date as day, ledger.quantity, true as is_available
from ledger
inner join series on ledger.location_id = series.location_id and ledger.variant_id = series.variant_id
where ledger.quantity > 0 and ledger.stock_date >= $first_day
union all
select days.location_id, days.variant_id, days.stockout_date as day, 0 as quantity, false as is_available
from marts.stockout_days as days
inner join series on days.location_id = series.location_id and days.variant_id = series.variant_id
where days.tenant_id = $tenant_id and days.stockout_date <= $as_of
    and days.stockout_date >= greatest(series.first_date, $first_day)
"""
# What series have in common: the product, and the kind of product.
_LABELS = """
select variants.variant_id, coalesce(variants.product_id, variants.variant_id) as product, max(coalesce(products.product_type, '')) as product_type,
    max(cast(variants.price as double precision)) as price
from core.variants as variants
left join core.products as products
    on variants.product_id = products.product_id and variants.tenant_id = products.tenant_id
where variants.tenant_id = $tenant_id
group by variants.variant_id, coalesce(variants.product_id, variants.variant_id)
"""


@dataclass(frozen=True, slots=True)
class DemandAsked:
    """What a run asks for.

    Attributes
    ----------
    today
        In the project's zone; it is not over yet and is forecast.
    made_at
        The instant that is kept with the forecast.
    horizon_days
        So far ahead, where the history bears it.
    """

    tenant_id: str
    today: date
    made_at: datetime
    horizon_days: int = 91
    threads: int = 2


@dataclass(frozen=True, slots=True)
class DemandMade:
    """A forecast of demand as the proposals take it, or why there is none.

    Attributes
    ----------
    as_of
        The last day that was known; None where nobody has bought.
    found
        By series, whose names are location and variant with ``SEPARATOR`` between.
    """

    as_of: date | None
    found: DemandForecast | None
    why_not: str = ""

    @property
    def series(self) -> int:
        return 0 if self.found is None else len(self.found.ids)

    def paths(self) -> Iterator[tuple[NDArray[np.int64], Floats]]:
        """Rows of the series, and ``SAMPLES`` sample paths of each, some hundred series at a time; the same whenever they are asked for."""
        if self.found is None:
            return
        for start in range(0, self.series, CHUNK):
            rows = np.arange(start, min(start + CHUNK, self.series))
            yield rows, self.found.paths(SAMPLES, seed=SEED + start, rows=rows)


def create_tables(warehouse: Warehouse) -> None:
    """Make the tables that are not there yet, empty."""
    warehouse.create_schemas_and_raw_tables((*TABLES, TOURNAMENT))


def forecast_variants(writer: Writer, asked: DemandAsked) -> DemandMade:
    """Forecast what will be wanted of every variant at every location, and write it. The tables must be there.

    The past is tried anew every ``TESTED_AGAIN_DAYS`` days, when the horizon or what is installed changes; on other days the winners are
    remembered. Equal marts give equal forecasts.
    """
    started = time.perf_counter()
    made = _made(writer, asked)
    _write(writer, asked, made, time.perf_counter() - started)
    return DemandMade(made.as_of, made.found, made.why_not)


@dataclass(frozen=True, slots=True)
class _Made:
    as_of: date | None
    found: DemandForecast | None = None
    trial: Trial | None = None
    tested_on: date | None = None
    is_new: bool = False
    mark: str = ""
    why_not: str = ""


def _made(writer: Writer, asked: DemandAsked) -> _Made:
    if why_not := lacking():
        return _Made(None, why_not=why_not)
    as_of = last_known_day(writer, asked.tenant_id, asked.today)
    if as_of is None or not has_table(writer, "marts", "stock_ledger"):
        return _Made(as_of, why_not="nothing has been sold yet")
    panel = _panel(writer, asked.tenant_id, as_of)
    if panel is None:
        return _Made(as_of, why_not="no sale is known by variant and location; see docs/stock.md")
    if panel.columns < LEAST_DAYS:
        return _Made(
            as_of, why_not=f"{panel.columns} days of sales are known, and a forecast needs {LEAST_DAYS}"
        )
    from fondaco.analytics.forecasting import forecast_by, try_past

    horizon = max(min(asked.horizon_days, (panel.columns - 56) // 2), SHORTEST_HORIZON)
    names = contestants_for(len(panel))
    mark = f"1 {horizon} {panel.is_whole} {', '.join(names)}"
    tested_on, trial = _remembered(writer, asked.tenant_id, as_of, mark)
    is_new = trial is None
    if trial is None:
        trial = try_past(
            panel,
            horizon,
            names=names,
            origins=ORIGINS,
            most_tested=MOST_TESTED,
            seed=SEED,
            workers=asked.threads,
        ).thinned(MOST_ERRORS, seed=SEED)
        tested_on = as_of
    found = forecast_by(panel, trial, seed=SEED, workers=asked.threads)
    return _Made(as_of, found, trial, tested_on, is_new, mark)


def lacking() -> str:
    """Why demand cannot be forecast here for want of a library; empty where it can."""
    from fondaco.analytics.forecasting.installed import has

    missing = [name for name in ("scipy", "statsforecast", "xgboost") if not has(name)]
    if not missing:
        return ""
    verb = "is" if len(missing) == 1 else "are"
    return f"{' and '.join(missing)} {verb} not installed; install with `pip install 'fondaco[forecasting]'`"


def _panel(writer: Writer, tenant_id: str, as_of: date) -> Panel | None:
    from fondaco.analytics.forecasting import read_panel

    own: dict[str, Value] = {"tenant_id": tenant_id}
    rows = writer.fetch(
        _DEMAND, {**own, "as_of": as_of, "first_day": as_of - timedelta(days=HISTORY_DAYS - 1)}
    )
    if not rows.num_rows:
        return None
    labels = {row["variant_id"]: row for row in writer.fetch(_LABELS, own).to_pylist()}
    variants = rows.column("variant_id").to_pylist()
    table = pa.table(
        {
            "series": pa.array(
                [f"{place}{SEPARATOR}{variant}" for place, variant in zip(rows.column("location_id").to_pylist(), variants, strict=True)]
            ),
            "day": rows.column("day").cast(pa.date32()),
            "quantity": rows.column("quantity").cast(pa.float64()),
            "is_available": rows.column("is_available"),
            "product": pa.array([labels[each]["product"] for each in variants]),
            "product_type": pa.array([labels[each]["product_type"] for each in variants]),
            "price": pa.array([labels[each]["price"] or math.nan for each in variants], pa.float64()),
        }
    )  # fmt: skip
    return read_panel(table, until_day=(as_of - EPOCH).days, levels=("product", "product_type"))


def contestants_for(series: int) -> tuple[str, ...]:
    """Who takes part in a tournament of so many series."""
    from fondaco.analytics.forecasting import available

    return tuple(name for name in available() if series <= FEW_SERIES or name not in SEARCHING)


def _remembered(writer: Writer, tenant_id: str, as_of: date, mark: str) -> tuple[date | None, Trial | None]:
    """The newest tournament, if it still holds."""
    from fondaco.analytics.forecasting import Trial
    from fondaco.errors import ConfigError

    rows = writer.fetch(
        f"select tested_on, mark, content from {TOURNAMENT.qualified} where tenant_id = $tenant_id",
        {"tenant_id": tenant_id},
    ).to_pylist()
    if (
        not rows
        or rows[0]["mark"] != mark
        or not 0 <= (as_of - rows[0]["tested_on"]).days < TESTED_AGAIN_DAYS
    ):
        return None, None
    try:
        return rows[0]["tested_on"], Trial.of_text(rows[0]["content"])
    except ConfigError:  # an older Fondaco has written it
        return None, None


def _write(writer: Writer, asked: DemandAsked, made: _Made, seconds: float) -> None:
    own: dict[str, Value] = {"tenant_id": asked.tenant_id}
    run = {
        "as_of_date": made.as_of,
        "series": 0 if made.found is None else len(made.found.ids),
        "horizon_days": None if made.found is None else made.found.mean.shape[1],
        "tested_on": made.tested_on,
        "why_not": made.why_not or None,
        "seconds": round(seconds, 3),
        "made_at": asked.made_at,
    }
    tables = [(FORECAST_RUNS, pa.Table.from_pylist([run], _RUN))]
    if made.found is None or made.trial is None:
        nothing = pa.table({"series_class": pa.array([], pa.string())})
        tables += [(DEMAND_FORECASTS, nothing), (FORECAST_QUALITY, nothing)]
    else:
        tables += [
            (DEMAND_FORECASTS, _forecasts(made.found)),
            (FORECAST_QUALITY, _quality(made.found, made.trial, made.tested_on)),
        ]
        if made.is_new:
            kept = {"tested_on": made.tested_on, "mark": made.mark, "content": made.trial.text()}
            tables.append((TOURNAMENT, pa.Table.from_pylist([kept])))
    with writer.transaction():
        for spec, rows in tables:
            owned = rows.append_column("tenant_id", pa.array([asked.tenant_id] * rows.num_rows, pa.string()))
            replace_rows(writer, spec, owned, where=own)


_RUN = pa.schema([("as_of_date", pa.date32()), ("series", pa.int64()), ("horizon_days", pa.int64()), ("tested_on", pa.date32()),
    ("why_not", pa.string()), ("seconds", pa.float64()), ("made_at", pa.timestamp("us"))])  # fmt: skip


def _forecasts(found: DemandForecast) -> pa.Table:
    """Days one by one, then all whole weeks, whose quantiles are those of the sums along sample paths."""
    days = min(DAYS_TOLD, found.mean.shape[1])
    weeks = found.mean.shape[1] // 7
    told = [_rows(found, "day", 1, found.mean[:, :days], found.quantiles[:, :days])]
    quantiles = np.zeros((len(found.ids), weeks, len(QUANTILES)))
    for rows, paths in DemandMade(None, found).paths():
        sums = paths[..., : weeks * 7].reshape(len(rows), -1, weeks, 7).sum(axis=-1)
        quantiles[rows] = np.moveaxis(np.quantile(sums, found.levels, axis=1, method="inverted_cdf"), 0, -1)
    mean = found.mean[:, : weeks * 7].reshape(len(found.ids), weeks, 7).sum(axis=-1)
    told.append(_rows(found, "week", 7, mean, quantiles))
    return pa.concat_tables(told)


def _rows(found: DemandForecast, period: str, step: int, mean: Floats, quantiles: Floats) -> pa.Table:
    series, periods = mean.shape
    places, variants = zip(*(str(name).split(SEPARATOR) for name in found.ids), strict=True)
    days = (found.first_day + step * np.arange(periods)).astype(np.int32)
    columns: dict[str, pa.Array] = {
        "location_id": pa.array(places).take(pa.array(np.repeat(np.arange(series), periods))),
        "variant_id": pa.array(variants).take(pa.array(np.repeat(np.arange(series), periods))),
        "period": pa.array([period]).take(pa.array(np.zeros(series * periods, np.int64))),
        "forecast_date": pa.array(np.tile(days, series)).cast(pa.date32()),
        "series_class": pa.array(np.repeat(found.classes, periods)),
        "mean": pa.array(np.round(mean.ravel(), 6)),
    }
    for place, name in enumerate(QUANTILES):
        columns[name] = pa.array(np.round(quantiles[..., place].ravel(), 6))
    return pa.table(columns)


def _quality(found: DemandForecast, trial: Trial, tested_on: date | None) -> pa.Table:
    def known(number: float | None) -> float | None:
        return None if number is None or not math.isfinite(number) else round(number, 6)

    names, counts = np.unique(found.classes, return_counts=True)
    now = dict(zip(names.tolist(), counts.tolist(), strict=True))
    rows = [
        {
            "series_class": each.series_class,
            "series": now.get(each.series_class, 0),
            "tested_on": tested_on,
            "horizon_days": trial.horizon,
            "tests": each.tests,
            "winner": each.winner.name,
            "error": known(each.error),
            "naive_error": known(each.naive_error),
            "coverage": known(trial.coverage.get(each.series_class)),
            "scores": json.dumps([[name, known(score)] for name, score in each.scores]),
        }
        for each in trial.standings
    ]
    untried = [
        {"series_class": name, "series": count, "tested_on": tested_on, "horizon_days": trial.horizon, "tests": 0,
         "winner": trial.choices[name].name, "error": None, "naive_error": None, "coverage": None, "scores": "[]"}
        for name, count in now.items()
        if name not in {each.series_class for each in trial.standings}
    ]  # fmt: skip
    schema = pa.schema([("series_class", pa.string()), ("series", pa.int64()), ("tested_on", pa.date32()), ("horizon_days", pa.int64()),
        ("tests", pa.int64()), ("winner", pa.string()), ("error", pa.float64()), ("naive_error", pa.float64()), ("coverage", pa.float64()),
        ("scores", pa.string())])  # fmt: skip
    return pa.Table.from_pylist([*rows, *untried], schema)
