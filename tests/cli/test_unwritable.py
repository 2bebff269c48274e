"""A data folder on a disk that is mounted for reading, or that belongs to somebody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fondaco.orchestration import Project

pytestmark = pytest.mark.slow

# Root may write anywhere, unless it gives that up.
_AS_ANYBODY = (
    ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"] if os.geteuid() == 0 else []
)


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A project in whose data folder nothing can be written."""
    if _AS_ANYBODY and shutil.which("setpriv") is None:
        pytest.skip("root cannot give its rights up without setpriv")
    with Project.create(tmp_path / "shop") as project:
        data = project.data
    folders = [data, *(path for path in data.rglob("*") if path.is_dir())]
    modes = {path: path.stat().st_mode for path in (*folders, *(p for p in data.rglob("*") if p.is_file()))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    yield tmp_path / "shop"
    for path in folders:
        path.chmod(modes[path])


@pytest.fixture
def told(closed: Path) -> Callable[..., tuple[int, str, str]]:
    """Runs a command on it: exit code, output and errors."""

    def run(*words: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [*_AS_ANYBODY, sys.executable, "-m", "fondaco", "-C", str(closed), *words],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize("words", [("run",), ("serve", "--port", "0"), ("up", "--port", "0")])
def test_a_command_that_has_to_write_says_what_it_cannot_and_what_to_do(
    told: Callable[..., tuple[int, str, str]], words: tuple[str, ...]
) -> None:
    code, _, said = told(*words)
    what, remedy = said.splitlines()
    assert code == 1
    assert what.startswith("The data folder ") and what.endswith(" cannot be written to: Permission denied.")
    assert "FONDACO_HOME" in remedy


def test_doctor_reports_it_and_looks_at_all_the_rest(told: Callable[..., tuple[int, str, str]]) -> None:
    code, shown, said = told("doctor", "--offline")
    assert code == 1
    assert "✗ disk: The data folder " in shown and "✗ warehouse: " in shown and "published figures: " in shown
    what, remedy = said.splitlines()
    assert "checks failed: disk, " in what
    assert remedy.endswith("then run `fondaco doctor` again.")
