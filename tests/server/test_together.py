"""Questions side by side."""

from __future__ import annotations

from threading import Barrier

import pytest

from fondaco.server.together import together


def test_works_run_at_the_same_time_and_answer_in_their_order() -> None:
    met = Barrier(4, timeout=20)

    def work(name: str) -> str:
        met.wait()
        return name

    found = together(lambda: work("a"), lambda: work("b"), lambda: work("c"), lambda: work("d"))
    assert found == ("a", "b", "c", "d")


@pytest.mark.parametrize("failing", [0, 1])
def test_the_failure_of_one_is_raised_once_all_have_ended(failing: int) -> None:
    done = []

    def work(number: int) -> None:
        done.append(number)
        if number == failing:
            raise LookupError(f"number {number}")

    with pytest.raises(LookupError, match=f"number {failing}"):
        together(lambda: work(0), lambda: work(1))
    assert sorted(done) == [0, 1]
