"""What sheets and shops say of stock and that cannot be, or hardly can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fondaco.warehouse.engine import OutdatedError, Reader

COLUMNS = ("kind", "subject", "sku", "found_date", "told", "against")


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding in words: what it is, and what to do."""

    label: str
    remedy: str


KINDS: Mapping[str, FindingKind] = {
    "unknown_location": FindingKind(
        "A location that nobody has",
        "Name it as the shop does, or add it to the sheet of locations; until then the row moves no stock.",
    ),
    "unknown_article": FindingKind(
        "An article number that nobody sells there",
        "Correct the number in the sheet or in the shop; until then the row moves no stock.",
    ),
    "received_before_ordered": FindingKind(
        "Goods that came before they were ordered",
        "Correct the day of the order or of the receipt; the line has no lead time.",
    ),
    "expected_before_ordered": FindingKind(
        "Goods promised for a day before their order",
        "Correct the promised day; the line is neither late nor in time.",
    ),
    "received_in_packs": FindingKind(
        "Pieces that look counted as packs",
        "Enter pieces both in the order and in the receipt: a dozen is 12.",
    ),
    "cost_in_packs": FindingKind(
        "A cost that looks like that of a pack",
        "Enter what one piece costs in the sheet of the supplier's articles.",
    ),
    "sold_for_nothing": FindingKind(
        "In stock at a price of nought",
        "Set its price in the shop, if it is to be sold; margins and lost sales count it at nothing.",
    ),
    "below_nothing": FindingKind(
        "More sold than was there",
        "Enter the receipts that are missing, or count it.",
    ),
}
"""What ``marts.stock_findings`` may hold, the gravest first."""


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How often something was found, and one case of it."""

    kind: str
    count: int
    example: Mapping[str, Any]


def count_findings(reader: Reader, tenant_id: str) -> list[FindingCount]:
    """Each kind that was found, with its newest case; none where what is published was built by an older Fondaco."""
    sql = (
        f"select {', '.join(COLUMNS)}, findings from (select *, count(*) over (partition by kind) as findings,"
        " row_number() over (partition by kind order by found_date desc nulls last, subject, sku) as place"
        " from marts.stock_findings where tenant_id = $tenant_id) as ranked where place = 1"
    )
    rows = {row["kind"]: row for row in _rows(reader, sql, tenant_id)}
    return [FindingCount(kind, rows[kind]["findings"], rows[kind]) for kind in KINDS if kind in rows]


def list_findings(reader: Reader, tenant_id: str) -> Sequence[Mapping[str, Any]]:
    """All of them: the columns of ``COLUMNS``."""
    sql = (
        f"select {', '.join(COLUMNS)} from marts.stock_findings where tenant_id = $tenant_id"
        " order by kind, found_date desc nulls last, subject, sku"
    )
    return _rows(reader, sql, tenant_id)


def _rows(reader: Reader, sql: str, tenant_id: str) -> Sequence[Mapping[str, Any]]:
    try:
        rows: Sequence[Mapping[str, Any]] = reader.query(sql, {"tenant_id": tenant_id}).to_pylist()
    except OutdatedError:
        return ()
    return rows
