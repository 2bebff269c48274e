"""The cost sheet is kept: every change is a version, an import is all or nothing, and a build takes it up."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fondaco.control import ControlPlane, CostVersion
from fondaco.control.costs import NoSuchCostError
from fondaco.control.segments import ConflictError
from fondaco.costs import CostEntry, CostsError, Kind, Sheet


def mug(amount: str = "4", **fields: Any) -> CostEntry:
    return CostEntry(Kind.PRODUCT_COST, "MUG", amount=Decimal(amount), currency="EUR", **fields)


def rent(amount: str = "900") -> CostEntry:
    return CostEntry(Kind.FIXED, "Rent", amount=Decimal(amount), currency="EUR", valid_from=date(2026, 1, 1))


def sheet(*entries: CostEntry) -> Sheet:
    return Sheet(entries, tuple(f"line {number}" for number in range(2, len(entries) + 2)))


def rows(found: list[CostVersion]) -> list[tuple[Any, ...]]:
    return [(each.entry_id, each.version, each.entry, each.is_withdrawn, each.entered_by) for each in found]


def test_a_change_is_a_version_and_so_is_a_withdrawal(plane: ControlPlane, clock: Any) -> None:
    first = plane.costs.add("default", mug(), "user:7")
    clock.turn(timedelta(hours=1))
    plane.costs.change("default", first.entry_id, mug("4.50"), "token:3", seen=1)
    assert rows(plane.costs.current("default")) == [(1, 2, mug("4.5"), False, "token:3")]
    clock.turn(timedelta(hours=1))
    plane.costs.withdraw("default", 1, "cli", seen=2)
    plane.costs.withdraw("default", 1, "cli")
    assert plane.costs.current("default") == []
    history = plane.costs.history("default", 1)
    assert rows(history) == [
        (1, 3, mug("4.5"), True, "cli"), (1, 2, mug("4.5"), False, "token:3"), (1, 1, mug(), False, "user:7"),
    ]  # fmt: skip
    assert [each.entered_at.hour for each in history] == [14, 13, 12]
    assert plane.costs.count("default") == 3


def test_what_says_the_same_makes_no_version(plane: ControlPlane) -> None:
    plane.costs.add("default", mug("4.0"), "cli")
    plane.costs.add("default", mug("4"), "cli")
    plane.costs.change("default", 1, mug("4.00"), "cli")
    assert plane.costs.take_sheet("default", sheet(mug()), "cli").is_empty
    assert plane.costs.count("default") == 1


def test_a_sheet_is_taken_whole_and_replaces_only_where_it_is_told_to(plane: ControlPlane) -> None:
    plane.costs.take_sheet("default", sheet(mug(), rent()), "cli")
    told = plane.costs.take_sheet("default", sheet(mug("5")), "cli", replace=True, keep=False)
    assert (told.changed, told.withdrawn) == (((1, mug(), mug("5")),), ((2, rent()),))
    assert plane.costs.count("default") == 2
    cup = CostEntry(Kind.PRODUCT_COST, "CUP", rate=Decimal("0.3"))
    plane.costs.take_sheet("default", sheet(mug("5"), cup), "user:1")
    plane.costs.take_sheet("default", sheet(cup), "user:2", replace=True)
    assert rows(plane.costs.versions("default")) == [
        (1, 1, mug(), False, "cli"), (2, 1, rent(), False, "cli"), (3, 1, cup, False, "user:1"),
        (1, 2, mug("5"), False, "user:1"), (1, 3, mug("5"), True, "user:2"), (2, 2, rent(), True, "user:2"),
    ]  # fmt: skip


def test_of_a_sheet_with_a_fault_nothing_is_kept(plane: ControlPlane) -> None:
    with pytest.raises(CostsError, match="line 3, amount: The amount is negative"):
        plane.costs.take_sheet("default", sheet(rent(), mug("-1")), "cli")
    with pytest.raises(CostsError, match="holds for the same as line 3"):
        plane.costs.take_sheet("default", sheet(rent(), mug("1"), mug("2")), "cli")
    assert plane.costs.count("default") == 0


def test_another_entry_for_the_same_days_is_refused(plane: ControlPlane) -> None:
    year = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
    plane.costs.add("default", mug(**year), "cli")
    with pytest.raises(CostsError, match="the same as entry 1"):
        plane.costs.add("default", mug("5", valid_from=date(2026, 6, 1)), "cli")
    with pytest.raises(CostsError, match="the same as entry 1"):
        plane.costs.add("default", mug("5", **year), "cli")
    plane.costs.add("default", mug("5", valid_from=date(2027, 1, 1)), "cli")
    with pytest.raises(CostsError, match="the same as entry 1"):
        plane.costs.change("default", 2, mug("5", valid_from=date(2026, 12, 31)), "cli")
    assert plane.costs.count("default") == 2


def test_a_change_to_what_somebody_else_changed_is_refused(plane: ControlPlane) -> None:
    plane.costs.add("default", mug(), "cli")
    plane.costs.change("default", 1, mug("5"), "user:1", seen=1)
    with pytest.raises(ConflictError, match="Entry 1 is at version 2 by now, and you changed version 1"):
        plane.costs.change("default", 1, mug("6"), "user:2", seen=1)
    with pytest.raises(ConflictError):
        plane.costs.withdraw("default", 1, "user:2", seen=1)


def test_a_merchant_neither_sees_nor_changes_the_costs_of_another(plane: ControlPlane) -> None:
    plane.tenants.put("other", name="Other", currency="EUR", time_zone="UTC")
    plane.costs.add("other", mug(), "cli")
    plane.costs.add("other", rent(), "cli")
    assert plane.costs.add("default", mug("9"), "cli").entry_id == 1
    for ask in (plane.costs.get, plane.costs.history):
        with pytest.raises(NoSuchCostError, match="no entry 2"):
            ask("default", 2)
    with pytest.raises(NoSuchCostError):
        plane.costs.change("default", 2, mug(), "cli")
    with pytest.raises(NoSuchCostError):
        plane.costs.withdraw("default", 2, "cli")
    assert rows(plane.costs.current("other"))[0][2] == mug()


def test_a_version_is_unseen_until_a_state_newer_than_the_one_it_was_taken_up_at_is_published(
    plane: ControlPlane,
) -> None:
    first = plane.costs.add("default", mug(), "cli")
    second = plane.costs.change("default", 1, mug("5"), "cli")
    plane.costs.take("default", [first.change_id], "version 1")
    assert plane.costs.waits("default")
    assert plane.costs.unseen("default", "version 1") == 2
    assert plane.costs.unseen("default", "version 2") == 1
    plane.costs.take("default", [first.change_id, second.change_id], "version 2")
    assert not plane.costs.waits("default")
    assert plane.costs.unseen("default", "version 3") == 0


def test_of_many_who_add_at_once_each_gets_a_number_of_their_own(plane: ControlPlane) -> None:
    faults: list[Exception] = []

    def add(name: str) -> None:
        try:
            plane.costs.add("default", CostEntry(Kind.PRODUCT_COST, name, rate=Decimal("0.2")), "cli")
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=add, args=(f"SKU-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [each.entry_id for each in plane.costs.current("default")] == list(range(1, 9))
