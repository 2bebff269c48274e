"""LTV90:CAC and LTV365:CAC as tiles: of days whose new customers have had 90, or 365, days since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from fondaco.metrics.marketing import has_figures
from fondaco.server.pages.figures import Figures, Named
from fondaco.server.periods import CUSTOM, Period, View
from fondaco.server.site import Site

HORIZONS = {"ltv_90_to_cac": 90, "ltv_365_to_cac": 365}


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What new customers brought for each unit of money spent to get them.

    Attributes
    ----------
    text
        The quotient; a dash where nothing was spent on these days.
    days
        The days of the spend, in words.
    query
        The address's query of these days, for the definition.
    verdict
        ``pays`` from 1 on, ``owes`` below; empty where there is no quotient.
    """

    metric: Named
    horizon: int
    text: str
    days: str
    query: str
    verdict: str


def lifetimes(figures: Figures) -> list[Lifetime]:
    """Of each horizon the newest days that are over long enough, as many as the view has; none without advertising."""
    if not has_ads(figures.site):
        return []
    found = []
    for name, horizon in HORIZONS.items():
        period = _past(figures.view, horizon)
        value = figures.totals((name,), period)[name]
        found.append(
            Lifetime(
                figures.metric(name),
                horizon,
                figures.numbers.fixed(value),
                figures.numbers.period(period.first, period.last),
                replace(figures.view, range=CUSTOM, period=period).query(),
                "" if value is None else "pays" if value >= 1 else "owes",
            )
        )
    return found


def has_ads(site: Site) -> bool:
    """Whether anything is known of advertising; remembered with what is published."""
    return site.has_marketing and site.remembered(
        ("has_ads",), lambda: has_figures(site.project.reader, site.tenant_id)
    )


def _past(view: View, horizon: int) -> Period:
    """The view's days, or as many that ended ``horizon`` days ago."""
    days = timedelta(view.period.days - 1)
    last = min(view.period.last, view.today - timedelta(horizon))
    return Period(last - days, last)
