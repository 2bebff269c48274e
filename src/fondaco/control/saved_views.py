"""Views of pages that people saved under a name: their own, and those that others share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.models import SavedView, User
from fondaco.errors import ConfigError

LONGEST_NAME = 60
LONGEST_ADDRESS = 2000
AT_MOST = 50
"""Views that one user may keep: a list that nobody can read through helps nobody."""

_PATH = re.compile(r"^/(?![/\\])[^\s?#\\]*$")


@dataclass(frozen=True, slots=True)
class Shown:
    """A view as one user sees it: their own, or shared by ``owner``."""

    view: SavedView
    owner: str
    is_own: bool

    @property
    def address(self) -> str:
        """Path and query of the page."""
        return self.view.path + (f"?{self.view.query}" if self.view.query else "")


class SavedViews:
    """A page's path and query under a name, a user's own; only its owner changes it, or takes it away."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def save(
        self, tenant_id: str, user_id: int, *, name: str, path: str, query: str = "", is_shared: bool = False
    ) -> SavedView:
        """Keep a view under a name; one of the user's of that name is replaced.

        Raises
        ------
        ConfigError
            If the name is empty or too long, the path is none of a page, or the user keeps ``AT_MOST`` views already.
        """
        words = _name(name)
        if not _PATH.match(path) or len(path) + len(query) > LONGEST_ADDRESS or re.search(r"[\s#]", query):
            raise ConfigError(
                "What is to be saved is not the address of a page.", "Open the page and save it from there."
            )
        with self._database.writing() as session:
            own = session.scalars(select(SavedView).where(SavedView.user_id == user_id)).all()
            view = next((one for one in own if one.name == words), None)
            if view is None and len(own) >= AT_MOST:
                raise ConfigError(
                    f"You keep {len(own)} views, which is as many as there may be.",
                    "Delete one that you no longer use.",
                )
            view = view or SavedView(
                tenant_id=tenant_id, user_id=user_id, name=words, created_at=self._clock()
            )
            view.path, view.query, view.is_shared = path, query, is_shared
            session.add(view)
        return view

    def visible_to(self, tenant_id: str, user_id: int) -> list[Shown]:
        """The user's own views, then those that others of the tenant share; by name."""
        with self._database.reading() as session:
            found = session.execute(
                select(SavedView, User.name)
                .join(User, User.user_id == SavedView.user_id)
                .where(SavedView.tenant_id == tenant_id)
                .where(or_(SavedView.user_id == user_id, SavedView.is_shared))
            ).all()
        shown = [Shown(view, owner, view.user_id == user_id) for view, owner in found]
        return sorted(shown, key=lambda one: (not one.is_own, one.view.name.casefold(), one.view.view_id))

    def change(self, user_id: int, view_id: int, *, name: str, is_shared: bool) -> None:
        """Give a view of the user's another name, and share it or not.

        Raises
        ------
        ConfigError
            If the user has no such view, or another one of that name.
        """
        words = _name(name)
        try:
            with self._database.writing() as session:
                view = session.get(SavedView, view_id)
                if view is None or view.user_id != user_id:
                    raise _not_theirs()
                view.name, view.is_shared = words, is_shared
        except IntegrityError as error:
            raise ConfigError(
                f"You have a view named {words!r} already.", "Choose another name, or delete that one first."
            ) from error

    def remove(self, user_id: int, view_id: int) -> None:
        """Take a view of the user's away.

        Raises
        ------
        ConfigError
            If the user has no such view.
        """
        with self._database.writing() as session:
            gone = session.execute(
                delete(SavedView)
                .where(SavedView.view_id == view_id, SavedView.user_id == user_id)
                .returning(SavedView.view_id)
            ).scalar()
        if gone is None:
            raise _not_theirs()


def _name(name: str) -> str:
    words = " ".join(name.split())
    if not 0 < len(words) <= LONGEST_NAME:
        raise ConfigError(
            f"The name of the view has {len(words)} characters.",
            f"Give it a name of one to {LONGEST_NAME} characters.",
        )
    return words


def _not_theirs() -> ConfigError:
    return ConfigError(
        "There is no such view of yours.", "Load the page again; it may have been deleted already."
    )
