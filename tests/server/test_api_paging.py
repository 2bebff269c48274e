"""Pages of figures: each row once, in every format, of one published state; and who asks too much is told so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from tests.published import publish

from fondaco.orchestration import Project
from fondaco.server.app import create_app

QUESTION = "/api/v1/metrics/query?metrics=net_sales,orders&by=country,channel&from=2026-03-01&to=2026-03-31&order_by=-orders"


def shop(orders: int) -> dict[str, list[dict[str, Any]]]:
    """Seven countries and channels, of which several have as many orders."""
    days = [
        {"clock": "finance", "sales_date": "2026-03-02", "connection_id": "a", "country": country,
         "channel": channel, "customer_type": "new", "is_filler": False, "net_sales": 10 * number, "orders": orders + number % 2}
        for number, (country, channel) in enumerate(
            [("DE", "web"), ("DE", "pos"), ("FR", "web"), (None, "web"), ("IT", "web"), ("IT", None), ("AT", "pos")]
        )
    ]  # fmt: skip
    return {"sales_daily": days}


@pytest.fixture
def api(new_project: Project) -> Iterator[TestClient]:
    publish(new_project, **shop(1))  # type: ignore[arg-type]
    _, secret = new_project.control.tokens.create(new_project.tenant, "test")
    with TestClient(create_app(new_project), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


def pages(api: TestClient, address: str) -> list[Response]:
    found = [api.get(address)]
    while "next" in found[-1].links:
        found.append(api.get(found[-1].links["next"]["url"]))
        assert len(found) < 20
    assert {page.status_code for page in found} == {200}
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_together_are_the_whole_answer(api: TestClient, limit: int) -> None:
    whole = api.get(QUESTION).json()
    assert whole["next"] is None and len(whole["rows"]) == 7
    found = pages(api, f"{QUESTION}&limit={limit}")
    assert [row for page in found for row in page.json()["rows"]] == whole["rows"]
    assert len(found) == -(-7 // limit)
    assert [page.json()["next"] is None for page in found] == [False] * (len(found) - 1) + [True]


def test_files_come_in_the_same_pages(api: TestClient) -> None:
    whole = api.get(f"{QUESTION}&format=csv").text.splitlines()
    found = [page.text.splitlines() for page in pages(api, f"{QUESTION}&format=csv&limit=3")]
    assert {page[0] for page in found} == {whole[0]}
    assert [line for page in found for line in page[1:]] == whole[1:]
    table = pq.read_table(io.BytesIO(api.get(f"{QUESTION}&format=parquet").content)).to_pylist()
    parts = pages(api, f"{QUESTION}&format=parquet&limit=3")
    assert [row for page in parts for row in pq.read_table(io.BytesIO(page.content)).to_pylist()] == table


def test_a_cursor_of_former_figures_is_refused(api: TestClient, new_project: Project) -> None:
    cursor = api.get(f"{QUESTION}&limit=3").json()["next"]
    publish(new_project, **shop(5))  # type: ignore[arg-type]
    answer = api.get(f"{QUESTION}&limit=3&cursor={cursor}")
    assert answer.status_code == 409
    assert answer.json()["error"] == {
        "what": "Other figures have been published since the page before.",
        "remedy": "Begin again without `cursor`.",
        "code": "conflict",
    }


def test_a_cursor_of_another_question_is_refused(api: TestClient) -> None:
    cursor = api.get(f"{QUESTION}&limit=3").json()["next"]
    answer = api.get(f"{QUESTION.replace('-orders', '-net_sales')}&cursor={cursor}")
    assert answer.status_code == 422
    assert "another question" in answer.json()["error"]["what"]
    # The size of a page is no part of the question.
    assert len(api.get(f"{QUESTION}&limit=2&cursor={cursor}").json()["rows"]) == 2


@pytest.mark.parametrize("cursor", ["x", "MQ", "YQpiCmM", "MjAyNgphCi0x"])
def test_what_is_no_cursor_is_refused(api: TestClient, cursor: str) -> None:
    answer = api.get(f"{QUESTION}&cursor={cursor}")
    assert answer.status_code == 422
    assert "is not a cursor" in answer.json()["error"]["what"]


def test_the_usual_and_the_largest_page_are_described_and_held(api: TestClient) -> None:
    [limit] = [
        each["schema"]
        for each in api.get("/api/v1/openapi.json").json()["paths"]["/api/v1/metrics/query"]["get"][
            "parameters"
        ]
        if each["name"] == "limit"
    ]
    assert (limit["default"], limit["minimum"], limit["maximum"]) == (10_000, 1, 100_000)
    assert api.get(f"{QUESTION}&limit=100000").status_code == 200
    refused = api.get(f"{QUESTION}&limit=100001")
    assert refused.status_code == 422
    assert "limit: Input should be less than or equal to 100000" in refused.json()["error"]["what"]
