from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.control import ConnectionRecord
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


@pytest.fixture
def folder_with_control_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose control database lies where its settings say, closed."""
    monkeypatch.setenv("FONDACO_CONTROL__URL", f"sqlite:///{tmp_path / 'elsewhere' / 'own.sqlite'}")
    with Project.create(tmp_path / "shop", name="Shop"):
        return tmp_path / "shop"


def test_a_control_database_elsewhere_is_watched_as_well(
    folder_with_control_elsewhere: Path, tmp_path: Path
) -> None:
    folder, database = folder_with_control_elsewhere, tmp_path / "elsewhere" / "own.sqlite"
    key = folder / ".fondaco" / "secret.key"
    aside = key.rename(tmp_path / "key")
    with Project.open(folder) as project, pytest.raises(ConfigError, match="is missing"):
        _ = project.control
    aside.rename(key)
    database.write_bytes(b"")
    with Project.open(folder) as project, pytest.raises(ConfigError, match=r"own\.sqlite is empty"):
        _ = project.control


@pytest.mark.slow
@pytest.mark.postgres
def test_a_key_is_not_replaced_while_a_control_database_on_a_server_has_connections(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_CONTROL__URL", postgres_url)
    key = tmp_path / "shop" / ".fondaco" / "secret.key"
    with Project.create(tmp_path / "shop", name="Shop"):
        key.unlink()
    with Project.open(tmp_path / "shop") as project:  # nothing is sealed yet, nothing is lost
        project.control.connections.add(
            project.tenant, ConnectionRecord("files", "files", "Files", "EUR", "Europe/Berlin", {})
        )
    key.unlink()
    with Project.open(tmp_path / "shop") as project, pytest.raises(ConfigError, match="is missing"):
        _ = project.control
    assert not key.exists()
