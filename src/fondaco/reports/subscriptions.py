"""Who wants a mail that comes again and again, and which they have had: at most one a week or day and person, also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fondaco.control import ControlPlane, User
from fondaco.governance.people import weekly_key


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one summary to one user; it is given once."""

    user: User
    before: dict[str, Any]
    now: dict[str, Any]


class Subscriptions:
    """The users of one tenant who want a mail: the weekly summary, unless ``key`` is of another one."""

    def __init__(self, control: ControlPlane, tenant_id: str, key: Callable[[int], str] = weekly_key) -> None:
        self._control = control
        self._tenant_id = tenant_id
        self._key = key

    def wants(self, user_id: int) -> bool:
        return bool((self._state(user_id) or {}).get("wanted"))

    def always(self, user_id: int) -> bool:
        """Whether they want it also when there is nothing to say."""
        return bool((self._state(user_id) or {}).get("always"))

    def set(self, user_id: int, wanted: bool, *, always: bool = False) -> None:
        """Whoever says no and yes again in a week gets no second mail of it."""
        key, done = self._key(user_id), False
        while not done:  # a mail may be claimed in between
            state = self._state(user_id)
            now = {**(state or {}), "wanted": wanted} | ({"always": True} if always else {})
            if not always:
                now.pop("always", None)
            done = self._control.saved.swap(self._tenant_id, key, state, now)

    def users(self) -> list[User]:
        """Who wants it."""
        return [user for user in self._control.users.all(self._tenant_id) if self.wants(user.user_id)]

    def claim(self, user: User, week: date) -> Claim | None:
        """Take the mail of the week (or the day) that starts on ``week`` for oneself, before it is sent; None if it was taken already.

        What was claimed and then cut off by a crash stays claimed: no mail is better than two.
        """
        before = self._state(user.user_id)
        if not before or not before.get("wanted") or before.get("week", "") >= week.isoformat():
            return None
        now = {**before, "week": week.isoformat()}
        taken = self._control.saved.swap(self._tenant_id, self._key(user.user_id), before, now)
        return Claim(user, before, now) if taken else None

    def release(self, claim: Claim) -> None:
        """Give a claim back whose mail is known not to have gone out."""
        self._control.saved.swap(self._tenant_id, self._key(claim.user.user_id), claim.now, claim.before)

    def _state(self, user_id: int) -> dict[str, Any] | None:
        return self._control.saved.get(self._tenant_id, self._key(user_id))
