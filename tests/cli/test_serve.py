"""Where the application is reached, as `fondaco users link` tells it: real processes, stopped in both ways."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.conftest import Fondaco

from fondaco.listening import listening
from fondaco.server.assets import STATIC

EMAIL = "ana@example.com"


def _link(fondaco: Fondaco, shop: Path, *options: object) -> str:
    """The address before the secret."""
    answer = fondaco("-C", shop, "users", "link", EMAIL, "--json", *options)
    return str(answer.json["login_link"]).partition("/login/link/")[0]


@pytest.fixture
def ana(fondaco: Fondaco, shop: Path) -> Path:
    """A project with a user."""
    assert fondaco("-C", shop, "users", "add", EMAIL).code == 0
    return shop


def test_a_link_leads_to_the_public_address_where_one_is_set(fondaco: Fondaco, ana: Path) -> None:
    with (ana / "fondaco.toml").open("a") as file:
        file.write('\n[server]\npublic_url = "https://figures.example.com/"\n')
    assert _link(fondaco, ana) == "https://figures.example.com"
    assert _link(fondaco, ana, "--port", 8123) == "http://127.0.0.1:8123", "a port that is named is meant"


@contextmanager
def _serving(shop: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server of its own process on a free port, once it is up."""
    if not (STATIC / "vendor" / "tabler.min.css").exists():
        if os.environ.get("CI"):
            pytest.fail("missing assets; run `make assets`")
        pytest.skip("missing assets; run `make assets`")
    command = [Path(sys.executable).with_name("fondaco"), "-C", shop, "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        try:
            address = url.removeprefix("http://").split(":")
            with socket.create_connection((address[0], int(address[1])), 60) as browser:
                browser.sendall(b"GET /login HTTP/1.0\r\n\r\n")
                assert browser.recv(12) == b"HTTP/1.1 200"
            yield url, server
        finally:
            server.kill()


@pytest.mark.slow
@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM])
def test_a_link_leads_to_the_server_that_runs_and_else_to_the_port_that_is_set(
    fondaco: Fondaco, ana: Path, way: signal.Signals
) -> None:
    assert _link(fondaco, ana) == "http://127.0.0.1:8000"
    with _serving(ana) as (url, server):
        assert _link(fondaco, ana) == url
        assert _link(fondaco, ana, "--port", "8123") == "http://127.0.0.1:8123"
        server.send_signal(way)
        server.wait(30)
        assert not (ana / ".fondaco" / "serving.json").exists()
    assert _link(fondaco, ana) == "http://127.0.0.1:8000"


@pytest.mark.slow
def test_what_a_killed_server_has_said_is_not_believed(fondaco: Fondaco, ana: Path) -> None:
    with _serving(ana) as (_, server):
        server.kill()
        server.wait(30)
        assert (ana / ".fondaco" / "serving.json").exists()
    assert _link(fondaco, ana) == "http://127.0.0.1:8000"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"url": 5}', '{"url": "http://127.0.0.1:x"}', "\0"])
def test_a_broken_word_of_a_server_is_not_believed(fondaco: Fondaco, ana: Path, content: str) -> None:
    (ana / ".fondaco" / "serving.json").write_text(content)
    assert _link(fondaco, ana) == "http://127.0.0.1:8000"


def test_an_answer_is_sent_without_waiting_for_its_first_part_to_be_confirmed() -> None:
    """Only of a socket that is said to be TCP does asyncio switch off the waiting, which takes 40 ms an answer."""
    with listening("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
