"""Each fault of the far side: the same tables as without it, or a record set aside with the reason. Never silence.

The models are a function of the raw tables, so the raw tables are compared; ``test_crash`` compares core and marts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import (
    KEPT_BY_BUILDS,
    Shops,
    Undisturbed,
    connected_project,
    differences,
    rows,
    standing_clock,
)

from fondaco.orchestration import RunOutcome, run_pipeline
from fondaco.simulator.faults import Fault

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(1800)]

HARMLESS = {
    "slow": Fault(name="slow", times=20, seconds=0.2),
    "server_error": Fault(name="server_error", times=6, chance=0.2),
    "storm": Fault(name="storm", times=6, chance=0.3, seconds=0.2),
    "cut": Fault(name="cut", times=6, chance=0.2),
    "duplicate_page": Fault(name="duplicate_page", times=4),
}


def raw(tables: dict[str, list[Any]], *left_out: str) -> dict[str, list[Any]]:
    """What was read, without what a build keeps."""
    left_out = (*left_out, *KEPT_BY_BUILDS)
    return {
        name: content for name, content in tables.items() if name.startswith("raw.") and name not in left_out
    }


def sync(project: Any) -> RunOutcome:
    return run_pipeline(project, steps=("sync",))


@pytest.mark.parametrize("name", HARMLESS)
def test_a_passing_fault_changes_nothing(
    name: str, moving_shops: Shops, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    with connected_project(tmp_path / "shop", moving_shops, standing_clock) as project:
        moving_shops.switch(HARMLESS[name])
        outcome = sync(project)
        happened = moving_shops.happened()
        moving_shops.switch()
        if (
            outcome.run.outcome == "partial"
        ):  # it outlasted our patience, said so, and is made good by the next run
            assert outcome.error is not None
            outcome = sync(project)

        assert outcome.error is None
        assert happened.get(name, 0) > 0
        assert differences(raw(rows(project, "raw")), raw(undisturbed.tables)) == {}


def test_a_new_field_is_kept_and_told_as_drift(
    moving_shops: Shops, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    with connected_project(tmp_path / "shop", moving_shops, standing_clock) as project:
        moving_shops.switch(Fault(name="new_field", times=5))
        outcome = sync(project)
        happened = moving_shops.happened()["new_field"]

        assert outcome.error is None
        assert happened > 0
        assert sum(stream.drifted for stream in outcome.streams) > 0
        with project.warehouse.writer() as writer:
            kept = sum(
                writer.fetch(f"select count(*) as n from {table} where _extra like '%loyalty_tier%'")["n"][
                    0
                ].as_py()
                for table in raw(undisturbed.tables)
                if not table.startswith("raw.fondaco__")
            )
        assert kept > 0


def test_a_malformed_record_is_set_aside_and_all_others_load(
    moving_shops: Shops, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    with connected_project(tmp_path / "shop", moving_shops, standing_clock) as project:
        moving_shops.switch(Fault(name="malformed_record", times=3))
        outcome = sync(project)
        happened = moving_shops.happened()["malformed_record"]

        assert outcome.error is None
        assert happened == 3
        with project.warehouse.writer() as writer:
            aside = writer.fetch("select reason, record from raw.fondaco__quarantine").to_pylist()
        # One of the three may have met a question that lands nothing; a bulk line takes its order's other lines along.
        assert len(aside) == sum(stream.quarantined for stream in outcome.streams) > 0
        assert all(row["reason"] and row["record"] for row in aside)
        for table, content in raw(rows(project, "raw"), "raw.fondaco__quarantine").items():
            assert set(map(repr, content)) <= set(map(repr, undisturbed.tables[table])), table


def test_a_changed_type_is_read_or_set_aside_but_never_lost(
    moving_shops: Shops, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    with connected_project(tmp_path / "shop", moving_shops, standing_clock) as project:
        moving_shops.switch(Fault(name="type_change", times=3))
        outcome = sync(project)

        assert outcome.error is None
        assert moving_shops.happened()["type_change"] == 3
        if sum(stream.quarantined for stream in outcome.streams) == 0:
            assert differences(raw(rows(project, "raw")), raw(undisturbed.tables)) == {}


def test_a_wrong_key_fails_its_connection_in_two_sentences_and_the_others_go_on(
    moving_shops: Shops, tmp_path: Path
) -> None:
    with connected_project(tmp_path / "shop", moving_shops, standing_clock) as project:
        woo = next(c for c in project.connections() if c.source == "woocommerce")
        settings = project.control.connections.settings("default", woo.connection_id)
        _put(project, woo, settings | {"consumer_secret": "cs_wrong"})

        outcome = sync(project)

        assert outcome.run.outcome == "failed"
        assert outcome.error is not None
        assert len(str(outcome.error).splitlines()) == 2
        assert "cs_wrong" not in str(outcome.error)
        by_connection = {(s.connection_id == woo.connection_id, s.outcome) for s in outcome.streams}
        assert (False, "success") in by_connection
        assert (False, "failed") not in by_connection
        assert (True, "failed") in by_connection


def test_a_vendor_that_is_down_gives_a_partial_run_and_the_next_one_catches_up(
    moving_shops: Shops, undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected_project(tmp_path / "shop", moving_shops, standing_clock) as project:
        moving_shops.switch(Fault(name="storm", path="/commercetools/", seconds=0))

        outcome = sync(project)

        assert outcome.run.outcome == "partial"
        assert {s.outcome for s in outcome.streams if s.connection_id == "cedar-home"} == {"partial"}
        moving_shops.switch()
        assert sync(project).error is None
        assert differences(raw(rows(project, "raw")), raw(undisturbed.tables)) == {}


def _put(project: Any, connection: Any, settings: dict[str, Any]) -> None:
    from fondaco.control import ConnectionRecord

    project.control.connections.add(
        "default",
        ConnectionRecord(
            connection.connection_id,
            connection.source,
            connection.name,
            connection.currency,
            connection.time_zone,
            settings,
        ),
    )
