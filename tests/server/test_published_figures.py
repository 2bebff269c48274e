"""Published figures over the web: the currency that they were counted in, and the questions that the API takes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session

from fondaco.orchestration import Project
from fondaco.server.app import create_app

DAY = {"clock": "finance", "sales_date": "2026-03-30", "connection_id": "a", "is_filler": False}


@pytest.fixture(scope="module")
def counted_in_dollars(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Figures in USD, and settings that have said EUR since."""
    folder = shutil.copytree(new_folder, tmp_path_factory.mktemp("dollars") / "project")
    with Project.open(folder, clock=Watch()) as project:
        shop = {"connection_id": "a", "name": "A", "currency": "EUR", "reporting_currency": "USD"}
        publish(project, connections=[shop], sales_daily=[{**DAY, "net_sales": 1234}])
        yield project


def test_pages_label_figures_with_the_currency_they_were_counted_in(counted_in_dollars: Project) -> None:
    with TestClient(create_app(counted_in_dollars), follow_redirects=False) as client:
        with_session(client, counted_in_dollars)
        page, panel = client.get("/"), client.get("/overview/headline")
        assert 'data-currency="USD"' in page.text
        assert "Money in USD" in page.text
        assert "US$1,234" in panel.text
        assert "€" not in panel.text


def test_the_api_and_the_project_name_it_too(counted_in_dollars: Project) -> None:
    assert counted_in_dollars.currency == "USD"
    _, secret = counted_in_dollars.control.tokens.create(counted_in_dollars.tenant, "test")
    with TestClient(create_app(counted_in_dollars)) as client:
        address = "/api/v1/metrics/query?metrics=net_sales&from=2026-03-01&to=2026-03-31"
        answer = client.get(address, headers={"Authorization": f"Bearer {secret}"}).json()
    assert (answer["currency"], answer["rows"]) == ("USD", [{"net_sales": "1234.000000"}])


def test_before_anything_is_published_it_is_that_of_the_settings(new_project: Project) -> None:
    assert new_project.currency == "EUR"


def test_metrics_may_be_repeated_and_a_last_day_stand_alone(counted_in_dollars: Project) -> None:
    _, secret = counted_in_dollars.control.tokens.create(counted_in_dollars.tenant, "test")
    with TestClient(create_app(counted_in_dollars)) as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        listed, repeated, ending = (
            client.get(f"/api/v1/metrics/query?{question}").json()
            for question in (
                "metrics=net_sales,orders&to=2026-03-31",
                "metrics=net_sales&metrics=orders&to=2026-03-31",
                "metrics=net_sales&to=2020-01-30",
            )
        )
    assert repeated == listed
    assert repeated["metrics"] == ["net_sales", "orders"]
    assert (ending["from"], ending["to"]) == ("2020-01-01", "2020-01-30")
