"""The report as a page and as a file."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import OWNER
from tests.server.test_settings import browser_of

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.assets import STATIC

pytestmark = pytest.mark.slow

DAY = {
    "clock": "finance",
    "sales_date": "2026-02-10",
    "connection_id": "a",
    "is_filler": False,
    "country": "DE",
}


@pytest.fixture
def published(new_project: Project) -> Project:
    new_project.control.users.create(new_project.tenant, "viewer@example.com", role=Role.VIEWER)
    figures = {"gross_sales": "120.00", "discounts": "20.00", "net_sales": "100.00", "taxes": "19.00"}
    publish(
        new_project,
        sales_daily=[{**DAY, **figures, "total_sales": "119.00", "orders": 3}],
        connections=[{"reporting_currency": "EUR"}],
    )
    return new_project


def test_without_a_period_it_is_the_last_month_that_is_over(published: Project) -> None:
    page = browser_of(published, OWNER).get("/report").text
    assert "Sales report, February 2026" in page
    for text in ("€120.00", "−€20.00", "€100.00", "€19.00", "€119.00", "Germany", "Not compared yet"):
        assert text in page
    heights = re.findall(r'<rect class="now"[^>]* height="([0-9.]+)"', page)
    assert len([height for height in heights if height != "0.00"]) == 2  # one day sold, drawn for both widths
    assert "This period is not over yet." not in page


def test_a_period_is_chosen_by_address_and_a_wrong_one_refused_in_words(published: Project) -> None:
    client = browser_of(published, OWNER)
    assert "Sales report, Quarter 1, 2026" in client.get("/report?period=2026-Q1").text
    assert "This period is not over yet." in client.get("/report?period=2026").text
    refused = client.get("/report?period=2026-13")
    assert refused.status_code == 422
    assert "is no period of the calendar" in refused.text


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2031", "This period lies ahead: nothing is known of it yet."),
        (
            "2023",
            "Data begins 10 Feb 2026: nothing is known of this period, which is not the same as nothing sold.",
        ),
    ],
)
def test_a_period_of_which_nothing_is_known_says_so_and_shows_no_nought(
    published: Project, period: str, words: str
) -> None:
    page = browser_of(published, OWNER).get(f"/report?period={period}").text
    assert page.count(words) == 1
    assert "not over yet" not in page
    assert '<span class="big">–</span>' in page
    figures = page.partition('id="r-statement"')[2].partition('id="r-products"')[0]
    assert "€0.00" not in figures


def test_every_figure_on_it_opens_its_definition(published: Project) -> None:
    client = browser_of(published, OWNER)
    page = client.get("/report").text
    query = "range=custom&amp;from=2026-02-01&amp;to=2026-02-28"
    for name in ("net_sales", "discounts", "orders"):
        assert f'hx-get="/definitions/{name}?{query}"' in page
    assert client.get(f"/definitions/net_sales?{query.replace('&amp;', '&')}").status_code == 200


def test_before_anything_is_published_it_says_what_brings_it(owner: TestClient) -> None:
    page = owner.get("/report").text
    assert "Nothing is published yet" in page
    assert "fondaco run" in page


@pytest.mark.skipif(not (STATIC / "vendor" / "inter-latin.woff2").is_file(), reason="run `make assets`")
def test_who_may_take_figures_away_takes_the_pdf(published: Project) -> None:
    answer = browser_of(published, OWNER).get("/report.pdf?period=2026-02")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert 'filename="report_2026-02.pdf"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"%PDF-")
    viewer = browser_of(published, "viewer@example.com")
    assert viewer.get("/report").status_code == 200
    assert viewer.get("/report.pdf?period=2026-02").status_code == 403
