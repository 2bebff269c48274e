"""Logging in and out, one-time links, and what keeps others out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import OWNER, PASSWORD, Watch, form_token, log_in

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.auth.sessions import token_for
from fondaco.server.auth.throttle import PER_ACCOUNT_AND_ADDRESS


@pytest.mark.parametrize(
    "path", ["/", "/runs", "/overview/headline", "/definitions/net_sales", "/account/password"]
)
def test_a_page_leads_a_stranger_to_the_log_in(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


def test_the_log_in_leads_back_to_where_one_came_from(stranger: TestClient) -> None:
    assert stranger.get("/runs?x=1").headers["location"] == "/login?next=%2Fruns%3Fx%3D1"
    assert log_in(stranger, next="/runs?x=1").headers["location"] == "/runs?x=1"


@pytest.mark.parametrize(
    "goal", ["https://evil.example", "//evil.example", "/\\evil.example", "", "javascript:1"]
)
def test_the_log_in_never_leads_to_another_site(stranger: TestClient, goal: str) -> None:
    assert log_in(stranger, next=goal).headers["location"] == "/"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: TestClient) -> None:
    cookie = log_in(stranger).headers.get_list("set-cookie")[0]
    assert cookie.startswith("fondaco_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_stays_on_https(new_project: Project) -> None:
    from fondaco.server.app import create_app

    client = TestClient(create_app(new_project), base_url="https://shop.example", follow_redirects=False)
    assert "Secure" in log_in(client).headers.get_list("set-cookie")[0]


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(stranger: TestClient) -> None:
    wrong = log_in(stranger, password="not the password")
    unknown = log_in(stranger, email="nobody@example.com")
    assert wrong.status_code == unknown.status_code == 401
    assert "wrong" in wrong.text
    assert wrong.text.replace(OWNER, "") == unknown.text.replace("nobody@example.com", "")
    assert "fondaco_session" not in stranger.cookies


@pytest.mark.slow
def test_after_eight_failures_even_the_right_password_waits(stranger: TestClient, watch: Watch) -> None:
    for _ in range(PER_ACCOUNT_AND_ADDRESS):
        assert log_in(stranger, password="guess").status_code == 401
    refused = log_in(stranger)
    assert refused.status_code == 429
    assert "Try again in 16 minutes" in refused.text or "Try again in 15 minutes" in refused.text
    watch.forward(timedelta(minutes=16))
    assert log_in(stranger).status_code == 303


def test_a_form_without_its_token_is_refused(stranger: TestClient) -> None:
    stranger.get("/login")
    answer = stranger.post("/login", data={"email": OWNER, "password": PASSWORD})
    assert answer.status_code == 403
    assert "expired or came from another site" in answer.text


def test_a_token_of_another_browser_is_refused(stranger: TestClient, new_project: Project) -> None:
    from fondaco.server.app import create_app

    other = TestClient(create_app(new_project), follow_redirects=False)
    token = form_token(other.get("/login").text)
    stranger.get("/login")
    answer = stranger.post("/login", data={"csrf": token, "email": OWNER, "password": PASSWORD})
    assert answer.status_code == 403


def test_a_form_posted_from_another_site_is_refused(stranger: TestClient) -> None:
    token = form_token(stranger.get("/login").text)
    answer = stranger.post(
        "/login",
        data={"csrf": token, "email": OWNER, "password": PASSWORD},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403


def test_a_cookie_that_a_neighbour_has_planted_opens_no_form(owner: TestClient) -> None:
    """Another site of the same host may set the cookie that forms of the log-in are bound to, and so knows its token."""
    owner.cookies.set("fondaco_gate", "planted")
    forged = owner.post(
        "/views", data={"csrf": token_for("planted"), "name": "theirs", "page": "/", "query": ""}
    )
    assert forged.status_code == 403


def test_links_that_nobody_made_keep_no_guest_out(stranger: TestClient, new_project: Project) -> None:
    token = form_token(stranger.get("/login").text)
    for number in range(PER_ACCOUNT_AND_ADDRESS + 1):
        assert stranger.post(f"/login/link/bogus{number}", data={"csrf": token}).status_code == 410
    user = new_project.control.users.create(new_project.tenant, "guest@example.com", role=Role.VIEWER)
    path = f"/login/link/{new_project.control.users.create_login_link(user.user_id)}"
    assert stranger.post(path, data={"csrf": token}).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/views/99999999999999999999999/remove", "/settings/users/99999999999999999999/role",
        "/settings/users/99999999999999999999/link", "/settings/tokens/99999999999999999999/revoke",
    ],
)  # fmt: skip
def test_a_number_that_no_record_has_is_refused(owner: TestClient, path: str) -> None:
    assert owner.post(path, data={"csrf": form_token(owner.get("/runs").text)}).status_code in (404, 422)


def test_logging_out_ends_the_session_on_the_server(owner: TestClient) -> None:
    secret = owner.cookies["fondaco_session"]
    token = form_token(owner.get("/runs").text)
    assert owner.post("/logout", data={"csrf": token}).headers["location"] == "/login"
    owner.cookies.set("fondaco_session", secret)
    assert owner.get("/runs").status_code == 303


def test_a_session_ends_by_itself(owner: TestClient, new_project: Project, watch: Watch) -> None:
    watch.forward(timedelta(hours=new_project.settings.server.session_hours, seconds=1))
    assert owner.get("/runs").status_code == 303


def test_a_part_of_a_page_sends_the_whole_browser_to_the_log_in(stranger: TestClient) -> None:
    answer = stranger.get("/overview/headline", headers={"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login"


def test_a_one_time_link_logs_in_once_and_asks_for_a_password(
    stranger: TestClient, new_project: Project
) -> None:
    users = new_project.control.users
    user = users.create(new_project.tenant, "new@example.com", role=Role.ANALYST)
    path = f"/login/link/{users.create_login_link(user.user_id)}"
    for _ in range(2):  # looking at it does not use it up
        token = form_token(stranger.get(path).text)
    entered = stranger.post(path, data={"csrf": token})
    assert entered.headers["location"] == "/account/password"
    page = stranger.get("/account/password")
    saved = stranger.post(
        "/account/password", data={"csrf": form_token(page.text), "password": "chosen by myself"}
    )
    assert saved.headers["location"] == "/"
    assert users.authenticate("new@example.com", "chosen by myself") is not None
    assert stranger.get("/runs").status_code == 200
    stranger.cookies.clear()
    again = stranger.post(path, data={"csrf": form_token(stranger.get(path).text)})
    assert again.status_code == 410
    assert "used already" in again.text


def test_a_new_password_needs_the_present_one_unless_one_came_by_a_link(
    owner: TestClient, stranger: TestClient, new_project: Project, watch: Watch
) -> None:
    def choose(client: TestClient, **fields: str) -> int:
        token = form_token(client.get("/account/password").text)
        return client.post(
            "/account/password", data={"csrf": token, "password": "another long one", **fields}
        ).status_code

    assert "Present password" in owner.get("/account/password").text
    assert (choose(owner), choose(owner, present="a wrong guess")) == (401, 401)
    assert new_project.control.users.authenticate(OWNER, PASSWORD) is not None
    assert choose(owner, present=PASSWORD) == 303

    def by_link() -> None:
        user = new_project.control.users.find(OWNER)
        assert user is not None
        path = f"/login/link/{new_project.control.users.create_login_link(user.user_id)}"
        stranger.cookies.clear()
        stranger.post(path, data={"csrf": form_token(stranger.get(path).text)})

    by_link()
    watch.forward(timedelta(minutes=16))
    assert choose(stranger) == 401
    by_link()
    assert choose(stranger) == 303


def test_a_link_that_is_too_old_is_refused(stranger: TestClient, new_project: Project, watch: Watch) -> None:
    users = new_project.control.users
    user = users.find(OWNER)
    assert user is not None
    path = f"/login/link/{users.create_login_link(user.user_id)}"
    watch.forward(timedelta(hours=25))
    assert stranger.post(path, data={"csrf": form_token(stranger.get(path).text)}).status_code == 410


def test_a_short_password_is_refused_with_the_reason(owner: TestClient) -> None:
    token = form_token(owner.get("/account/password").text)
    answer = owner.post("/account/password", data={"csrf": token, "password": "short", "present": PASSWORD})
    assert answer.status_code == 422
    assert "at least 10" in answer.text


def test_no_answer_shows_the_password_or_the_secret_of_a_session(stranger: TestClient) -> None:
    failed = log_in(stranger, password="my secret words")
    assert "my secret words" not in failed.text
    log_in(stranger)
    assert stranger.cookies["fondaco_session"] not in stranger.get("/runs").text


def test_a_form_token_that_is_no_ascii_is_a_forged_one(stranger: TestClient) -> None:
    stranger.get("/login")
    answer = stranger.post("/login", data={"csrf": "é", "email": "x", "password": "y"})
    assert answer.status_code == 403


def test_a_session_of_another_tenant_is_none_here(stranger: TestClient, new_project: Project) -> None:
    """Tenants may share a control database."""
    new_project.control.tenants.put("neighbour", name="Next door", currency="EUR", time_zone="UTC")
    neighbour = new_project.control.users.create("neighbour", "boris@example.com", role=Role.OWNER)
    secret = new_project.control.sessions.create(neighbour.user_id, valid=timedelta(hours=1))
    stranger.cookies.set("fondaco_session", secret)
    answer = stranger.get("/runs", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
