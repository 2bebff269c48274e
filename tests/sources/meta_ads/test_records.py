"""One kind of purchase is chosen; overlapping kinds are never added up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fondaco.sources.meta_ads import MetaAdsSettings, records
from fondaco.sources.meta_ads.fields import PURCHASES
from fondaco.sources.meta_ads.tally import Tally

WINDOWS = ("7d_click", "1d_view")
shape = records.insight(WINDOWS)


def settings(**given: object) -> MetaAdsSettings:
    return MetaAdsSettings.model_validate({"account_id": "act_12", "access_token": "t", **given})


@given(st.lists(st.sampled_from((*PURCHASES, "link_click", "post")), unique=True), st.integers(1, 99))
def test_purchases_are_those_of_the_widest_kind_in_whatever_order_they_come(
    kinds: list[str], count: int
) -> None:
    actions = [{"action_type": kind, "value": str(count), "7d_click": str(count)} for kind in kinds]
    found = shape({"actions": actions})["fondaco"]
    widest = next((kind for kind in PURCHASES if kind in kinds), None)
    assert found["purchase_type"] == widest
    assert found["purchases"] == found["purchases_7d_click"] == (str(count) if widest else "0")
    assert found["purchases_1d_view"] == "0"


def test_a_row_without_actions_claims_nothing() -> None:
    assert shape({"spend": "1.00"})["fondaco"] == {
        "purchase_type": None, "purchases": "0", "purchase_value": "0", "outbound_clicks": "0",
        "purchases_7d_click": "0", "purchases_1d_view": "0", "purchase_value_7d_click": "0",
        "purchase_value_1d_view": "0",
    }  # fmt: skip


def test_value_and_count_are_of_one_kind() -> None:
    found = shape(
        {
            "actions": [{"action_type": "purchase", "value": "2"}],
            "action_values": [
                {"action_type": "omni_purchase", "value": "99"}, {"action_type": "purchase", "value": "20.50"},
            ],
            "outbound_clicks": [{"action_type": "outbound_click", "value": "7"}],
        }
    )["fondaco"]  # fmt: skip
    assert (found["purchases"], found["purchase_value"], found["outbound_clicks"]) == ("2", "20.50", "7")


def test_offsets_get_their_colon_and_nothing_else_changes() -> None:
    record = {"created_time": "2026-05-17T17:18:05-0700", "stop_time": None, "name": "Sale +0200"}
    assert records.thing(record) == {
        "created_time": "2026-05-17T17:18:05-07:00", "stop_time": None, "name": "Sale +0200",
    }  # fmt: skip


def test_what_ads_lack_of_a_days_spend_is_told_once_it_is_more_than_rounding() -> None:
    tally = Tally()
    row = {"date_start": "2026-03-01", "ad_id": "1", "spend": "10.00"}
    tally.add(
        [row, row, {**row, "ad_id": "2", "spend": "5.50"}, {**row, "ad_id": "3", "spend": {"odd": True}}]
    )
    assert tally.shortfall({"2026-03-01": Decimal("16.49")}, "EUR") == ""
    assert "1 days, 2026-03-01 to 2026-03-01, spent 4.50 EUR less" in tally.shortfall(
        {"2026-03-01": Decimal("20.00"), "2026-03-02": Decimal(0)}, "EUR"
    )


def test_an_account_is_the_same_with_and_without_act() -> None:
    assert settings().shop_key == settings(account_id="12").shop_key == "12"


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_id": "act_12/../me"}, {"api_version": "26"}, {"attribution_windows": "7d_view"},
        {"attribution_windows": []}, {"base_url": "graph.facebook.com"}, {"page_size": 0},
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_windows_are_told_once_each_in_a_list_or_with_commas() -> None:
    expected = ("7d_click", "1d_view")
    assert settings(attribution_windows="7d_click, 1d_view,7d_click").attribution_windows == expected
    assert settings(attribution_windows=["7d_click", "1d_view"]).attribution_windows == expected
