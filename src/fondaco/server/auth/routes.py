"""Log-in by password or by a one-time link, log-out, and setting a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondaco.control import User
from fondaco.errors import ConfigError
from fondaco.server.auth.sessions import (
    GATE,
    SESSION,
    CheckedForm,
    CurrentUser,
    gate_key,
    open_gate,
    set_cookie,
    token_for,
)
from fondaco.server.site import Site, the_site

router = APIRouter(include_in_schema=False)
TheSite = Annotated[Site, Depends(the_site)]


@dataclass(frozen=True, slots=True)
class _Field:
    label: str
    name: str
    type: str
    autocomplete: str
    value: str = ""
    hint: str = ""
    minlength: int = 0


def _gate(
    request: Request, site: Site, title: str, form: dict[str, Any] | None, *, status: int = 200, **words: str
) -> HTMLResponse:
    key = request.cookies.get(SESSION) if form and form["action"] == "/account/password" else None
    key = key or gate_key(request)
    words = {"fault": "", "say": "", "foot": "", **words}
    html = site.render("gate.html", request, title=title, form=form, csrf=token_for(key), **words)
    response = HTMLResponse(html, status)
    if key != request.cookies.get(SESSION):
        open_gate(response, request, key)
    return response


def _log_in_form(email: str = "", goal: str = "") -> dict[str, Any]:
    fields = [
        _Field("E-mail", "email", "email", "username", email),
        _Field("Password", "password", "password", "current-password"),
    ]
    return {"action": "/login", "button": "Log in", "next": goal, "fields": fields}


def _own_path(goal: str) -> str:
    """Only a path of this site; anything else leads to Overview."""
    safe = (
        goal.startswith("/") and not goal.startswith(("//", "/\\")) and "\n" not in goal and "\r" not in goal
    )
    return goal if safe else "/"


def _enter(request: Request, site: Site, user: User, goal: str, *, by_link: bool = False) -> Response:
    """Open a session of its own for this log-in."""
    valid = timedelta(hours=site.project.settings.server.session_hours)
    secret = site.control.sessions.create(user.user_id, valid=valid)
    if by_link:
        site.arrivals.note(secret)
    response = RedirectResponse(goal, 303)
    set_cookie(response, request, SESSION, secret, valid)
    response.delete_cookie(GATE, path="/")
    return response


@router.get("/login")
def log_in_page(request: Request, site: TheSite, next: str = "") -> Response:
    if request.cookies.get(SESSION) and site.control.sessions.user(request.cookies[SESSION]):
        return RedirectResponse(_own_path(next), 303)
    first = not site.control.users.all(site.tenant_id)
    foot = (
        "There is no user yet. Fondaco prints a one-time link for the first one when the project is made."
        if first
        else "No password yet, or forgotten? An owner makes a one-time link for you."
    )
    return _gate(request, site, "Log in", _log_in_form(goal=next), foot=foot)


@router.post("/login", dependencies=[CheckedForm])
def log_in(
    request: Request,
    site: TheSite,
    email: Annotated[str, Form(max_length=320)],
    password: Annotated[str, Form(max_length=1024)],
    next: Annotated[str, Form()] = "",
) -> Response:
    address = request.client.host if request.client else "unknown"
    wait = site.throttle.attempt(email, address)
    form = _log_in_form(email, next)
    if wait is not None:
        return _gate(request, site, "Log in", form, status=429, fault=_too_many(wait))
    user = site.control.users.authenticate(email, password)
    if user is None or user.tenant_id != site.tenant_id:
        fault = "The e-mail address or the password is wrong. Check both and try again."
        return _gate(request, site, "Log in", form, status=401, fault=fault)
    site.throttle.succeeded(email, address)
    return _enter(request, site, user, _own_path(next))


def _too_many(wait: timedelta) -> str:
    minutes = int(wait.total_seconds() // 60) + 1
    return f"Too many attempts failed. Try again in {minutes} minute{'s' if minutes > 1 else ''}."


@router.get("/login/link/{secret}")
def link_page(request: Request, site: TheSite, secret: str) -> Response:
    """A button, so that a mail scanner that follows links does not use the link up."""
    form = {"action": f"/login/link/{secret}", "button": "Log in", "next": "", "fields": []}
    return _gate(request, site, "Welcome", form, say="This link logs you in once, on this browser.")


@router.post("/login/link/{secret}", dependencies=[CheckedForm])
def redeem_link(request: Request, site: TheSite, secret: str) -> Response:
    # A link holds 256 random bits: nobody guesses one, and a limit would only let one visitor keep out another.
    user = site.control.users.redeem_link(secret)
    if user is None or user.tenant_id != site.tenant_id:
        fault = "This link was used already, or is too old. Ask an owner for a new one, or log in with your password."
        return _gate(request, site, "Log in", _log_in_form(), status=410, fault=fault)
    goal = "/account/password" if user.password_hash is None else "/"
    return _enter(request, site, user, goal, by_link=True)


@router.post("/logout", dependencies=[CheckedForm])
def log_out(request: Request, site: TheSite) -> Response:
    if secret := request.cookies.get(SESSION):
        site.control.sessions.end(secret)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SESSION, path="/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _asks_present(request: Request, site: Site, user: User) -> bool:
    """Whether a new password needs the present one: a browser that was left open must not be enough to take an account over.
    Who has just come by a link has none, or has forgotten it."""
    return user.password_hash is not None and not site.arrivals.is_fresh(request.cookies.get(SESSION, ""))


def _password_form(*, asks_present: bool) -> dict[str, Any]:
    present = _Field("Present password", "present", "password", "current-password")
    field = _Field(
        "New password", "password", "password", "new-password", hint="At least 10 characters.", minlength=10
    )
    fields = [present, field] if asks_present else [field]
    return {"action": "/account/password", "button": "Save password", "next": "", "fields": fields}


@router.get("/account/password")
def password_page(request: Request, site: TheSite, user: CurrentUser) -> Response:
    asks = _asks_present(request, site, user)
    say = "Choose the password you will log in with from now on."
    foot = "Forgotten the present one? An owner makes a one-time link for you." if asks else ""
    return _gate(request, site, "Set your password", _password_form(asks_present=asks), say=say, foot=foot)


@router.post("/account/password", dependencies=[CheckedForm])
def set_password(
    request: Request,
    site: TheSite,
    user: CurrentUser,
    password: Annotated[str, Form(max_length=1024)],
    present: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    asks = _asks_present(request, site, user)
    form = _password_form(asks_present=asks)
    if asks and (refused := _wrong_password(request, site, user, present)) is not None:
        status, fault = refused
        return _gate(request, site, "Set your password", form, status=status, fault=fault)
    try:
        site.control.users.set_password(user.user_id, password)
    except ConfigError as error:
        fault = f"{error.what} {error.remedy}"
        return _gate(request, site, "Set your password", form, status=422, fault=fault)
    return _enter(request, site, user, "/")


def _wrong_password(request: Request, site: Site, user: User, present: str) -> tuple[int, str] | None:
    """The status and what to say of a present password that is not right; None where it is. Guesses are slowed as at the log-in."""
    address = request.client.host if request.client else "unknown"
    wait = site.throttle.attempt(user.email, address)
    if wait is not None:
        return 429, _too_many(wait)
    if site.control.users.authenticate(user.email, present) is None:
        return 401, "The present password is wrong. Try again, or ask an owner for a one-time link."
    site.throttle.succeeded(user.email, address)
    return None


def log_in_address(request: Request) -> str:
    """Where to log in, and to come back from."""
    goal = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/login" + (f"?{urlencode({'next': goal})}" if goal != "/" else "")
