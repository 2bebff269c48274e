"""Orders: what each state of its address lists, against a book that is reckoned on paper, and how the list makes up Profit."""

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
from tests.server.conftest import OWNER, Watch, with_session
from tests.server.pages import marketing_book, profit_book
from tests.server.pages.conftest import shop_folder
from tests.server.pages.test_profit import table, words
from tests.server.pages.test_sales import link, query

from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31"
AMOUNTS = (
    "net_sales",
    "contribution_margin_1",
    "contribution_margin_2",
    "marketing_costs",
    "contribution_margin_3",
)


@pytest.fixture(scope="module")
def reader(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The book of profit, published once, and a browser of its owner."""
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("book")), clock=Watch()) as project:
        publish(project, **profit_book.marts())  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


@pytest.fixture(scope="module")
def advertiser(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The book of marketing: of its orders some came from campaigns."""
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("ads")), clock=Watch()) as project:
        publish(project, **marketing_book.marts())  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


def rows(client: TestClient, asked: str) -> list[list[str]]:
    return table(client.get(f"/orders/list?{asked}").text, 'id="sheet-orders"')


def file(client: TestClient, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(client.get(address).text.splitlines()))


def test_orders_stand_with_what_each_brought_the_newest_first(reader: TestClient) -> None:
    assert rows(reader, MARCH) == [
        ["#1004", "29 Mar 2026", "Unknown", "New", "€7.00", "€4.00", "€4.00", "€10.00", "−€6.00", "−85.7%"],
        ["#1003", "2 Mar 2026", "France", "New", "€0.00", "€0.00", "−€13.00", "€6.00", "−€19.00", "–"],
        ["#1002", "2 Mar 2026", "Germany", "Returning", "€40.00", "€24.00", "€19.00", "€4.00", "€15.00", "37.5%"],
        ["All", "3 orders", "€47.00", "€28.00", "€10.00", "€20.00", "−€10.00", "−21.3%"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "first_to_last"),
    [
        ("order_number", ["#1002", "#1003", "#1004"]),
        ("order_date", ["#1002", "#1003", "#1004"]),
        ("country", ["#1002", "#1003", "#1004"]),
        ("-customer_type", ["#1002", "#1004", "#1003"]),
        ("-net_sales", ["#1002", "#1004", "#1003"]),
        ("contribution_margin_1", ["#1003", "#1004", "#1002"]),
        ("contribution_margin_2", ["#1003", "#1004", "#1002"]),
        ("-marketing_costs", ["#1004", "#1003", "#1002"]),
        ("contribution_margin_3", ["#1003", "#1004", "#1002"]),
        ("contribution_margin_3_rate", ["#1004", "#1002", "#1003"]),
    ],
)
def test_every_column_orders_the_list_and_what_has_no_value_comes_last(
    reader: TestClient, order: str, first_to_last: list[str]
) -> None:
    asked = f"{MARCH}&orders_order={order}"
    assert [row[0] for row in rows(reader, asked)[:-1]] == first_to_last
    text = reader.get(f"/orders/list?{asked}").text
    assert f'aria-sort="{"descending" if order.startswith("-") else "ascending"}"' in text


def test_a_number_is_found_and_the_sum_is_of_what_is_found(reader: TestClient) -> None:
    assert [row[:2] for row in rows(reader, f"{MARCH}&orders_find=004")] == [
        ["#1004", "29 Mar 2026"],
        ["All found", "1 order"],
    ]
    assert "No order number holds “x”" in reader.get(f"/orders/list?{MARCH}&orders_find=x").text


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        ("country=DE", ["#1002"]),
        ("country=~", ["#1004"]),
        ("customer_type=new", ["#1004", "#1003"]),
        ("channel=pos", []),
        ("shop=a", ["#1004", "#1003", "#1002"]),
        ("which=lost", ["#1004", "#1003"]),
    ],
)
def test_conditions_leave_their_orders_and_no_others(
    reader: TestClient, condition: str, numbers: list[str]
) -> None:
    assert [row[0] for row in rows(reader, f"{MARCH}&{condition}")[:-1]] == numbers
    told = [row["order_number"] for row in file(reader, f"/orders/list.csv?{MARCH}&{condition}")]
    assert told == numbers


@pytest.mark.parametrize("clock", ["finance", "order"])
@pytest.mark.parametrize(
    "days",
    [
        MARCH,
        "from=2026-03-02&to=2026-03-02",
        "from=2026-03-05&to=2026-03-05",
        "from=2026-02-01&to=2026-03-10",
    ],
)
@pytest.mark.parametrize("condition", ["", "country=FR", "customer_type=new", "shop=a"])  # fmt: skip
def test_orders_and_the_lines_below_them_add_up_to_the_figures_of_profit(
    reader: TestClient, clock: str, days: str, condition: str
) -> None:
    asked = f"{days}&clock={clock}&{condition}"
    listed = file(reader, f"/orders/list.csv?{asked}")
    *lines, profit = file(reader, f"/orders/bridge.csv?{asked}")
    waterfall = {row["metric"]: row["amount"] for row in file(reader, f"/profit/waterfall.csv?{asked}")}
    for name in AMOUNTS:
        tile = Decimal(waterfall[name]) * (-1 if name == "marketing_costs" else 1)
        assert Decimal(lines[0][name]) == sum(Decimal(row[name]) for row in listed)
        assert sum(Decimal(line[name]) for line in lines) == Decimal(profit[name]) == tile


def test_by_the_order_clock_the_sum_of_the_orders_is_the_tile_where_nothing_is_of_no_order(
    reader: TestClient,
) -> None:
    day = "from=2026-03-02&to=2026-03-02&clock=order"
    whole = rows(reader, day)[-1]
    tiles = words(reader.get(f"/profit/margins?{day}&compare=none").text)
    for amount in (whole[3], whole[4], whole[6]):
        assert amount.removesuffix(".00") in tiles
    assert "The orders make up the figures of Profit to the cent" in reader.get(f"/orders/bridge?{day}").text


def test_by_the_finance_clock_a_day_has_what_came_back_of_earlier_orders(reader: TestClient) -> None:
    sold, back = (f"from=2026-03-{day}&to=2026-03-{day}" for day in ("02", "05"))
    lines = table(reader.get(f"/orders/bridge?{sold}").text)
    assert [(line[0], line[-1]) for line in lines] == [
        ("Orders placed in these days", "−€4.00"),
        ("What happened to them on other days", "€43.00"),
        ("Profit of these days", "€39.00"),
    ]
    text = reader.get(f"/orders/bridge?{back}").text
    assert [(line[0], line[-1]) for line in table(text)] == [
        ("Orders placed in these days", "€0.00"),
        ("What happened in these days to earlier orders", "−€43.00"),
        ("Profit of these days", "−€43.00"),
    ]
    leads = link(text, "What happened in these days to earlier orders")
    assert query(leads)["which"] == "earlier"
    [row, _] = rows(reader, query_of(leads))
    assert (row[0], row[4], row[8]) == ("#1003", "−€60.00", "−€43.00")
    assert "No orders in these days" in reader.get(f"/orders/list?{back}").text
    assert "Earlier orders" not in reader.get(f"/orders/list?{back}&clock=order").text


def query_of(address: str) -> str:
    return address.partition("?")[2]


def test_an_order_leads_to_its_page_and_back_to_the_same_list(reader: TestClient) -> None:
    asked = f"{MARCH}&customer_type=new&orders_order=contribution_margin_3"
    order = link(reader.get(f"/orders/list?{asked}").text, "#1003")
    assert order.startswith("/orders/a:3?")
    page = reader.get(order).text
    back = link(page, "Back to the orders")
    assert query(back) == {"range": "custom", "from": "2026-03-01", "to": "2026-03-31", "customer_type": "new",
                           "orders_order": "contribution_margin_3"}  # fmt: skip
    assert "Customer type: New customers" in reader.get(back).text
    assert (
        link(reader.get("/orders/a:3").text, "Orders of 2 Mar 2026")
        == "/orders?from=2026-03-02&to=2026-03-02"
    )


def test_a_long_list_comes_by_the_sheet(new_folder: Path, tmp_path: Path) -> None:
    with Project.open(shop_folder(new_folder, tmp_path), clock=Watch()) as project:
        made = profit_book.marts()
        one = made["order_profit"][1]
        made["order_profit"] = [
            {
                **one,
                "order_id": f"a:{place:03}",
                "order_number": f"#{place:03}",
                "contribution_margin_3": place,
            }
            for place in range(120)
        ]
        publish(project, **made)  # type: ignore[arg-type]
        with TestClient(create_app(project), follow_redirects=False) as client:
            with_session(client, project)
            asked = f"{MARCH}&orders_order=-contribution_margin_3"
            listed = [rows(client, f"{asked}&orders_sheet={sheet}") for sheet in (1, 2, 3, 9)]
            pager = client.get(f"/orders/list?{asked}").text
    assert [len(sheet) - 1 for sheet in listed] == [50, 50, 20, 20]
    assert [row[0] for sheet in listed[:3] for row in sheet[:-1]] == [
        f"#{place:03}" for place in range(119, -1, -1)
    ]
    assert 'data-total="120"' in pager
    assert 'data-rows="/orders/list?' in pager


def test_the_orders_of_a_campaign_are_those_that_marketing_counts(advertiser: TestClient) -> None:
    *listed, whole = rows(advertiser, f"{MARCH}&campaign_id=m:11")
    assert [row[0] for row in listed] == ["#1002", "#1001"]
    assert whole[2] == "€180.00"
    assert [row[0] for row in rows(advertiser, f"{MARCH}&campaign_id=~")[:-1]] == ["#1005"]
    text = advertiser.get(f"/orders/bridge?{MARCH}&campaign_id=m:11").text
    assert link(text, "Open the campaign").startswith("/marketing/campaigns/m%3A11?")
    page = advertiser.get(f"/orders?{MARCH}&campaign_id=m:11").text
    assert "Campaign: Spring Sale &amp; More" in page
    assert re.findall(r'<option value="([^"]*)"', page[page.index('id="campaign_id"') :].split("</select>")[0]) == [
        "", "m:11", "g:21", "g:22", "~",
    ]  # fmt: skip


def test_every_figure_opens_its_definition(reader: TestClient) -> None:
    for panel in ("list", "bridge"):
        text = reader.get(f"/orders/{panel}?{MARCH}").text
        addresses = set(re.findall(r'hx-get="(/definitions/[^"]+)"', text))
        assert len(addresses) >= 5
        for address in addresses:
            assert reader.get(html.unescape(address)).status_code == 200


@pytest.mark.parametrize("wrong", ["shop=nowhere", "orders_order=colour", "which=all", "orders_sheet=-1"])
def test_what_does_not_exist_is_refused_in_words(reader: TestClient, wrong: str) -> None:
    answer = reader.get(f"/orders?{wrong}")
    assert answer.status_code in (404, 422)
    assert "fault of Fondaco" not in answer.text


def test_an_address_without_an_order_is_the_list(reader: TestClient) -> None:
    answer = reader.get("/orders/?clock=order")
    assert (answer.status_code, answer.headers["location"]) == (307, "/orders?clock=order")


def test_before_anything_is_published_the_page_says_what_to_do(owner: TestClient) -> None:
    assert "Connect a shop to see its sales" in owner.get("/orders").text


def test_what_an_older_release_published_is_said_in_a_sentence(new_folder: Path, tmp_path: Path) -> None:
    with Project.open(shop_folder(new_folder, tmp_path), clock=Watch()) as project:
        publish(project, **profit_book.marts())  # type: ignore[arg-type]
        with project.warehouse.writer() as writer:
            for mart in ("profit_ledger", "profit_daily", "order_profit"):
                writer.execute(f"drop table marts.{mart}")
        project.warehouse.publish()
        with TestClient(create_app(project), follow_redirects=False) as client:
            with_session(client, project)
            page, panel, files = (client.get(f"/orders{each}") for each in ("", "/list", "/list.csv"))
    assert "The next run works out what orders bring" in page.text
    assert "fondaco run" in panel.text
    assert "fault of Fondaco" not in files.text


@pytest.fixture(scope="module")
def api(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The book of profit, and a program with a token that reads."""
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("api")), clock=Watch()) as project:
        publish(project, **profit_book.marts())  # type: ignore[arg-type]
        user = project.control.users.find(OWNER)
        assert user is not None
        _, secret = project.control.tokens.create(project.tenant, "test", user_id=user.user_id)
        with TestClient(create_app(project), headers={"Authorization": f"Bearer {secret}"}) as client:
            yield client


def test_programs_read_the_same_orders_page_by_page_with_the_sum_of_all(api: TestClient) -> None:
    first = api.get(f"/api/v1/orders?{MARCH}&limit=2&order_by=contribution_margin_3").json()
    assert [row["order_number"] for row in first["rows"]] == ["#1003", "#1004"]
    assert first["rows"][1] == {
        "order_id": "a:4", "order_number": "#1004", "order_date": "2026-03-29", "connection_id": "a", "channel": "web", "country": None,
        "customer_type": "new", "net_sales": "7.000000", "contribution_margin_1": "4.000000", "contribution_margin_2": "4.000000",
        "marketing_costs": "10.000000", "contribution_margin_3": "-6.000000", "contribution_margin_3_rate": "-0.857143",
    }  # fmt: skip
    assert first["total"] == {
        "orders": 3, "net_sales": "47.000000", "contribution_margin_1": "28.000000", "contribution_margin_2": "10.000000",
        "marketing_costs": "20.000000", "contribution_margin_3": "-10.000000", "contribution_margin_3_rate": "-0.212766",
    }  # fmt: skip
    asked = f"/api/v1/orders?{MARCH}&limit=2&order_by=contribution_margin_3&cursor={first['next']}"
    rest = api.get(asked).json()
    assert ([row["order_number"] for row in rest["rows"]], rest["next"]) == (["#1002"], None)
    other = api.get(f"/api/v1/orders?{MARCH}&country=FR&cursor={first['next']}")
    assert (other.status_code, other.json()["error"]["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("condition", "numbers"),
    [
        ("country=DE", ["#1002"]),
        ("country=~", ["#1004"]),
        ("which=lost", ["#1004", "#1003"]),
        ("find=003", ["#1003"]),
    ],
)
def test_programs_ask_under_the_conditions_of_the_page(
    api: TestClient, condition: str, numbers: list[str]
) -> None:
    asked = f"/api/v1/orders?{MARCH}&{condition}"
    assert [row["order_number"] for row in api.get(asked).json()["rows"]] == numbers
    text = api.get(f"{asked}&format=csv").text
    assert [row["order_number"] for row in csv.DictReader(text.splitlines())] == numbers


def test_programs_are_refused_what_orders_have_not(api: TestClient) -> None:
    for wrong in ("order_by=colour", "which=all", "cursor=x", "limit=0"):
        assert api.get(f"/api/v1/orders?{MARCH}&{wrong}").status_code == 422
