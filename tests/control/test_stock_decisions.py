"""What people make of proposals, and the orders that come of it, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.control.conftest import TurnedClock

from fondaco.control import ControlPlane, StockOrder
from fondaco.control.stock_decisions import Proposed
from fondaco.control.stock_models import StockOrderLine
from fondaco.control.stock_orders import Ends, Line, take_out
from fondaco.errors import ConfigError

TENANT, DAY = "default", date(2026, 3, 1)
ACME = Ends("purchase", "main", "Main", supplier_id="acme", supplier_name="Acme", currency="EUR")


def reorder(name: str = "mug", quantity: int = 24, *, ends: Ends = ACME, day: date = DAY) -> Proposed:
    subject = f"reorder|{ends.location_id}|{name}|"
    line = Line(name, name.title(), quantity, name.upper(), None, Decimal("4.20"), subject)
    return Proposed(
        f"{day:%Y%m%d}-{name}", subject, "reorder", day, quantity, {"variant_id": name}, ends, line, 14
    )


def accept(plane: ControlPlane, proposed: Proposed, quantity: int | None = None) -> StockOrder:
    done = plane.stock_decisions.accept(TENANT, proposed, actor="user:7", quantity=quantity)
    assert done.order_id is not None
    return plane.stock_orders.get(TENANT, done.order_id)


def lines(order: StockOrder) -> list[tuple[str, int]]:
    return [(line.variant_id, line.quantity) for line in order.lines]


def test_what_is_accepted_gathers_in_one_draft_a_supplier_and_location(plane: ControlPlane) -> None:
    accept(plane, reorder("mug"))
    order = accept(plane, reorder("bowl", 6))
    store = accept(plane, reorder("mug", 12, ends=replace(ACME, location_id="store", location_name="Store")))
    other = accept(plane, reorder("vase", 3, ends=replace(ACME, supplier_id="bolt", supplier_name="Bolt")))
    assert lines(order) == [("mug", 24), ("bowl", 6)]
    assert (order.kind, order.state, order.lead_time_days, order.number) == (
        "purchase",
        "draft",
        14,
        f"FO-{order.order_id}",
    )
    assert (order.units, order.value) == (30, Decimal("126.00"))
    assert lines(store) == [("mug", 12)] and lines(other) == [("vase", 3)]
    assert [each.order_id for each in plane.stock_orders.all(TENANT)] == [
        other.order_id,
        store.order_id,
        order.order_id,
    ]


def test_who_decided_what_and_when_is_kept_with_the_proposal_as_it_was(
    plane: ControlPlane, clock: TurnedClock
) -> None:
    plane.stock_decisions.accept(
        TENANT, reorder("mug"), actor="user:7", quantity=12, reason="  we  have\nsome "
    )
    (kept,) = plane.stock_decisions.since(TENANT, DAY)
    assert (kept.choice, kept.proposed_quantity, kept.quantity) == ("changed", 24, 12)
    assert (kept.decided_by, kept.decided_at, kept.reason) == ("user:7", clock(), "we have some")
    assert kept.proposed == {"variant_id": "mug"}
    assert plane.stock_decisions.since(TENANT, DAY + timedelta(days=1)) == []
    assert plane.stock_decisions.since("other", DAY) == []


def test_deciding_again_takes_the_former_decision_back_and_its_pieces_out_of_the_draft(
    plane: ControlPlane,
) -> None:
    accept(plane, reorder("mug"))
    assert lines(accept(plane, reorder("mug"), 10)) == [("mug", 10)]
    order = accept(plane, reorder("bowl", 6))
    plane.stock_decisions.refuse(TENANT, reorder("mug"), actor="user:7", until=DAY)
    assert lines(plane.stock_orders.get(TENANT, order.order_id)) == [("bowl", 6)]
    held = plane.stock_decisions.of_proposals(TENANT, DAY)
    assert {name: each.choice for name, each in held.items()} == {
        "20260301-bowl": "accepted",
        "20260301-mug": "refused",
    }


def test_the_proposal_of_another_day_comes_on_top_of_what_the_draft_has(plane: ControlPlane) -> None:
    """What the draft has counts as on order, so that the next proposal is of what is wanted beyond it."""
    accept(plane, reorder("mug", 24))
    order = accept(plane, reorder("mug", 6, day=DAY + timedelta(days=1)))
    assert lines(order) == [("mug", 30)]
    plane.stock_decisions.undo(TENANT, "20260302-mug", actor="cli")
    assert lines(plane.stock_orders.get(TENANT, order.order_id)) == [("mug", 24)]
    with pytest.raises(ConfigError, match="Nothing is decided about the proposal '20260302-mug'"):
        plane.stock_decisions.undo(TENANT, "20260302-mug", actor="cli")


def test_a_refusal_holds_through_its_last_day_and_ends_when_it_is_undone(plane: ControlPlane) -> None:
    until = DAY + timedelta(days=13)
    plane.stock_decisions.refuse(TENANT, reorder("mug"), actor="user:7", until=until)
    assert plane.stock_decisions.refused(TENANT, until) == {"reorder|main|mug|"}
    assert plane.stock_decisions.refused(TENANT, until + timedelta(days=1)) == set()
    plane.stock_decisions.undo(TENANT, "20260301-mug", actor="cli")
    assert plane.stock_decisions.refused(TENANT, DAY) == set()


def test_an_order_goes_from_draft_to_sent_to_received_and_a_new_draft_takes_what_follows(
    plane: ControlPlane, clock: TurnedClock
) -> None:
    order = accept(plane, reorder("mug"))
    with pytest.raises(ConfigError, match=f"Order {order.number} is draft, so it cannot be received"):
        plane.stock_orders.receive(TENANT, order.order_id, actor="cli")
    sent = plane.stock_orders.send(TENANT, order.order_id, actor="user:7", expected_on=date(2026, 3, 15))
    assert (sent.state, sent.sent_by, sent.sent_at, sent.expected_on) == (
        "sent",
        "user:7",
        clock(),
        date(2026, 3, 15),
    )
    for act in (
        lambda: plane.stock_orders.send(TENANT, order.order_id, actor="cli", expected_on=None),
        lambda: plane.stock_orders.change_line(TENANT, order.order_id, "mug", 5),
        lambda: plane.stock_decisions.undo(TENANT, "20260301-mug", actor="cli"),
    ):
        with pytest.raises(ConfigError, match=f"Order {order.number} is sent"):
            act()
    following = accept(plane, reorder("mug", 6, day=DAY + timedelta(days=1)))
    assert following.order_id != order.order_id and lines(following) == [("mug", 6)]
    assert plane.stock_orders.receive(TENANT, order.order_id, actor="cli").state == "received"
    with pytest.raises(ConfigError, match="is received, so it cannot be cancelled"):
        plane.stock_orders.cancel(TENANT, order.order_id, actor="cli")
    assert [each.state for each in plane.stock_orders.all(TENANT)] == ["draft", "received"]


def test_a_draft_is_changed_line_by_line_and_is_not_sent_empty(plane: ControlPlane) -> None:
    order = accept(plane, reorder("mug"))
    assert lines(plane.stock_orders.change_line(TENANT, order.order_id, "mug", 36)) == [("mug", 36)]
    assert lines(plane.stock_orders.change_line(TENANT, order.order_id, "mug", 0)) == []
    with pytest.raises(ConfigError, match="has no lines"):
        plane.stock_orders.send(TENANT, order.order_id, actor="cli", expected_on=None)
    assert plane.stock_orders.cancel(TENANT, order.order_id, actor="cli").is_open is False


def test_cancelling_an_order_takes_back_the_decisions_that_made_it(plane: ControlPlane) -> None:
    order = accept(plane, reorder("mug"))
    accept(plane, reorder("vase", 3, ends=replace(ACME, supplier_id="bolt", supplier_name="Bolt")))
    plane.stock_orders.cancel(TENANT, order.order_id, actor="user:8")
    assert list(plane.stock_decisions.of_proposals(TENANT, DAY)) == ["20260301-vase"]
    again = accept(plane, reorder("mug"), 6)
    assert again.order_id != order.order_id and lines(again) == [("mug", 6)]


def test_an_order_that_was_not_sent_after_all_is_a_draft_again(plane: ControlPlane) -> None:
    order = accept(plane, reorder("mug"))
    plane.stock_orders.send(TENANT, order.order_id, actor="cli", expected_on=DAY)
    opened = plane.stock_orders.reopen(TENANT, order.order_id)
    assert (opened.state, opened.sent_by, opened.sent_at, opened.expected_on) == ("draft", None, None, None)
    with pytest.raises(ConfigError, match="is draft, so it cannot be reopened"):
        plane.stock_orders.reopen(TENANT, order.order_id)


def test_an_order_is_found_by_its_number_in_any_case_and_by_its_id(plane: ControlPlane) -> None:
    order = accept(plane, reorder("mug"))
    assert plane.stock_orders.numbered(TENANT, order.number.lower()).order_id == order.order_id
    assert plane.stock_orders.numbered(TENANT, str(order.order_id)).number == order.number
    for tenant, number in ((TENANT, "FO-999"), ("other", order.number), ("other", str(order.order_id))):
        with pytest.raises(ConfigError, match="There is no order"):
            plane.stock_orders.numbered(tenant, number)


def test_a_warning_is_accepted_without_an_order_and_has_no_quantity_to_change(plane: ControlPlane) -> None:
    warning = replace(reorder("mug"), kind="warn", ends=None, line=None, quantity=0)
    assert plane.stock_decisions.accept(TENANT, warning, actor="cli").order_id is None
    with pytest.raises(ConfigError, match="warn has no quantity"):
        plane.stock_decisions.accept(TENANT, warning, actor="cli", quantity=5)
    assert plane.stock_orders.all(TENANT) == []


@pytest.mark.parametrize("quantity", [0, -3, 1_000_001])
def test_a_quantity_that_cannot_be_meant_changes_nothing(plane: ControlPlane, quantity: int) -> None:
    with pytest.raises(ConfigError, match=f"The quantity is {quantity}"):
        accept(plane, reorder("mug"), quantity)
    assert plane.stock_orders.all(TENANT) == [] and plane.stock_decisions.since(TENANT, DAY) == []


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8), st.data())
def test_taking_decisions_out_of_a_draft_leaves_the_sum_of_the_others(
    quantities: list[int], data: st.DataObject
) -> None:
    gone = data.draw(st.lists(st.sampled_from(range(len(quantities))), unique=True))
    line = StockOrderLine(variant_id="mug", title="Mug", quantity=sum(quantities), subject="")
    order = StockOrder(state="draft", number="FO-1", lines=[line])
    for place in gone:
        take_out(order, "mug", quantities[place])
    left = sum(quantity for place, quantity in enumerate(quantities) if place not in gone)
    assert order.units == left and len(order.lines) == (left > 0)
