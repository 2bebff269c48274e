from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.errors import ConfigError
from fondaco.orchestration import Project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a warehouse, closed."""
    with Project.create(tmp_path / "shop", name="Shop"):
        return tmp_path / "shop"


def test_an_emptied_control_database_is_not_taken_for_a_new_one(folder: Path) -> None:
    (folder / ".fondaco" / "control.sqlite").write_bytes(b"")
    with Project.open(folder) as project, pytest.raises(ConfigError, match="is empty"):
        _ = project.control


def test_a_lost_key_is_not_replaced(folder: Path) -> None:
    (folder / ".fondaco" / "secret.key").unlink()
    with Project.open(folder) as project, pytest.raises(ConfigError, match="is missing"):
        _ = project.control
    assert not (folder / ".fondaco" / "secret.key").exists()
