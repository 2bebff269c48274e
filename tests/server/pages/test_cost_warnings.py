"""Entries that are right by themselves, and would count twice or nowhere beside what is connected."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.costs import CostEntry, Kind
from fondaco.server.pages.cost_warnings import warnings

ACCOUNTS = {"letters": "Our Letters"}
PLAN = CostEntry(
    Kind.MESSAGE_PLAN, "klaviyo email", amount=Decimal(45), currency="EUR", valid_from=date(2026, 3, 1)
)


def warned(*entries: CostEntry, platforms: tuple[str, ...] = ("klaviyo",)) -> list[int]:
    kept = [(number, entry, entry.valid_to) for number, entry in enumerate(entries, start=1)]
    return [each.entry_id for each in warnings(kept, ACCOUNTS, platforms)]


def by_hand(item: str, kind: Kind = Kind.FIXED, **fields: Any) -> CostEntry:
    return CostEntry(kind, item, amount=Decimal(45), currency="EUR", **fields)


def test_a_fixed_cost_that_is_called_as_a_platform_with_a_plan_on_the_same_days_may_be_the_same_bill() -> (
    None
):
    own = CostEntry(
        Kind.MESSAGE_PLAN_SENDS, "klaviyo push", connection_id="letters", amount=Decimal(1), currency="EUR"
    )
    assert warned(by_hand("Tools: Klaviyo"), PLAN) == [1]
    assert warned(by_hand("Klaviyo, March", Kind.MARKETING, valid_from=date(2026, 3, 1)), PLAN) == [1]
    assert warned(by_hand("our letters"), own) == [1]
    assert warned(by_hand("Rent"), PLAN) == []
    assert warned(by_hand("Klaviyo", valid_to=date(2026, 2, 28)), PLAN) == []
    assert warned(by_hand("Klaviyo")) == []


def test_a_plan_of_messages_whose_platform_tells_their_cost_counts_twice() -> None:
    texts = CostEntry(Kind.MESSAGE_PLAN, "klaviyo sms", amount=Decimal(15), currency="EUR")
    assert warned(PLAN, texts) == [2]


def test_a_plan_of_a_platform_that_is_not_connected_counts_nowhere_but_a_bill_does() -> None:
    bill = CostEntry(
        Kind.MESSAGE_PRICE, "postscript sms", messages=9, amount=Decimal(1), currency="EUR",
        valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31),
    )  # fmt: skip
    assert warned(PLAN, bill, platforms=("mailchimp",)) == [1]


def test_a_name_that_no_campaign_has_says_nothing() -> None:
    kept = [(1, CostEntry(Kind.CAMPAIGNS_OF_SHOP, "UK *", connection_id="a"), None)]
    assert warnings(kept, ACCOUNTS, ()) == warnings(kept, ACCOUNTS, (), ["UK Search"]) == []
    assert [each.entry_id for each in warnings(kept, ACCOUNTS, (), ["Search", "ukulele"])] == [1]
