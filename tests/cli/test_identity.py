"""``fondaco identity`` over a project with three accounts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fondaco.jobs.identity import link_identities
from fondaco.orchestration import Project

Fondaco = Callable[..., Any]
_RECORDS = """create table core.identity_records as
    select 'default' as tenant_id, id as record_id, 'person-' || id as default_person_id, 'own-' || id as own_person_id,
        true as is_account, email, null::varchar as phone, null::varchar as first_name, null::varchar as last_name,
        null::varchar as city, 'DE' as country, 1::bigint as telephones, 1::bigint as cities, made as created_at
    from (values ('a:1', 'ada@x.example', timestamp '2026-01-01'), ('b:1', 'ADA@x.example', timestamp '2026-01-02'),
        ('b:2', 'ben@x.example', timestamp '2026-01-03')) as told(id, email, made)"""


@pytest.fixture
def known(shop: Path) -> Path:
    """A project in which one person has two accounts."""
    with Project.open(shop) as project, project.warehouse.writer() as writer:
        writer.execute("create schema core")
        writer.execute(_RECORDS)
        link_identities(writer, project.tenant, now=project.clock())
    return shop


def test_a_person_is_explained_without_personal_data_unless_asked(known: Path, fondaco: Fondaco) -> None:
    plain = fondaco("-C", known, "identity", "explain", "person-a:1", "--json")
    assert plain.json == [
        {"record_id": "a:1", "rule": "first record", "linked_to": None, "probability": None},
        {"record_id": "b:1", "rule": "same e-mail", "linked_to": "a:1", "probability": 1.0, "agree": ["e-mail"], "differ": []},
    ]  # fmt: skip
    table = fondaco("-C", known, "identity", "explain", "person-a:1")
    assert "same e-mail" in table.out and "x.example" not in table.out
    asked = fondaco("-C", known, "identity", "explain", "person-a:1", "--contact", "--json")
    assert [row["email"] for row in asked.json] == ["ada@x.example", "ADA@x.example"]


def test_a_split_person_is_two_and_a_joined_one_is_one(known: Path, fondaco: Fondaco) -> None:
    answer = fondaco("-C", known, "identity", "split", "person-a:1", "b:1", "--json")
    assert answer.json == {"pairs": 1, "persons": 3, "has_moved": True}
    assert [
        r["record_id"] for r in fondaco("-C", known, "identity", "explain", "person-a:1", "--json").json
    ] == ["a:1"]
    answer = fondaco("-C", known, "identity", "join", "person-a:1", "person-b:1")
    assert answer.out.splitlines() == [
        "Decided for 1 pair of records; 2 persons in all.", "The figures follow with the next `fondaco run`.",
    ]  # fmt: skip


def test_what_cannot_be_is_told_in_two_lines(known: Path, fondaco: Fondaco) -> None:
    unknown = fondaco("-C", known, "identity", "explain", "nobody")
    assert unknown.code == 1 and len(unknown.err.splitlines()) == 2
    assert fondaco("-C", known, "identity", "split", "person-a:1", "b:2").code == 1


def test_before_the_first_run_nobody_is_known(shop: Path, fondaco: Fondaco) -> None:
    answer = fondaco("-C", shop, "identity", "explain", "anybody")
    assert answer.err.splitlines() == [
        "No models have been built yet, so nobody is known.",
        "Build them with `fondaco run`.",
    ]


def test_what_was_decided_is_listed_until_it_is_published_and_undone_while_it_waits(
    known: Path, fondaco: Fondaco
) -> None:
    fondaco("-C", known, "identity", "split", "person-a:1", "b:1")
    with Project.open(known) as project:
        project.control.person_decisions.add(
            project.tenant, is_same=True, person_id="person-a:1", other_person_id="person-b:2",
            record_ids=["a:1"], other_record_ids=["b:2"], actor="user:1",
        )  # fmt: skip
        assert [one.action for one in project.control.audit.recent(project.tenant, 1)] == ["identity.split"]
    listed = fondaco("-C", known, "identity", "decisions", "--json").json
    assert [(row["number"], row["decision"], row["by"], row["waits"]) for row in listed] == [
        (1, "split", "cli", False), (2, "join", "user:1", True),
    ]  # fmt: skip
    table = fondaco("-C", known, "identity", "decisions").out
    assert "until it is published" in table and "for the next run" in table
    assert fondaco("-C", known, "identity", "undo", "1").code == 1
    assert fondaco("-C", known, "identity", "undo", "2", "--json").json == {"undone": 2}
    assert len(fondaco("-C", known, "identity", "decisions", "--json").json) == 1


def test_a_decision_here_comes_after_those_that_waited(known: Path, fondaco: Fondaco) -> None:
    with Project.open(known) as project:
        project.control.person_decisions.add(
            project.tenant, is_same=False, person_id="person-a:1", record_ids=["b:1"], other_record_ids=["a:1"], actor="user:1"
        )  # fmt: skip
    assert fondaco("-C", known, "identity", "join", "person-a:1", "person-b:2", "--json").json["persons"] == 2
    listed = fondaco("-C", known, "identity", "decisions", "--json").json
    assert [(row["number"], row["waits"]) for row in listed] == [(1, False), (2, False)]


def test_where_everything_is_shown_it_says_so(known: Path, fondaco: Fondaco) -> None:
    assert fondaco("-C", known, "identity", "decisions").out == "The figures show every decision.\n"
