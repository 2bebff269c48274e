"""The streams of Google Ads: which table each fills, and how it is kept up to date."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fondaco.sources.google_ads.fields import REPORT_DATE, REPORTS
from fondaco.sources.stream import Stream, SyncMode

KEPT_BY_GOOGLE = timedelta(days=1121)
"""Figures by day are kept for 37 months, 1,123 days at the least; the account's today may be a day ahead of UTC's."""

_SCOPE = "https://www.googleapis.com/auth/adwords"


def _of_things(name: str) -> Stream:
    return Stream(
        name,
        tables=(REPORTS[name].table,),
        mode=SyncMode.FULL,
        backfill_window=None,
        scopes=(_SCOPE,),
        description=REPORTS[name].table.description,
        in_report=False,
    )


def _of_days(name: str) -> Stream:
    return Stream(
        name,
        tables=(REPORTS[name].table,),
        mode=SyncMode.DAYS,
        backfill_window=timedelta(days=90),
        overlap=timedelta(days=3),
        lookback=timedelta(days=30),
        day_column=REPORT_DATE,
        history=KEPT_BY_GOOGLE,
        scopes=(_SCOPE,),
        description=REPORTS[name].table.description,
        in_report=False,
    )


STREAMS = (
    *(_of_things(name) for name in ("campaigns", "ad_groups", "ads", "keywords")),
    *(_of_days(name) for name in ("campaign_days", "conversion_days", "ad_days", "keyword_days")),
)


def looking_back(days: int) -> tuple[Stream, ...]:
    """The streams, for an account whose days are restated for ``days`` days."""
    return tuple(
        replace(stream, lookback=timedelta(days=days)) if stream.mode is SyncMode.DAYS else stream
        for stream in STREAMS
    )
