"""What payment services paid into the bank, and what each payout is made of. Amounts are in the currency of the bank account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fondaco.warehouse.engine import OutdatedError, Reader, Value

_OF_PAYOUTS = (
    "payout_id",
    "issued_date",
    "connection_id",
    "source_payout_id",
    "reference",
    "status",
    "currency",
    "amount",
    "payments",
    "refunds",
    "chargebacks",
    "others",
    "fees",
    "unexplained",
    "entries",
    "orders",
    "is_settled",
)
_OF_ENTRIES = (
    "payout_entry_id",
    "happened_at",
    "kind",
    "name",
    "order_id",
    "order_number",
    "currency",
    "amount",
    "fee",
    "net",
)
PAYOUT_COLUMNS = (*_OF_PAYOUTS, "signed_fees")
"""``fees`` is what was kept, above nought; ``signed_fees`` is what it adds to the payout, below nought, and so the parts sum to ``amount``."""
ENTRY_COLUMNS = (*_OF_ENTRIES, "signed_fee")
"""``fee`` and ``signed_fee`` in the same way: amount + signed fee = net."""
DISPUTE_COLUMNS = (
    "dispute_id",
    "initiated_at",
    "due_at",
    "status",
    "kind",
    "reason",
    "order_id",
    "order_number",
    "currency",
    "amount",
)
_SUMS = ("amount", "payments", "refunds", "chargebacks", "others", "fees", "unexplained")
_CHOSEN = (
    "tenant_id = $tenant_id and issued_date between $first and $last"
    " and ($shop = '' or connection_id = $shop)"
)


def has_payouts(reader: Reader) -> bool:
    """Whether what is published knows of payouts: an older Fondaco did not."""
    try:
        for mart in ("payouts", "payout_entries", "disputes"):
            reader.query(f"select 1 as one from marts.{mart} limit 0")
    except OutdatedError:
        return False
    return True


def payouts(
    reader: Reader,
    tenant_id: str,
    first: date,
    last: date,
    *,
    shop: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """Payouts issued on these days, the newest first, by ``PAYOUT_COLUMNS``; ``matches`` is how many there are in all."""
    params: dict[str, Value] = {"tenant_id": tenant_id, "first": first, "last": last, "shop": shop}
    paging = f"\nlimit {int(limit)} offset {int(offset)}" if limit is not None else ""
    sql = (
        f"select {', '.join(_OF_PAYOUTS)}, -fees as signed_fees, count(*) over () as matches from marts.payouts where {_CHOSEN}\n"
        f"order by issued_at desc, payout_id{paging}"
    )
    return list(reader.query(sql, params).to_pylist())


def totals(
    reader: Reader, tenant_id: str, first: date, last: date, *, shop: str = ""
) -> list[dict[str, Any]]:
    """What was paid out on these days, one row a currency, the most payouts first. Failed and cancelled payouts moved nothing."""
    params: dict[str, Value] = {"tenant_id": tenant_id, "first": first, "last": last, "shop": shop}
    sums = ", ".join(f"sum({name}) as {name}" for name in _SUMS)
    sql = (
        f"select currency, count(*) as payouts, {sums} from marts.payouts where {_CHOSEN}\n"
        "and status in ('paid', 'scheduled') group by currency order by payouts desc, currency"
    )
    return list(reader.query(sql, params).to_pylist())


def one_payout(reader: Reader, tenant_id: str, payout_id: str) -> Mapping[str, Any] | None:
    """A payout by its id, by ``PAYOUT_COLUMNS``; None where there is none."""
    sql = f"select {', '.join(_OF_PAYOUTS)}, -fees as signed_fees from marts.payouts where tenant_id = $tenant_id and payout_id = $payout_id"
    found = reader.query(sql, {"tenant_id": tenant_id, "payout_id": payout_id}).to_pylist()
    return found[0] if found else None


def entries(
    reader: Reader, tenant_id: str, payout_id: str, *, limit: int | None = None, offset: int = 0
) -> list[dict[str, Any]]:
    """What a payout is made of, the oldest first, by ``ENTRY_COLUMNS``. ``order_id`` is null where the order is not known here."""
    paging = f"\nlimit {int(limit)} offset {int(offset)}" if limit is not None else ""
    sql = f"""
        select {_beside_orders(_OF_ENTRIES)}, -rows.fee as signed_fee
        from marts.payout_entries as rows
        left join marts.orders on rows.order_id = orders.order_id and rows.tenant_id = orders.tenant_id
        where rows.tenant_id = $tenant_id and rows.payout_id = $payout_id
        order by rows.happened_at, rows.payout_entry_id{paging}
    """
    return list(reader.query(sql, {"tenant_id": tenant_id, "payout_id": payout_id}).to_pylist())


def open_disputes(reader: Reader, tenant_id: str, *, shop: str = "") -> Sequence[Mapping[str, Any]]:
    """Disputes that are not decided yet, those to be answered the soonest first, by ``DISPUTE_COLUMNS``."""
    sql = f"""
        select {_beside_orders(DISPUTE_COLUMNS)}
        from marts.disputes as rows
        left join marts.orders on rows.order_id = orders.order_id and rows.tenant_id = orders.tenant_id
        where rows.tenant_id = $tenant_id and rows.status in ('open', 'under_review')
            and ($shop = '' or rows.connection_id = $shop)
        order by case when rows.status = 'open' then 0 else 1 end, rows.due_at, rows.dispute_id
    """
    found: Sequence[Mapping[str, Any]] = reader.query(sql, {"tenant_id": tenant_id, "shop": shop}).to_pylist()
    return found


def _beside_orders(columns: Sequence[str]) -> str:
    of_orders = ("order_id", "order_number")
    return ", ".join(f"{'orders' if name in of_orders else 'rows'}.{name}" for name in columns)
