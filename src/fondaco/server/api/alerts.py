"""Alerts: what is open and what was, the rules, and what is done to an alert."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from fondaco.alerts import Kept
from fondaco.alerts.words import Words
from fondaco.control import Alert, ApiToken
from fondaco.control.alerts import NoSuchAlertError
from fondaco.orchestration.alerting import rulebook, usual_words
from fondaco.orchestration.alerting_people import Handling
from fondaco.server.api.access import AskingToken, alerting_token, asking_token
from fondaco.server.api.metrics import ERRORS
from fondaco.server.api.tables import cursor_after, key_of, no_cursor
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(prefix="/alerts", tags=["alerts"], dependencies=[Depends(asking_token)], responses=ERRORS)
TheSite = Annotated[Site, Depends(the_site)]
AlertingToken = Annotated[ApiToken, Depends(alerting_token)]
AlertId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class AlertAnswer(BaseModel):
    """What a rule found of a subject."""

    alert_id: int
    rule: str
    subject: str = Field(description="A shop's id or a value of the rule's dimension; empty for the whole.")
    subject_name: str
    title: str
    said: str = Field(description="What was found, against what was expected, in a sentence.")
    severity: Literal["info", "warning", "critical"]
    since: date = Field(description="The first of the days in a row on which it was so.")
    day: date = Field(description="The newest day that was judged.")
    value: str | None
    expected: str | None
    low: str | None = Field(description="The lower bound of what is usual, or the limit.")
    high: str | None
    owner: str
    opened_at: datetime
    acknowledged_at: datetime | None
    snoozed_until: datetime | None
    recovered_at: datetime | None = Field(description="Null while it is open.")


class AlertsAnswer(BaseModel):
    """Alerts, the newest first."""

    alerts: list[AlertAnswer]
    next: str | None = Field(description="Send it as `cursor` for older ones; null after the last.")


class EventAnswer(BaseModel):
    """Something that happened to an alert."""

    at: datetime
    actor: str = Field(description="run, cli, user:7 or token:3.")
    action: str
    said: str


class HistoryAnswer(BaseModel):
    """What happened to an alert, the newest first."""

    events: list[EventAnswer]


class RuleAnswer(BaseModel):
    """A rule and where it stands."""

    name: str
    origin: Literal["shipped", "page", "file"]
    enabled: bool
    severity: Literal["info", "warning", "critical"]
    sentence: str
    fault: str = Field(description="Why it cannot be judged; empty if it can.")
    definition: dict[str, Any] = Field(description="As docs/alerts.md has it.")


class RulesAnswer(BaseModel):
    """All rules, by name."""

    rules: list[RuleAnswer]


class Snooze(BaseModel):
    """How long nobody is told of it."""

    model_config = ConfigDict(extra="forbid")

    hours: int = Field(ge=0, le=24 * 92, description="0 ends a snooze.")


@router.get("", summary="Alerts")
def alerts(
    site: TheSite,
    state: Annotated[
        Literal["open", "all"], Query(description="`open`, or also those that have recovered.")
    ] = "open",
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
    cursor: Annotated[str, Query(max_length=63, description="`next` of the answer before.")] = "",
) -> AlertsAnswer:
    """Those that are open, or all, the newest first."""
    key = key_of(cursor) if cursor else ""
    if key and not (key.isascii() and key.isdecimal() and len(key) <= 12):
        raise no_cursor(cursor)
    before = int(key) if key else None
    if state == "open":
        newest_first = sorted(
            site.control.alerts.open_ones(site.tenant_id), key=lambda each: each.alert_id, reverse=True
        )
        found = [each for each in newest_first if before is None or each.alert_id < before][: limit + 1]
    else:
        found = site.control.alerts.recent(site.tenant_id, limit + 1, before=before)
    shown = found[:limit]
    return AlertsAnswer(
        alerts=[_answer(each) for each in shown],
        next=cursor_after(str(shown[-1].alert_id)) if len(found) > limit else None,
    )


@router.get("/rules", summary="Rules")
def rules(site: TheSite) -> RulesAnswer:
    """Every rule: shipped, made on the page, and of alerts.yml."""
    words = usual_words(site.project)
    return RulesAnswer(rules=[_rule(each, words) for each in rulebook(site.project).all()])


@router.get("/{alert_id}", summary="One alert")
def one(site: TheSite, alert_id: AlertId) -> AlertAnswer:
    return _answer(_alert(site, alert_id))


@router.get("/{alert_id}/history", summary="What happened to an alert")
def history(site: TheSite, alert_id: AlertId) -> HistoryAnswer:
    _alert(site, alert_id)
    return HistoryAnswer(
        events=[
            EventAnswer(at=each.happened_at, actor=each.actor, action=each.action, said=each.said)
            for each in site.control.alerts.events(alert_id)
        ]
    )


@router.post("/{alert_id}/acknowledge", summary="Say that somebody looks after it")
def acknowledge(site: TheSite, token: AlertingToken, alert_id: AlertId) -> AlertAnswer:
    """Twice is once. One that has recovered is refused."""
    _alert(site, alert_id)
    return _answer(_handling(site, token).acknowledge(alert_id))


@router.post("/{alert_id}/snooze", summary="Tell nobody of it for a while")
def snooze(site: TheSite, token: AlertingToken, alert_id: AlertId, asked: Snooze) -> AlertAnswer:
    """It stays open meanwhile, and may recover. One that has recovered is refused."""
    _alert(site, alert_id)
    until = site.project.clock() + timedelta(hours=asked.hours) if asked.hours else None
    return _answer(_handling(site, token).snooze(alert_id, until))


def _handling(site: Site, token: AskingToken) -> Handling:
    return Handling(site.control, site.tenant_id, f"token:{token.token_id}")


def _alert(site: Site, alert_id: int) -> Alert:
    try:
        return site.control.alerts.get(site.tenant_id, alert_id)
    except NoSuchAlertError as error:
        raise NotThereError(error.what, "Take an alert_id of `/api/v1/alerts?state=all`.") from error


def _answer(alert: Alert) -> AlertAnswer:
    told: dict[str, Any] = {name: getattr(alert, name) for name in AlertAnswer.model_fields}
    for name in ("value", "expected", "low", "high"):
        told[name] = None if told[name] is None else format(told[name], "f")
    return AlertAnswer(**told)


def _rule(kept: Kept, words: Words) -> RuleAnswer:
    rule = kept.rule
    return RuleAnswer(
        name=rule.name, origin=kept.origin, enabled=rule.enabled, severity=rule.severity.value,
        sentence="" if kept.fault else words.rule(rule), fault=kept.fault, definition=rule.to_mapping(),
    )  # fmt: skip
