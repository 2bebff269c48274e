"""The cost sheet in somebody's hands, and its copy in the warehouse, which a build follows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fondaco.config import ProfitSettings
from fondaco.control import Connection
from fondaco.costs import CostEntry, Kind
from fondaco.landing.raw import COST_ENTRIES
from fondaco.orchestration import Project
from fondaco.orchestration.costs import CostSheet, copy_profit_settings
from fondaco.orchestration.modelling import take_up_costs

MUG = CostEntry(Kind.PRODUCT_COST, "MUG", amount=Decimal("4.25"), currency="EUR", valid_from=date(2026, 1, 1))
SHEET = b"kind,item,shop,rate\nproduct_cost,CUP,,30 %\ndefault_product_cost,,Stall,35 %\n"


def costs_of(project: Project) -> CostSheet:
    return CostSheet(project.control, project.reader, project.tenant, "user:7")


def copied(project: Project) -> list[dict[str, Any]]:
    with project.warehouse.writer() as writer:
        take_up_costs(project, writer)
        found: list[dict[str, Any]] = writer.fetch(
            f"select * from {COST_ENTRIES.qualified} order by entry_id, version"
        ).to_pylist()
    return found


def test_a_change_that_was_none_is_not_written_down(project: Project, connection: Connection) -> None:
    costs = costs_of(project)
    kept = costs.add(MUG)
    again = (costs.add(MUG), costs.change(kept.entry_id, MUG), costs.put(MUG))
    assert {(each.entry_id, each.version) for each in again} == {(kept.entry_id, 1)}
    told = [each.action for each in project.control.audit.recent(project.tenant, 9)]
    assert told.count("costs.add") == 1
    assert "costs.change" not in told


def test_each_change_is_written_down_without_what_it_costs(project: Project, connection: Connection) -> None:
    costs = costs_of(project)
    kept = costs.add(MUG)
    costs.change(kept.entry_id, CostEntry(Kind.PRODUCT_COST, "MUG", rate=Decimal("0.2")), seen=1)
    sheet = costs.read(SHEET)
    assert costs.preview(sheet) == costs.take(sheet)
    costs.take(sheet)
    costs.withdraw(kept.entry_id)
    told = [(e.actor, e.action, e.subject, e.detail) for e in project.control.audit.recent(project.tenant, 4)]
    assert told[::-1] == [
        ("user:7", "costs.add", "cost:1", {"kind": "product_cost", "version": 1}),
        ("user:7", "costs.change", "cost:1", {"kind": "product_cost", "version": 2}),
        ("user:7", "costs.import", "costs", {"added": 2, "changed": 0, "withdrawn": 0}),
        ("user:7", "costs.withdraw", "cost:1", {"kind": "product_cost", "version": 3}),
    ]
    assert [(each.entry.connection_id, each.entry.rate) for each in project.control.costs.current("default")] == [
        (None, Decimal("0.3")), ("stall", Decimal("0.35")),
    ]  # fmt: skip


def test_the_copy_in_the_warehouse_has_every_version_and_follows_the_sheet(project: Project) -> None:
    costs = costs_of(project)
    assert copied(project) == []
    costs.add(MUG)
    first = {
        "tenant_id": "default", "entry_id": "1", "version": 1, "kind": "product_cost", "item": "MUG", "connection_id": None,
        "country": None, "weight_from": None, "weight_to": None, "tier_from": None, "tier_to": None, "messages": None, "amount": Decimal("4.250000"), "rate": None,
        "currency": "EUR", "valid_from": date(2026, 1, 1), "valid_to": None, "note": None, "is_withdrawn": False,
        "entered_by": "user:7", "entered_at": datetime(2026, 3, 1, 12),
    }  # fmt: skip
    assert copied(project) == [first]
    assert costs.unseen() == 1
    costs.withdraw(1)
    assert copied(project) == [first, {**first, "version": 2, "is_withdrawn": True}]


def test_a_warehouse_that_was_made_anew_gets_its_copy_again(project: Project) -> None:
    costs_of(project).add(MUG)
    before = copied(project)
    with project.warehouse.writer() as writer:
        writer.execute(f"delete from {COST_ENTRIES.qualified}")
    assert copied(project) == before


def test_where_nothing_changed_nothing_is_written(project: Project) -> None:
    costs_of(project).add(MUG)
    copied(project)
    [before] = project.control.costs.versions("default")
    with project.warehouse.writer() as writer:
        writer.execute(f"update {COST_ENTRIES.qualified} set note = 'as it was'")
    assert [row["note"] for row in copied(project)] == ["as it was"]
    [after] = project.control.costs.versions("default")
    assert after.taken_at == before.taken_at


def test_how_profit_is_worked_out_follows_the_settings(project: Project) -> None:
    def held() -> list[dict[str, Any]]:
        with project.warehouse.writer() as writer:
            return writer.fetch("select * from raw.fondaco__profit_settings").to_pylist()

    for rate in ("0.4", "0.35"):
        settings = ProfitSettings(default_product_cost_rate=Decimal(rate), returns_restocked=False)
        with project.warehouse.writer() as writer:
            copy_profit_settings(writer, settings, project.tenant)
        assert held() == [
            {"tenant_id": project.tenant, "default_product_cost_rate": Decimal(rate), "returns_restocked": False,
             "count_taxes_as_cost": False, "marketing_by": "click"}
        ]  # fmt: skip
