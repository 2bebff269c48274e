"""Who wants the weekly summary, and which weeks they have had: at most one mail a week and person, also after a restart."""

from __future__ import annotations

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
    """The users of one tenant who want the weekly summary."""

    def __init__(self, control: ControlPlane, tenant_id: str) -> None:
        self._control = control
        self._tenant_id = tenant_id

    def wants(self, user_id: int) -> bool:
        return bool((self._state(user_id) or {}).get("wanted"))

    def set(self, user_id: int, wanted: bool) -> None:
        """Whoever says no and yes again in a week gets no second mail of it."""
        key, done = weekly_key(user_id), False
        while not done:  # a mail may be claimed in between
            state = self._state(user_id)
            done = self._control.saved.swap(self._tenant_id, key, state, {**(state or {}), "wanted": wanted})

    def users(self) -> list[User]:
        """Who wants it."""
        return [user for user in self._control.users.all(self._tenant_id) if self.wants(user.user_id)]

    def claim(self, user: User, week: date) -> Claim | None:
        """Take the mail of the week that starts on ``week`` for oneself, before it is sent; None if it was taken already.

        What was claimed and then cut off by a crash stays claimed: no mail is better than two.
        """
        before = self._state(user.user_id)
        if not before or not before.get("wanted") or before.get("week", "") >= week.isoformat():
            return None
        now = {**before, "week": week.isoformat()}
        taken = self._control.saved.swap(self._tenant_id, weekly_key(user.user_id), before, now)
        return Claim(user, before, now) if taken else None

    def release(self, claim: Claim) -> None:
        """Give a claim back whose mail is known not to have gone out."""
        self._control.saved.swap(self._tenant_id, weekly_key(claim.user.user_id), claim.now, claim.before)

    def _state(self, user_id: int) -> dict[str, Any] | None:
        return self._control.saved.get(self._tenant_id, weekly_key(user_id))
