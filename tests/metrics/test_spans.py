"""A metric over several days that end on each day: quotients are those of the sums, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from tests.metrics.conftest import columns

from fondaco.errors import ConfigError
from fondaco.metrics import MetricQuery, SemanticLayer
from fondaco.warehouse import Warehouse
from fondaco.warehouse.engine import Reader

LAYER = SemanticLayer.load()
DAYS = {1: (100, 10), 2: (50, 40), 4: (30, 0), 5: (20, 20)}
"""Of March: gross sales and discounts; nothing on the third."""
FIRST, LAST = date(2026, 3, 3), date(2026, 3, 5)


@pytest.fixture
def reader(empty_warehouse: Warehouse) -> Iterator[Reader]:
    types = columns("sales_daily")
    with empty_warehouse.writer() as writer:
        writer.execute("create schema marts")
        writer.execute(f"create table marts.sales_daily ({', '.join(f'{n} {t}' for n, t in types.items())})")
        for day, (gross, discounts) in DAYS.items():
            for country, part in (("DE", 1), ("FR", 2)):
                row = {
                    name: 0 if kind.startswith(("decimal", "bigint")) else None
                    for name, kind in types.items()
                }
                row |= {"tenant_id": "default", "clock": "finance", "sales_date": date(2026, 3, day), "connection_id": "a",
                        "country": country, "is_filler": False, "gross_sales": gross * part, "discounts": discounts * part}  # fmt: skip
                names = ", ".join(row)
                writer.execute(
                    f"insert into marts.sales_daily ({names}) values ({', '.join(f'${n}' for n in row)})", row
                )
    empty_warehouse.publish()
    reader = empty_warehouse.reader()
    yield reader
    reader.close()


def test_each_day_stands_for_the_days_that_end_on_it(reader: Reader) -> None:
    query = MetricQuery(("gross_sales", "discount_rate"), ("day",), first=FIRST, last=LAST, span_days=3)
    rows = LAYER.query(reader, query, "default").to_pylist()
    assert [(row["day"].day, row["gross_sales"], round(row["discount_rate"], 4)) for row in rows] == [
        (3, Decimal(450), Decimal("0.3333")),  # (10 + 40) of (100 + 50), in both countries
        (4, Decimal(240), Decimal("0.5000")),
        (5, Decimal(150), Decimal("0.4000")),
    ]


def test_values_of_a_dimension_are_kept_apart(reader: Reader) -> None:
    query = MetricQuery(("gross_sales",), ("day", "country"), first=LAST, last=LAST, span_days=2)
    rows = LAYER.query(reader, query, "default").to_pylist()
    assert [(row["country"], row["gross_sales"]) for row in rows] == [
        ("DE", Decimal(50)),
        ("FR", Decimal(100)),
    ]


def test_what_counts_people_and_what_has_no_days_is_refused() -> None:
    for metrics, by, span in (
        (("customers",), ("day",), 7),
        (("net_sales",), ("week",), 7),
        (("net_sales",), ("day",), 0),
    ):
        with pytest.raises(ConfigError):
            LAYER.compile(MetricQuery(metrics, by, first=FIRST, last=LAST, span_days=span), "duckdb")
