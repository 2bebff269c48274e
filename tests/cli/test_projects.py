from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest


def test_init_makes_a_project_that_the_doctor_finds_sound(fondaco: Any, shop: Path) -> None:
    answer = fondaco("-C", shop, "doctor", "--offline", "--json")

    assert answer.code == 0
    assert {row["subject"]: row["state"] for row in answer.json} == {
        "settings": "ok",
        "python": "ok",
        "disk": "ok",
        "control database": "ok",
        "warehouse": "ok",
        "schedule": "ok",
        "users": "warn",
        "published figures": "warn",
        "last run": "warn",
        "connections": "warn",
    }
    assert stat.S_IMODE((shop / ".fondaco").stat().st_mode) == 0o700


def test_init_does_not_touch_a_project_that_is_there(fondaco: Any, shop: Path) -> None:
    before = (shop / "fondaco.toml").read_text()

    answer = fondaco("init", shop, "--name", "Other")

    assert answer.code == 1
    assert len(answer.err.splitlines()) == 2
    assert (shop / "fondaco.toml").read_text() == before


@pytest.mark.parametrize("option", [("--timezone", "Europe/Atlantis"), ("--currency", "Euro")])
def test_init_with_a_wrong_value_writes_nothing(
    fondaco: Any, tmp_path: Path, option: tuple[str, str]
) -> None:
    answer = fondaco("init", tmp_path / "shop", *option)

    assert answer.code == 1
    assert len(answer.err.splitlines()) == 2
    assert not (tmp_path / "shop").exists()


def test_the_first_user_gets_a_link_that_works_once(fondaco: Any, tmp_path: Path) -> None:
    from fondaco.orchestration import Project

    link = fondaco("init", tmp_path / "shop", "--email", "ana@example.com", "--json").json["login_link"]

    secret = link.rpartition("/")[2]
    with Project.open(tmp_path / "shop") as project:
        assert project.control.users.redeem_link(secret).role == "owner"
        assert project.control.users.redeem_link(secret) is None


def test_fondaco_home_moves_the_data(fondaco: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONDACO_HOME", str(tmp_path / "elsewhere"))

    assert fondaco("init", tmp_path / "shop", "--json").code == 0

    assert (tmp_path / "elsewhere" / "control.sqlite").is_file()
    assert not (tmp_path / "shop" / ".fondaco").exists()


def test_users_and_tokens_are_made_listed_and_revoked(fondaco: Any, shop: Path) -> None:
    assert (
        fondaco("-C", shop, "users", "add", "ana@example.com", "--role", "analyst", "--json").json["role"]
        == "analyst"
    )
    assert [user["email"] for user in fondaco("-C", shop, "users", "list", "--json").json] == [
        "ana@example.com"
    ]

    made = fondaco("-C", shop, "tokens", "create", "sheet", "--json").json
    assert made["token"].startswith("fnd_")
    listed = fondaco("-C", shop, "tokens", "list", "--json")
    assert made["token"] not in listed.out
    writing = fondaco("-C", shop, "tokens", "create", "robot", "--write", "--json").json
    assert (made["scopes"], writing["scopes"]) == (["read"], ["read", "write"])
    assert fondaco("-C", shop, "tokens", "revoke", made["token_id"]).code == 0
    assert fondaco("-C", shop, "tokens", "revoke", made["token_id"]).code == 1


def test_a_user_is_taken_away_with_their_tokens_but_not_the_last_owner(fondaco: Any, shop: Path) -> None:
    fondaco("-C", shop, "users", "add", "owner@example.com", "--role", "owner")
    fondaco("-C", shop, "users", "add", "ana@example.com")
    fondaco("-C", shop, "tokens", "create", "sheet", "--user", "ana@example.com")
    assert [each["user"] for each in fondaco("-C", shop, "tokens", "list", "--json").json] == [
        "ana@example.com"
    ]

    last = fondaco("-C", shop, "users", "remove", "owner@example.com", "--yes")
    assert (last.code, last.err.splitlines()[0]) == (1, "This is the only owner, and a project needs one.")
    gone = fondaco("-C", shop, "users", "remove", "ana@example.com", "--yes", "--json")
    assert gone.json == {"removed": 2, "sessions_ended": 0, "tokens_revoked": 1}
    assert fondaco("-C", shop, "users", "remove", "ana@example.com", "--yes").code == 1
    assert [user["email"] for user in fondaco("-C", shop, "users", "list", "--json").json] == [
        "owner@example.com"
    ]


def test_a_role_is_changed_and_an_unknown_one_refused(fondaco: Any, shop: Path) -> None:
    fondaco("-C", shop, "users", "add", "ana@example.com")
    assert fondaco("-C", shop, "users", "role", "ana@example.com", "analyst").code == 0
    assert fondaco("-C", shop, "users", "list", "--json").json[0]["role"] == "analyst"
    assert fondaco("-C", shop, "users", "role", "ana@example.com", "king").code == 2


def test_the_doctor_names_the_remedy_for_a_wrong_key(fondaco: Any, shop: Path) -> None:
    (shop / ".fondaco" / "secret.key").chmod(0o644)

    answer = fondaco("-C", shop, "doctor", "--offline")

    assert answer.code == 1
    assert "chmod 600" in answer.out
    assert len(answer.err.splitlines()) == 2


def test_the_doctor_lists_every_setting_with_its_meaning(fondaco: Any) -> None:
    rows = fondaco("doctor", "--settings", "--json").json

    assert {
        "setting": "server.port",
        "default": 8000,
        "meaning": "Port to listen on; 0 takes a free one.",
    } in rows
    assert [row["setting"] for row in rows if not row["meaning"]] == []


def test_nothing_is_published_before_the_first_run(fondaco: Any, shop: Path) -> None:
    answer = fondaco("-C", shop, "sql", "select 1")

    assert answer.code == 1
    assert "fondaco run" in answer.err


def test_a_locked_warehouse_is_two_lines_and_no_run(fondaco: Any, shop: Path) -> None:
    from fondaco.orchestration import Project

    with Project.open(shop) as other, other.warehouse.writer():
        answer = fondaco("-C", shop, "run")

    assert answer.code == 1
    assert len(answer.err.splitlines()) == 2
    assert "writing to the warehouse" in answer.err
    assert fondaco("-C", shop, "runs", "--json").json == []
