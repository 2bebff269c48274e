"""What a page says once, after a form was sent: kept in this process, so that no secret stands in a URL or a cookie."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.responses import RedirectResponse

from fondaco.errors import ConfigError, FatalError, FondacoError

_USERS_AT_MOST = 256


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence or two; ``secret`` is shown beside it, this once, to be copied."""

    text: str
    tone: str = "good"
    secret: str = ""
    secret_label: str = ""


class Notices:
    """The notices that wait for each user's next page."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: OrderedDict[int, list[Notice]] = OrderedDict()

    def add(self, user_id: int, notice: Notice) -> None:
        with self._lock:
            self._waiting.setdefault(user_id, []).append(notice)
            while len(self._waiting) > _USERS_AT_MOST:
                self._waiting.popitem(last=False)

    def take(self, user_id: int) -> list[Notice]:
        """The user's notices, which are gone with that."""
        with self._lock:
            return self._waiting.pop(user_id, [])

    def answer(self, user_id: int, address: str, work: Callable[[], Notice]) -> RedirectResponse:
        """Do the work of a form, and lead to ``address``, where it is said what came of it.

        A refusal by role is no matter of this form: it is raised.
        """
        try:
            notice = work()
        except FondacoError as error:
            if isinstance(error, FatalError) or type(error) not in _OF_THE_FORM:
                raise
            notice = Notice(f"{error.what} {error.remedy}", "bad")
        self.add(user_id, notice)
        return RedirectResponse(address, 303)


_OF_THE_FORM = (ConfigError,)
