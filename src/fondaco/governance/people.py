"""What is done to people and their keys, and by whom: whoever does it, a command or a page, it is written down."""

from __future__ import annotations

from fondaco.control import ApiToken, ControlPlane, Role, User
from fondaco.control.users import Ended
from fondaco.errors import ConfigError

LONGEST_TOKEN_NAME = 60


class People:
    """Users and tokens of one tenant, in the hands of one actor (``cli``, ``user:7``)."""

    def __init__(self, control: ControlPlane, tenant_id: str, actor: str) -> None:
        self._control = control
        self._tenant_id = tenant_id
        self._actor = actor

    def invite(self, email: str, role: Role, name: str = "") -> tuple[User, str]:
        """A new user, and the secret of a link that logs them in once.

        Raises
        ------
        ConfigError
            If the address is taken or not an address.
        """
        user = self._control.users.create(self._tenant_id, email, role=role, name=name)
        self._note("user.add", f"user:{user.user_id}", role=role.value)
        return user, self._control.users.create_login_link(user.user_id)

    def link(self, user_id: int) -> tuple[User, str]:
        """A user, and the secret of a new link that logs them in once.

        Raises
        ------
        ConfigError
            If the tenant has no such user.
        """
        user = self._control.users.get(user_id)
        if user is None or user.tenant_id != self._tenant_id:
            raise ConfigError("There is no such user.", "See all users with `fondaco users list`.")
        self._note("user.link", f"user:{user_id}")
        return user, self._control.users.create_login_link(user_id)

    def give_role(self, user_id: int, role: Role) -> None:
        """Give a user another role, from their next request on.

        Raises
        ------
        ConfigError
            If the tenant has no such user, or would be left without an owner.
        """
        self._control.users.set_role(self._tenant_id, user_id, role)
        self._note("user.role", f"user:{user_id}", role=role.value)

    def remove(self, user_id: int) -> Ended:
        """Take a user away, with all that is remembered of them.

        Raises
        ------
        ConfigError
            If the tenant has no such user, or would be left without an owner.
        """
        ended = self._control.users.remove(self._tenant_id, user_id)
        for key in (weekly_key, digest_key):
            self._control.saved.forget(self._tenant_id, key(user_id))
        self._note("user.remove", f"user:{user_id}")
        return ended

    def create_token(
        self, name: str, user_id: int | None = None, *, scopes: tuple[str, ...] = ("read",)
    ) -> tuple[ApiToken, str]:
        """A token that does what its scopes say, and its secret, which cannot be shown again.

        Raises
        ------
        ConfigError
            If the name is empty or too long.
        """
        words = " ".join(name.split())
        if not 0 < len(words) <= LONGEST_TOKEN_NAME:
            raise ConfigError(
                f"The name of the token has {len(words)} characters.",
                f"Say what it is for, in one to {LONGEST_TOKEN_NAME} characters.",
            )
        token, secret = self._control.tokens.create(self._tenant_id, words, user_id=user_id, scopes=scopes)
        self._note("token.create", f"token:{token.token_id}")
        return token, secret

    def revoke_token(self, token_id: int, *, of_user: int | None = None) -> None:
        """Make a token invalid; with ``of_user`` only if it is theirs.

        Raises
        ------
        ConfigError
            If there is no such valid token.
        """
        if of_user is not None:
            theirs = {
                one.token_id for one in self._control.tokens.all(self._tenant_id) if one.user_id == of_user
            }
            if token_id not in theirs:
                raise ConfigError(f"You have no valid token {token_id}.", "Load the page again.")
        self._control.tokens.revoke(self._tenant_id, token_id)
        self._note("token.revoke", f"token:{token_id}")

    def _note(self, action: str, subject: str, **detail: str) -> None:
        self._control.audit.add(
            self._tenant_id, actor=self._actor, action=action, subject=subject, detail=detail
        )


def weekly_key(user_id: int) -> str:
    """Under what is remembered whether a user wants the weekly summary, and which week they have had."""
    return f"weekly-summary/user-{user_id}"


def digest_key(user_id: int) -> str:
    """Under what is remembered whether a user wants the morning digest, and which day they have had."""
    return f"morning-digest/user-{user_id}"
