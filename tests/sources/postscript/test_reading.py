"""What is read of a Postscript account, at which pace, and what is told where it may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.serving import served

from fondaco.clock import parse_instant
from fondaco.errors import FatalError
from fondaco.simulator.faults import Fault
from fondaco.simulator.postscript.app import API_KEY, LIMITED_KEY
from fondaco.sources.http import UnauthorizedError
from fondaco.sources.postscript import Postscript, PostscriptSettings
from fondaco.sources.postscript.client import PostscriptClient
from fondaco.sources.stream import Check

from .conftest import END, Account, stream_of

pytestmark = pytest.mark.slow
_PAGE = 3


class Subscribers:
    """Subscribers by page number, as Postscript lists them; some change while they are read."""

    def __init__(self, instants: list[str]) -> None:
        self.rows = [{"id": f"s_{number}", "updated_at": at} for number, at in enumerate(instants)]
        self.later: dict[int, str] = {}
        self.keeps_order = True
        self.answers = 0

    async def answer(self, request: Request) -> JSONResponse:
        given = request.query_params
        since, until = given.get("updated_at__gte", ""), given["updated_at__lt"]
        kept = [row for row in self.rows if since.rstrip("Z") <= row["updated_at"] < until.rstrip("Z")]
        kept.sort(key=lambda row: row["updated_at"], reverse=not self.keeps_order)
        place = (int(given["page"]) - 1) * _PAGE
        self.answers += 1
        body = {
            "page_info": {"page": int(given["page"]), "total_pages": -(-len(kept) // _PAGE)},
            "subscribers": [dict(row) for row in kept[place : place + _PAGE]],
        }
        if (gone := self.later.get(self.answers)) is not None:
            next(row for row in self.rows if row["id"] == gone)["updated_at"] = "2030-01-01T00:00:00"
        return JSONResponse(body)

    def delivered(self) -> list[str]:
        with served(Starlette(routes=[Route("/api/v2/subscribers", self.answer)])) as address:
            settings = PostscriptSettings.model_validate({"api_key": "sk", "base_url": address})
            client = PostscriptClient(settings, sleep=lambda seconds: None)
            try:
                return [row["id"] for rows in client.subscribers(None, END) for row in rows]
            finally:
                client.close()


def days(*numbers: int) -> list[str]:
    return [f"2026-10-{number:02d}T08:00:00" for number in numbers]


def test_subscribers_are_read_once_each_and_end() -> None:
    assert Subscribers(days(*range(1, 12))).delivered() == [f"s_{number}" for number in range(11)]
    assert Subscribers([]).delivered() == []


def test_a_page_whose_subscribers_all_changed_in_one_instant_is_not_read_for_ever() -> None:
    """An import changes thousands at once."""
    assert len(Subscribers(days(*[5] * 10, 6, 7)).delivered()) == 12


def test_nobody_is_left_out_when_one_that_was_read_changes_meanwhile() -> None:
    """By page numbers the first one of the next page would be passed over."""
    subscribers = Subscribers(days(*range(1, 12)))
    subscribers.later = {1: "s_0", 2: "s_3"}
    assert set(subscribers.delivered()) == {f"s_{number}" for number in range(11)}


def test_a_list_in_another_order_is_refused_for_some_would_be_left_out() -> None:
    subscribers = Subscribers(days(*range(1, 12)))
    subscribers.keeps_order = False
    with pytest.raises(FatalError, match="order of their change"):
        subscribers.delivered()


def test_subscribers_are_those_of_the_account_and_later_only_those_that_changed(account: Account) -> None:
    everybody = account.read("subscribers")
    assert len(everybody) > 20
    since = END - timedelta(days=10)
    changed = account.read("subscribers", since, kind="incremental")
    expected = {row["id"] for row in everybody if parse_instant(row["updated_at"]) >= since}
    assert {row["id"] for row in changed} == expected
    assert 0 < len(changed) < len(everybody)


def test_ids_are_those_of_all_subscribers(account: Account) -> None:
    """Who is not among them was removed."""
    source = account.source()
    listed = list(source.ids(stream_of("subscribers")) or ())
    source.close()
    assert sorted(listed) == sorted(row["id"] for row in account.read("subscribers"))


def test_events_are_not_read_for_only_webhooks_tell_them(account: Account) -> None:
    assert account.read("subscriber_events") == []
    assert account.behaviour.requests == []


def test_somebody_who_was_removed_gives_nothing_when_read_again(account: Account) -> None:
    known = account.read("subscribers")[0]["id"]
    source = account.source()
    pages = list(source.read_again(stream_of("subscribers"), [known, "s_0"]))
    source.close()
    assert sum(page.records for page in pages) == 1


def test_fifteen_requests_a_second_are_the_most(account: Account) -> None:
    """Postscript tells nothing of its limit but 429, so it is kept to without being told."""
    moments = iter([0.0] * 100)
    slept: list[float] = []
    given = PostscriptSettings.model_validate(
        {"api_key": API_KEY, "base_url": f"{account.base_url}/postscript"}
    )
    source = Postscript(given, sleep=slept.append, monotonic=lambda: next(moments))
    for _ in range(4):
        list(source.ids(stream_of("keywords")) or ())
    source.close()
    assert slept == pytest.approx([1 / 15, 2 / 15, 3 / 15])


def test_a_limit_is_waited_out(account: Account) -> None:
    account.faults.switch([Fault(name="too_many", times=2)])
    assert len(account.read("keywords")) == 2
    assert account.faults.happened["too_many"] == 2


def test_check_tells_the_shop_and_what_is_missing(account: Account) -> None:
    found = []
    for key in (API_KEY, LIMITED_KEY):
        source = account.source(api_key=key)
        found.append(source.check())
        source.close()
    whole, limited = found
    assert whole == Check("Market Hall Texts", "EUR", "Europe/Berlin", details={"resource_id": "shop_41003"})
    assert limited.missing == ("The API key may not read keywords. Make a new key pair under Settings, API.",)


def test_a_wrong_key_is_refused_in_words(account: Account) -> None:
    source = account.source(api_key="sk_wrong")
    with pytest.raises(UnauthorizedError, match="does not accept the API key") as caught:
        source.check()
    source.close()
    assert "sk_wrong" not in str(caught.value)


def test_no_key_stands_in_an_address(account: Account) -> None:
    account.read("subscribers")
    assert not any("sk_" in one for one in account.behaviour.addresses)


@pytest.mark.parametrize(
    "given", [{}, {"api_key": "sk", "time_zone": "Mars"}, {"api_key": "sk", "currency": "x"}]
)
def test_a_setting_that_cannot_be_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PostscriptSettings.model_validate(given)
