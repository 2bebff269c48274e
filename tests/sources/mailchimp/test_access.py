"""Credentials and data centres: where a request goes, what is told, what is never seen."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from fondaco.errors import AccessError, ConfigError, FondacoError, RetryableError
from fondaco.simulator.mailchimp.access import ACCESS_TOKEN, API_KEY, LIMITED_KEY
from fondaco.sources.http import NotFoundError, UnauthorizedError
from fondaco.sources.mailchimp import Mailchimp, MailchimpSettings
from fondaco.sources.mailchimp.faults import fault_of
from fondaco.sources.stream import Check

from .conftest import Account


def problem(status: int, title: str) -> httpx.Response:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": "anna@example.com",
        "instance": "1",
    }
    return answered(status, json=body)


def answered(status: int, **content: Any) -> httpx.Response:
    request = httpx.Request("GET", "https://us6.api.mailchimp.com/3.0/lists?count=1")
    return httpx.Response(status, request=request, **content)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "either api_key or access_token"),
        ({"api_key": "abc-us6", "access_token": "token"}, "either api_key or access_token"),
        ({"api_key": "abcdef"}, "no ending such as -us6"),
        ({"api_key": "abc-us6.example.com/"}, "no ending such as -us6"),
        ({"api_key": "abc-us6", "currency": "euro"}, "currency"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_words(given: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        MailchimpSettings.model_validate(given)
    assert "abcdef" not in str(caught.value.errors(include_input=False))


def test_the_ending_of_a_key_names_the_data_centre() -> None:
    assert MailchimpSettings.model_validate({"api_key": "0a1b2c-us21"}).data_centre == "us21"


@pytest.mark.slow
def test_a_token_asks_the_log_in_where_its_account_lives(account: Account) -> None:
    source = account.source(
        api_key=None, access_token=ACCESS_TOKEN, base_url=None, login_url=f"{account.base_url}/mailchimp"
    )
    assert source._client._root == "https://us6.api.mailchimp.com/3.0"
    source.close()


@pytest.mark.slow
def test_a_token_that_was_withdrawn_is_told(account: Account) -> None:
    source = account.source(
        api_key=None, access_token="gone", base_url=None, login_url=f"{account.base_url}/mailchimp"
    )
    with pytest.raises(AccessError, match="does not tell the data centre"):
        source.check()
    source.close()


@pytest.mark.slow
def test_a_token_is_as_good_as_a_key(account: Account) -> None:
    source = account.source(api_key=None, access_token=ACCESS_TOKEN)
    assert source.check().ok
    source.close()


@pytest.mark.slow
def test_check_tells_name_currency_and_zone(account: Account) -> None:
    source = account.source()
    found = source.check()
    source.close()
    contacts = found.details.pop("contacts")
    assert int(contacts) > 50
    assert found == Check(
        "Market Hall Post", "EUR", "Europe/Berlin", details={"account_id": "0000a02a", "plan": "monthly"}
    )


@pytest.mark.slow
def test_a_key_of_somebody_who_may_not_see_reports_is_told_what_it_lacks(account: Account) -> None:
    source = account.source(api_key=LIMITED_KEY)
    missing = source.check().missing
    source.close()
    assert [one.split(".")[0] for one in missing] == [
        "The credential may not read classic automations",
        "The credential may not read reports: no opens, clicks, bounces or orders can be read",
    ]


@pytest.mark.slow
def test_no_key_stands_in_an_address(account: Account) -> None:
    account.read("members")
    assert account.behaviour.addresses
    assert not any(API_KEY in one or "51mu1a7ed" in one for one in account.behaviour.addresses)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (problem(401, "API Key Invalid"), UnauthorizedError, "does not accept the credential"),
        (problem(403, "Wrong Datacenter"), AccessError, "another data centre"),
        (problem(403, "User Disabled"), AccessError, "suspended or closed"),
        (problem(503, "Compliance Related"), AccessError, "suspended or closed"),
        (problem(403, "Forbidden"), AccessError, "refuses this"),
        (answered(403, text="<html>busy</html>"), RetryableError, "limits the requests"),
        (answered(403), RetryableError, "limits the requests"),
        (problem(429, "Too Many Requests"), RetryableError, "limits the requests"),
        (problem(404, "Resource Not Found"), NotFoundError, "has nothing at /3.0/lists"),
        (problem(400, "Invalid Resource"), ConfigError, "answered 400"),
    ],
)
def test_an_error_is_told_by_its_title(answer: httpx.Response, kind: type[FondacoError], words: str) -> None:
    fault = fault_of(answer)
    assert isinstance(fault, kind)
    assert words in fault.what
    assert "anna" not in str(fault)
    assert len(str(fault).splitlines()) == 2


def test_a_passing_fault_of_the_server_is_left_to_the_client() -> None:
    assert fault_of(answered(502, text="bad gateway")) is None


def test_a_source_takes_its_own_settings_only() -> None:
    from fondaco.sources.source import SourceSettings

    with pytest.raises(TypeError):
        Mailchimp.connect(SourceSettings())
