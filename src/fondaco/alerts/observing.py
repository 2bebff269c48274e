"""Reads what rules are about from the semantic layer, and judges it day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from fondaco.alerts.judging import Judgement, Series, judge
from fondaco.alerts.rule import Kind, Rule
from fondaco.analytics.anomaly import Scale
from fondaco.analytics.anomaly.seasonal import HISTORY_DAYS
from fondaco.metrics import MetricQuery, SemanticLayer
from fondaco.metrics.sight import read_visits, silent_in_words
from fondaco.warehouse.engine import Reader

MOST_SUBJECTS = 100
"""Of a dimension the largest are looked at, by the metric over the last four weeks; of shares by their whole."""
_LOOKED_BACK = 30
"""Since when it has been so is looked for so many days back."""
_NAMED = {
    "connection_id": ("connections", "name"),
    "campaign_id": ("campaigns", "name"),
    "product_id": ("products", "title"),
}
"""Where the names of a dimension's values stand: mart and column."""
_MADE_OF_VISITS = "attributed_"
"""What the columns are called that hold what advertising brought."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A subject of a rule over some days, each judged. ``subject`` is a value of ``rule.for_each``; empty for the whole."""

    subject: str
    days: Sequence[date]
    judged: Sequence[Judgement]

    @property
    def newest(self) -> Judgement:
        return self.judged[-1]

    @property
    def since(self) -> date:
        """The first of the days in a row, up to the newest, on which it fired."""
        first = self.days[-1]
        for day, one in zip(reversed(self.days), reversed(self.judged), strict=True):
            if one.fires is False:
                break
            first = day if one.fires else first
        return first


class Observer:
    """One tenant's published metrics, as rules look at them."""

    def __init__(self, layer: SemanticLayer, reader: Reader, tenant_id: str) -> None:
        self._layer = layer
        self._reader = reader
        self._tenant_id = tenant_id

    def needs_advertising(self, rule: Rule) -> bool:
        """Whether the figures of a rule are whole only with what accounts of ads and messages tell."""
        return any(self._layer.is_of_advertising(name) for name in (rule.metric, rule.of) if name)

    def observe(
        self, rule: Rule, last: date, days: int = _LOOKED_BACK, subjects: Sequence[str] = ()
    ) -> list[Observed]:
        """What a rule says of each of the ``days`` that end on ``last``, subject by subject; of ``subjects`` alone where given.

        Raises
        ------
        ConfigError
            If nothing is published, or the rule does not fit the metrics.
        """
        first = last - timedelta(days - 1)
        span = [first + timedelta(n) for n in range(days)]
        scale = self._scale(rule)
        return [
            Observed(subject, span, [judge(rule, series, at, scale) for at in range(len(series.values) - days, len(series.values))])
            for subject, series in self._series(rule, first - timedelta(_needed(rule)), last, subjects)
        ]  # fmt: skip

    def names(self, rule: Rule, subjects: Sequence[str]) -> dict[str, str]:
        """What the subjects are called."""
        if rule.for_each not in _NAMED or not subjects:
            return {subject: subject or f"no {_in_words(rule.for_each)}" for subject in subjects}
        known = self._names(rule.for_each)
        return {
            subject: known.get(subject) or subject or f"no {_in_words(rule.for_each)}" for subject in subjects
        }

    def _names(self, key: str) -> dict[str, str | None]:
        mart, column = _NAMED[key]
        rows = self._reader.query(
            f"select {key} as id, {column} as name from marts.{mart} where tenant_id = $tenant",
            {"tenant": self._tenant_id},
        ).to_pylist()
        return {row["id"]: row["name"] for row in rows}

    def _scale(self, rule: Rule) -> Scale:
        metric = self._layer.metric(rule.metric)
        if metric.unit in ("ratio", "rate") or "/" in metric.sql:
            return Scale.QUOTIENT
        return Scale.COUNT if metric.unit == "count" else Scale.AMOUNT

    def _series(
        self, rule: Rule, first: date, last: date, subjects: Sequence[str]
    ) -> Iterator[tuple[str, Series]]:
        metrics = tuple(dict.fromkeys(name for name in (rule.metric, rule.of) if name))
        whole = f"{rule.of or rule.metric}"
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        unseen = self._unseen(rule, first, last)
        if not rule.for_each:
            rows = self._ask(rule, metrics, first, last, where=rule.where)
            yield "", self._made(rows, rule, whole, days, unseen("") if unseen else ())
            return
        chosen = tuple(subjects) or self._largest(rule, last)
        if not chosen:
            return
        where = {**rule.where, rule.for_each: chosen}
        apart: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in self._ask(rule, metrics, first, last, where=where, for_each=rule.for_each):
            apart[str(row[rule.for_each] or "")].append(row)
        total: dict[date, Decimal | None] = {}
        if rule.kind is Kind.SHARE and not rule.of:
            total = {
                row["day"]: row[rule.metric]
                for row in self._ask(rule, metrics, first, last, where=rule.where)
            }
        for subject in chosen:
            rows = [{**row, "total": total.get(row["day"])} for row in apart[subject]]
            reasons = unseen(subject) if unseen else ()
            yield subject, self._made(rows, rule, whole if rule.of else "total", days, reasons)

    @staticmethod
    def _made(
        rows: Sequence[Mapping[str, Any]],
        rule: Rule,
        whole: str,
        days: Sequence[date],
        unseen: Sequence[str],
    ) -> Series:
        by_day = {row["day"]: row for row in rows}
        ordered = [{} if unseen and unseen[n] else by_day.get(day, {}) for n, day in enumerate(days)]
        return Series(
            [_decimal(row.get(rule.metric)) for row in ordered],
            [_decimal(row.get(whole)) for row in ordered],
            unseen,
        )

    def _largest(self, rule: Rule, last: date) -> tuple[str, ...]:
        size = rule.of or rule.metric
        query = MetricQuery(
            (size,), (rule.for_each,), first=last - timedelta(27), last=last, where=rule.where,
            clock="order" if rule.clock == "order" else "finance", order_by=(f"-{size}",), limit=MOST_SUBJECTS,
        )  # fmt: skip
        found = self._layer.query(self._reader, query, self._tenant_id)
        return tuple(str(value or "") for value in found.column(rule.for_each).to_pylist())

    def _ask(
        self,
        rule: Rule,
        metrics: tuple[str, ...],
        first: date,
        last: date,
        *,
        where: Mapping[str, Sequence[str]],
        for_each: str = "",
    ) -> list[dict[str, Any]]:
        query = MetricQuery(
            metrics, ("day", for_each) if for_each else ("day",), first=first, last=last, where=where,
            clock="order" if rule.clock == "order" else "finance", span_days=rule.days,
        )  # fmt: skip
        found: list[dict[str, Any]] = self._layer.query(self._reader, query, self._tenant_id).to_pylist()
        return found

    def _unseen(self, rule: Rule, first: date, last: date) -> Callable[[str], list[str]] | None:
        """Of a subject, day by day, why what advertising brought cannot be known; None for what needs no visits."""
        if not any(
            _MADE_OF_VISITS in self._layer.metric(name).sql for name in (rule.metric, rule.of) if name
        ):
            return None
        before = timedelta(rule.days - 1)
        visits = read_visits(self._reader, self._tenant_id, first - before, last)
        days = [first + timedelta(n) for n in range((last - first).days + 1)]
        sights = [visits.sight(day - before, day) for day in days]
        shops = self._names("connection_id") if any(each.silent for each in sights) else {}
        said = [
            silent_in_words([shops.get(shop) or shop for shop in each.silent]) if each.silent else ""
            for each in sights
        ]

        def of(subject: str) -> list[str]:
            campaigns = [subject] if rule.for_each == "campaign_id" else rule.where.get("campaign_id", ())
            return [
                "" if sight.is_whole or (campaigns and all(map(sight.sees, campaigns))) else why
                for sight, why in zip(sights, said, strict=True)
            ]

        return of

    def blind(self, rule: Rule, last: date) -> tuple[int, int, str]:
        """How many of a rule's subjects cannot be judged on ``last`` for want of visits, of how many; and why."""
        unseen = self._unseen(rule, last, last)
        if unseen is None:
            return 0, 0, ""
        subjects = self._largest(rule, last) if rule.for_each else ("",)
        reasons = [unseen(subject)[0] for subject in subjects]
        return sum(map(bool, reasons)), len(reasons), next(filter(None, reasons), "")


def _in_words(dimension: str) -> str:
    return dimension.removesuffix("_id").replace("_", " ")


def _needed(rule: Rule) -> int:
    """How many days before the first judged one are looked at."""
    if rule.kind is Kind.ANOMALY:
        return HISTORY_DAYS
    return 7 * -(-rule.days // 7) * rule.weeks if rule.kind is Kind.CHANGE else 0


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)
