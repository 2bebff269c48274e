"""Rules of alerts: a form for each kind, what one would have found, switching and removing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.alerts import Kept, Kind, Rule, parse_rule
from fondaco.alerts.rule import KIND_WORDS, LIMITED
from fondaco.alerts.rulebook import check_rule
from fondaco.control import User
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.orchestration.alerting import rulebook
from fondaco.server.auth.roles import alerting_user
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user, form_token
from fondaco.server.notices import Notice
from fondaco.server.pages.alert_form import ChannelChoice, channel_choices, offer
from fondaco.server.pages.alert_view import AlertView, severities
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)], prefix="/alerts/rules")
TheSite = Annotated[Site, Depends(the_site)]
Keeper = Annotated[User, Depends(alerting_user)]
RuleName = Annotated[str, Path(max_length=63, pattern=r"^[a-z0-9][a-z0-9-]*$")]
NEW_KINDS = tuple(kind for kind in Kind if kind in (*LIMITED, Kind.ANOMALY))
"""What can be made anew; of the pipeline's kinds one of each is shipped."""
_PLAIN = ("title", "severity", "metric", "above", "below", "days", "weeks", "of", "side", "sensitivity", "least",
          "clock", "for_each", "owner")  # fmt: skip


async def _fields(request: Request) -> FormData:
    return await request.form()


Fields = Annotated[FormData, Depends(_fields)]


@router.get("/new")
def new(
    request: Request,
    site: TheSite,
    user: Keeper,
    chosen: Annotated[str, Query(alias="kind", max_length=30)] = "",
) -> Response:
    """A form for a rule of a kind; without one, which kinds there are."""
    if not chosen:
        html = site.render(
            "alert_kinds.html", request, page="alerts", user=user, csrf=form_token(request),
            kinds=[(kind, *KIND_WORDS[kind]) for kind in (Kind.ANOMALY, Kind.THRESHOLD, Kind.CHANGE, Kind.SHARE)],
        )  # fmt: skip
        return HTMLResponse(html)
    if chosen not in set(NEW_KINDS):
        raise NotThereError(
            f"{chosen[:30]!r} is no kind of rule that can be made.", "Choose one on the page Alerts."
        )
    texts = {"kind": chosen, "severity": "warning", "metric": "net_sales", "side": "either", "enabled": "true",
             "days": "1", "weeks": "4", "clock": "finance", "sensitivity": "3.5"}  # fmt: skip
    return _form(request, site, user, texts)


@router.post("/new", dependencies=[CheckedForm])
def add(request: Request, site: TheSite, user: Keeper, fields: Fields) -> Response:
    """Keep a new rule under a name that is made of its title."""
    texts = _texts(fields)
    try:
        rule = _read(_named(site, texts.get("title", "")), fields)
        rulebook(site.project).keep(rule, f"user:{user.user_id}")
    except ConfigError as error:
        return _form(request, site, user, texts, fault=error, fields=fields)
    return _kept(site, user, f"The rule {rule.title} holds from the next run on.")


@router.post("/preview", dependencies=[CheckedForm])
def preview(request: Request, site: TheSite, user: Keeper, fields: Fields) -> Response:
    """What the rule in the form would have found in the last days."""
    try:
        rule = _read("preview", fields)
        check_rule(rule, site.layer)
        view = AlertView(site, site.numbers(request, site.currency if site.published else None))
        html = site.render("parts/alert_preview.html", request, numbers=view.numbers, **view.preview(rule))
    except ConfigError as error:
        html = site.render("parts/alert_unready.html", request, fault=error)
    return HTMLResponse(html)


@router.post("/fields", dependencies=[CheckedForm])
def goes_together(
    request: Request,
    site: TheSite,
    user: Keeper,
    fields: Fields,
    name: Annotated[str, Query(max_length=63, pattern=r"^([a-z0-9][a-z0-9-]*)?$")] = "",
) -> Response:
    """The fields that depend on what is chosen in others; without scripts the whole form, as it was typed."""
    kept = _existing(site, name) if name else None
    texts = {**_texts(fields), **({"kind": kept.rule.kind.value} if kept else {})}
    if not request.headers.get("hx-request"):
        return _form(request, site, user, texts, kept=kept, fields=fields)
    found = offer(site.layer, texts)
    html = site.render("parts/alert_fields.html", request, offer=found, texts=texts, shops=site.connections(),
                       channels=_channels(site, texts, fields.getlist("channels")),
                       may_add_channels=may(user.role, Permission.CHANGE))  # fmt: skip
    # What was tried before the choice was taken back is tried again.
    return HTMLResponse(html, headers={"HX-Trigger": "rule-refused"} if found.refused else None)


@router.get("/{name}")
def one(request: Request, site: TheSite, user: CurrentUser, name: RuleName) -> Response:
    """A rule, as a form for who may change it."""
    kept = _existing(site, name)
    return _form(request, site, user, _typed(kept.rule), kept=kept)


@router.post("/{name}", dependencies=[CheckedForm])
def change(request: Request, site: TheSite, user: Keeper, name: RuleName, fields: Fields) -> Response:
    kept = _existing(site, name)
    try:
        rule = _read(name, fields, kept.rule)
        rulebook(site.project).keep(rule, f"user:{user.user_id}")
    except ConfigError as error:
        texts = {**_texts(fields), "kind": kept.rule.kind.value}
        return _form(request, site, user, texts, kept=kept, fault=error, fields=fields)
    return _kept(site, user, f"The rule {rule.title} is changed from the next run on.")


@router.post("/{name}/switch", dependencies=[CheckedForm])
def switch(site: TheSite, user: Keeper, name: RuleName, fields: Fields) -> Response:
    """Switch a rule on or off."""
    kept, on = _existing(site, name), fields.get("on") == "true"

    def work() -> Notice:
        rulebook(site.project).keep(kept.rule.switched(on), f"user:{user.user_id}")
        return Notice(f"{kept.rule.title} is {'on' if on else 'off'} from the next run on.")

    return site.notices.answer(user.user_id, "/alerts#rules", work)


@router.post("/{name}/remove", dependencies=[CheckedForm])
def remove(site: TheSite, user: Keeper, name: RuleName) -> Response:
    """Take a rule away; a shipped one becomes what it was."""
    kept = _existing(site, name)

    def work() -> Notice:
        rulebook(site.project).remove(name, f"user:{user.user_id}")
        return Notice(f"{kept.rule.title} is {'as it came' if kept.is_changed else 'gone'}.")

    return site.notices.answer(user.user_id, "/alerts#rules", work)


def _form(
    request: Request,
    site: Site,
    user: User,
    texts: Mapping[str, str],
    *,
    kept: Kept | None = None,
    fault: ConfigError | None = None,
    fields: FormData | None = None,
) -> Response:
    kind = Kind(texts["kind"]) if texts.get("kind") in set(Kind) else Kind.ANOMALY
    chosen = fields.getlist("channels") if fields is not None else list(kept.rule.channels) if kept else []
    texts = {**texts, "kind": kind.value}
    view = AlertView(site, site.numbers(request))
    html = site.render(
        "alert_rule.html", request, page="alerts", user=user, csrf=form_token(request), kind=kind, kind_words=KIND_WORDS[kind],
        texts=texts, kept=kept, fault=fault, is_over_metric=bool(kept.rule.is_over_metric if kept else True),
        offer=offer(site.layer, texts), shops=site.connections(), severities=severities(),
        channels=_channels(site, texts, chosen), may_add_channels=may(user.role, Permission.CHANGE),
        people=[each.name or each.email for each in site.control.users.all(site.tenant_id)],
        sentence=view.words.rule(kept.rule) if kept and not kept.fault else "",
        has_limits=kind in LIMITED, is_shown_only=kept is not None and (kept.origin == "file" or not may(user.role, Permission.ALERTS)),
        may_keep=may(user.role, Permission.ALERTS),
    )  # fmt: skip
    return HTMLResponse(html, 422 if fault else 200)


def _read(name: str, fields: FormData, before: Rule | None = None) -> Rule:
    """The rule that a form holds; of a kind of the pipeline only what its form shows is changed."""
    texts = _texts(fields)
    kind = before.kind.value if before else texts.get("kind", "")
    told: dict[str, Any] = {key: texts[key].strip() for key in _PLAIN if texts.get(key, "").strip()}
    told |= {"kind": kind, "enabled": texts.get("enabled") == "true"}
    told["channels"] = [str(each) for each in fields.getlist("channels")]
    where: dict[str, list[str]] = {}
    if texts.get("shop"):
        where["connection_id"] = [texts["shop"]]
    if texts.get("where_name") and texts.get("where_values", "").strip():
        where[texts["where_name"]] = [each.strip() for each in texts["where_values"].split(",")]
    if where:
        told["where"] = where
    return parse_rule(name, told)


def _typed(rule: Rule) -> dict[str, str]:
    """A rule as the fields of its form."""
    told = {name: getattr(rule, name) for name in _PLAIN}
    texts = {name: "" if value is None else str(value) for name, value in told.items()}
    is_share = rule.kind in (Kind.CHANGE, Kind.SHARE, Kind.QUARANTINE)
    for name in ("above", "below", "least"):
        value = told[name]
        if value is not None:
            in_percent = name in rule.in_percent or (is_share and name != "least")
            texts[name] = f"{value * 100:f} %" if in_percent else format(value, "f")
            texts[name] = re.sub(
                r"\.0+( %)?$|(\.\d*?)0+( %)?$", lambda m: (m[2] or "") + (m[1] or m[3] or ""), texts[name]
            )
    others = {name: values for name, values in rule.where.items() if name != "connection_id"}
    name = next(iter(others), "")
    return {
        **texts, "kind": rule.kind.value, "enabled": "true" if rule.enabled else "", "severity": rule.severity.value,
        "shop": next(iter(rule.where.get("connection_id", ())), ""), "where_name": name,
        "where_values": ", ".join(others.get(name, ())),
    }  # fmt: skip


def _channels(site: Site, texts: Mapping[str, str], chosen: Sequence[Any]) -> list[ChannelChoice]:
    found = site.control.alert_channels.all(site.tenant_id)
    return channel_choices(found, [str(each) for each in chosen], texts.get("severity", ""))


def _named(site: Site, title: str) -> str:
    """A name out of a title, that no rule has."""
    name = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60] or "rule"
    taken = {kept.rule.name for kept in rulebook(site.project).all()}
    if name in taken or name in ("new", "preview", "fields"):
        raise ConfigError(f"There is a rule {name} already.", "Give this one another title.")
    return name


def _existing(site: Site, name: str) -> Kept:
    found = next((kept for kept in rulebook(site.project).all() if kept.rule.name == name), None)
    if found is None:
        raise NotThereError(f"There is no rule {name!r}.", "Choose one on the page Alerts.")
    return found


def _kept(site: Site, user: User, said: str) -> Response:
    site.notices.add(user.user_id, Notice(said))
    return RedirectResponse("/alerts#rules", 303)


def _texts(fields: FormData) -> dict[str, str]:
    return {name: value for name, value in fields.items() if isinstance(value, str)}
