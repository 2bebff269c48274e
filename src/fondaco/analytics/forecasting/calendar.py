"""What a calendar says of periods to come: weekdays, parts of the year, and public holidays by country."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from fondaco.analytics.forecasting.installed import need
from fondaco.analytics.forecasting.panel import Floats, Ints
from fondaco.errors import ConfigError

_EPOCH = date(1970, 1, 1)


def public_holidays(country: str, first_day: int, columns: int, step_days: int) -> Floats:
    """Public holidays of a country in each of ``columns`` periods, counted, by the library ``holidays``.

    Parameters
    ----------
    country
        ISO 3166-1, two letters; a part of a country after a hyphen, such as DE-BY, as ISO 3166-2 has it.
    first_day
        Of the first period, since 1970.

    Raises
    ------
    ConfigError
        If the library is not installed or does not know the country.
    """
    holidays = need("holidays")
    first = _EPOCH + timedelta(days=first_day)
    last = first + timedelta(days=columns * step_days - 1)
    code, _, part = country.partition("-")
    try:
        found = holidays.country_holidays(code, subdiv=part or None, years=range(first.year, last.year + 1))
    except NotImplementedError as error:
        raise ConfigError(
            f"The holidays of {country!r} are not known.", "Give a code of ISO 3166, such as DE, US or DE-BY."
        ) from error
    counted = np.zeros(columns)
    for day in found:
        if first <= day <= last:
            counted[(day - first).days // step_days] += 1
    return counted


def weekday(days: Ints) -> Ints:
    """0 for Monday to 6 for Sunday, of days since 1970, which began with a Thursday."""
    return (days + 3) % 7


def year_part(days: Ints) -> Floats:
    """How much of the year has gone, 0..1, by the mean year."""
    return np.asarray(days % 365.2425) / 365.2425


def month_day(days: Ints) -> Ints:
    """1 to 31."""
    instants = days.astype("datetime64[D]")
    return np.asarray((instants - instants.astype("datetime64[M]")).astype(np.int64) + 1)
