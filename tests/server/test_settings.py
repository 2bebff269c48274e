"""Settings: what each role sees there and may do, and what a form answers."""

from __future__ import annotations

import html
import re

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.server.conftest import OWNER, PASSWORD, form_token, log_in, with_session

from fondaco.control import Role
from fondaco.control.connections import ConnectionRecord
from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.orchestration import Project
from fondaco.server.app import create_app
from fondaco.server.pages.settings_sections import SECTIONS

ANALYST, VIEWER = "analyst@example.com", "viewer@example.com"
SECRET_OF_THE_SHOP = "shpat_0123456789"


@pytest.fixture
def staffed(new_project: Project) -> Project:
    """A project with a user of each role and a shop."""
    for email, role in ((ANALYST, Role.ANALYST), (VIEWER, Role.VIEWER)):
        new_project.control.users.create(new_project.tenant, email, role=role)
    record = ConnectionRecord(
        "berlin", "shopify", "Berlin", "EUR", "Europe/Berlin", {"token": SECRET_OF_THE_SHOP}, ("read_orders",)
    )
    new_project.control.connections.add(new_project.tenant, record)
    return new_project


def browser_of(project: Project, email: str) -> TestClient:
    """A browser in which the user has logged in."""
    return with_session(TestClient(create_app(project), follow_redirects=False), project, email)


def send(client: TestClient, path: str, /, **fields: str) -> Response:
    token = form_token(client.get("/settings/account").text)
    return client.post(path, data={"csrf": token, **fields})


def told(client: TestClient, answer: Response) -> str:
    """What the page says to which the form led."""
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["location"]).text
    found = re.search(r'class="notice (\w+) said".*?<p>(.*?)</p>', page, re.S)
    assert found, "the page says nothing"
    return html.unescape(f"{found[1]}: {found[2]}")


def secret_on(page: str) -> str:
    found = re.search(r'id="secret"[^>]* value="([^"]+)"', page)
    assert found, "no secret is shown"
    return found[1]


def user_id(project: Project, email: str) -> int:
    user = project.control.users.find(email)
    assert user is not None
    return user.user_id


@pytest.mark.parametrize("email", [OWNER, ANALYST, VIEWER])
def test_every_section_is_there_for_every_role_before_anything_is_published(
    staffed: Project, email: str
) -> None:
    client = browser_of(staffed, email)
    assert client.get("/settings").headers["location"] == "/settings/account"
    answers = {one.name: client.get(one.address) for one in SECTIONS}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert all(SECRET_OF_THE_SHOP not in answer.text for answer in answers.values())
    assert client.get("/settings/nonsense").status_code == 404


def test_an_owner_invites_by_a_link_that_is_shown_once(staffed: Project) -> None:
    owner = browser_of(staffed, OWNER)
    answer = send(owner, "/settings/users", email="New@example.com", role="analyst")
    assert answer.headers["location"] == "/settings/users"
    page = owner.get("/settings/users").text
    link = secret_on(page)
    assert link.startswith("http://testserver/login/link/")
    assert 'id="secret"' not in owner.get("/settings/users").text
    guest = TestClient(create_app(staffed), follow_redirects=False)
    path = link.removeprefix("http://testserver")
    entered = guest.post(path, data={"csrf": form_token(guest.get(path).text)})
    assert entered.headers["location"] == "/account/password"
    added = staffed.control.users.find("new@example.com")
    assert added is not None and added.role is Role.ANALYST


def test_roles_are_changed_and_people_taken_away(staffed: Project) -> None:
    owner = browser_of(staffed, OWNER)
    number = user_id(staffed, ANALYST)
    answer = send(owner, f"/settings/users/{number}/role", role="owner")
    assert told(owner, answer) == "good: analyst is owner now."
    answer = send(owner, f"/settings/users/{number}/remove")
    assert told(owner, answer) == "good: analyst is gone; sessions ended: 0, tokens revoked: 0."
    assert staffed.control.users.find(ANALYST) is None


def test_the_last_owner_stays_and_it_is_said_what_to_do(staffed: Project) -> None:
    owner = browser_of(staffed, OWNER)
    number = user_id(staffed, OWNER)
    for path, fields in (("remove", {}), ("role", {"role": "viewer"})):
        said = told(owner, send(owner, f"/settings/users/{number}/{path}", **fields))
        assert said.startswith("bad: This is the only owner, and a project needs one. Make another")
    assert "The only owner cannot be taken away" in owner.get("/settings/users").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"email": VIEWER}, "bad: There is a user with that e-mail address already."),
        ({"email": "nobody"}, "bad: The e-mail address has no name, no @ or no domain."),
        ({"email": "a@example.com", "role": "king"}, "bad: That is no role. Choose one of owner,"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said(
    staffed: Project, fields: dict[str, str], said: str
) -> None:
    owner = browser_of(staffed, OWNER)
    assert told(owner, send(owner, "/settings/users", **fields)).startswith(said)
    assert len(staffed.control.users.all(staffed.tenant)) == 3


@pytest.mark.parametrize("email", [ANALYST, VIEWER])
def test_only_owners_do_anything_to_people(staffed: Project, email: str) -> None:
    client = browser_of(staffed, email)
    number = user_id(staffed, email)
    before = [(u.email, u.role) for u in staffed.control.users.all(staffed.tenant)]
    answers = [
        send(client, "/settings/users", email="x@example.com"),
        send(client, f"/settings/users/{number}/role", role="owner"),
        send(client, f"/settings/users/{user_id(staffed, OWNER)}/link"),
        send(client, f"/settings/users/{user_id(staffed, OWNER)}/remove"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert [(u.email, u.role) for u in staffed.control.users.all(staffed.tenant)] == before
    page = client.get("/settings/users").text
    assert "owner@example.com" not in page
    assert "<strong>owner</strong>" in page


def test_a_form_without_its_token_changes_nothing(staffed: Project) -> None:
    owner = browser_of(staffed, OWNER)
    paths = (
        "/settings/users",
        "/settings/tokens",
        "/settings/account/summary",
        "/settings/account/digest",
        "/views",
        "/search",
    )
    for path in paths:
        assert owner.post(path, data={"email": "x@example.com", "name": "x"}).status_code == 403
    assert len(staffed.control.users.all(staffed.tenant)) == 3
    assert staffed.control.tokens.all(staffed.tenant) == []


def test_a_token_is_shown_once_reads_the_api_and_is_revoked(staffed: Project) -> None:
    viewer = browser_of(staffed, VIEWER)
    assert send(viewer, "/settings/tokens", name="My sheet").status_code == 303
    secret = secret_on(viewer.get("/settings/tokens").text)
    page = viewer.get("/settings/tokens").text
    assert secret not in page and "My sheet" in page
    bearer = {"Authorization": f"Bearer {secret}"}
    assert viewer.get("/api/v1/runs", headers=bearer).status_code == 200
    (token,) = staffed.control.tokens.all(staffed.tenant)
    assert token.user_id == user_id(staffed, VIEWER)
    said = told(viewer, send(viewer, f"/settings/tokens/{token.token_id}/revoke"))
    assert said == f"good: Token {token.token_id} is invalid now."
    assert viewer.get("/api/v1/runs", headers=bearer).status_code == 401


def test_a_viewer_sees_and_revokes_no_tokens_but_their_own_and_an_owner_all(staffed: Project) -> None:
    token, secret = staffed.control.tokens.create(
        staffed.tenant, "of the analyst", user_id=user_id(staffed, ANALYST)
    )
    viewer, owner = browser_of(staffed, VIEWER), browser_of(staffed, OWNER)
    assert "of the analyst" not in viewer.get("/settings/tokens").text
    path = f"/settings/tokens/{token.token_id}/revoke"
    assert told(viewer, send(viewer, path)).startswith("bad: You have no valid token")
    assert staffed.control.tokens.verify(secret) is not None
    assert "of the analyst" in owner.get("/settings/tokens").text
    assert told(owner, send(owner, path)).startswith("good:")


def test_everyone_decides_for_themselves_about_the_weekly_summary(staffed: Project) -> None:
    viewer = browser_of(staffed, VIEWER)
    on = told(viewer, send(viewer, "/settings/account/summary", wanted="true"))
    assert on == "good: You get the summary of each week on the Monday after it."
    assert "Stop the weekly summary" in viewer.get("/settings/account").text
    off = told(viewer, send(viewer, "/settings/account/summary"))
    assert off == "good: You get no weekly summary any more."


def test_everyone_decides_for_themselves_about_the_morning_digest(staffed: Project) -> None:
    viewer = browser_of(staffed, VIEWER)
    path = "/settings/account/digest"
    assert told(viewer, send(viewer, path, wanted="due")) == (
        "good: You get the list of the day on mornings on which there is something to do."
    )
    assert '<option value="due" selected>' in viewer.get("/settings/account").text
    assert (
        told(viewer, send(viewer, path, wanted="always"))
        == "good: You get the list of the day every morning."
    )
    assert '<option value="always" selected>' in viewer.get("/settings/account").text
    assert told(viewer, send(viewer, path)) == "good: You get no morning digest any more."


def test_a_notice_is_for_the_one_who_sent_the_form(staffed: Project) -> None:
    owner, viewer = browser_of(staffed, OWNER), browser_of(staffed, VIEWER)
    app = create_app(staffed)
    owner.app = viewer.app = app
    assert send(owner, "/settings/tokens", name="mine").status_code == 303
    assert 'id="secret"' not in viewer.get("/settings/tokens").text


def test_definitions_hold_every_metric(owner: TestClient, new_project: Project) -> None:
    page = owner.get("/settings/definitions").text
    names = {metric.name for metric in new_project.metrics.metrics}
    assert set(re.findall(r'<li id="(\w+)" data-sought', page)) == names
    assert set(re.findall(r'<li id="customers-(\w+)" data-sought', page)) == set(CUSTOMER_FIGURES)


def test_the_schedule_says_when_the_next_runs_start(owner: TestClient) -> None:
    page = owner.get("/settings/schedule").text
    assert re.findall(r"<div>(\w{3} \d.*?)</div>", page) == [
        "Wed 1 Apr 2026, 02:00",
        "Thu 2 Apr 2026, 02:00",
        "Fri 3 Apr 2026, 02:00",
    ]


def test_a_password_logs_in_to_the_settings_that_were_asked_for(stranger: TestClient) -> None:
    assert stranger.get("/settings/shops").headers["location"] == "/login?next=%2Fsettings%2Fshops"
    assert log_in(stranger, OWNER, PASSWORD, next="/settings/shops").headers["location"] == "/settings/shops"


def test_mails_that_did_not_go_out_are_told_where_the_data_are_looked_after(
    owner: TestClient, new_project: Project
) -> None:
    fault = "The mail server refuses the mail (code 554)."
    value = {"week": "2026-W13", "mails": 1, "at": "2026-03-30T05:00:00Z", "faults": [fault]}
    new_project.control.saved.put(new_project.tenant, "weekly-summary/newest", value)
    assert fault in owner.get("/runs").text
    page = owner.get("/settings/schedule").text
    assert fault in page
    assert "1 mail of week 13, 30 Mar 2026, 07:00" in page
