"""What a connection to Google Ads may be told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from fondaco.sources.google_ads import GoogleAds, GoogleAdsSettings
from fondaco.sources.stream import SyncMode

OAUTH = {
    "client_id": "one.apps.googleusercontent.com",
    "client_secret": "secret-1",
    "refresh_token": "1//secret-2",
}
KEY = json.dumps(
    {"client_email": "a@b.iam", "private_key": "secret-3", "token_uri": "https://oauth2.googleapis.com/token"}
)


def settings(**values: Any) -> GoogleAdsSettings:
    return GoogleAdsSettings.model_validate({"customer_id": "1234567890", **OAUTH, **values})


def test_a_number_may_have_the_dashes_of_googles_own_pages() -> None:
    found = settings(customer_id="123-456-7890", login_customer_id="987-654-3210")
    assert (found.customer_id, found.login_customer_id) == ("1234567890", "9876543210")
    assert found.shop_key == "1234567890"


@pytest.mark.parametrize("number", ["12345", "12345678901", "one", "123-456-789a"])
def test_a_number_of_other_than_ten_digits_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        settings(customer_id=number)


@pytest.mark.parametrize("lacking", OAUTH)
def test_an_oauth_client_needs_all_three_of_its_parts(lacking: str) -> None:
    with pytest.raises(ValidationError, match="client_id, client_secret, refresh_token, or service_account"):
        settings(**{lacking: None})


def test_a_service_account_needs_nothing_else() -> None:
    found = GoogleAdsSettings.model_validate({"customer_id": "1234567890", "service_account": KEY})
    assert found.developer_token is None


@pytest.mark.parametrize("text", ["/home/me/key.json", "[]", '{"type": "service_account"}'])
def test_a_file_name_is_no_key(text: str) -> None:
    with pytest.raises(ValidationError, match="the JSON of the service account's key itself"):
        settings(service_account=text)


def test_no_secret_is_seen_in_the_settings() -> None:
    found = settings(service_account=KEY, developer_token="secret-4")
    assert "secret-" not in repr(found) + str(found.model_dump())


def test_an_account_with_long_conversion_windows_looks_back_longer() -> None:
    source = GoogleAds(settings(lookback_days=90))
    back = {one.name: one.lookback for one in source.streams if one.mode is SyncMode.DAYS}
    assert back == dict.fromkeys(
        ("campaign_days", "conversion_days", "ad_days", "keyword_days"), timedelta(days=90)
    )
    assert {one.lookback for one in GoogleAds.streams if one.mode is SyncMode.DAYS} == {timedelta(days=30)}
