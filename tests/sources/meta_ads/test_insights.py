"""Insights: complete, exact, patient, and read again where Meta restates them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from fondaco.errors import RetryableError
from fondaco.simulator.faults import Fault
from fondaco.simulator.store import Store
from fondaco.simulator.world import generate_world
from fondaco.sources.meta_ads.connector import oldest_day

from .conftest import END, FIRST, LAST, Account, served_account, spend_by_day

pytestmark = pytest.mark.slow
RECENT = LAST - timedelta(days=4)


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[Account]:
    """An account in a world of its own, in which time may go on."""
    generate_world(tmp_path / "world", seed=5, orders=600, end=END, days=60)
    with Store.build(tmp_path / "world") as store, served_account(store) as account:
        yield account


def test_spend_of_every_day_is_the_accounts_to_the_cent(account: Account) -> None:
    rows = account.insights(FIRST, LAST)
    assert spend_by_day(rows) == account.truth(FIRST, LAST)
    assert {row["account_currency"] for row in rows} == {"EUR"}


def test_archived_and_deleted_ads_have_their_spend(account: Account) -> None:
    spent = {row["campaign_name"].rpartition(" ")[2] for row in account.insights(FIRST, LAST)}
    assert {"launch", "steps"} <= spent, "Summer launch is archived, First steps is deleted"


def test_spend_that_meta_leaves_out_of_its_ads_is_told(account: Account) -> None:
    assert account.warnings(FIRST, LAST, "backfill") == []
    account.behaviour.forgets_deleted = True
    [told] = account.warnings(FIRST, LAST, "backfill")
    assert "EUR less than the account as a whole" in told and "2026-07-04" in told
    assert account.warnings(FIRST, LAST, "incremental") == [], "not in every run"


def test_few_days_are_asked_for_at_once_and_many_by_a_report(account: Account) -> None:
    at_once = account.insights(RECENT, LAST)
    assert not account.asked("POST")
    account.insights(FIRST, LAST)
    assert len(account.asked("POST")) == 1
    both = [row for row in account.insights(FIRST, LAST) if row["date_start"] >= RECENT.isoformat()]
    assert sorted(map(str, both)) == sorted(map(str, at_once))


def test_a_report_is_read_when_it_is_completed_and_whole(account: Account) -> None:
    account.insights(FIRST, LAST)
    assert account.slept == [0.5, 0.75], "running, then completed at 80 %, then at 100 %"


def test_pages_follow_the_cursor(account: Account) -> None:
    rows = account.read("insights", RECENT, LAST, page_size=10)
    assert len(rows) == len({(row["date_start"], row["ad_id"]) for row in rows})
    assert spend_by_day(rows) == account.truth(RECENT, LAST)
    assert len(account.asked("GET act_")) > 5


def test_a_page_that_is_too_much_becomes_smaller(account: Account) -> None:
    account.behaviour.most_rows_a_page = 60
    assert spend_by_day(account.insights(RECENT, LAST)) == account.truth(RECENT, LAST)
    assert any('"limit": "31"' in one for one in account.asked("GET act_"))


def test_days_that_are_too_much_at_once_become_a_report(account: Account) -> None:
    account.behaviour.most_rows_at_once = 0
    assert spend_by_day(account.insights(RECENT, LAST)) == account.truth(RECENT, LAST)
    assert len(account.asked("POST")) == 1


def test_a_report_that_is_too_much_is_halved(account: Account) -> None:
    account.behaviour.most_rows_at_once = 0
    account.behaviour.most_rows_a_report = len(account.store.ad_days("meta", RECENT, LAST)) // 2
    assert spend_by_day(account.insights(RECENT, LAST)) == account.truth(RECENT, LAST)
    assert len(account.asked("POST")) > 3


def test_a_day_that_is_too_much_is_split_by_campaign(account: Account) -> None:
    account.behaviour.most_rows_at_once = account.behaviour.most_rows_a_report = 15
    assert spend_by_day(account.insights(LAST, LAST)) == account.truth(LAST, LAST)
    assert any("campaign.id" in one for one in account.asked("GET act_"))


def test_one_campaigns_day_that_is_too_much_is_told(account: Account) -> None:
    account.behaviour.most_rows_at_once = account.behaviour.most_rows_a_report = 0
    with pytest.raises(RetryableError, match="even for a single campaign"):
        account.insights(LAST, LAST)


def test_a_report_that_fails_is_made_again(account: Account) -> None:
    account.faults.switch([Fault(name="report_fails", times=1)])
    assert spend_by_day(account.insights(FIRST, LAST)) == account.truth(FIRST, LAST)
    assert len(account.asked("POST")) == 2


def test_days_end_with_the_accounts_today(account: Account) -> None:
    rows = account.insights(LAST, LAST + timedelta(days=2))
    assert {row["date_start"] for row in rows} == {LAST.isoformat()}
    assert account.insights(LAST + timedelta(days=1), LAST + timedelta(days=2)) == []
    assert all(
        '"until":"2026-11-01"' in one.replace("\\", "") for one in account.asked("GET act_") if "until" in one
    )


def test_nobody_asks_for_what_lies_more_than_37_months_back(account: Account) -> None:
    account.insights(date(2015, 1, 1), LAST)
    assert any("2023-10-02" in one for one in account.asked("POST"))
    before = len(account.asked("POST"))
    assert account.insights(date(2015, 1, 1), date(2023, 10, 1)) == []
    assert len(account.asked("POST")) == before


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 22), date(2023, 10, 23)),
        (date(2026, 11, 1), date(2023, 10, 2)),
        (date(2026, 3, 31), date(2023, 3, 4)),
        (date(2026, 1, 15), date(2022, 12, 16)),
    ],
)
def test_the_oldest_day_is_less_than_37_months_back(today: date, first: date) -> None:
    assert oldest_day(today) == first


def test_claims_are_those_of_each_window_and_never_added_over_kinds(account: Account) -> None:
    rows = account.insights(FIRST, LAST)
    kinds = {"click": 0, "view": 0, "engaged_view": 0}
    for claim in account.store.ad_claims("meta", FIRST, LAST):
        kinds[claim["kind"]] += 1
    told = {
        name: sum(int(row["fondaco"][f"purchases_{name}"]) for row in rows)
        for name in ("28d_click", "1d_view", "1d_ev")
    }
    assert told == {"28d_click": kinds["click"], "1d_view": kinds["view"], "1d_ev": kinds["engaged_view"]}
    assert {row["fondaco"]["purchase_type"] for row in rows} == {"omni_purchase", "purchase", None}
    counted = sum(int(row["fondaco"]["purchases"]) for row in rows)
    assert 0 < counted < kinds["click"] + kinds["view"], "7d_click and 1d_view: some clicks lie further back"


def test_only_the_windows_asked_for_are_told(account: Account) -> None:
    rows = account.insights(RECENT, LAST, attribution_windows="7d_click, 1d_view")
    assert {name for row in rows for name in row["fondaco"] if name.startswith("purchases_")} == {
        "purchases_7d_click", "purchases_1d_view",
    }  # fmt: skip


def test_a_day_is_read_as_it_is_restated_and_what_vanished_is_gone(moving: Account) -> None:
    first = LAST - timedelta(days=28)
    before = moving.insights(first, LAST)
    moving.store.advance(seed=1, share=0.05, minutes=15 * 24 * 60)
    after = moving.insights(first, LAST)
    assert spend_by_day(after) == moving.truth(first, LAST) != spend_by_day(before)
    known = [{(row["date_start"], row["ad_id"]) for row in rows} for rows in (before, after)]
    assert known[0] - known[1], "Meta took rows back, and has no row of nothing for them"
