"""Connections: how every API stands, what it delivers and when it is read next; owners test them from here."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import HTMLResponse, Response

from fondaco.governance import Permission, may
from fondaco.orchestration.connection_tests import ConnectionTest, ConnectionTester
from fondaco.orchestration.schedule_mark import is_scheduled
from fondaco.server.auth.roles import page_user
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, form_token
from fondaco.server.connection_reports import detail, known_connection, reports
from fondaco.server.notices import Notice
from fondaco.server.pages import health
from fondaco.server.pages.connections_view import connection_row, detail_view
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False, prefix="/connections", dependencies=[Depends(page_user)])
TheSite = Annotated[Site, Depends(the_site)]
ConnectionId = Annotated[str, Path(max_length=63)]


@router.get("")
def all_connections(request: Request, site: TheSite, user: CurrentUser) -> Response:
    """One row a connection."""
    numbers = site.numbers(request)
    states = health.shop_states(site, numbers)
    rows = [
        connection_row(site, numbers, each, states[each.connection.connection_id]) for each in reports(site)
    ]
    html = site.render(
        "connections.html",
        request,
        page="connections",
        user=user,
        csrf=form_token(request),
        numbers=numbers,
        rows=rows,
        well=sum(row["is_well"] for row in rows),
        runs_by_itself=is_scheduled(site.project.data),
        may_test=may(user.role, Permission.CHANGE),
    )
    return HTMLResponse(html)


@router.get("/{connection_id}")
def one_connection(
    request: Request, site: TheSite, user: CurrentUser, connection_id: ConnectionId
) -> Response:
    """One connection, stream by stream, with its newest test and its webhooks."""
    numbers = site.numbers(request)
    found = detail(site, connection_id)
    state = health.shop_states(site, numbers)[connection_id]
    html = site.render(
        "connection.html",
        request,
        page="connections",
        user=user,
        csrf=form_token(request),
        numbers=numbers,
        row=connection_row(site, numbers, found.report, state),
        may_test=may(user.role, Permission.CHANGE),
        **detail_view(site, numbers, found),
    )
    return HTMLResponse(html)


@router.post("/{connection_id}/test", dependencies=[CheckedForm])
def test(site: TheSite, user: CurrentUser, connection_id: ConnectionId) -> Response:
    """Ask the vendor now, and say what came of it."""
    connection = known_connection(site, connection_id)

    def work() -> Notice:
        found = site.kept(_tester).test(connection_id, f"user:{user.user_id}")
        return _notice(connection.name, found)

    return site.notices.answer(user.user_id, f"/connections/{quote(connection_id)}#test", work)


def _tester(site: Site) -> ConnectionTester:
    return ConnectionTester(site.project)


def _notice(name: str, found: ConnectionTest) -> Notice:
    if found.outcome == "ready":
        return Notice(f"{name} answers, and may read all that is asked of it.")
    if found.outcome == "limited":
        return Notice(f"{name} answers, but lacks something: see under Test.", "warn")
    return Notice(f"{found.what} {found.remedy}", "bad")
