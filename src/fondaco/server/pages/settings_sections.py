"""The sections of Settings, and what each shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import list_currencies

from fondaco.alerts.sending.channels import KINDS
from fondaco.control import Connection, Role, User
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.governance.people import digest_key
from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.orchestration.connection_states import connection_states
from fondaco.orchestration.schedule import next_run_at
from fondaco.orchestration.schedule_mark import is_scheduled
from fondaco.orchestration.settings_file import EDITABLE, is_in_environment, mark_of, refusal, variable_of
from fondaco.reports.subscriptions import Subscriptions
from fondaco.reports.weekly import newest_round
from fondaco.server.numbers import Numbers
from fondaco.server.pages import health
from fondaco.server.site import Site
from fondaco.sources.source import source_type

ROLES: Mapping[Role, str] = {
    Role.OWNER: "Sees everything, and changes people, tokens and settings.",
    Role.ANALYST: "Sees all figures and customers, takes them away as files, shares views, and keeps segments, costs and alerts.",
    Role.VIEWER: "Sees figures, but not who the customers are, and takes nothing away.",
}
NEXT_RUNS = 3
SCHEDULES = (
    ("0 2 * * *", "every night at two"),
    ("0 */6 * * *", "every six hours"),
    ("30 5 * * 1-5", "half past five on workdays"),
    ("0 4 * * 0", "Sundays at four"),
)


@dataclass(frozen=True, slots=True)
class Section:
    """One page of Settings. ``meant`` are words by which the search finds it too."""

    name: str
    label: str
    icon: str
    meant: str

    @property
    def address(self) -> str:
        return f"/settings/{self.name}"


SECTIONS = (
    Section(
        "account",
        "You",
        "user",
        "account password weekly summary morning digest e-mail mail subscribe profile",
    ),
    Section("users", "Users", "users", "people roles owner analyst viewer invite team"),
    Section("tokens", "API tokens", "key", "keys api bearer access"),
    Section("views", "Saved views", "bookmark", "bookmarks filters links shared"),
    Section(
        "shops",
        "Shops",
        "building-store",
        "connections shopify woocommerce commercetools magento database amazon ebay prohandel files sources",
    ),
    Section("schedule", "Schedule", "clock", "cron next run time nightly weekly summary mail"),
    Section("alerts", "Alerts", "bell", "channels slack teams webhook e-mail notifications quiet hours"),
    Section("currency", "Currency & time zone", "world", "money euro dollar exchange rates days"),
    Section(
        "defaults",
        "Defaults",
        "receipt",
        "assumptions cost of goods returns restocked taxes marketing horizon churn discount profit",
    ),
    Section("definitions", "Definitions", "chart-bar", "metrics figures formula glossary meaning"),
)

Context = Callable[[Site, User, Numbers], dict[str, Any]]


def account(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """Who one is here, and which mails one gets."""
    return {
        "role_means": ROLES[user.role],
        "wants_summary": Subscriptions(site.control, site.tenant_id).wants(user.user_id),
        "digest": _digest(site, user),
        "digest_hour": f"{site.project.settings.mail.digest_hour}:00",
        "mail_is_set": site.project.settings.mail.host is not None,
    }


def _digest(site: Site, user: User) -> str:
    """How one gets the morning digest: ``due``, ``always``, or not at all."""
    subscriptions = Subscriptions(site.control, site.tenant_id, digest_key)
    if not subscriptions.wants(user.user_id):
        return ""
    return "always" if subscriptions.always(user.user_id) else "due"


def users(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """Everyone with their role; addresses, log-ins and changes for those who may change them."""
    everyone = sorted(
        site.control.users.all(site.tenant_id), key=lambda one: (list(Role).index(one.role), one.email)
    )
    tokens = site.control.tokens.all(site.tenant_id)
    owners = [one for one in everyone if one.role is Role.OWNER]
    return {
        "people": [
            {
                "user": one,
                "last": _ago(site, numbers, one.last_login_at),
                "last_at": numbers.instant(one.last_login_at) if one.last_login_at else "",
                "tokens": sum(t.user_id == one.user_id and t.revoked_at is None for t in tokens),
                "is_only_owner": owners == [one],
            }
            for one in everyone
        ],
        "roles": ROLES,
        "changes": may(user.role, Permission.CHANGE),
    }


def tokens(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """One's own tokens; all of them for those who may change what is not their own."""
    sees_all = may(user.role, Permission.CHANGE)
    names = {one.user_id: one.name for one in site.control.users.all(site.tenant_id)}
    shown = [
        token
        for token in site.control.tokens.all(site.tenant_id)
        if sees_all or (token.user_id is not None and token.user_id == user.user_id)
    ]
    rows = [
        {
            "token": token,
            "whose": names.get(token.user_id, "Nobody") if token.user_id is not None else "Nobody",
            "made": numbers.day(token.created_at.astimezone(numbers.time_zone).date()),
            "used": _ago(site, numbers, token.last_used_at),
        }
        for token in sorted(shown, key=lambda one: (one.revoked_at is not None, -one.token_id))
    ]
    return {"tokens": rows, "sees_all": sees_all}


def views(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    return {"views": site.views_of(user), "shares": may(user.role, Permission.EXPORT)}


def shops(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """Every connection: how it stands, what is read of it, and since when. Nothing of how it is reached."""
    states = health.shop_states(site, numbers)
    newest = connection_states(site.control, site.tenant_id, site.connections())
    runs = site.control.runs.newest_by_connection(site.tenant_id)
    shown = []
    for connection in site.connections():
        key = connection.connection_id
        synced = health.last_synced(site, connection)
        run = newest[key].run or (runs[key][0] if key in runs else None)
        shown.append(
            {
                "connection": connection,
                "title": _title(connection),
                "state": states[key],
                "synced": numbers.instant(synced) if synced else "",
                "ago": numbers.ago(synced, site.project.clock()) if synced else "never",
                "run": run,
                "run_at": numbers.instant(run.started_at) if run else "",
                "streams": _streams(site, numbers, connection),
            }
        )
    return {"shops": shown}


def _title(connection: Connection) -> str:
    try:
        return source_type(connection.source).title
    except ConfigError:  # its package is gone; the connection is still there
        return connection.source


def _streams(site: Site, numbers: Numbers, connection: Connection) -> list[dict[str, Any]]:
    """What is read of a shop: each stream in words, and how far."""
    states = {one.stream: one for one in site.control.states.all(site.tenant_id, connection.connection_id)}
    try:
        declared = source_type(connection.source).streams
    except ConfigError:
        return []
    shown = []
    for stream in declared:
        state = states.get(stream.name)
        cursor = state.cursor if state else None
        whole = state is not None and state.history_complete
        shown.append(
            {
                "name": stream.name.replace("_", " ").capitalize(),
                "description": stream.description,
                "read": numbers.instant(cursor) if cursor else "Not yet",
                "history": "Complete" if whole else "Under way" if cursor else "Not started",
            }
        )
    return shown


def schedule(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """When the pipeline runs by itself."""
    settings, moment = site.project.settings, site.project.clock()
    coming: list[datetime] = []
    for _ in range(NEXT_RUNS):
        moment = next_run_at(settings, moment + timedelta(seconds=1))
        coming.append(moment)
    recent = site.control.runs.recent(site.tenant_id, 1)
    latest = recent[0] if recent else None
    return {
        **_form(site, user, ("schedule.cron",)),
        "cron": settings.schedule.cron,
        "runs_by_itself": is_scheduled(site.project.data),
        "examples": SCHEDULES,
        "coming": [f"{numbers.weekday(one.date())}, {one:%H:%M}" for one in coming],
        "latest": latest,
        "latest_at": numbers.instant(latest.started_at) if latest else "",
        "round": _round(site, numbers),
        "latest_badge": health.badge(health.OUTCOMES, latest.outcome) if latest else None,
        "mail_is_set": settings.mail.host is not None,
    }


def _round(site: Site, numbers: Numbers) -> dict[str, Any] | None:
    """What came of the newest round of weekly summaries."""
    found = newest_round(site.control, site.tenant_id)
    if found is None:
        return None
    mails = f"{numbers.count(found.mails)} mail{'' if found.mails == 1 else 's'}"
    return {
        "text": f"{mails} of week {found.week.partition('-W')[2]}, {numbers.instant(found.at)}",
        "faults": found.faults,
    }


def alerts(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """Where alerts are told. Addresses are sealed; what is shown hides what is secret in them."""
    quiet = site.project.settings.alerts
    return {
        "channels": [
            {
                "channel": channel,
                "kind": KINDS[channel.kind].title,
                "sent": f"sent {_ago(site, numbers, channel.sent_at)}"
                if channel.sent_at
                else "nothing sent yet",
            }
            for channel in site.control.alert_channels.all(site.tenant_id)
        ],
        "kinds": KINDS,
        "changes": may(user.role, Permission.CHANGE),
        "quiet": (quiet.quiet_from, quiet.quiet_to) if quiet.quiet_from else None,
    }


def currency(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """What money is counted in and how days are cut, for all and for each shop."""
    own = site.project.settings.project
    return {
        **_form(site, user, ("project.currency", "project.timezone")),
        "when": _next_run(site, numbers),
        "currencies": sorted(list_currencies()),
        "zones": sorted(available_timezones()),
        "set_currency": own.currency,
        "published_currency": site.currency if site.published else None,
        "time_zone": own.timezone,
        "now": numbers.instant(site.project.clock()),
        "connections": site.connections(),
    }


def defaults(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """What is assumed where nobody says."""
    settings = site.project.settings
    names = tuple(name for name in EDITABLE if name.startswith(("profit.", "analytics.")))
    return {
        **_form(site, user, names),
        "when": _next_run(site, numbers),
        "profit": settings.profit,
        "analytics": settings.analytics,
        "cost_percent": _percent(settings.profit.default_product_cost_rate),
        "discount_percent": _percent(Decimal(str(settings.analytics.yearly_discount))),
    }


def _form(site: Site, user: User, names: Sequence[str]) -> dict[str, Any]:
    """Whether the reader may change these settings here, what keeps them from it, and the mark of the file that they see."""
    return {
        "changes": may(user.role, Permission.CHANGE),
        "seen": mark_of(site.project),
        "refusal": refusal(site.project),
        "fixed": {name: variable_of(name) for name in names if is_in_environment(name)},
    }


def _next_run(site: Site, numbers: Numbers) -> str:
    """What takes a change up, in words."""
    if not is_scheduled(site.project.data):
        return "the next run (nothing runs by itself: the command fondaco run starts one)"
    return f"the next run, {numbers.instant(next_run_at(site.project.settings, site.project.clock()))}"


def _percent(share: Decimal) -> str:
    return format((share * 100).normalize() + 0, "f")


def definitions(site: Site, user: User, numbers: Numbers) -> dict[str, Any]:
    """Every figure, with the words by which it may be sought."""
    units = {
        "money": "Amount",
        "count": "Number",
        "ratio": "Ratio",
        "rate": "Percentage",
        "decimal": "Number",
        "": "Word",
    }
    return {
        "metrics": [
            {
                "metric": metric,
                "unit": units[metric.unit],
                "sought": " ".join(
                    (metric.label, metric.name, metric.description, *metric.synonyms)
                ).casefold(),
            }
            for metric in site.layer.metrics
        ],
        "figures": [
            {
                "figure": figure,
                "unit": units[figure.unit],
                "sought": f"{figure.label} {figure.name} {figure.description} customers".casefold(),
            }
            for figure in CUSTOMER_FIGURES.values()
        ],
        "published": site.published is not None,
    }


def _ago(site: Site, numbers: Numbers, moment: datetime | None) -> str:
    return numbers.ago(moment, site.project.clock()) if moment else "Never"


CONTEXTS: Mapping[str, Context] = {
    "account": account,
    "users": users,
    "tokens": tokens,
    "views": views,
    "shops": shops,
    "schedule": schedule,
    "alerts": alerts,
    "currency": currency,
    "defaults": defaults,
    "definitions": definitions,
}
