"""The examples do what they say, against a real server."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from tests.server.conftest import ADA, BO, CY, Watch

from fondaco.listening import listening
from fondaco.orchestration import Project
from fondaco.server.app import create_app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def served(known: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A running server; its address and a token stand in the environment."""
    listener = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(known), log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    monkeypatch.setenv("FONDACO_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.setenv("FONDACO_TOKEN", known.control.tokens.create(known.tenant, "example")[1])
    monkeypatch.syspath_prepend(str(EXAMPLES))
    yield known
    server.should_exit = True
    thread.join()
    sys.modules.pop("client", None)


def test_the_client_reads_page_after_page(served: Project) -> None:
    import os

    from client import Fondaco, FondacoApiError  # type: ignore[import-not-found]

    with Fondaco(os.environ["FONDACO_URL"], os.environ["FONDACO_TOKEN"]) as shop:
        assert [customer["person_id"] for customer in shop.customers(page=1)] == [ADA, BO, CY]
        assert shop.table("/customers", limit=1)["person_id"].to_pylist() == [ADA, BO, CY]
        assert shop.models()["mbg_nbd"]["is_used"]
        with pytest.raises(FondacoApiError, match="no segment") as refused:
            list(shop.customers(segment="Nope"))
        assert (refused.value.status, refused.value.code) == (404, "not_found")


def test_the_client_runs_as_a_program(served: Project, capsys: pytest.CaptureFixture[str]) -> None:
    import client  # type: ignore[import-not-found]

    client.main()
    assert f"{ADA}  120" in capsys.readouterr().out


def test_the_notebook_runs_from_its_first_cell_to_its_last(served: Project, watch: Watch) -> None:
    notebook = json.loads((EXAMPLES / "customers.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell, "customers.ipynb", "exec"), names)
    names["shop"].__exit__(None, None, None)  # type: ignore[attr-defined]
    months = names["months"]
    assert [row["month"] for row in months] == whole_months(3)  # type: ignore[attr-defined]
    calls = names["calls"]
    assert calls.column("person_id").to_pylist() == [BO]  # type: ignore[attr-defined]


def whole_months(count: int) -> list[str]:
    """The last months that are over, by the day on which each begins, the oldest first."""
    first = datetime.now(UTC).date().replace(day=1)
    months: list[str] = []
    while len(months) < count:
        first = (first - timedelta(days=1)).replace(day=1)
        months.insert(0, first.isoformat())
    return months
