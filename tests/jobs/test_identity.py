"""Records out of the warehouse, links and decisions back into it, on every engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from fondaco.errors import ConfigError
from fondaco.jobs.identity import decide, join_sides, link_identities, members, split_sides
from fondaco.landing.raw import OWN
from fondaco.warehouse import Warehouse
from fondaco.warehouse.engine import Writer

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
_VIEW = """create table core.identity_records (tenant_id varchar, record_id varchar, default_person_id varchar,
    own_person_id varchar, is_account boolean, email varchar, phone varchar, first_name varchar, last_name varchar,
    city varchar, country varchar, telephones bigint, cities bigint, created_at timestamp)"""


def records(writer: Writer, tenant_id: str, person_id: str) -> list[str]:
    return [member.record_id for member in members(writer, tenant_id, person_id)]


def split(
    writer: Writer, tenant_id: str, person_id: str, record_ids: Sequence[str], *, by: str, now: datetime
) -> int:
    sides = split_sides(person_id, records(writer, tenant_id, person_id), record_ids)
    return decide(writer, tenant_id, sides, is_same=False, by=by, now=now)


def join(writer: Writer, tenant_id: str, person_id: str, other: str, *, by: str, now: datetime) -> int:
    mine, theirs = (records(writer, tenant_id, each) for each in (person_id, other))
    return decide(writer, tenant_id, join_sides(person_id, mine, theirs), is_same=True, by=by, now=now)


@pytest.fixture
def empty_tables(empty_warehouse: Warehouse) -> Warehouse:
    """Fondaco's own raw tables, and none of the models."""
    empty_warehouse.create_schemas_and_raw_tables(OWN)
    return empty_warehouse


def add_records(writer: Writer, *records: dict[str, Any], tenant: str = "t") -> None:
    """Accounts in order of age; each is a person of its own until something links it."""
    writer.execute("create schema if not exists core")
    writer.execute(_VIEW.replace("create table", "create table if not exists"))
    for number, record in enumerate(records):
        row = {
            "tenant_id": tenant, "default_person_id": f"person of {record['record_id']}",
            "own_person_id": f"only {record['record_id']}", "is_account": True, "telephones": 1, "cities": 1,
            "created_at": datetime(2026, 1, 1 + number), **record,
        }  # fmt: skip
        names, values = ", ".join(row), ", ".join(f"${name}" for name in row)
        writer.execute(f"insert into core.identity_records ({names}) values ({values})", row)


def people(writer: Writer, tenant: str = "t") -> dict[str, str]:
    """Whose each linked record is."""
    rows = writer.fetch(
        "select record_id, person_id from raw.fondaco__identity_links where tenant_id = $t order by 1",
        {"t": tenant},
    ).to_pylist()
    return {row["record_id"]: row["person_id"] for row in rows}


TWO_SHOPS = (
    {"record_id": "a:1", "email": "Ada.Abel@gmail.com", "first_name": "Ada", "last_name": "Abel"},
    {"record_id": "b:1", "email": "adaabel+shop@googlemail.com"},
    {"record_id": "b:2", "email": "ben@x.example"},
)


def test_before_anything_is_built_there_is_nothing_to_link(empty_tables: Warehouse) -> None:
    with empty_tables.writer() as writer:
        assert link_identities(writer, "t", now=NOW).skipped == "no models have been built yet"


def test_a_link_says_who_why_and_to_whom_and_names_no_personal_data(empty_tables: Warehouse) -> None:
    with empty_tables.writer() as writer:
        add_records(writer, *TWO_SHOPS)
        outcome = link_identities(writer, "t", now=NOW)
        assert (outcome.skipped, outcome.records, outcome.persons, outcome.links) == (None, 3, 2, 2)
        rows = writer.fetch("select * from raw.fondaco__identity_links order by record_id").to_pylist()
    said = {"agree": ["e-mail"], "differ": []}
    assert [{**row, "explanation": json.loads(row["explanation"])} for row in rows] == [
        {"tenant_id": "t", "record_id": "a:1", "person_id": "person of a:1", "linked_to": None, "rule": "first record",
         "probability": None, "explanation": {}},
        {"tenant_id": "t", "record_id": "b:1", "person_id": "person of a:1", "linked_to": "a:1", "rule": "same e-mail",
         "probability": 1.0, "explanation": said},
    ]  # fmt: skip


def test_where_nothing_is_new_nothing_is_done(empty_tables: Warehouse) -> None:
    with empty_tables.writer() as writer:
        add_records(writer, *TWO_SHOPS)
        first = link_identities(writer, "t", now=NOW)
        again = link_identities(writer, "t", now=NOW)
        assert again.skipped == "no record and no decision is new"
        assert (again.records, again.persons, again.links) == (first.records, first.persons, first.links)
        assert first.has_moved and link_identities(writer, "t", now=NOW, anew=True) == replace(
            first, has_moved=False
        )
        add_records(writer, {"record_id": "c:1", "email": "BEN@x.example"})
        assert link_identities(writer, "t", now=NOW).skipped is None
        assert people(writer)["c:1"] == people(writer)["b:2"]


def test_a_merchant_never_sees_the_records_of_another(empty_tables: Warehouse) -> None:
    with empty_tables.writer() as writer:
        add_records(writer, *TWO_SHOPS)
        add_records(writer, {"record_id": "z:1", "email": "ada.abel@gmail.com"}, tenant="other")
        link_identities(writer, "t", now=NOW)
        before = people(writer)
        assert link_identities(writer, "other", now=NOW).links == 0
        assert people(writer) == before
        with pytest.raises(ConfigError, match="no person"):
            members(writer, "other", "person of a:1")


def test_what_was_split_stays_apart_and_what_is_joined_again_is_as_before(empty_tables: Warehouse) -> None:
    with empty_tables.writer() as writer:
        add_records(writer, *TWO_SHOPS)
        link_identities(writer, "t", now=NOW)
        before = people(writer)
        split(writer, "t", "person of a:1", ["b:1"], by="owner@shop.example", now=NOW)
        assert link_identities(writer, "t", now=NOW).persons == 3
        assert people(writer) == {}
        assert [m.record_id for m in members(writer, "t", "person of b:1")] == ["b:1"]
        join(writer, "t", "person of a:1", "person of b:1", by="owner@shop.example", now=NOW)
        link_identities(writer, "t", now=NOW)
        assert people(writer) == before
        found = members(writer, "t", "person of a:1")
        assert [(member.rule, member.contact["email"]) for member in found] == [
            ("first record", "Ada.Abel@gmail.com"), ("decided", "adaabel+shop@googlemail.com"),
        ]  # fmt: skip
        assert "gmail" not in repr(found)
        told = writer.fetch(
            "select decision, decided_by from raw.fondaco__identity_decisions order by number"
        )
    assert told.to_pylist() == [
        {"decision": "apart", "decided_by": "owner@shop.example"},
        {"decision": "same", "decided_by": "owner@shop.example"},
    ]


def test_a_wrong_decision_is_refused_with_what_to_do(empty_tables: Warehouse) -> None:
    with empty_tables.writer() as writer:
        add_records(writer, *TWO_SHOPS)
        link_identities(writer, "t", now=NOW)
        with pytest.raises(ConfigError, match="b:2 is no record of person"):
            split(writer, "t", "person of a:1", ["b:2"], by="me", now=NOW)
        with pytest.raises(ConfigError, match="nothing would be split"):
            split(writer, "t", "person of a:1", ["a:1", "b:1"], by="me", now=NOW)
        with pytest.raises(ConfigError, match="Name two persons"):
            join(writer, "t", "person of a:1", "person of a:1", by="me", now=NOW)
        assert writer.fetch("select * from raw.fondaco__identity_decisions").num_rows == 0
