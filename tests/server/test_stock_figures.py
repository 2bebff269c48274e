"""Figures of stock wherever figures are told: their definition, their file, the API, and what rules may watch."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from starlette.testclient import TestClient
from tests.published import publish

from fondaco.orchestration import Project

MAIN = {"connection_id": "aurora", "location_id": "aurora:1", "location_name": "Main"}


@pytest.fixture
def stocked(owner: TestClient, new_project: Project) -> TestClient:
    publish(
        new_project,
        stock_items=[MAIN | {"variant_id": "aurora:v", "units": 45, "available": 45, "stock_value": 180, "sales_velocity": "1.5"}],
        stock_daily=[MAIN | {"stock_date": date(2026, 3, day), "units": 45, "stock_value": 100 + day} for day in (1, 2, 3)],
    )  # fmt: skip
    return owner


def _words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(page)))


def test_a_figure_of_now_is_told_without_a_period_and_without_a_course(stocked: TestClient) -> None:
    page = stocked.get("/definitions/stock_value?range=custom&from=2020-01-01&to=2020-01-31&against=year")
    assert page.status_code == 200
    words = _words(page.text)
    assert "Stock value As of now" in words
    assert "180" in words
    assert "Over time" not in words


def test_a_figure_of_a_period_has_its_course(stocked: TestClient) -> None:
    page = stocked.get("/definitions/average_stock_value?range=custom&from=2026-03-01&to=2026-03-03")
    assert "102" in _words(page.text)
    assert "Over time" in _words(page.text)
    file = stocked.get("/export/average_stock_value.csv?range=custom&from=2026-03-01&to=2026-03-03")
    assert file.text.splitlines()[1] == "2026-03-01,101.000000"


def test_the_file_of_a_figure_of_now_is_one_number(stocked: TestClient) -> None:
    assert stocked.get("/export/days_of_supply.csv").text.splitlines() == ["days_of_supply", "30.000000"]


def test_rules_watch_what_has_a_value_for_each_day(stocked: TestClient) -> None:
    page = stocked.get("/alerts/rules/new?kind=anomaly").text
    assert "average_stock_value" in page
    assert 'value="stock_value"' not in page
    assert "age_band" not in page
