"""Sales: what each state of its address shows."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31"


def rows(text: str) -> list[list[str]]:
    """Words of a panel's rows, cell by cell, as on a wide screen; drawings are left out."""
    text = re.sub(r'<div class="narrow-only">.*?</div>', "", text, flags=re.S)
    body = re.search(r'<div class="card-body flush".*?<tbody>(.*?)</tbody>', text, re.S)
    found = re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in found]
    return [
        [text for cell in row if (text := html.unescape(re.sub(r"<[^>]+>", "", cell)).strip())]
        for row in cells
    ]


def steps(text: str) -> dict[str, str]:
    """The chart's table: each step that has a figure other than nought."""
    found = re.findall(r'data-tick="[^"]*">(.*?)</th><td class="r" data-value="([^"]*)"', text, re.S)
    return {re.sub(r"<[^>]+>", "", label): value for label, value in found if value and float(value)}


def link(text: str, words: str) -> str:
    found = re.search(rf'<a[^>]* href="([^"]+)"[^>]*>{re.escape(words)}</a>', text)
    assert found, f"no link {words!r}"
    return html.unescape(found[1])


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_the_figure_is_of_the_period_and_stands_beside_the_month_before(reader: TestClient) -> None:
    text = reader.get(f"/sales/course?{MARCH}").text
    assert "€92" in text  # 40 + 60 − 15 + 7
    assert steps(text) == {
        "Mon 2 Mar 2026": "100.000000", "Thu 5 Mar 2026": "-15.000000", "Sun 29 Mar 2026": "7.000000"
    }  # fmt: skip
    assert "1 – 28 Feb 2026" in text


def test_from_all_years_down_to_the_hours_of_a_day_each_step_leads_into_itself(reader: TestClient) -> None:
    years = reader.get("/sales/course?from=2025-01-01&to=2026-03-31&compare=none").text
    assert steps(years) == {"2025": "100.000000", "2026": "92.000000"}
    months = reader.get(link(years, "2026").replace("/sales?", "/sales/course?")).text
    assert steps(months) == {"Mar 2026": "92.000000"}
    days = reader.get(link(months, "Mar 2026").replace("/sales?", "/sales/course?")).text
    assert list(steps(days)) == ["Mon 2 Mar 2026", "Thu 5 Mar 2026", "Sun 29 Mar 2026"]
    hours = reader.get(link(days, "Mon 2 Mar 2026").replace("/sales?", "/sales/course?")).text
    assert steps(hours) == {"09:00 – 09:59": "40.000000", "21:00 – 21:59": "60.000000"}
    assert query(link(hours, "21:00 – 21:59")) == {
        "range": "custom", "from": "2026-03-02", "to": "2026-03-02", "compare": "none", "hour": "21"
    }  # fmt: skip


def test_the_way_back_up_stands_above_a_drilled_day(reader: TestClient) -> None:
    page = reader.get("/sales?from=2026-03-02&to=2026-03-02").text
    up = {words: query(link(page, words)) for words in ("All years", "2026", "Mar 2026")}
    assert {words: (days["from"], days["to"]) for words, days in up.items()} == {
        "All years": ("2025-01-01", "2026-03-31"),
        "2026": ("2026-01-01", "2026-03-31"),
        "Mar 2026": ("2026-03-01", "2026-03-31"),
    }


def test_by_country_every_row_has_share_and_change_and_leads_to_itself_alone(reader: TestClient) -> None:
    text = reader.get(f"/sales/breakdown?{MARCH}&compare=previous_year").text
    assert rows(text) == [
        ["France", "€45.00", "48.9%", "–", "–"],
        ["Germany", "€40.00", "43.5%", "–", "–"],
        ["Unknown", "€7.00", "7.6%", "–", "–"],
    ]
    assert query(link(text, "France"))["country"] == "FR"
    assert query(link(text, "France"))["by"] == "shop"
    assert query(link(text, "Unknown"))["country"] == "~"


def test_a_condition_is_a_chip_that_can_be_removed_and_all_links_keep_it(reader: TestClient) -> None:
    page = reader.get(f"/sales?{MARCH}&country=DE&customer_type=returning").text
    assert "Country: Germany" in page
    assert "Customer type: Returning customers" in page
    without = re.search(r'href="([^"]+)"[^>]*aria-label="Remove Country: Germany"', page)
    assert without
    kept = query(html.unescape(without[1]))
    assert "country" not in kept
    assert kept["customer_type"] == "returning"
    course = reader.get(f"/sales/course?{MARCH}&country=DE").text
    assert "€40" in course
    assert query(link(course, "Mon 2 Mar 2026"))["country"] == "DE"


def test_rows_without_a_value_can_be_seen_alone(reader: TestClient) -> None:
    assert steps(reader.get(f"/sales/course?{MARCH}&country=~").text) == {"Sun 29 Mar 2026": "7.000000"}


def test_the_orders_add_up_to_the_figure_by_either_clock(reader: TestClient) -> None:
    """The return of 5 March belongs to an order of the 2nd."""
    fifth = reader.get("/sales/orders?from=2026-03-05&to=2026-03-05").text
    assert [(row[0], row[-2]) for row in rows(fifth)] == [("#1003", "−€15.00")]
    second = reader.get(
        "/sales/orders?from=2026-03-02&to=2026-03-02&clock=order&orders_order=-net_sales"
    ).text
    assert [(row[0], row[-2]) for row in rows(second)] == [("#1003", "€45.00"), ("#1002", "€40.00")]


def test_an_order_is_found_by_part_of_its_number(reader: TestClient) -> None:
    assert [row[0] for row in rows(reader.get(f"/sales/orders?{MARCH}&orders_find=004").text)] == ["#1004"]
    assert "No order number holds “x”" in reader.get(f"/sales/orders?{MARCH}&orders_find=x").text


def test_orders_are_listed_for_a_month_at_most(reader: TestClient) -> None:
    assert "Open a month or a day" in reader.get("/sales/orders?from=2026-01-01&to=2026-03-31").text


def test_a_metric_without_the_dimension_is_broken_down_by_one_that_it_has(reader: TestClient) -> None:
    text = reader.get(f"/sales/breakdown?{MARCH}&metric=refunds&by=product").text
    assert "By shop" in text
    assert ">Product</a>" not in text


def test_only_metrics_that_know_the_conditions_are_offered(reader: TestClient) -> None:
    page = reader.get(f"/sales?{MARCH}&product=Mug").text
    assert '<option value="units_sold"' in page
    assert '<option value="refunds"' not in page
    refused = reader.get(f"/sales?{MARCH}&product=Mug&metric=refunds")
    assert refused.status_code == 422


def test_people_are_not_given_shares_because_they_do_not_add_up(reader: TestClient) -> None:
    text = reader.get(f"/sales/breakdown?{MARCH}&metric=customers").text
    assert "Share" not in text
    assert [row[:2] for row in rows(text)] == [["France", "1"], ["Germany", "1"], ["Unknown", "1"]]


def test_the_file_holds_every_part_unrounded(reader: TestClient) -> None:
    answer = reader.get(f"/sales/breakdown.csv?{MARCH}&by=country")
    assert "net_sales_by_country_2026-03-01_2026-03-31_finance.csv" in answer.headers["content-disposition"]
    assert answer.text.splitlines() == [
        "country,net_sales,net_sales_compared", "FR,45.000000,0", "DE,40.000000,0", ",7.000000,0"
    ]  # fmt: skip


def test_the_definition_holds_the_same_conditions(reader: TestClient) -> None:
    assert "€40" in reader.get(f"/definitions/net_sales?{MARCH}&country=DE").text


@pytest.mark.parametrize(
    "wrong", ["metric=planet", "grain=decade", "shop=nowhere", "orders_order=colour", "parts_sheet=-1"]
)
def test_what_does_not_exist_is_refused_in_words(reader: TestClient, wrong: str) -> None:
    answer = reader.get(f"/sales?{wrong}")
    assert answer.status_code in (404, 422)
    assert "fault of Fondaco" not in answer.text


def test_before_anything_is_published_the_page_says_what_to_do(owner: TestClient) -> None:
    assert "Connect a shop to see its sales" in owner.get("/sales").text
