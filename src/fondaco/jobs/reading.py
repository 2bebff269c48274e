"""Purchases out of the marts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fondaco.analytics.purchases import Floats, Integers, Purchases, Returned, gather
from fondaco.warehouse.engine import Value, Writer

EPOCH = date(1970, 1, 1)
CLOSED_DAYS = 30
"""A shop that last sold so many days before the newest purchase of all is taken for closed, not for unread."""
_HABIT_DAYS = 365

# A cancelled order is no purchase. Amounts are of the order clock: what came back later lowers the value of the purchase.
# Ordered, because customers are numbered as they come, and folds and samples are drawn by number: equal rows give equal scores.
_SQL = """
select person_id, order_date, sum(net_sales) as value
from marts.orders
where tenant_id = $tenant_id and order_sequence is not null and not is_cancelled and order_date <= $as_of
group by person_id, order_date
order by person_id, order_date
"""
# What came back of these purchases on a later day.
_RETURNED = """
select orders.person_id, orders.order_date, ledger.event_date, sum(ledger.returns) as value
from marts.sales_ledger as ledger
inner join marts.orders as orders on ledger.order_id = orders.order_id and ledger.tenant_id = orders.tenant_id
where ledger.tenant_id = $tenant_id and ledger.returns <> 0 and ledger.event_date > orders.order_date
    and orders.order_sequence is not null and not orders.is_cancelled and orders.order_date <= $as_of
group by orders.person_id, orders.order_date, ledger.event_date
order by orders.person_id, orders.order_date, ledger.event_date
"""
# The days on which each shop sold, with the shop's own today: a day is over in Tokyo while it still lasts in Lima.
_SHOP_DAYS = """
select orders.connection_id, orders.order_date, min(least(coalesce(connections.today_date, $today), $today)) as today_date
from marts.orders as orders
left join marts.connections as connections
    on orders.connection_id = connections.connection_id and orders.tenant_id = connections.tenant_id
where orders.tenant_id = $tenant_id and orders.order_sequence is not null and not orders.is_cancelled
    and orders.order_date <= $today
group by orders.connection_id, orders.order_date
order by orders.connection_id, orders.order_date
"""


@dataclass(frozen=True, slots=True)
class History:
    """All purchases of a tenant until ``as_of``.

    Attributes
    ----------
    person_ids
        Of each customer code.
    purchases
        Days count from 1970-01-01; values are in the reporting currency.
    as_of
        The last day that is known whole of every shop: see ``known_until``.
    returned
        What came back of them later, whenever that was; None where nobody asks.
    """

    person_ids: pa.Array
    purchases: Purchases
    as_of: date
    returned: Returned | None = None

    @property
    def as_of_day(self) -> int:
        return (self.as_of - EPOCH).days


def read_history(writer: Writer, tenant_id: str, today: date) -> History | None:
    """The purchases until the last day before ``today`` that is known; None where nobody has bought."""
    as_of = last_known_day(writer, tenant_id, today)
    if as_of is None:
        return None
    known: dict[str, Value] = {"tenant_id": tenant_id, "as_of": as_of}
    rows, back = writer.fetch(_SQL, known), writer.fetch(_RETURNED, known)
    persons = rows.column("person_id").combine_chunks().dictionary_encode()
    purchases = gather(
        persons.indices.to_numpy(zero_copy_only=False), _days(rows, "order_date"), _values(rows)
    )
    returned = Returned(
        pc.index_in(back.column("person_id"), value_set=persons.dictionary).to_numpy().astype(np.int64),
        _days(back, "order_date"),
        _days(back, "event_date"),
        _values(back),
    )
    return History(persons.dictionary, purchases, as_of, returned)


def last_known_day(writer: Writer, tenant_id: str, today: date) -> date | None:
    """The last day before ``today`` that is known whole of every shop; None where nobody has bought."""
    asked: dict[str, Value] = {"tenant_id": tenant_id, "today": today}
    until = known_until([*_shop_days(writer.fetch(_SHOP_DAYS, asked))])
    return None if until is None else EPOCH + timedelta(days=until)


def known_until(shops: Sequence[tuple[Integers, int]]) -> int | None:
    """The last day that is known whole of every shop that is still read; None where nobody has bought.

    The newest day with a purchase that is over, unless a shop has been silent since for longer than it ever was in its last year: then
    it was not read, and all is known until the day before its last one, which it may have been read in the midst of. A shop silent for
    more than ``CLOSED_DAYS`` is closed, and one that sold on a single day has no habit; neither holds the others back.

    Parameters
    ----------
    shops
        Of each shop the days on which it sold, ascending, and its today.
    """
    sold = [(days[days < today], today) for days, today in shops]
    over = [(days, today) for days, today in sold if len(days)]
    if not over:
        # A first day is all there is, and counts at once.
        return max((int(days[-1]) for days, _ in shops), default=None)
    newest = max(int(days[-1]) for days, _ in over)
    until = newest
    for days, today in over:
        last = int(days[-1])
        if newest - last > CLOSED_DAYS:
            continue
        until = min(until, today - 1)
        habit = np.diff(days[days >= last - _HABIT_DAYS])
        if len(habit) and newest - last > habit.max():
            until = min(until, last - 1)
    return until


def _shop_days(rows: pa.Table) -> Iterator[tuple[Integers, int]]:
    days, today = _days(rows, "order_date"), _days(rows, "today_date")
    shops = rows.column("connection_id").combine_chunks().dictionary_encode().indices.to_numpy()
    heads = np.flatnonzero(np.diff(shops, prepend=-1))
    for head, end in zip(heads, np.append(heads, len(shops))[1:], strict=True):
        yield days[head:end], int(today[head])


def _days(rows: pa.Table, name: str) -> Integers:
    days: Integers = pc.cast(pc.cast(rows.column(name), pa.date32()), pa.int32()).to_numpy().astype(np.int64)
    return days


def _values(rows: pa.Table) -> Floats:
    values: Floats = pc.cast(rows.column("value"), pa.float64()).to_numpy()
    return values
