"""What roles let people do, asked over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx2 as httpx
import pytest
import uvicorn
from fastapi import APIRouter, Depends
from tests.published import publish
from tests.server.conftest import OWNER, PASSWORD, form_token, log_in

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app
from fondaco.server.auth.roles import page_user

pytestmark = pytest.mark.slow

DAY = {"clock": "finance", "sales_date": "2026-03-30", "connection_id": "a", "is_filler": False}
FILES = ("/export/net_sales.csv", "/export/bridge.csv", "/reconciliation.csv")
PAGES = ("/", "/runs", "/reconciliation", "/overview/headline", "/definitions/net_sales")
ROLES = {Role.OWNER: OWNER, Role.ANALYST: "analyst@example.com", Role.VIEWER: "viewer@example.com"}
QUERY = "/api/v1/metrics/query?metrics=net_sales&from=2026-03-01&to=2026-03-31"

probe = APIRouter(dependencies=[Depends(page_user)])


@probe.post("/probe")
def change() -> str:
    """A route of a page that would change something, and says nothing of roles."""
    return "changed"


@pytest.fixture
def project(new_project: Project) -> Project:
    """Figures, and a user of every role."""
    for role, email in ROLES.items():
        if role is not Role.OWNER:
            new_project.control.users.create(new_project.tenant, email, role=role, password=PASSWORD)
    publish(new_project, sales_daily=[{**DAY, "net_sales": 10}])
    return new_project


@pytest.fixture
def url(project: Project) -> Iterator[str]:
    """The application on a free port of this machine."""
    app = create_app(project)
    app.include_router(probe)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        thread.join(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def _statuses(client: httpx.Client, method: str, *paths: str) -> set[int]:
    return {client.request(method, path).status_code for path in paths}


@pytest.mark.parametrize(
    ("role", "files", "changes"),
    [(Role.OWNER, 200, 200), (Role.ANALYST, 200, 403), (Role.VIEWER, 403, 403)],
    ids=["owner", "analyst", "viewer"],
)
def test_everyone_reads_analysts_take_files_and_owners_change(
    url: str, role: Role, files: int, changes: int
) -> None:
    with httpx.Client(base_url=url) as client:
        assert log_in(client, ROLES[role]).status_code == 303
        assert _statuses(client, "GET", *PAGES) == {200}
        assert _statuses(client, "GET", *FILES) == {files}
        assert _statuses(client, "POST", "/probe") == {changes}
        assert ('class="reads-only"' in client.get("/").text) == (files == 403)


def test_a_refusal_says_the_role_and_what_to_do(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        log_in(client, ROLES[Role.VIEWER])
        page = client.get("/export/net_sales.csv").text
    assert "Your role, viewer, may look at figures, but not take them away as files." in page
    assert "fondaco users role" in page


def test_a_viewer_still_sets_their_own_password_and_logs_out(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        log_in(client, ROLES[Role.VIEWER])
        token = form_token(client.get("/account/password").text)
        fields = {"csrf": token, "password": "another long password", "present": PASSWORD}
        assert client.post("/account/password", data=fields).status_code == 303
        token = form_token(client.get("/").text)
        assert client.post("/logout", data={"csrf": token}).headers["location"] == "/login"


def test_a_changed_role_holds_from_the_next_request_and_a_removed_user_is_out(
    url: str, project: Project
) -> None:
    users = project.control.users
    user = users.find(ROLES[Role.VIEWER])
    assert user is not None
    _, secret = project.control.tokens.create(project.tenant, "hers", user_id=user.user_id)
    bearer = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=url) as client:
        log_in(client, ROLES[Role.VIEWER])
        assert client.get(FILES[0]).status_code == 403
        users.set_role(project.tenant, user.user_id, Role.ANALYST)
        assert client.get(FILES[0]).status_code == 200
        assert client.get(QUERY, headers=bearer).status_code == 200
        users.remove(project.tenant, user.user_id)
        assert client.get("/").headers["location"] == "/login"
        assert client.get(QUERY, headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("role", "status"), [(None, 200), (Role.OWNER, 200), (Role.ANALYST, 200), (Role.VIEWER, 403)]
)
def test_a_token_may_do_what_its_user_may(url: str, project: Project, role: Role | None, status: int) -> None:
    user = project.control.users.find(ROLES[role]) if role else None
    of = user.user_id if user else None
    _, secret = project.control.tokens.create(project.tenant, "test", user_id=of)
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {secret}"}) as client:
        assert client.get(QUERY).status_code == 200
        answer = client.get(f"{QUERY}&format=csv")
        assert answer.status_code == status
        assert client.get(QUERY, headers={"Accept": "text/csv"}).status_code == status
        if status == 403:
            assert answer.json()["error"]["code"] == "forbidden"
