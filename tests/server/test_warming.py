"""The thread that works out the usual views: when it works, when it rests, what it says when it cannot."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from fondaco.orchestration import Project
from fondaco.server.app import create_app
from fondaco.server.site import Site
from fondaco.server.warming import THREAD_NAME, Warmer

NOT_THERE = "20260331t090000000000_abcdef"


class Looks:
    """A clock that counts how often it was looked at: once each time the warmer looks, and once for its views."""

    def __init__(self) -> None:
        self.seen = 0
        self._changed = threading.Condition()

    def __call__(self) -> datetime:
        with self._changed:
            self.seen += 1
            self._changed.notify_all()
        return datetime(2026, 3, 31, 9, 0, tzinfo=UTC)

    def wait_for_more(self, looks: int) -> None:
        with self._changed:
            goal = self.seen + looks
            assert self._changed.wait_for(lambda: self.seen >= goal, timeout=20)


def _name_what_is_not_there(project: Project, version: str = NOT_THERE) -> None:
    folder = project.data / "published"
    folder.mkdir(exist_ok=True)
    (folder / "current").write_text(f"{version}\n", encoding="ascii")


@contextmanager
def _warming(project: Project) -> Iterator[Warmer]:
    warmer = Warmer(Site(project), look_every_seconds=0.01)
    warmer.start()
    try:
        yield warmer
    finally:
        warmer.stop()


def _faults(caplog: pytest.LogCaptureFixture) -> int:
    return sum("could not be worked out" in record.message for record in caplog.records)


def test_a_state_that_cannot_be_read_is_told_once_and_the_next_one_is_tried(
    new_project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    new_project.clock = looks = Looks()
    _name_what_is_not_there(new_project)
    with caplog.at_level(logging.ERROR), _warming(new_project) as warmer:
        assert warmer.idle.wait(20)
        looks.wait_for_more(8)
        assert _faults(caplog) == 1
        _name_what_is_not_there(new_project, NOT_THERE.replace("09", "10"))
        looks.wait_for_more(8)
        assert warmer.idle.wait(20)
    assert _faults(caplog) == 2


def test_with_nothing_published_there_is_nothing_to_do(new_project: Project) -> None:
    app = create_app(new_project, warm=True)
    with TestClient(app):
        assert app.state.warmer.idle.wait(20)
    assert app.state.site.answered == 0


def _warmers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


@pytest.mark.parametrize(("warm", "running"), [(True, 1), (False, 0)])
def test_the_thread_lives_as_long_as_the_application(new_project: Project, warm: bool, running: int) -> None:
    with TestClient(create_app(new_project, warm=warm)):
        assert len(_warmers()) == running
    assert _warmers() == []
