"""What is done to people and tokens on Settings. People are for owners; everyone has tokens of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from fondaco.control import Role, User
from fondaco.errors import ConfigError
from fondaco.governance import People, Permission, may
from fondaco.server.auth.roles import page_user
from fondaco.server.auth.sessions import CheckedForm, CurrentUser, current_user
from fondaco.server.notices import Notice
from fondaco.server.site import Site, the_site
from fondaco.server.written import RecordId

router = APIRouter(include_in_schema=False)
TheSite = Annotated[Site, Depends(the_site)]
Owner = Annotated[User, Depends(page_user)]
Words = Annotated[str, Form(max_length=320)]

USERS, TOKENS = "/settings/users", "/settings/tokens"


def _people(site: Site, user: User) -> People:
    return People(site.control, site.tenant_id, f"user:{user.user_id}")


def _link(site: Site, request: Request, secret: str) -> str:
    """By the address that is said to be public; else by the one that the owner is reading this at."""
    base = site.project.settings.server.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/login/link/{secret}"


def _role(word: str) -> Role:
    if word not in set(Role):
        raise ConfigError("That is no role.", f"Choose one of {', '.join(role.value for role in Role)}.")
    return Role(word)


@router.post("/settings/users", dependencies=[CheckedForm])
def invite(
    *,
    request: Request,
    site: TheSite,
    user: Owner,
    email: Words = "",
    role: Words = "viewer",
    name: Words = "",
) -> Response:
    """Add a user, and show the link that logs them in once."""

    def work() -> Notice:
        added, secret = _people(site, user).invite(email, _role(role), name.strip())
        text = f"{added.name} may log in as {added.role.value}. Send them this link; it works once, within a day."
        return Notice(text, secret=_link(site, request, secret), secret_label="One-time link")

    return site.notices.answer(user.user_id, USERS, work)


@router.post("/settings/users/{user_id}/link", dependencies=[CheckedForm])
def new_link(user_id: RecordId, request: Request, site: TheSite, user: Owner) -> Response:
    """Another link that logs a user in once."""

    def work() -> Notice:
        named, secret = _people(site, user).link(user_id)
        text = f"This link logs {named.name} in once, within a day. It is shown only now."
        return Notice(text, secret=_link(site, request, secret), secret_label="One-time link")

    return site.notices.answer(user.user_id, USERS, work)


@router.post("/settings/users/{user_id}/role", dependencies=[CheckedForm])
def change_role(user_id: RecordId, site: TheSite, user: Owner, role: Words = "") -> Response:
    def work() -> Notice:
        given = _role(role)
        _people(site, user).give_role(user_id, given)
        named = site.control.users.get(user_id)
        return Notice(f"{named.name if named else 'The user'} is {given.value} now.")

    return site.notices.answer(user.user_id, USERS, work)


@router.post("/settings/users/{user_id}/remove", dependencies=[CheckedForm])
def remove(user_id: RecordId, site: TheSite, user: Owner) -> Response:
    def work() -> Notice:
        named = site.control.users.get(user_id)
        ended = _people(site, user).remove(user_id)
        counted = f"sessions ended: {ended.sessions}, tokens revoked: {ended.tokens}"
        return Notice(f"{named.name if named else 'The user'} is gone; {counted}.")

    return site.notices.answer(user.user_id, USERS, work)


@router.post("/settings/tokens", dependencies=[CheckedForm, Depends(current_user)])
def create_token(site: TheSite, user: CurrentUser, name: Words = "") -> Response:
    """A token of one's own: it may do what one may, and ends with one."""

    def work() -> Notice:
        token, secret = _people(site, user).create_token(name, user.user_id)
        text = f"The token “{token.name}” is made. It is shown only now; keep it where passwords are kept."
        return Notice(text, secret=secret, secret_label="Token")

    return site.notices.answer(user.user_id, TOKENS, work)


@router.post("/settings/tokens/{token_id}/revoke", dependencies=[CheckedForm, Depends(current_user)])
def revoke_token(token_id: RecordId, site: TheSite, user: CurrentUser) -> Response:
    """One's own token; anyone's for those who may change what is not their own."""

    def work() -> Notice:
        of_user = None if may(user.role, Permission.CHANGE) else user.user_id
        _people(site, user).revoke_token(token_id, of_user=of_user)
        return Notice(f"Token {token_id} is invalid now.")

    return site.notices.answer(user.user_id, TOKENS, work)
