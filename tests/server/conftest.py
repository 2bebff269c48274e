"""A project with real control database and warehouse, and a browser-like client on its application."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app

OWNER = "owner@example.com"
PASSWORD = "a long enough password"


class Watch:
    """The project's clock; a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with an owner. Made once, because hashing a password takes its time."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "fondaco.toml").write_text(
        '[project]\nname = "Maison"\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\n', encoding="utf-8"
    )
    with Project.open(folder, clock=Watch()) as project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
    return folder


@pytest.fixture
def new_project(new_folder: Path, tmp_path: Path, watch: Watch) -> Iterator[Project]:
    """A project with an owner, and nothing connected, run or published."""
    shutil.copytree(new_folder, tmp_path, dirs_exist_ok=True)
    with Project.open(tmp_path, clock=watch) as project:
        yield project


@pytest.fixture
def stranger(new_project: Project) -> Iterator[TestClient]:
    """A browser that is not logged in."""
    with TestClient(create_app(new_project), follow_redirects=False) as client:
        yield client


def form_token(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, "the page has no form"
    return found[1]


def log_in(client: TestClient, email: str = OWNER, password: str = PASSWORD, **fields: str) -> Response:
    token = form_token(client.get("/login").text)
    return client.post("/login", data={"csrf": token, "email": email, "password": password, **fields})


@pytest.fixture
def owner(stranger: TestClient) -> TestClient:
    """A browser in which the owner has logged in."""
    assert log_in(stranger).status_code == 303
    return stranger
