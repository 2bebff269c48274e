"""Which days a page shows, and which days it compares them with. All of it stands in the URL."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, TypeVar
from urllib.parse import urlencode

from fondaco.errors import ConfigError
from fondaco.metrics import Beginnings, Clock
from fondaco.metrics.products import shop_of

Grain = Literal["hour", "day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def grain(self) -> Grain:
        """The step that keeps a chart readable: never more than about a hundred points."""
        if self.days <= 93:
            return "day"
        return "week" if self.days <= 400 else "month"

    @property
    def grains(self) -> tuple[Grain, ...]:
        """The steps that make a readable chart: more than one, and never more than about four hundred. By hour, all
        days are laid over each other."""
        steps: dict[Grain, bool] = {
            "hour": True,
            "day": 1 < self.days <= 400,
            "week": 7 < self.days <= 2800,
            "month": self.days > 28,
            "quarter": self.days > 92,
            "year": self.days > 366,
        }
        return tuple(grain for grain, fits in steps.items() if fits)

    def calendar_months(self, today: date) -> int:
        """How many months the calendar's own stretch is that this is: a month, quarter or year, whole or up to today;
        also several whole months. 0 for any other days."""
        if self.first.day != 1:
            return 0
        for months in (1, 3, 12):
            end = shift_months(self.first, months) - timedelta(1)
            if (self.first.month - 1) % months == 0 and self.last == min(end, today):
                return months
        if (self.last + timedelta(1)).day != 1:
            return 0
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1


def shift_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _back(days: int) -> Callable[[Period], Period]:
    return lambda period: Period(period.first - timedelta(days), period.last - timedelta(days))


def _months_back(months: int) -> Callable[[Period], Period]:
    def shift(period: Period) -> Period:
        last = shift_months(period.last, -months)
        if (period.last + timedelta(1)).day == 1:  # a month's last day answers to a month's last day
            last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
        return Period(shift_months(period.first, -months), last)

    return shift


@dataclass(frozen=True, slots=True)
class Preset:
    """A named period, as it lies on a given day, and the period before it."""

    label: str
    period: Callable[[date], Period]
    before: Callable[[Period], Period]


def _trailing(days: int) -> Callable[[date], Period]:
    return lambda today: Period(today - timedelta(days - 1), today)


def _last_month(today: date) -> Period:
    last = today.replace(day=1) - timedelta(1)
    return Period(last.replace(day=1), last)


def _quarter(today: date) -> Period:
    return Period(date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), today)


PRESETS: Mapping[str, Preset] = {
    "today": Preset("Today", lambda today: Period(today, today), _back(1)),
    "yesterday": Preset("Yesterday", lambda today: Period(today - timedelta(1), today - timedelta(1)), _back(1)),
    "last_7_days": Preset("Last 7 days", _trailing(7), _back(7)),
    "last_30_days": Preset("Last 30 days", _trailing(30), _back(30)),
    "last_90_days": Preset("Last 90 days", _trailing(90), _back(90)),
    "month_to_date": Preset("Month to date", lambda today: Period(today.replace(day=1), today), _months_back(1)),
    "quarter_to_date": Preset("Quarter to date", _quarter, _months_back(3)),
    "year_to_date": Preset(
        "Year to date", lambda today: Period(today.replace(month=1, day=1), today), _months_back(12)
    ),
    "last_month": Preset("Last month", _last_month, _months_back(1)),
    "last_year": Preset(
        "Last year",
        lambda today: Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        _months_back(12),
    ),
}  # fmt: skip
"""Trailing periods end with today, which is not over yet; the page says so."""

DEFAULT_RANGE = "last_30_days"
CUSTOM = "custom"
ALL_TIME = "all_time"
"""From the first day with data of the shops that are looked at up to today; there is nothing to compare it with."""

_MOST_DAYS = 7306

COMPARISONS: Mapping[str, str] = {
    "previous_period": "Previous period",
    "previous_year": "Previous year",
    "none": "No comparison",
}
GRAINS: Mapping[Grain, str] = {
    "year": "Years",
    "quarter": "Quarters",
    "month": "Months",
    "week": "Weeks",
    "day": "Days",
    "hour": "Hours of the day",
}
CLOCKS: Mapping[Clock, str] = {"finance": "Finance", "order": "Order"}


@dataclass(frozen=True, slots=True)
class View:
    """Which figures a reader has chosen to see: days, clock, shop and conditions.

    Attributes
    ----------
    filters
        Further conditions, as dimension and value; an empty value stands for rows without one.
    chosen_grain
        The step of the chart, where the reader chose one.
    usual_grain
        The step that the page takes otherwise; None: the period's own.
    known
        When the shops' data begins. It belongs to what is published, not to what the reader chose.
    """

    range: str
    period: Period
    compare: str
    clock: Clock
    shop: str | None
    today: date
    filters: tuple[tuple[str, str], ...] = ()
    chosen_grain: Grain | None = None
    usual_grain: Grain | None = None
    known: Beginnings = field(default_factory=Beginnings, compare=False)

    @property
    def grain(self) -> Grain:
        """The step of the chart: the chosen one where it fits the period."""
        chosen = self.chosen_grain
        if chosen is not None and chosen in self.period.grains:
            return chosen
        return self.usual_grain or self.period.grain

    @property
    def label(self) -> str:
        if self.range == ALL_TIME:
            return "All time"
        return PRESETS[self.range].label if self.range in PRESETS else "Custom"

    @property
    def previous_period(self) -> Period:
        """The period just before, of the same kind: a month answers to a month."""
        if self.range in PRESETS:
            return PRESETS[self.range].before(self.period)
        if months := self.period.calendar_months(self.today):
            return _months_back(months)(self.period)
        return _back(self.period.days)(self.period)

    @property
    def previous_year(self) -> Period:
        return _months_back(12)(self.period)

    @property
    def against(self) -> tuple[tuple[str, Period], ...]:
        """The periods that a headline is held against, each with its words."""
        if self.range == ALL_TIME:
            return ()
        return ("vs previous period", self.previous_period), ("vs previous year", self.previous_year)

    @property
    def compared(self) -> Period | None:
        """The period that the reader has chosen to compare with, known or not."""
        if self.range == ALL_TIME:
            return None
        if self.compare == "previous_year":
            return self.previous_year
        return self.previous_period if self.compare == "previous_period" else None

    @property
    def comparison(self) -> Period | None:
        """The period drawn beside this one: the chosen one if its figures are known from its first day on."""
        chosen = self.compared
        return chosen if chosen is not None and self.knows(chosen) else None

    @property
    def shops(self) -> tuple[str, ...]:
        """The shops that are looked at, all of them where none is named; a product's id begins with its shop's."""
        named = [shop_of(value) for name, value in self.filters if name == "product_id" and value]
        return (self.shop,) if self.shop else tuple(named)

    @property
    def begins(self) -> date | None:
        """The first day with data of these shops."""
        return self.known.of(self.shops)

    def knows(self, period: Period) -> bool:
        """Whether figures of the period can be compared with: the data begins on its first day, or before."""
        return self.known.knows(period.first, self.shops)

    @property
    def where(self) -> dict[str, str]:
        return ({"connection_id": self.shop} if self.shop else {}) | dict(self.filters)

    def state(self) -> dict[str, str]:
        """All that the reader chose, as the URL's query writes it."""
        state: dict[str, str] = {"range": self.range}
        if self.range == CUSTOM:
            state |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        state |= {"compare": self.compare, "clock": self.clock, "shop": self.shop or ""}
        state |= {name: value or NO_VALUE for name, value in self.filters}
        return state | {"grain": self.chosen_grain or ""}

    def query(self, **changes: str) -> str:
        """The URL's query of this view, defaults left out."""
        return written(self.state() | changes)


NO_VALUE = "~"
"""How the URL's query writes the condition that there is no value."""

_DEFAULTS = {"range": DEFAULT_RANGE, "compare": "previous_period", "clock": "finance"}


def written(state: Mapping[str, str]) -> str:
    """The URL's query of a state, without what is empty or as it would be anyway."""
    return urlencode({key: value for key, value in state.items() if value and value != _DEFAULTS.get(key)})


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            f"{name}={text!r} is not a date.", "Write it as year-month-day, such as 2026-01-31."
        ) from error


Name = TypeVar("Name", bound=str)


def _choice(value: str, allowed: Mapping[Name, object], name: str) -> Name:
    found = next((known for known in allowed if known == value), None)
    if found is None:
        raise ConfigError(f"{name}={value!r} is not known.", f"Use one of {', '.join(allowed)}.")
    return found


def parse_view(
    parameters: Mapping[str, str],
    today: date,
    filters: Iterable[str] = (),
    known: Beginnings | None = None,
) -> View:
    """Read the state of the page from the URL.

    Parameters
    ----------
    filters
        Dimensions that the page can be restricted by; all others are left unread.
    known
        When the shops' data begins; without it every period can be compared with.

    Raises
    ------
    ConfigError
        If a value is not known, or the period ends before it starts or is longer than twenty years.
    """
    dated = parameters.get("from") or parameters.get("to")
    chosen = parameters.get("range") or (CUSTOM if dated else DEFAULT_RANGE)
    _choice(chosen, {**PRESETS, ALL_TIME: None, CUSTOM: None}, "range")
    if chosen == CUSTOM:
        period = parse_period(parameters.get("from", ""), parameters.get("to", ""))
    else:
        period = PRESETS[chosen].period(today) if chosen in PRESETS else Period(today, today)
    view = View(
        range=chosen,
        period=period,
        compare=_choice(parameters.get("compare") or "previous_period", COMPARISONS, "compare"),
        clock=_choice(parameters.get("clock") or "finance", CLOCKS, "clock"),
        shop=parameters.get("shop") or None,
        today=today,
        filters=tuple(
            (name, "" if parameters[name] == NO_VALUE else parameters[name])
            for name in filters
            if parameters.get(name)
        ),
        chosen_grain=_choice(parameters["grain"], GRAINS, "grain") if parameters.get("grain") else None,
        known=known or Beginnings(),
    )
    return replace(view, period=_all_time(view)) if chosen == ALL_TIME else view


def _all_time(view: View) -> Period:
    """All days with data up to today; the newest of them where that is more than a view can hold."""
    earliest = view.today - timedelta(_MOST_DAYS - 1)
    return Period(min(max(view.begins or view.today, earliest), view.today), view.today)


def parse_period(first: str, last: str) -> Period:
    """Read a period from two ISO dates."""
    period = Period(_day(first, "from"), _day(last, "to"))
    if period.days < 1:
        raise ConfigError(
            f"The period ends on {period.last}, before it starts on {period.first}.", "Swap the two dates."
        )
    if period.days > _MOST_DAYS or period.first.year < 1990 or period.last.year > 2200:
        raise ConfigError(
            f"The period from {period.first} to {period.last} is out of bounds.",
            "Choose at most twenty years, from 1990 to 2200.",
        )
    return period
