"""Rows as records, amounts exact."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fondaco.simulator.google_ads.messages import filled
from fondaco.simulator.google_ads.rules import row_type
from fondaco.sources.google_ads.fields import AD_GROUPS, CAMPAIGN_DAYS, CAMPAIGNS
from fondaco.sources.google_ads.records import decimal_of_micros, reader_of

EMPTY = row_type("v25")()


@given(micros=st.integers(-(2**63), 2**63 - 1))
def test_micros_lose_nothing(micros: int) -> None:
    text = decimal_of_micros(micros)
    assert Decimal(text).scaleb(6) == Decimal(micros)
    assert len(text.partition(".")[2]) == 6


def test_a_figure_that_is_left_out_is_nought_and_an_attribute_unknown() -> None:
    (row,) = filled([{"campaign.id": 7, "segments.date": "2026-03-09"}], "v25")
    found = reader_of(CAMPAIGN_DAYS.fields, EMPTY)(row)
    assert (found["cost"], found["conversions"], found["clicks"]) == ("0.000000", 0.0, 0)
    assert (found["campaign_id"], found["customer_id"], found["currency"]) == (7, None, None)


def test_enums_are_their_names_and_what_this_version_does_not_know_its_number() -> None:
    (row,) = filled([{"ad_group.type": "SEARCH_STANDARD", "ad_group.status": "REMOVED"}], "v25")
    found = reader_of(AD_GROUPS.fields, EMPTY)(row)
    assert (found["type"], found["status"]) == ("SEARCH_STANDARD", "REMOVED")
    row.ad_group.type_ = 999
    row.ad_group.status = 0
    found = reader_of(AD_GROUPS.fields, EMPTY)(row)
    assert (found["type"], found["status"]) == ("UNKNOWN_999", None)


def test_a_budget_of_nought_is_not_an_unknown_one() -> None:
    rows = filled([{"campaign_budget.amount_micros": 0}, {"campaign.id": 1}], "v25")
    read = reader_of(CAMPAIGNS.fields, EMPTY)
    assert [read(row)["budget"] for row in rows] == ["0.000000", None]


def test_the_day_of_an_instant_of_the_account_is_kept() -> None:
    (row,) = filled([{"campaign.start_date_time": "2026-03-09 23:59:59"}], "v25")
    assert reader_of(CAMPAIGNS.fields, EMPTY)(row)["start_date"] == "2026-03-09"
