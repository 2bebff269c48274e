"""What is asked of Amazon, what it may answer, and what is kept of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.simulator.amazon.app import LIMITED_TOKEN, demo_settings
from fondaco.simulator.faults import Fault
from fondaco.sources.amazon import Amazon
from fondaco.sources.amazon.pace import Bucket
from fondaco.sources.amazon.settings import AmazonSettings
from fondaco.sources.stream import Slice
from fondaco.sources.waiting import pausing_by

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 1, tzinfo=UTC)


def asked(account: Account, path: str) -> list[dict[str, str]]:
    """The parameters of all requests for a path."""
    found = [urlsplit(each) for each in account.behaviour.requests]
    return [{k: v[0] for k, v in parse_qs(each.query).items()} for each in found if each.path.endswith(path)]


def test_orders_come_page_by_page_and_each_once(account: Account) -> None:
    found = account.read("orders", page_size=50)
    assert [each["orderId"] for each in found] == [
        order.number
        for order in sorted(account.books.orders.values(), key=lambda each: (each.updated_at, each.order_id))
    ]
    pages = asked(account, "/orders")
    assert len(pages) == -(-len(found) // 50)
    assert {each["maxResultsPerPage"] for each in pages} == {"50"}
    assert [("paginationToken" in each) for each in pages] == [False] + [True] * (len(pages) - 1)
    assert {each["marketplaceIds"] for each in pages} == {"A1F83G8C2ARO7P"}


def test_nothing_is_asked_for_that_amazon_does_not_answer_for_yet(account: Account) -> None:
    now = datetime.now(UTC)
    account.read("orders", now - timedelta(days=1), now + timedelta(days=2))
    account.read("transactions", now - timedelta(days=1), now + timedelta(days=2))
    for path, name in (("/orders", "lastUpdatedBefore"), ("/transactions", "postedBefore")):
        (request,) = asked(account, path)
        assert datetime.fromisoformat(request[name]) <= now - timedelta(minutes=2)
    assert account.read("transactions", now, now + timedelta(days=1)) == []


def test_personal_data_is_asked_for_only_if_it_is_wanted_and_names_are_never_kept(account: Account) -> None:
    without = account.read("orders")
    assert {(each["buyerEmail"], each["city"], each["country"]) for each in without} == {(None, None, None)}
    assert not any("BUYER" in each["includedData"] for each in asked(account, "/orders"))
    found = account.read("orders", personal_data=True)
    assert all(each["country"] for each in found)
    assert {each["buyerEmail"] is None for each in found if each["fulfilledBy"] == "AMAZON"} == {True}
    assert "nobody" not in repr(found)


def test_transactions_are_read_in_spans_that_amazon_answers_for_through_empty_pages(account: Account) -> None:
    account.behaviour.transactions_a_page = 40
    found = account.read("transactions", END - timedelta(days=400), END)
    requests = asked(account, "/transactions")
    spans = {(each["postedAfter"], each["postedBefore"]) for each in requests}
    assert len(spans) == 3
    assert all(
        datetime.fromisoformat(last) - datetime.fromisoformat(first) <= timedelta(days=180)
        for first, last in spans
    )
    ids = [each["transactionId"] for each in found]
    assert len(ids) == len(set(ids)) > 600
    assert len(requests) > len(found) / 40 + 5


def test_amounts_of_a_transaction_add_up_to_its_total(account: Account) -> None:
    for record in account.read("transactions"):
        total = round(float(record["totalAmount"]["currencyAmount"]) * 100)
        assert round(sum(float(each["amount"]) for each in record["amounts"]) * 100) == total


def test_a_token_that_amazon_has_forgotten_is_replaced(account: Account) -> None:
    source = account.source()
    assert source.check().ok
    account.behaviour.tokens.clear()
    assert source.check().ok
    source.close()


def test_check_tells_the_account_and_names_the_role_that_is_missing(account: Account) -> None:
    found = account.source().check()
    assert (found.shop_name, found.currency, found.time_zone, found.ok) == (
        "Brick & Mortar Goods", "GBP", "Europe/London", True,
    )  # fmt: skip
    assert found.details["marketplaces"] == "Amazon.co.uk (A1F83G8C2ARO7P)"
    (missing,) = account.source(refresh_token=LIMITED_TOKEN).check().missing
    assert missing.startswith(
        "The app lacks the role Finance and Accounting: no refunds and no fees can be read."
    )


def test_a_marketplace_in_which_nobody_sells_is_named(account: Account) -> None:
    with pytest.raises(ConfigError, match="does not sell in A2EUQ1WTGCTBG2"):
        account.source(marketplaces=("A2EUQ1WTGCTBG2",)).check()


@pytest.mark.parametrize("wrong", ["client_id", "client_secret", "refresh_token"])
def test_a_log_in_that_is_refused_is_told_without_a_secret(account: Account, wrong: str) -> None:
    with pytest.raises(AccessError, match="log-in refuses") as caught:
        account.source(**{wrong: "wrong-31337"}).check()
    assert "31337" not in str(caught.value)


def test_too_many_calls_wait_as_long_as_amazon_takes_to_allow_one(account: Account) -> None:
    account.behaviour.rate = "0.25"
    source = account.source()
    source.check()
    account.faults.switch([Fault(name="storm", times=1, path="/transactions", seconds=3)])
    source.check()
    assert account.slept == [3.0]
    source.close()


def test_a_page_that_names_itself_again_ends(account: Account) -> None:
    account.faults.switch([Fault(name="duplicate_page", times=1)])
    with pytest.raises(RetryableError, match="named one page of searchOrders twice"):
        account.read("orders", page_size=50)


def test_a_bucket_lets_a_burst_pass_and_then_keeps_the_rate() -> None:
    bucket = Bucket(rate=0.5, burst=2)
    assert [bucket.take(now) for now in (0, 0, 0, 0)] == [0, 0, 2, 4]
    assert bucket.take(100) == 0
    bucket.told("nonsense")
    bucket.told("10")
    assert [bucket.take(100), bucket.take(100)] == [0, 0.1]


def test_stock_is_that_of_the_main_marketplace(account: Account) -> None:
    found: list[dict[str, Any]] = account.read("inventory")
    assert {each["marketplaceId"] for each in found} == {"A1F83G8C2ARO7P"}
    assert len({each["sellerSku"] for each in found}) == len(found) > 0


def test_a_run_that_is_stopped_need_not_wait_for_amazons_pace(account: Account) -> None:
    """Whoever has it read says how it waits, as each page after the first twenty has to."""
    account.behaviour.rate = "0.0056"
    settings = demo_settings(account.base_url, "brick")
    source = Amazon.connect(AmazonSettings.model_validate({**settings, "page_size": 10}))
    waited: list[float] = []
    part = Slice("orders", "backfill", END - timedelta(days=500), END)
    with pausing_by(waited.append):
        for _ in source.read(source.streams[0], part):
            pass
    source.close()
    assert len(waited) > 10
    assert min(waited) > 100
