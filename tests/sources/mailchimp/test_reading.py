"""What is read of a Mailchimp account: each thing once, and only what has changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.serving import served

from fondaco.clock import parse_instant
from fondaco.errors import RetryableError
from fondaco.simulator.faults import Fault
from fondaco.sources.mailchimp import Mailchimp, MailchimpSettings
from fondaco.sources.mailchimp.client import MailchimpClient
from fondaco.sources.mailchimp.records import activities, emptied, page_of
from fondaco.sources.mailchimp.sent import SentCampaign

from .conftest import END, Account, rows

pytestmark = pytest.mark.slow


# ---- lists that move while they are read ------------------------------------------------------------------------------


class Moving:
    """A list of numbers out of which, or into which, some go after so many answers."""

    def __init__(self, count: int, changes: dict[int, Any]) -> None:
        self.numbers = list(range(count))
        self._changes = changes
        self.answers = 0

    async def answer(self, request: Request) -> JSONResponse:
        count, offset = (int(request.query_params[name]) for name in ("count", "offset"))
        page = self.numbers[offset : offset + count]
        body = {"members": [{"id": str(one)} for one in page], "total_items": len(self.numbers)}
        self.answers += 1
        change = self._changes.get(self.answers)
        if change is not None:
            self.numbers = change(self.numbers)
        return JSONResponse(body)


def delivered(moving: Moving, size: int) -> tuple[list[int], list[str]]:
    """What the client makes of it, and what it has to say."""
    with served(Starlette(routes=[Route("/members", moving.answer)])) as address:
        settings = MailchimpSettings.model_validate(
            {"api_key": "key-us6", "base_url": address, "page_size": size}
        )
        client = MailchimpClient(settings, sleep=lambda seconds: None)
        try:
            found = [int(row["id"]) for page in client.pages("/members", "members") for row in page]
            return found, client.take_warnings()
        finally:
            client.close()


@pytest.mark.parametrize("size", [1, 2, 3, 10, 50, 1000])
def test_a_list_that_stands_still_is_read_once_each(size: int) -> None:
    assert delivered(Moving(57, {}), size) == (list(range(57)), [])


def test_a_list_without_anything_is_read_with_one_request() -> None:
    moving = Moving(0, {})
    assert delivered(moving, 10) == ([], [])
    assert moving.answers == 1


@pytest.mark.parametrize("gone", [1, 4, 5, 6, 25, 40])
def test_nobody_is_left_out_when_earlier_ones_leave_while_a_list_is_read(gone: int) -> None:
    """A contact that changes leaves the window; all later ones move onto pages that were already read."""
    moving = Moving(90, {4: lambda numbers: numbers[gone:]})
    found, warnings = delivered(moving, 10)
    assert set(range(gone, 90)) <= set(found)
    assert len(found) == len(set(found))
    assert warnings == []


def test_nobody_comes_twice_when_new_ones_come_in_front() -> None:
    found, _ = delivered(Moving(40, {2: lambda numbers: [*range(100, 107), *numbers]}), 10)
    assert len(found) == len(set(found))
    assert set(range(40)) <= set(found)


def test_a_list_that_counts_more_than_it_delivers_is_told() -> None:
    class Miscounting(Moving):
        async def answer(self, request: Request) -> JSONResponse:
            offset = int(request.query_params["offset"])
            page = [{"id": str(one)} for one in self.numbers[offset : offset + 10]]
            return JSONResponse({"members": page, "total_items": len(self.numbers) + 2})

    found, warnings = delivered(Miscounting(15, {}), 10)
    assert found == list(range(15))
    assert warnings == ["Mailchimp counts 17 records in /members and delivers 15; the others are missing."]


def test_a_list_that_never_stands_still_is_left_for_later() -> None:
    """Each reading finds another record, and one less than are counted."""

    class Running(Moving):
        async def answer(self, request: Request) -> JSONResponse:
            self.answers += 1
            page = [{"id": str(self.answers)}] if request.query_params["offset"] == "0" else []
            return JSONResponse({"members": page, "total_items": 2})

    with pytest.raises(RetryableError, match="changed on every one"):
        delivered(Running(1, {}), 1)


# ---- streams ----------------------------------------------------------------------------------------------------------


def test_contacts_are_read_by_audience_and_only_those_that_changed(account: Account) -> None:
    everybody = account.read("members")
    assert {row["list_id"] for row in everybody} == {"a11ce00001", "a11ce00002"}
    assert len({row["fondaco"]["id"] for row in everybody}) == len(everybody)
    since = END - timedelta(days=10)
    changed = account.read("members", since, kind="incremental")
    expected = {
        row["fondaco"]["id"]
        for row in everybody
        if row["last_changed"] >= since.strftime("%Y-%m-%dT%H:%M:%S")
    }
    assert {row["fondaco"]["id"] for row in changed} == expected
    assert 0 < len(changed) < len(everybody)


def test_the_oldest_part_of_history_has_contacts_from_before_it_too(account: Account) -> None:
    """Who has not changed since before start_date may be written to all the same."""
    begin = END - timedelta(days=10)
    everybody = {row["fondaco"]["id"] for row in account.read("members")}
    later = account.read("members", begin, start_date="2026-09-01")
    oldest = account.read("members", begin, start_date=begin.date().isoformat())
    assert {row["fondaco"]["id"] for row in oldest} == everybody
    assert 0 < len(later) < len(everybody)


def test_nothing_is_read_that_no_table_needs_to_know(account: Account) -> None:
    """Addresses of machines, notes, the password of a shared report."""
    [member, *_] = account.read("members")
    [report, *_] = account.read("reports")
    [sent, *_] = account.read("recipients")
    assert {"ip_signup", "ip_opt", "last_note"} & member.keys() == set()
    assert "share_report" not in report
    assert {"email_address", "merge_fields"} & sent.keys() == set()
    assert not any("ip" in row for row in account.read("email_activity"))


@pytest.mark.parametrize("clock", ["create_time", "send_time"])
def test_a_campaign_is_read_when_it_was_made_and_when_it_was_sent(account: Account, clock: str) -> None:
    """A draft may wait for months; by then the window of its making has long been read."""
    campaign = next(row for row in account.read("campaigns") if row["status"] == "sent")
    moment = parse_instant(campaign[clock])
    found = account.read("campaigns", moment, moment + timedelta(hours=1), "incremental")
    assert [row["id"] for row in found] == [campaign["id"]]


def test_history_has_all_that_came_of_a_campaign_and_later_slices_what_is_new(account: Account) -> None:
    """A campaign is read again only where it was opened or clicked since, or may still bounce."""
    everything = {row["fondaco"]["id"]: row for row in account.read("email_activity")}
    since = END - timedelta(days=5)
    account.behaviour.requests.clear()
    later = {row["fondaco"]["id"]: row for row in account.read("email_activity", since, kind="incremental")}
    text = since.strftime("%Y-%m-%dT%H:%M:%S")
    assert later.keys() == {key for key, row in everything.items() if row["timestamp"] >= text}
    asked = [path for path in account.behaviour.requests if path.endswith("/email-activity")]
    assert 0 < len(set(asked)) < len(account.read("reports"))


def test_what_automations_tell_is_read_once_in_a_run(account: Account) -> None:
    source = account.source()
    first = rows(source, "reports", END - timedelta(days=30), END, "backfill")
    account.behaviour.requests.clear()
    second = rows(source, "reports", END - timedelta(days=60), END - timedelta(days=30), "backfill")
    source.close()
    kinds = [{row["fondaco"]["kind"] for row in some} for some in (first, second)]
    assert kinds == [{"campaign", "automation"}, {"campaign"}]
    assert {row["fondaco"].get("read_on") for row in first} == {None, "2026-11-01"}
    assert account.behaviour.requests == ["/reports"]


def test_a_campaign_that_was_deleted_while_its_slice_is_read_gives_nothing(account: Account) -> None:
    source = account.source()
    gone = SentCampaign("0000000000", ("0000000000",))
    found = [row for rows_ in source._of(gone, "sent-to", "sent_to") for row in rows_]
    source.close()
    assert found == []


def test_ids_are_those_of_the_records(account: Account) -> None:
    for name, key in (("lists", "id"), ("segments", "id"), ("campaigns", "id"), ("automations", "id")):
        source = account.source()
        stream = next(one for one in source.streams if one.name == name)
        listed = set(source.ids(stream) or ())
        source.close()
        read = {str(row[key]) for row in account.read(name)}
        assert read <= listed, name
    source = account.source()
    stream = next(one for one in source.streams if one.name == "members")
    assert set(source.ids(stream) or ()) == {row["fondaco"]["id"] for row in account.read("members")}
    source.close()


class Automation:
    """An account with one automation: its first e-mail went to ten, its second to nobody, of whom there is no report."""

    async def answer(self, request: Request) -> JSONResponse:
        found: dict[str, Any] = {
            "/": {"account_timezone": "Europe/Berlin"},
            "/reports": {"reports": [], "total_items": 0},
            "/automations": {"automations": [{"id": "7"}], "total_items": 1},
            "/automations/7/emails": {"emails": [{"id": "9", "emails_sent": 10}, {"id": "8", "emails_sent": 0}]},
            "/reports/9": {"id": "9", "type": "automation", "emails_sent": 10},
            "/reports/9/email-activity": {"emails": [], "total_items": 0},
        }  # fmt: skip
        path = request.url.path
        missing = {"title": "Resource Not Found", "status": 404, "type": "about:blank", "detail": ""}
        return JSONResponse(found.get(path, missing), 200 if path in found else 404)


def test_an_automations_email_that_went_to_nobody_yet_is_read_at_nought() -> None:
    """Else its first sends, months later, would stand under the day of its start."""
    with served(Starlette(routes=[Route("/{path:path}", Automation().answer)])) as address:
        settings = MailchimpSettings.model_validate({"api_key": "key-us6", "base_url": address})
        source = Mailchimp(settings, clock=lambda: END, sleep=lambda seconds: None)
        read = rows(source, "reports", END - timedelta(days=1), END, "incremental")
        assert rows(source, "email_activity", END - timedelta(days=1), END, "incremental") == []
        source.close()
    told = {row["id"]: (row["emails_sent"], row["fondaco"]["read_on"]) for row in read}
    assert told == {"9": (10, "2026-11-01"), "8": (0, "2026-11-01")}


def test_what_became_of_a_test_of_variants_is_asked_of_them_and_stands_under_the_campaign(
    account: Account,
) -> None:
    """The report of the campaign itself names nobody."""
    tested = next(row for row in account.read("campaigns") if row["type"] == "variate")
    variants = [one["id"] for one in tested["fondaco"]["variants"]]
    assert [one["is_winner"] for one in tested["fondaco"]["variants"]] == [False, False, True]
    store, number = account.store, int(tested["id"], 16)
    truth = {
        row["kind"]: row["n"]
        for row in store.rows(
            "select kind, count(distinct contact_id) as n from message_events where campaign_id = ? and happened_at <= ?"
            " group by kind",
            [number, store.now.replace(tzinfo=None)],
        )
    }
    sent, activity, left = (account.read(name) for name in ("recipients", "email_activity", "unsubscribes"))
    mine = [row for row in sent if row["campaign_id"] == tested["id"]]
    assert len(mine) == truth["received"] + truth.get("bounced", 0)
    assert len({row["fondaco"]["id"] for row in mine}) == len(mine)
    opened = {
        row["email_id"] for row in activity if (row["campaign_id"], row["action"]) == (tested["id"], "open")
    }
    assert len(opened) == truth["opened"]
    assert sum(row["campaign_id"] == tested["id"] for row in left) == truth.get("unsubscribed", 0)
    assert not {row["campaign_id"] for row in (*sent, *activity, *left)} & set(variants)
    asked = [path for path in account.behaviour.requests if path.endswith("/sent-to")]
    assert {f"/reports/{one}/sent-to" for one in variants} <= set(asked)
    assert f"/reports/{tested['id']}/sent-to" not in asked


# ---- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["bare_403", "storm"])
def test_a_limit_is_waited_out_whether_it_is_429_or_a_bare_403(account: Account, fault: str) -> None:
    account.faults.switch([Fault(name=fault, times=2, seconds=0)])
    assert len(account.read("lists")) == 2
    assert account.faults.happened[fault] == 2
    assert len(account.slept) == 2


# ---- records ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def opened_twice() -> Iterator[dict[str, Any]]:
    happened = {"action": "open", "timestamp": "2026-10-01T08:00:00+00:00", "ip": "192.0.2.1"}
    click = {"action": "click", "timestamp": "2026-10-01T08:00:00+00:00", "url": "https://shop.example.com/a"}
    yield {
        "campaign_id": "c1",
        "list_id": "l1",
        "email_id": "e1",
        "email_address": "anna@example.com",
        "activity": [happened, dict(happened), click, {**click, "url": "https://shop.example.com/b"}],
    }


def test_what_a_person_did_has_an_id_of_what_it_was(opened_twice: dict[str, Any]) -> None:
    found = list(activities(opened_twice))
    assert len({one["fondaco"]["id"] for one in found}) == 3
    assert [one["fondaco"]["id"] for one in activities(opened_twice)] == [
        one["fondaco"]["id"] for one in found
    ]
    assert "anna" not in str(found)


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://shop.example.com/a/b?mc_eid=1f&email=anna@example.com#top", "https://shop.example.com/a/b"),
        ("https://shop.example.com:8443/", "https://shop.example.com:8443/"),
        ("https://anna:secret@shop.example.com/a", "https://shop.example.com/a"),
        ("https://shop.example.com/leave/anna%40example.com", "https://shop.example.com"),
        ("https://shop.example.com/leave/*|EMAIL|*", "https://shop.example.com"),
        ("mailto:anna@example.com", None),
        ("https://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_of_a_link_the_page_is_kept_and_nothing_of_whom_it_was_sent_to(
    link: str | None, kept: str | None
) -> None:
    assert page_of(link) == kept


def test_no_click_is_landed_with_what_its_link_says_of_people(account: Account) -> None:
    links = {row["url"] for row in account.read("email_activity") if row["action"] == "click"}
    assert links == {"https://shop.example.com/"}


def test_empty_texts_are_nothing_at_any_depth() -> None:
    assert emptied({"a": "", "b": {"c": "", "d": 0}, "e": ["", {"f": ""}]}) == {
        "a": None, "b": {"c": None, "d": 0}, "e": [None, {"f": None}],
    }  # fmt: skip
