"""Settings that an owner changes on the page: schedule, currency, time zone, and what is assumed where nobody says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import tomlkit
from fastapi import APIRouter, Depends, Form
from starlette.responses import Response

from fondaco.control import User
from fondaco.errors import ConfigError
from fondaco.orchestration.settings_file import change_settings, is_in_environment
from fondaco.server.auth.roles import page_user
from fondaco.server.auth.sessions import CheckedForm
from fondaco.server.notices import Notice
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False)
TheSite = Annotated[Site, Depends(the_site)]
Owner = Annotated[User, Depends(page_user)]
Words = Annotated[str, Form(max_length=200)]


def _saved(
    site: Site, user: User, wanted: Mapping[str, Any], *, seen: str, section: str, said: str
) -> Response:
    def work() -> Notice:
        changed = change_settings(site.project, wanted, seen=seen, actor=f"user:{user.user_id}")
        return Notice(said) if changed else Notice("Nothing was changed: that is what the settings say.")

    return site.notices.answer(user.user_id, f"/settings/{section}", work)


@router.post("/settings/schedule", dependencies=[CheckedForm])
def set_schedule(site: TheSite, user: Owner, cron: Words = "", seen: Words = "") -> Response:
    """When the pipeline runs by itself."""
    wanted = {"schedule.cron": " ".join(cron.split())}
    return _saved(
        site,
        user,
        wanted,
        seen=seen,
        section="schedule",
        said="The schedule is kept, and followed from now on.",
    )


@router.post("/settings/currency", dependencies=[CheckedForm])
def set_currency(site: TheSite, user: Owner, currency: Words = "", seen: Words = "") -> Response:
    """What money is counted in."""
    code = currency.strip().upper()
    said = f"Kept: {code} from the next run on, which converts all figures anew."
    return _saved(site, user, {"project.currency": code}, seen=seen, section="currency", said=said)


@router.post("/settings/zone", dependencies=[CheckedForm])
def set_time_zone(site: TheSite, user: Owner, timezone: Words = "", seen: Words = "") -> Response:
    """What the schedule and “today” go by."""
    zone = timezone.strip()
    said = f"Kept: these pages and the schedule go by {zone} now."
    return _saved(site, user, {"project.timezone": zone}, seen=seen, section="currency", said=said)


@router.post("/settings/defaults", dependencies=[CheckedForm])
def set_defaults(
    *,
    site: TheSite,
    user: Owner,
    cost_percent: Words = "",
    returns_restocked: bool = Form(False),
    count_taxes_as_cost: bool = Form(False),
    marketing_by: Words = "",
    horizon_days: Words = "",
    churn_days: Words = "",
    discount_percent: Words = "",
    seen: Words = "",
) -> Response:
    """What is assumed where nobody says, of profit and of customers."""

    def work() -> Notice:
        wanted = {
            "profit.default_product_cost_rate": _share(cost_percent, "The cost of goods"),
            "profit.returns_restocked": returns_restocked,
            "profit.count_taxes_as_cost": count_taxes_as_cost,
            "profit.marketing_by": marketing_by,
            "analytics.horizon_days": _whole(horizon_days, "Days ahead"),
            "analytics.churn_days": _whole(churn_days, "Days without a purchase"),
            "analytics.yearly_discount": _share(discount_percent, "The yearly discount"),
        }
        wanted = {name: value for name, value in wanted.items() if not is_in_environment(name)}
        if not change_settings(site.project, wanted, seen=seen, actor=f"user:{user.user_id}"):
            return Notice("Nothing was changed: that is what the settings say.")
        return Notice("Kept. The next run works all figures out by it.")

    return site.notices.answer(user.user_id, "/settings/defaults", work)


def _share(text: str, label: str) -> Any:
    """A percentage as a share of 1, as TOML holds it without loss."""
    try:
        share = Decimal(text.strip().replace(",", ".").removesuffix("%").strip()) / 100
        if not share.is_finite() or share.adjusted() > 6 or share.adjusted() < -12:
            raise InvalidOperation
    except InvalidOperation as error:
        raise ConfigError(
            f"{label} is no percentage: {text[:63]!r}.", "Write a number, such as 40."
        ) from error
    digits = format(share.normalize() + 0, "f")
    return tomlkit.value(digits if "." in digits else f"{digits}.0")


def _whole(text: str, label: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
        raise ConfigError(
            f"{label}: {text[:63]!r} is no whole number.", "Write a number of days, such as 90."
        )
    return int(digits)
