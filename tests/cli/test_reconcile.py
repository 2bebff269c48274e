"""`fondaco reconcile`: what it says of the days that were compared."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco

from fondaco.control import ConnectionRecord, ReconciliationDay
from fondaco.orchestration import Project


@pytest.mark.parametrize(
    ("gap", "word"),
    [("0", "matched"), ("0.004", "matched"), ("-0.004", "matched"), ("0.005", "not explained")],
)
def test_a_gap_under_half_a_cent_matches(fondaco: Fondaco, shop: Path, gap: str, word: str) -> None:
    with Project.open(shop) as project:
        record = ConnectionRecord("berlin", "shopify", "Berlin", "EUR", "UTC", {})
        project.control.connections.add(project.tenant, record)
        project.control.reconciliation.save(
            [
                ReconciliationDay(
                    tenant_id=project.tenant,
                    connection_id="berlin",
                    day=date(2026, 1, 5),
                    figure="net_sales",
                    currency="EUR",
                    ours=Decimal(10) + Decimal(gap),
                    vendors=Decimal(10),
                    gap=Decimal(gap),
                    orders=[],
                    compared_at=datetime(2026, 1, 6, tzinfo=UTC),
                )
            ]
        )
    answer = fondaco("-C", shop, "reconcile", "--matches")
    assert answer.code == 0
    assert [said for said in ("matched", "not explained") if said in answer.out.splitlines()[-1]] == [word]
