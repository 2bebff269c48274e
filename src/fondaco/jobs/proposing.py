"""What should be done about stock today: transfer, order, beware, mark down. Each proposal with its money and one sentence."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fondaco.jobs import stock_sentences as say
from fondaco.jobs.stock_levels import Level, Rules
from fondaco.jobs.stock_reading import Stock

Integers = NDArray[np.int64]

WARN_FROM = 0.25
"""A stockout is warned of from this probability on."""
LEAST_MONEY = 0.5
"""Proposals about less, in the reporting currency, are not worth reading."""
SOON_DAYS = 180
"""What dead stock would sell in so many days is not marked down."""
HOLDING_RATE = 0.25
"""Share of their cost that goods on the shelf cost a year."""
DAYS_A_YEAR = 365.0
SOLVER_SECONDS = 5.0
MOST_CANDIDATES = 400
"""Articles of one order; of more those that lose most by waiting."""


@dataclass(slots=True)
class Proposed:
    """A proposal before it becomes a row; ``source`` is where a transfer comes from."""

    kind: str
    level: Level
    quantity: int
    money: float
    sentence: str
    cost: float | None = None
    probability: float | None = None
    due_on: date | None = None
    source: Level | None = None

    @property
    def subject(self) -> str:
        return subject_of(self.kind, self.level, self.source)


def subject_of(kind: str, level: Level, source: Level | None = None) -> str:
    """The same of the same proposal on every day."""
    origin = source.item.location_id if source else ""
    return "|".join((kind, level.item.location_id, level.item.variant_id, origin))


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for all proposals of a day.

    Attributes
    ----------
    refused
        Subjects that are not to be proposed, for somebody has refused them.
    """

    today: date
    currency: str
    rules: Rules
    refused: Collection[str] = field(default_factory=frozenset)


def propose(levels: Sequence[Level], stock: Stock, frame: Frame) -> list[Proposed]:
    """Proposals of a day, those about most money first.

    Transfers come before purchases: what another location can spare need not be bought. A supplier is written to where an article of its has
    fallen to its reorder point, and then for all that is below its order-up-to level, by ``fondaco.analytics.inventory.plan_order``.
    """
    moved = list(_transfers(levels, frame))
    coming: dict[tuple[str, str], int] = defaultdict(int)
    for each in moved:
        coming[each.level.item.key] += each.quantity
        if each.source is not None:
            coming[each.source.item.key] -= each.quantity
    found = [
        *moved,
        *_reorders(levels, stock, coming, frame),
        *_warnings(levels, frame),
        *_markdowns(levels, frame),
    ]
    return sorted(
        (each for each in found if each.money >= LEAST_MONEY),
        key=lambda each: (-round(each.money, 2), each.subject),
    )


def _transfers(levels: Sequence[Level], frame: Frame) -> Iterator[Proposed]:
    """From locations that have more than they would order up to, to those at their reorder point."""
    from fondaco.analytics.inventory import share_out

    articles: dict[str, list[Level]] = defaultdict(list)
    for level in levels:
        if level.item.is_ours:
            articles[level.item.article].append(level)
    for places in articles.values():
        needing = [each for each in places if _is_due(each, each.position) and each.item.unit_margin > 0]
        sparing = [each for each in places if _spare(each) > 0]
        if not needing or not sparing:
            continue
        needed = [int(np.ceil(each.order_up_to)) - each.position for each in needing]
        moved = share_out(
            needed, [_lost(each, each.position) for each in needing], [_spare(each) for each in sparing]
        )
        for row, column in zip(*np.nonzero(moved), strict=True):
            to, source, quantity = needing[row], sparing[column], int(moved[row, column])
            if subject_of("transfer", to, source) in frame.refused:
                continue
            chance = _chance(to, to.position)
            lost = _lost(to, to.position) - _lost(to, to.position + quantity)
            yield Proposed(
                "transfer", to, quantity, lost,
                say.of_transfer(
                    to, source, quantity, currency=frame.currency, lost=lost, probability=chance, days=frame.rules.transfer_days
                ),
                probability=chance, due_on=frame.today + timedelta(days=frame.rules.transfer_days), source=source,
            )  # fmt: skip


def _reorders(
    levels: Sequence[Level], stock: Stock, moved: Mapping[tuple[str, str], int], frame: Frame
) -> Iterator[Proposed]:
    orders: dict[tuple[str, str], list[tuple[Level, int]]] = defaultdict(list)
    for level in levels:
        if level.item.unit_margin <= 0 or subject_of("reorder", level) in frame.refused:
            continue
        position = level.position + moved.get(level.item.key, 0)
        if position < level.order_up_to:
            name = level.supplier.supplier_id if level.supplier else ""
            orders[level.item.location_id, name].append((level, position))
    for (_, _), wanted in sorted(orders.items()):
        if any(_is_due(level, position) for level, position in wanted):
            yield from _order(wanted, stock, frame)


def _order(wanted: Sequence[tuple[Level, int]], stock: Stock, frame: Frame) -> Iterator[Proposed]:
    """One order to one supplier for one location."""
    from fondaco.analytics.inventory import Candidate, Terms, plan_order

    chosen = sorted(wanted, key=lambda pair: (not _is_due(*pair), -_lost(*pair), pair[0].item.key))[
        :MOST_CANDIDATES
    ]
    level_of_service = frame.rules.service_level
    candidates = [
        Candidate(
            demand=level.demand,
            position=float(position),
            unit_cost=level.item.unit_cost,
            unit_margin=level.item.unit_margin,
            # What makes the promised service level the best one: a piece left over costs so much beside a piece missing.
            holding_cost=level.item.unit_margin * (1 - level_of_service) / level_of_service,
            pack=level.item.terms.pack if level.item.terms else 1,
            least=level.item.terms.least if level.item.terms else 0,
        )
        for level, position in chosen
    ]
    least_value = minimum_value(chosen[0][0], stock)
    plan = plan_order(candidates, Terms(least_value=least_value or 0.0), seconds=SOLVER_SECONDS)
    if least_value and not _pays(chosen, plan.quantities, plan_order(candidates, Terms(), seconds=SOLVER_SECONDS).quantities):  # fmt: skip
        return
    for (level, position), quantity in zip(chosen, plan.quantities.tolist(), strict=True):
        if not quantity:
            continue
        chance, cost = _chance(level, position), quantity * level.item.unit_cost
        lost = _lost(level, position) - _lost(level, position + quantity)
        yield Proposed(
            "reorder", level, quantity, lost,
            say.of_reorder(level, quantity, currency=frame.currency, cost=cost, lost=lost, probability=chance),
            cost=cost, probability=chance, due_on=frame.today + timedelta(days=level.lead.days),
        )  # fmt: skip


def _pays(chosen: Sequence[tuple[Level, int]], quantities: Integers, wanted: Integers) -> bool:
    """Whether an order saves more than it costs to keep what is in it only for the supplier's least value, until that is sold."""
    saved = kept = 0.0
    for (level, position), quantity, enough in zip(chosen, quantities.tolist(), wanted.tolist(), strict=True):
        saved += _lost(level, position) - _lost(level, position + quantity)
        early = max(quantity - enough, 0)
        if early:
            years = early / max(level.daily, 1 / DAYS_A_YEAR) / 2 / DAYS_A_YEAR
            kept += early * level.item.unit_cost * HOLDING_RATE * years
    return saved > kept


def minimum_value(level: Level, stock: Stock) -> float | None:
    """The least that an order to the article's supplier must come to, in the reporting currency; None where there is none, or no rate for it."""
    supplier = level.supplier
    if supplier is None or not supplier.minimum_order_value:
        return None
    rate = stock.rates.get(supplier.currency or "")
    return None if rate is None else supplier.minimum_order_value * rate


def _warnings(levels: Sequence[Level], frame: Frame) -> Iterator[Proposed]:
    for level in levels:
        lost = level.shortage * max(level.item.unit_margin, 0.0)
        if level.probability < WARN_FROM or lost < LEAST_MONEY or subject_of("warn", level) in frame.refused:
            continue
        yield Proposed(
            "warn", level, round(level.shortage), lost, say.of_warning(level, currency=frame.currency, lost=lost),
            probability=level.probability, due_on=level.runs_out_on,
        )  # fmt: skip


def _markdowns(levels: Sequence[Level], frame: Frame) -> Iterator[Proposed]:
    """What lies there for long, has not sold for long, and will not sell soon."""
    dead_since = frame.today - timedelta(days=frame.rules.dead_days)
    for level in levels:
        item = level.item
        last = item.last_sold_date or item.stocked_since
        quantity = item.at_start - int(np.ceil(level.daily * SOON_DAYS))
        if item.stocked_since > dead_since or last > dead_since or quantity < 1:
            continue
        if subject_of("mark_down", level) in frame.refused:
            continue
        tied = quantity * item.unit_cost
        yield Proposed(
            "mark_down", level, quantity, tied,
            say.of_markdown(
                level, quantity, currency=frame.currency, tied=tied, ahead_days=SOON_DAYS, today=frame.today
            ),
        )  # fmt: skip


def _is_due(level: Level, position: int) -> bool:
    """Whether it is time to order: what is there and to come has fallen to the reorder point, and there is room up to the level."""
    return position <= level.reorder_point and position < level.order_up_to


def _spare(level: Level) -> int:
    """Pieces on the shelf that the location would not order again."""
    return max(min(level.item.at_start, level.position) - int(np.ceil(level.order_up_to)), 0)


def _lost(level: Level, position: float) -> float:
    """Margin that is expected to be lost until the goods of the order after this one could be there."""
    return float(level.demand.shortage(max(position, 0))) * max(level.item.unit_margin, 0.0)


def _chance(level: Level, position: float) -> float:
    """Probability of running out in that time."""
    return float(1 - level.demand.cdf(max(position, 0)))


def rows_of(
    proposals: Sequence[Proposed], stock: Stock, frame: Frame, first_day: date | None
) -> list[dict[str, Any]]:
    """Rows of ``PROPOSALS`` but for the tenant."""
    rows = []
    for rank, each in enumerate(proposals, 1):
        mark = hashlib.sha256(each.subject.encode()).hexdigest()[:12]
        rows.append(
            {
                "proposal_date": frame.today,
                "proposal_id": f"{frame.today:%Y%m%d}-{mark}",
                "subject": each.subject,
                "kind": each.kind,
                "rank": rank,
                "from_location_id": each.source.item.location_id if each.source else None,
                "from_location_name": each.source.item.location_name if each.source else None,
                "supplier_sku": each.level.item.terms.supplier_sku if each.level.item.terms else None,
                "quantity": each.quantity,
                "money": amount(each.money),
                "cost": amount(each.cost),
                "probability": each.probability,
                "due_date": each.due_on,
                "sentence": each.sentence,
                **described(each.level, stock, frame, first_day),
            }
        )
    return rows


def position_rows(
    levels: Sequence[Level], stock: Stock, frame: Frame, first_day: date | None
) -> list[dict[str, Any]]:
    """Rows of ``STOCK_POSITIONS`` but for the tenant."""
    return [
        {
            **described(level, stock, frame, first_day),
            "stock_value": amount(max(level.item.on_hand, 0) * level.item.unit_cost),
            "days_of_supply": max(level.item.on_hand, 0) / level.daily if level.daily > 0 else None,
            "probability": level.probability,
            "runs_out_date": level.runs_out_on,
            "expected_lost_margin": amount(level.shortage * max(level.item.unit_margin, 0.0)),
        }
        for level in levels
    ]


def described(level: Level, stock: Stock, frame: Frame, first_day: date | None) -> dict[str, Any]:
    """An article at a location, and what was worked out of it: the columns that both tables have."""
    item, terms, supplier = level.item, level.item.terms, level.supplier
    return {
        "location_id": item.location_id, "location_name": item.location_name, "variant_id": item.variant_id,
        "product_id": item.product_id, "sku": item.sku, "product_title": item.product_title,
        "variant_title": item.variant_title, "supplier_id": terms.supplier_id if terms else None,
        "supplier_name": supplier.name if supplier else None, "currency": frame.currency,
        "on_hand": item.on_hand, "on_order": item.on_order,
        "next_receipt_date": level.receipt_on if item.arrivals else None, "series_class": level.series_class,
        "daily_demand": round(level.daily, 6), "demand": round(float(level.demand.mean), 6),
        "demand_sd": round(float(level.demand.sd), 6), "lead_time_days": round(level.lead.time.mean, 6),
        "lead_time_sd": round(level.lead.time.sd, 6), "lead_times": level.lead.orders,
        "lead_time_basis": level.lead.basis, "order_days": level.order_days,
        "service_level": frame.rules.service_level, "reorder_point": level.reorder_point,
        "safety_stock": round(level.safety_stock, 6), "order_up_to": level.order_up_to,
        "order_multiple": terms.pack if terms else None, "minimum_quantity": terms.least if terms else None,
        "minimum_order_value": amount(minimum_value(level, stock)), "unit_cost": amount(item.unit_cost),
        "unit_margin": amount(item.unit_margin),
        "supplier_unit_cost": amount(terms.unit_cost) if terms else None,
        "supplier_currency": terms.currency if terms else None, "last_sold_date": item.last_sold_date,
        "stocked_since": item.stocked_since, "forecast_date": first_day,
    }  # fmt: skip


def amount(value: float | None) -> Decimal | None:
    """Money as it is kept: exact to a ten-thousandth."""
    return None if value is None else Decimal(str(round(value, 4)))
