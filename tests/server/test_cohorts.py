"""The page Cohorts and its file, and the API beside it, over cohorts that a run has found."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.jobs.rows import insert
from tests.published import publish
from tests.server.conftest import Watch, with_session

from fondaco.jobs.analysing import create_tables
from fondaco.jobs.cohorting import find_cohorts, write_cohorts
from fondaco.orchestration import Project
from fondaco.server.app import create_app

LAST = date(2026, 3, 5)


def orders(months: int) -> list[dict[str, Any]]:
    """In each month 25 customers of two countries come, 20 on the third and 5 on the tenth; a fifth of them buys again in
    each month after, for 20.00."""
    rows: list[dict[str, Any]] = []
    for cohort in range(months):
        year, month = divmod(2026 * 12 + 2 - cohort, 12)
        for person in range(25):
            first = date(year, month + 1, 3 if person < 20 else 10)
            if first > LAST:
                continue
            told = {
                "person_id": f"p{cohort}-{person}",
                "connection_id": "a",
                "country": "DE" if person % 2 else "FR",
                "channel": "web",
                "is_cancelled": False,
            }
            rows.append({**told, "order_date": first, "net_sales": 100})
            for later in range(1, cohort + 1):
                day = first + timedelta(days=int(30.44 * later) + 6)
                if (person + later) % 5 == 0 and day <= LAST:
                    rows.append({**told, "order_date": day, "net_sales": 20})
    return [{"order_id": f"o{number}", "order_sequence": number, **row} for number, row in enumerate(rows)]


def published(project: Project, months: int) -> None:
    """Publish what a run finds in so many months of customers."""
    shop = {"connection_id": "a", "name": "Aurora", "currency": "EUR", "reporting_currency": "EUR"}
    publish(project, connections=[shop])
    create_tables(project.warehouse)
    with project.warehouse.writer() as writer:
        insert(writer, "orders", [{"tenant_id": project.tenant, **row} for row in orders(months)])
        found = find_cohorts(writer, project.tenant, LAST)
        with writer.transaction():
            write_cohorts(writer, project.tenant, found)
        project.warehouse.publish()


@pytest.fixture(scope="module")
def two_years(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A thousand days of cohorts."""
    folder = shutil.copytree(new_folder, tmp_path_factory.mktemp("cohorts") / "project")
    with Project.open(folder, clock=Watch()) as project:
        published(project, 33)
        yield project


@pytest.fixture(scope="module")
def reader(two_years: Project) -> Iterator[TestClient]:
    with TestClient(create_app(two_years), follow_redirects=False) as client:
        yield with_session(client, two_years)


@pytest.fixture(scope="module")
def program(two_years: Project) -> Iterator[TestClient]:
    _, secret = two_years.control.tokens.create(two_years.tenant, "test")
    with TestClient(create_app(two_years)) as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        yield client


def heat(page: str) -> dict[str, list[tuple[str, str]]]:
    """By cohort, the cells of the heat map: state and what is read."""
    table = re.search(r'<table class="heat".*?</table>', page, re.DOTALL)
    assert table
    found = {}
    for row in re.findall(r"<tr class=.*?</tr>", table[0], re.DOTALL):
        month = re.search(r">([^<]+)</a>", row)
        assert month
        found[month[1]] = re.findall(r'<td class="heat-(\w+) s\d".*?><span[^>]*>([^<]*)</span>', row)
    return found


def test_the_heat_map_shows_what_was_seen_what_is_under_way_and_what_is_expected(reader: TestClient) -> None:
    page = reader.get("/cohorts")
    assert page.status_code == 200
    rows = heat(page.text)
    assert (len(rows), next(iter(rows)), [*rows][-1]) == (12, "Apr 2025", "Mar 2026")
    assert rows["Apr 2025"][:4] == [
        ("seen", "100.0%"),
        ("seen", "20.0%"),
        ("seen", "20.0%"),
        ("seen", "20.0%"),
    ]
    assert rows["Jan 2026"][:3] == [("seen", "100.0%"), ("partial", "20.0%"), ("forecast", "20.0%")]
    assert [state for state, _ in rows["Mar 2026"][:2]] == ["forecast", "forecast"]
    assert "20.0% so far: 20 of 25 customers have had this month whole" in page.text
    assert re.search(r"Forecast 20\.0%, likely \d", page.text)
    assert "No clear change" in page.text


def test_measures_add_up_to_the_value_of_a_customer(reader: TestClient) -> None:
    sales = heat(reader.get("/cohorts?measure=net_sales").text)["Apr 2025"]
    total = heat(reader.get("/cohorts?measure=cumulative").text)["Apr 2025"]
    assert [text for _, text in sales[:4]] == ["100", "4", "4", "4"]
    assert [text for _, text in total[:4]] == ["100", "104", "108", "112"]
    tile = re.search(
        r'id="tile-value_12".*?<div class="value">(.*?)</div>', reader.get("/cohorts").text, re.DOTALL
    )
    assert tile
    value = float(re.sub(r"<[^>]+>|€", "", tile[1]))
    assert value == pytest.approx(144, abs=1)  # 100 and eleven times 4, most of it forecast


def test_cohorts_are_held_against_those_of_whole_months_only(new_project: Project) -> None:
    published(new_project, 24)  # twelve cohorts, and twelve before them
    tile = r'id="tile-new_customers".*?<div class="was">(.*?)</div>'
    with TestClient(create_app(new_project), follow_redirects=False) as client:
        with_session(client, new_project)
        known = re.search(tile, client.get("/cohorts").text, re.DOTALL)
        assert known and "%" in known[1]
        first = {
            "tenant_id": new_project.tenant,
            "connection_id": "a",
            "is_filler": False,
            "sales_date": "2024-04-03",
        }
        with new_project.warehouse.writer() as writer:
            insert(writer, "sales_daily", [first])
            new_project.warehouse.publish()
        page = client.get("/cohorts").text
    unknown = re.search(tile, page, re.DOTALL)
    assert unknown and re.sub(r"<[^>]+>", "", unknown[1]) == "– Data begins 3 Apr 2024"
    assert ">Before</th>" not in page


def test_small_cohorts_are_not_compared(reader: TestClient) -> None:
    page = reader.get("/cohorts?by=country&value=FR").text
    assert "Fewer than two cohorts here have 20 customers: that is too little to compare." in page


def test_an_address_in_the_words_of_the_api_means_the_same(reader: TestClient) -> None:
    for query in ("by=country&value=FR", "dimension=country&value=FR"):
        page = reader.get(f"/cohorts?{query}").text
        assert "France, by the month of their first purchase" in page and "data-save-view " in page


def test_channels_are_called_as_on_an_order(reader: TestClient) -> None:
    assert "Web, by the month of their first purchase" in reader.get("/cohorts?by=channel").text


def test_links_keep_the_filters_and_the_chosen_cohort_is_followed(reader: TestClient) -> None:
    page = reader.get("/cohorts?measure=orders&by=country&value=FR&period=24&cohort=2025-01").text
    assert "The cohort of Jan 2025" in page
    assert "France, by the month of their first purchase" in page
    assert (
        "/cohorts?measure=orders&amp;by=country&amp;value=FR&amp;period=24&amp;cohort=2025-02#curve" in page
    )
    assert "/cohorts.csv?measure=orders&amp;by=country&amp;value=FR&amp;period=24&amp;cohort=2025-01" in page


def sides(page: str) -> list[str]:
    """Heads of the table of figures side by side."""
    table = re.search(r'<table class="rows sides">.*?</thead>', page, re.DOTALL)
    return re.findall(r'<th scope="col" class="r">([^<]+)</th>', table[0]) if table else []


def test_two_values_stand_beside_each_other_and_beside_all_customers(reader: TestClient) -> None:
    page = reader.get("/cohorts?by=country&value=FR&beside=DE&period=24&cohort=2025-06").text
    assert sides(page) == ["France", "Germany", "All customers"]
    assert "The cohorts of Jun 2025, side by side" in page
    lines = re.findall(r'data-line="(\w+)" data-label="([^"]+)"', page)
    assert lines == [("first", "France"), ("second", "Germany"), ("whole", "All customers")]
    table = page[page.index('class="chart-data') :]
    first = re.search(r'<th scope="row">Month 1</th>(.*?)</tr>', table, re.DOTALL)
    assert first
    assert re.findall(r'data-value="([^"]*)"[^>]*>[^<]+', first[1])[::2] == [
        "0.230769",
        "0.166667",
        "0.200000",
    ]
    assert "Fewer than 20 customers in this cohort: France, Germany." in page
    assert "beside=DE&amp;period=24&amp;cohort=2025-07#curve" in page


def test_a_value_may_stand_beside_all_customers_alone(reader: TestClient) -> None:
    assert sides(reader.get("/cohorts?by=country&value=FR&beside=(all)").text) == ["France", "All customers"]
    assert sides(reader.get("/cohorts?by=country&value=FR&beside=FR").text) == []
    assert sides(reader.get("/cohorts?by=country&of=channel&value=web&beside=pos").text) == []


def test_a_cohort_that_one_side_does_not_have_is_said(new_project: Project, owner: TestClient) -> None:
    rows = [
        {"person_id": f"p{number}", "connection_id": "a", "country": country, "is_cancelled": False, "order_date": day, "net_sales": 5}
        for number, (country, day) in enumerate([("DE", date(2025, 12, 1)), ("DE", date(2026, 1, 7)), ("FR", date(2026, 1, 9))])
    ]  # fmt: skip
    publish(new_project)
    create_tables(new_project.warehouse)
    with new_project.warehouse.writer() as writer:
        told = [
            {"tenant_id": new_project.tenant, "order_id": f"o{n}", "order_sequence": 1, **row}
            for n, row in enumerate(rows)
        ]
        insert(writer, "orders", told)
        found = find_cohorts(writer, new_project.tenant, LAST)
        with writer.transaction():
            write_cohorts(writer, new_project.tenant, found)
        new_project.warehouse.publish()
    page = owner.get("/cohorts?by=country&value=DE&beside=FR&cohort=2025-12").text
    assert "Nobody of France bought first in Dec 2025" in page
    assert sides(page) == ["Germany", "France", "All customers"]
    assert "The cohorts of Jan 2026" in owner.get("/cohorts?by=country&value=DE&beside=FR").text


def test_the_file_and_the_api_hold_the_cohorts_of_all_sides(reader: TestClient, program: TestClient) -> None:
    file = csv.DictReader(io.StringIO(reader.get("/cohorts.csv?by=country&value=FR&beside=DE").text))
    assert list(dict.fromkeys((row["dimension"], row["value"]) for row in file)) == [
        ("country", "FR"), ("country", "DE"), ("all", ""),
    ]  # fmt: skip
    rows = program.get("/api/v1/cohorts?dimension=country&value=FR&beside=DE").json()["rows"]
    assert list(dict.fromkeys((row["dimension"], row["value"]) for row in rows)) == [
        ("country", "FR"), ("country", "DE"), ("all", ""),
    ]  # fmt: skip
    alone = program.get(
        "/api/v1/cohorts", params={"dimension": "country", "value": "FR", "beside": "(all)"}
    ).json()
    assert {row["dimension"] for row in alone["rows"]} == {"country", "all"}


def test_a_value_of_the_dimension_before_is_forgotten(reader: TestClient) -> None:
    page = reader.get("/cohorts?by=channel&of=country&value=FR").text
    assert "Web, by the month of their first purchase" in page


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("measure=profit", 422, "no measure &#39;profit&#39;"),
        ("by=colour", 422, "no dimension &#39;colour&#39;"),
        ("period=7", 422, "is not known"),
        ("cohort=May", 422, "is not a month"),
        ("by=country&value=XX", 404, "No customer has country &#39;XX&#39;"),
        ("by=country&value=FR&beside=XX", 404, "No customer has country &#39;XX&#39; to stand beside"),
    ],
)
def test_what_does_not_exist_is_refused(reader: TestClient, query: str, status: int, said: str) -> None:
    answer = reader.get(f"/cohorts?{query}")
    assert answer.status_code == status
    assert said in answer.text


def test_every_figure_has_a_definition(reader: TestClient) -> None:
    names = set(re.findall(r'hx-get="/cohorts/definitions/(\w+)"', reader.get("/cohorts").text))
    assert names == {"new_customers", "repeat_rate", "days_to_second", "value_12", "retention", "forecast"}
    for name in names:
        assert "Formula" in reader.get(f"/cohorts/definitions/{name}").text
    assert reader.get("/cohorts/definitions/profit").status_code == 404


def test_the_file_has_every_month_unrounded(reader: TestClient) -> None:
    answer = reader.get("/cohorts.csv?measure=cumulative&period=all")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-disposition"] == 'attachment; filename="cohorts_cumulative_all.csv"'
    assert {row["state"] for row in rows} == {"seen", "partial", "forecast"}
    assert rows[1] == {
        "dimension": "all", "value": "", "cohort_month": "2023-07-01", "month_number": "1", "measure": "cumulative", "state": "seen",
        "figure": "104.000000", "low": "", "high": "", "customers": "25", "whole_customers": "25",
    }  # fmt: skip


def test_the_api_tells_the_same(program: TestClient) -> None:
    answer = program.get("/api/v1/cohorts?measure=retention&dimension=country&value=DE")
    told = answer.json()
    assert (told["dimension"], told["value"], told["measure"], told["currency"]) == (
        "country",
        "DE",
        "retention",
        "EUR",
    )
    assert set(told["values"]) == {"DE", "FR"}
    assert told["rows"][1] == {
        "cohort_month": "2023-07-01", "customers": 12, "month_number": 1, "state": "seen", "figure": "0.166667", "low": None,
        "high": None, "whole_customers": 12, "dimension": "country", "value": "DE",
    }  # fmt: skip
    again = program.get(answer.url.raw_path.decode(), headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    file = program.get("/api/v1/cohorts?measure=retention&dimension=country&value=DE&format=csv").text
    assert len(list(csv.reader(io.StringIO(file)))) == len(told["rows"]) + 1


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("measure=profit", 422, "invalid"),
        ("dimension=country&value=XX", 404, "not_found"),
        ("dimension=country&value=FR&beside=XX", 404, "not_found"),
        ("beside=FR", 404, "not_found"),
        ("colour=red", 422, "invalid"),
    ],
)
def test_the_api_refuses_what_does_not_exist(program: TestClient, query: str, status: int, code: str) -> None:
    answer = program.get(f"/api/v1/cohorts?{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_before_anything_is_published_the_page_says_what_will_be_here(owner: TestClient) -> None:
    page = owner.get("/cohorts")
    assert page.status_code == 200
    assert "No cohorts yet" in page.text


def test_one_cohort_is_shown_as_what_it_is(new_project: Project, owner: TestClient) -> None:
    published(new_project, 1)
    page = owner.get("/cohorts").text
    assert "there is nothing to compare" in page
    assert [*heat(page)] == ["Mar 2026"]
    assert "None" not in re.sub(r"<[^>]+>", "", page)
    assert owner.get("/cohorts?measure=cumulative&period=all").status_code == 200
