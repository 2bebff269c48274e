"""Days that Google restates, through landing: what it takes back is gone, what it adds is there once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.sources.google_ads.conftest import Account, Synced, figures

from fondaco.orchestration import run_pipeline

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("google_ads")]


def test_conversions_grow_on_the_day_of_their_click(account: Account, synced: Synced) -> None:
    account.book.figures["campaign"] = [
        figures(1, "2026-02-20", cost_micros=5_000_000, clicks=9, conversions=1)
    ]
    assert synced.rows() == [("2026-02-20", 1, Decimal("5.000000"), 1.0)]

    account.book.figures["campaign"] = [
        figures(1, "2026-02-20", cost_micros=5_000_000, clicks=9, conversions=2.5)
    ]
    synced.now += timedelta(hours=2)
    assert synced.rows() == [("2026-02-20", 1, Decimal("5.000000"), 1.0)], "30 days back are read once a day"
    synced.now += timedelta(days=1)
    assert synced.rows() == [("2026-02-20", 1, Decimal("5.000000"), 2.5)]


def test_credit_for_invalid_clicks_lowers_the_cost_of_a_recent_day_at_once(
    account: Account, synced: Synced
) -> None:
    account.book.figures["campaign"] = [figures(1, "2026-03-08", cost_micros=5_000_000, clicks=9)]
    assert synced.rows() == [("2026-03-08", 1, Decimal("5.000000"), 0.0)]
    account.book.figures["campaign"] = [figures(1, "2026-03-08", cost_micros=4_810_000, clicks=8)]
    synced.now += timedelta(hours=1)
    assert synced.rows() == [("2026-03-08", 1, Decimal("4.810000"), 0.0)]


def test_a_row_that_vanishes_is_gone_also_where_it_was_the_last(account: Account, synced: Synced) -> None:
    kept, gone = figures(1, "2026-03-07", cost_micros=1_000_000), figures(2, "2026-03-07", impressions=3)
    account.book.figures["campaign"] = [kept, gone]
    assert len(synced.rows()) == 2
    account.book.figures["campaign"] = [kept]
    synced.now += timedelta(hours=1)
    assert [row[1] for row in synced.rows()] == [1]
    account.book.figures["campaign"] = []
    synced.now += timedelta(hours=1)
    assert synced.rows() == []


def test_a_change_long_after_the_conversion_window_is_not_seen(account: Account, synced: Synced) -> None:
    """What the page of the connector says; `lookback_days` widens it."""
    account.book.figures["campaign"] = [figures(1, "2026-01-20", cost_micros=1_000_000)]
    before = synced.rows()
    account.book.figures["campaign"] = [figures(1, "2026-01-20", cost_micros=1_000_000, conversions=1)]
    synced.now += timedelta(days=1)
    assert synced.rows() == before


def test_what_google_no_longer_keeps_stays_through_a_full_refresh(account: Account, synced: Synced) -> None:
    account.book.figures["campaign"] = [figures(1, "2026-02-20", cost_micros=1_000_000, clicks=1)]
    before = synced.rows()
    assert len(before) == 1
    account.book.figures["campaign"] = []
    synced.now = datetime(2029, 6, 1, tzinfo=UTC)
    assert run_pipeline(synced.project, steps=("sync",), full_refresh=True).error is None
    assert synced.rows() == before
