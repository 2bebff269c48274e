"""What is read of an account through Google's official client, against the truth."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from tests.sources.google_ads.conftest import (
    ACCOUNT,
    ROBOT,
    ROBOT_KEY,
    WORLD,
    Account,
    HandBook,
    KeyPair,
    campaign,
    figures,
    records,
)

from fondaco.errors import AccessError, ConfigError
from fondaco.simulator.google_ads.book import Row
from fondaco.simulator.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("google_ads")]

MARCH = (date(2026, 3, 1), date(2026, 3, 12))
ALWAYS = (date(2025, 6, 1), date(2026, 3, 12))


def by_day(rows: list[Row], column: str = "cost") -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["report_date"]] = sums.get(row["report_date"], Decimal(0)) + Decimal(row[column])
    return sums


def reported(store: Store, where: str = "") -> dict[str, Decimal]:
    """Spend by day as the platform has it now, in whole units."""
    rows = [row for row in store.ad_days("google", *ALWAYS) if where != "ads" or row["ad_id"] is not None]
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["day"]] += row["spend"]
    return {day: Decimal(cents) / 100 for day, cents in sums.items()}


def test_spend_by_day_is_the_truth_to_the_micro(world_account: Account, market_hall: Store) -> None:
    assert by_day(world_account.read("campaign_days", *ALWAYS, **WORLD)) == reported(market_hall)


def test_ads_add_up_to_what_has_ads_and_keywords_to_what_has_keywords(
    world_account: Account, market_hall: Store
) -> None:
    """Performance Max has no ads, so that the totals are those of campaigns alone."""
    campaigns = world_account.read("campaign_days", *ALWAYS, **WORLD)
    ads = world_account.read("ad_days", *ALWAYS, **WORLD)
    assert by_day(ads) == reported(market_hall, "ads")
    assert sum(by_day(ads).values()) < sum(by_day(campaigns).values())

    kinds = {row["campaign_id"]: row["channel_type"] for row in world_account.read("campaigns", **WORLD)}
    assert "PERFORMANCE_MAX" not in {kinds[row["campaign_id"]] for row in ads}
    of_searches = [row for row in campaigns if kinds[row["campaign_id"]] == "SEARCH"]
    assert by_day(world_account.read("keyword_days", *ALWAYS, **WORLD)) == by_day(of_searches)


def test_conversions_of_all_levels_with_keywords_agree(world_account: Account) -> None:
    kinds = {row["campaign_id"]: row["channel_type"] for row in world_account.read("campaigns", **WORLD)}
    of_searches = [
        row
        for row in world_account.read("campaign_days", *ALWAYS, **WORLD)
        if kinds[row["campaign_id"]] == "SEARCH"
    ]
    keywords = world_account.read("keyword_days", *ALWAYS, **WORLD)
    assert sum(row["conversions"] for row in of_searches) > 0
    assert sum(row["conversions"] for row in of_searches) == sum(row["conversions"] for row in keywords)


def test_conversions_are_booked_on_the_day_of_the_click_and_on_their_own(
    world_account: Account, market_hall: Store
) -> None:
    """Over all days both are the same orders; by day they are not."""
    rows = world_account.read("campaign_days", *ALWAYS, **WORLD)
    claims = market_hall.ad_claims("google", *ALWAYS)
    credit = sum(claim["credit"] for claim in claims if claim["kind"] == "click")
    assert sum(row["conversions"] for row in rows) == pytest.approx(credit)
    assert sum(row["conversions_by_conversion_date"] for row in rows) == pytest.approx(credit)
    assert by_day(rows, "conversions_value") != by_day(rows, "conversions_value_by_conversion_date")
    worth = sum(Decimal(str(c["credit"])) * c["value"] / 100 for c in claims if c["kind"] == "click")
    assert sum(by_day(rows, "conversions_value").values()) == worth


def test_conversions_by_action_add_up_to_the_campaigns(account: Account, world_account: Account) -> None:
    of_campaigns = by_day(world_account.read("campaign_days", *ALWAYS, **WORLD), "conversions_value")
    by_action = by_day(world_account.read("conversion_days", *ALWAYS, **WORLD), "conversions_value")
    assert by_action == {day: value for day, value in of_campaigns.items() if value}


def test_what_is_no_purchase_is_told_from_purchases(account: Account) -> None:
    sign_up = {
        "segments.conversion_action": f"customers/{ACCOUNT}/conversionActions/2",
        "segments.conversion_action_name": "Newsletter",
        "segments.conversion_action_category": "SIGNUP",
    }
    account.book.figures["campaign"] = [
        figures(
            1,
            "2026-03-02",
            cost_micros=2_000_000,
            clicks=8,
            conversions=1,
            all_conversions=1,
            conversions_value=50,
        ),
        figures(1, "2026-03-02", conversions=3, all_conversions=4) | sign_up,
    ]
    rows = account.read("conversion_days", *MARCH)
    assert [(row["action_category"], row["conversions"], row["conversions_value"]) for row in rows] == [
        ("PURCHASE", 1.0, "50.000000"),
        ("SIGNUP", 3.0, "0.000000"),
    ]
    (whole,) = account.read("campaign_days", *MARCH)
    assert (whole["conversions"], whole["all_conversions"], whole["cost"]) == (4.0, 5.0, "2.000000")


def test_removed_things_keep_their_history(world_account: Account) -> None:
    removed = {
        row["campaign_id"] for row in world_account.read("campaigns", **WORLD) if row["status"] == "REMOVED"
    }
    assert removed
    assert removed <= {row["campaign_id"] for row in world_account.read("ad_groups", **WORLD)}
    spent = {row["campaign_id"] for row in world_account.read("campaign_days", *ALWAYS, **WORLD)}
    assert removed & spent


def test_currency_and_zone_of_the_account_stand_on_each_row(world_account: Account) -> None:
    rows = world_account.read("campaign_days", *MARCH, **WORLD)
    assert {(row["currency"], row["time_zone"]) for row in rows} == {("USD", "America/Los_Angeles")}


def test_an_odd_micro_arrives(account: Account) -> None:
    """More than a double could hold."""
    account.book.figures["campaign"] = [figures(1, "2026-03-02", cost_micros=9_007_199_254_740_993, clicks=1)]
    (row,) = account.read("campaign_days", *MARCH)
    assert row["cost"] == "9007199254.740993"


def test_fractions_of_conversions_stay(account: Account) -> None:
    account.book.figures["campaign"] = [
        figures(
            1, "2026-03-02", clicks=3, conversions=0.333333, conversions_value=19.99, all_conversions=1.25
        )
    ]
    (row,) = account.read("campaign_days", *MARCH)
    assert (row["conversions"], row["conversions_value"], row["all_conversions"]) == (
        0.333333,
        "19.990000",
        1.25,
    )


def test_a_day_without_figures_is_not_there(account: Account) -> None:
    account.book.figures["campaign"] = [
        figures(1, "2026-03-02", impressions=0),
        figures(1, "2026-03-03", impressions=1),
    ]
    assert [row["report_date"] for row in account.read("campaign_days", *MARCH)] == ["2026-03-03"]


def test_a_longer_span_is_asked_for_month_by_month(account: Account) -> None:
    account.read("campaign_days", date(2026, 1, 20), date(2026, 3, 12))
    assert [text.rpartition("WHERE ")[2] for text in account.server.queries[1:]] == [
        "segments.date BETWEEN '2026-01-20' AND '2026-01-31'",
        "segments.date BETWEEN '2026-02-01' AND '2026-02-28'",
        "segments.date BETWEEN '2026-03-01' AND '2026-03-09'",
    ]


def test_days_that_google_keeps_no_more_cost_no_query(account: Account) -> None:
    assert account.read("campaign_days", date(2019, 1, 1), date(2020, 1, 1)) == []
    assert len(account.server.queries) == 1  # the account's own


def test_a_stream_of_many_answers_is_whole(account: Account) -> None:
    """The server sends 50 rows an answer here."""
    account.book.figures["campaign"] = [figures(n, "2026-03-02", clicks=n) for n in range(1, 124)]
    source = account.source()
    pages = [row["clicks"] for row in records(source, "campaign_days", *MARCH)]
    source.close()
    assert pages == list(range(1, 124))


def test_a_negative_keyword_is_told_from_the_others(account: Account) -> None:
    book: HandBook = account.book
    for number, negative in ((1, False), (2, True)):
        book.rows.setdefault("ad_group_criterion", []).append({
            **campaign(7), "ad_group.id": 5, "ad_group_criterion.criterion_id": number,
            "ad_group_criterion.type": "KEYWORD", "ad_group_criterion.negative": negative,
            "ad_group_criterion.keyword.text": "shoes", "ad_group_criterion.keyword.match_type": "BROAD",
        })  # fmt: skip
    book.rows["ad_group_criterion"].append(
        {
            **campaign(7),
            "ad_group.id": 5,
            "ad_group_criterion.criterion_id": 3,
            "ad_group_criterion.type": "LISTING_GROUP",
        }
    )
    rows = account.read("keywords")
    assert [(row["criterion_id"], row["is_negative"], row["text"]) for row in rows] == [
        (1, False, "shoes"),
        (2, True, "shoes"),
    ]
    assert {row["customer_id"] for row in rows} == {ACCOUNT}


def test_an_account_is_read_through_its_manager(account: Account) -> None:
    account.book.rows["campaign"] = [campaign(1, name="Brand")]
    (row,) = account.read("campaigns", refresh_token="1//agency", login_customer_id="987-654-3210")
    assert row["name"] == "Brand"


def test_a_service_account_reads_by_its_key(account: Account) -> None:
    account.book.rows["campaign"] = [campaign(1, name="Brand")]
    key = {
        "client_email": ROBOT,
        "private_key": ROBOT_KEY.private,
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    assert [row["name"] for row in account.read("campaigns", service_account=json.dumps(key))] == ["Brand"]
    forged = {**key, "private_key": KeyPair.made().private}
    with pytest.raises(AccessError, match="invalid_grant"):
        account.read("campaigns", service_account=json.dumps(forged))
    with pytest.raises(ConfigError, match="private key of the service account cannot be read"):
        account.read("campaigns", service_account=json.dumps({**key, "private_key": "nonsense"}))


@pytest.mark.parametrize("version", ["v24", "v26"])
def test_other_versions_of_the_api_give_the_same(account: Account, version: str) -> None:
    account.book.figures["campaign"] = [figures(1, "2026-03-02", cost_micros=1_230_001, clicks=1)]
    assert account.read("campaign_days", *MARCH, api_version=version) == account.read("campaign_days", *MARCH)
