"""Profit: what each state of its address shows, against a book that is reckoned on paper."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import shop_folder
from tests.server.pages.profit_book import marts
from tests.server.pages.test_sales import link, query, steps

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture(scope="module")
def book(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The book, published once; tests only read it."""
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("book")), clock=Watch()) as project:
        publish(project, **marts())  # type: ignore[arg-type]
        yield project


@pytest.fixture(scope="module")
def reader(book: Project) -> Iterator[TestClient]:
    with TestClient(create_app(book), follow_redirects=False) as client:
        yield with_session(client, book)


def words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def table(text: str, caption: str = "") -> list[list[str]]:
    """The words of a table's rows, cell by cell, as on a wide screen; empty cells, which are drawings, are left out."""
    text = re.sub(r'<div class="narrow-only">.*?</div>', "", text, flags=re.S)
    text = text[text.index(caption) :] if caption else text
    bodies = re.findall(r"<tbody>(.*?)</tbody>(?:\s*<tfoot>(.*?)</tfoot>)?", text, re.S)
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", "".join(bodies[0]), re.S) if bodies else []
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in found]
    return [[written for cell in row if (written := words(cell))] for row in cells]


def file(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(client.get(address).text.splitlines()))


def test_net_profit_stands_beside_the_month_before_with_its_margin_and_course(reader: TestClient) -> None:
    text = reader.get(f"/profit/result?{MARCH}").text
    assert "−€43" in text  # 47 − 19 − 14 − 1 − 3 − 28 − 25
    assert "1 – 28 Feb 2026" in text
    assert "−91.5%" in words(text)
    assert {day: int(Decimal(profit)) for day, profit in steps_of(text).items()} == {
        "Mon 2 Mar 2026": 39, "Thu 5 Mar 2026": -43, "Tue 10 Mar 2026": -25, "Wed 11 Mar 2026": -8, "Sun 29 Mar 2026": -6,
    }  # fmt: skip


def steps_of(text: str) -> dict[str, str]:
    """As ``steps``, without what is said of a step beside its day."""
    return {day.removesuffix(" Under water"): profit for day, profit in steps(text).items()}


def test_days_under_water_are_marked_and_counted(reader: TestClient) -> None:
    text = reader.get(f"/profit/result?{MARCH}").text
    assert "4 of 31 days" in words(text)
    marked = re.findall(
        r'data-tick="([^"]*)"[^<]*<a[^>]*>[^<]*</a> <span class="badge-f bad">Under water', text
    )
    assert marked == ["5 Mar", "10 Mar", "11 Mar", "29 Mar"]
    assert "No day" in words(reader.get("/profit/result?from=2026-03-02&to=2026-03-04").text)


def test_days_are_counted_whatever_the_step_of_the_chart(reader: TestClient) -> None:
    text = reader.get(f"/profit/result?{MARCH}&grain=month").text
    assert "4 of 31 days" in words(text)
    assert {step: int(Decimal(profit)) for step, profit in steps_of(text).items()} == {"Mar 2026": -43}


def test_by_the_order_clock_what_came_back_counts_on_the_day_of_its_order(reader: TestClient) -> None:
    text = reader.get(f"/profit/result?{MARCH}&clock=order").text
    assert {day: int(Decimal(profit)) for day, profit in steps_of(text).items()} == {
        "Mon 2 Mar 2026": -4, "Tue 10 Mar 2026": -25, "Wed 11 Mar 2026": -8, "Sun 29 Mar 2026": -6,
    }  # fmt: skip
    assert "−€43" in text


def test_what_is_assumed_is_said_at_the_top(reader: TestClient) -> None:
    text = words(reader.get(f"/profit/result?{MARCH}").text)
    assert "84.2% of the cost of goods is a share of the price for want of a cost." in text  # 16 of 19
    known = reader.get("/profit/result?from=2026-02-01&to=2026-02-28").text
    assert "All of the cost of goods is told" in known
    assert 'href="/costs"' not in known


def test_three_margins_stand_with_their_part_of_net_sales(reader: TestClient) -> None:
    text = reader.get(f"/profit/margins?{MARCH}").text
    tiles = [words(tile) for tile in text.split('<div class="tile"')[1:]]
    assert [re.findall(r"−?€\d+|−?[\d.]+% \w+ margin", tile) for tile in tiles] == [
        ["€28", "€60", "59.6% Gross margin"], ["€10", "€60", "21.3% CM2 margin"], ["−€18", "−€68", "€50", "−38.3% CM3 margin"],
    ]  # fmt: skip


def test_chart_table_and_file_of_the_waterfall_say_the_same(reader: TestClient) -> None:
    text = reader.get(f"/profit/waterfall?{MARCH}").text
    drawn = dict(re.findall(r'data-kind="\w+" data-tick="([^"]*)".*?data-value="([^"]*)"', text))
    told = {row["metric"]: Decimal(row["amount"]) for row in file(reader, f"/profit/waterfall.csv?{MARCH}")}
    assert {tick: int(Decimal(value)) for tick, value in drawn.items()} == {
        "Net sales": 47, "Goods": -19, "CM1": 28, "Shipping": -14, "Payment": -1, "Return handling": -3, "CM2": 10, "Marketing": -28,
        "CM3": -18, "Fixed": -25, "Net profit": -43,
    }  # fmt: skip
    parts = ("Goods", "Shipping", "Payment", "Return handling", "Marketing", "Fixed")
    assert Decimal(drawn["Net profit"]) == Decimal(drawn["Net sales"]) + sum(
        Decimal(drawn[part]) for part in parts
    )
    assert len(told) == 19
    assert (told["gross_sales"], told["discounts"], told["returns"]) == (112, -5, -60)
    assert {value for value in told.values() if value} == {
        *(Decimal(value) for value in drawn.values()), Decimal(112), Decimal(-5), Decimal(-60),
    }  # fmt: skip
    written = {row[0]: row[1] for row in table(text)}
    assert (written["Gross sales"], written["Cost of goods"], written["Net profit"]) == (
        "€112.00", "−€19.00", "−€43.00",
    )  # fmt: skip
    assert "Chargebacks" not in written


def parts(text: str) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in table(text)}


def test_by_country_rows_add_up_and_what_no_order_bears_has_a_row_of_its_own(reader: TestClient) -> None:
    text = reader.get(f"/profit/split?{MARCH}&compare=none").text
    assert parts(text) == {
        "Germany": ["€40.00", "€24.00", "€19.00", "€15.00", "37.5%"],
        "France": ["€0.00", "€0.00", "−€13.00", "−€19.00", "–"],
        "Unknown": ["€7.00", "€4.00", "€4.00", "−€6.00", "−85.7%"],
        "Of no single order": ["€0.00", "€0.00", "€0.00", "−€8.00", "–"],
        "All": ["€47.00", "€28.00", "€10.00", "−€18.00", "−38.3%"],
    }
    assert "fixed costs are of no single order" in words(text)
    assert query(link(text, "France")) == {"range": "custom", "from": "2026-03-01", "to": "2026-03-31", "compare": "none",
                                           "country": "FR", "by": "shop"}  # fmt: skip


def test_shops_bear_costs_of_their_own_and_not_those_of_all(reader: TestClient) -> None:
    assert {name: row[-2:] for name, row in parts(reader.get(f"/profit/split?{MARCH}&by=shop&compare=none").text).items()} == {
        "Aurora": ["−€15.00", "−31.9%"], "Of no single shop": ["−€28.00", "–"], "All": ["−€43.00", "−91.5%"],
    }  # fmt: skip


def test_under_a_condition_profit_ends_with_contribution_margin_3_and_says_so(reader: TestClient) -> None:
    result = words(reader.get(f"/profit/result?{MARCH}&country=DE").text)
    assert result.startswith("Contribution margin 3") and "€15 .00" in result
    assert "Fixed costs are of no single order" in result
    waterfall = reader.get(f"/profit/waterfall?{MARCH}&country=DE").text
    assert "From net sales to contribution margin 3" in waterfall and "Net profit" not in waterfall
    whole = words(reader.get(f"/profit/result?{MARCH}").text)
    assert whole.startswith("Net profit") and "of no single order" not in whole


def test_products_end_with_contribution_margin_3_for_they_bear_no_fixed_costs(reader: TestClient) -> None:
    text = reader.get(f"/profit/split?{MARCH}&by=product&compare=none").text
    assert parts(text) == {
        "Mug": ["€40.00", "€24.00", "€6.00", "−€4.00", "−10.0%"],
        "Tea": ["€7.00", "€4.00", "€4.00", "−€6.00", "−85.7%"],
        "Of no single order": ["€0.00", "€0.00", "€0.00", "−€8.00", "–"],
        "All": ["€47.00", "€28.00", "€10.00", "−€18.00", "−38.3%"],
    }
    assert "no fixed costs" in words(text)


@pytest.mark.parametrize("by", ["shop", "country", "channel", "customer_type", "product"])
@pytest.mark.parametrize("clock", ["finance", "order"])
def test_the_file_of_every_breakdown_adds_up_to_the_waterfall(
    reader: TestClient, by: str, clock: str
) -> None:
    state = f"{MARCH}&by={by}&clock={clock}"
    rows = file(reader, f"/profit/split.csv?{state}")
    whole = file(reader, f"/profit/waterfall.csv?{state}")
    signed = {"cost_of_goods": -1, "marketing_costs": -1, "fixed_costs": -1}
    for name in (
        "net_sales",
        "cost_of_goods",
        "marketing_costs",
        "contribution_margin_3",
        "fixed_costs",
        "net_profit",
    ):
        told = next(Decimal(line["amount"]) for line in whole if line["metric"] == name)
        assert signed.get(name, 1) * sum(Decimal(row[name]) for row in rows) == told


def test_the_comparison_of_the_parts_is_with_their_own_month_before(reader: TestClient) -> None:
    text = reader.get(f"/profit/split?{MARCH}").text
    assert parts(text)["Germany"][-2:] == ["€50.00", "−70.0%"]


def test_products_that_bring_the_most_and_loss_makers_lead_to_their_pages(reader: TestClient) -> None:
    text = reader.get(f"/profit/goods?{MARCH}").text
    assert "No product earned anything" in text
    assert table(text) == [["Tea", "€7.00", "−€6.00", "−85.7%"], ["Mug", "€40.00", "−€4.00", "−10.0%"]]
    assert link(text, "Tea").startswith("/products/a:Tea?")
    february = reader.get("/profit/goods?from=2026-02-01&to=2026-02-28").text
    assert table(february) == [["Mug", "€100.00", "€50.00", "50.0%"]]
    assert "No product lost money" in february


@pytest.mark.parametrize("clock", ["finance", "order"])
def test_orders_under_water_are_counted_with_what_they_lost_and_lead_to_their_pages(
    reader: TestClient, clock: str
) -> None:
    text = reader.get(f"/profit/losses?{MARCH}&clock={clock}").text
    assert [(row[0], row[-1]) for row in table(text, 'id="sheet-orders"')] == [
        ("#1003", "−€19.00"),
        ("#1004", "−€6.00"),
    ]
    assert re.search(r"Orders under water 2 ", words(text))
    assert re.search(r"Lost on orders under water €25\s?.00", words(text))
    assert link(text, "#1003") == "/orders/a:3"
    found = reader.get(f"/profit/losses?{MARCH}&orders_find=004").text
    assert [row[0] for row in table(found, 'id="sheet-orders"')] == ["#1004"]
    assert "No order number holds “x”" in reader.get(f"/profit/losses?{MARCH}&orders_find=x").text
    assert "No order lost money" in reader.get("/profit/losses?from=2026-02-01&to=2026-02-28").text


def test_orders_are_not_listed_under_a_condition_on_a_product(reader: TestClient) -> None:
    assert "not listed under a condition" in reader.get(f"/profit/losses?{MARCH}&product_id=a%3AMug").text


def test_from_the_month_down_to_the_day_each_step_leads_into_itself(reader: TestClient) -> None:
    months = reader.get("/profit/result?from=2026-01-01&to=2026-03-31&compare=none").text
    days = reader.get(link(months, "Mar 2026").replace("/profit?", "/profit/result?")).text
    day = link(days, "Mon 2 Mar 2026")
    assert query(day) == {"range": "custom", "from": "2026-03-02", "to": "2026-03-02", "compare": "none"}
    one = reader.get(day.replace("/profit?", "/profit/result?")).text
    assert {step: int(Decimal(value)) for step, value in steps_of(one).items()} == {"Mon 2 Mar 2026": 39}
    assert "All years" in reader.get(day).text


def test_a_condition_is_a_chip_and_says_what_is_not_in(reader: TestClient) -> None:
    page = reader.get(f"/profit?{MARCH}&country=DE").text
    assert "Country: Germany" in page
    assert "What no order bears" in page
    assert "€15" in reader.get(f"/profit/result?{MARCH}&country=DE").text
    shop = reader.get(f"/profit?{MARCH}&shop=a").text
    assert "What is spent for all shops together is not in" in shop
    assert "−€15" in reader.get(f"/profit/result?{MARCH}&shop=a").text


def test_where_the_data_begins_after_the_period_before_there_is_no_change(reader: TestClient) -> None:
    """The first order is of 1 February; the period before this one begins in January."""
    asked = "from=2026-02-10&to=2026-03-10"
    assert "Data begins 1 Feb 2026" in reader.get(f"/profit/result?{asked}").text
    assert "data begins" in words(reader.get(f"/profit?{asked}").text).casefold()


def test_every_figure_opens_its_definition(reader: TestClient) -> None:
    for panel in ("result", "margins", "waterfall", "split", "goods", "losses"):
        text = reader.get(f"/profit/{panel}?{MARCH}").text
        for address in set(re.findall(r'hx-get="(/definitions/[^"]+)"', text)):
            assert reader.get(html.unescape(address)).status_code == 200


@pytest.mark.parametrize("wrong", ["grain=decade", "shop=nowhere", "orders_order=colour", "parts_sheet=-1"])
def test_what_does_not_exist_is_refused_in_words(reader: TestClient, wrong: str) -> None:
    answer = reader.get(f"/profit?{wrong}")
    assert answer.status_code in (404, 422)
    assert "fault of Fondaco" not in answer.text


def test_a_dimension_that_profit_has_not_gives_way_to_one_that_it_has(reader: TestClient) -> None:
    assert "By shop" in reader.get(f"/profit/split?{MARCH}&by=hour").text
    assert reader.get("/profit/weather").status_code == 404


def test_before_anything_is_published_the_page_says_what_to_do(owner: TestClient) -> None:
    assert "Connect a shop to see its sales" in owner.get("/profit").text


def test_what_an_older_release_published_is_said_in_a_sentence(new_folder: Path, tmp_path: Path) -> None:
    with Project.open(shop_folder(new_folder, tmp_path), clock=Watch()) as project:
        publish(project, **marts())  # type: ignore[arg-type]
        with project.warehouse.writer() as writer:
            for mart in ("profit_ledger", "profit_daily", "order_profit"):
                writer.execute(f"drop table marts.{mart}")
        project.warehouse.publish()
        with TestClient(create_app(project), follow_redirects=False) as client:
            with_session(client, project)
            page, panel, order, product = (
                client.get(path) for path in ("/profit", "/profit/split", "/orders/a:2", "/products/a:Mug")
            )
    assert page.status_code == panel.status_code == order.status_code == product.status_code == 200
    assert "The next run works out profit" in page.text
    assert "fondaco run" in panel.text
    assert "From gross sales to profit" not in order.text
    assert "In Profit" not in product.text


def test_an_order_has_a_statement_of_its_own_and_the_rows_behind_it(reader: TestClient) -> None:
    text = reader.get("/orders/a:3").text
    assert table(text, 'id="title-profit"') == [
        ["Gross sales", "€60.00"], ["Returns", "−€60.00"], ["Net sales", "€0.00"], ["Contribution margin 1", "€0.00"],
        ["Shipping costs", "−€9.00"], ["Payment costs", "−€1.00"], ["Return handling", "−€3.00"],
        ["Contribution margin 2", "−€13.00"], ["Marketing", "−€6.00"], ["Contribution margin 3", "−€19.00"],
    ]  # fmt: skip
    sold, returned = table(text, 'id="title-profit-rows"')
    assert sold == [
        "Sold 1 × Mug 2 Mar 2026 net sales €60.00 cost of goods −€20.00 shipping costs −€9.00 payment costs −€1.00 "
        "marketing costs −€6.00 Goods €20.00 each, by the cost sheet; bears all of the order’s costs",
        "€24.00",
    ]
    assert returned[1] == "−€43.00"
    assert "cost of goods €20.00" in returned[0]
    assert "Under water" in words(text)


def test_an_order_says_that_its_cost_of_goods_is_assumed(reader: TestClient) -> None:
    text = reader.get("/orders/a:2").text
    assert "assumed: 40.0% of the price" in words(text)
    assert "37.5% of net sales are left after marketing" in words(text)
    assert 'href="/costs"' in text
    assert "told by the shop" in words(reader.get("/orders/a:4").text)


def test_a_product_tells_its_margins_and_how_much_of_its_cost_is_known(reader: TestClient) -> None:
    text = reader.get(f"/products/a:Mug?{MARCH}").text
    shown = {
        name: words(text[text.index(f'id="tile-{name}"') :].split('class="value">')[1].split("</div>")[0])
        for name in (
            "contribution_margin_1",
            "gross_margin",
            "contribution_margin_2",
            "known_cost_of_goods_rate",
        )
    }
    assert shown == {
        "contribution_margin_1": "€24 .00", "gross_margin": "60.0%", "contribution_margin_2": "€6 .00",
        "known_cost_of_goods_rate": "0.0%",
    }  # fmt: skip
    assert query(link(text, "In Profit"))["product_id"] == "a:Mug"
