"""What Google Ads refuses, and what is said of it: what happened, and what to do."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from tests.sources.google_ads.conftest import (
    AGENCY,
    CLOSED,
    MANAGER,
    SISTER,
    STRANGER,
    TESTING,
    Account,
    campaign,
    figures,
)

from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.sources.http import UnreachableError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("google_ads")]

MARCH = (date(2026, 3, 1), date(2026, 3, 12))


def refusal(account: Account, **changes: Any) -> AccessError | ConfigError:
    source = account.source(**changes)
    with pytest.raises(ConfigError) as caught:
        source.check()
    source.close()
    assert len(str(caught.value).splitlines()) == 2
    return caught.value


@pytest.mark.parametrize(
    ("changes", "word", "remedy"),
    [
        ({"refresh_token": "1//expired"}, "invalid_grant", "take a new one"),
        ({"client_secret": "wrong"}, "no access token", "Check client_id, client_secret"),
        ({"refresh_token": STRANGER}, "USER_PERMISSION_DENIED", "login_customer_id to the manager account"),
        ({"refresh_token": AGENCY}, "USER_PERMISSION_DENIED", "login_customer_id to the manager account"),
        ({"refresh_token": TESTING}, "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", "Explorer or Basic access"),
        ({"customer_id": str(CLOSED)}, "CUSTOMER_NOT_ENABLED", "activate it"),
    ],
)  # fmt: skip
def test_a_refused_credential_says_what_to_do(
    account: Account, changes: dict[str, Any], word: str, remedy: str
) -> None:
    error = refusal(account, **changes)
    assert isinstance(error, AccessError)
    assert word in error.what and remedy in error.remedy
    assert "1//" not in str(error)


def test_a_manager_account_is_refused_with_the_accounts_below_it(account: Account) -> None:
    error = refusal(account, customer_id=str(MANAGER), refresh_token=AGENCY)
    assert "987-654-3210 is a manager account" in error.what
    assert "123-456-7890 Account 1234567890 (USD), 234-567-8901 Account 2345678901 (USD)" in error.what
    assert f"login_customer_id={MANAGER}" in error.remedy


def test_figures_of_a_manager_are_not_asked_for(account: Account) -> None:
    """Were it turned into one after it was connected."""
    with pytest.raises(ConfigError, match="is a manager account"):
        account.read("campaign_days", *MARCH, customer_id=str(MANAGER), refresh_token=AGENCY)


def test_a_version_that_the_package_does_not_know_is_named(account: Account) -> None:
    error = refusal(account, api_version="v19")
    assert "does not know version v19" in error.what and "pip install --upgrade google-ads" in error.remedy


def test_an_address_that_does_not_answer_is_no_fault_of_the_credential(account: Account) -> None:
    with pytest.raises(UnreachableError):
        account.read("campaigns", endpoint="127.0.0.1:9")
    assert len(account.waits) == 3
    with pytest.raises(UnreachableError):
        account.read("campaigns", token_url="http://127.0.0.1:9/token")


@pytest.mark.parametrize(
    "code",
    ["storm", "RESOURCE_EXHAUSTED", "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION",
     "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION"],
)  # fmt: skip
def test_a_quota_is_waited_for_as_long_as_google_says(account: Account, code: str) -> None:
    account.book.rows["campaign"] = [campaign(1)]
    account.fail(code, times=2, seconds=7.5)
    assert len(account.read("campaigns")) == 1
    assert account.waits == [7.5, 7.5]


def test_a_quota_of_tomorrow_is_left_to_the_next_run(account: Account) -> None:
    account.fail("RESOURCE_EXHAUSTED", seconds=14_400)
    with pytest.raises(RetryableError, match="RESOURCE_EXHAUSTED") as caught:
        account.read("campaigns")
    assert account.waits == []
    assert caught.value.retry_after_seconds == 14_400


def test_a_fault_of_google_is_tried_again(account: Account) -> None:
    account.book.rows["campaign"] = [campaign(1)]
    account.fail("server_error", times=3)
    assert len(account.read("campaigns")) == 1
    assert len(account.waits) == 3


def test_a_fault_that_stays_ends_in_words(account: Account) -> None:
    account.fail("server_error")
    with pytest.raises(RetryableError, match="met a fault of its own"):
        account.read("campaigns")
    assert len(account.waits) == 7


def test_of_an_answer_that_was_cut_nothing_is_handed_on_twice(account: Account) -> None:
    account.book.figures["campaign"] = [figures(n, "2026-03-02", clicks=n) for n in range(1, 224)]
    source = account.source()
    source.check()
    source.close()
    account.fail("cut", times=1, skip=1)  # the first query is for the account itself
    assert [row["clicks"] for row in account.read("campaign_days", *MARCH)] == list(range(1, 224))
    assert account.faults.happened["cut"] == 1


def test_what_the_account_lacks_is_said(account: Account) -> None:
    account.book.about = {
        "customer.test_account": True, "customer.auto_tagging_enabled": False,
        "customer.conversion_tracking_setting.conversion_tracking_status": "NOT_CONVERSION_TRACKED",
    }  # fmt: skip
    source = account.source()
    found = source.check()
    source.close()
    assert found.ok
    assert [text.split(":")[0] for text in found.warnings] == [
        "This is a test account",
        "Clicks are not marked (auto-tagging is off and there is no tracking template)",
        "The account tracks no conversions",
    ]


def test_the_client_library_is_silent(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    account.book.figures["campaign"] = [figures(1, "2026-03-02", clicks=1)]
    account.read("campaign_days", *MARCH)
    with pytest.raises(AccessError):
        account.read("campaigns", refresh_token=STRANGER)
    with pytest.raises(AccessError):
        account.read("campaigns", customer_id=str(SISTER))
    for text in ("ya29", "1//", "GOCSPX", "SELECT", "campaign.id"):
        assert text not in caplog.text
