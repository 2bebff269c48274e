"""What the pages of alerts show: rows, charts with their expected band, and where the rows behind them are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from fondaco.alerts import Kept, Rule, Severity, parse_rule
from fondaco.alerts.judging import Judgement
from fondaco.alerts.observing import Observed
from fondaco.alerts.watching import told_on
from fondaco.alerts.words import Words
from fondaco.control import Alert
from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery
from fondaco.orchestration.alerting import observer, rulebook, scene, why_unjudged
from fondaco.server.numbers import Numbers
from fondaco.server.pages.choices import address_of
from fondaco.server.pages.health import Badge
from fondaco.server.site import Site

SEVERITIES = {
    "critical": Badge("Critical", "bad"),
    "warning": Badge("Warning", "warn"),
    "info": Badge("Info", "none"),
}
ORIGINS = {"shipped": "Comes with Fondaco", "page": "Made here", "file": "alerts.yml"}
CHART_DAYS = 60
_AFTER_DAYS = 14
"""So many days after it a chart of what has recovered ends."""
_SALES_FILTERS = ("country", "channel", "product", "customer_type", "hour", "weekday", "product_id")


@dataclass(frozen=True, slots=True)
class BandPoint:
    """A day of a chart, in words and, exactly, for drawing."""

    day: str
    tick: str
    value: str
    text: str
    expected: str
    expected_text: str
    low: str
    high: str
    usual: str
    fires: bool
    reason: str


@dataclass(frozen=True, slots=True)
class BandChart:
    """A metric over days with what was expected of it."""

    title: str
    unit: str
    summary: str
    points: Sequence[BandPoint]
    has_expected: bool
    has_band: bool
    has_limit: bool


class AlertView:
    """Alerts and rules as one reader sees them."""

    def __init__(self, site: Site, numbers: Numbers) -> None:
        self.site = site
        self.numbers = numbers
        self.words = Words(site.layer, numbers)

    def row(self, alert: Alert) -> dict[str, Any]:
        """An alert in a list."""
        now = self.site.project.clock()
        snoozed = alert.snoozed_until is not None and alert.snoozed_until > now
        return {
            "alert": alert,
            "badge": SEVERITIES[alert.severity],
            "state": self._state(alert, snoozed=snoozed),
            "since": self.numbers.day(alert.since),
            "opened": self.numbers.instant(alert.opened_at),
            "ago": self.numbers.ago(alert.opened_at, now),
            "recovered": self.numbers.instant(alert.recovered_at) if alert.recovered_at else "",
            "snoozed": self.numbers.instant(alert.snoozed_until) if snoozed and alert.snoozed_until else "",
            "has_chart": _rule_of(alert) is not None,
        }

    @staticmethod
    def _state(alert: Alert, *, snoozed: bool) -> Badge:
        if alert.recovered_at is not None:
            return Badge("Recovered", "good")
        if snoozed:
            return Badge("Snoozed", "none")
        return Badge("Looked after", "none") if alert.acknowledged_at else Badge("Open", "warn")

    def rule_row(self, kept: Kept) -> dict[str, Any]:
        """A rule in the list of rules."""
        return {
            "kept": kept,
            "rule": kept.rule,
            "badge": SEVERITIES[kept.rule.severity],
            "sentence": kept.fault or self.words.rule(kept.rule),
            "origin": ORIGINS[kept.origin] + (", in the place of a shipped one" if kept.is_changed else ""),
            "unjudged": self.unjudged(kept),
            "is_untold": kept.rule.enabled and bool(kept.rule.channels) and not self._told_on(kept.rule),
        }

    def _told_on(self, rule: Rule) -> list[str]:
        return told_on(rule, self.site.control.alert_channels.all(self.site.tenant_id))

    def unjudged(self, kept: Kept) -> str:
        """Why a rule that is on cannot be judged, or not for all that it looks at; empty where it can."""
        if kept.fault or not kept.rule.enabled:
            return ""
        project, rule = self.site.project, kept.rule
        key = ("rule unjudged", str(rule.to_mapping()), scene(project).finished)
        return self.site.remembered(key, lambda: why_unjudged(project, rule, self.numbers))

    def rules(self) -> list[Kept]:
        return rulebook(self.site.project).all()

    def chart_of(self, alert: Alert) -> BandChart | None:
        """The course of an alert's metric around its days; None where it has none, or nothing is published."""
        rule, finished = _rule_of(alert), scene(self.site.project).finished
        if rule is None or finished is None:
            return None
        last = min(finished, alert.day + timedelta(_AFTER_DAYS)) if alert.recovered_at else finished
        subjects = (alert.subject,) if rule.for_each else ()

        def look() -> list[Observed]:
            return observer(self.site.project).observe(rule, max(last, alert.day), CHART_DAYS, subjects)

        key = ("alert chart", str(rule.to_mapping()), max(last, alert.day), subjects)
        try:
            found = self.site.remembered(key, look)
        except ConfigError:  # the metric is gone since
            return None
        return self.chart(rule, found[0], alert.subject_name) if found else None

    def chart(self, rule: Rule, observed: Observed, name: str = "") -> BandChart:
        """What was observed of one subject, for drawing."""
        points = [
            self._point(rule, day, one) for day, one in zip(observed.days, observed.judged, strict=True)
        ]
        metric = self.site.layer.metric(rule.metric)
        title = metric.label + (f" of {rule.days} days" if rule.days > 1 else "")
        if rule.of or (rule.kind == "share"):
            whole = self.site.layer.metric(rule.of).label.lower() if rule.of else "the total"
            title += f", share of {whole}"
        fired = [point.day for point in points if point.fires]
        told = f"outside on {', '.join(fired[-5:])}" if fired else "inside on every day"
        of = f" of {name}" if name else ""
        summary = f"{title}{of} over {len(points)} days, {told}. The table button shows every value."
        return BandChart(
            title=title,
            unit=self.words.unit(rule),
            summary=summary,
            points=points,
            has_expected=any(point.expected for point in points),
            has_band=any(point.low and point.high for point in points),
            has_limit=any(point.low or point.high for point in points),
        )

    def _point(self, rule: Rule, day: date, one: Judgement) -> BandPoint:
        def exact(value: Any) -> str:
            return "" if value is None else format(value, "f")

        def text(value: Any) -> str:
            return self.words.figure(rule, value)

        low, high = one.low, one.high
        if low is not None and high is not None:
            usual = f"{text(low)} to {text(high)}"
        elif low is None and high is None:
            usual = text(None)
        else:
            usual = f"from {text(low)}" if high is None else f"up to {text(high)}"
        return BandPoint(
            self.numbers.weekday(day), self.numbers.short_day(day), exact(one.value), text(one.value), exact(one.expected),
            text(one.expected), exact(low), exact(high), usual, bool(one.fires), one.reason,
        )  # fmt: skip

    def behind(self, alert: Alert) -> tuple[str, str]:
        """The address of the rows behind an alert, and what it is called."""
        rule = _rule_of(alert)
        if rule is None:
            return "/runs", "Runs & data health"
        where = dict(rule.where)
        if rule.for_each:
            where[rule.for_each] = (alert.subject,)
        campaigns = where.get("campaign_id", ())
        if len(campaigns) == 1 and campaigns[0]:
            days = {
                "range": "custom",
                "from": (alert.since - timedelta(rule.days - 1)).isoformat(),
                "to": alert.day.isoformat(),
            }
            return address_of(
                "marketing/campaigns", campaigns[0], urlencode(days)
            ), "The campaign on these days"
        is_whole = True
        asked = {
            "range": "custom",
            "from": (alert.since - timedelta(rule.days - 1)).isoformat(),
            "to": alert.day.isoformat(),
            "metric": rule.metric,
            "clock": rule.clock,
        }
        for dimension, values in where.items():
            is_of_sales = dimension == "connection_id" or dimension in _SALES_FILTERS
            if len(values) != 1 or not is_of_sales:
                is_whole = False
            elif dimension == "connection_id":
                asked["shop"] = values[0]
            else:
                asked[dimension] = values[0] or "~"
        query = MetricQuery((rule.metric,), first=alert.since, last=alert.day)
        if not self.site.layer.answers(query):
            return "/sales", "Sales"
        return f"/sales?{urlencode(asked)}", "The orders of these days" if is_whole else "Sales of these days"

    def preview(self, rule: Rule, days: int = 90) -> dict[str, Any]:
        """On which of the last days a rule would have fired; the chart of the subject of which it did most often."""
        last = scene(self.site.project).finished
        if last is None:
            raise ConfigError("Nothing is published yet, so nothing can be tried.", "Run `fondaco run`.")
        found = observer(self.site.project).observe(rule, last, days)
        names = observer(self.site.project).names(rule, [each.subject for each in found])
        fired = [
            (day, names[each.subject] if rule.for_each else "", one)
            for each in found
            for day, one in zip(each.days, each.judged, strict=True)
            if one.fires
        ]
        most = max(found, key=lambda each: sum(bool(one.fires) for one in each.judged), default=None)
        reasons = {one.reason for each in found for one in each.judged[-1:] if one.fires is None}
        rows = [
            {"day": self.numbers.weekday(day), "name": name, "value": self.words.figure(rule, one.value), "against": self.words.against(rule, one)}
            for day, name, one in sorted(fired, key=lambda each: each[0], reverse=True)
        ]  # fmt: skip
        return {
            "sentence": self.words.rule(rule),
            "days": days,
            "last": self.numbers.day(last),
            "times": len(rows),
            "subjects": len(found),
            "rows": rows[:30],
            "chart": self.chart(rule, most, names[most.subject] if rule.for_each else "") if most else None,
            "chart_of": names[most.subject] if most and rule.for_each else "",
            "unjudged": sorted(reasons),
        }


def severities() -> Mapping[str, str]:
    """The words of a menu of severities."""
    return {one.value: one.value.capitalize() for one in Severity}


def _rule_of(alert: Alert) -> Rule | None:
    """The rule over a metric as it was when it was judged last; None for others."""
    try:
        rule = parse_rule(alert.rule, alert.definition)
    except ConfigError:
        return None
    return rule if rule.is_over_metric else None
