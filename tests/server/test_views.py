"""Saved views: any page with its filters, from the page's own form."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import OWNER
from tests.server.test_settings import browser_of, send, told

from fondaco.control import Role
from fondaco.orchestration import Project

VIEWER, ANALYST = "viewer@example.com", "analyst@example.com"


@pytest.fixture
def staffed(new_project: Project) -> Project:
    for email, role in ((ANALYST, Role.ANALYST), (VIEWER, Role.VIEWER)):
        new_project.control.users.create(new_project.tenant, email, role=role)
    return new_project


def listed(client: TestClient) -> list[tuple[str, str]]:
    """Name and address of the views in the side bar."""
    side = re.search(r'<nav class="kept".*?</nav>', client.get("/runs").text, re.S)
    links = re.findall(r'<li><a href="(.*?)".*?<span>(.*?)</span></a>', side[0], re.S) if side else []
    return [(name, html.unescape(address)) for address, name in links]


def test_a_view_leads_back_to_the_page_with_its_filters(owner: TestClient) -> None:
    answer = send(
        owner, "/views", name="Year", path="/", query="?range=last_year&compare=none&shop=caf%C3%A9+1"
    )
    assert answer.headers["location"] == "/?range=last_year&compare=none&shop=caf%C3%A9+1"
    assert listed(owner) == [("Year", "/?range=last_year&compare=none&shop=caf%C3%A9+1")]


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/nowhere",
        "/\\evil",
        "/login/link/abc",
        "/customers.csv",
        "/api/v1/openapi.json",
    ],
)
def test_a_view_of_another_place_is_refused(owner: TestClient, path: str) -> None:
    answer = send(owner, "/views", name="Bad", path=path)
    assert answer.headers["location"] == "/settings/views"
    assert told(owner, answer).startswith("bad: What is to be saved is not the address of a page.")
    assert listed(owner) == []


def test_analysts_share_views_with_everyone_and_viewers_keep_them_for_themselves(staffed: Project) -> None:
    analyst, viewer, owner = (browser_of(staffed, one) for one in (ANALYST, VIEWER, OWNER))
    assert send(viewer, "/views", name="Mine", path="/runs", shared="true").status_code == 403
    assert send(viewer, "/views", name="Mine", path="/runs").status_code == 303
    assert send(analyst, "/views", name="Ours", path="/runs", shared="true").status_code == 303
    assert listed(viewer) == [("Mine", "/runs"), ("Ours", "/runs")]
    assert listed(owner) == [("Ours", "/runs")]


def test_what_an_analyst_shared_is_not_shared_by_a_viewer(staffed: Project) -> None:
    analyst, owner = browser_of(staffed, ANALYST), browser_of(staffed, OWNER)
    send(analyst, "/views", name="Ours", path="/runs", shared="true")
    sharing = staffed.control.users.find(ANALYST)
    assert sharing is not None
    staffed.control.users.set_role(staffed.tenant, sharing.user_id, Role.VIEWER)
    assert listed(owner) == []
    assert listed(analyst) == [("Ours", "/runs")]


def test_a_view_is_renamed_and_deleted_by_its_owner(staffed: Project) -> None:
    owner, analyst = browser_of(staffed, OWNER), browser_of(staffed, ANALYST)
    send(owner, "/views", name="One", path="/runs", shared="true")
    (shown,) = staffed.control.views.visible_to(staffed.tenant, 1)
    number = shown.view.view_id
    assert told(analyst, send(analyst, f"/views/{number}", name="Mine")).startswith(
        "bad: There is no such view"
    )
    assert told(analyst, send(analyst, f"/views/{number}/remove")).startswith("bad: There is no such view")
    assert told(owner, send(owner, f"/views/{number}", name="Two")) == "good: The view is changed."
    assert listed(owner) == [("Two", "/runs")]
    assert listed(analyst) == []
    assert told(owner, send(owner, f"/views/{number}/remove")) == "good: The view is deleted."
    assert listed(owner) == []


def test_a_view_without_a_name_is_refused_in_words(owner: TestClient) -> None:
    said = told(owner, send(owner, "/views", path="/runs", name=" "))
    assert said == "bad: The name of the view has 0 characters. Give it a name of one to 60 characters."
