"""One order: its page, and what is known of it."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.slow


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_an_order_shows_its_lines_and_what_became_of_them(reader: TestClient) -> None:
    page = words(reader.get("/orders/a:3").text)
    assert "Order #1003" in page
    assert "Sold 2 × Mug" in page
    assert "Returned 1 × Mug" in page
    assert "−€15.00" in page
    assert "2 Mar 2026, 09:00" in page  # eight in UTC is nine in Berlin
    assert "The shop reports no payments for this order." in page


def test_an_order_leads_back_to_its_day(reader: TestClient) -> None:
    assert 'href="/sales?from=2026-03-02&amp;to=2026-03-02"' in reader.get("/orders/a:3").text


def test_an_order_that_is_not_there_is_said_so(reader: TestClient) -> None:
    answer = reader.get("/orders/a:99")
    assert answer.status_code == 404
    assert "There is no order" in answer.text


def test_an_id_is_read_whole_whatever_it_holds(reader: TestClient) -> None:
    assert "There is no order &#39;a:#1/2&#39;" in reader.get("/orders/a:%231%2F2").text
