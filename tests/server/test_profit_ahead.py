"""Forecast, what if and suggestions by their pages and the API, against a book and a forecast that are reckoned on paper."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import shop_folder
from tests.server.pages.profit_book import marts

from fondaco.control import Role
from fondaco.metrics import PROFIT_STATEMENT
from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31"
AS_OF = date(2026, 3, 20)
A_DAY = {"gross_sales": 10, "net_sales": 10, "cost_of_goods": 4, "contribution_margin_1": 6, "contribution_margin_2": 6,
         "marketing_costs": 1, "contribution_margin_3": 5, "fixed_costs": 2, "net_profit": 3}  # fmt: skip
"""What every day to come brings; its sums lie within 1 a day either way."""


def forecast() -> dict[str, list[dict[str, Any]]]:
    days = []
    for step in PROFIT_STATEMENT:
        amount = A_DAY.get(step.metric, 0)
        for number in range(1, 93):
            row = {
                "metric": step.metric,
                "forecast_date": AS_OF + timedelta(number),
                "expected": amount,
                "total": amount * number,
            }
            if step.is_sum:
                row |= {
                    "low": amount - 1,
                    "high": amount + 1,
                    "total_low": (amount - 1) * number,
                    "total_high": (amount + 1) * number,
                }
            days.append(row)
    test = {
        "metric": "net_profit",
        "horizon_days": 30,
        "windows": 12,
        "wape": 0.5,
        "total_wape": 0.25,
        "bias": -2,
        "covered": 10,
    }
    return {
        "profit_forecasts": days,
        "profit_forecast_tests": [
            {**test, "way": "forecast", "mase": 0.9, "total_error": 20, "coverage": 0.7},
            {**test, "way": "same_weekday", "mase": 1.1, "total_error": 16},
        ],
        "profit_forecast_runs": [
            {"as_of_date": AS_OF, "first_date": date(2025, 6, 1), "known_days": 293, "days_ahead": 92,
             "counts": json.dumps({"fast": [0.75, 0.5], "trend": [0.25, 0.5]}), "fingerprint": "x", "fitted_at": "2026-03-21 01:00:00"}
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def book(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The book and its forecast, published once; tests only read it."""
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("ahead")), clock=Watch()) as project:
        publish(project, **marts(), **forecast())  # type: ignore[arg-type]
        yield project


@pytest.fixture(scope="module")
def reader(book: Project) -> Iterator[TestClient]:
    with TestClient(create_app(book), follow_redirects=False) as client:
        yield with_session(client, book)


@pytest.fixture(scope="module")
def api(book: Project) -> Iterator[TestClient]:
    user = book.control.users.create(book.tenant, "a@x.example", role=Role.ANALYST)
    _, secret = book.control.tokens.create(book.tenant, "test", scopes=("read",), user_id=user.user_id)
    with TestClient(create_app(book), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


def words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def file(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(client.get(address).text.splitlines()))


def test_the_month_is_what_is_known_of_it_and_what_is_forecast(reader: TestClient) -> None:
    """Known until the 20th: net sales 40, CM1 24, net profit 39 - 43 - 25 - 8 = -37; eleven days at 10, 6 and 3 follow."""
    text = words(reader.get("/profit/forecast").text)
    month = text[text.index("Mar 2026") : text.index("The next 90 days")]
    assert "20 of 31 days are known" in month
    assert "−€4 Four times out of five between −€15 and €7" in month
    assert "Net sales €40 €150 €139 – €161" in month
    assert "Contribution margin 1 €24 €90 €79 – €101" in month
    quarter = text[text.index("The next 90 days") :]
    assert "€270 Four times out of five between €180 and €360" in quarter


def test_a_forecast_that_a_baseline_beats_says_so(reader: TestClient) -> None:
    text = words(reader.get("/profit/forecast").text)
    assert "off by €20 on average" in text
    assert "“Same weekday of the last four weeks” was off by €16: it was nearer without any model." in text
    assert "The interval held 70.0% of 10 totals; it should hold 80%." in text
    assert "the level of the last weeks (75.0%), the trend of the last months (25.0%)" in text


def test_the_file_holds_every_line_of_every_day(reader: TestClient) -> None:
    rows = file(reader, "/profit/forecast.csv")
    assert len(rows) == len(PROFIT_STATEMENT) * 92
    last = next(row for row in reversed(rows) if row["metric"] == "net_profit")
    assert {name: row if name in ("metric", "forecast_date") else Decimal(row) for name, row in last.items()} == {
        "metric": "net_profit", "forecast_date": "2026-06-20", "expected": 3, "low": 2, "high": 4, "total": 276, "total_low": 184,
        "total_high": 368,
    }  # fmt: skip
    tests = file(reader, "/profit/forecast/tests.csv")
    assert [row["way"] for row in tests] == ["forecast", "same_weekday"]


def test_a_line_without_a_forecast_of_its_own_is_refused(reader: TestClient) -> None:
    refused = reader.get("/profit/forecast?line=gross_sales")
    assert refused.status_code == 422
    assert "is not forecast by itself" in words(refused.text)


def test_a_short_history_says_so_and_shows_no_number(
    new_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = forecast()["profit_forecast_runs"][0] | {
        "days_ahead": 0,
        "why_not": "23 days are known, and a forecast needs 116",
    }
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("young")), clock=Watch()) as project:
        publish(project, profit_forecast_runs=[run])
        with TestClient(create_app(project)) as client:
            with_session(client, project)
            text = words(client.get("/profit/forecast").text)
            assert "There is no forecast yet 23 days are known, and a forecast needs 116." in text
            assert "€" not in text
            assert "The month is not forecast" in client.get("/profit/what-if?of=month").text


def test_what_if_says_what_the_pure_function_does(reader: TestClient, api: TestClient) -> None:
    """March: net 47, goods 19 of which 20 came back, so 39 left; prices 10 % up bring 4.70 more, less a tenth of the payment's 1."""
    text = words(reader.get(f"/profit/what-if?{MARCH}&price=10%").text)
    assert "+€4.60 from −€43.00" in text
    assert "−€38 .40" in text
    told = api.get(f"/api/v1/profit/what-if?{MARCH}&price=0.1").json()
    lines = {row["metric"]: (Decimal(row["amount"]), Decimal(row["amount_changed"])) for row in told["lines"]}
    assert lines["net_profit"] == (Decimal(-43), Decimal("-38.4"))
    assert told["units"] == "1.000000"
    rows = {
        row["metric"]: Decimal(row["amount_changed"])
        for row in file(reader, f"/profit/what-if.csv?{MARCH}&price=10%25")
    }
    assert rows["net_profit"] == Decimal("-38.4")


@pytest.mark.parametrize("price", ["0.1", "10%25", "10 %25", "%2B10%25"])
def test_a_change_means_the_same_on_the_page_and_in_the_api(
    reader: TestClient, api: TestClient, price: str
) -> None:
    text = words(reader.get(f"/profit/what-if?{MARCH}&price={price}").text)
    told = api.get(f"/api/v1/profit/what-if?{MARCH}&price={price}").json()
    profit = next(row for row in told["lines"] if row["metric"] == "net_profit")
    assert "+€4.60 from −€43.00" in text and Decimal(profit["amount_changed"]) == Decimal("-38.4")


def test_a_change_without_its_percent_sign_is_refused_with_what_would_be_taken(
    reader: TestClient, api: TestClient
) -> None:
    page = words(reader.get("/profit/what-if?price=10").text)
    answer = api.get(f"/api/v1/profit/what-if?{MARCH}&price=10")
    for said in (page, answer.text):
        assert "Give a share from -0.5 to 0.5, such as 0.1 or 10% for ten percent more" in said


def test_goods_that_came_back_come_back_less_when_fewer_are_returned(api: TestClient) -> None:
    """No returns: 60 more sales, 20 more goods, no handling of 3; nothing else hangs on them."""
    told = api.get(f"/api/v1/profit/what-if?{MARCH}&returned=-1").json()
    lines = {row["metric"]: Decimal(row["amount_changed"]) for row in told["lines"]}
    assert (lines["net_sales"], lines["cost_of_goods"], lines["return_costs"]) == (
        Decimal(107),
        Decimal(39),
        Decimal(0),
    )
    assert lines["net_profit"] == -43 + 60 - 20 + 3


def test_the_forecast_month_is_changed_as_a_whole(reader: TestClient, api: TestClient) -> None:
    told = api.get("/api/v1/profit/what-if?of=month&fixed=-1").json()
    assert (told["first"], told["last"]) == ("2026-03-01", "2026-03-31")
    lines = {row["metric"]: (Decimal(row["amount"]), Decimal(row["amount_changed"])) for row in told["lines"]}
    assert lines["net_profit"] == (Decimal(-4), Decimal(43))  # rent of 25 and eleven days of 2
    assert "from −€4.00" in words(reader.get("/profit/what-if?of=month").text)


@pytest.mark.parametrize(
    "query",
    [
        "price=90%",
        "price=10",
        "elasticity=-1%",
        "price=x",
        "elasticity=1",
        "of=year",
        "price=nan",
        "price=1e999",
    ],
)
def test_what_is_out_of_reach_is_refused_with_the_way_back(reader: TestClient, query: str) -> None:
    assert reader.get(f"/profit/what-if?{query}").status_code == 422


def test_the_address_keeps_what_is_changed_and_nothing_else(reader: TestClient) -> None:
    answer = reader.get(
        f"/profit/what-if?{MARCH}&range=custom&price=5%25&goods=0&elasticity=-1.50",
        headers={"HX-Request": "true"},
    )
    assert answer.headers["HX-Push-Url"] == (
        "/profit/what-if?range=custom&from=2026-03-01&to=2026-03-31&price=0.05&elasticity=-1.5"
    )
    assert 'href="/profit/what-if?range=custom&amp;from=2026-03-01&amp;to=2026-03-31"' in answer.text  # reset


def test_suggestions_lead_to_their_rows(reader: TestClient, api: TestClient) -> None:
    """Of March one order's CM2 is below nought, and all of that came back: nothing that a suggestion would mend."""
    assert "Nothing to suggest" in reader.get(f"/profit/suggestions?{MARCH}").text
    assert api.get(f"/api/v1/profit/suggestions?{MARCH}").json()["suggestions"] == []
    assert reader.get("/profit/suggestions/delivery").status_code == 200
    assert reader.get("/profit/suggestions/luck").status_code == 404
    assert api.get("/api/v1/profit/suggestions/luck").status_code == 404
    assert api.get("/api/v1/profit/suggestions/delivery").json()["rows"] == []


def test_the_api_tells_the_forecast_as_json_and_as_files(api: TestClient) -> None:
    told = api.get("/api/v1/profit/forecast")
    body = told.json()
    assert (body["as_of"], body["days_ahead"], body["why_not"]) == ("2026-03-20", 92, None)
    month = {row["metric"]: row for row in body["month"]["lines"]}
    assert Decimal(month["net_profit"]["expected"]) == -4
    assert month["cost_of_goods"]["low"] is None
    assert body["next_90_days"]["last"] == "2026-06-18"
    assert len(body["days"]) == len(PROFIT_STATEMENT) * 92
    assert body["tests"][0]["coverage"] == 0.7
    assert (
        api.get("/api/v1/profit/forecast", headers={"If-None-Match": told.headers["ETag"]}).status_code == 304
    )
    lines = api.get("/api/v1/profit/forecast?format=csv").text.splitlines()
    assert lines[0].startswith("metric,forecast_date,expected,low,high")


def test_profit_leads_to_all_three(reader: TestClient) -> None:
    text = reader.get(f"/profit?{MARCH}").text
    for path in ("forecast", "what-if", "suggestions"):
        assert f'href="/profit/{path}?range=custom&amp;from=2026-03-01&amp;to=2026-03-31"' in text


def test_break_even_is_none_where_no_sales_would_do(api: TestClient) -> None:
    """On the 5th, all came back: CM2 is below nought. Of March it is 10 of 47."""
    asked = "/api/v1/metrics/query?metrics=break_even_roas&from=2026-03-{}&to=2026-03-{}"
    assert api.get(asked.format("05", "05")).json()["rows"] == [{"break_even_roas": None}]
    (row,) = api.get(asked.format("01", "31")).json()["rows"]
    assert Decimal(row["break_even_roas"]) == Decimal("4.7")


@pytest.mark.parametrize(
    ("lost", "orders"), [("", ["a:3", "a:4"]), ("before", ["a:3"]), ("marketing", ["a:4"])]
)
def test_orders_lost_before_marketing_stand_apart_from_those_that_marketing_made_lose(
    reader: TestClient, lost: str, orders: list[str]
) -> None:
    rows = file(reader, f"/profit/losses.csv?{MARCH}&lost={lost}")
    assert [row["order_id"] for row in rows] == orders
    assert [Decimal(row["contribution_margin_3"]) for row in rows] == [
        {"a:3": -19, "a:4": -6}[order] for order in orders
    ]
    panel = reader.get(f"/profit/losses?{MARCH}&lost={lost}").text
    assert [f"#100{order[2:]}" in panel for order in ("a:3", "a:4")] == [
        order in orders for order in ("a:3", "a:4")
    ]


def test_days_to_come_are_said_to_hold_nothing(reader: TestClient) -> None:
    assert "Of days to come nothing is in" in reader.get("/profit?from=2026-03-01&to=2026-12-31").text
    assert "Of days to come nothing is in" not in reader.get("/profit?from=2026-03-01&to=2026-03-20").text


def test_a_day_under_water_leads_to_the_order_that_came_back(reader: TestClient) -> None:
    """The 5th lost 43: 60 of number 1003 came back, goods of 20 with it, and handling cost 3."""
    text = reader.get("/profit/later?from=2026-03-05&to=2026-03-05").text
    assert "1 order placed before this day cost −€43.00" in words(text)
    assert 'href="/orders/a:3"' in text
    assert "€60.00 €0.00 €0.00 −€43.00" in words(text)
    assert "Nothing of earlier orders" in reader.get("/profit/later?from=2026-03-02&to=2026-03-04").text
    assert (
        "choose the finance clock"
        in reader.get("/profit/later?from=2026-03-05&to=2026-03-05&clock=order").text
    )
