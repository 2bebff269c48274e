"""Channels of alerts, on Settings: added, tried, switched and removed by owners. An address is written once and never shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.responses import Response

from fondaco.alerts.sending.channels import read_target
from fondaco.alerts.sending.delivery import Delivery
from fondaco.control import User
from fondaco.errors import ConfigError, FondacoError
from fondaco.server.auth.roles import page_user
from fondaco.server.auth.sessions import CheckedForm
from fondaco.server.notices import Notice
from fondaco.server.pages.alert_view import severities
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, prefix="/settings/alerts")
TheSite = Annotated[Site, Depends(the_site)]
Owner = Annotated[User, Depends(page_user)]
Words = Annotated[str, Form(max_length=2000)]
Name = Annotated[str, Path(max_length=63)]

HERE = "/settings/alerts"


@router.post("", dependencies=[CheckedForm])
def add(
    *, site: TheSite, user: Owner, name: Words = "", kind: Words = "", address: Words = "", authorization: Words = "",
    severity: Words = "info",
) -> Response:  # fmt: skip
    """Add a channel, or put another in its place."""

    def work() -> Notice:
        if severity not in severities():
            raise ConfigError("That is no severity.", f"Choose one of {', '.join(severities())}.")
        target = read_target(kind, address, authorization)
        kept = _delivery(site).put(name.strip(), target, severity, _actor(user))
        return Notice(f"The channel {kept.name} leads to {kept.leads_to}. Send a test to it.")

    return site.notices.answer(user.user_id, HERE, work)


@router.post("/{name}/test", dependencies=[CheckedForm])
def test(site: TheSite, user: Owner, name: Name) -> Response:
    """Send a test at once, and say what came of it."""

    def work() -> Notice:
        return Notice(f"Sent to {_delivery(site).test(name).leads_to}. Look whether it came.")

    return site.notices.answer(user.user_id, HERE, _told(work))


@router.post("/{name}/switch", dependencies=[CheckedForm])
def switch(site: TheSite, user: Owner, name: Name, on: Annotated[str, Form(max_length=5)] = "") -> Response:
    def work() -> Notice:
        _delivery(site).switch(name, _actor(user), is_on=on == "true")
        return Notice(f"The channel {name} is {'on' if on == 'true' else 'off'}.")

    return site.notices.answer(user.user_id, HERE, work)


@router.post("/{name}/remove", dependencies=[CheckedForm])
def remove(site: TheSite, user: Owner, name: Name) -> Response:
    def work() -> Notice:
        _delivery(site).remove(name, _actor(user))
        return Notice(f"The channel {name} is forgotten, and so is its address.")

    return site.notices.answer(user.user_id, HERE, work)


def _told(work: Callable[[], Notice]) -> Callable[[], Notice]:
    """A message that did not go is an answer to the form, not a fault of the page."""

    def told() -> Notice:
        try:
            return work()
        except FondacoError as error:
            return Notice(f"{error.what} {error.remedy}", "bad")

    return told


def _delivery(site: Site) -> Delivery:
    return Delivery(site.control, site.project.settings, site.project.clock())


def _actor(user: User) -> str:
    return f"user:{user.user_id}"
