"""`fondaco segments`: what people keep, counted and exported from the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pyarrow import parquet
from tests.activation.conftest import person, publish
from tests.cli.conftest import Fondaco

from fondaco.activation import parse_definition
from fondaco.orchestration import Project

RULE = {"kind": "attribute", "attribute": "country", "operator": "is", "values": ["DE"]}
ROWS = [["person_id", "email"], ["p1", "'=a@example.com"], ["p2", ""]]


@pytest.fixture
def kept(shop: Path) -> Path:
    """Three customers, two of them in the one segment that is kept."""
    with Project.open(shop) as project:
        people = [
            person("p1", country="DE", email="=a@example.com"),
            person("p2", country="DE"),
            person("p3"),
        ]
        publish(project.warehouse, {"customers": people})
        definition = parse_definition({"root": {"kind": "group", "rules": [RULE]}}).document()
        project.control.segments.create(project.tenant, name="Germans", definition=definition)
    return shop


def test_segments_are_listed_shown_and_counted_by_number_or_name(fondaco: Fondaco, kept: Path) -> None:
    (listed,) = fondaco("-C", kept, "segments", "list", "--json").json
    assert (listed["name"], listed["version"], listed["sentence"]) == (
        "Germans",
        1,
        "Customers whose country is DE.",
    )
    assert fondaco("-C", kept, "segments", "list", "--archived", "--json").json == []
    assert fondaco("-C", kept, "segments", "show", "1", "--json").json == {**listed, "versions": [1]}
    assert "Customers whose country is DE." in fondaco("-C", kept, "segments", "show", "Germans").out
    assert fondaco("-C", kept, "segments", "count", "Germans", "--json").json == {
        "segment_id": 1,
        "people": 2,
        "of": 3,
    }
    assert fondaco("-C", kept, "segments", "count", "1").out == "2 of 3 customers are in Germans.\n"


def test_a_condition_on_persons_is_printed_only_where_it_is_asked_for(fondaco: Fondaco, kept: Path) -> None:
    """What a console shows ends up in logs."""
    rule = {"kind": "attribute", "attribute": "email", "operator": "is", "values": ["a@example.com"]}
    with Project.open(kept) as project:
        definition = parse_definition({"root": {"kind": "group", "rules": [rule]}}).document()
        project.control.segments.create(project.tenant, name="Ada", definition=definition)
    masked = "Customers whose e-mail address is •••."
    assert fondaco("-C", kept, "segments", "list", "--json").json[0]["sentence"] == masked
    shown = fondaco("-C", kept, "segments", "show", "Ada", "--json").json
    assert (shown["sentence"], shown["definition"]) == (masked, None)
    assert masked in fondaco("-C", kept, "segments", "show", "Ada").out
    told = fondaco("-C", kept, "segments", "show", "Ada", "--contact", "--json").json
    assert told["definition"] == definition and "a@example.com" in told["sentence"]


def test_an_export_writes_the_file_and_the_audit_log(fondaco: Fondaco, kept: Path, tmp_path: Path) -> None:
    asked = ("-C", kept, "segments", "export", "Germans", "-c", "person_id", "-c", "email")
    file = tmp_path / "members.csv"
    assert fondaco(*asked, "--to", file).out == f"Wrote 2 customers to {file}.\n"
    with file.open(newline="", encoding="utf-8") as opened:
        assert list(csv.reader(opened)) == ROWS
    assert list(csv.reader(fondaco(*asked).out.splitlines())) == ROWS
    assert fondaco(*asked, "--json").json == [
        {"person_id": "p1", "email": "=a@example.com"},
        {"person_id": "p2", "email": None},
    ]
    table = tmp_path / "members.parquet"
    told = fondaco(*asked, "--to", table, "--json").json
    assert told == {"segment_id": 1, "rows": 2, "file": str(table)}
    assert parquet.read_table(table).to_pydict() == {
        "person_id": ["p1", "p2"],
        "email": ["=a@example.com", None],
    }
    with Project.open(kept) as project:
        entries = project.control.audit.recent(project.tenant)
    assert {(e.actor, e.action, e.subject, e.detail["rows"]) for e in entries} == {
        ("cli", "segment.export", "segment:1", 2)
    }
    assert [e.detail["format"] for e in entries] == ["parquet", "json", "csv", "csv"]


def test_a_segment_that_is_not_there_is_told(fondaco: Fondaco, kept: Path) -> None:
    answer = fondaco("-C", kept, "segments", "count", "Danes")
    assert (answer.code, answer.err.splitlines()) == (
        1,
        ["There is no segment 'Danes'.", "See all segments with `fondaco segments list`."],
    )
    assert fondaco("-C", kept, "segments", "count", "7").code == 1
