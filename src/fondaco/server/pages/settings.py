"""Settings: who may log in, keys, shops, schedule, currency, and what every figure means."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.governance.people import digest_key
from fondaco.reports.subscriptions import Subscriptions
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user, form_token
from fondaco.server.notices import Notice
from fondaco.server.pages.settings_sections import CONTEXTS, SECTIONS
from fondaco.server.site import NotThereError, Site, the_site

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)])
TheSite = Annotated[Site, Depends(the_site)]


@router.get("/settings")
def settings() -> Response:
    """The first section."""
    return RedirectResponse(SECTIONS[0].address, 303)


@router.get("/settings/{name}")
def section(name: str, request: Request, site: TheSite, user: CurrentUser) -> Response:
    """One section. Whatever may be changed in it is a form of its own."""
    found = next((one for one in SECTIONS if one.name == name), None)
    if found is None:
        raise NotThereError(f"Settings has no section {name[:63]!r}.", "Choose one in the menu of /settings.")
    numbers = site.numbers(request)
    html = site.render(
        f"settings/{name}.html",
        request,
        page="settings",
        user=user,
        csrf=form_token(request),
        sections=SECTIONS,
        section=found,
        numbers=numbers,
        **CONTEXTS[name](site, user, numbers),
    )
    return HTMLResponse(html)


@router.post("/settings/account/summary", dependencies=[CheckedForm])
def weekly_summary(site: TheSite, user: CurrentUser, wanted: bool = Form(False)) -> Response:
    """Whether one gets the weekly summary: everyone decides it for themselves."""

    def work() -> Notice:
        Subscriptions(site.control, site.tenant_id).set(user.user_id, wanted)
        if wanted:
            return Notice("You get the summary of each week on the Monday after it.")
        return Notice("You get no weekly summary any more.")

    return site.notices.answer(user.user_id, "/settings/account", work)


@router.post("/settings/account/digest", dependencies=[CheckedForm])
def morning_digest(
    site: TheSite, user: CurrentUser, wanted: Literal["", "due", "always"] = Form("")
) -> Response:
    """Whether one gets the morning digest, and whether also when there is nothing to do."""

    def work() -> Notice:
        subscriptions = Subscriptions(site.control, site.tenant_id, digest_key)
        subscriptions.set(user.user_id, bool(wanted), always=wanted == "always")
        if wanted == "always":
            return Notice("You get the list of the day every morning.")
        if wanted:
            return Notice("You get the list of the day on mornings on which there is something to do.")
        return Notice("You get no morning digest any more.")

    return site.notices.answer(user.user_id, "/settings/account", work)
