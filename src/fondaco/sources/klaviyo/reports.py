"""Klaviyo's reports: what became of the messages of a span of days, in as few requests as can be.

Reports count all that became of a message on the day of its send, whenever it happened; the account's days, whatever offset is
asked for. Of campaigns there is no report by day: one of the whole span is asked for, and each campaign has the day it was
sent on. One that is being sent for days counts on its first. Of flows there is one by day, for 60 days at most. Klaviyo takes
two reports a minute and 225 a day of each kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fondaco.sources.klaviyo import records
from fondaco.sources.klaviyo.client import KlaviyoClient, Record

_SENDING_DAYS = 7
_LONGEST = {"campaign": 350, "flow": 60}
_CAMPAIGN_GROUPS = ("campaign_id", "campaign_message_id", "campaign_message_name", "send_channel")
_FLOW_GROUPS = ("flow_id", "flow_name", "flow_message_id", "flow_message_name", "send_channel")


@dataclass(frozen=True, slots=True)
class Question:
    """A span of the account's days, both ends included, and what conversions are."""

    first: date
    last: date
    metric_id: str
    has_claims: bool
    """Whether the metric is that of orders; else conversions mean nothing."""
    currency: str


def spans(first: date, last: date, kind: str) -> Iterator[tuple[date, date]]:
    """The days from first to last in pieces that one report can hold."""
    while first <= last:
        end = min(first + timedelta(days=_LONGEST[kind] - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def campaign_rows(
    client: KlaviyoClient, question: Question, sent_on: Mapping[str, date]
) -> Iterator[list[Record]]:
    """Records of the campaigns that were sent on the question's days.

    Parameters
    ----------
    sent_on
        Campaign → the account's day on which its sending began.
    """
    for first, last in spans(question.first, question.last, "campaign"):
        ours = {campaign for campaign, day in sent_on.items() if first <= day <= last}
        if not ours:
            continue
        asked = _attributes(question, first, last + timedelta(days=_SENDING_DAYS), _CAMPAIGN_GROUPS)
        for answer in client.report("campaign-values-report", asked):
            yield [
                _row(result["groupings"], result["statistics"], sent_on[result["groupings"]["campaign_id"]], question)
                for result in answer["data"]["attributes"]["results"]
                if result["groupings"].get("campaign_id") in ours
            ]  # fmt: skip


def flow_rows(client: KlaviyoClient, question: Question) -> Iterator[list[Record]]:
    """Records of the flows that sent anything on the question's days."""
    for first, last in spans(question.first, question.last, "flow"):
        asked = _attributes(question, first, last, _FLOW_GROUPS) | {"interval": "daily"}
        for answer in client.report("flow-series-report", asked):
            yield list(_series(answer["data"]["attributes"], first, last, question))


def _series(attributes: Record, first: date, last: date, question: Question) -> Iterator[Record]:
    days = [date.fromisoformat(str(instant)[:10]) for instant in attributes["date_times"]]
    for result in attributes["results"]:
        for place, day in enumerate(days):
            counted = {
                name: values[place]
                for name, values in result["statistics"].items()
                if isinstance(values, list) and place < len(values)
            }
            if first <= day <= last and any(counted.values()):
                yield _row(result["groupings"], counted, day, question)


def _row(
    groupings: Mapping[str, Any], statistics: Mapping[str, Any], day: date, question: Question
) -> Record:
    row = records.figures(groupings, statistics, day.isoformat(), question.currency)
    return row if question.has_claims else row | dict.fromkeys(records.CLAIMS)


def _attributes(question: Question, first: date, last: date, groups: tuple[str, ...]) -> Record:
    return {
        "statistics": list(records.STATISTICS),
        "timeframe": {"start": f"{first}T00:00:00+00:00", "end": f"{last + timedelta(days=1)}T00:00:00+00:00"},
        "conversion_metric_id": question.metric_id,
        "group_by": list(groups),
    }  # fmt: skip
