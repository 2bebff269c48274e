"""Proposals worked out on paper: a shop whose customers want the same every day, so that every number can be told in the head."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from fondaco.analytics.forecasting import DemandForecast
from fondaco.analytics.forecasting.calibration import Calibration
from fondaco.jobs.demanding import SEPARATOR, DemandMade
from fondaco.jobs.proposing import Frame, Proposed, propose, rows_of
from fondaco.jobs.reading import EPOCH
from fondaco.jobs.stock_levels import Level, Rules, leads_of, levels_of
from fondaco.jobs.stock_reading import Item, Stock, Supplier, Terms

TODAY = date(2026, 4, 1)
LONG_AGO = TODAY - timedelta(days=400)


def item(
    sku: str, location: str = "main", *, on_hand: int, supplier: str | None = "acme", pack: int = 1, least: int = 0, life: int | None = None,
    margin: float = 6.0, cost: float = 4.0, last_sold: date | None = TODAY - timedelta(days=1), since: date = LONG_AGO, ours: bool = True,
    arrivals: list[tuple[date | None, int]] | None = None,
) -> Item:  # fmt: skip
    terms = Terms(supplier, None, cost, "EUR", pack, least, life) if supplier else None
    return Item(
        location, location.title(), ours, f"v:{sku}", None, sku, sku.title(), None, on_hand, 0, since, last_sold, cost, margin, terms,
        arrivals or [],
    )  # fmt: skip


ACME = Supplier("acme", "Acme", "EUR", 10.0, None, (10.0,) * 4)
"""Ten days, always: the spread is 0."""


def worked_out(
    items: list[Item], daily: dict[str, float], *, suppliers: tuple[Supplier, ...] = (ACME,), refused: tuple[str, ...] = (), **rules: float
) -> tuple[list[Proposed], list[Level], Stock, Frame]:  # fmt: skip
    """A forecast that is never wrong: so many pieces every day for 28 days, from today on."""
    stock = Stock(tuple(items), {each.supplier_id: each for each in suppliers}, {"EUR": 1.0})
    sold = [each for each in items if daily.get(str(each.sku))]
    mean = np.array([[daily[str(each.sku)]] * 28 for each in sold]).reshape(len(sold), 28)
    found = DemandForecast(
        ids=np.array([SEPARATOR.join(each.key) for each in sold], dtype=np.str_), period="day", first_day=(TODAY - EPOCH).days, mean=mean,
        levels=np.array([0.5]), quantiles=mean[..., np.newaxis], spread=np.zeros_like(mean), classes=np.array(["smooth"] * len(sold), dtype=np.str_),
        errors=np.zeros((len(sold), 0)), standings=(), calibration=Calibration({"smooth": np.full((1, 28), 0.5)}, is_whole=False),
    )  # fmt: skip
    made = DemandMade(TODAY - timedelta(days=1), found)
    chosen = Rules(**rules)  # type: ignore[arg-type]
    levels = levels_of(stock, made, chosen, TODAY)
    frame = Frame(TODAY, "EUR", chosen, frozenset(refused))
    return propose(levels, stock, frame), levels, stock, frame


def told(
    items: list[Item], daily: dict[str, float], **more: object
) -> list[tuple[str, str, str, int, float]]:
    found, *_ = worked_out(items, daily, **more)  # type: ignore[arg-type]
    return [(each.kind, each.level.item.location_id, str(each.level.item.sku), each.quantity, round(each.money, 2)) for each in found]  # fmt: skip


def test_mugs_at_their_reorder_point_are_ordered_in_packs_up_to_the_order_up_to_level() -> None:
    """Two mugs a day; goods take 10 days; one may order again tomorrow, and orders for 7 days.

    Until goods of tomorrow's order: 2 × (10 + 1) = 22, the reorder point. 20 are there: it is time. For 17 days 2 × 17 = 34 are wanted, the order-up-to
    level, 14 more than there are. Packs hold 6: two bring 12, and the third saves 2 sales of €6 for 4 pieces left over, each at 6 × 0.05 ÷ 0.95 = €0.32. So 18,
    for 18 × 4 = €72. Without them 14 sales of €6 are lost: €84. Goods are there on 11 April. The 20 last for the 10 days until then: no warning.
    """
    found, (level,), *_ = worked_out([item("mug", on_hand=20, pack=6)], {"mug": 2})
    assert (level.reorder_point, level.safety_stock, level.order_up_to, level.position) == (22, 0, 34, 20)
    (order,) = found
    assert (order.kind, order.quantity, order.money, order.cost, order.probability) == (
        "reorder",
        18,
        84.0,
        72.0,
        1.0,
    )
    assert order.due_on == date(2026, 4, 11)
    assert order.sentence == (
        "Order 18 of Mug from Acme for Main, for €72.00: 20 are there, and about 34 will be wanted in the 10 days until goods come and the 7 days "
        "after; without it 100 % chance of running out and about €84.00 of margin lost."
    )


def test_one_piece_more_than_the_reorder_point_waits() -> None:
    assert told([item("mug", on_hand=23, pack=6)], {"mug": 2}) == []
    assert told([item("mug", on_hand=22, pack=6)], {"mug": 2}) == [("reorder", "main", "mug", 12, 72.0)]


def test_what_is_on_order_counts() -> None:
    """12 are to come on 8 April, before they run out: the position is 32."""
    coming: list[tuple[date | None, int]] = [(date(2026, 4, 8), 12)]
    assert told([item("mug", on_hand=20, arrivals=coming)], {"mug": 2}) == []


def test_vases_run_out_on_the_fifth_day_and_nothing_can_be_there_before_the_tenth() -> None:
    """Three a day and 12 there: the 13th is wanted on the fifth day, 5 April. Until goods come 30 are wanted, so 18 sales of €6 are lost. The order is for
    3 × 17 − 12 = 39, which saves all 39."""
    found, (level,), *_ = worked_out([item("vase", on_hand=12)], {"vase": 3})
    order, warning = found
    assert (order.kind, order.quantity, order.money) == ("reorder", 39, 39 * 6.0)
    assert (warning.kind, warning.quantity, warning.money, warning.probability) == ("warn", 18, 108.0, 1.0)
    assert (level.runs_out_on, level.receipt_on) == (date(2026, 4, 5), date(2026, 4, 11))
    assert warning.sentence == (
        "Vase may run out at Main, most likely by 5 April: 12 are there, about 3 are wanted a day and nothing can be there before 11 April, so the chance "
        "is 100 % and about €108 of margin will be lost."
    )


def test_an_order_on_its_way_shortens_the_warning() -> None:
    """24 vases are expected on 7 April: six days of three are 18, of which 12 are there; 6 sales are lost."""
    found = told([item("vase", on_hand=12, arrivals=[(date(2026, 4, 7), 24)])], {"vase": 3})
    assert ("warn", "main", "vase", 6, 36.0) in found


def test_bowls_that_one_location_can_spare_go_to_the_other_before_any_are_bought() -> None:
    """One bowl a day at each. The store has 3 and orders up to 17: it lacks 14. Main has 60, of which it keeps 17: 43 to spare, so that nothing is bought. Until
    then 3 last for 3 days of 10: 7 sales are lost whatever one does by order, and told."""
    found = told([item("bowl", on_hand=60), item("bowl", "store", on_hand=3)], {"bowl": 1})
    assert found == [("transfer", "store", "bowl", 14, 84.0), ("warn", "store", "bowl", 7, 42.0)]


def test_what_cannot_be_spared_is_bought() -> None:
    """Main has 22 and keeps 17: five go, nine are ordered."""
    found = told([item("bowl", on_hand=22), item("bowl", "store", on_hand=3)], {"bowl": 1})
    assert found[:2] == [("reorder", "store", "bowl", 9, 54.0), ("warn", "store", "bowl", 7, 42.0)]
    assert found[2] == ("transfer", "store", "bowl", 5, 30.0)


def test_a_marketplaces_warehouse_sends_nothing_to_a_shop() -> None:
    found = told([item("bowl", "fba", on_hand=60, ours=False), item("bowl", "store", on_hand=3)], {"bowl": 1})
    assert [each[0] for each in found] == ["reorder", "warn"]


def test_a_supplier_that_is_written_to_is_asked_for_all_that_is_below_its_level() -> None:
    """Mugs are due. Of cups 25 are there: above their point of 22, and 9 below their level of 34; they come along. Plates, at 40, do not."""
    items = [item("mug", on_hand=20), item("cup", on_hand=25), item("plate", on_hand=40)]
    found = told(items, {"mug": 2, "cup": 2, "plate": 2})
    assert found == [("reorder", "main", "mug", 14, 84.0), ("reorder", "main", "cup", 9, 54.0)]


def test_an_order_is_filled_up_to_the_suppliers_least_value_where_that_is_worth_it() -> None:
    """14 mugs come to €56; the supplier takes no order below €80, which are 20. Six more cost 6 × €0.32 while 14 sales of €6 are saved."""
    least = Supplier("acme", "Acme", "EUR", 10.0, 80.0, (10.0,) * 4)
    found, _, stock, frame = worked_out([item("mug", on_hand=20)], {"mug": 2}, suppliers=(least,))
    assert [(each.quantity, each.cost) for each in found] == [(20, 80.0)]
    (row,) = rows_of(found, stock, frame, TODAY)
    assert (row["minimum_order_value"], row["supplier_id"], row["order_up_to"]) == (80, "acme", 34)


def test_where_the_least_value_would_cost_more_than_it_saves_nothing_is_ordered() -> None:
    """€80 are 160 mugs of €0.50, 146 more than are wanted. At two a day they lie there for 36.5 days on average: 73 × 25 % × 36.5 ÷ 365 = €1.83. The 14
    sales that are saved bring €0.06 each, €0.84."""
    least = Supplier("acme", "Acme", "EUR", 10.0, 80.0, (10.0,) * 4)
    cheap = item("mug", on_hand=20, cost=0.5, margin=0.06)
    assert told([cheap], {"mug": 2}, suppliers=(least,)) == []


def test_no_fewer_are_ordered_than_the_supplier_takes_of_an_article() -> None:
    assert told([item("mug", on_hand=20, least=24)], {"mug": 2}) == [("reorder", "main", "mug", 24, 84.0)]


def test_milk_that_keeps_for_three_days_is_ordered_for_three() -> None:
    """2 × (10 + 3) = 26 instead of 34."""
    assert told([item("milk", on_hand=20, life=3)], {"milk": 2}) == [("reorder", "main", "milk", 6, 36.0)]


def test_lamps_that_nobody_has_bought_for_long_are_marked_down() -> None:
    """Five lamps of €4 since last year, the last sold 120 days ago: €20. One that came last month, and one that sold last week, are not dead."""
    dead = item("lamp", on_hand=5, last_sold=TODAY - timedelta(days=120))
    new = item("rug", on_hand=5, last_sold=None, since=TODAY - timedelta(days=30))
    slow = item("sofa", on_hand=5, last_sold=TODAY - timedelta(days=7))
    found, *_ = worked_out([dead, new, slow], {})
    (mark_down,) = found
    assert (mark_down.kind, mark_down.quantity, mark_down.money, mark_down.probability) == (
        "mark_down",
        5,
        20.0,
        None,
    )
    assert mark_down.sentence == (
        "Mark down 5 of Lamp at Main: 5 are there, it last sold 120 days ago and about 0 will be wanted in 180 days, so €20.00 lies in it."
    )


def test_what_somebody_refused_is_not_proposed_and_not_made_part_of_an_order() -> None:
    items = [item("mug", on_hand=20), item("cup", on_hand=20)]
    found = told(items, {"mug": 2, "cup": 2}, refused=("reorder|main|v:mug|",))
    assert found == [("reorder", "main", "cup", 14, 84.0)]


def test_what_is_sold_at_a_loss_is_not_ordered() -> None:
    assert told([item("mug", on_hand=0, margin=-1.0)], {"mug": 2}) == []


def test_subjects_stay_and_ids_change_from_day_to_day() -> None:
    found, _, stock, frame = worked_out([item("mug", on_hand=20)], {"mug": 2})
    (today,) = rows_of(found, stock, frame, TODAY)
    (later,) = rows_of(found, stock, Frame(TODAY + timedelta(days=1), "EUR", frame.rules), TODAY)
    assert today["subject"] == later["subject"] == "reorder|main|v:mug|"
    assert today["proposal_id"].startswith("20260401-") and later["proposal_id"].startswith("20260402-")


@pytest.mark.parametrize(
    ("supplier", "mean", "sd", "basis"),
    [
        # Twelve orders of 10 and 14 days, pulled by a promise of 8 that counts for four: 12 × 12 + 4 × 8 over 16.
        (Supplier("a", None, None, 8.0, None, (10.0, 14.0) * 6), 11.0, None, "orders"),
        # Only promised: the spread is the share that orders of others show, std of (10, 14) over 12.
        (Supplier("b", None, None, 20.0, None), 20.0, 20.0 * 2 / 12, "promised"),
        # Nothing is known: what others took, on average.
        (Supplier("c", None, None, None, None), 12.0, None, "others"),
    ],
)
def test_lead_times_are_learned_from_orders_then_promises_then_others(
    supplier: Supplier, mean: float, sd: float | None, basis: str
) -> None:
    others = Supplier("a", None, None, 8.0, None, (10.0, 14.0) * 6)
    lead = leads_of({"a": others, supplier.supplier_id: supplier}, Rules())[supplier.supplier_id]
    assert (lead.time.mean, lead.basis) == (pytest.approx(mean), basis)
    assert sd is None or lead.time.sd == pytest.approx(sd)


def test_where_nothing_tells_a_lead_time_the_setting_does() -> None:
    lead = leads_of({}, Rules(lead_time_days=20))[None]
    assert (lead.time.mean, lead.time.sd, lead.basis) == (20, 5, "setting")
