"""Turns at the writer: whoever writes briefly and often makes way, and nobody else is waited for."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from fondaco.errors import RetryableError
from fondaco.warehouse.courtesy import Courtesy
from fondaco.warehouse.lock import LockFile


def test_a_brief_writer_is_waited_for_and_sees_that_it_is(tmp_path: Path) -> None:
    brief, patient = Courtesy(tmp_path), Courtesy(tmp_path)
    lock, other = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    taken = threading.Event()

    def take() -> None:
        patient.take(other.acquire)
        taken.set()

    lock.acquire()
    with brief.writing_briefly():
        waiting = threading.Thread(target=take)
        waiting.start()
        deadline = time.monotonic() + 5
        while not brief.is_wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        assert brief.is_wanted
        assert not taken.is_set()
        lock.release()
        waiting.join(5)
    assert taken.is_set()
    assert not brief.is_wanted
    other.release()


def test_whoever_writes_for_long_is_not_waited_for(tmp_path: Path) -> None:
    lock, other = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    lock.acquire()
    started = time.monotonic()
    with pytest.raises(RetryableError, match="Another process is writing"):
        Courtesy(tmp_path).take(other.acquire)
    assert time.monotonic() - started < 2
    lock.release()


def test_a_brief_writer_itself_never_waits(tmp_path: Path) -> None:
    lock, other = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    lock.acquire()
    courtesy = Courtesy(tmp_path)
    with courtesy.writing_briefly(), pytest.raises(RetryableError):
        courtesy.take(other.acquire)
    lock.release()
