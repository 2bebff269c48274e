"""`fondaco costs`: the sheet in and out of files, and single entries."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco

from fondaco.orchestration import Project

SHEET = """kind,item,country,weight_to,amount,rate,currency,valid_from,valid_to
product_cost,MUG,,,4.50,,EUR,2026-01-01,
product_cost,MUG,,,5,,EUR,2026-03-01,
default_product_cost,,,,,35 %,,,
shipping_cost,Home,DE,500,4.90,,EUR,,
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "costs.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_a_sheet_is_looked_at_imported_shown_and_written_again(
    fondaco: Fondaco, shop: Path, sheet: Path, tmp_path: Path
) -> None:
    ask = ("-C", shop, "costs")
    assert fondaco(*ask, "show").out == (
        "No costs yet. Of goods 40 % of the price is assumed; import a sheet with `fondaco costs import FILE`.\n"
    )
    counts = {"added": 4, "changed": 0, "withdrawn": 0, "unchanged": 0}
    assert fondaco(*ask, "import", sheet, "--dry-run", "--json").json == {**counts, "dry_run": True}
    assert fondaco(*ask, "show", "--json").json == []
    assert fondaco(*ask, "import", sheet).out.splitlines() == [
        "Entries: 4 added, 0 changed, 0 withdrawn, 0 unchanged.", "They hold from the next `fondaco run` on.",
    ]  # fmt: skip
    (first, second) = fondaco(*ask, "show", "--kind", "product_cost", "--json").json
    entered = first.pop("entered_at")
    assert first == {
        "entry_id": 1, "version": 1, "kind": "product_cost", "item": "MUG", "connection_id": None, "country": None,
        "weight_from": None, "weight_to": None, "tier_from": None, "tier_to": None, "messages": None, "amount": 4.5, "rate": None, "currency": "EUR", "valid_from": "2026-01-01",
        "valid_to": None, "note": None, "is_withdrawn": False, "entered_by": "cli", "last_day": "2026-02-28",
    }  # fmt: skip
    assert (second["entered_at"], second["last_day"]) == (entered, None)
    assert "0 to below 500 g" in fondaco(*ask, "show").out
    for name in ("again.csv", "again.toml"):
        assert fondaco(*ask, "export", tmp_path / name).out == f"Wrote 4 entries to {tmp_path / name}.\n"
        again = fondaco(*ask, "import", tmp_path / name, "--replace").out
        assert again == "Entries: 0 added, 0 changed, 0 withdrawn, 4 unchanged.\n"


def test_what_a_sheet_does_not_hold_goes_only_where_it_replaces(
    fondaco: Fondaco, shop: Path, sheet: Path
) -> None:
    ask = ("-C", shop, "costs")
    fondaco(*ask, "import", sheet)
    sheet.write_text("\n".join(SHEET.splitlines()[:2]).replace("4.50", "4.60"), encoding="utf-8")
    told = fondaco(*ask, "import", sheet, "--replace", "--dry-run").out
    assert told == "Would be: 0 added, 1 changed, 3 withdrawn, 0 unchanged.\n"
    fondaco(*ask, "import", sheet)
    assert len(fondaco(*ask, "show", "--json").json) == 4


def test_a_sheet_with_faults_is_told_whole_and_nothing_is_kept(
    fondaco: Fondaco, shop: Path, sheet: Path
) -> None:
    sheet.write_text(SHEET.replace("4.90", "-4.90").replace("35 %", "35"), encoding="utf-8")
    answer = fondaco("-C", shop, "costs", "import", sheet)
    assert answer.code == 1
    assert answer.err.splitlines() == [
        "The costs have 2 faults: line 4, rate: '35' may be 35 %. Write `35 %`, or a share below 1 such as 0.4. "
        "line 5, amount: '-4.90' is negative. Write what it costs without a sign.",
        "Correct them and try again; nothing was kept.",
    ]
    assert fondaco("-C", shop, "costs", "show", "--json").json == []
    assert fondaco("-C", shop, "costs", "import", shop / "none.csv").code == 1


def test_one_entry_is_set_changed_and_withdrawn_with_its_history(fondaco: Fondaco, shop: Path) -> None:
    ask = ("-C", shop, "costs")
    mug = ("set", "product_cost", "--item", "MUG", "--from", "2026-01-01")
    assert fondaco(*ask, *mug, "--amount", "4").out.startswith("Entry 1, version 1: 4 EUR.\n")
    assert fondaco(*ask, *mug, "--rate", "40 %", "--json").json["version"] == 2
    assert fondaco(*ask, "withdraw", 1).out == "Entry 1 is withdrawn from the next `fondaco run` on.\n"
    told = fondaco(*ask, "history", 1, "--json").json
    assert [(e["version"], e["amount"], e["rate"], e["is_withdrawn"]) for e in told] == [
        (3, None, 0.4, True), (2, None, 0.4, False), (1, 4, None, False),
    ]  # fmt: skip
    assert "withdrawn" in fondaco(*ask, "history", 1).out
    with Project.open(shop) as project:
        told = [each.action for each in project.control.audit.recent(project.tenant, 3)]
    assert told == ["costs.withdraw", "costs.change", "costs.add"]


def test_what_cannot_be_is_told_in_two_lines(fondaco: Fondaco, shop: Path) -> None:
    ask = ("-C", shop, "costs")
    for wrong in (
        ("history", 9),
        ("withdraw", 9),
        ("show", "--kind", "rent"),
        ("set", "rent"),
        ("set", "fixed"),
    ):
        answer = fondaco(*ask, *wrong)
        assert (answer.code, len(answer.err.splitlines())) == (1, 2)
