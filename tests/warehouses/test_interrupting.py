"""A statement is stopped in the engine as soon as its reader has gone, and harms nobody else: on each engine."""

from __future__ import annotations

import threading
import time
from contextvars import copy_context

import pytest
from tests.warehouses.conftest import publish_orders

from fondaco.warehouse import Warehouse
from fondaco.warehouse.interrupting import AbandonedError, interruptible, running

pytestmark = pytest.mark.slow

SLOW = (
    "select sum(cast(a.n as bigint) * b.n) as n from (with recursive c(n) as (select 1 union all select n + 1 from c where n < 100000)"
    " select * from c) as a cross join (with recursive c(n) as (select 1 union all select n + 1 from c where n < 100000)"
    " select * from c) as b cross join marts.orders"
)


def test_a_statement_stops_when_its_reader_hangs_up(empty_warehouse: Warehouse) -> None:
    publish_orders(empty_warehouse, 1)
    reader = empty_warehouse.reader()
    told: list[BaseException] = []
    with interruptible() as interruption:

        def ask() -> None:
            with pytest.raises(AbandonedError) as caught:
                reader.query(SLOW)
            told.append(caught.value)

        asking = threading.Thread(target=copy_context().run, args=(ask,))
        asking.start()
        time.sleep(0.5)
        assert asking.is_alive()
        started = time.monotonic()
        while asking.is_alive() and time.monotonic() < started + 5:
            interruption.stop()
            asking.join(0.1)
        assert not asking.is_alive(), "the statement goes on"
    assert told
    assert reader.query("select total from marts.orders").num_rows == 1
    reader.close()


def test_nothing_begins_for_a_reader_who_has_gone(empty_warehouse: Warehouse) -> None:
    publish_orders(empty_warehouse, 1)
    reader = empty_warehouse.reader()
    with interruptible() as interruption:
        interruption.stop()
        with pytest.raises(AbandonedError):
            reader.query("select total from marts.orders")
    assert reader.query("select total from marts.orders").num_rows == 1
    reader.close()


def test_what_has_ended_is_not_stopped_again() -> None:
    stopped: list[str] = []
    with interruptible() as interruption:
        with running(lambda: stopped.append("first")):
            pass
        with running(lambda: stopped.append("second")):
            interruption.stop()
    assert stopped == ["second"]
