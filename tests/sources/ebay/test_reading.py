"""Reading eBay over HTTP: log-in, signatures, filters, and lists that move while they are read."""

from __future__ import annotations

import base64
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from fondaco.errors import AccessError, ConfigError, RetryableError
from fondaco.simulator.ebay.app import LIMITED_TOKEN
from fondaco.simulator.ebay.book import Book
from fondaco.simulator.faults import Fault
from fondaco.simulator.store import Store
from fondaco.sources.ebay import Ebay, EbaySettings
from fondaco.sources.ebay.signing import private_key
from fondaco.sources.source import Source

from .conftest import END, FIRST, Account, read, stream_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ebay")]


def test_it_is_a_source(account: Account) -> None:
    assert isinstance(account.to(), Source)


def test_orders_come_whole_by_pages_and_without_names_and_addresses(account: Account) -> None:
    rows = read(account.to(page_size=7), "orders")
    assert {row["orderId"] for row in rows} == {one.number for one in account.book.orders}
    text = str(rows)
    assert "Simulated Buyer" not in text
    assert "Simulated Street" not in text
    assert {row["_vatRate"] for row in rows} == {"0.19"}


def test_only_what_was_changed_in_the_slice_is_asked_for(account: Account) -> None:
    since, until = END - timedelta(days=20), END - timedelta(days=10)
    rows = read(account.to(), "orders", since, until)
    book = account.book
    wanted = {
        one.number
        for one in book.orders
        if since.replace(tzinfo=None) <= book.modified_at(one) < until.replace(tzinfo=None)
    }
    assert wanted
    assert {row["orderId"] for row in rows} == wanted


def test_an_order_that_a_refund_did_not_change_is_read_all_the_same(ebay_store: Store) -> None:
    """The balance tells of it; without the scope for it nothing is lost but that."""
    with ExitStack() as stack:
        account = Account(ebay_store, "brick", stack)
        book = account.book
        one, refund = next(
            (one, each) for one in book.orders for each in one.refunds if not each.changes_order
            and book.modified_at(one) < each.at
        )  # fmt: skip
        span = (refund.at.replace(tzinfo=UTC), refund.at.replace(tzinfo=UTC) + timedelta(seconds=1))
        assert one.number in {row["orderId"] for row in read(account.to(), "orders", *span)}
        limited = account.to(refresh_token=LIMITED_TOKEN)
        assert one.number not in {row["orderId"] for row in read(limited, "orders", *span)}


def test_an_order_that_ebay_forgot_is_gone_and_keeps_no_other_back(
    ebay_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Its refund is told, and the order refused with all that are asked for beside it."""
    with ExitStack() as stack:
        account = Account(ebay_store, "brick", stack)
        days, wanted = _silently_refunded(account.book)
        account.behaviour.forgotten.add(wanted[0])
        rows = read(account.to(), "orders", END - timedelta(days=days))
        assert {row["orderId"] for row in rows} & set(wanted) == set(wanted[1:])
        assert [one.levelname for one in caplog.records if "refused an order" in one.message] == ["WARNING"]
        assert wanted[0] not in caplog.text


def _silently_refunded(book: Book) -> tuple[int, list[str]]:
    """Orders that money was given back of in the last days, more than one, and that did not change in them; and how many days."""
    for days in range(1, 150):
        since = (END - timedelta(days=days)).replace(tzinfo=None)
        found = [
            one.number
            for one in sorted(book.orders, key=lambda one: one.number)
            if book.modified_at(one) < since and any(each.at >= since for each in one.refunds)
        ]
        if len(found) > 1:
            return days, found
    raise AssertionError("the world has no such orders")


def test_orders_of_refunds_of_more_than_two_years_ago_are_not_asked_for(ebay_store: Store) -> None:
    with ExitStack() as stack:
        account = Account(ebay_store, "brick", stack)
        since = END - timedelta(days=_silently_refunded(account.book)[0])
        read(account.to(), "orders", since)
        assert any("orderIds=" in one for one in account.behaviour.requests)
        account.behaviour.requests.clear()
        read(account.to(lambda: END + timedelta(days=800)), "orders", since)
        assert account.behaviour.requests
        assert not any("orderIds=" in one for one in account.behaviour.requests)


def test_the_balance_is_read_back_for_less_than_five_years() -> None:
    """eBay refuses to be asked for more."""
    for name in ("transactions", "payouts"):
        history = stream_of(name).history
        assert history is not None
        assert timedelta(days=5 * 365 - 10) < history < timedelta(days=5 * 365)


def test_refunds_of_an_order_are_less_fees_and_those_of_its_lines_are_not(account: Account) -> None:
    """As eBay tells them; the levels have no id in common, and some orders have no refund at a line."""
    rows = [row for row in read(account.to(), "orders") if row["paymentSummary"]["refunds"]]
    by_line = [row for row in rows if any(line["refunds"] for line in row["lineItems"])]
    assert 0 < len(by_line) < len(rows)
    for row in by_line:
        gross = sum(Decimal(each["amount"]["value"]) for line in row["lineItems"] for each in line["refunds"])
        assert 0 < sum(Decimal(each["amount"]["value"]) for each in row["paymentSummary"]["refunds"]) < gross
        assert not any("refundId" in each for each in row["paymentSummary"]["refunds"])


def test_brackets_of_filters_go_percent_encoded(account: Account) -> None:
    read(account.to(), "orders")
    (asked,) = [one for one in account.behaviour.requests if "/order?filter" in one][-1:]
    assert "filter=lastmodifieddate%3A%5B2026-" in asked
    assert "[" not in asked


def test_transactions_are_asked_for_by_ninety_days_at_most(account: Account) -> None:
    rows = read(account.to(), "transactions", FIRST - timedelta(days=200))
    assert len(rows) == len(account.book.movements)
    asked = [one for one in account.behaviour.requests if "/transaction?" in one]
    assert len(asked) == 4


def test_every_movement_names_its_day_and_its_order(account: Account) -> None:
    rows = {row["transactionId"]: row for row in read(account.to(), "transactions")}
    for movement in account.book.movements:
        row = rows[movement.transaction_id]
        assert row["_day"] == f"{movement.at:%Y-%m-%d}"
        assert row["_orderId"] == (movement.order.number if movement.order else None)
    assert any(row["transactionType"] == "NON_SALE_CHARGE" and row["_orderId"] for row in rows.values())


def test_nothing_found_is_an_empty_slice(account: Account) -> None:
    """eBay says it with 204 and no body."""
    before = FIRST - timedelta(days=30)
    assert read(account.to(), "transactions", before - timedelta(days=5), before) == []
    assert read(account.to(), "orders", before - timedelta(days=5), before) == []


def test_a_page_that_comes_again_leaves_nothing_out(account: Account) -> None:
    account.faults.switch([Fault(name="duplicate_page", times=1, path="orders")])
    rows = read(account.to(page_size=7), "orders")
    assert {row["orderId"] for row in rows} == {one.number for one in account.book.orders}
    assert account.faults.happened["duplicate_page"] == 1


def test_a_list_that_never_stands_still_is_given_up(account: Account) -> None:
    account.faults.switch([Fault(name="duplicate_page", path="orders")])
    with pytest.raises(RetryableError, match="changed on every one of 6 readings"):
        read(account.to(page_size=7), "orders")


def test_an_access_token_that_ran_out_is_renewed_once(account: Account) -> None:
    source = account.to()
    read(source, "payouts")
    for token, (may, _) in account.behaviour.tokens.items():
        account.behaviour.tokens[token] = (may, 0.0)
    assert read(source, "payouts")
    assert len(account.behaviour.tokens) == 2


def test_a_token_is_renewed_before_it_runs_out(account: Account) -> None:
    now = END

    def clock() -> datetime:
        return now

    source = account.to(clock)
    read(source, "payouts")
    now += timedelta(seconds=7000)
    read(source, "payouts")
    now += timedelta(seconds=200)
    read(source, "payouts")
    assert len(account.behaviour.tokens) == 2


def test_check_tells_the_seller_currency_and_zone(account: Account) -> None:
    check = account.to().check()
    assert (check.shop_name, check.currency, check.time_zone) == (
        "eBay aurora-on-ebay",
        "EUR",
        "Europe/Berlin",
    )
    assert (check.missing, check.warnings) == ((), ())


def test_check_says_in_words_that_the_balance_may_not_be_read(account: Account) -> None:
    (missing,) = account.to(refresh_token=LIMITED_TOKEN).check().missing
    assert missing.startswith(
        "sell.finances: without it no fees and no payouts can be read. Let the seller agree"
    )


def test_check_says_that_an_account_of_the_eu_has_to_sign(account: Account) -> None:
    (missing,) = account.to(signing_key=None, signing_jwe=None).check().missing
    assert "need a signing key: give signing_key and signing_jwe" in missing


def test_check_warns_of_prices_that_are_taken_to_include_no_vat(account: Account) -> None:
    (warning,) = account.to(vat_rate=0).check().warnings
    assert warning.startswith("vat_rate is 0")


def test_a_refresh_token_that_was_taken_back_is_said_in_two_lines(account: Account) -> None:
    with pytest.raises(AccessError) as caught:
        account.to(refresh_token="v^1.1#gone").check()
    assert len(str(caught.value).splitlines()) == 2
    assert "gone" not in str(caught.value)


def test_a_signature_of_another_key_is_refused(account: Account) -> None:
    other = base64.b64decode(account.settings["signing_key"])
    changed = base64.b64encode(other[:-1] + bytes([other[-1] ^ 1])).decode()
    with pytest.raises(ConfigError):
        read(account.to(signing_key=changed), "transactions")


def test_a_key_is_taken_with_and_without_the_lines_of_pem(account: Account) -> None:
    plain = account.settings["signing_key"]
    pem = f"-----BEGIN PRIVATE KEY-----\n{plain}\n-----END PRIVATE KEY-----\n"
    assert private_key(plain).private_bytes_raw() == private_key(pem).private_bytes_raw()
    with pytest.raises(ConfigError, match="no Ed25519 private key"):
        private_key("bm9uc2Vuc2U=")


def settings(**values: Any) -> EbaySettings:
    needed = {"marketplace": "EBAY_US", "client_id": "a", "client_secret": "b", "refresh_token": "c"}
    return EbaySettings.model_validate({**needed, **values})


def test_settings_hold_to_what_ebay_takes() -> None:
    assert settings().vat_rate == Decimal(0)
    for wrong in ({"page_size": 201}, {"marketplace": "EBAY_XX"}, {"signing_key": "x"}, {"vat_rate": 19}):
        with pytest.raises(ValidationError):
            settings(**wrong)


def test_no_secret_is_in_the_words_of_a_connection(account: Account) -> None:
    source = account.to()
    texts = repr(source) + repr(EbaySettings.model_validate(account.settings))
    for name in ("client_secret", "refresh_token", "signing_key", "signing_jwe"):
        assert account.settings[name] not in texts
    assert source.name == Ebay.name
