"""Guessing is slowed down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from fondaco.server.auth.throttle import (
    PER_ACCOUNT,
    PER_ACCOUNT_AND_ADDRESS,
    PER_ADDRESS,
    WINDOW,
    Throttle,
)


class Watch:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_an_account_rests_at_an_address_after_some_failures_there() -> None:
    watch = Watch()
    throttle = Throttle(watch)
    for _ in range(PER_ACCOUNT_AND_ADDRESS):
        assert throttle.attempt("a@example.com", "10.0.0.1") is None
    assert throttle.attempt("A@example.com ", "10.0.0.1") == WINDOW
    assert throttle.attempt("b@example.com", "10.0.0.1") is None
    watch.now += WINDOW + timedelta(seconds=1)
    assert throttle.attempt("a@example.com", "10.0.0.1") is None


def test_nobody_is_shut_out_by_who_fails_in_their_name_elsewhere() -> None:
    throttle = Throttle(Watch())
    for _ in range(PER_ADDRESS * 2):
        throttle.attempt("a@example.com", "203.0.113.9")
    assert throttle.attempt("a@example.com", "10.0.0.1") is None


def test_an_account_rests_after_many_failures_wherever_they_come_from() -> None:
    watch = Watch()
    throttle = Throttle(watch)
    for n in range(PER_ACCOUNT):
        assert throttle.attempt("a@example.com", f"10.0.{n}.1") is None
    assert throttle.attempt("A@example.com ", "10.1.0.1") == WINDOW
    assert throttle.attempt("b@example.com", "10.1.0.1") is None
    watch.now += WINDOW + timedelta(seconds=1)
    assert throttle.attempt("a@example.com", "10.1.0.1") is None


def test_all_addresses_of_one_network_of_ipv6_are_one() -> None:
    throttle = Throttle(Watch())
    for n in range(PER_ACCOUNT_AND_ADDRESS):
        assert throttle.attempt("a@example.com", f"2001:db8::{n}") is None
    assert throttle.attempt("a@example.com", "2001:db8::ffff") == WINDOW
    assert throttle.attempt("a@example.com", "2001:db8:0:1::1") is None


def test_who_logs_in_grants_others_no_new_guesses() -> None:
    throttle = Throttle(Watch())
    for n in range(PER_ACCOUNT - 1):
        throttle.attempt("a@example.com", f"10.0.{n}.1")
    assert throttle.attempt("a@example.com", "10.1.0.1") is None
    throttle.succeeded("a@example.com", "10.1.0.1")
    assert throttle.attempt("a@example.com", "10.1.0.2") is None
    assert throttle.attempt("a@example.com", "10.1.0.3") == WINDOW


def test_an_address_rests_after_failures_of_many_accounts() -> None:
    throttle = Throttle(Watch())
    for n in range(PER_ADDRESS):
        assert throttle.attempt(f"{n}@example.com", "10.0.0.1") is None
    assert throttle.attempt("new@example.com", "10.0.0.1") == WINDOW
    assert throttle.attempt("new@example.com", "10.0.0.2") is None


def test_a_log_in_clears_the_account_and_itself_but_not_the_address() -> None:
    throttle = Throttle(Watch())
    for n in range(PER_ADDRESS):
        assert (
            throttle.attempt(
                "a@example.com" if n < PER_ACCOUNT_AND_ADDRESS else f"{n}@example.com", "10.0.0.1"
            )
            is None
        )
    throttle.succeeded("a@example.com", "10.0.0.1")
    assert throttle.attempt("a@example.com", "10.0.0.2") is None
    assert throttle.attempt("a@example.com", "10.0.0.1") is None
    assert throttle.attempt("a@example.com", "10.0.0.1") == WINDOW


def test_attempts_at_the_same_time_are_no_way_around_the_limit() -> None:
    throttle = Throttle(Watch())
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: throttle.attempt("a@example.com", "10.0.1.1"), range(60)))
    assert found.count(None) == PER_ACCOUNT_AND_ADDRESS


def test_addresses_of_people_are_not_kept_in_the_clear() -> None:
    throttle = Throttle(Watch())
    throttle.attempt("someone@example.com", "10.0.0.1")
    assert "someone" not in repr(vars(throttle))
