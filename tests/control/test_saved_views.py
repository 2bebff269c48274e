from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from fondaco.control import ControlPlane, Role
from fondaco.control.saved_views import AT_MOST
from fondaco.errors import ConfigError


@pytest.fixture
def ana(plane: ControlPlane) -> int:
    return plane.users.create("default", "ana@example.com", role=Role.ANALYST).user_id


@pytest.fixture
def ben(plane: ControlPlane) -> int:
    return plane.users.create("default", "ben@example.com", role=Role.VIEWER).user_id


def seen_by(plane: ControlPlane, user_id: int) -> list[tuple[str, str, str, bool]]:
    shown = plane.views.visible_to("default", user_id)
    return [(one.view.name, one.address, one.owner, one.is_own) for one in shown]


def test_one_sees_ones_own_views_first_then_those_that_others_share(
    plane: ControlPlane, ana: int, ben: int
) -> None:
    plane.views.save("default", ana, name="Year", path="/", query="range=last_year", is_shared=True)
    plane.views.save("default", ana, name="Secret", path="/", query="range=today")
    plane.views.save("default", ben, name="Runs", path="/runs")
    assert seen_by(plane, ben) == [
        ("Runs", "/runs", "ben", True),
        ("Year", "/?range=last_year", "ana", False),
    ]


def test_a_view_of_the_same_name_is_replaced(plane: ControlPlane, ana: int) -> None:
    plane.views.save("default", ana, name="Mine", path="/", query="range=today", is_shared=True)
    plane.views.save("default", ana, name="  Mine ", path="/runs")
    assert seen_by(plane, ana) == [("Mine", "/runs", "ana", True)]
    assert [one.view.is_shared for one in plane.views.visible_to("default", ana)] == [False]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("https://evil.example", ""),
        ("//evil.example", ""),
        ("/\\evil.example", ""),
        ("/a b", ""),
        ("/a?x=1", ""),
        ("", ""),
        ("/", "a=1#x"),
        ("/", "x" * 2001),
    ],
)
def test_only_an_address_of_a_page_is_kept(plane: ControlPlane, ana: int, path: str, query: str) -> None:
    with pytest.raises(ConfigError):
        plane.views.save("default", ana, name="Bad", path=path, query=query)
    assert seen_by(plane, ana) == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_view_needs_a_name_that_can_be_read(plane: ControlPlane, ana: int, name: str) -> None:
    with pytest.raises(ConfigError, match="characters"):
        plane.views.save("default", ana, name=name, path="/")


def test_nobody_changes_or_deletes_what_is_anothers(plane: ControlPlane, ana: int, ben: int) -> None:
    view = plane.views.save("default", ana, name="Year", path="/", is_shared=True)
    with pytest.raises(ConfigError, match="no such view of yours"):
        plane.views.change(ben, view.view_id, name="Stolen", is_shared=False)
    with pytest.raises(ConfigError, match="no such view of yours"):
        plane.views.remove(ben, view.view_id)
    assert seen_by(plane, ana) == [("Year", "/", "ana", True)]


def test_a_view_is_renamed_unless_the_name_is_taken(plane: ControlPlane, ana: int) -> None:
    first = plane.views.save("default", ana, name="One", path="/")
    plane.views.save("default", ana, name="Two", path="/runs")
    with pytest.raises(ConfigError, match="'Two' already"):
        plane.views.change(ana, first.view_id, name="Two", is_shared=False)
    plane.views.change(ana, first.view_id, name="Three", is_shared=True)
    assert seen_by(plane, ana) == [("Three", "/", "ana", True), ("Two", "/runs", "ana", True)]


def test_there_is_an_end_to_the_views_of_one_user(sqlite_plane: ControlPlane) -> None:
    user = sqlite_plane.users.create("default", "eve@example.com", role=Role.VIEWER).user_id
    for number in range(AT_MOST):
        sqlite_plane.views.save("default", user, name=f"View {number}", path="/")
    sqlite_plane.views.save("default", user, name="View 0", path="/runs")
    with pytest.raises(ConfigError, match=f"{AT_MOST} views"):
        sqlite_plane.views.save("default", user, name="One more", path="/")


def test_views_go_with_their_user(plane: ControlPlane, ana: int, ben: int) -> None:
    plane.users.create("default", "owner@example.com", role=Role.OWNER)
    plane.views.save("default", ana, name="Year", path="/", is_shared=True)
    plane.users.remove("default", ana)
    assert seen_by(plane, ben) == []
    with plane._database.reading() as session:
        assert session.scalar(text("select count(*) from saved_views")) == 0


@pytest.mark.parametrize(("before", "after"), [(None, {"n": 1}), ({"n": 0}, {"n": 1})])
def test_of_many_who_swap_a_saved_value_at_once_one_does(
    plane: ControlPlane, before: dict[str, int] | None, after: dict[str, int]
) -> None:
    if before is not None:
        plane.saved.put("default", "k", before)
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: plane.saved.swap("default", "k", before, after), range(6)))
    assert sorted(done) == [False] * 5 + [True]
    assert plane.saved.get("default", "k") == after
