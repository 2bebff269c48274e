"""Two shops that sell a mug each, and wrap what nobody keeps in a catalogue: a product is the same line on every page and in every
file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import with_session
from tests.server.pages.conftest import shop_folder
from tests.server.pages.conftest import two_shops as opened
from tests.server.pages.test_sales import link, query

from fondaco.orchestration import Project
from fondaco.reports.content import Books, write_content
from fondaco.reports.spans import parse_span
from fondaco.reports.weekly import weekly_letter
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31"
SOLD = (
    ("a", "a:mug", "Mug", 60),
    ("b", "b:mug", "Mug", 30),
    ("b", "b:gone", "Jug", 20),
    ("a", None, "Wrap", 10),
    ("a", None, None, -4),
)
"""The jug has left the catalogue. Four were paid back on a whole order."""


def marts() -> dict[str, list[dict[str, Any]]]:
    day = "2026-03-02"
    return {
        "connections": [{"connection_id": shop, "reporting_currency": "EUR"} for shop in ("a", "b")],
        "products": [
            {"product_id": f"{shop}:mug", "title": "Mug", "connection_id": shop, "is_deleted": False}
            for shop in ("a", "b")
        ]
        + [{"product_id": "b:gone", "title": "Jug", "connection_id": "b", "is_deleted": True}],
        "product_sales_daily": [
            {"event_date": day, "order_date": day, "connection_id": shop, "product_id": product_id, "product_title": title,
             "net_sales": amount, "units_sold": 1, "product_orders": 1}
            for shop, product_id, title, amount in SOLD
        ],
        "sales_daily": [
            {"clock": clock, "sales_date": day, "connection_id": shop, "is_filler": False, "country": "DE", "orders": 1,
             "net_sales": amount}
            for shop, _, _, amount in SOLD
            for clock in ("finance", "order")
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def two_shops(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with opened(shop_folder(new_folder, tmp_path_factory.mktemp("two_shops")), marts()) as project:
        yield project


@pytest.fixture(scope="module")
def page(two_shops: Project) -> Iterator[TestClient]:
    with TestClient(create_app(two_shops), follow_redirects=False) as client:
        yield with_session(client, two_shops)


def sold(text: str) -> list[tuple[str, str]]:
    """The product of each row, and its net sales."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = [html.unescape(re.sub(r"<[^>]+>", " ", line)).split() for line in body.split("<tr>")[1:]]
    amounts = [
        next(place for place, word in enumerate(line) if word.startswith(("€", "−€"))) for line in lines
    ]
    return [
        (" ".join(w for w in line[:place] if not w.isdigit()), line[place])
        for line, place in zip(lines, amounts, strict=True)
    ]


EACH = [("Mug Aurora", "€60.00"), ("Mug Berg", "€30.00"), ("Jug Berg", "€20.00"), ("Wrap", "€10.00")]
REST = ("Without a product", "−€4.00")


def test_they_are_as_many_lines_on_overview_in_sales_in_products_and_on_the_report(page: TestClient) -> None:
    assert sold(page.get(f"/overview/products?{MARCH}").text) == [*EACH, REST]
    assert sold(page.get(f"/sales/breakdown?{MARCH}&by=product").text) == [*EACH, REST]
    catalogue = sold(page.get(f"/products/catalogue?{MARCH}").text)
    assert catalogue == [
        (name, amount)
        for name, (_, amount) in zip(
            ("Mug Aurora", "Mug Berg", "Jug Berg", "Wrap Not in a catalogue"), EACH, strict=True
        )
    ]
    report = page.get("/report?period=2026-03").text.partition('id="r-products"')[2]
    shown = [line.partition("</th>")[0] for line in report.split('<th scope="row">')[1:]]
    assert [html.unescape(" ".join(each.replace("<", " <").split())) for each in shown] == [
        '<a href="/products/a:mug?range=custom&from=2026-03-01&to=2026-03-31">Mug </a> <span class="muted">Aurora </span>',
        '<a href="/products/b:mug?range=custom&from=2026-03-01&to=2026-03-31">Mug </a> <span class="muted">Berg </span>',
        '<a href="/products/b:gone?range=custom&from=2026-03-01&to=2026-03-31">Jug </a> <span class="muted">Berg </span>',
        "Wrap",
        "Without a product",
    ]


def test_so_they_are_in_every_file(page: TestClient) -> None:
    assert page.get(f"/export/products.csv?{MARCH}").text.splitlines() == [
        "product_id,product,net_sales,units_sold,orders,shop",
        "a:mug,Mug,60.000000,1,1,Aurora",
        "b:mug,Mug,30.000000,1,1,Berg",
        "b:gone,Jug,20.000000,1,1,Berg",
        ",Wrap,10.000000,1,1,",
        ",Without a product,-4.000000,1,1,",
    ]
    assert page.get(f"/sales/breakdown.csv?{MARCH}&by=product&compare=none").text.splitlines() == [
        "product_id,product,shop,net_sales,net_sales_compared",
        "a:mug,Mug,Aurora,60.000000,",
        "b:mug,Mug,Berg,30.000000,",
        "b:gone,Jug,Berg,20.000000,",
        ",Wrap,,10.000000,",
        ",Without a product,,-4.000000,",
    ]
    catalogue = [line.split(",") for line in page.get(f"/products/catalogue.csv?{MARCH}").text.splitlines()]
    assert [(line[0], line[2], line[-1]) for line in catalogue] == [
        ("product_id", "title", "shop"),
        ("a:mug", "Mug", "Aurora"),
        ("b:mug", "Mug", "Berg"),
        ("b:gone", "Jug", "Berg"),
        ("", "Wrap", ""),
        ("", "Without a product", ""),
    ]
    assert sum(Decimal(line[4]) for line in catalogue[1:]) == 116


def test_what_is_of_no_product_stands_beneath_the_table_of_products(page: TestClient) -> None:
    for level in ("product", "variant"):
        text = page.get(f"/products/catalogue?{MARCH}&level={level}").text
        assert "Of no product: −€4.00." in text
    assert "Of no product" not in page.get(f"/products/catalogue?{MARCH}&products_find=mug").text


def test_a_line_of_overview_leads_to_the_product_and_of_what_has_no_page_to_its_sales(
    page: TestClient,
) -> None:
    panel = page.get(f"/overview/products?{MARCH}").text
    assert link(panel, "Mug") == "/products/a:mug?range=custom&from=2026-03-01&to=2026-03-31"
    assert "<h1>Mug</h1>" in page.get(link(panel, "Mug")).text
    wrap = link(panel, "Wrap")
    assert query(wrap) == {"range": "custom", "from": "2026-03-01", "to": "2026-03-31", "product_id": "~", "product": "Wrap"}  # fmt: skip
    assert "€10" in page.get(wrap.replace("/sales?", "/sales/course?")).text


def test_the_other_rankings_of_overview_lead_into_sales(page: TestClient) -> None:
    assert query(link(page.get(f"/overview/shops?{MARCH}").text, "Berg"))["shop"] == "b"
    germany = query(link(page.get(f"/overview/countries?{MARCH}").text, "Germany"))
    assert (germany["country"], germany["by"]) == ("DE", "shop")


def test_what_left_its_catalogue_keeps_a_page(page: TestClient) -> None:
    text = page.get(f"/products/b:gone?{MARCH}").text
    assert "<h1>Jug</h1>" in text and "No longer offered" in text and "€20" in text


def test_a_product_of_sales_is_that_of_its_shop_alone_and_is_called_so(page: TestClient) -> None:
    address = link(page.get(f"/sales/breakdown?{MARCH}&by=product").text, "Mug")
    assert query(address)["product_id"] == "a:mug"
    text = page.get(address).text
    assert "Product: Mug (Aurora)" in text
    assert "€60" in page.get(address.replace("/sales?", "/sales/course?")).text
    assert "In Sales" in page.get(f"/products/a:mug?{MARCH}").text
    assert query(link_to_sales(page.get(f"/products/a:mug?{MARCH}").text))["product_id"] == "a:mug"


def link_to_sales(text: str) -> str:
    return html.unescape(text.partition('<a class="button plain" href="')[2].partition('"')[0])


def test_an_address_with_a_title_as_views_were_saved_with_still_joins_those_of_that_title(
    page: TestClient,
) -> None:
    assert "€90" in page.get(f"/sales/course?{MARCH}&product=Mug").text


def test_where_there_is_one_shop_it_is_not_named(reader: TestClient) -> None:
    assert "Product: Mug<" in reader.get(f"/sales?{MARCH}&product_id=a:Mug").text


def test_the_mail_names_the_shops_and_leads_to_the_products(two_shops: Project) -> None:
    books = Books(two_shops.control, two_shops.metrics, two_shops.reader, two_shops.tenant, two_shops.clock())
    letter = weekly_letter(write_content(books, parse_span("2026-W10")), "https://figures.example.com")
    for line in ("Mug (Aurora)", "Mug (Berg)", "Jug (Berg)", "Wrap "):
        assert line in letter.plain
    assert (
        'href="https://figures.example.com/products/b%3Amug?range=custom&amp;from=2026-03-02' in letter.html
    )
