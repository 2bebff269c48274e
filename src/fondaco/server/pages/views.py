"""Saved views: a page with its filters, under a name."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from fondaco.errors import ConfigError
from fondaco.governance import Permission
from fondaco.server.auth.roles import require
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user
from fondaco.server.menu import is_of_menu
from fondaco.server.notices import Notice
from fondaco.server.routes import leads_somewhere
from fondaco.server.site import Site, the_site
from fondaco.server.written import RecordId

router = APIRouter(include_in_schema=False, dependencies=[Depends(current_user)])
TheSite = Annotated[Site, Depends(the_site)]
Words = Annotated[str, Form(max_length=4000)]

MANAGED_AT = "/settings/views"


@router.post("/views", dependencies=[CheckedForm])
def save(
    *,
    request: Request,
    site: TheSite,
    user: CurrentUser,
    name: Words = "",
    path: Words = "/",
    query: Words = "",
    shared: bool = Form(False),
) -> Response:
    """Keep the page that the form was opened on. Everyone keeps views; sharing needs the right to take figures along."""
    if shared:
        require(user.role, Permission.EXPORT)
    there = path if is_of_menu(path) and leads_somewhere(request.app, path) else ""
    kept = urlencode(parse_qsl(query.removeprefix("?"), keep_blank_values=True))

    def work() -> Notice:
        if not there:
            raise ConfigError(
                "What is to be saved is not the address of a page.", "Open the page and save it from there."
            )
        view = site.control.views.save(
            site.tenant_id, user.user_id, name=name, path=there, query=kept, is_shared=shared
        )
        return Notice(f"Saved as “{view.name}”" + (", for everyone here." if shared else "."))

    address = there + (f"?{kept}" if kept else "") if there else MANAGED_AT
    return site.notices.answer(user.user_id, address, work)


@router.post("/views/{view_id}", dependencies=[CheckedForm])
def change(
    view_id: RecordId, site: TheSite, user: CurrentUser, name: Words = "", shared: bool = Form(False)
) -> Response:
    """Give a view of one's own another name; share it or not."""
    if shared:
        require(user.role, Permission.EXPORT)

    def work() -> Notice:
        site.control.views.change(user.user_id, view_id, name=name, is_shared=shared)
        return Notice("The view is changed.")

    return site.notices.answer(user.user_id, MANAGED_AT, work)


@router.post("/views/{view_id}/remove", dependencies=[CheckedForm])
def remove(view_id: RecordId, site: TheSite, user: CurrentUser) -> Response:
    """Delete a view of one's own."""

    def work() -> Notice:
        site.control.views.remove(user.user_id, view_id)
        return Notice("The view is deleted.")

    return site.notices.answer(user.user_id, MANAGED_AT, work)
