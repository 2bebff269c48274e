"""Proposals in somebody's hands: decided, gathered into orders, mailed, and held against what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.published import publish

from fondaco.errors import ConfigError, RetryableError
from fondaco.orchestration import Project
from fondaco.orchestration.mailing_orders import address_of, attachments_of, mail_order, sheet_of
from fondaco.orchestration.ordering import StockDesk
from fondaco.orchestration.planning_stock import coming_of
from fondaco.orchestration.stock_outcomes import Tally
from fondaco.reports.mail import Letter, UnsureError
from fondaco.reports.purchase_order import order_csv

pytestmark = pytest.mark.slow
DAY = date(2026, 3, 1)


def proposed(name: str, kind: str = "reorder", *, day: date = DAY, **more: Any) -> dict[str, Any]:
    return {
        "proposal_date": day, "proposal_id": f"{day:%m%d}-{kind}-{name}", "subject": f"{kind}|main|{name}|", "kind": kind, "rank": 1,
        "location_id": "main", "location_name": "Main", "variant_id": name, "sku": name.upper(), "product_title": name.title(),
        "supplier_id": "acme", "supplier_name": "Acme", "supplier_sku": f"A-{name}", "quantity": 24, "currency": "EUR", "money": Decimal(100),
        "cost": Decimal(96), "probability": 0.5, "due_date": day + timedelta(days=10), "sentence": f"Order 24 of {name}.", "on_hand": 3,
        "unit_margin": Decimal(6), "supplier_unit_cost": Decimal("4.20"), "supplier_currency": "USD",
    } | more  # fmt: skip


def desk(project: Project, actor: str = "user:7") -> StockDesk:
    return StockDesk(project.control, project.reader, project.tenant, actor, clock=project.clock)


@pytest.fixture
def shop(project: Project) -> Project:
    """Yesterday's list and today's: mugs, bowls, a transfer, a warning and a lamp."""
    rows = [
        proposed("mug", day=DAY - timedelta(days=1)),
        proposed("mug"),
        proposed("bowl", rank=2, quantity=6),
        proposed("cup", "transfer", rank=3, from_location_id="store", from_location_name="Store", supplier_id=None, supplier_name=None, quantity=4),
        proposed("mug", "warn", rank=4, quantity=2),
        proposed("lamp", "mark_down", rank=5, quantity=5, probability=None),
    ]  # fmt: skip
    publish(project, proposals=rows)
    return project


def seen(found: Any) -> list[tuple[str, str]]:
    return [(each.proposal_id, each.status) for each in found]


def test_the_newest_days_list_comes_by_rank_with_what_was_decided(shop: Project) -> None:
    stock = desk(shop)
    stock.accept("0301-reorder-mug", quantity=12)
    stock.refuse("0301-warn-mug", days=7, reason="we know")
    assert stock.days() == [DAY, DAY - timedelta(days=1)]
    assert seen(stock.proposals()) == [
        ("0301-reorder-mug", "changed"), ("0301-reorder-bowl", "open"), ("0301-transfer-cup", "open"), ("0301-warn-mug", "refused"),
        ("0301-mark_down-lamp", "open"),
    ]  # fmt: skip
    assert seen(stock.proposals(status="open", kind="reorder")) == [("0301-reorder-bowl", "open")]
    assert seen(stock.proposals(DAY - timedelta(days=1))) == [("0228-reorder-mug", "open")]
    row = stock.proposal("0301-reorder-mug").row()
    assert (row["status"], row["decided_quantity"], row["decided_by"], row["on_hand"]) == (
        "changed",
        12,
        "user:7",
        3,
    )
    with pytest.raises(ConfigError, match="There is no proposal 'no such'"):
        stock.proposal("no such")


def test_who_decides_is_in_the_audit_log(shop: Project) -> None:
    stock = desk(shop)
    order = stock.order(str(stock.accept("0301-reorder-mug").order_id))
    stock.send(order.number)
    noted = [(each.actor, each.action, each.subject) for each in shop.control.audit.recent(shop.tenant, 2)][
        ::-1
    ]
    assert noted == [
        ("user:7", "stock.accept", "proposal:0301-reorder-mug"), ("user:7", "stock.order_send", f"order:{order.number}")
    ]  # fmt: skip


def test_accepted_goods_are_on_order_until_they_are_there(shop: Project) -> None:
    stock, today = desk(shop), desk(shop).today
    stock.accept("0301-reorder-mug")
    (order,) = stock.orders(is_open=True)
    assert (order.supplier_name, order.currency, order.value) == ("Acme", "USD", Decimal("100.80"))
    (coming,) = coming_of(order, today)
    assert (coming.location_id, coming.variant_id, coming.quantity, coming.expected_on) == (
        "main",
        "mug",
        24,
        today + timedelta(days=10),
    )
    sent = stock.send(order.number, expected_on=today + timedelta(days=3))
    assert coming_of(sent, today)[0].expected_on == today + timedelta(days=3)
    stock.receive(order.number)
    assert stock.orders(is_open=True) == []


def test_a_transfer_is_an_order_between_locations_without_costs(shop: Project) -> None:
    stock = desk(shop)
    stock.accept("0301-transfer-cup")
    (order,) = stock.orders()
    assert (order.kind, order.from_location_name, order.location_name, order.currency, order.value) == (
        "transfer",
        "Store",
        "Main",
        None,
        None,
    )
    assert coming_of(order, DAY)[0].from_location_id == "store" and order.number.startswith("FT-")


@pytest.mark.parametrize("days", [0, 367])
def test_a_refusal_holds_for_a_day_to_a_year(shop: Project, days: int) -> None:
    with pytest.raises(ConfigError, match=f"hold for {days} days"):
        desk(shop).refuse("0301-reorder-mug", days=days)


class Post:
    """Takes letters; raises what it is told to."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.taken: list[tuple[Letter, str]] = []
        self.fault = fault

    def __call__(self, letter: Letter, receiver: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.taken.append((letter, receiver))


@pytest.fixture
def mailed(shop: Project, tmp_path: Path) -> Callable[..., Any]:
    def send(post: Post, number: str, **more: Any) -> Any:
        return mail_order(shop, desk(shop), number, post, fonts=tmp_path, **more)

    return send


def test_a_draft_is_mailed_once_and_the_address_is_remembered(
    shop: Project, mailed: Callable[..., Any]
) -> None:
    stock, post = desk(shop), Post()
    stock.accept("0301-reorder-mug")
    (order,) = stock.orders()
    with pytest.raises(ConfigError, match="No address of Acme is known"):
        mailed(post, order.number)
    assert mailed(post, order.number, to="orders@acme.example").state == "sent"
    ((letter, receiver),) = post.taken
    assert (receiver, address_of(shop, "acme")) == ("orders@acme.example", "orders@acme.example")
    assert letter.subject.startswith(f"Purchase order {order.number}, ")
    assert (
        "24 x Mug (MUG, your number A-mug), US$4.20 each" in letter.plain
        and "US$100.80 in all" in letter.plain
    )
    (sheet,) = letter.attachments
    assert (sheet.name, sheet.kind) == (f"{order.number.lower()}.csv", "text/csv")
    with pytest.raises(ConfigError, match="is sent, so it cannot be sent"):
        mailed(post, order.number)
    assert len(post.taken) == 1
    stock.accept("0301-reorder-bowl")
    assert mailed(post, stock.orders(is_open=True)[0].number).state == "sent", "the address is known by now"


def test_an_order_whose_mail_did_not_go_out_is_a_draft_still_and_one_that_may_have_is_sent(
    shop: Project, mailed: Callable[..., Any]
) -> None:
    stock = desk(shop)
    stock.accept("0301-reorder-mug")
    (order,) = stock.orders()
    with pytest.raises(RetryableError):
        mailed(Post(RetryableError("It is down.", "Wait.")), order.number, to="orders@acme.example")
    assert stock.order(order.number).state == "draft" and address_of(shop, "acme") is None
    with pytest.raises(UnsureError):
        mailed(Post(UnsureError("It broke off.", "Ask.")), order.number, to="orders@acme.example")
    assert stock.order(order.number).state == "sent"


def test_a_file_for_the_supplier_starts_no_formula(shop: Project) -> None:
    publish(shop, proposals=[proposed("vase", product_title="=1+1", rank=9)])
    stock = desk(shop)
    stock.accept("0301-reorder-vase")
    (order,) = stock.orders()
    assert order_csv(sheet_of(shop, order)).splitlines() == [
        "order,sku,supplier_sku,article,quantity,unit_cost,cost,currency,location",
        f"{order.number},VASE,A-vase,'=1+1,24,4.20,100.80,USD,Main",
    ]


def test_without_fonts_a_mail_has_the_csv_alone(shop: Project, tmp_path: Path) -> None:
    desk(shop).accept("0301-reorder-mug")
    (order,) = desk(shop).orders()
    assert [each.kind for each in attachments_of(sheet_of(shop, order), tmp_path)] == ["text/csv"]


def test_what_was_decided_is_held_against_what_happened(project: Project) -> None:
    """Four articles on 1 March, at 7 days. The mug was ordered: 10 sold, it never ran out. The bowl was refused: 4 sold, out for two days of 3 pieces each that
    were to be expected: 6 × €6 = €36 lost. About the cup nobody decided, on two days: the first counts, with one day out. The vase's days are not over."""
    first = DAY
    rows = [proposed(name) for name in ("mug", "bowl", "cup")]
    rows += [proposed("cup", day=DAY + timedelta(days=1)), proposed("vase", day=DAY + timedelta(days=20))]
    ledger = [
        {"location_id": "main", "variant_id": name, "stock_date": first + timedelta(days=after), "sold": sold}
        for name, after, sold in (("mug", 0, 50), ("mug", 1, 6), ("mug", 7, 4), ("mug", 8, 50), ("bowl", 2, 4), ("cup", 3, 1), ("mug", 22, 1))
    ]  # fmt: skip
    out = [
        {
            "location_id": "main",
            "variant_id": name,
            "stockout_date": first + timedelta(days=after),
            "expected_units": Decimal(3),
        }
        for name, after in (("bowl", 3), ("bowl", 4), ("bowl", 9), ("cup", 7), ("cup", 8))
    ]
    publish(project, proposals=rows, stock_ledger=ledger, stockout_days=out)
    stock = desk(project)
    stock.accept("0301-reorder-mug", quantity=30)
    stock.refuse("0301-reorder-bowl")
    found = {each.title: each for each in stock.outcomes(after_days=7, since=DAY)}
    assert {name: (each.choice, each.quantity, each.sold, each.days_out, each.lost_margin) for name, each in found.items()} == {
        "Mug": ("changed", 30, 10, 0, Decimal("0.00")),
        "Bowl": ("refused", 0, 4, 2, Decimal("36.00")),
        "Cup": ("left", 24, 1, 1, Decimal("18.00")),
    }  # fmt: skip
    assert stock.comparison(after_days=7, since=DAY)[2] == Tally(
        kind="reorder", choice="refused", currency="EUR", proposals=1, quantity=0, sold=4, ran_out=1, expected_to_run_out=0.5, days_out=2,
        money=Decimal(100), lost_margin=Decimal("36.00"),
    )  # fmt: skip
    with pytest.raises(ConfigError, match="within 0 days"):
        stock.outcomes(after_days=0)
