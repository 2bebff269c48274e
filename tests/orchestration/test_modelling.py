"""A build knows who is who: also the first one, which makes the records that persons are found in."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.importing import import_file, options_for
from fondaco.sources.files.importing import prepare

ORDERS = """No,When,Price,Pieces,Sku,Mail
1,2026-01-05,5,1,MUG,ada@outlook.com
2,2026-01-09,7,1,MUG,ada+shop@outlook.com
3,2026-01-12,9,1,MUG,bo@example.com
"""
MAPPING = {
    "order_id": "No", "ordered_at": "When", "unit_price": "Price", "quantity": "Pieces", "sku": "Sku", "email": "Mail",
}  # fmt: skip


@pytest.mark.slow
def test_the_first_run_has_one_person_for_two_spellings_of_an_address(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    with Project.create(tmp_path / "shop") as project:
        with closing(prepare(file, options_for(project, "files", MAPPING))) as prepared:
            import_file(project, prepared)
        assert people(project) == [("1", 1), ("2", 2), ("3", 1)]
        run_pipeline(project, steps=("build", "analyse", "publish"))
        assert people(project) == [("1", 1), ("2", 2), ("3", 1)]


def people(project: Project) -> list[tuple[str, int]]:
    """Each order, and as which of its person's orders."""
    rows = project.reader.query(
        "select source_order_id, order_sequence from marts.orders order by 1"
    ).to_pylist()
    return [tuple(row.values()) for row in rows]
