"""What every answer carries, and how files are kept."""

from __future__ import annotations

import gzip
import re

import pytest
from starlette.testclient import TestClient

from fondaco.orchestration import Project
from fondaco.server.app import create_app
from fondaco.server.assets import STATIC, Assets
from fondaco.server.headers import HEADERS

needs_assets = pytest.mark.skipif(
    not (STATIC / "vendor" / "tabler.min.css").is_file(), reason="the npm assets are not built (make assets)"
)


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/api/v1/health", "/static/app.css"])
def test_every_answer_forbids_inline_scripts_frames_and_other_hosts(stranger: TestClient, path: str) -> None:
    headers = stranger.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


def test_pages_are_not_kept_and_hold_no_inline_script_or_style(owner: TestClient) -> None:
    for path in ("/", "/runs"):
        answer = owner.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*src=)[^>]*>|<style|\sstyle=|\son[a-z]+=", answer.text)


def test_a_page_names_no_other_host(owner: TestClient) -> None:
    for path in ("/", "/runs", "/login"):
        assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", owner.get(path).text)


def test_a_file_is_kept_for_a_year_under_the_address_of_its_content(stranger: TestClient) -> None:
    address = Assets().url("app.css")
    answer = stranger.get(address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert stranger.get("/static/app.css").headers["cache-control"] == "no-cache"
    tag = answer.headers["etag"]
    assert stranger.get(address, headers={"if-none-match": tag}).status_code == 304


@needs_assets
def test_the_stylesheet_names_the_font_by_the_address_the_page_preloads(stranger: TestClient) -> None:
    assert Assets().url("vendor/inter-latin.woff2") in stranger.get("/static/app.css").text


@needs_assets
def test_a_file_is_sent_in_the_smallest_form_the_browser_takes(stranger: TestClient) -> None:
    sizes = {}
    for encoding in ("identity", "gzip", "br"):
        with stranger.stream(
            "GET", "/static/vendor/tabler.min.css", headers={"accept-encoding": encoding}
        ) as answer:
            sizes[encoding] = len(b"".join(answer.iter_raw()))
            assert answer.headers.get("content-encoding", "identity") == encoding
    assert sizes["br"] < sizes["gzip"] < sizes["identity"] / 5


def test_a_page_is_compressed(owner: TestClient) -> None:
    with owner.stream("GET", "/runs", headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
    assert b"Runs" in gzip.decompress(raw)


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "/etc/passwd", "nothing.css"])
def test_only_files_of_the_folder_are_given(stranger: TestClient, name: str) -> None:
    assert stranger.get(f"/static/{name}").status_code == 404


def test_the_answer_to_a_fault_is_guarded_too(new_project: Project) -> None:
    app = create_app(new_project)

    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError

    answer = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
