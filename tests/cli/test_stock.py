"""`fondaco stock`: from the list of the day to an order, and what came of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Fondaco
from tests.published import publish

from fondaco.orchestration import Project

pytestmark = pytest.mark.slow
DAY = date(2026, 3, 1)


def proposed(name: str, kind: str = "reorder", **more: Any) -> dict[str, Any]:
    return {
        "proposal_date": DAY, "proposal_id": f"0301-{name}", "subject": f"{kind}|main|{name}|", "kind": kind, "rank": 1, "location_id": "main",
        "location_name": "Main", "variant_id": f"v-{name}", "sku": name.upper(), "product_title": name.title(), "supplier_id": "acme",
        "supplier_name": "Acme", "quantity": 24, "currency": "EUR", "money": Decimal("84.5"), "probability": 0.5, "due_date": DAY + timedelta(days=10),
        "sentence": f"Order 24 of {name}.", "unit_margin": Decimal(6), "supplier_unit_cost": Decimal("4.20"), "supplier_currency": "EUR",
    } | more  # fmt: skip


@pytest.fixture
def stocked(shop: Path) -> Path:
    with Project.open(shop) as project:
        publish(
            project,
            proposals=[proposed("mug"), proposed("cup", "warn", rank=2, sentence="Cup may run out.")],
            demand_forecast_runs=[{"series": 2}],
            forecast_quality=[{"series_class": "smooth", "series": 2, "winner": "Theta", "error": 0.8, "naive_error": 1.0, "coverage": 0.79}],
        )  # fmt: skip
    return shop


def test_a_proposal_becomes_an_order_that_is_changed_written_sent_and_received(
    fondaco: Fondaco, stocked: Path, tmp_path: Path
) -> None:
    ask = ("-C", stocked, "stock")
    assert [each["proposal_id"] for each in fondaco(*ask, "proposals", "--json").json] == [
        "0301-mug",
        "0301-cup",
    ]
    listed = fondaco(*ask, "proposals", "--kind", "reorder").out
    assert "84.50" in listed and "Order 24 of mug." in listed and "Cup" not in listed
    accepted = fondaco(*ask, "accept", "0301-mug", "--quantity", "30", "--json").json
    assert (accepted["choice"], accepted["quantity"], accepted["order"], accepted["decided_by"]) == (
        "changed",
        30,
        "FO-1",
        "cli",
    )
    assert fondaco(*ask, "orders", "FO-1", "--json").json["value"] == 126
    assert fondaco(*ask, "change", "FO-1", "MUG", "36", "--json").json["lines"][0]["quantity"] == 36
    sheet = tmp_path / "order.csv"
    assert f"Wrote {sheet}." in fondaco(*ask, "orders", "fo-1", "--csv", sheet).out
    assert sheet.read_text(encoding="utf-8").splitlines()[1] == "FO-1,MUG,,Mug,36,4.20,151.20,EUR,Main"
    assert fondaco(*ask, "send", "FO-1", "--by-hand", "--expected", "2099-01-31").out == (
        "FO-1 is noted as sent; its goods are expected on 2099-01-31.\n"
    )
    assert fondaco(*ask, "receive", "FO-1").out == "FO-1 is received.\n"
    assert (
        fondaco(*ask, "orders", "--open").out
        == "No order yet. Accept a proposal: `fondaco stock proposals`.\n"
    )
    assert "received" in fondaco(*ask, "orders").out


def test_a_refusal_is_told_listed_and_taken_back(fondaco: Fondaco, stocked: Path) -> None:
    ask = ("-C", stocked, "stock")
    said = fondaco(*ask, "refuse", "0301-cup", "--days", "3", "--reason", "new collection").out
    assert said.startswith("Refused: it is not proposed again until 2")
    assert [(each["proposal_id"], each["choice"]) for each in fondaco(*ask, "decisions", "--json").json] in (
        [],
        [("0301-cup", "refused")],
    )
    assert fondaco(*ask, "proposals", "--status", "refused", "--json").json[0]["status"] == "refused"
    assert fondaco(*ask, "undo", "0301-cup").out == "The proposal 0301-cup is open again.\n"
    assert fondaco(*ask, "undo", "0301-cup").code == 1


def test_a_mail_without_a_server_is_told_and_the_order_stays_a_draft(fondaco: Fondaco, stocked: Path) -> None:
    ask = ("-C", stocked, "stock")
    fondaco(*ask, "accept", "0301-mug")
    refused = fondaco(*ask, "send", "FO-1", "--to", "orders@acme.example")
    assert refused.code == 1 and "[mail] host is not set" in refused.err and "acme.example" not in refused.err
    assert fondaco(*ask, "orders", "FO-1", "--json").json["state"] == "draft"


def test_quality_is_shown_and_an_empty_list_says_why(fondaco: Fondaco, stocked: Path, shop: Path) -> None:
    assert "Theta" in fondaco("-C", stocked, "stock", "quality").out
    assert fondaco("-C", stocked, "stock", "outcomes", "--json").json == []
    assert fondaco("-C", stocked, "stock", "outcomes").out == "No proposal is 28 days old yet.\n"
    with Project.open(shop) as project:
        project.warehouse.create_schemas_and_raw_tables(())
        with project.warehouse.writer() as writer:
            writer.execute("delete from marts.proposals")
            writer.execute(
                "update marts.demand_forecast_runs set why_not = '40 days of sales are known, and a forecast needs 70'"
            )
        project.warehouse.publish()
    told = fondaco("-C", shop, "stock", "proposals").out
    assert told == "Demand is not forecast: 40 days of sales are known, and a forecast needs 70.\n"


@pytest.mark.parametrize(("option", "value"), [("--kind", "buy"), ("--status", "done")])
def test_a_wrong_word_is_answered_with_the_right_ones(
    fondaco: Fondaco, shop: Path, option: str, value: str
) -> None:
    refused = fondaco("-C", shop, "stock", "proposals", option, value)
    assert refused.code == 2 and value in refused.err


def test_a_file_needs_an_order(fondaco: Fondaco, shop: Path, tmp_path: Path) -> None:
    assert fondaco("-C", shop, "stock", "orders", "--csv", tmp_path / "x.csv").code == 2
