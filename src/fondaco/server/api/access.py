"""Bearer tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from fondaco.control import ApiToken
from fondaco.errors import ConfigError
from fondaco.governance import Permission, may
from fondaco.server.auth.roles import READING, ForbiddenError, require
from fondaco.server.site import Site, the_site

_bearer = HTTPBearer(auto_error=False, description="A token made with `fondaco tokens create`.")


class UnauthorizedError(ConfigError):
    """No token, or one that is not valid."""


Sent = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
TheSite = Annotated[Site, Depends(the_site)]


def asking_token(site: TheSite, sent: Sent) -> ApiToken:
    """The token of the request; it must be valid for this project. Its route reads, whatever its method."""
    token = site.control.tokens.verify(sent.credentials, scope="read") if sent else None
    if token is None or token.tenant_id != site.tenant_id:
        raise UnauthorizedError(
            "The request has no valid token.",
            "Make one with `fondaco tokens create NAME` and send it as `Authorization: Bearer fnd_…`.",
        )
    # Whoever may make tokens has no more of the server for making many.
    site.rates.take(("token", token.token_id) if token.user_id is None else ("user", token.user_id))
    return token


def reading_token(request: Request, token: Annotated[ApiToken, Depends(asking_token)]) -> ApiToken:
    """The token of a request that may read but nothing else."""
    if request.method not in READING:
        raise ForbiddenError("This token may read, and change nothing.", "Use the command line instead.")
    return token


def writing_token(site: TheSite, token: Annotated[ApiToken, Depends(asking_token)]) -> ApiToken:
    """The token of a request that changes segments: made for writing, and its user may keep segments."""
    return _writing(site, token, Permission.SEGMENT)


def deciding_token(site: TheSite, token: Annotated[ApiToken, Depends(asking_token)]) -> ApiToken:
    """The token of a request that decides who is who: made for writing, and its user may see who the customers are."""
    return _writing(site, token, Permission.PEOPLE)


def costing_token(site: TheSite, token: Annotated[ApiToken, Depends(asking_token)]) -> ApiToken:
    """The token of a request that says what things cost: made for writing, and its user may say so."""
    return _writing(site, token, Permission.COSTS)


def alerting_token(site: TheSite, token: Annotated[ApiToken, Depends(asking_token)]) -> ApiToken:
    """The token of a request that looks after alerts: made for writing, and its user may do so."""
    return _writing(site, token, Permission.ALERTS)


def buying_token(site: TheSite, token: Annotated[ApiToken, Depends(asking_token)]) -> ApiToken:
    """The token of a request that decides what is ordered: made for writing, and its user may do so."""
    return _writing(site, token, Permission.STOCK)


def _writing(site: Site, token: ApiToken, permission: Permission) -> ApiToken:
    if "write" not in token.scopes:
        raise ForbiddenError(
            "This token may read, and change nothing.", "Make one with `fondaco tokens create NAME --write`."
        )
    require_of_token(site, token, permission)
    return token


AskingToken = Annotated[ApiToken, Depends(asking_token)]
ReadingToken = Annotated[ApiToken, Depends(reading_token)]
WritingToken = Annotated[ApiToken, Depends(writing_token)]


def permits(site: Site, token: ApiToken, permission: Permission) -> bool:
    """Whether a token may do more than read: what its user may; one that is nobody's is limited by its scopes only."""
    if token.user_id is None:
        return True
    user = site.control.users.get(token.user_id)
    return user is not None and may(user.role, permission)


def require_of_token(site: Site, token: ApiToken, permission: Permission) -> None:
    """Refuse what the token's user may not do; one that is nobody's is limited by its scopes only."""
    if token.user_id is None:
        return
    user = site.control.users.get(token.user_id)
    if user is None:
        raise ForbiddenError(
            "The user of this token is no longer there.",
            "Make another one with `fondaco tokens create NAME`.",
        )
    require(user.role, permission)
