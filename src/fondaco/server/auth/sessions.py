"""Who is asking: the session cookie, and the token that every form carries against forgery.

The cookie holds 256 random bits, of which the control plane keeps a hash; a form's token is an HMAC keyed with them, so
that nobody who cannot read the cookie can write the form.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Form, Request
from starlette.responses import Response

from fondaco.control import User
from fondaco.errors import ConfigError
from fondaco.server.site import Site, the_site

SESSION = "fondaco_session"
GATE = "fondaco_gate"
"""Cookie of a browser that is not logged in; it keys the tokens of the log-in forms."""


class NotLoggedIn(Exception):  # noqa: N818 - a turn of the conversation, not a fault
    """The page needs a log-in."""


class ForgedFormError(ConfigError):
    """A form came without the token it was given."""


def token_for(key: str) -> str:
    """The forgery token of a cookie's value."""
    return hmac.new(key.encode(), b"fondaco form", hashlib.sha256).hexdigest()


def current_user(request: Request, site: Annotated[Site, Depends(the_site)]) -> User:
    """The user of the session cookie."""
    secret = request.cookies.get(SESSION)
    user = site.control.sessions.user(secret) if secret else None
    # Tenants may share a control database, and a browser its cookies.
    if user is None or user.tenant_id != site.tenant_id:
        raise NotLoggedIn
    return user


CurrentUser = Annotated[User, Depends(current_user)]


def form_token(request: Request) -> str:
    """The token to write into the forms of this answer."""
    return token_for(request.cookies.get(SESSION) or request.cookies.get(GATE) or "")


def checked_form(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Refuse a form that was not written by a page of ours for this browser."""
    # The other cookie binds forms of who is not logged in. Whoever may plant one, such as a neighbouring site, must not
    # write forms for who is.
    at_the_gate = request.url.path == "/login" or request.url.path.startswith("/login/link/")
    cookies = [request.cookies.get(name) for name in ((SESSION, GATE) if at_the_gate else (SESSION,))]
    right = any(value and hmac.compare_digest(token_for(value).encode(), csrf.encode()) for value in cookies)
    if not right or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForgedFormError(
            "The form has expired or came from another site.", "Load the page again and repeat what you did."
        )


CheckedForm = Depends(checked_form)


def set_cookie(response: Response, request: Request, name: str, value: str, valid: timedelta | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(valid.total_seconds()) if valid else None,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )


def open_gate(response: Response, request: Request, key: str) -> None:
    """Give a browser without session the cookie that its form is bound to."""
    if request.cookies.get(GATE) != key:
        set_cookie(response, request, GATE, key, None)


def gate_key(request: Request) -> str:
    return request.cookies.get(GATE) or secrets.token_urlsafe(24)
