"""Scores and segments of today, and how customers moved between segments from month to month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fondaco.analytics import rfm
from fondaco.analytics.purchases import Summaries
from fondaco.jobs.reading import EPOCH, History

MONTHS = 13
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Segmented:
    """By customer of ``summaries``.

    Attributes
    ----------
    segment, previous
        Places in ``rfm.SEGMENTS``, now and at the end of the month before; -1 for who had not bought yet.
    """

    scores: rfm.RFM
    segment: NDArray[np.intp]
    previous: NDArray[np.intp]


def segment_today(history: History, summaries: Summaries) -> Segmented:
    """Scores and segments as of the last known day."""
    scores, segment = _segments(summaries)
    before = _by_code(history, month_ends(history.as_of, 1)[0])
    return Segmented(scores, segment, before[summaries.customer])


def movements(history: History) -> pa.Table:
    """Rows of ``SEGMENT_MOVEMENTS`` but for the tenant: the last ``MONTHS`` ends of months, and the last known day."""
    first = EPOCH + timedelta(days=int(history.purchases.day.min()))
    ends = [
        *(end for end in month_ends(history.as_of, MONTHS) if end >= first),
        history.as_of,
    ]
    found: list[tuple[date, str, str, int]] = []
    places = len(rfm.SEGMENTS)
    before = np.full(len(history.person_ids), _NOBODY, np.intp)
    for place, end in enumerate(ends):
        now = _by_code(history, end)
        known = now != _NOBODY
        counts = np.bincount((before[known] + 1) * places + now[known], minlength=(places + 1) * places)
        # The first end has no month before it that would tell who is new.
        for key in np.flatnonzero(counts) if place else ():
            origin = rfm.SEGMENTS[key // places - 1] if key >= places else ""
            found.append((end, origin, rfm.SEGMENTS[key % places], int(counts[key])))
        before = now
    names = ("month_end", "from_segment", "to_segment", "customers")
    kinds = (pa.date32(), pa.string(), pa.string(), pa.int64())
    columns = list(zip(*found, strict=True)) if found else [()] * len(names)
    return pa.table(
        {name: pa.array(values, kind) for name, values, kind in zip(names, columns, kinds, strict=True)}
    )


def month_ends(day: date, count: int) -> list[date]:
    """The last ``count`` days before ``day`` on which a month ended, oldest first."""
    ends = []
    for _ in range(count):
        day = day.replace(day=1) - timedelta(days=1)
        ends.append(day)
    return ends[::-1]


def _by_code(history: History, end: date) -> NDArray[np.intp]:
    """Each customer code's segment at the end of a day, as it was known then; that of the last known day by all that is known now."""
    found = np.full(len(history.person_ids), _NOBODY, np.intp)
    day, purchases = (end - EPOCH).days, history.purchases
    if history.returned is not None and end < history.as_of:
        known = purchases.as_known(day, history.returned)
        # Taken off and put back, 50 may be a hair more or less than 50; equal customers get equal scores.
        purchases = replace(known, value=np.round(known.value, 6))
    summaries = purchases.summaries(day)
    if len(summaries.customer):
        found[summaries.customer] = _segments(summaries)[1]
    return found


def _segments(summaries: Summaries) -> tuple[rfm.RFM, NDArray[np.intp]]:
    scores = rfm.score(summaries.silence, summaries.purchases, summaries.value)
    return scores, rfm.segment(scores)
