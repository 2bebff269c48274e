"""Behind a reverse proxy: who asks, and by which scheme. Nobody else is believed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.server.conftest import OWNER, PASSWORD, Watch, form_token

from fondaco.orchestration import Project
from fondaco.server.app import create_app
from fondaco.server.auth.throttle import PER_ADDRESS

READER, OTHER_READER = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def proxied(new_folder: Path, tmp_path: Path, watch: Watch) -> Iterator[Project]:
    """A project that trusts the proxies of one network."""
    folder = shutil.copytree(new_folder, tmp_path / "proxied")
    with (folder / "fondaco.toml").open("a", encoding="utf-8") as file:
        file.write('[server]\ntrusted_proxies = ["10.1.0.0/16"]\n')
    with Project.open(folder, clock=watch) as project:
        yield project


def _client(project: Project, peer: str, reader: str, scheme: str = "https") -> TestClient:
    """What reaches us from ``peer``, which says that it passes on for ``reader``."""
    return TestClient(
        create_app(project),
        client=(peer, 50000),
        headers={"X-Forwarded-For": reader, "X-Forwarded-Proto": scheme},
        follow_redirects=False,
    )


def _log_in(client: TestClient) -> Response:
    """As a browser that is on https with the proxy: it sends `Secure` cookies, which the test's client would not."""
    page = client.get("/login")
    cookie = page.headers["set-cookie"].partition(";")[0]
    fields = {"csrf": form_token(page.text), "email": OWNER, "password": PASSWORD}
    return client.post("/login", data=fields, headers={"Cookie": cookie})


def _tire(client: TestClient, address: str) -> None:
    """Let all attempts of an address fail."""
    throttle = client.app.state.site.throttle  # type: ignore[attr-defined]
    for n in range(PER_ADDRESS):
        throttle.attempt(f"{n}@example.com", address)


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3"])
def test_behind_a_trusted_proxy_that_ends_tls_cookies_stay_on_https(proxied: Project, peer: str) -> None:
    answer = _log_in(_client(proxied, peer, READER))
    assert answer.status_code == 303
    assert "Secure" in answer.headers.get_list("set-cookie")[0]
    assert "strict-transport-security" in answer.headers


def test_the_proxys_http_stays_http(proxied: Project) -> None:
    answer = _log_in(_client(proxied, "10.1.2.3", READER, scheme="http"))
    assert "Secure" not in answer.headers.get_list("set-cookie")[0]


@pytest.mark.parametrize("peer", ["10.2.0.1", "127.0.0.1"])
def test_nobody_else_is_believed(proxied: Project, peer: str) -> None:
    answer = _log_in(_client(proxied, peer, READER))
    assert "Secure" not in answer.headers.get_list("set-cookie")[0]
    assert "strict-transport-security" not in answer.headers
    client = _client(proxied, peer, READER)
    _tire(client, peer)
    assert _log_in(client).status_code == 429


def test_without_the_setting_no_proxy_is_believed(new_project: Project) -> None:
    answer = _log_in(_client(new_project, "127.0.0.1", READER))
    assert "Secure" not in answer.headers.get_list("set-cookie")[0]


def test_attempts_are_counted_by_the_readers_own_address(proxied: Project) -> None:
    client = _client(proxied, "10.1.2.3", READER)
    _tire(client, READER)
    assert _log_in(client).status_code == 429
    client.headers["X-Forwarded-For"] = OTHER_READER
    assert _log_in(client).status_code == 303


def test_what_a_reader_claims_before_the_proxy_is_not_believed(proxied: Project) -> None:
    client = _client(proxied, "10.1.2.3", f"{OTHER_READER}, {READER}, 10.1.9.9")
    _tire(client, READER)
    assert _log_in(client).status_code == 429
