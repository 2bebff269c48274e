"""Alerts: what is open with its chart, what was, and what is done to one."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from starlette.responses import HTMLResponse, Response

from fondaco.control import Alert, User
from fondaco.control.alerts import NoSuchAlertError
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.orchestration.alerting_people import Handling
from fondaco.server.auth.roles import alerting_user, exporting_user
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user, form_token
from fondaco.server.downloads import csv_file
from fondaco.server.notices import Notice
from fondaco.server.pages import sheets
from fondaco.server.pages.alert_view import AlertView
from fondaco.server.pages.choices import opened_alone
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)], prefix="/alerts")
TheSite = Annotated[Site, Depends(the_site)]
AlertId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Keeper = Annotated[User, Depends(alerting_user)]

SHOWN_CHARTS = 6
SNOOZES = {"4h": ("4 hours", timedelta(hours=4)), "1d": ("a day", timedelta(days=1)),
           "3d": ("3 days", timedelta(days=3)), "1w": ("a week", timedelta(weeks=1))}  # fmt: skip


@router.get("")
def all_alerts(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """What is open, the rules, and what was."""
    view = AlertView(site, _numbers(request, site))
    open_ones = site.control.alerts.open_ones(site.tenant_id)
    rules, fault = _rules(view)
    channels = site.control.alert_channels.all(site.tenant_id)
    html = site.render(
        "alerts.html", request, page="alerts", user=user, csrf=form_token(request), numbers=view.numbers,
        open_ones=[view.row(alert) for alert in open_ones], shown_charts=SHOWN_CHARTS,
        history=_history(request, site, view), rules=rules, fault=fault,
        failing=[channel for channel in channels if channel.fault and channel.is_on], has_channel=any(c.is_on for c in channels),
        may_keep=may(user.role, Permission.ALERTS), snoozes=SNOOZES,
    )  # fmt: skip
    return HTMLResponse(html)


def _history(request: Request, site: Site, view: AlertView) -> sheets.Leaf:
    """What has recovered, the newest first."""
    sheet = sheets.parse_sheet("history", request.query_params, ())

    def rows(start: int, limit: int) -> list[dict[str, Any]]:
        return [view.row(alert) for alert in site.control.alerts.closed(site.tenant_id, limit, offset=start)]

    total = site.control.alerts.count_closed(site.tenant_id)
    count = f"{view.numbers.count(total)} {'alert' if total == 1 else 'alerts'}"
    return sheets.leaf(sheet, total, rows, count, sheets.ways_of("/alerts", sheet, "history"))


@router.get("/history.csv", dependencies=[Depends(exporting_user)])
def history_file(site: TheSite) -> Response:
    """Every alert there was, the newest first."""
    header = (
        "alert_id", "rule", "subject", "title", "severity", "since", "day", "value", "expected", "low", "high", "opened_at",
        "recovered_at", "said",
    )  # fmt: skip
    lines = ([getattr(alert, name) for name in header] for alert in site.control.alerts.every(site.tenant_id))
    return csv_file("alerts.csv", header, lines)


@router.get("/{alert_id}")
def one(request: Request, site: TheSite, user: CurrentUser, alert_id: AlertId) -> Response:
    """An alert with its chart, the way to the rows behind it, its history, and who was told."""
    alert = _alert(site, alert_id)
    view = AlertView(site, _numbers(request, site))
    address, label = view.behind(alert)
    html = site.render(
        "alert.html", request, page="alerts", user=user, csrf=form_token(request), numbers=view.numbers, alert=alert,
        row=view.row(alert), chart=view.chart_of(alert), behind=address, behind_label=label, sentence=_sentence(view, alert),
        events=[
            {"event": event, "who": _who(site, event.actor), "when": view.numbers.instant(event.happened_at)}
            for event in site.control.alerts.events(alert_id)
        ],
        messages=site.control.alert_messages.of(alert_id), snoozes=SNOOZES,
        people=[each.name or each.email for each in site.control.users.all(site.tenant_id)],
        acknowledged=_who(site, alert.acknowledged_by) if alert.acknowledged_by else "",
        may_keep=may(user.role, Permission.ALERTS) and alert.is_open,
    )  # fmt: skip
    return HTMLResponse(html)


@router.get("/{alert_id}/chart")
def chart(request: Request, site: TheSite, alert_id: AlertId) -> Response:
    """The chart of an alert alone."""
    alert = _alert(site, alert_id)
    if (page := opened_alone(request, f"/alerts/{alert_id}")) is not None:
        return page
    view = AlertView(site, _numbers(request, site))
    html = site.render(
        "parts/alert_chart.html",
        request,
        chart=view.chart_of(alert),
        numbers=view.numbers,
        alert=alert,
        alone=False,
    )
    return HTMLResponse(html)


@router.get("/{alert_id}/days.csv", dependencies=[Depends(exporting_user)])
def days_file(request: Request, site: TheSite, alert_id: AlertId) -> Response:
    """The days of an alert's chart."""
    alert = _alert(site, alert_id)
    found = AlertView(site, _numbers(request, site)).chart_of(alert)
    header = ("day", "value", "expected", "low", "high", "outside")
    points = found.points if found else ()
    lines = ([p.day, p.value, p.expected, p.low, p.high, "yes" if p.fires else "no"] for p in points)
    return csv_file(f"alert_{alert_id}.csv", header, lines)


@router.post("/{alert_id}/acknowledge", dependencies=[CheckedForm])
def acknowledge(site: TheSite, user: Keeper, alert_id: AlertId) -> Response:
    def work() -> Notice:
        _handling(site, user).acknowledge(alert_id)
        return Notice("It is yours now, and stays open until it recovers.")

    return _done(site, user, alert_id, work)


@router.post("/{alert_id}/snooze", dependencies=[CheckedForm])
def snooze(
    site: TheSite, user: Keeper, alert_id: AlertId, span: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Tell nobody of it for a while; without a span, tell of it again."""

    def work() -> Notice:
        if not span:
            _handling(site, user).snooze(alert_id, None)
            return Notice("It is told again.")
        if span not in SNOOZES:
            raise ConfigError("That is no span of time.", f"Choose from {', '.join(SNOOZES)}.")
        words, length = SNOOZES[span]
        _handling(site, user).snooze(alert_id, site.project.clock() + length)
        return Notice(f"Nobody is told of it for {words}.")

    return _done(site, user, alert_id, work)


@router.post("/{alert_id}/owner", dependencies=[CheckedForm])
def give_to(
    site: TheSite, user: Keeper, alert_id: AlertId, owner: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    def work() -> Notice:
        known = [each.name or each.email for each in site.control.users.all(site.tenant_id)]
        if owner and owner not in known:
            raise ConfigError("There is no user of that name.", "Choose one of the menu.")
        _handling(site, user).give_to(alert_id, owner)
        return Notice(f"{owner or 'Nobody'} looks after it.")

    return _done(site, user, alert_id, work)


def _done(site: Site, user: User, alert_id: int, work: Any) -> Response:
    _alert(site, alert_id)
    return site.notices.answer(user.user_id, f"/alerts/{alert_id}", work)


def _handling(site: Site, user: User) -> Handling:
    return Handling(site.control, site.tenant_id, f"user:{user.user_id}")


def _numbers(request: Request, site: Site) -> Any:
    return site.numbers(request, site.currency if site.published else None)


def _rules(view: AlertView) -> tuple[list[dict[str, Any]], ConfigError | None]:
    """Every rule; where the file is wrong, what is wrong with it."""
    try:
        return [view.rule_row(kept) for kept in view.rules()], None
    except ConfigError as error:
        return [], error


def _sentence(view: AlertView, alert: Alert) -> str:
    from fondaco.alerts import parse_rule

    try:
        return view.words.rule(parse_rule(alert.rule, alert.definition))
    except ConfigError:  # its metric is gone
        return alert.rule


def _alert(site: Site, alert_id: int) -> Alert:
    try:
        return site.control.alerts.get(site.tenant_id, alert_id)
    except NoSuchAlertError as error:
        raise NotThereError(error.what, "Choose one on the page Alerts.") from error


def _who(site: Site, actor: str) -> str:
    """An actor in words."""
    kind, _, number = actor.partition(":")
    if kind == "user" and number.isdecimal():
        found = site.control.users.get(int(number))
        return (found.name or found.email) if found else "a user who is gone"
    return {"run": "the run", "cli": "the command line", "token": f"token {number}"}.get(kind, actor)
