"""Bearer tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from fondaco.control import ApiToken
from fondaco.errors import ConfigError
from fondaco.server.site import Site, the_site

_bearer = HTTPBearer(auto_error=False, description="A token made with `fondaco tokens create`.")


class UnauthorizedError(ConfigError):
    """No token, or one that is not valid."""


def reading_token(
    site: Annotated[Site, Depends(the_site)],
    sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> ApiToken:
    """The token of the request; it must be valid for this project and may read."""
    token = site.control.tokens.verify(sent.credentials, scope="read") if sent else None
    if token is None or token.tenant_id != site.tenant_id:
        raise UnauthorizedError(
            "The request has no valid token.",
            "Make one with `fondaco tokens create NAME` and send it as `Authorization: Bearer fnd_…`.",
        )
    return token
