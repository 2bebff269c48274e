"""Judges all rules once and brings the alerts up to date: opened once a rule and subject, seen again, recovered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fondaco.alerts.health import ShopHealth, diagnose_shops
from fondaco.alerts.observing import Observed, Observer
from fondaco.alerts.rule import Rule, Severity
from fondaco.alerts.rulebook import Kept
from fondaco.alerts.words import Words
from fondaco.clock import day_bounds, local_date
from fondaco.control import Alert, AlertChannel, ControlPlane
from fondaco.control.alerts import Found
from fondaco.errors import FondacoError


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to look at.

    Attributes
    ----------
    finished
        The last day that was over, in every shop's zone and the merchant's, when the published run began; None before one has.
    today
        The merchant's day.
    """

    shops: Sequence[ShopHealth]
    finished: date | None
    today: date
    now: datetime


@dataclass
class Outlook:
    """What came of one look.

    Attributes
    ----------
    quiet
        How many subjects were judged and are as they should be.
    unjudged
        Rule, subject and why nothing can be said of it.
    faults
        Rules that could not be judged at all.
    """

    opened: list[Alert] = field(default_factory=list)
    seen: list[Alert] = field(default_factory=list)
    recovered: list[Alert] = field(default_factory=list)
    quiet: int = 0
    unjudged: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[tuple[str, FondacoError]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Verdict:
    subject: str
    subject_name: str
    fires: bool | None
    found: Found | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """One tenant's rules and alerts, in the hands of one actor (``run``, ``cli``)."""

    control: ControlPlane
    observer: Observer
    words: Words
    tenant_id: str
    actor: str

    def look(self, rules: Sequence[Kept], scene: Scene) -> Outlook:
        """Judge every rule that is on, and change the alerts accordingly. One that cannot be judged keeps back no other."""
        outlook = Outlook()
        open_ones = {(one.rule, one.subject): one for one in self.control.alerts.open_ones(self.tenant_id)}
        channels = self.control.alert_channels.all(self.tenant_id)
        watched: set[tuple[str, str]] = set()
        for kept in rules:
            rule = kept.rule
            subjects = [subject for name, subject in open_ones if name == rule.name]
            if kept.fault:  # what cannot be judged ends no alert
                watched |= {(rule.name, subject) for subject in subjects}
                continue
            if not rule.enabled:
                continue
            try:
                verdicts = list(self._verdicts(rule, scene, subjects))
            except FondacoError as error:
                outlook.faults.append((rule.name, error))
                watched |= {(rule.name, subject) for subject in subjects}
                continue
            for verdict in verdicts:
                watched.add((rule.name, verdict.subject))
                before = open_ones.get((rule.name, verdict.subject))
                self._take(rule, verdict, before, told_on(rule, channels), outlook)
        for key, alert in open_ones.items():
            if key not in watched:
                names = [channel.name for channel in channels if channel.is_on]
                self._recover(alert, "Its rule does not look at it any more.", names, outlook)
        return outlook

    def _take(
        self, rule: Rule, verdict: _Verdict, before: Alert | None, channels: Sequence[str], outlook: Outlook
    ) -> None:
        if verdict.fires is None:
            outlook.unjudged.append((rule.name, verdict.subject_name, verdict.reason))
        elif not verdict.fires:
            outlook.quiet += 1
            if before is not None:
                self._recover(before, verdict.reason, channels, outlook)
        elif verdict.found is not None and before is not None:
            found = verdict.found
            outlook.seen.append(self.control.alerts.see(self.tenant_id, before.alert_id, found, self.actor))
        elif verdict.found is not None:
            opened = self.control.alerts.open(self.tenant_id, verdict.found, self.actor, channels)
            if opened is not None:
                outlook.opened.append(opened)

    def _recover(self, alert: Alert, said: str, channels: Sequence[str], outlook: Outlook) -> None:
        recovered = self.control.alerts.recover(self.tenant_id, alert.alert_id, self.actor, said, channels)
        if recovered is not None:
            outlook.recovered.append(recovered)

    def _verdicts(self, rule: Rule, scene: Scene, subjects: Sequence[str]) -> Iterator[_Verdict]:
        if not rule.is_over_metric:
            yield from self._of_shops(rule, scene, subjects)
        elif scene.finished is None:
            yield from (
                _Verdict(subject, "", None, reason="nothing is published yet") for subject in subjects or [""]
            )
        else:
            yield from self._of_metric(rule, scene, scene.finished, subjects)

    def _of_metric(self, rule: Rule, scene: Scene, day: date, subjects: Sequence[str]) -> Iterator[_Verdict]:
        observed = self.observer.observe(rule, day)
        if rule.for_each and (gone := set(subjects) - {each.subject for each in observed}):
            observed += self.observer.observe(rule, day, subjects=sorted(gone))
        names = self.observer.names(rule, [each.subject for each in observed])
        # An account of ads that nobody can read keeps no rule back that looks at what was sold.
        needs_all = self.observer.needs_advertising(rule)
        read = [shop for shop in scene.shops if shop.is_shop or needs_all]
        for each in observed:
            name = names[each.subject] if rule.for_each else ""
            unread = _unread(rule, each.subject, read, day)
            if unread:
                yield _Verdict(each.subject, name, None, reason=unread)
                continue
            newest = each.newest
            if newest.fires:
                yield _Verdict(each.subject, name, True, self._found(rule, each, name))
            else:
                said = f"{self.words.figure(rule, newest.value)} on {self.words.numbers.day(day)} is as expected again."
                yield _Verdict(each.subject, name, newest.fires, reason=newest.reason or said)

    def _found(self, rule: Rule, observed: Observed, name: str) -> Found:
        newest, day = observed.newest, observed.days[-1]
        return Found(
            rule.name, observed.subject, name, self.words.title(rule, name), self.words.finding(rule, newest, day, name),
            rule.severity.value, observed.since, day, newest.value, newest.expected, newest.low, newest.high,
            rule.to_mapping(), rule.owner,
        )  # fmt: skip

    def _of_shops(self, rule: Rule, scene: Scene, subjects: Sequence[str]) -> Iterator[_Verdict]:
        known = {
            alert.subject: alert.since
            for alert in self.control.alerts.open_ones(self.tenant_id)
            if alert.rule == rule.name
        }
        for one in diagnose_shops(rule, scene.shops, scene.now):
            shop = one.shop
            found = None
            if one.fires:
                found = Found(
                    rule.name, shop.connection_id, shop.name, self.words.title(rule, shop.name), one.said, rule.severity.value,
                    known.get(shop.connection_id, scene.today), scene.today, one.value, None, None, rule.above,
                    rule.to_mapping(), rule.owner,
                )  # fmt: skip
            reason = "All is well again." if one.fires is False else "nothing is known of it"
            yield _Verdict(shop.connection_id, shop.name, one.fires, found, reason)


def told_on(rule: Rule, channels: Sequence[AlertChannel]) -> list[str]:
    """The channels on which a rule's alerts are told: those that it names, else all; not those for more severe ones only."""
    return [
        channel.name
        for channel in channels
        if channel.is_on
        and (not rule.channels or channel.name in rule.channels)
        and rule.severity.rank >= Severity(channel.severity).rank
    ]


def finished_day(published_at: datetime | None, zones: Sequence[str]) -> date | None:
    """The last day that was over in every one of ``zones`` when the run began that made the figures."""
    if published_at is None:
        return None
    return min(local_date(published_at, name) for name in zones) - timedelta(1)


def _unread(rule: Rule, subject: str, shops: Sequence[ShopHealth], day: date) -> str:
    """Why the day's figures are not whole: a shop that the rule looks at was not read to its end. Empty if they are."""
    chosen = [subject] if rule.for_each == "connection_id" else list(rule.where.get("connection_id", ()))
    named = [subject] if rule.for_each == "shop" else list(rule.where.get("shop", ()))
    for shop in shops:
        if (chosen and shop.connection_id not in chosen) or (named and shop.name not in named):
            continue
        until = shop.read_until
        if until is not None and until < day_bounds(day, shop.time_zone)[1]:
            return f"{shop.name} is read up to {until:%Y-%m-%d %H:%M} UTC only, so the day is not whole"
    return ""
