"""What `fondaco import` refuses before it touches anything."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco
from tests.parsed import give_built

from fondaco.orchestration import Project

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


def test_what_would_land_is_told_before_anything_does(fondaco: Fondaco, shop: Path) -> None:
    sales = shop / "sales.csv"
    sales.write_text("No,When,Price,Pieces\n1,2026-02-01,5,2\n1,2026-02-01,,1\n2,2026-02-02,7,\n")
    mapping = [
        f"--map={pair}" for pair in ("order_id=No", "ordered_at=When", "unit_price=Price", "quantity=Pieces")
    ]
    shown = fondaco("-C", shop, "import", sales, *mapping, "--preview")
    assert "1 line without a price counts as 0.\n1 line without a quantity counts as one unit.\n" in shown.out
    told = fondaco("-C", shop, "import", sales, *mapping, "--preview", "--json").json
    assert (told["without_price"], told["without_quantity"], told["known_orders_with_other_lines"]) == (
        1,
        1,
        0,
    )
    assert fondaco("-C", shop, "imports", "list", "--json").json == []
    gone = fondaco("-C", shop, "imports", "remove", "0123456789abcdef", "--yes")
    assert (gone.code, gone.err.splitlines()[0]) == (1, "There is no import 0123456789abcdef.")


def test_a_currency_without_a_rate_is_told_before_anything_lands(fondaco: Fondaco, shop: Path) -> None:
    sales = shop / "sales.csv"
    sales.write_text("No,When,Price,Money\n1,2026-02-01,5,EUR\n2,2026-02-02,7,IRR\n")
    words = [sales, *(f"--map={pair}" for pair in ("order_id=No", "ordered_at=When", "unit_price=Price", "currency=Money"))]  # fmt: skip
    lacking = "There is no exchange rate between IRR and the reporting currency EUR."
    assert lacking in fondaco("-C", shop, "import", *words, "--preview").out
    assert fondaco("-C", shop, "import", *words, "--preview", "--json").json["without_rate"] == ["IRR"]

    refused = fondaco("-C", shop, "import", *words, "--yes")
    what, remedy = refused.err.strip().splitlines()
    assert (refused.code, what) == (1, lacking)
    assert "`fondaco rates import FILE`" in remedy and remedy.endswith("nothing was imported.")
    assert fondaco("-C", shop, "imports", "list", "--json").json == []

    (shop / "rates.csv").write_text("Date,IRR\n2026-02-01,49000\n")
    assert fondaco("-C", shop, "rates", "import", shop / "rates.csv").code == 0
    assert fondaco("-C", shop, "import", *words, "--preview", "--json").json["without_rate"] == []


def test_nothing_set_aside_is_said_in_words(fondaco: Fondaco, shop: Path) -> None:
    assert fondaco("-C", shop, "quarantine").out == "Nothing was set aside.\n"
    assert fondaco("-C", shop, "quarantine", "--json").json == []


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.slow
def test_known_orders_with_other_lines_are_asked_about(
    fondaco: Fondaco, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = [
        f"--map={pair}"
        for pair in ("order_id=No", "ordered_at=When", "unit_price=Price", "quantity=Pieces", "sku=Sku")
    ]
    with Project.open(shop) as project:
        give_built(project.warehouse)
    january, corrected = shop / "january.csv", shop / "corrected.csv"
    january.write_text("No,When,Price,Pieces,Sku\n1,2026-01-05,5,2,MUG\n")
    corrected.write_text("No,When,Price,Pieces,Sku\n1,2026-01-05,5,3,CUP\n")
    assert fondaco("-C", shop, "import", january, *mapping, "--yes").code == 0

    def answered(typed: str) -> str:
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        answer = fondaco("-C", shop, "import", corrected, *mapping)
        assert answer.code == 0, answer.err
        return answer.out

    stopped = answered("perhaps\n\n")
    assert stopped.count("Replace these orders, add lines to them, or stop?") == 2
    assert stopped.endswith("Nothing was imported.\n")
    assert len(fondaco("-C", shop, "imports", "list", "--json").json) == 1

    assert "Nothing was imported." not in answered("Replace\n")
    assert len(fondaco("-C", shop, "imports", "list", "--json").json) == 2
    assert net_units(fondaco, shop) == 3


def net_units(fondaco: Fondaco, shop: Path) -> int:
    """The units sold, of all days."""
    told = fondaco("-C", shop, "metrics", "query", "units_sold", "--json").json
    return int(told[0]["units_sold"])
