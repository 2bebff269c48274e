"""Users, the ways they log in, and the sessions and tokens they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.models import ApiToken, LoginLink, Role, User, WebSession
from fondaco.control.secrets import hashed, new_secret
from fondaco.errors import ConfigError

if TYPE_CHECKING:
    from pwdlib import PasswordHash
    from sqlalchemy.orm import Session

SHORTEST_PASSWORD = 10


@cache
def _argon2() -> PasswordHash:
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


@cache
def _nobodys_hash() -> str:
    return _argon2().hash(new_secret())


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended with a user."""

    sessions: int
    tokens: int


class Users:
    """People of all tenants; an e-mail address belongs to one user."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(
        self, tenant_id: str, email: str, *, role: Role, name: str = "", password: str | None = None
    ) -> User:
        """Add a user; without a password the first log-in is by a link.

        Raises
        ------
        ConfigError
            If the address is taken or not an address, or the password is too short.
        """
        address = _normalised(email)
        user = User(
            tenant_id=tenant_id,
            email=address,
            name=name or address.partition("@")[0],
            role=role,
            password_hash=_hash(password) if password is not None else None,
            created_at=self._clock(),
        )
        try:
            with self._database.writing() as session:
                session.add(user)
        except IntegrityError as error:
            raise ConfigError(
                "There is a user with that e-mail address already.",
                "See all users with `fondaco users list`.",
            ) from error
        return user

    def all(self, tenant_id: str) -> list[User]:
        with self._database.reading() as session:
            return list(session.scalars(select(User).where(User.tenant_id == tenant_id).order_by(User.email)))

    def get(self, user_id: int) -> User | None:
        with self._database.reading() as session:
            return session.get(User, user_id)

    def find(self, email: str) -> User | None:
        with self._database.reading() as session:
            return session.scalar(select(User).where(User.email == email.strip().lower()))

    def authenticate(self, email: str, password: str) -> User | None:
        """The user, if the password is right. Takes as long for an unknown address as for a wrong password."""
        user = self.find(email)
        stored = user.password_hash if user else None
        right, renewed = _argon2().verify_and_update(password, stored or _nobodys_hash())
        if user is None or stored is None or not right:
            return None
        with self._database.writing() as session:
            changes: dict[str, object] = {"last_login_at": self._clock()}
            if renewed:
                changes["password_hash"] = renewed
            session.execute(update(User).where(User.user_id == user.user_id).values(**changes))
        return user

    def set_password(self, user_id: int, password: str) -> None:
        """Set a password and end all sessions and links of the user."""
        with self._database.writing() as session:
            session.execute(update(User).where(User.user_id == user_id).values(password_hash=_hash(password)))
            session.execute(delete(WebSession).where(WebSession.user_id == user_id))
            _end_links(session, user_id, self._clock())

    def set_role(self, tenant_id: str, user_id: int, role: Role) -> None:
        """Give a user another role, from their next request on.

        Raises
        ------
        ConfigError
            If the tenant has no such user, or would be left without an owner.
        """
        with self._database.writing() as session:
            user = _existing(session, tenant_id, user_id)
            if role is not Role.OWNER:
                _keep_an_owner(session, user)
            user.role = role

    def remove(self, tenant_id: str, user_id: int) -> Ended:
        """Take a user away: their sessions and links end, their tokens are revoked.

        Raises
        ------
        ConfigError
            If the tenant has no such user, or would be left without an owner.
        """
        with self._database.writing() as session:
            user = _existing(session, tenant_id, user_id)
            _keep_an_owner(session, user)
            tokens = session.scalars(
                update(ApiToken)
                .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
                .values(revoked_at=self._clock())
                .returning(ApiToken.token_id)
            ).all()
            sessions = session.scalars(
                delete(WebSession).where(WebSession.user_id == user_id).returning(WebSession.session_id)
            ).all()
            session.delete(user)
            return Ended(sessions=len(sessions), tokens=len(tokens))

    def create_login_link(self, user_id: int, *, valid: timedelta = timedelta(hours=24)) -> str:
        """The secret of a link that logs the user in once: ``/login/link/<secret>``. It cannot be shown again, and ends those
        that were made before."""
        secret = new_secret()
        with self._database.writing() as session:
            _end_links(session, user_id, self._clock())
            session.add(
                LoginLink(user_id=user_id, secret_hash=hashed(secret), expires_at=self._clock() + valid)
            )
        return secret

    def redeem_link(self, secret: str) -> User | None:
        """The link's user, once; None if it is unknown, used or expired."""
        now = self._clock()
        with self._database.writing() as session:
            used = session.execute(
                update(LoginLink)
                .where(
                    LoginLink.secret_hash == hashed(secret),
                    LoginLink.used_at.is_(None),
                    LoginLink.expires_at > now,
                )
                .values(used_at=now)
                .returning(LoginLink.user_id)
            ).scalar()
            if used is None:
                return None
            _end_links(session, used, now)
            session.execute(update(User).where(User.user_id == used).values(last_login_at=now))
            return session.get(User, used)


def _end_links(session: Session, user_id: int, now: datetime) -> None:
    session.execute(
        update(LoginLink).where(LoginLink.user_id == user_id, LoginLink.used_at.is_(None)).values(used_at=now)
    )


class Sessions:
    """Browsers that are logged in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(self, user_id: int, *, valid: timedelta) -> str:
        """The secret for the cookie. Sessions that have expired are cleared on the way."""
        secret, now = new_secret(), self._clock()
        with self._database.writing() as session:
            session.execute(delete(WebSession).where(WebSession.expires_at <= now))
            session.add(
                WebSession(
                    user_id=user_id, secret_hash=hashed(secret), created_at=now, expires_at=now + valid
                )
            )
        return secret

    def user(self, secret: str) -> User | None:
        """Who holds this cookie; None if the session is unknown, ended or expired."""
        with self._database.reading() as session:
            return session.scalar(
                select(User)
                .join(WebSession, WebSession.user_id == User.user_id)
                .where(WebSession.secret_hash == hashed(secret), WebSession.expires_at > self._clock())
            )

    def end(self, secret: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(WebSession).where(WebSession.secret_hash == hashed(secret)))


class Tokens:
    """Keys to ``/api/v1``."""

    _USE_IS_NOTED_EVERY = timedelta(minutes=1)

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def create(
        self, tenant_id: str, name: str, *, scopes: tuple[str, ...] = ("read",), user_id: int | None = None
    ) -> tuple[ApiToken, str]:
        """The token's row and its secret, which cannot be shown again. A user's may do no more than they may."""
        secret = new_secret("fnd_")
        token = ApiToken(
            tenant_id=tenant_id,
            user_id=user_id,
            name=name,
            secret_hash=hashed(secret),
            scopes=list(scopes),
            created_at=self._clock(),
        )
        with self._database.writing() as session:
            session.add(token)
        return token, secret

    def verify(self, secret: str, *, scope: str = "read") -> ApiToken | None:
        """The token, if it is valid and has ``scope``."""
        now = self._clock()
        with self._database.reading() as session:
            token = session.scalar(
                select(ApiToken).where(ApiToken.secret_hash == hashed(secret), ApiToken.revoked_at.is_(None))
            )
        if token is None or scope not in token.scopes:
            return None
        if token.last_used_at is None or _older(token.last_used_at, now, self._USE_IS_NOTED_EVERY):
            with self._database.writing() as session:
                session.execute(
                    update(ApiToken).where(ApiToken.token_id == token.token_id).values(last_used_at=now)
                )
        return token

    def all(self, tenant_id: str) -> list[ApiToken]:
        with self._database.reading() as session:
            return list(
                session.scalars(
                    select(ApiToken).where(ApiToken.tenant_id == tenant_id).order_by(ApiToken.token_id)
                )
            )

    def revoke(self, tenant_id: str, token_id: int) -> None:
        """Make the token invalid from now on.

        Raises
        ------
        ConfigError
            If the tenant has no such valid token.
        """
        with self._database.writing() as session:
            revoked = session.execute(
                update(ApiToken)
                .where(
                    ApiToken.tenant_id == tenant_id,
                    ApiToken.token_id == token_id,
                    ApiToken.revoked_at.is_(None),
                )
                .values(revoked_at=self._clock())
                .returning(ApiToken.token_id)
            ).scalar()
        if revoked is None:
            raise ConfigError(
                f"There is no valid token {token_id}.", "See all tokens with `fondaco tokens list`."
            )


def _existing(session: Session, tenant_id: str, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or user.tenant_id != tenant_id:
        raise ConfigError("There is no such user.", "See all users with `fondaco users list`.")
    return user


def _keep_an_owner(session: Session, user: User) -> None:
    """Locks the owners, so that two of them cannot go at once."""
    owners = session.scalars(
        select(User.user_id)
        .where(User.tenant_id == user.tenant_id, User.role == Role.OWNER)
        .with_for_update()
    ).all()
    if list(owners) == [user.user_id]:
        raise ConfigError(
            "This is the only owner, and a project needs one.",
            "Make another user an owner first: `fondaco users role EMAIL owner`.",
        )


def _older(then: datetime, now: datetime, age: timedelta) -> bool:
    return now - then >= age


def _normalised(email: str) -> str:
    address = email.strip().lower()
    name, at, domain = address.partition("@")
    if not (name and at and domain) or any(c.isspace() for c in address) or len(address) > 320:
        raise ConfigError(
            "The e-mail address has no name, no @ or no domain.", "Write it as name@example.com."
        )
    return address


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigError(
            f"The password has {len(password)} characters.", f"Choose one of at least {SHORTEST_PASSWORD}."
        )
    return _argon2().hash(password)
