"""Puts the application together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from fondaco.control.segments import ConflictError
from fondaco.errors import ConfigError, FondacoError, RetryableError
from fondaco.orchestration.address import announced
from fondaco.server.api import router as api
from fondaco.server.api.access import UnauthorizedError
from fondaco.server.api.errors import api_error
from fondaco.server.auth import routes as auth_routes
from fondaco.server.auth.roles import ForbiddenError
from fondaco.server.auth.sessions import ForgedFormError, NotLoggedIn
from fondaco.server.hanging_up import HangUp
from fondaco.server.headers import HEADERS, SecurityHeaders
from fondaco.server.pages import (
    alert_channels,
    alert_rules,
    alerts,
    cohorts,
    connections,
    cost_sheets,
    costs,
    customers,
    events,
    forecast_quality,
    marketing,
    orders,
    orders_list,
    overview,
    payouts,
    person_decisions,
    persons,
    prices,
    products,
    profit,
    profit_forecast,
    profit_suggestions,
    profit_what_if,
    purchase_orders,
    report,
    runs,
    sales,
    search,
    segment_definitions,
    segments,
    settings,
    settings_people,
    settings_values,
    stock,
    stock_findings,
    stock_item,
    suppliers,
    today,
    views,
)
from fondaco.server.proxies import believed
from fondaco.server.rate import TooManyRequestsError
from fondaco.server.site import NotThereError, Site
from fondaco.server.warming import Warmer
from fondaco.server.webhooks import WebhookDoor

if TYPE_CHECKING:
    from fondaco.orchestration import Project

log = logging.getLogger(__name__)

_BESIDE_THE_FILTERS = {
    "HX-Retarget": "#refused", "HX-Reswap": "innerHTML", "HX-Reselect": ".notice", "HX-Push-Url": "false",
}  # fmt: skip

_DESCRIPTION = """Figures, segments of customers, runs and reconciliation of one Fondaco project. Segments and
costs can be changed, alerts looked after, and who is who and what is ordered decided; all else is read.

Send a token, made with `fondaco tokens create`, as `Authorization: Bearer fnd_…`. Amounts are decimal numbers written as
strings, days are the shops' own, instants are UTC. A figure that does not exist is null, never 0. Every error is
`{"error": {"what": …, "remedy": …, "code": …}}`."""


MOST_BYTES = 1_000_000
"""Of a request's body: forms and definitions of segments are thousands of letters long, and files are imported elsewhere."""


ROUTERS = (
    auth_routes.router,
    overview.router,
    sales.router,
    # Pages beneath another come before it: it has addresses of any name.
    profit_forecast.router,
    profit_what_if.router,
    profit_suggestions.router,
    payouts.router,
    profit.router,
    marketing.router,
    orders_list.router,
    orders.router,
    products.router,
    today.router,
    purchase_orders.router,
    suppliers.router,
    prices.router,
    forecast_quality.router,
    stock.router,
    stock_item.router,
    cohorts.router,
    stock_findings.router,
    runs.router,
    connections.router,
    alert_rules.router,
    alert_channels.router,
    alerts.router,
    customers.finding,
    customers.router,
    person_decisions.router,
    persons.router,
    events.router,
    report.router,
    settings.router,
    settings_people.router,
    settings_values.router,
    views.router,
    search.router,
    segments.router,
    cost_sheets.router,
    costs.router,
    segment_definitions.router,
)
"""The pages, in the order in which they are asked whether an address is theirs."""


def create_app(project: Project, *, warm: bool = False, address: str | None = None) -> FastAPI:
    """The web application of ``project``.

    Parameters
    ----------
    warm
        While the application runs, work out the usual views whenever something new is published. Otherwise nothing is
        opened before the first request.
    address
        Where it is reached from this machine; said in the project's data folder while the application runs.
    """
    site = Site(project)
    warmer = Warmer(site) if warm else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with announced(project.data, address) if address else nullcontext():
            if warmer is not None:
                warmer.start()
            try:
                yield
            finally:
                if warmer is not None:
                    warmer.stop()

    app = FastAPI(
        lifespan=lifespan,
        title="Fondaco",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        max_body_size=MOST_BYTES,
    )
    app.state.site, app.state.warmer, app.state.bulletin = site, warmer, events.Bulletin(site)
    app.include_router(api, prefix="/api/v1")
    for router in ROUTERS:
        app.include_router(router)

    @app.get("/static/{name:path}", include_in_schema=False)
    async def static(name: str, request: Request) -> Response:
        return site.assets.respond(request, name)

    app.add_exception_handler(NotLoggedIn, _to_log_in)
    app.add_exception_handler(FondacoError, _say)
    app.add_exception_handler(HTTPException, _say_http)
    app.add_exception_handler(RequestValidationError, _say_invalid)
    app.add_exception_handler(Exception, _say_fault)
    app.add_middleware(GZipMiddleware, minimum_size=600, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HangUp)
    if (
        proxies := project.settings.server.trusted_proxies
    ):  # outermost, so that everything else sees who really asks
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=believed(proxies))
    app.add_middleware(WebhookDoor, project=project)  # before all else: thousands may come a second
    return app


def _to_log_in(request: Request, _: Exception) -> Response:
    """A page leads to the log-in and back; a part of a page makes the browser go there."""
    address = auth_routes.log_in_address(request)
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse(address, 303)


def _say(request: Request, error: Exception) -> Response:
    assert isinstance(error, FondacoError)
    if isinstance(error, RetryableError):
        return _answer(request, 503, error.what, error.remedy, "try_again")
    if isinstance(error, ForgedFormError):
        return _answer(request, 403, error.what, error.remedy, "forged_form")
    if isinstance(error, ForbiddenError):
        return _answer(request, 403, error.what, error.remedy, "forbidden")
    if isinstance(error, UnauthorizedError):
        return _answer(request, 401, error.what, error.remedy, "unauthorized")
    if isinstance(error, TooManyRequestsError):
        return api_error(429, error.what, error.remedy, "too_many", error.wait_seconds)
    if isinstance(error, ConflictError):
        return _answer(request, 409, error.what, error.remedy, "conflict")
    if isinstance(error, NotThereError):
        return _answer(request, 404, error.what, error.remedy, "not_found")
    if isinstance(error, ConfigError):
        return _answer(request, 422, error.what, error.remedy, "invalid")
    log.error("%s", error)
    return _answer(request, 500, error.what, error.remedy, "fault")


def _say_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _answer(request, 404, "There is no such page.", "Check the address.", "not_found")
    return _answer(request, error.status_code, str(error.detail) + ".", "Check the request.", "invalid")


def _say_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors())
    return _answer(request, 422, f"The request has wrong values: {faults}.", "Correct them.", "invalid")


def _say_fault(request: Request, _: Exception) -> Response:
    """The server logs the traceback; the reader sees no detail."""
    what = "This page could not be made because of a fault of Fondaco's."
    response = _answer(request, 500, what, "Find it in the log, and report it.", "fault")
    response.headers.update(
        {**HEADERS, "Cache-Control": "no-store"}
    )  # this answer is made outside of all middleware
    return response


def _answer(request: Request, status: int, what: str, remedy: str, code: str) -> Response:
    if request.url.path.startswith("/api/"):
        return api_error(status, what, remedy, code)
    site: Site = request.app.state.site
    if request.headers.get("hx-target", "").endswith("#page"):
        # What was asked stands in the filters, and the figures stay with it: only the fault comes in between.
        html = site.render("parts/refused.html", request, what=what, remedy=remedy)
        return HTMLResponse(html, status, headers=_BESIDE_THE_FILTERS)
    if request.headers.get("hx-request"):
        return HTMLResponse(site.render("parts/fault.html", request, what=what, remedy=remedy), status)
    html = site.render("gate.html", request, title=what, say=remedy, form=None, csrf="", fault="", foot="")
    return HTMLResponse(html, status)
