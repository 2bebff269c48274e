"""What happened after proposals that were accepted, changed, refused, or that nobody decided about: sold, ran out, lost margin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from fondaco.control import ControlPlane, StockDecision
from fondaco.errors import ConfigError
from fondaco.warehouse import Reader

LEFT = "left"
"""The choice of proposals that nobody decided about."""
LONGEST_DAYS = 180

# Days are counted from the day after the proposal. What could not be bought counts with the pieces that were to be expected of it.
_SQL = """
with known as (
    select max(stock_date) as last_date from marts.stock_ledger where tenant_id = $tenant_id
),

due as (
    select
        proposals.proposal_id, proposals.proposal_date, proposals.subject, proposals.kind, proposals.location_id, proposals.variant_id,
        proposals.location_name, proposals.product_title, proposals.sku, proposals.quantity, proposals.money, proposals.currency,
        proposals.probability, proposals.unit_margin
    from marts.proposals as proposals
    cross join known
    where proposals.tenant_id = $tenant_id and proposals.proposal_date >= $since
        and proposals.proposal_date + {days} <= known.last_date
),

sold as (
    select due.proposal_id, sum(ledger.sold + ledger.bundled) as sold
    from due
    inner join marts.stock_ledger as ledger
        on due.location_id = ledger.location_id and due.variant_id = ledger.variant_id
        and ledger.stock_date > due.proposal_date and ledger.stock_date <= due.proposal_date + {days}
    where ledger.tenant_id = $tenant_id
    group by due.proposal_id
),

missed as (
    select due.proposal_id, count(*) as days_out, sum(days.expected_units) as missed
    from due
    inner join marts.stockout_days as days
        on due.location_id = days.location_id and due.variant_id = days.variant_id
        and days.stockout_date > due.proposal_date and days.stockout_date <= due.proposal_date + {days}
    where days.tenant_id = $tenant_id
    group by due.proposal_id
)

select
    due.*, cast(coalesce(sold.sold, 0) as bigint) as sold, cast(coalesce(missed.days_out, 0) as bigint) as days_out,
    cast(coalesce(missed.missed, 0) as double precision) as missed
from due
left join sold on due.proposal_id = sold.proposal_id
left join missed on due.proposal_id = missed.proposal_id
order by due.proposal_date, due.proposal_id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One proposal and what came after it.

    Attributes
    ----------
    choice
        ``accepted``, ``changed``, ``refused`` or ``left``.
    quantity
        As decided; as proposed where nobody decided.
    money
        What the proposal said was at stake.
    sold
        Pieces in the days after it.
    days_out
        Days of these on which it could not be bought.
    lost_margin
        Pieces that were to be expected on those days, at the margin of a piece when it was proposed.
    """

    proposal_id: str
    proposal_date: date
    kind: str
    choice: str
    location_name: str
    title: str
    proposed_quantity: int
    quantity: int
    currency: str
    money: Decimal | None
    probability: float | None
    sold: int
    days_out: int
    lost_margin: Decimal | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Outcomes of one kind and choice together.

    Attributes
    ----------
    ran_out
        Of ``proposals``, so many could not be bought on a day at least.
    expected_to_run_out
        So many were said to, on average: the sum of the probabilities.
    money, lost_margin
        What was said to be at stake, and the margin that was lost.
    """

    kind: str
    choice: str
    currency: str
    proposals: int
    quantity: int
    sold: int
    ran_out: int
    expected_to_run_out: float
    days_out: int
    money: Decimal
    lost_margin: Decimal


def outcomes(
    control: ControlPlane, reader: Reader, tenant_id: str, *, after_days: int, since: date
) -> list[Outcome]:
    """Proposals made from ``since`` on whose ``after_days`` are over, the oldest first.

    Of a subject that was proposed day after day each decided proposal counts, and where nobody ever decided the first.

    Raises
    ------
    ConfigError
        If the days are none, or nothing is published yet.
    """
    if not 1 <= after_days <= LONGEST_DAYS:
        raise ConfigError(
            f"What happened within {after_days} days is asked for.", f"Choose from 1 to {LONGEST_DAYS} days."
        )
    rows = reader.query(_SQL.format(days=after_days), {"tenant_id": tenant_id, "since": since}).to_pylist()
    decided = {each.proposal_id: each for each in control.stock_decisions.since(tenant_id, since)}
    touched = {each.subject for each in decided.values()}
    found, seen = [], set[str]()
    for row in rows:
        decision = decided.get(row["proposal_id"])
        if decision is None and (row["subject"] in touched or row["subject"] in seen):
            continue
        seen.add(row["subject"])
        found.append(_outcome(row, decision))
    return found


def tallied(found: Sequence[Outcome]) -> list[Tally]:
    """Sums by kind and choice."""
    groups: dict[tuple[str, str, str], list[Outcome]] = defaultdict(list)
    for each in found:
        groups[each.kind, each.choice, each.currency].append(each)
    return [
        Tally(
            kind=kind,
            choice=choice,
            currency=currency,
            proposals=len(group),
            quantity=sum(each.quantity for each in group),
            sold=sum(each.sold for each in group),
            ran_out=sum(each.days_out > 0 for each in group),
            expected_to_run_out=sum(each.probability or 0.0 for each in group),
            days_out=sum(each.days_out for each in group),
            money=sum((each.money or Decimal(0) for each in group), Decimal(0)),
            lost_margin=sum((each.lost_margin or Decimal(0) for each in group), Decimal(0)),
        )
        for (kind, choice, currency), group in sorted(groups.items())
    ]


def _outcome(row: dict[str, Any], decision: StockDecision | None) -> Outcome:
    margin = row["unit_margin"]
    lost = (
        None
        if margin is None
        else (max(margin, Decimal(0)) * Decimal(str(row["missed"]))).quantize(Decimal("0.01"))
    )
    return Outcome(
        proposal_id=row["proposal_id"],
        proposal_date=row["proposal_date"],
        kind=row["kind"],
        choice=LEFT if decision is None else decision.choice,
        location_name=row["location_name"],
        title=row["product_title"] or row["sku"] or row["variant_id"],
        proposed_quantity=row["quantity"],
        quantity=row["quantity"] if decision is None else decision.quantity,
        currency=row["currency"],
        money=row["money"],
        probability=row["probability"],
        sold=row["sold"],
        days_out=row["days_out"],
        lost_margin=lost,
    )
