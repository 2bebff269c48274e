"""Keys, limits and pages of a Klaviyo account, and what is kept of its answers."""

from __future__ import annotations

import json
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from fondaco.errors import AccessError, ConfigError
from fondaco.simulator.faults import Fault
from fondaco.simulator.klaviyo.app import API_KEY, LIMITED_KEY

from .conftest import FIRST, LAST, Account, part_of, stream_of

pytestmark = pytest.mark.slow


def test_a_key_without_scopes_is_told_in_words_what_it_lacks(account: Account) -> None:
    source = account.source(api_key=LIMITED_KEY)
    missing = source.check().missing
    source.close()
    assert [word for word in ("segments:read", "events:read") if any(word in one for one in missing)] == [
        "segments:read", "events:read",
    ]  # fmt: skip
    assert len(missing) == 2


def test_a_metric_that_the_account_lacks_is_a_warning_and_no_claim_is_made_up(account: Account) -> None:
    source = account.source(conversion_metric="Bought")
    found = source.check()
    source.close()
    assert found.ok
    assert "'Bought'" in found.warnings[0]
    rows = account.read("campaign_figures", conversion_metric="Bought")
    assert {(row["conversions"], row["conversion_value"]) for row in rows} == {(None, None)}


def test_of_two_metrics_of_one_name_the_shops_own_counts(account: Account) -> None:
    assert sum(row["conversions"] for row in account.read("campaign_figures")) > 0


def test_the_time_that_a_throttled_answer_asks_for_is_waited(account: Account) -> None:
    account.faults.switch([Fault(name="storm", times=1, seconds=7)])
    assert account.read("flows")
    assert account.slept == [7]


def test_the_limit_of_a_day_is_not_waited_for(account: Account) -> None:
    account.faults.switch([Fault(name="day_limit", path="campaign-values-reports")])
    with pytest.raises(ConfigError, match=r"used up for 2\.0 hours"):
        account.read("campaign_figures")
    assert account.slept == []


def test_a_year_of_campaigns_is_one_report_and_sixty_days_of_flows_are(account: Account) -> None:
    account.read("campaign_figures")
    account.read("flow_figures")
    asked = account.behaviour.requests
    assert asked.count("POST campaign-values-reports") == 1
    assert asked.count("POST flow-series-reports") == -(-((LAST - FIRST).days + 1) // 60)


def test_figures_are_those_of_the_account_on_the_day_of_the_send(account: Account) -> None:
    ours = {
        (int(row["campaign_id"][3:]), row["send_date"]): row for row in account.read("campaign_figures")
    } | {(int(row["flow_id"][3:]), row["send_date"]): row for row in account.read("flow_figures")}
    theirs = {
        (row["campaign_id"], row["day"]): row for row in account.store.message_figures("klaviyo", FIRST, LAST)
    }
    assert ours.keys() == theirs.keys()
    for key, row in theirs.items():
        found = ours[key]
        assert [
            found["recipients"],
            found["delivered"],
            found["opens_unique"],
            found["clicks_unique"],
            found["conversions"],
        ] == [
            row["sent"],
            row["delivered"],
            row["opened"],
            row["clicked"],
            row["claimed_orders"],
        ]


def test_a_campaign_belongs_to_the_slice_of_its_day_alone(account: Account) -> None:
    sent = sorted({row["send_date"] for row in account.read("campaign_figures")})
    day = date.fromisoformat(sent[3])
    alone = account.read("campaign_figures", day, day)
    assert {row["send_date"] for row in alone} == {sent[3]}
    later = account.read("campaign_figures", day + timedelta(days=1), LAST)
    assert min(row["send_date"] for row in later) > sent[3]


def test_archived_campaigns_and_drafts_are_there_each_with_its_message(account: Account) -> None:
    rows = account.read("campaigns")
    assert {"Draft", "Cancelled", "Sent"} == {row["attributes"]["status"] for row in rows}
    assert any(row["attributes"]["archived"] for row in rows)
    assert all(len(row["messages"]) == 1 for row in rows)
    assert {row["channel"] for row in rows} == {"email", "sms"}


def test_of_an_event_only_whose_it_was_and_which_message_is_kept(account: Account) -> None:
    rows = account.read("events", page_size=20)
    assert {frozenset(row) for row in rows} == {
        frozenset({"id", "metric_id", "metric_name", "profile_id", "message_id", "flow_id", "datetime"})
    }
    assert len({row["id"] for row in rows}) == len(rows) > 1_000


def test_the_key_stands_in_no_address(account: Account) -> None:
    account.read("profiles", page_size=50)
    assert len(account.behaviour.addresses) > 5
    assert not any(API_KEY in address for address in account.behaviour.addresses)


def test_a_wrong_key_is_refused(account: Account) -> None:
    source = account.source(api_key="pk_wrong")
    with pytest.raises(AccessError, match="401"):
        source.check()
    source.close()


@pytest.mark.parametrize("name", ["campaigns", "flows", "lists", "segments", "profiles"])
def test_ids_are_those_of_the_records(account: Account, name: str) -> None:
    """Who is not among them was deleted."""
    source = account.source()
    listed = list(source.ids(stream_of(name)) or ())
    source.close()
    assert set(listed) == {row["id"] for row in account.read(name)}
    assert len(listed) == len(set(listed)) > 1


def test_of_profiles_the_comparison_asks_for_no_address(account: Account) -> None:
    source = account.source()
    list(source.ids(stream_of("profiles")) or ())
    source.close()
    asked = [urlsplit(one).query for one in account.behaviour.addresses if "/profiles" in one]
    assert {tuple(parse_qs(one)["fields[profile]"]) for one in asked} == {("created",)}


def test_the_oldest_part_of_history_has_profiles_from_before_it_too(account: Account) -> None:
    """Who has not changed since before start_date may be written to all the same."""
    begin = LAST - timedelta(days=10)

    def read(start_date: date) -> set[str]:
        source = account.source(start_date=start_date)
        pages = list(source.read(stream_of("profiles"), part_of("profiles", begin, LAST, "backfill")))
        source.close()
        return {json.loads(line)["id"] for page in pages for line in page.lines.splitlines()}

    everybody = {row["id"] for row in account.read("profiles")}
    assert read(begin) == everybody
    assert 0 < len(read(begin - timedelta(days=30))) < len(everybody)
