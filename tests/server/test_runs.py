"""Runs & data health: what it says of shops."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch

from fondaco.clock import zone
from fondaco.control import Connection, ConnectionRecord
from fondaco.control.runs import RunResult, StreamResult
from fondaco.orchestration import Project
from fondaco.orchestration.connection_states import connection_states
from fondaco.server.numbers import Numbers
from fondaco.server.pages.health import freshness
from fondaco.server.site import Site


@pytest.fixture
def kiosk(new_project: Project, watch: Watch) -> Connection:
    """A shop whose connector is not installed any more, read until two hours ago."""
    record = ConnectionRecord("kiosk", "kiosk", "Kiosk", "EUR", "Europe/Berlin", {})
    connection = new_project.control.connections.add(new_project.tenant, record)
    new_project.control.states.save(
        new_project.tenant, "kiosk", "orders", cursor=watch.now - timedelta(hours=2)
    )
    return connection


def test_the_page_survives_a_shop_whose_connector_is_gone(owner: TestClient, kiosk: Connection) -> None:
    answer = owner.get("/runs")
    assert answer.status_code == 200
    assert "2 hours ago" in answer.text


STREAMS = ("deletions", "orders", "products")
UNREACHED = "Shopify could not be reached (ConnectError).\nCheck the address, then run `fondaco run`."
REFUSED = "Shopify refused the token.\nConnect it again."


@pytest.fixture
def aurora(new_project: Project) -> Connection:
    """A connected shop."""
    record = ConnectionRecord("aurora", "shopify", "Aurora", "EUR", "Europe/Berlin", {})
    return new_project.control.connections.add(new_project.tenant, record)


def _run(project: Project, watch: Watch, *errors: str | None, outcome: str = "partial", **of: str) -> None:
    """A run an hour later that published; one error, or none, for each of ``STREAMS``."""
    watch.forward(timedelta(hours=1))
    run = project.control.runs.start(project.tenant, kind="run", steps=("sync",))
    for stream, error in zip(STREAMS, errors, strict=False):
        result = StreamResult(of.get("shop", "aurora"), stream, outcome if error else "success", error=error)
        project.control.runs.add_stream(run.run_id, result)
    project.control.runs.finish(run.run_id, RunResult(outcome, "warn", published="v"))


def _shop(client: TestClient, name: str) -> str:
    """What Runs & data health says in a shop's row."""
    page = html.unescape(client.get("/runs").text)
    row = next(row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f'">{name}</a> ' in row)
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def test_a_shop_that_the_newest_run_could_not_reach_is_not_called_ready(
    owner: TestClient, new_project: Project, watch: Watch, aurora: Connection
) -> None:
    _run(new_project, watch, None, None, None)
    assert "Ready" in _shop(owner, "Aurora")
    _run(new_project, watch, UNREACHED, UNREACHED, UNREACHED)
    said = _shop(owner, "Aurora")
    assert "Ready" not in said
    assert (
        "Could not be reached at the last run, 31 Mar 2026, 13:00 (just now): Shopify could not be reached "
        "(ConnectError). Check the address, then run `fondaco run`. Not reached"
    ) in said
    _run(new_project, watch, None, None, None, shop="other")
    assert "(1 hour ago)" in _shop(owner, "Aurora"), "an import into another shop says nothing of this one"
    _run(new_project, watch, None, None, None)
    assert "Ready" in _shop(owner, "Aurora")


def test_the_api_and_the_command_line_say_the_same_of_a_shop_as_the_page(
    owner: TestClient, new_project: Project, watch: Watch, aurora: Connection
) -> None:
    _, token = new_project.control.tokens.create(new_project.tenant, "test")
    _run(new_project, watch, UNREACHED, UNREACHED, UNREACHED)
    (told,) = owner.get("/api/v1/connections", headers={"Authorization": f"Bearer {token}"}).json()
    assert (told["status"], told["fault"]) == ("not_reached", UNREACHED.replace("\n", " "))
    state = connection_states(new_project.control, new_project.tenant, [aurora])["aurora"]
    assert (state.status, state.fault, state.streams) == (told["status"], told["fault"], STREAMS)


def test_a_shop_that_refused_or_lacked_something_says_so(
    owner: TestClient, new_project: Project, watch: Watch, aurora: Connection
) -> None:
    _run(new_project, watch, REFUSED, REFUSED, REFUSED, outcome="failed")
    assert "(just now): Shopify refused the token. Connect it again. Not read" in _shop(owner, "Aurora")
    _run(new_project, watch, None, None, "Shopify answered 502.\nWait.")
    assert "Could not read products at the last run" in _shop(owner, "Aurora")
    assert "Partly read" in _shop(owner, "Aurora")


def test_a_check_after_the_run_has_the_last_word(
    owner: TestClient, new_project: Project, watch: Watch, aurora: Connection
) -> None:
    _run(new_project, watch, REFUSED, REFUSED, REFUSED, outcome="failed")
    watch.forward(timedelta(minutes=5))
    new_project.control.connections.note_check(new_project.tenant, "aurora")
    assert "Ready" in _shop(owner, "Aurora")


def test_a_permission_that_was_declined_is_named_once(
    owner: TestClient, new_project: Project, watch: Watch, aurora: Connection
) -> None:
    new_project.control.connections.note_check(new_project.tenant, "aurora", missing=("read_products",))
    _run(new_project, watch, None, None, REFUSED)
    said = _shop(owner, "Aurora")
    assert "read_products Limited" in said
    assert "at the last run" not in said


def test_overview_says_which_shop_was_not_reached_and_how_old_its_figures_are(
    owner: TestClient, new_project: Project, watch: Watch, aurora: Connection
) -> None:
    new_project.control.states.save(new_project.tenant, "aurora", "orders", cursor=watch.now)
    _run(new_project, watch, UNREACHED, UNREACHED, UNREACHED)
    notice = freshness(Site(new_project), Numbers("en_GB", "EUR", zone("Europe/Berlin"))).notice
    assert notice == (
        "Aurora could not be reached at the last run: its figures are those of 31 Mar 2026, 11:00."
    )


def test_every_run_there_was_is_in_the_history(owner: TestClient, new_project: Project) -> None:
    for _ in range(51):
        run = new_project.control.runs.start(new_project.tenant, kind="run", steps=["sync"])
        new_project.control.runs.finish(run.run_id, RunResult(outcome="ok", health="green"))
    first, second = (owner.get("/runs", params={"runs_sheet": number}).text for number in ("1", "2"))
    assert "1–50 of 51 runs" in first
    assert "51–51 of 51 runs" in second
    assert (
        f'"/runs/{run.run_id}"' in first
        and f'"/runs/{run.run_id}"' not in second.partition("History of runs")[2]
    )


def test_what_stock_data_says_that_cannot_be_is_told_with_what_to_do(
    owner: TestClient, new_project: Project
) -> None:
    assert "What stock data says" not in owner.get("/runs").text
    dozens = {"kind": "received_in_packs", "sku": "MUG", "told": "4", "against": "48"}
    publish(
        new_project,
        stock_findings=[
            dozens | {"subject": "P1", "found_date": date(2026, 3, 10)},
            dozens | {"subject": "P2", "found_date": date(2026, 3, 12)},
            {"kind": "unknown_article", "sku": "GHOST", "subject": "receipt r1", "told": "GHOST", "against": "=all"},
        ],
    )  # fmt: skip
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(owner.get("/runs").text)))
    assert "An article number that nobody sells there Correct the number" in page
    assert "a dozen is 12. 2 P2 MUG" in page
    file = owner.get("/runs/stock-findings.csv").text.splitlines()
    assert file[:2] == [
        "kind,subject,sku,found_date,told,against",
        "received_in_packs,P2,MUG,2026-03-12,4,48",
    ]
    assert file[3].endswith("'=all")
