"""One run as a whole: what it publishes, and what keeps it from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.parsed import give_built

from fondaco.errors import FatalError
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.progress import Event
from fondaco.warehouse import dbt


def test_what_a_check_finds_fails_the_run_before_anything_is_published(tmp_path: Path) -> None:
    fault = FatalError("A line was lost.", "Report this.")
    told: list[Event] = []

    def check() -> None:
        raise fault

    with Project.create(tmp_path / "shop") as project:
        outcome = run_pipeline(project, steps=("publish",), check=check, progress=told.append)
        assert (outcome.run.outcome, outcome.run.published, outcome.error) == ("failed", None, fault)
        assert (project.reader.version, told) == (None, [])


@pytest.mark.slow
def test_nothing_is_published_of_a_build_that_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise FatalError("A model broke.", "Report this.")

    with Project.create(tmp_path / "shop") as project:
        give_built(project.warehouse)
        with monkeypatch.context() as broken:
            broken.setattr(dbt, "build", fail)
            assert run_pipeline(project, steps=("build",)).run.outcome == "failed"
        refused = run_pipeline(project, steps=("publish",))
        assert (refused.run.outcome, project.reader.version) == ("failed", None)
        assert refused.error is not None and "--step build --step publish" in refused.error.remedy
        assert run_pipeline(project, steps=("build", "publish")).error is None
        assert project.reader.version is not None
