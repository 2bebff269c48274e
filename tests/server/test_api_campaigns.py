"""``/api/v1/campaigns``: the same figures as the page Marketing, for programs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch
from tests.server.pages.conftest import shop_folder
from tests.server.pages.marketing_book import marts

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

ASKED = "/api/v1/campaigns?from=2026-03-01&to=2026-03-31"


@pytest.fixture(scope="module")
def client(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("api")), clock=Watch()) as project:
        publish(project, **marts())  # type: ignore[arg-type]
        _, secret = project.control.tokens.create(project.tenant, "test")
        with TestClient(create_app(project), headers={"Authorization": f"Bearer {secret}"}) as client:
            yield client


def test_each_campaign_stands_with_what_is_told_of_it_and_its_figures(client: TestClient) -> None:
    answer: dict[str, Any] = client.get(ASKED).json()
    assert {name: answer[name] for name in ("from", "to", "currency")} == {
        "from": "2026-03-01", "to": "2026-03-31", "currency": "EUR",
    }  # fmt: skip
    first, *_ = answer["rows"]
    figures = first.pop("figures")
    assert first == {
        "campaign_id": "m:11", "platform": "meta_ads", "name": "Spring Sale & More", "account_name": "Aurora on Meta",
        "source_campaign_id": "11", "campaign_type": "outcome_sales", "status": "active", "payback_days": 0,
    }  # fmt: skip
    assert (figures["ad_spend"], figures["campaign_profit"], figures["attributed_orders"]) == (
        "50.000000",
        "40.000000",
        2,
    )


def test_orders_of_no_campaign_that_is_told_have_none(client: TestClient) -> None:
    rows = client.get(f"{ASKED}&platform=google_ads").json()["rows"]
    assert [row["campaign_id"] for row in rows] == ["g:21", "g:22", None]
    assert rows[-1]["name"] is None
    assert rows[-1]["figures"]["return_on_ad_spend"] is None


def test_the_file_holds_the_same_in_columns(client: TestClient) -> None:
    rows = list(csv.DictReader(client.get(f"{ASKED}&format=csv").text.splitlines()))
    assert [(row["name"], row["status"], row["campaign_profit"]) for row in rows][:2] == [
        ("Spring Sale & More", "active", "40.000000"), ("Brand", "active", "-20.000000"),
    ]  # fmt: skip


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    tag = client.get(ASKED).headers["etag"]
    assert client.get(ASKED, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("wrong", ["from=tomorrow", "colour=red", "from=2026-03-02&to=2026-03-01"])
def test_what_cannot_be_asked_is_refused(client: TestClient, wrong: str) -> None:
    assert client.get(f"/api/v1/campaigns?{wrong}").status_code == 422
