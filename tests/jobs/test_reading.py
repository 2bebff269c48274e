"""Until when history is known, and that its order is nobody's business."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.jobs.rows import insert
from tests.jobs.test_analysing import write_orders

from fondaco.jobs.reading import History, known_until, read_history
from fondaco.warehouse import Warehouse

TODAY = 1000


@pytest.mark.parametrize(
    ("shops", "known"),
    [
        pytest.param([], None, id="nobody has bought"),
        pytest.param([range(900, 990)], 989, id="the newest purchase of the only shop"),
        pytest.param([range(900, 1001)], 999, id="today is not over"),
        pytest.param([[1000]], 1000, id="a first day is all there is"),
        pytest.param([range(900, 1000), range(900, 993)], 991, id="one was not read; its last day may be a part"),
        pytest.param([range(900, 1000), range(903, 995, 7)], 999, id="one sells once a week"),
        pytest.param([range(900, 1000), range(903, 988, 7)], 986, id="and has not for two"),
        pytest.param([range(900, 1000), range(800, 969)], 999, id="one has closed"),
        pytest.param([range(900, 1000), range(800, 970)], 968, id="one may have closed yet"),
        pytest.param([range(900, 1000), [990]], 999, id="one has sold on a single day"),
        pytest.param([range(900, 1000), [500, 540, *range(900, 993)]], 991, id="a habit of long ago is none"),
    ],
)  # fmt: skip
def test_known_is_the_last_whole_day_of_every_shop_that_is_read(
    shops: list[Sequence[int]], known: int | None
) -> None:
    assert known_until([(np.array(days), TODAY) for days in shops]) == known


def test_a_day_is_over_by_the_clock_of_its_own_shop() -> None:
    ahead, behind = np.arange(900, 1000), np.arange(900, 1000)
    assert known_until([(ahead, 1000), (behind, 999)]) == 998


def daily(person: str, first: date, days: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"person_id": person, "order_date": first + timedelta(days=day), "order_sequence": day + 1, **more}
        for day in range(days)
    ]


def history(warehouse: Warehouse, today: date) -> History:
    with warehouse.writer() as writer:
        found = read_history(writer, "maison", today)
    assert found is not None
    return found


def test_who_buys_where_nobody_read_for_a_week_is_not_taken_for_silent(empty_warehouse: Warehouse) -> None:
    write_orders(
        empty_warehouse,
        [
            *daily("ada", date(2026, 5, 1), 20, connection_id="aurora"),
            *daily("bo", date(2026, 5, 1), 13, connection_id="boreal"),
            *daily("cy", date(2025, 1, 1), 5, connection_id="closed"),
        ],
    )
    found = history(empty_warehouse, date(2026, 5, 21))
    known = found.purchases.summaries(found.as_of_day)
    assert found.as_of == date(2026, 5, 12)
    silence = dict(
        zip(found.person_ids.take(known.customer).to_pylist(), known.silence.tolist(), strict=True)
    )
    assert silence == {"ada": 0, "bo": 0, "cy": 492}
    assert found.purchases.day.max() == found.as_of_day


def test_a_run_at_noon_leaves_the_running_day_out(empty_warehouse: Warehouse) -> None:
    write_orders(empty_warehouse, daily("ada", date(2026, 5, 1), 20))
    assert history(empty_warehouse, date(2026, 5, 20)).as_of == date(2026, 5, 19)
    with empty_warehouse.writer() as writer, writer.transaction():
        shop = {"tenant_id": "maison", "connection_id": "aurora", "today_date": date(2026, 5, 19)}
        insert(writer, "connections", [shop, shop | {"tenant_id": "other", "today_date": date(2026, 5, 2)}])
    assert history(empty_warehouse, date(2026, 5, 20)).as_of == date(2026, 5, 18)


def test_what_came_back_later_is_told_by_purchase_and_day(empty_warehouse: Warehouse) -> None:
    first = date(2026, 1, 1)
    rows = daily("ada", first, 3)
    write_orders(empty_warehouse, [*rows, rows[0] | {"order_id": "cancelled", "is_cancelled": True}])
    with empty_warehouse.writer() as writer:
        event = {"tenant_id": "maison", "person_id": "ada", "order_id": "maison-1", "returns": 5}
        later = [event | {"event_date": first + timedelta(days=day)} for day in (1, 9, 9)]
        insert(writer, "sales_ledger", [*later, later[1] | {"order_id": "cancelled"}])
    found = history(empty_warehouse, date(2026, 5, 1))
    back, day = found.returned, (first - date(1970, 1, 1)).days
    assert back is not None
    assert (back.customer.tolist(), back.day.tolist(), back.returned_on.tolist(), back.value.tolist()) == (
        [0], [day + 1], [day + 9], [10.0],
    )  # fmt: skip


def test_customers_are_numbered_alike_whatever_the_physical_order(empty_warehouse: Warehouse) -> None:
    rows = [row for number in range(30) for row in daily(f"p{number:02}", date(2026, 1, 1 + number), 5)]
    write_orders(empty_warehouse, [rows[place] for place in np.random.default_rng(0).permutation(len(rows))])
    found = history(empty_warehouse, date(2026, 5, 1))
    assert found.person_ids.to_pylist() == [f"p{number:02}" for number in range(30)]
