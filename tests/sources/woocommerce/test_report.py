"""WooCommerce Analytics' figures as days in our signs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Shop

pytestmark = pytest.mark.slow


def test_every_day_of_the_report_is_the_vendors_to_the_cent(shop: Shop) -> None:
    first, last = date(2026, 1, 1), date(2026, 10, 31)
    found = shop.source().report(first, last)
    assert found is not None
    assert [day.day for day in found] == [first + timedelta(days=n) for n in range(304)], (
        "days without sales too"
    )
    truth = {row["day"]: row for row in shop.store.daily_report("brick", first, last)}
    for day in found:
        expected = truth.get(day.day.isoformat(), {})
        for name in ("gross_sales", "discounts", "returns", "net_sales", "shipping", "taxes", "total_sales"):
            assert getattr(day, name) == Decimal(expected.get(name, 0)).scaleb(-2), (day.day, name)
        assert day.orders == expected.get("orders", 0)
        assert day.duties is None
    assert any(day.returns for day in found) and any(day.discounts for day in found)


def test_the_report_is_asked_for_by_the_day_an_order_was_made(shop: Shop) -> None:
    shop.source().report(date(2026, 1, 1), date(2026, 4, 30))
    assert len(shop.requests) == 2, "a hundred days at a time"
    assert all("date_type=date_created" in request and "per_page=100" in request for request in shop.requests)
