"""Rules and findings as sentences: what, how much against what was expected, since when. No personal data stands in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fondaco.alerts.judging import Judgement
from fondaco.alerts.rule import Kind, Rule
from fondaco.metrics import SemanticLayer
from fondaco.numbers import NOTHING, Numbers


class Words:
    """Writes for one merchant."""

    def __init__(self, layer: SemanticLayer, numbers: Numbers) -> None:
        self._layer = layer
        self.numbers = numbers

    def rule(self, rule: Rule) -> str:
        """A rule in a sentence."""
        if not rule.is_over_metric:
            return self._of_pipeline(rule)
        metric = self._layer.metric(rule.metric).label
        what = metric + (f" of {rule.days} days" if rule.days > 1 else "")
        if rule.kind is Kind.ANOMALY:
            side = "outside" if rule.side == "either" else rule.side
            said = f"{what} of a day {side} the band that is usual"
        elif rule.kind is Kind.CHANGE:
            same = "the same weekday" if rule.days % 7 else "the same days"
            said = f"{what} {self._limits(rule, change=True)} than on {same} of the {rule.weeks} weeks before"
        elif rule.kind is Kind.SHARE:
            whole = self._layer.metric(rule.of).label.lower() if rule.of else "its total"
            said = f"{what} {self._limits(rule)} of {whole}"
        else:
            said = f"{what} {self._limits(rule)}"
        return said + self._scope(rule)

    def unit(self, rule: Rule) -> str:
        """The unit of what is judged."""
        return "rate" if rule.kind is Kind.SHARE else str(self._layer.metric(rule.metric).unit)

    def figure(self, rule: Rule, value: Decimal | None) -> str:
        """A value of what is judged; of what is counted, whole, also where a fraction is expected."""
        if rule.is_over_metric:
            if self.unit(rule) == "count":
                return self.numbers.count(value)
            return self.numbers.figure(value, self.unit(rule))
        return self.numbers.figure(value, "rate" if rule.kind is Kind.QUARANTINE else "count")

    def days(self, rule: Rule, day: date) -> str:
        return self.numbers.day(day) if rule.days == 1 else f"the {rule.days} days to {self.numbers.day(day)}"

    def title(self, rule: Rule, subject_name: str) -> str:
        return f"{rule.title}: {subject_name}" if subject_name else rule.title

    def finding(self, rule: Rule, judged: Judgement, day: date, subject_name: str) -> str:
        """What was found on a day, against what was expected."""
        of = f" of {subject_name}" if subject_name else ""
        value = self.figure(rule, judged.value)
        what = self._what(rule)
        said = (
            f"{what}{of}: {value} on {self.numbers.day(day)}"
            if rule.days == 1
            else f"{what}{of}: {value} in {self.days(rule, day)}"
        )
        return f"{said}, {self.against(rule, judged)}."

    def against(self, rule: Rule, judged: Judgement) -> str:
        """What the value is held against."""
        value, low, high = judged.value, judged.low, judged.high
        below = low is not None and value is not None and value < low
        side = "below" if below else "above"
        bound = self.figure(rule, low if below else high)
        if judged.expected is None:
            return f"{side} the limit of {bound}"
        expected = self.figure(rule, judged.expected)
        if rule.kind is Kind.ANOMALY:
            return f"{side} the expected {expected} (usual: {self.figure(rule, low)} to {self.figure(rule, high)})"
        change = self.numbers.change(value, judged.expected, unit=self.unit(rule)).text
        return f"{'' if change == NOTHING else f'{change} '}against {expected} before (limit: {bound})"

    def _what(self, rule: Rule) -> str:
        label = self._layer.metric(rule.metric).label
        if rule.kind is not Kind.SHARE:
            return label
        return (
            f"{label} as a share of {self._layer.metric(rule.of).label.lower() if rule.of else 'the total'}"
        )

    def _limits(self, rule: Rule, *, change: bool = False) -> str:
        parts = []
        for limit, word, sign in ((rule.above, "above", "more"), (rule.below, "below", "less")):
            if limit is None:
                continue
            if change:
                parts.append(f"over {self.numbers.rate(abs(limit))} {sign}")
            else:
                parts.append(f"{word} {self.figure(rule, limit)}")
        return " or ".join(parts)

    def _scope(self, rule: Rule) -> str:
        said = "".join(
            f", {name.replace('_id', '').replace('_', ' ')} {' or '.join(value or 'none' for value in values)}"
            for name, values in rule.where.items()
        )
        return said + (
            f", for each {rule.for_each.replace('_id', '').replace('_', ' ')}" if rule.for_each else ""
        )

    def _of_pipeline(self, rule: Rule) -> str:
        if rule.kind is Kind.SYNC_FAILURE:
            return "A shop could not be read, or not whole, in the newest run"
        if rule.kind is Kind.STALE_DATA:
            return f"A shop was not read for more than {self.numbers.count(rule.above or 48)} hours"
        if rule.kind is Kind.RECONCILIATION:
            days = int(rule.above or 0)
            return (
                f"More than {days} days differ from a shop’s own report"
                if days
                else "A day differs from a shop’s own report"
            )
        least = f", and at least {self.numbers.count(rule.least)}" if rule.least else ""
        return f"More than {self.numbers.rate(rule.above or 0)} of a shop’s records set aside in the newest run{least}"
