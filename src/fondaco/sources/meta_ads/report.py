"""Rows of insights: small questions at once, large ones by a report that Meta makes meanwhile, too large ones in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from fondaco.errors import RetryableError
from fondaco.sources.meta_ads.client import MetaClient, Record
from fondaco.sources.meta_ads.faults import THROTTLED, VENDOR, TooMuchDataError
from fondaco.sources.meta_ads.fields import AD_STATUSES, INSIGHT_FIELDS, REPORT_RUN_FIELDS
from fondaco.sources.meta_ads.tally import amount

AT_ONCE_DAYS = 7
"""Up to so many days are asked for directly; an answer comes within seconds or not at all."""

_FIRST_POLL_SECONDS, _LONGEST_POLL_SECONDS = 0.5, 30.0
_LONGEST_REPORT_SECONDS = 3_600.0
_ATTEMPTS = 2
_DONE, _FAILED = "Job Completed", ("Job Failed", "Job Skipped")


class ReportFailedError(Exception):
    """Meta gave up on a report. It may have been too large, or bad luck."""


@dataclass(frozen=True, slots=True)
class Question:
    """Days of the account, both included, and the campaigns; none: all."""

    first: date
    last: date
    campaigns: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def filtering(self) -> list[Record]:
        """Without the ads' statuses Meta leaves archived and deleted ads out, and their spend with them."""
        found: list[Record] = [{"field": "ad.effective_status", "operator": "IN", "value": list(AD_STATUSES)}]
        if self.campaigns:
            found.append({"field": "campaign.id", "operator": "IN", "value": list(self.campaigns)})
        return found

    def halves(self) -> tuple[Question, Question] | None:
        """Two questions for this one: by days, then by campaigns; None where it has but one of each."""
        if self.days > 1:
            middle = self.first + timedelta(days=self.days // 2)
            return replace(self, last=middle - timedelta(days=1)), replace(self, first=middle)
        if len(self.campaigns) > 1:
            half = len(self.campaigns) // 2
            return replace(self, campaigns=self.campaigns[:half]), replace(
                self, campaigns=self.campaigns[half:]
            )
        return None


class Insights:
    """Reads insights of one account by ad and day, with purchases in ``windows``."""

    def __init__(self, client: MetaClient, windows: Sequence[str], *, sleep: Callable[[float], None]) -> None:
        self._client = client
        self._windows = list(windows)
        self._sleep = sleep

    def pages(self, question: Question) -> Iterator[list[Record]]:
        """All rows. A row may come twice where a question was put again in parts; none is left out.

        Raises
        ------
        RetryableError
            If one campaign's single day is too much, or a report does not end.
        """
        try:
            yield from self._rows(question)
        except (TooMuchDataError, ReportFailedError) as error:
            for part in self._parts(question, error):
                yield from self.pages(part)

    def spend_by_day(self, question: Question) -> dict[str, Decimal]:
        """What Meta tells for the account as a whole, whatever became of its ads: day (ISO) → spend."""
        asked = {
            "level": "account",
            "fields": "spend",
            "time_range": {"since": question.first.isoformat(), "until": question.last.isoformat()},
            "time_increment": "1",
        }
        pages = self._client.pages(f"{self._client.account}/insights", **asked)
        return {str(row["date_start"]): amount(row.get("spend")) for row in chain.from_iterable(pages)}

    def _rows(self, question: Question) -> Iterator[list[Record]]:
        if question.days <= AT_ONCE_DAYS:
            try:
                yield from self._client.pages(f"{self._client.account}/insights", **self._asked(question))
            except TooMuchDataError:
                pass
            else:
                return
        yield from self._client.pages(f"{self._report(question)}/insights")

    def _parts(self, question: Question, error: Exception) -> Sequence[Question]:
        parts = question.halves()
        if parts is not None:
            return parts
        if not question.campaigns and (known := self._campaigns(question)):
            return [replace(question, campaigns=known)]
        raise RetryableError(
            f"{VENDOR} cannot make the report of {question.first} even for a single campaign.",
            "Run `fondaco run` again later; if it stays, read fewer attribution windows with "
            "`fondaco connect meta_ads --set attribution_windows=7d_click,1d_view`.",
        ) from error

    def _campaigns(self, question: Question) -> tuple[str, ...]:
        """Campaigns with delivery in the days asked for: a small question. None where even that is too much."""
        asked = self._asked(question) | {"level": "campaign", "fields": "campaign_id"}
        del asked["action_attribution_windows"]
        pages = self._client.pages(f"{self._client.account}/insights", **asked)
        try:
            return tuple(sorted({str(row["campaign_id"]) for row in chain.from_iterable(pages)}))
        except TooMuchDataError:
            return ()

    def _asked(self, question: Question) -> dict[str, Any]:
        return {
            "level": "ad",
            "fields": ",".join(INSIGHT_FIELDS),
            "time_range": {"since": question.first.isoformat(), "until": question.last.isoformat()},
            "time_increment": "1",
            "action_attribution_windows": self._windows,
            "use_unified_attribution_setting": "true",
            "filtering": question.filtering,
        }

    def _report(self, question: Question) -> str:
        """Have Meta make a report, wait for it, and give its number."""
        for attempt in range(_ATTEMPTS):
            started = self._client.post(f"{self._client.account}/insights", **self._asked(question))
            number = str(started.get("report_run_id") or "")
            if not number.isdigit():
                raise RetryableError(
                    f"{VENDOR} named no report when it was asked for one.",
                    "Run `fondaco run` again later; what was read is kept.",
                )
            try:
                self._wait_for(number)
            except ReportFailedError:
                if attempt + 1 == _ATTEMPTS:
                    raise
            else:
                return number
        raise AssertionError("the last attempt raises or returns")

    def _wait_for(self, number: str) -> None:
        """Both the word and 100 % must be there: a report is called completed before its rows are."""
        waited, pause = 0.0, _FIRST_POLL_SECONDS
        while waited < _LONGEST_REPORT_SECONDS:
            state = self._client.get(number, fields=",".join(REPORT_RUN_FIELDS))
            status = state.get("async_status")
            if status in _FAILED:
                if state.get("error_code") in THROTTLED:
                    raise RetryableError(
                        f"{VENDOR} limits the reports of this account (code {state['error_code']}).",
                        "Run `fondaco run` again later; what was read is kept.",
                    )
                raise ReportFailedError(f"{status}, code {state.get('error_code')}")
            if status == _DONE and state.get("async_percent_completion") == 100:
                return
            self._sleep(pause)
            waited += pause
            pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)
        raise RetryableError(
            f"{VENDOR} did not finish a report within an hour.",
            "Run `fondaco run` again later; what was read is kept.",
        )
