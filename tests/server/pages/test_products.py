"""Products: the table, its order and its file, and the page of one product."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import marts, shop_folder
from tests.server.pages.test_sales import rows

from fondaco.jobs.products import TABLES, write_product_facts
from fondaco.orchestration import Project
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow

MARCH = "from=2026-03-01&to=2026-03-31"


def product(name: str, **row: object) -> dict[str, object]:
    return {"product_id": f"a:{name}", "title": name, "connection_id": "a", "source": "files", "is_deleted": False,
            "first_sold_date": "2025-01-01", "currency": "EUR", **row}  # fmt: skip


@pytest.fixture(scope="session")
def shelf(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Mugs that sell, a rug that does not, and sixty kinds of beads; what buyers did is worked out too."""
    sales = [
        {"product_id": "a:Mug", "product_title": "Mug", "variant_id": "v1", "sku": "MUG", "gross_sales": 100,
         "net_sales": 92, "returns": 8, "units_sold": 62},
        *({"product_id": f"a:Bead {n}", "product_title": f"Bead {n}", "variant_id": f"b{n}", "net_sales": n, "units_sold": 1}
          for n in range(60)),
    ]  # fmt: skip
    rows = marts()
    for event in rows["sales_ledger"]:
        event |= {"product_id": "a:Mug"}
    rows |= {
        "products": [
            product("Mug", vendor="North"),
            product("Rug"),
            *(product(f"Bead {n}") for n in range(60)),
        ],
        "product_sales_daily": [
            {"event_date": "2026-03-02", "order_date": "2026-03-02", "connection_id": "a", **row}
            for row in sales
        ],
        "profit_ledger": [
            {
                "profit_event_type": "sale",
                "profit_event_id": title,
                "event_type": "order",
                "line_type": "product",
                "event_date": "2026-03-02",
                "order_date": "2026-03-02",
                "connection_id": "a",
                "source": "files",
                "product_id": f"a:{title}",
                "line_title": title,
                "variant_id": variant,
                "sku": sku,
                "net_sales": sales,
                "cost_of_goods": cost,
            }
            for title, variant, sku, sales, cost in (
                ("Mug", "v1", "MUG", 92, 46),
                ("Bead 5", "b5", None, 5, 9),
                ("Bead 7", "b7", None, 7, 8),
            )
        ],
        "inventory": [
            {"product_id": "a:Mug", "variant_id": "v1", "sku": "MUG", "variant_title": "Blue", "on_hand": 10}
        ],
    }
    folder = shop_folder(new_folder, tmp_path_factory.mktemp("shelf"))
    with Project.open(folder, clock=Watch()) as project:
        publish(project, **rows)  # type: ignore[arg-type]
        warehouse = project.warehouse
        warehouse.create_schemas_and_raw_tables(TABLES)
        with warehouse.writer() as writer:
            with writer.transaction():
                write_product_facts(writer, project.tenant, project.clock().date())
            warehouse.publish()
        with TestClient(create_app(project), follow_redirects=False) as client:
            yield with_session(client, project)


def test_the_largest_comes_first_with_speed_stock_and_what_buyers_did(shelf: TestClient) -> None:
    """Three people bought mugs; p1 did in December and again in March, 62 days later."""
    text = shelf.get(f"/products/catalogue?{MARCH}&compare=none").text
    assert rows(text)[0] == [
        "MugAurora", "€92.00", "€46.00", "50.0%", "62", "2.00", "8.0%", "0.0%", "10", "5 d", "100.0%", "€64.00"
    ]  # fmt: skip


def test_a_sheet_holds_fifty_rows_and_leads_to_the_next(shelf: TestClient) -> None:
    first, second = (shelf.get(f"/products/catalogue?{MARCH}&products_sheet={n}").text for n in (1, 2))
    assert (len(rows(first)), len(rows(second))) == (50, 12)
    assert "1–50 of 62" in first
    assert "51–62 of 62" in second
    assert rows(second)[-1][0] in ("Bead 0Aurora", "RugAurora")


def test_rows_are_ordered_by_any_column_and_found_by_name_or_sku(shelf: TestClient) -> None:
    by_title = rows(shelf.get(f"/products/catalogue?{MARCH}&products_order=-title").text)
    assert [row[0] for row in by_title[:2]] == ["RugAurora", "MugAurora"]
    assert [row[0] for row in rows(shelf.get(f"/products/catalogue?{MARCH}&products_find=bead+17").text)] == [
        "Bead 17Aurora"
    ]
    variants = rows(shelf.get(f"/products/catalogue?{MARCH}&level=variant&products_find=mug").text)
    assert [row[0] for row in variants] == ["MugMUG · Aurora"]


def test_products_that_cost_more_than_they_brought_are_counted_and_one_press_away(shelf: TestClient) -> None:
    usual = shelf.get(f"/products/catalogue?{MARCH}").text
    note = re.search(r'id="loss-makers">.*?</p>', usual, re.DOTALL)
    assert note is not None
    told = " ".join(re.sub(r"<[^>]+>", " ", note[0]).split())
    assert "2 products cost more than they brought, with marketing: €5.00 together. Show them first" in told
    address = re.search(r'<a href="([^"]+)"', note[0])
    assert address is not None
    first = shelf.get(html.unescape(address[1]).replace("/products?", "/products/catalogue?")).text
    assert [row[:4] for row in rows(first)[:2]] == [
        ["Bead 5Aurora", "€5.00", "−€4.00", "−80.0%"],
        ["Bead 7Aurora", "€7.00", "−€1.00", "−14.3%"],
    ]
    assert "They stand first." in first
    by_margin = rows(shelf.get(f"/products/catalogue?{MARCH}&products_order=contribution_margin_3_rate").text)
    assert [row[0] for row in by_margin[:3]] == ["Bead 5Aurora", "Bead 7Aurora", "MugAurora"]
    variants = shelf.get(f"/products/catalogue?{MARCH}&level=variant").text
    assert "2 variants cost more than they brought" in " ".join(re.sub(r"<[^>]+>", " ", variants).split())


def test_the_page_keeps_its_filters_on_the_way_to_a_product_and_back(shelf: TestClient) -> None:
    assert re.search(
        r'href="/products/a:Mug\?range=custom&amp;from=2026-03-01',
        shelf.get(f"/products/catalogue?{MARCH}").text,
    )
    assert 'href="/products?range=custom&amp;from=2026-03-01' in shelf.get(f"/products/a:Mug?{MARCH}").text


def test_a_product_shows_its_buyers_variants_and_what_they_did_next(shelf: TestClient) -> None:
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shelf.get(f"/products/a:Mug?{MARCH}").text))
    assert "Aurora · North · first sold 1 Jan 2025" in page
    assert "Customers 3" in page
    assert "New customers 2" in page
    assert "Bought again, ever of 3 buyers 33.3%" in page
    assert "Blue MUG €92.00 62" in page
    assert "Nothing is bought with it in three orders or more" in page


def test_the_definition_of_a_products_figure_is_of_that_product(shelf: TestClient) -> None:
    page = shelf.get(f"/products/a:Bead 7?{MARCH}").text
    address = re.search(r'hx-get="(/definitions/net_sales[^"]+)"', page)
    assert address
    assert "€7" in shelf.get(html.unescape(address[1])).text


def test_the_file_holds_all_lines_unrounded(shelf: TestClient) -> None:
    answer = shelf.get(f"/products/catalogue.csv?{MARCH}")
    assert "products_2026-03-01_2026-03-31_finance.csv" in answer.headers["content-disposition"]
    lines = answer.text.splitlines()
    assert len(lines) == 63
    assert lines[1].startswith("a:Mug,,Mug,,92.000000,46.000000,0.500000,62,2,")


@pytest.mark.parametrize("name", ["units_per_day", "bought_again", "first_buyer_value", "lift"])
def test_a_figure_is_told_by_its_name(shelf: TestClient, name: str) -> None:
    assert "Formula" in shelf.get(f"/products/definitions/{name}").text


@pytest.mark.parametrize("path", ["/products/a:Nothing", "/products/definitions/charm"])
def test_what_is_not_there_is_said_so(shelf: TestClient, path: str) -> None:
    answer = shelf.get(path)
    assert answer.status_code == 404
    assert "There is no" in answer.text


def test_without_findings_of_buyers_the_page_says_when_they_come(reader: TestClient) -> None:
    assert "Worked out with the next run." in reader.get("/products/a:Mug").text


def test_before_anything_is_published_the_page_says_what_to_do(owner: TestClient) -> None:
    assert "Connect a shop to see its sales" in owner.get("/products").text
