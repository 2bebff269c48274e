"""A rule: what is watched, and when it is worth telling. Pure; read from a mapping, as YAML, a form and the API give it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from fondaco.errors import ConfigError


class Kind(StrEnum):
    """What a rule looks at. The first four are over any metric, the others over the pipeline itself."""

    THRESHOLD = "threshold"
    CHANGE = "change"
    SHARE = "share"
    ANOMALY = "anomaly"
    SYNC_FAILURE = "sync_failure"
    STALE_DATA = "stale_data"
    RECONCILIATION = "reconciliation"
    QUARANTINE = "quarantine"


OVER_METRICS = (Kind.THRESHOLD, Kind.CHANGE, Kind.SHARE, Kind.ANOMALY)
_OF_SHARES = (Kind.CHANGE, Kind.SHARE, Kind.QUARANTINE)
"""Kinds whose limits are shares, whatever their metric."""
LIMITED = (Kind.THRESHOLD, Kind.CHANGE, Kind.SHARE)
"""Kinds that need a limit: ``above``, ``below`` or both."""
KIND_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.ANOMALY: ("Unusual", "A day is outside the band that its weekday and the weeks before make likely."),
    Kind.THRESHOLD: ("Threshold", "A metric is above or below a limit."),
    Kind.CHANGE: ("Change", "A metric is so much more or less than on the same weekdays before."),
    Kind.SHARE: ("Share", "A metric is too large or too small a part of another one, or of its own total."),
    Kind.SYNC_FAILURE: ("Sync failure", "A shop could not be read, or not whole, in the newest run."),
    Kind.STALE_DATA: ("Stale data", "A shop was not read for too many hours."),
    Kind.RECONCILIATION: ("Reconciliation", "Our figures of a day differ from the shop's own report."),
    Kind.QUARANTINE: ("Set aside", "Too many records of a shop could not be read in the newest run."),
}  # fmt: skip


class Severity(StrEnum):
    """How much it matters. Critical alerts are told in quiet hours too."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
MOST_DAYS, MOST_WEEKS = 92, 12
LARGEST_BARE = Decimal("1.5")
"""Of a share, a larger number without a percent sign is taken for percent that lacks it."""
_PERCENT = re.compile(r"^([+-]?[0-9]+(?:\.[0-9]+)?) ?%$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes
    ----------
    name
        Its id: small letters, digits and hyphens.
    above, below
        Limits: of a threshold in the metric's unit, of a change as a share of what was before (−0.3 is 30 % less), of a share as
        a part of the whole; of stale data hours, of records set aside a share of those that were read.
    days
        Over how many days, of which the judged one is the last; an anomaly is of one day.
    weeks
        Of a change: against the median of how many weeks before.
    of
        Of a share: the metric that is the whole; empty, the metric's own total over ``for_each``.
    side
        Of an anomaly: either, above or below.
    sensitivity
        Of an anomaly: half the width of the band in robust standard deviations.
    least
        Smaller differences from what was expected do not count, in the metric's unit; of a share: a smaller whole; of records set
        aside: fewer of them.
    where, for_each
        Values of dimensions that are looked at, and a dimension each value of which is judged by itself.
    owner, channels
        Who looks after it; where it is told, empty: on every channel.
    """

    name: str
    kind: Kind
    title: str
    severity: Severity = Severity.WARNING
    metric: str = ""
    above: Decimal | None = None
    below: Decimal | None = None
    days: int = 1
    weeks: int = 4
    of: str = ""
    side: str = "either"
    sensitivity: Decimal = Decimal("3.5")
    least: Decimal = Decimal(0)
    clock: str = "finance"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    for_each: str = ""
    owner: str = ""
    channels: tuple[str, ...] = ()
    enabled: bool = True
    in_percent: frozenset[str] = frozenset()
    """Which of the amounts over ``LARGEST_BARE`` were written with a percent sign."""

    @property
    def is_over_metric(self) -> bool:
        return self.kind in OVER_METRICS

    def to_mapping(self) -> dict[str, Any]:
        """As ``parse_rule`` reads it; what is as usual is left out."""
        usual = Rule("x", self.kind, "")
        told: dict[str, Any] = {"title": self.title, "kind": self.kind.value}
        for name in _FIELDS:
            value = getattr(self, name)
            if name in ("title", "kind") or value == getattr(usual, name):
                continue
            told[name] = f"{value * 100:f} %" if name in self.in_percent else _plain(value)
        return told

    def switched(self, enabled: bool) -> Rule:
        return replace(self, enabled=enabled)


_FIELDS = tuple(name for name in Rule.__slots__ if name not in ("name", "in_percent"))
_WORDS = {"title", "metric", "of", "clock", "for_each", "owner"}
_AMOUNTS = {"above", "below", "least", "sensitivity"}


def parse_rule(name: str, told: Mapping[str, Any]) -> Rule:
    """A rule out of a mapping such as ``{"kind": "threshold", "metric": "return_rate", "above": "12 %"}``.

    Raises
    ------
    ConfigError
        If it is not whole, says what its kind has no use for, or has a wrong value; the first fault is named.
    """
    if not NAME.match(name):
        raise ConfigError(
            f"{name[:63]!r} cannot name a rule.",
            "Use up to 63 small letters, digits and hyphens, e.g. `returns-high`.",
        )
    unknown = sorted(str(key) for key in told if key not in _FIELDS)
    if unknown:
        raise _wrong(name, f"has no field {unknown[0]!r}", f"Choose from {', '.join(_FIELDS)}")
    kind = _one_of(name, "kind", told.get("kind", ""), list(Kind))
    given: dict[str, Any] = {"kind": Kind(kind), "title": name.replace("-", " ").capitalize()}
    for key, value in told.items():
        if key == "kind" or value is None or value == "":
            continue
        given[key] = _read(name, key, value)
    large = (key for key in _AMOUNTS if abs(given.get(key) or 0) > LARGEST_BARE)
    given["in_percent"] = frozenset(key for key in large if _PERCENT.match(_typed(told[key])))
    rule = Rule(name, **given)
    _refuse_incomplete(rule)
    return rule


def _read(name: str, key: str, value: Any) -> Any:
    if key == "severity":
        return Severity(_one_of(name, key, value, list(Severity)))
    if key == "side":
        return _one_of(name, key, value, ["either", "above", "below"])
    if key == "enabled":
        if not isinstance(value, bool):
            raise _wrong(name, f"has enabled = {value!r}", "Write true or false")
        return value
    if key in ("days", "weeks"):
        most = MOST_DAYS if key == "days" else MOST_WEEKS
        if isinstance(value, bool) or not str(value).isdecimal() or not 1 <= int(value) <= most:
            raise _wrong(name, f"has {key} = {str(value)[:20]}", f"Write a whole number from 1 to {most}")
        return int(value)
    if key in _AMOUNTS:
        return amount(name, key, value)
    if key == "where":
        return _conditions(name, value)
    if key == "channels":
        return tuple(_texts(name, key, value))
    text = str(value).strip() if isinstance(value, str | int) else None
    if text is None or len(text) > 200 or any(ord(letter) < 32 for letter in text):
        raise _wrong(name, f"has a {key} that is no line of text", "Write up to 200 letters")
    return text


def amount(name: str, key: str, value: Any) -> Decimal:
    """A number, or a share such as ``30 %``."""
    text = _typed(value)
    percent = _PERCENT.match(text)
    try:
        found = Decimal(percent[1]) / 100 if percent else Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if isinstance(value, bool) or not found.is_finite() or abs(found) > Decimal("1e12"):
        raise _wrong(
            name, f"has {key} = {str(value)[:20]!r}", "Write a number such as 0.3, or a share such as 30 %"
        )
    return found


def _typed(value: Any) -> str:
    return str(value).strip().replace("−", "-")


def refuse_bare(rule: Rule, unit: str) -> None:
    """Refuse a share over ``LARGEST_BARE`` that lacks its percent sign: 30 is 3,000 %, and nobody means it.

    Parameters
    ----------
    unit
        Of what is judged: the metric's, of shares ``rate``.

    Raises
    ------
    ConfigError
        With the way to write it.
    """
    shares = {"above", "below"} if rule.kind in _OF_SHARES or unit in ("rate", "share") else set()
    if unit in ("rate", "share") and rule.is_over_metric and rule.kind is not Kind.SHARE:
        shares.add("least")
    for key in sorted(shares - rule.in_percent):
        value = getattr(rule, key)
        if value is not None and abs(value) > LARGEST_BARE:
            number = f"{value.normalize():f}"
            raise _wrong(
                rule.name,
                f"has {key} = {number}, which is {value * 100:,.0f} %",
                f"Write {number} %, or {value * 100:.0f} % if you mean it",
            )


def _conditions(name: str, value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise _wrong(name, "has a `where` that names no dimensions", "Write it as {country: [DE, AT]}")
    return {str(dimension): tuple(_texts(name, "where", values)) for dimension, values in value.items()}


def _texts(name: str, key: str, value: Any) -> list[str]:
    values = [value] if isinstance(value, str | int) else value
    if not isinstance(values, list | tuple) or not all(isinstance(each, str | int) for each in values):
        raise _wrong(name, f"has a {key} that is no list of texts", "Write it as [DE, AT]")
    return [str(each) for each in values]


def _refuse_incomplete(rule: Rule) -> None:
    name, kind = rule.name, rule.kind
    if rule.is_over_metric and not rule.metric:
        raise _wrong(name, "names no metric", "Name one of `fondaco metrics list`")
    if kind in LIMITED and rule.above is None and rule.below is None:
        raise _wrong(name, "has no limit", "Give `above`, `below` or both")
    if rule.above is not None and rule.below is not None and rule.below >= rule.above:
        raise _wrong(
            name, f"has below = {rule.below}, which is not under above = {rule.above}", "Turn them around"
        )
    if kind is Kind.ANOMALY and rule.days != 1:
        raise _wrong(
            name, f"is an anomaly over {rule.days} days", "An anomaly is of one day; leave `days` out"
        )
    if kind is Kind.ANOMALY and not 1 <= rule.sensitivity <= 20:
        raise _wrong(
            name, f"has sensitivity = {rule.sensitivity}", "Write a number from 1 to 20; 3.5 is usual"
        )
    if kind is Kind.SHARE and not rule.of and not rule.for_each:
        raise _wrong(name, "is a share of nothing", "Name a metric as `of`, or a dimension as `for_each`")
    if rule.least < 0:
        raise _wrong(name, f"has least = {rule.least}", "Write 0 or more")
    if rule.clock not in ("finance", "order"):
        raise _wrong(name, f"has clock = {rule.clock!r}", "Choose finance or order")
    if not rule.is_over_metric and (rule.metric or rule.for_each or rule.where or rule.below is not None):
        raise _wrong(
            name, f"is of kind {kind}, which has no metric, dimension or lower limit", "Leave these out"
        )


def _one_of(name: str, key: str, value: Any, allowed: list[Any]) -> str:
    if str(value) not in [str(each) for each in allowed]:
        raise _wrong(name, f"has {key} = {str(value)[:30]!r}", f"Choose from {', '.join(map(str, allowed))}")
    return str(value)


def _wrong(name: str, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"The rule {name} {what}.", f"{remedy}.")


def _plain(value: Any) -> Any:
    """As JSON and YAML can hold it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {key: list(each) for key, each in value.items()}
    return list(value) if isinstance(value, tuple) else value
