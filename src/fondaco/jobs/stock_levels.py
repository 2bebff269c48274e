"""Of every article at every location: what is wanted until goods can come, when to order, up to what, and how likely it runs out before."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fondaco.jobs.demanding import DAYS_TOLD, SEPARATOR, DemandMade
from fondaco.jobs.reading import EPOCH
from fondaco.jobs.stock_reading import Item, Stock, Supplier

if TYPE_CHECKING:
    from fondaco.analytics.inventory import LeadTime, Sampled

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

UNKNOWN_SPREAD = 0.25
"""Spread of a lead time as a share of its mean, where too few orders tell."""
LONGEST_LEAD_DAYS = 365
_LEAST_ORDERS = 3
_MOST_WITHOUT = 2_000
_SEED = 7


@dataclass(frozen=True, slots=True)
class Rules:
    """What the merchant has set; see ``fondaco.config.StockSettings``."""

    service_level: float = 0.95
    order_days: int = 7
    lead_time_days: int = 14
    transfer_days: int = 2
    dead_days: int = 90


@dataclass(frozen=True, slots=True)
class Lead:
    """How long goods take, and how that is known: ``orders``, ``promised``, ``others`` or ``setting``."""

    time: LeadTime
    orders: int
    basis: str

    @property
    def days(self) -> int:
        return round(self.time.mean)


@dataclass(slots=True)
class Level:
    """Where an item stands.

    Attributes
    ----------
    demand
        Pieces wanted until the goods of the order after this one could be there: over lead time and ``order_days``, by sample path.
    daily
        Mean pieces a day in the four weeks to come, along the same paths.
    reorder_point, safety_stock, order_up_to
        Pieces: an inventory position at the first or below is to be filled up to the last. The safety stock is the part of the reorder point that is
        beyond the expected demand.
    probability, shortage, runs_out_on
        Before the next possible receipt, ``receipt_on``: chance of running out, pieces missing on average, and the day by which half of the cases
        have come about; None where there are none.
    """

    item: Item
    supplier: Supplier | None
    lead: Lead
    series_class: str | None
    demand: Sampled
    daily: float
    order_days: int
    reorder_point: float
    safety_stock: float
    order_up_to: float
    probability: float
    shortage: float
    runs_out_on: date | None
    receipt_on: date

    @property
    def position(self) -> int:
        """Pieces on hand and on order, less those that are to leave."""
        return self.item.at_start + self.item.on_order


def leads_of(suppliers: Mapping[str, Supplier], rules: Rules) -> dict[str | None, Lead]:
    """The lead time of each supplier, and under None that of goods of nobody knows whom.

    Past orders tell it, pulled towards what the supplier promises, else towards what orders of all suppliers took, else towards the setting, as
    long as they are few. The spread of what is only promised is that of past orders of all suppliers, as a share of their mean.
    """
    from fondaco.analytics.inventory import LeadTime

    every = [np.array(each.lead_times) for each in suppliers.values() if each.lead_times]
    pooled = np.concatenate(every) if every else np.zeros(0)
    around = [each / each.mean() for each in every if len(each) >= _LEAST_ORDERS and each.mean() > 0]
    spread = float(np.concatenate(around).std()) if around else UNKNOWN_SPREAD
    if len(pooled):
        usual, basis = LeadTime.of(pooled), "others"
    else:
        usual, basis = LeadTime(rules.lead_time_days, spread * rules.lead_time_days), "setting"

    def lead(supplier: Supplier) -> Lead:
        promised = supplier.promised_days
        expected = usual if promised is None else LeadTime(promised, spread * promised)
        days = np.minimum(np.array(supplier.lead_times), LONGEST_LEAD_DAYS)
        said = "orders" if len(days) else basis if promised is None else "promised"
        return Lead(LeadTime.of(days, usual=_bounded(expected)), len(days), said)

    found: dict[str | None, Lead] = {name: lead(each) for name, each in suppliers.items()}
    found[None] = Lead(_bounded(usual), 0, basis)
    return found


def _bounded(time: LeadTime) -> LeadTime:
    from fondaco.analytics.inventory import LeadTime

    return LeadTime(min(time.mean, LONGEST_LEAD_DAYS), min(time.sd, LONGEST_LEAD_DAYS))


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some items with their part of the forecast.

    Attributes
    ----------
    daily
        Mean pieces a day.
    offset
        Days that the forecast begins before today, which it has to cover too.
    """

    items: Sequence[Item]
    paths: Floats
    classes: Sequence[str | None]
    daily: Floats
    offset: int


def levels_of(stock: Stock, made: DemandMade, rules: Rules, today: date) -> list[Level]:
    """Every item of ``stock``, by location and variant. What never sold is not wanted."""
    leads = leads_of(stock.suppliers, rules)
    found = [
        each for chunk in _chunks(stock, made, today) for each in _levels(chunk, stock, leads, rules, today)
    ]
    return sorted(found, key=lambda each: each.item.key)


def _chunks(stock: Stock, made: DemandMade, today: date) -> Iterator[_Chunk]:
    items = {SEPARATOR.join(each.key): each for each in stock.items}
    if made.found is not None:
        names, found = made.found.ids.tolist(), made.found
        offset = max((today - EPOCH).days - found.first_day, 0)
        for rows, paths in made.paths():
            places = [place for place, row in enumerate(rows.tolist()) if names[row] in items]
            kept = rows[places]
            yield _Chunk(
                [items.pop(names[row]) for row in kept.tolist()],
                paths[places],
                found.classes[kept].tolist(),
                paths[places, :, :DAYS_TOLD].mean(axis=(1, 2)),
                offset,
            )
    left = list(items.values())
    for start in range(0, len(left), _MOST_WITHOUT):
        some = left[start : start + _MOST_WITHOUT]
        yield _Chunk(some, np.zeros((len(some), 1, 1)), [None] * len(some), np.zeros(len(some)), 0)


def _levels(
    chunk: _Chunk, stock: Stock, leads: Mapping[str | None, Lead], rules: Rules, today: date
) -> Iterator[Level]:
    from fondaco.analytics.inventory import Sampled, lengthened, reorder_for_service_level, run_out

    items, samples = chunk.items, chunk.paths.shape[1]
    if not items:
        return
    own = [_lead(each, leads) for each in items]
    draws = np.stack([_draws(lead, name, samples) for lead, name in zip(own, _names(items), strict=True)])
    order_days = np.array([_order_days(each, rules) for each in items])
    receipts = [_receipt_on(each, lead, today) for each, lead in zip(items, own, strict=True)]
    until = np.stack(
        [_until(day, lead, drawn, today) for day, lead, drawn in zip(receipts, own, draws, strict=True)]
    )
    covering = chunk.offset + draws + order_days[:, np.newaxis]
    paths = lengthened(chunk.paths, int(max(covering.max(), (chunk.offset + until).max())) + 1)
    demand = _summed(paths, covering)
    trigger = reorder_for_service_level(
        Sampled(_summed(paths, chunk.offset + draws + 1)), rules.service_level
    )
    up_to = np.maximum(Sampled(demand).quantile(rules.service_level), trigger.reorder_point)
    risk = run_out(paths, [each.at_start for each in items], chunk.offset + until)
    first = today - timedelta(days=chunk.offset)
    for place, item in enumerate(items):
        day = risk.day[place]
        yield Level(
            item=item,
            supplier=stock.suppliers.get(item.terms.supplier_id) if item.terms else None,
            lead=own[place],
            series_class=chunk.classes[place],
            demand=Sampled(demand[place]),
            daily=float(chunk.daily[place]),
            order_days=int(order_days[place]),
            reorder_point=float(trigger.reorder_point[place]),
            safety_stock=float(trigger.safety_stock[place]),
            order_up_to=float(up_to[place]),
            probability=float(risk.probability[place]),
            shortage=float(risk.shortage[place]),
            runs_out_on=None if np.isnan(day) else max(first + timedelta(days=int(day)), today),
            receipt_on=receipts[place],
        )


def _names(items: Sequence[Item]) -> list[str]:
    return [each.terms.supplier_id if each.terms else "" for each in items]


def _lead(item: Item, leads: Mapping[str | None, Lead]) -> Lead:
    return leads.get(item.terms.supplier_id, leads[None]) if item.terms else leads[None]


def _draws(lead: Lead, name: str, samples: int) -> Integers:
    """Lead times of a supplier, the same for all its goods: they come in one delivery."""
    drawn = lead.time.sampled(samples, _SEED + zlib.crc32(name.encode()))
    return np.minimum(drawn, 2 * LONGEST_LEAD_DAYS)


def _order_days(item: Item, rules: Rules) -> int:
    """What is ordered must be sold before it spoils."""
    life = item.terms.shelf_life_days if item.terms else None
    return rules.order_days if not life else max(min(rules.order_days, life), 1)


def _until(receipt_on: date, lead: Lead, draws: Integers, today: date) -> Integers:
    """Days until goods that are expected on a day are there: they spread around it as lead times do."""
    return np.maximum(draws - lead.days + (receipt_on - today).days, 0)


def _receipt_on(item: Item, lead: Lead, today: date) -> date:
    """The next day on which goods may come. What is overdue may come as late again as the supplier's orders differ."""
    after_order = today + timedelta(days=lead.days)
    if not item.arrivals:
        return after_order
    overdue = today + timedelta(days=max(round(lead.time.sd), 1))
    return min((overdue if day <= today else day) if day else after_order for day, _ in item.arrivals)


def _summed(paths: Floats, lasting: Integers) -> Floats:
    """Pieces along each path over as many days as it lasts, item × sample."""
    sums = np.concatenate([np.zeros((*paths.shape[:-1], 1)), np.cumsum(paths, axis=-1)], axis=-1)
    return np.asarray(np.take_along_axis(sums, lasting[..., np.newaxis], axis=-1)[..., 0])
