"""A build knows who is who: also the first one, which makes the records that persons are found in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.parsed import give_models

from fondaco.metrics.accounts import accounts_of
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.importing import import_file, options_for
from fondaco.orchestration.modelling import take_up_decisions
from fondaco.orchestration.persons import Persons
from fondaco.sources.files.importing import prepare

ORDERS = """No,When,Price,Pieces,Sku,Mail
1,2026-01-05,5,1,MUG,ada@outlook.com
2,2026-01-09,7,1,MUG,ada+shop@outlook.com
3,2026-01-12,9,1,MUG,bo@example.com
"""
MAPPING = {
    "order_id": "No", "ordered_at": "When", "unit_price": "Price", "quantity": "Pieces", "sku": "Sku", "email": "Mail",
}  # fmt: skip


pytestmark = pytest.mark.slow


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[Project]:
    """A shop of three orders, of which two are by one person in two spellings."""
    with Project.create(tmp_path / "shop") as project:
        bring(project, ORDERS, MAPPING)
        yield project


def bring(project: Project, orders: str, mapping: dict[str, str]) -> None:
    """Import a file into a project that has never built its models."""
    give_models(project.warehouse)
    file = project.settings.folder / "orders.csv"
    file.write_text(orders, encoding="utf-8")
    with closing(prepare(file, options_for(project, "files", mapping))) as prepared:
        import_file(project, prepared)


def test_the_first_run_has_one_person_for_two_spellings_of_an_address(imported: Project) -> None:
    assert people(imported) == [("1", 1), ("2", 2), ("3", 1)]
    run_pipeline(imported, steps=("build", "analyse", "publish"))
    assert people(imported) == [("1", 1), ("2", 2), ("3", 1)]


def test_a_decision_that_waits_is_taken_up_by_the_next_run_and_its_reason_published(
    imported: Project,
) -> None:
    persons = Persons(imported.control, imported.reader, imported.tenant, "user:1")
    [(ada,)] = rows(imported, "select person_id from marts.orders where source_order_id = '2'")
    [(bo,)] = rows(imported, "select person_id from marts.orders where source_order_id = '3'")
    first, second = accounts_of(imported.reader, imported.tenant, ada)
    assert (second.rule, second.linked_to, second.agree) == ("same e-mail", first.record_id, ("e-mail",))

    persons.split(ada, [second.record_id])
    persons.join(ada, bo)
    with imported.warehouse.writer() as writer:
        take_up_decisions(imported, writer)
    imported.warehouse.publish()
    assert len(persons.unseen()) == 2, "what is published was not built by them"
    run_pipeline(imported, steps=("build", "analyse", "publish"))

    assert persons.unseen() == []
    assert people(imported) == [("1", 1), ("2", 1), ("3", 2)]
    assert [each.rule for each in accounts_of(imported.reader, imported.tenant, ada)] == [
        "first record",
        "decided",
    ]
    told = rows(imported, "select count(*), sum(orders), sum(net_sales) from marts.customers")
    assert told == [(2, 3, 21)]


def test_the_first_run_says_why_accounts_are_one_person_also_where_their_address_said_so_already(
    tmp_path: Path,
) -> None:
    orders = "No,When,Price,Pieces,Sku,Mail,Customer\n1,2026-01-05,5,1,MUG,ada@example.com,a\n2,2026-01-09,7,1,MUG,ada@example.com,b\n"
    with Project.create(tmp_path / "shop") as project:
        bring(project, orders, {**MAPPING, "customer_id": "Customer"})
        said = rows(
            project, "select source_id, linked_to is not null, rule from marts.customer_accounts order by 1"
        )
    assert said == [("a", False, "first record"), ("b", True, "same e-mail")]


def rows(project: Project, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in project.reader.query(sql).to_pylist()]


def people(project: Project) -> list[tuple[str, int]]:
    """Each order, and as which of its person's orders."""
    return rows(project, "select source_order_id, order_sequence from marts.orders order by 1")
