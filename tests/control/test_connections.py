from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fondaco.control import ConnectionRecord, ControlPlane
from fondaco.errors import ConfigError
from fondaco.governance import Sealer

BERLIN = ConnectionRecord(
    "berlin", "shopify", "Berlin Shop", "EUR", "Europe/Berlin", {"shop": "berlin", "token": "shpat_hidden"}
)


def test_settings_come_back_as_they_were_and_stand_sealed_in_the_database(
    sqlite_plane: ControlPlane, tmp_path: Path
) -> None:
    sqlite_plane.connections.add("default", BERLIN)

    assert sqlite_plane.connections.settings("default", "berlin") == {
        "shop": "berlin",
        "token": "shpat_hidden",
    }
    sqlite_plane.close()
    assert b"shpat_hidden" not in b"".join(path.read_bytes() for path in tmp_path.glob("control.sqlite*"))


def test_another_key_does_not_open_the_settings(sqlite_plane: ControlPlane, tmp_path: Path) -> None:
    sqlite_plane.connections.add("default", BERLIN)
    (tmp_path / "secret.key").unlink()
    other = ControlPlane.open(f"sqlite:///{tmp_path / 'control.sqlite'}", Sealer.open(tmp_path, {}))

    with pytest.raises(ConfigError, match="do not open with this key"):
        other.connections.settings("default", "berlin")
    other.close()


def test_connecting_again_replaces_the_settings_and_keeps_the_states(plane: ControlPlane) -> None:
    plane.connections.add("default", BERLIN)
    plane.states.save("default", "berlin", "orders", cursor=datetime(2026, 3, 1, tzinfo=UTC))

    plane.connections.add(
        "default", ConnectionRecord("berlin", "shopify", "Berlin", "EUR", "Europe/Berlin", {"token": "new"})
    )

    assert plane.connections.settings("default", "berlin") == {"token": "new"}
    assert plane.states.get("default", "berlin", "orders").cursor == datetime(2026, 3, 1, tzinfo=UTC)


def test_an_id_is_not_taken_over_by_another_source(plane: ControlPlane) -> None:
    plane.connections.add("default", BERLIN)

    with pytest.raises(ConfigError, match="connection to shopify already"):
        plane.connections.add(
            "default", ConnectionRecord("berlin", "woocommerce", "B", "EUR", "Europe/Berlin", {})
        )


@pytest.mark.parametrize("name", ["", "Berlin", "a b", "../x", "-x", "x" * 64])
def test_ids_that_cannot_name_a_folder_are_refused(plane: ControlPlane, name: str) -> None:
    with pytest.raises(ConfigError):
        plane.connections.add("default", ConnectionRecord(name, "shopify", "S", "EUR", "UTC", {}))


def test_a_connection_with_missing_scopes_is_limited(plane: ControlPlane) -> None:
    plane.connections.add("default", BERLIN)

    plane.connections.note_check("default", "berlin", missing=("read_all_orders: older than 60 days",))
    assert plane.connections.get("default", "berlin").status == "limited"

    plane.connections.note_check("default", "berlin", refused="Shopify refused the token.")
    assert plane.connections.get("default", "berlin").status == "refused"

    plane.connections.note_check("default", "berlin")
    assert plane.connections.get("default", "berlin").status == "ready"


def test_removing_a_connection_forgets_its_states_and_what_is_remembered_of_it(plane: ControlPlane) -> None:
    plane.connections.add("default", BERLIN)
    plane.reconciliation.note_left_out("default", "berlin", {"USD": 3})
    plane.saved.put("default", "reconciled_all:berlin", {"on": "2026-03-01"})
    plane.saved.put("default", "reconciled_all:east_berlin", {"on": "2026-03-01"})
    plane.states.save("default", "berlin", "orders", history_complete=True)

    plane.connections.remove("default", "berlin")

    assert plane.connections.all("default") == []
    assert plane.states.all("default", "berlin") == []
    assert plane.reconciliation.seal("default").left_out == {}
    assert plane.saved.get("default", "reconciled_all:berlin") is None
    assert plane.saved.get("default", "reconciled_all:east_berlin") is not None
    with pytest.raises(ConfigError, match="no connection 'berlin'"):
        plane.connections.get("default", "berlin")


def test_saving_a_state_changes_only_what_is_given(plane: ControlPlane) -> None:
    plane.connections.add("default", BERLIN)
    cursor = datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC)
    plane.states.save("default", "berlin", "orders", cursor=cursor, slices_done=3)

    plane.states.save("default", "berlin", "orders", ids_compared_on=date(2026, 3, 2))

    state = plane.states.get("default", "berlin", "orders")
    assert (state.cursor, state.slices_done, state.ids_compared_on) == (cursor, 3, date(2026, 3, 2))
