"""One run as a whole: what it publishes, and what keeps it from it."""

from __future__ import annotations

from pathlib import Path

from fondaco.errors import FatalError
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.progress import Event


def test_what_a_check_finds_fails_the_run_before_anything_is_published(tmp_path: Path) -> None:
    fault = FatalError("A line was lost.", "Report this.")
    told: list[Event] = []

    def check() -> None:
        raise fault

    with Project.create(tmp_path / "shop") as project:
        outcome = run_pipeline(project, steps=("publish",), check=check, progress=told.append)
        assert (outcome.run.outcome, outcome.run.published, outcome.error) == ("failed", None, fault)
        assert (project.reader.version, told) == (None, [])
