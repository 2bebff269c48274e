"""The figures of advertising, by hand: March, two platforms, one of them with a campaign that sold nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.metrics.conftest import Marts

from fondaco.metrics import MetricQuery, SemanticLayer

LAYER = SemanticLayer.load()
D = Decimal


@pytest.fixture
def ads(marts: Marts) -> Marts:
    for row in (
        {"platform": "meta_ads", "campaign_id": "m:1", "campaign_name": "Spring", "ad_spend": 40, "clicks": 80,
         "impressions": 1000, "claimed_conversions": "2.5", "claimed_revenue": 300, "attributed_orders": 2,
         "attributed_new_customers": 1, "attributed_revenue": 200, "attributed_contribution_margin_2": 50},
        {"platform": "meta_ads", "campaign_id": "m:1", "campaign_name": "Spring", "ad_spend": 10, "campaign_date": "2026-03-03", "spend_90": 10, "acquired_margin_90": 15},
        {"platform": "google_ads", "campaign_id": "g:1", "campaign_name": "Brand", "ad_spend": 30, "claimed_revenue": 90},
        {"platform": "google_ads", "attributed_orders": 1, "attributed_revenue": 60, "attributed_contribution_margin_2": -6},
    ):  # fmt: skip
        marts.add("campaigns_daily", **{"campaign_date": "2026-03-02", **row})
    return marts


def ask(marts: Marts, *names: str, by: tuple[str, ...] = (), **where: str) -> list[tuple[Any, ...]]:
    query = MetricQuery(names, by, first=date(2026, 3, 1), last=date(2026, 3, 31), where=where)
    return [tuple(row.values()) for row in LAYER.query(marts, query, "default").to_pylist()]


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("ad_spend", 80),
        ("claimed_revenue", 390),
        ("claimed_conversions", 3),  # fractions are added before they are rounded
        ("attributed_revenue", 260),
        ("campaign_profit", 44 - 80),
        ("return_on_ad_spend", D("3.25")),
        ("claimed_roas", D("4.875")),
        ("profit_on_ads", D("0.55")),
        ("campaign_break_even_roas", D(260) / 44),
        ("claim_gap", 130),
        ("cost_per_order", D(80) / 3),
        ("campaign_customer_acquisition_cost", 80),
        ("cost_per_click", 1),
        ("click_through_rate", D("0.08")),
        ("ltv_90_to_cac", D("1.5")),
        ("ltv_365_to_cac", None),
    ],
)
def test_a_figure_of_advertising(ads: Marts, metric: str, value: Decimal | None) -> None:
    [(found,)] = ask(ads, metric)
    assert found == (None if value is None else pytest.approx(value, abs=D("0.000001")))


def test_a_campaign_that_sold_nothing_returned_nought_and_lost_its_spend(ads: Marts) -> None:
    found = ask(
        ads, "ad_spend", "return_on_ad_spend", "profit_on_ads", "campaign_profit", by=("campaign",), platform="google_ads"
    )  # fmt: skip
    assert found == [("Brand", 30, 0, 0, -30), (None, 0, None, None, -6)]


def test_the_part_of_orders_with_a_known_origin_is_of_all_orders(ads: Marts) -> None:
    ads.day("2026-03-02", orders=4)
    ads.day("2026-03-03", orders=1)
    ads.add("visits_daily", order_date="2026-03-02", connection_id="a", marked_orders=3)
    assert ask(ads, "marked_orders", "marked_order_rate") == [(3, D("0.6"))]


def test_spend_has_neither_shop_nor_country() -> None:
    offered = LAYER.metric("campaign_profit").dimensions
    assert {"platform", "campaign", "campaign_id", "account"} <= set(offered)
    assert not {"shop", "country", "connection_id"} & set(offered)
