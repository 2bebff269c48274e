"""Answers are worked out once, and failures are not kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from fondaco.server.answers import Remembered


def test_twenty_who_ask_at_once_get_the_one_answer() -> None:
    answers: Remembered[int] = Remembered(8)
    calls = []
    started = threading.Barrier(20)

    def work() -> int:
        calls.append(1)
        threading.Event().wait(0.05)
        return 7

    def ask(_: int) -> int:
        started.wait()
        return answers.get("key", work)

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(20))) == [7] * 20
    assert len(calls) == 1


def test_answers_take_no_more_than_they_may_and_one_that_is_too_large_is_not_kept() -> None:
    answers: Remembered[str] = Remembered(100, weight=len, most=80)
    for number in range(30):
        assert answers.get(number, lambda: "x" * 10) == "x" * 10
    assert (len(answers), answers.peek(29), answers.peek(21)) == (8, "x" * 10, None)
    assert answers.get("large", lambda: "y" * 11) == "y" * 11
    assert answers.peek("large") is None and answers.peek(29) == "x" * 10


def test_a_failure_reaches_the_caller_and_is_tried_again() -> None:
    answers: Remembered[int] = Remembered(8)

    def fail() -> int:
        raise RuntimeError("the warehouse is away")

    with pytest.raises(RuntimeError, match="away"):
        answers.get("key", fail)
    assert answers.peek("key") is None
    assert answers.get("key", lambda: 3) == 3


def test_the_answer_not_asked_for_longest_is_dropped_first() -> None:
    answers: Remembered[str] = Remembered(2)
    answers.get("a", lambda: "a")
    answers.get("b", lambda: "b")
    answers.get("a", lambda: "never")
    answers.get("c", lambda: "c")
    assert [answers.peek(key) for key in ("a", "b", "c")] == ["a", None, "c"]
