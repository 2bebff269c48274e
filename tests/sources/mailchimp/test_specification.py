"""Every request of Mailchimp's is one that its published specification allows, and every answer of that shape is understood."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.prism import SPECS, cut_down, serving

from fondaco.errors import AccessError, RetryableError
from fondaco.sources.mailchimp import Mailchimp, MailchimpSettings
from fondaco.sources.mailchimp.streams import STREAMS
from fondaco.sources.stream import Slice, SyncMode

pytestmark = [pytest.mark.npm, pytest.mark.slow]

SPEC = SPECS / "mailchimp" / "marketing_3.0.55_openapi3.json"
PATHS = (
    "/", "/lists", "/lists/{list_id}/members", "/lists/{list_id}/segments", "/campaigns", "/campaigns/{campaign_id}", "/automations",
    "/automations/{workflow_id}/emails", "/reports", "/reports/{campaign_id}", "/reports/{campaign_id}/sent-to",
    "/reports/{campaign_id}/email-activity", "/reports/{campaign_id}/unsubscribed", "/ecommerce/stores",
)  # fmt: skip
LISTS, REPORTS, CAMPAIGN = "/lists", "/reports", "/campaigns/{campaign_id}"
MAILS = {"/automations", "/automations/{workflow_id}/emails"}
READ_FOR = {
    "lists": {LISTS},
    "segments": {LISTS, "/lists/{list_id}/segments"},
    "members": {LISTS, "/lists/{list_id}/members"},
    "campaigns": {"/campaigns"},
    "automations": MAILS,
    "reports": {"/", REPORTS, "/reports/{campaign_id}", *MAILS},
    "recipients": {REPORTS, CAMPAIGN, "/reports/{campaign_id}/sent-to"},
    "email_activity": {REPORTS, CAMPAIGN, "/reports/{campaign_id}/email-activity", *MAILS},
    "unsubscribes": {REPORTS, CAMPAIGN, "/reports/{campaign_id}/unsubscribed", *MAILS},
}
SPAN = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
KINDS = ("backfill", "incremental", "lookback")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = cut_down(SPEC, PATHS, tmp_path_factory.mktemp("mailchimp") / "spec.json")
    with serving(mended(path)) as found:
        yield found


def mended(path: Path) -> Path:
    """Two fields of an audience are texts, whose example is ``false``: prism would refuse its own answer.

    And an automation's e-mail was sent to somebody, so that its report is asked for; a campaign tested variants.
    """
    rules = json.loads(path.read_text(encoding="utf-8"))
    answer = rules["paths"]["/lists"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    fields = answer["properties"]["lists"]["items"]["properties"]
    for name in ("notify_on_subscribe", "notify_on_unsubscribe"):
        fields[name].pop("default")
    mails = rules["paths"]["/automations/{workflow_id}/emails"]["get"]["responses"]["200"]["content"]
    emails = mails["application/json"]["schema"]["properties"]["emails"]["items"]["properties"]
    emails["emails_sent"]["example"] = 3
    reports = rules["paths"]["/reports"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    reports["properties"]["reports"]["items"]["properties"]["type"]["example"] = "variate"
    path.write_text(json.dumps(rules), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def rules() -> Any:
    return json.loads(SPEC.read_text(encoding="utf-8"))["paths"]


@pytest.fixture
def source(address: str) -> Iterator[tuple[Mailchimp, list[httpx.Request]]]:
    """A connection to the mock, and what it has asked."""
    settings = MailchimpSettings.model_validate({"api_key": "0123456789abcdef-us6", "base_url": address})
    opened = Mailchimp(settings, clock=lambda: SPAN[1], sleep=lambda seconds: None)
    asked: list[httpx.Request] = []
    opened._client._http.client.event_hooks["request"].append(asked.append)
    yield opened, asked
    opened.close()


def allowed(rules: Any, path: str) -> tuple[str, set[str]]:
    """The specification's path for a request, and the parameters that it has."""
    for template in PATHS:
        if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path):
            return template, {one["name"] for one in rules[template]["get"].get("parameters", ())}
    raise AssertionError(f"the specification has no {path}")


def sent_by(asked: list[httpx.Request], rules: Any) -> set[str]:
    """Paths that were asked for, after a look whether each parameter is known."""
    found = set()
    for request in asked:
        template, known = allowed(rules, request.url.path)
        assert set(request.url.params) - known == set(), template
        found.add(template)
    return found


def slices(name: str) -> list[Slice]:
    stream = next(one for one in STREAMS if one.name == name)
    if stream.mode is SyncMode.FULL:
        return [Slice(name, "full")]
    return [Slice(name, kind, *SPAN) for kind in KINDS]


@pytest.mark.parametrize("name", [one.name for one in STREAMS])
def test_a_stream_is_read_by_requests_of_the_specification(
    source: tuple[Mailchimp, list[httpx.Request]], rules: Any, name: str
) -> None:
    """prism answers 4xx to what a parameter may not be; unknown ones it lets pass, so those are looked up."""
    opened, asked = source
    stream = next(one for one in STREAMS if one.name == name)
    records = [
        json.loads(line)
        for part in slices(name)
        for page in opened.read(stream, part)
        for line in page.lines.splitlines()
    ]
    assert sent_by(asked, rules) == READ_FOR[name]
    assert records, f"no record of {name}"


@pytest.mark.parametrize("name", ["lists", "segments", "members", "campaigns", "automations"])
def test_ids_are_asked_for_by_requests_of_the_specification(
    source: tuple[Mailchimp, list[httpx.Request]], rules: Any, name: str
) -> None:
    opened, asked = source
    found = opened.ids(next(one for one in STREAMS if one.name == name))
    assert found is not None
    assert list(found)
    assert sent_by(asked, rules)


def test_check_asks_for_what_the_specification_has(
    source: tuple[Mailchimp, list[httpx.Request]], rules: Any
) -> None:
    opened, asked = source
    assert opened.check().missing == ()
    assert sent_by(asked, rules) == {
        "/",
        "/lists",
        "/campaigns",
        "/automations",
        "/reports",
        "/ecommerce/stores",
    }


def test_without_a_credential_the_specification_refuses(address: str) -> None:
    """The mock would answer anything; that it asks for a credential shows that ours is where it belongs."""
    assert httpx.get(f"{address}/lists", trust_env=False).status_code == 401


def test_an_error_of_the_specification_is_told_in_words(
    source: tuple[Mailchimp, list[httpx.Request]],
) -> None:
    opened, _ = source
    opened._client._http.client.headers["Prefer"] = "code=429"
    with pytest.raises((AccessError, RetryableError)):
        opened.check()
