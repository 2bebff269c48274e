"""Purchases out of the marts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from fondaco.analytics.purchases import Purchases, gather
from fondaco.warehouse.engine import Writer

EPOCH = date(1970, 1, 1)

# A cancelled order is no purchase. Amounts are of the order clock: what came back later lowers the value of the purchase.
_SQL = """
select person_id, order_date, sum(net_sales) as value
from marts.orders
where tenant_id = $tenant_id and order_sequence is not null and not is_cancelled and order_date <= $today
group by person_id, order_date
"""


@dataclass(frozen=True, slots=True)
class History:
    """All purchases of a tenant.

    Attributes
    ----------
    person_ids
        Of each customer code.
    purchases
        Days count from 1970-01-01; values are in the reporting currency.
    as_of
        The last day on which anybody bought: until then history is known. Where a shop has not been read for a while, its
        customers are not taken for silent.
    """

    person_ids: pa.Array
    purchases: Purchases
    as_of: date

    @property
    def as_of_day(self) -> int:
        return (self.as_of - EPOCH).days


def read_history(writer: Writer, tenant_id: str, today: date) -> History | None:
    """The purchases until ``today``; None where nobody has bought."""
    rows = writer.fetch(_SQL, {"tenant_id": tenant_id, "today": today})
    if not rows.num_rows:
        return None
    persons = rows.column("person_id").combine_chunks().dictionary_encode()
    days = pc.cast(pc.cast(rows.column("order_date"), pa.date32()), pa.int32()).to_numpy()
    purchases = gather(
        persons.indices.to_numpy(zero_copy_only=False),
        days,
        pc.cast(rows.column("value"), pa.float64()).to_numpy(),
    )
    return History(persons.dictionary, purchases, EPOCH + timedelta(days=int(days.max())))
