"""From settings to a kept connection."""

from __future__ import annotations

from typing import ClassVar

import pytest
from tests.orchestration.conftest import Stall

from fondaco.errors import ConfigError
from fondaco.governance.sealer import new_key
from fondaco.orchestration import Project, connecting
from fondaco.sources.source import SourceSettings


class StreetSettings(SourceSettings):
    street: str
    sign: str = "red"

    @property
    def shop_key(self) -> str:
        return self.street


class Chain(Stall):
    """A vendor all of whose shops have the same name."""

    name: ClassVar[str] = "chain"
    settings_type: ClassVar[type[SourceSettings]] = StreetSettings


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "source_type", lambda name: Chain)


def test_a_shop_that_is_said_to_have_moved_is_the_one_that_was_connected(project: Project) -> None:
    first, _ = connecting.connect(project, "chain", None, {"street": "north"})
    moved, _ = connecting.connect(project, "chain", None, {"street": "south"}, moved=True)
    assert moved.connection_id == first.connection_id
    assert project.control.connections.settings(project.tenant, first.connection_id)["street"] == "south"


def test_two_shops_of_one_name_are_not_taken_for_one(project: Project) -> None:
    first, _ = connecting.connect(project, "chain", None, {"street": "north"})
    with pytest.raises(ConfigError, match="another Stall shop, north") as refused:
        connecting.connect(project, "chain", None, {"street": "south"})
    assert "--name stall-2" in refused.value.remedy
    second, _ = connecting.connect(project, "chain", "stall-2", {"street": "south"})
    assert {first.connection_id, second.connection_id} == {"stall", "stall-2"}
    assert project.control.connections.settings("default", "stall")["street"] == "north"


def test_the_same_shop_can_be_connected_again_with_other_settings(project: Project) -> None:
    connecting.connect(project, "chain", None, {"street": "north"})
    again, _ = connecting.connect(project, "chain", None, {"street": "north", "sign": "green"})
    assert again.connection_id == "stall"
    assert project.control.connections.settings("default", "stall")["sign"] == "green"


def test_connecting_again_mends_settings_that_no_longer_open(project: Project) -> None:
    """The remedy that a lost key names; which shop was connected is not known any more."""
    connecting.connect(project, "chain", "stall", {"street": "north"})
    (key,) = project.settings.folder.rglob("secret.key")
    key.write_text(new_key() + "\n", encoding="ascii")
    with Project.open(project.settings.folder, clock=project.clock) as reopened:
        with pytest.raises(ConfigError, match="do not open with this key"):
            reopened.control.connections.settings("default", "stall")
        connecting.connect(reopened, "chain", "stall", {"street": "north"})
        assert reopened.control.connections.settings("default", "stall")["street"] == "north"
