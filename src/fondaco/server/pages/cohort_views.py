"""What a reader has chosen on the page of cohorts, and what each of its figures means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fondaco.errors import ConfigError
from fondaco.metrics.cohorts import Measure, check_dimension, check_measure


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure in words: its name, what it says, how it is computed, what is in it."""

    name: str
    label: str
    unit: str
    text: str
    formula: str
    scope: str
    good: str = "up"


_WHOLE = "A month counts for a customer once it is over. Figures of a hatched cell are those of the customers who have had that month whole."
_PURCHASE = (
    "Orders that were cancelled are no purchases. Returns lower the month of the order they belong to."
)

MEASURES: Mapping[Measure, Definition] = {
    "retention": Definition(
        "retention", "Retention", "rate",
        "The share of a cohort's customers who bought in the given month after their first purchase. Month 0 starts with the first "
        "purchase, so that everybody bought in it.",
        "customers who bought in month k ÷ customers who have had month k whole",
        f"{_WHOLE} {_PURCHASE}",
    ),
    "orders": Definition(
        "orders", "Orders per customer", "ratio",
        "Orders of a cohort in the given month, for each customer of the cohort, whether they bought in it or not.",
        "orders in month k ÷ customers who have had month k whole",
        f"{_WHOLE} {_PURCHASE}",
    ),
    "net_sales": Definition(
        "net_sales", "Net sales per customer", "money",
        "Net sales of a cohort in the given month, for each customer of the cohort, whether they bought in it or not.",
        "net sales of orders in month k ÷ customers who have had month k whole",
        f"{_WHOLE} {_PURCHASE}",
    ),
    "cumulative": Definition(
        "cumulative", "Cumulative value per customer", "money",
        "What a customer of the cohort has brought in net sales since the first purchase, by the end of the given month.",
        "net sales per customer of month 0 + … + month k",
        f"{_WHOLE} {_PURCHASE}",
    ),
}  # fmt: skip

TILES: Mapping[str, Definition] = {
    "new_customers": Definition(
        "new_customers", "New customers", "count",
        "People who bought for the first time in the chosen months.",
        "count of first purchases",
        "A person who buys in several shops is one customer. A cancelled order is no purchase, so that Sales, which "
        "counts who ordered, may show more. In the oldest month stand also those who had bought before the data begins.",
    ),
    "repeat_rate": Definition(
        "repeat_rate", "Repeat rate in 90 days", "rate",
        "The share of customers who buy again, on another day, within 90 days of their first purchase.",
        "1 − Π over days (1 − returns on the day ÷ customers still watched who have not returned)",
        "The estimate of Kaplan and Meier (1958): who has been a customer for less than 90 days counts for the days that are known.",
    ),
    "days_to_second": Definition(
        "days_to_second", "Median days to second order", "count",
        "Half of those who come back do so within so many days of their first purchase.",
        "the day on which the curve of returns reaches half of what it reaches in the end",
        "Looked at is the longest of 30, 60, 90, 180 and 365 days that the oldest chosen customers have been known for. Who does not come back in them has no such day and is left out.",
        good="down",
    ),
    "value_12": Definition(
        "value_12", "Value after 12 months", "money",
        "What a customer brings in net sales within twelve months of the first purchase.",
        "Σ over cohorts of customers × cumulative value after month 11 ÷ Σ customers",
        "Cohorts that are not so old yet count with their forecast. No costs are taken off.",
    ),
}  # fmt: skip

FORECAST = Definition(
    "forecast", "Forecast", "",
    "What a cohort is expected to do in months that none of its customers has had whole, from what older cohorts did in theirs. "
    "Four times out of five the figure comes to lie in the interval.",
    "the cohorts' common rate in month k × the level of this cohort, drawn towards that of all by its credibility",
    "An over-dispersed Poisson model of the triangle (England and Verrall 2002) with credible levels (Bühlmann and Straub 1970). The interval "
    "is scaled until it would have held on the newest months. A month is forecast once three cohorts have had it. The oldest cohort "
    "teaches nothing: it holds those who had bought before the data begins. How well it did: docs/cohorts.md.",
)  # fmt: skip

DEFINITIONS: Mapping[str, Definition] = {
    each.name: each for each in (*MEASURES.values(), *TILES.values(), FORECAST)
}

DIMENSIONS: Mapping[str, str] = {
    "all": "All customers",
    "channel": "Channel",
    "country": "Country",
    "shop": "Shop",
    "first_product": "First product",
}
PERIODS: Mapping[str, tuple[str, int | None]] = {
    "12": ("Last 12 cohorts", 12),
    "24": ("Last 24 cohorts", 24),
    "all": ("All cohorts", None),
}
ALL = "(all)"
"""What stands beside a value in the URL where it is compared with all customers only."""
_DEFAULTS = {"measure": "retention", "by": "all", "value": "", "beside": "", "period": "12", "cohort": ""}


@dataclass(frozen=True, slots=True)
class CohortView:
    """The whole state of the page.

    Attributes
    ----------
    value
        Of the dimension; None: the one with the most customers.
    cohort
        The one that the curve follows; None: the page chooses.
    beside
        Another value of the dimension to compare with, or ``ALL``; empty: none.
    """

    measure: Measure
    by: str
    value: str | None
    period: str
    cohort: date | None
    beside: str = ""

    @property
    def count(self) -> int | None:
        return PERIODS[self.period][1]

    def query(self, **changes: str) -> str:
        """The URL's query, defaults left out."""
        state = {
            "measure": self.measure,
            "by": self.by,
            "value": self.value or "",
            "beside": self.beside,
            "period": self.period,
            "cohort": f"{self.cohort:%Y-%m}" if self.cohort else "",
        } | changes
        return urlencode({name: value for name, value in state.items() if value != _DEFAULTS[name]})


def parse_cohort_view(parameters: Mapping[str, str]) -> CohortView:
    """Read the state of the page from the URL.

    Raises
    ------
    ConfigError
        If a value is not known.
    """
    period = parameters.get("period") or _DEFAULTS["period"]
    if period not in PERIODS:
        raise ConfigError(f"period={period!r} is not known.", f"Use one of {', '.join(PERIODS)}.")
    # The API calls it ``dimension``: an address written in its words means the same here.
    by = check_dimension(parameters.get("by") or parameters.get("dimension") or "all")
    # A value of another dimension stays in the form when the dimension changes; ``of`` says whose it is.
    is_own = by != "all" and parameters.get("of", by) == by
    return CohortView(
        measure=check_measure(parameters.get("measure") or "retention"),
        by=by,
        value=parameters.get("value") if is_own else None,
        period=period,
        cohort=_month(parameters.get("cohort", "")),
        beside=parameters.get("beside", "") if is_own else "",
    )


def _month(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise ConfigError(
            f"cohort={text!r} is not a month.", "Write it as year-month, such as 2026-01."
        ) from error
