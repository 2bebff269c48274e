"""What `fondaco import` refuses before it touches anything."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Fondaco

HEADER = "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n"


def test_a_file_of_which_no_row_can_be_taken_is_refused_in_two_lines(fondaco: Fondaco, shop: Path) -> None:
    export = shop / "orders_export.csv"
    export.write_text(HEADER + "#1,ada@example.com,paid,EUR,5,0,0,5,2026-02-")
    answer = fondaco("-C", shop, "import", export, "--yes")
    assert answer.code == 1
    what, remedy = answer.err.strip().splitlines()
    assert what.startswith("No row of orders_export.csv can be taken; row 1: ")
    assert remedy == "Correct the file or its mapping; nothing was imported."
    assert "ada@example.com" not in answer.out + answer.err
    assert fondaco("-C", shop, "connections", "list", "--json").json == []


def test_nothing_set_aside_is_said_in_words(fondaco: Fondaco, shop: Path) -> None:
    assert fondaco("-C", shop, "quarantine").out == "Nothing was set aside.\n"
    assert fondaco("-C", shop, "quarantine", "--json").json == []
