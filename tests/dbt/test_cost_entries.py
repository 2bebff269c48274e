"""Of the cost sheet's versions the models see those that hold, each with the last day on which it does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

pytestmark = pytest.mark.slow
ENGINES = ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)]


def version(tenant: str, entry_id: str, number: int, **fields: Any) -> dict[str, Any]:
    return {
        "tenant_id": tenant, "entry_id": entry_id, "version": number, "kind": "product_cost", "item": "MUG",
        "is_withdrawn": False, "entered_by": "cli", "entered_at": "2026-03-01 12:00:00", **fields,
    }  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
def test_the_newest_version_holds_until_the_next_entry_for_the_same_begins(
    open_books: Any, engine: str
) -> None:
    books = open_books(engine)
    zone = {"kind": "shipping_cost", "country": "DE"}
    books.insert(
        "fondaco__cost_entries",
        [
            version("costs", "1", 1, amount="4", currency="EUR"),
            version("costs", "1", 2, amount="4.5", currency="EUR"),
            version("costs", "2", 1, amount="5", currency="EUR", valid_from="2026-03-01", valid_to="2026-03-31"),
            version("costs", "3", 1, amount="6", currency="EUR", valid_from="2026-07-01"),
            version("costs", "4", 1, amount="7", currency="EUR", valid_from="2026-02-01"),
            version("costs", "4", 2, amount="7", currency="EUR", valid_from="2026-02-01", is_withdrawn=True),
            version("costs", "5", 1, rate="0.2", connection_id="online", valid_from="2026-01-01"),
            version("costs", "6", 1, **{**zone, "item": "Home", "weight_to": 500, "amount": "4.9"}),
            version(
                "costs", "7", 1,
                **{**zone, "item": "Germany", "weight_from": 0, "weight_to": 500, "amount": "5", "valid_from": "2026-05-01"},
            ),
            version("other", "1", 1, rate="0.5", valid_from="2026-01-15"),
        ],
    )  # fmt: skip
    books.build(select="core_cost_entries")
    found = books.rows(
        "select tenant_id, entry_id, version, valid_from, valid_to, last_day from core.cost_entries order by 1, 2"
    )
    assert [tuple(row.values()) for row in found] == [
        ("costs", "1", 2, None, None, date(2026, 2, 28)),
        ("costs", "2", 1, date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 31)),
        ("costs", "3", 1, date(2026, 7, 1), None, None),
        ("costs", "5", 1, date(2026, 1, 1), None, None),
        ("costs", "6", 1, None, None, date(2026, 4, 30)),
        ("costs", "7", 1, date(2026, 5, 1), None, None),
        ("other", "1", 1, date(2026, 1, 15), None, None),
    ]
