from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fondaco.control import ControlPlane, Role
from fondaco.control.users import Ended
from fondaco.errors import ConfigError


def test_a_right_password_gives_the_user_and_a_wrong_one_nobody(plane: ControlPlane) -> None:
    made = plane.users.create(
        "default", " Ana@Example.com ", role=Role.OWNER, password="correct horse battery"
    )

    assert plane.users.authenticate("ana@example.com", "correct horse battery").user_id == made.user_id
    assert plane.users.authenticate("ana@example.com", "wrong horse battery") is None
    assert plane.users.authenticate("nobody@example.com", "correct horse battery") is None


def test_a_user_without_password_cannot_log_in_by_password(plane: ControlPlane) -> None:
    plane.users.create("default", "ana@example.com", role=Role.VIEWER)

    assert plane.users.authenticate("ana@example.com", "") is None


def test_passwords_are_kept_as_argon2_and_short_ones_refused(plane: ControlPlane) -> None:
    made = plane.users.create("default", "ana@example.com", role=Role.OWNER, password="correct horse battery")

    assert plane.users.get(made.user_id).password_hash.startswith("$argon2id$")
    with pytest.raises(ConfigError, match="9 characters"):
        plane.users.set_password(made.user_id, "too short")


def test_an_address_belongs_to_one_user(plane: ControlPlane) -> None:
    plane.users.create("default", "ana@example.com", role=Role.OWNER)

    with pytest.raises(ConfigError) as refused:
        plane.users.create("default", "ANA@example.com", role=Role.VIEWER)
    assert "ana@" not in str(refused.value).lower()


@pytest.mark.parametrize("address", ["", "ana", "ana@", "@example.com", "a na@example.com"])
def test_what_is_no_address_is_refused(plane: ControlPlane, address: str) -> None:
    with pytest.raises(ConfigError):
        plane.users.create("default", address, role=Role.OWNER)


def test_a_login_link_works_once(plane: ControlPlane) -> None:
    user = plane.users.create("default", "ana@example.com", role=Role.ANALYST)
    secret = plane.users.create_login_link(user.user_id)

    first, second = plane.users.redeem_link(secret), plane.users.redeem_link(secret)

    assert first is not None
    assert (first.user_id, first.role) == (user.user_id, Role.ANALYST)
    assert second is None


def test_a_new_link_a_used_one_and_a_password_end_older_links(plane: ControlPlane) -> None:
    user = plane.users.create("default", "ana@example.com", role=Role.ANALYST)
    older, newer = (plane.users.create_login_link(user.user_id) for _ in range(2))
    assert plane.users.redeem_link(older) is None
    assert plane.users.redeem_link(newer) is not None
    waiting = plane.users.create_login_link(user.user_id)
    plane.users.set_password(user.user_id, "chosen by myself")
    assert plane.users.redeem_link(waiting) is None


def test_a_login_link_expires(plane: ControlPlane, clock: Any) -> None:
    user = plane.users.create("default", "ana@example.com", role=Role.OWNER)
    secret = plane.users.create_login_link(user.user_id, valid=timedelta(hours=1))

    clock.turn(timedelta(hours=1))

    assert plane.users.redeem_link(secret) is None


def test_a_session_lasts_until_it_expires_or_is_ended(plane: ControlPlane, clock: Any) -> None:
    user = plane.users.create("default", "ana@example.com", role=Role.OWNER)
    short = plane.sessions.create(user.user_id, valid=timedelta(hours=1))
    ended = plane.sessions.create(user.user_id, valid=timedelta(days=1))

    assert plane.sessions.user(short).user_id == user.user_id
    plane.sessions.end(ended)
    clock.turn(timedelta(hours=2))

    assert plane.sessions.user(short) is None
    assert plane.sessions.user(ended) is None


def test_a_new_password_ends_all_sessions(plane: ControlPlane) -> None:
    user = plane.users.create("default", "ana@example.com", role=Role.OWNER)
    session = plane.sessions.create(user.user_id, valid=timedelta(days=1))

    plane.users.set_password(user.user_id, "correct horse battery")

    assert plane.sessions.user(session) is None


def test_a_token_opens_its_scope_until_it_is_revoked(plane: ControlPlane, clock: Any) -> None:
    token, secret = plane.tokens.create("default", "spreadsheet")

    assert plane.tokens.verify(secret).token_id == token.token_id
    assert plane.tokens.verify(secret, scope="write") is None
    assert plane.tokens.verify(secret + "x") is None
    assert plane.tokens.all("default")[0].last_used_at == clock.now

    plane.tokens.revoke("default", token.token_id)
    assert plane.tokens.verify(secret) is None
    with pytest.raises(ConfigError, match="no valid token"):
        plane.tokens.revoke("default", token.token_id)


def test_a_removed_user_is_out_at_once_and_their_tokens_are_revoked(plane: ControlPlane) -> None:
    plane.users.create("default", "owner@example.com", role=Role.OWNER)
    ana = plane.users.create(
        "default", "ana@example.com", role=Role.ANALYST, password="correct horse battery"
    )
    session = plane.sessions.create(ana.user_id, valid=timedelta(days=1))
    link = plane.users.create_login_link(ana.user_id)
    hers, her_secret = plane.tokens.create("default", "hers", user_id=ana.user_id)
    _, nobodys_secret = plane.tokens.create("default", "nobody's")

    assert plane.users.remove("default", ana.user_id) == Ended(sessions=1, tokens=1)

    assert [user.email for user in plane.users.all("default")] == ["owner@example.com"]
    assert plane.sessions.user(session) is None
    assert plane.users.redeem_link(link) is None
    assert plane.users.authenticate("ana@example.com", "correct horse battery") is None
    assert plane.tokens.verify(her_secret) is None
    assert plane.tokens.verify(nobodys_secret) is not None
    assert [(t.token_id, t.user_id) for t in plane.tokens.all("default") if t.revoked_at] == [
        (hers.token_id, None)
    ]


def test_the_last_owner_stays_an_owner(plane: ControlPlane) -> None:
    first = plane.users.create("default", "first@example.com", role=Role.OWNER)
    second = plane.users.create("default", "second@example.com", role=Role.VIEWER)
    with pytest.raises(ConfigError, match="only owner"):
        plane.users.remove("default", first.user_id)
    with pytest.raises(ConfigError, match="only owner"):
        plane.users.set_role("default", first.user_id, Role.VIEWER)

    plane.users.set_role("default", second.user_id, Role.OWNER)
    plane.users.remove("default", first.user_id)

    assert [(user.email, user.role) for user in plane.users.all("default")] == [
        ("second@example.com", Role.OWNER)
    ]


def test_another_tenants_user_is_out_of_reach(plane: ControlPlane) -> None:
    plane.tenants.put("other", name="Other", currency="EUR", time_zone="UTC")
    user = plane.users.create("other", "ana@example.com", role=Role.VIEWER)
    with pytest.raises(ConfigError, match="no such user"):
        plane.users.remove("default", user.user_id)
    with pytest.raises(ConfigError, match="no such user"):
        plane.users.set_role("default", user.user_id, Role.OWNER)


def test_no_secret_stands_in_the_database(sqlite_plane: ControlPlane, tmp_path: Path) -> None:
    user = sqlite_plane.users.create(
        "default", "ana@example.com", role=Role.OWNER, password="correct horse battery"
    )
    secrets = [
        sqlite_plane.users.create_login_link(user.user_id),
        sqlite_plane.sessions.create(user.user_id, valid=timedelta(days=1)),
        sqlite_plane.tokens.create("default", "spreadsheet")[1],
        "correct horse battery",
    ]
    sqlite_plane.close()

    kept = b"".join(path.read_bytes() for path in tmp_path.glob("control.sqlite*"))

    assert [secret for secret in secrets if secret.encode() in kept] == []
