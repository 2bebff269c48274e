"""A connection is tested when somebody asks for it: one test at a time of each, with an answer within a deadline.

The vendor is asked in a thread of its own. One that does not answer keeps that thread until its request gives up; whoever
waits for it is told at the deadline, and what comes later is kept in the place of that.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from fondaco.control import Connection, ControlPlane
from fondaco.errors import AccessError, ConfigError, FondacoError, RetryableError, unknown_error
from fondaco.governance.redaction import redact_text
from fondaco.orchestration.connecting import check_connection
from fondaco.sources.source import source_type
from fondaco.sources.waiting import pausing_by

if TYPE_CHECKING:
    from fondaco.orchestration.project import Project

_log = logging.getLogger(__name__)

DEADLINE_SECONDS = 20.0
"""How long somebody waits for a test in front of a page."""


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """What came of a test. It holds no credential and no personal data.

    Attributes
    ----------
    outcome
        ``ready``; ``limited``, where the credential lacks something; ``refused``, where it is not accepted; ``unreachable``;
        ``no_answer`` within the deadline; or ``fault``, where a setting is wrong or a connector has failed.
    what, remedy
        What kept it from being ``ready`` or ``limited``, and what to do; else empty.
    readable
        The streams that the source reads, but for what ``missing`` names.
    """

    at: datetime
    actor: str
    outcome: str
    seconds: float
    what: str = ""
    remedy: str = ""
    readable: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def last_test(control: ControlPlane, tenant_id: str, connection_id: str) -> ConnectionTest | None:
    """The newest test of the connection, if it was ever tested from a page."""
    kept = control.saved.get(tenant_id, _key(connection_id))
    return _read(kept) if kept else None


class ConnectionTester:
    """The tests of one project that are under way."""

    def __init__(self, project: Project, *, deadline_seconds: float | None = None) -> None:
        self._project = project
        self._deadline = deadline_seconds
        self._lock = Lock()
        self._busy: set[str] = set()

    def test(self, connection_id: str, actor: str) -> ConnectionTest:
        """Ask the vendor what the connection may read, and keep the answer and who asked.

        Raises
        ------
        ConfigError
            If there is no such connection, or it is being tested already.
        """
        connection = self._project.control.connections.get(self._project.tenant, connection_id)
        with self._lock:
            if connection_id in self._busy:
                raise ConfigError(
                    f"{connection.name} is being tested already.",
                    "Wait for its answer, then look here again.",
                )
            self._busy.add(connection_id)
        seconds = DEADLINE_SECONDS if self._deadline is None else self._deadline
        trial = _Trial(self._project, connection, actor, seconds)
        Thread(target=self._run, args=(trial,), name=f"test-{connection_id}", daemon=True).start()
        found = trial.answer()
        self._project.control.audit.add(
            self._project.tenant,
            actor=actor,
            action="connection.test",
            subject=connection_id,
            detail={"source": connection.source, "outcome": found.outcome},
        )
        return found

    def _run(self, trial: _Trial) -> None:
        try:
            trial.run()
        finally:
            with self._lock:
                self._busy.discard(trial.connection.connection_id)


class _Trial:
    """One test, between the thread that asks and the one that waits."""

    def __init__(self, project: Project, connection: Connection, actor: str, seconds: float) -> None:
        self.connection = connection
        self._project = project
        self._actor = actor
        self._seconds = seconds
        self._started = time.monotonic()
        self._found: Future[ConnectionTest] = Future()
        self._given_up = False
        self._lock = Lock()

    def run(self) -> None:
        with pausing_by(self._pause):
            found = self._tried()
        with self._lock:
            self._found.set_result(found)
            if self._given_up:
                self._keep(found)

    def answer(self) -> ConnectionTest:
        """What the vendor said, or that it said nothing until the deadline."""
        with suppress(FutureTimeoutError):
            self._found.result(self._seconds)
        with self._lock:
            self._given_up = not self._found.done()
            found = self._no_answer() if self._given_up else self._found.result()
            self._keep(found)
        return found

    def _tried(self) -> ConnectionTest:
        try:
            kind = source_type(self.connection.source)
            check = check_connection(self._project, self.connection)
        except _OutOfTimeError:
            return self._no_answer()
        except AccessError as error:
            return self._failed("refused", error)
        except RetryableError as error:
            return self._failed("unreachable", error)
        except FondacoError as error:
            return self._failed("fault", error)
        except Exception as error:  # whatever a third party's connector does
            _log.exception(
                "test of a connection met an unknown error", extra={"source": self.connection.source}
            )
            return self._failed("fault", unknown_error(self.connection.name, error))
        return self._test(
            "limited" if check.missing else "ready",
            readable=tuple(stream.name for stream in kind.streams),
            missing=tuple(map(redact_text, check.missing)),
            warnings=tuple(map(redact_text, check.warnings)),
        )

    def _no_answer(self) -> ConnectionTest:
        return self._test(
            "no_answer",
            what=f"{_title(self.connection)} gave no answer that could be used within {self._seconds:g} seconds.",
            remedy="It may be busy or out of order: test it again in a few minutes. What was read before is kept.",
        )

    def _failed(self, outcome: str, error: FondacoError) -> ConnectionTest:
        return self._test(outcome, what=redact_text(error.what), remedy=redact_text(error.remedy))

    def _test(self, outcome: str, **known: Any) -> ConnectionTest:
        seconds = round(time.monotonic() - self._started, 3)
        return ConnectionTest(self._project.clock(), self._actor, outcome, seconds, **known)

    def _keep(self, found: ConnectionTest) -> None:
        value = {**asdict(found), "at": found.at.isoformat()}
        self._project.control.saved.put(self._project.tenant, _key(self.connection.connection_id), value)

    def _pause(self, seconds: float) -> None:
        """A vendor that wants more time than there is gets no second attempt."""
        if time.monotonic() + seconds > self._started + self._seconds:
            raise _OutOfTimeError("It took too long.", "Test it again later.")
        time.sleep(seconds)


class _OutOfTimeError(FondacoError):
    """The next attempt would come after the deadline. Not retryable, or the source would try again."""


def _read(kept: Mapping[str, Any]) -> ConnectionTest:
    lists = {name: tuple(kept[name]) for name in ("readable", "missing", "warnings")}
    return ConnectionTest(**{**kept, **lists, "at": datetime.fromisoformat(kept["at"])})


def _key(connection_id: str) -> str:
    """Forgotten with the connection: see ``Connections.remove``."""
    return f"connection_test:{connection_id}"


def _title(connection: Connection) -> str:
    try:
        return source_type(connection.source).title
    except ConfigError:
        return connection.name
