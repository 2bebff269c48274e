"""Who closes the browser while a figure is worked out does not keep the database at work."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest
from fastapi import BackgroundTasks
from tests.published import publish
from tests.serving import served
from tests.warehouses.test_interrupting import SLOW

from fondaco.orchestration import Project
from fondaco.server.answers import Remembered
from fondaco.server.app import create_app
from fondaco.warehouse.interrupting import AbandonedError, interruptible, running

pytestmark = pytest.mark.slow


def test_the_statement_stops_with_its_reader_and_the_next_one_is_answered(new_project: Project) -> None:
    publish(new_project, orders=[{"order_id": "a:1"}])
    began, ended, outcomes = threading.Event(), threading.Event(), []
    app = create_app(new_project)

    def slow() -> str:
        began.set()
        try:
            new_project.reader.query(SLOW)
        except AbandonedError as error:
            outcomes.append(error.what)
            raise
        finally:
            ended.set()
        return "answered"

    app.add_api_route("/slow", slow)
    with served(app) as address:
        place = httpx.URL(address)
        with socket.create_connection((place.host, place.port)) as asking:
            asking.sendall(f"GET /slow HTTP/1.1\r\nHost: {place.host}\r\n\r\n".encode())
            assert began.wait(60)
        assert ended.wait(60), "the statement goes on"
        assert outcomes == ["The query was stopped: its reader has hung up."]
        assert httpx.get(f"{address}/login").status_code == 200


def test_what_is_done_after_the_answer_is_not_stopped(new_project: Project) -> None:
    publish(new_project, orders=[{"order_id": "a:1"}])
    found: list[int] = []
    app = create_app(new_project)

    def later() -> None:
        time.sleep(0.5)
        found.append(new_project.reader.query("select order_id from marts.orders").num_rows)

    def quick(tasks: BackgroundTasks) -> str:
        tasks.add_task(later)
        return "answered"

    app.add_api_route("/quick", quick)
    with served(app) as address:
        assert httpx.get(f"{address}/quick").status_code == 200
        deadline = time.monotonic() + 10
        while not found and time.monotonic() < deadline:
            time.sleep(0.05)
    assert found == [1]


def test_who_waits_for_the_same_answer_gets_it_although_the_first_hung_up() -> None:
    answers: Remembered[str] = Remembered(8)
    began, stopped = threading.Event(), threading.Event()

    def first() -> str:
        def work() -> str:
            with running(stopped.set):
                began.set()
                assert stopped.wait(5)
                raise AbandonedError

        with interruptible() as interruption:
            threading.Timer(0.3, interruption.stop).start()
            return answers.get("key", work)

    with ThreadPoolExecutor(2) as pool:
        gone = pool.submit(first)
        assert began.wait(5)
        other = pool.submit(answers.get, "key", lambda: "answer")
        with pytest.raises(AbandonedError):
            gone.result(5)
        assert other.result(5) == "answer"
