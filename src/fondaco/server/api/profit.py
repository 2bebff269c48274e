"""Profit ahead: the forecast with its errors, and what a change would leave."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pyarrow as pa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from fondaco.clock import local_date
from fondaco.errors import ConfigError
from fondaco.metrics import PROFIT_STATEMENT
from fondaco.metrics.profit_forecast import Stretch, rows_of_days
from fondaco.metrics.query import Clock
from fondaco.metrics.what_if import LEVERS, Lever
from fondaco.server.api.access import ReadingToken, reading_token
from fondaco.server.api.metrics import ERRORS, plain
from fondaco.server.api.tables import (
    FILES,
    Format,
    checked_format,
    file_answer,
    json_answer,
    tag_headers,
    unchanged,
)
from fondaco.server.periods import Period
from fondaco.server.profit_outlook import (
    base_of_month,
    base_of_period,
    change_of,
    forecast_of,
    month_of,
    quarter_of,
)
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(prefix="/profit", tags=["profit"], dependencies=[Depends(reading_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]

DAYS = 30
HEADER = ("metric", "forecast_date", "expected", "low", "high", "total", "total_low", "total_high")


class ForecastQuestion(BaseModel):
    """What is asked, in the address."""

    model_config = ConfigDict(extra="forbid")

    format: Format = "json"


class ExpectedAnswer(BaseModel):
    """A figure to come, as a string. It lies between `low` and `high` with a probability of 80 %; null where no interval is told."""

    metric: str
    expected: str
    low: str | None
    high: str | None
    known: str | None = Field(description="What is known of it already.")


class StretchAnswer(BaseModel):
    """Days of which some may be known."""

    first: date
    last: date
    known_days: int
    lines: list[ExpectedAnswer]


class DayAnswer(BaseModel):
    """A line of a day to come, and of all days to come up to it."""

    metric: str
    forecast_date: date
    expected: str
    low: str | None
    high: str | None
    total: str
    total_low: str | None
    total_high: str | None


class TestAnswer(BaseModel):
    """How one way did on totals of so many days that it had not seen; all ways of a line and horizon on the same windows."""

    metric: str
    way: Literal["forecast", "same_weekday", "last_year"]
    horizon_days: int
    windows: int
    wape: float | None = Field(description="Of days: sum of absolute errors ÷ sum of absolute amounts.")
    mase: float | None = Field(description="Of days: 1 is as far off as the day a week before.")
    total_error: str = Field(description="Mean absolute error of the totals.")
    total_wape: float | None
    bias: str = Field(description="Mean of forecast less actual totals.")
    coverage: float | None = Field(description="Share of `covered` totals that lay in the interval.")
    covered: int


class ForecastAnswer(BaseModel):
    """The newest forecast; without `days` it says in `why_not` why there is none."""

    as_of: date | None = Field(description="The last known day; forecast is from the next on.")
    known_days: int
    days_ahead: int
    why_not: str | None
    currency: str
    version: str | None = Field(description="The published state that answered.")
    month: StretchAnswer | None = Field(description="The month under way, to its end.")
    next_90_days: StretchAnswer | None
    days: list[DayAnswer]
    tests: list[TestAnswer]


@router.get(
    "/forecast", summary="Profit of days to come, with intervals and errors", response_model=ForecastAnswer, responses=FILES
)  # fmt: skip
def forecast(
    request: Request, site: TheSite, token: ReadingToken, question: Annotated[ForecastQuestion, Query()]
) -> Response:
    """Every line of the waterfall by day, of all shops by the finance clock; sums have an interval. `format` or the Accept header chooses
    JSON, or the days as CSV or Parquet. The `ETag` changes when new figures are published."""
    kind = checked_format(request, site, token, question.format)
    headers = tag_headers(request, site.published)
    if (same := unchanged(request, headers)) is not None:
        return same
    found = forecast_of(site)
    rows = rows_of_days(found) if found else []
    if kind != "json":
        table = pa.table({name: [row[name] for row in rows] for name in HEADER})
        return file_answer(kind, "profit_forecast", table, headers)
    answer = ForecastAnswer(
        as_of=found.as_of if found else None,
        known_days=found.known_days if found else 0,
        days_ahead=found.days_ahead if found else 0,
        why_not=(found.why_not or None) if found else "nothing is known yet",
        currency=site.currency,
        version=site.published,
        month=_stretch(month_of(site)),
        next_90_days=_stretch(quarter_of(site)),
        days=[DayAnswer.model_validate(_plain(row)) for row in rows],
        tests=[
            TestAnswer.model_validate(
                {name: getattr(test, name) for name in TestAnswer.model_fields}
                | {"total_error": plain(test.total_error), "bias": plain(test.bias)}
            )
            for test in (found.tests if found else [])
        ],
    )
    return json_answer(answer.model_dump(mode="json"), headers)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if name in ("metric", "forecast_date") else plain(value) for name, value in row.items()
    }


def _stretch(stretch: Stretch | None) -> StretchAnswer | None:
    if stretch is None:
        return None
    return StretchAnswer(
        first=stretch.first,
        last=stretch.last,
        known_days=stretch.known_days,
        lines=[
            ExpectedAnswer(
                metric=name,
                expected=plain(told.expected),
                low=plain(told.low),
                high=plain(told.high),
                known=plain(stretch.known[name]) if stretch.known_days else None,
            )
            for name, told in stretch.lines.items()
        ],
    )


class PeriodQuestion(BaseModel):
    """Days and shop."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: date | None = Field(None, alias="from", description="First day; without it the last 30 days.")
    last: date | None = Field(None, alias="to", description="Last day; without it today.")
    shop: str = Field("", description="A connection's id; without it all shops.")

    def period(self, site: Site) -> Period:
        """The days asked for.

        Raises
        ------
        ConfigError
            If they end before they begin.
        """
        today = local_date(site.project.clock(), site.project.settings.project.timezone)
        last = self.last or today
        first = self.first or date.fromordinal(max(last.toordinal() - DAYS + 1, 1))
        if last < first:
            raise ConfigError(
                f"The period ends on {last}, before it starts on {first}.", "Give the earlier day first."
            )
        if self.shop and self.shop not in {each.connection_id for each in site.connections()}:
            raise NotThereError(
                f"There is no shop {self.shop[:63]!r}.", "Ask /api/v1/connections for their ids."
            )
        return Period(first, last)


def _lever(lever: Lever) -> str:
    return f"{lever.label}: {lever.reach}."


_BY_NAME = {lever.name: _lever(lever) for lever in LEVERS}


class WhatIfQuestion(PeriodQuestion):
    """Days, shop, and what is changed."""

    of: Literal["period", "month"] = Field(
        "period",
        description="month: the month under way, with the days of it that are forecast; of all shops.",
    )
    clock: Clock = "finance"
    price: str = Field("", description=_BY_NAME["price"])
    goods: str = Field("", description=_BY_NAME["goods"])
    marketing: str = Field("", description=_BY_NAME["marketing"])
    fees: str = Field("", description=_BY_NAME["fees"])
    delivery: str = Field("", description=_BY_NAME["delivery"])
    returned: str = Field("", description=_BY_NAME["returned"])
    fixed: str = Field("", description=_BY_NAME["fixed"])
    elasticity: str = Field("", description=_BY_NAME["elasticity"])
    response: str = Field("", description=_BY_NAME["response"])


class LineAnswer(BaseModel):
    """A line of the waterfall, unsigned as the metrics are."""

    metric: str
    amount: str
    amount_changed: str


class WhatIfAnswer(BaseModel):
    """The statement now and under the change."""

    first: date
    last: date
    currency: str
    version: str | None
    units: str = Field(description="What the number of units becomes, 1 being as now.")
    units_that_even: str | None = Field(
        description="At how many units the change leaves the net profit of now."
    )
    lines: list[LineAnswer]


@router.get("/what-if", summary="The waterfall under a change", response_model=WhatIfAnswer)
def what_if(request: Request, site: TheSite, question: Annotated[WhatIfQuestion, Query()]) -> Response:
    """What would be left if prices, costs or spending were others. Units change by the elasticities alone, which are 0 unless given; the
    formulas are in docs/profit.md."""
    change = change_of({lever.name: getattr(question, lever.name) for lever in LEVERS})
    period = question.period(site)
    headers = tag_headers(request, site.published, period)
    if (same := unchanged(request, headers)) is not None:
        return same
    base = (
        base_of_month(site)
        if question.of == "month"
        else base_of_period(site, period, question.clock, question.shop or None)
    )
    if base is None:
        raise NotThereError(
            "The month under way is not forecast.", "Ask /api/v1/profit/forecast why, or ask of a period."
        )
    found, now = base.under(change), base.statement
    even = found.units_that_even
    answer = WhatIfAnswer(
        first=base.period.first,
        last=base.period.last,
        currency=site.currency,
        version=site.published,
        units=f"{found.units:.6f}",
        units_that_even=None if even is None else f"{even:.6f}",
        lines=[
            LineAnswer(
                metric=step.metric,
                amount=plain(now[step.metric]),
                amount_changed=f"{found.statement[step.metric]:.6f}",
            )
            for step in PROFIT_STATEMENT
        ],
    )
    return json_answer(answer.model_dump(mode="json"), headers)
