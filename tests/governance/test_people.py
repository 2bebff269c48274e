from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fondaco.control import ControlPlane, Role
from fondaco.errors import ConfigError
from fondaco.governance import People, Permission, Sealer, may
from fondaco.governance.people import weekly_key


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[ControlPlane]:
    opened = ControlPlane.open(f"sqlite:///{tmp_path / 'control.sqlite'}", Sealer.open(tmp_path, {}))
    opened.tenants.put("default", name="Shop", currency="EUR", time_zone="UTC")
    opened.tenants.put("other", name="Next door", currency="EUR", time_zone="UTC")
    yield opened
    opened.close()


@pytest.fixture
def people(plane: ControlPlane) -> People:
    plane.users.create("default", "owner@example.com", role=Role.OWNER)
    return People(plane, "default", "user:1")


def written_down(plane: ControlPlane) -> list[tuple[str, str, str, dict[str, str]]]:
    entries = plane.audit.recent("default")
    return [(one.actor, one.action, one.subject, one.detail) for one in reversed(entries)]


def test_whatever_is_done_to_people_is_written_down_without_names(
    plane: ControlPlane, people: People
) -> None:
    user, secret = people.invite("Ana@Example.com ", Role.VIEWER)
    logged_in = plane.users.redeem_link(secret)
    assert logged_in is not None and logged_in.user_id == user.user_id
    people.give_role(user.user_id, Role.ANALYST)
    people.link(user.user_id)
    token, _ = people.create_token("sheet", user.user_id)
    people.revoke_token(token.token_id)
    people.remove(user.user_id)
    subject = f"user:{user.user_id}"
    assert written_down(plane) == [
        ("user:1", "user.add", subject, {"role": "viewer"}),
        ("user:1", "user.role", subject, {"role": "analyst"}),
        ("user:1", "user.link", subject, {}),
        ("user:1", "token.create", f"token:{token.token_id}", {}),
        ("user:1", "token.revoke", f"token:{token.token_id}", {}),
        ("user:1", "user.remove", subject, {}),
    ]


def test_what_is_refused_is_not_written_down(plane: ControlPlane, people: People) -> None:
    with pytest.raises(ConfigError, match="only owner"):
        people.remove(1)
    with pytest.raises(ConfigError, match="only owner"):
        people.give_role(1, Role.VIEWER)
    with pytest.raises(ConfigError, match="no valid token 7"):
        people.revoke_token(7)
    assert written_down(plane) == []


def test_a_user_of_another_tenant_gets_no_link(plane: ControlPlane, people: People) -> None:
    stranger = plane.users.create("other", "boris@example.com", role=Role.OWNER)
    with pytest.raises(ConfigError, match="no such user"):
        people.link(stranger.user_id)


def test_a_token_of_somebody_else_is_revoked_by_those_who_may_only(
    plane: ControlPlane, people: People
) -> None:
    user, _ = people.invite("ana@example.com", Role.ANALYST)
    theirs, secret = people.create_token("theirs", 1)
    with pytest.raises(ConfigError, match="You have no valid token"):
        people.revoke_token(theirs.token_id, of_user=user.user_id)
    assert plane.tokens.verify(secret) is not None
    people.revoke_token(theirs.token_id, of_user=1)
    assert plane.tokens.verify(secret) is None


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_token_says_what_it_is_for(people: People, name: str) -> None:
    with pytest.raises(ConfigError, match="Say what it is for"):
        people.create_token(name)


def test_a_number_that_is_given_out_again_brings_no_subscription_along(
    plane: ControlPlane, people: People
) -> None:
    user, _ = people.invite("ana@example.com", Role.VIEWER)
    plane.saved.put("default", weekly_key(user.user_id), {"wanted": True})
    people.remove(user.user_id)
    again, _ = people.invite("ben@example.com", Role.VIEWER)
    assert again.user_id == user.user_id
    assert plane.saved.get("default", weekly_key(again.user_id)) is None


def test_customers_are_for_owners_and_analysts() -> None:
    assert {role: may(role, Permission.PEOPLE) for role in Role} == {
        Role.OWNER: True,
        Role.ANALYST: True,
        Role.VIEWER: False,
    }
