"""The search finds what has a page or a definition, for those who may see it, and writes no words down."""

from __future__ import annotations

import html
import logging
import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import OWNER, form_token
from tests.server.test_settings import browser_of

from fondaco.control import Role
from fondaco.control.connections import ConnectionRecord
from fondaco.orchestration import Project
from fondaco.server.routes import leads_somewhere

pytestmark = pytest.mark.slow

ROLES = {Role.OWNER: OWNER, Role.ANALYST: "analyst@example.com", Role.VIEWER: "viewer@example.com"}
PERSON = {"person_id": "abc", "first_name": "Ana", "last_name": "Ortega", "city": "Bilbao", "orders": 2}
ORDER = {"order_id": "berlin:77", "order_number": "#1077", "connection_id": "berlin", "total_sales": "12.50"}
PRODUCT = {"product_id": "berlin:5", "connection_id": "berlin", "title": "Linen throw", "net_sales": 40}


@pytest.fixture
def shop(new_project: Project) -> Project:
    """A shop with a product, a customer and an order, and a user of every role."""
    for role, email in ROLES.items():
        if role is not Role.OWNER:
            new_project.control.users.create(new_project.tenant, email, role=role)
    record = ConnectionRecord("berlin", "shopify", "Berlin store", "EUR", "Europe/Berlin", {})
    new_project.control.connections.add(new_project.tenant, record)
    money = {"currency": "EUR"}
    publish(new_project, products=[PRODUCT | money], customers=[PERSON | money], orders=[ORDER | money])
    return new_project


def search(client: TestClient, words: str) -> list[tuple[str, str]]:
    token = form_token(client.get("/settings/account").text)
    answer = client.post("/search", data={"csrf": token, "q": words}, headers={"hx-request": "true"})
    assert answer.status_code == 200
    options = re.findall(
        r'<a role="option".*?(?:hx-get|href)="(?!/settings/definitions#)([^"]+)".*?found-title">(.*?)</span>',
        answer.text,
        re.S,
    )
    return [(html.unescape(title), html.unescape(address)) for address, title in options]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("value ahead", ("Value ahead", "/customers/figures/expected_value")),
        ("will not buy", ("Will not buy", "/customers/figures/churn_probability")),
        ("new segment", ("New segment", "/segments/new")),
        ("invite", ("Invite somebody", "/settings/users")),
    ],
)
def test_figures_of_customers_and_what_can_be_done_are_found(
    shop: Project, words: str, found: tuple[str, str]
) -> None:
    assert found in search(browser_of(shop, OWNER), words)


def test_what_a_viewer_may_not_do_is_not_offered_to_them(shop: Project) -> None:
    viewer = browser_of(shop, ROLES[Role.VIEWER])
    assert ("New segment", "/segments/new") not in search(viewer, "new segment")


def test_before_anything_is_typed_the_pages_that_exist_are_there(shop: Project) -> None:
    assert search(browser_of(shop, OWNER), " ") == [
        ("Overview", "/"),
        ("Sales", "/sales"),
        ("Profit", "/profit"),
        ("Orders", "/orders"),
        ("Marketing", "/marketing"),
        ("Products", "/products"),
        ("Stock", "/stock"),
        ("Customers", "/customers"),
        ("Segments", "/segments"),
        ("Cohorts", "/cohorts"),
        ("Costs", "/costs"),
        ("Alerts", "/alerts"),
        ("Connections", "/connections"),
        ("Runs & data health", "/runs"),
        ("Report", "/report"),
        ("Settings", "/settings"),
    ]


def test_figures_open_their_definition_and_are_found_by_other_words(shop: Project) -> None:
    client = browser_of(shop, OWNER)
    assert ("Average order value", "/definitions/average_order_value") in search(client, "aov")
    assert search(client, "net sales")[1] == ("Net sales", "/definitions/net_sales")


def test_shops_lead_to_their_overview_and_sections_of_settings_are_found(shop: Project) -> None:
    client = browser_of(shop, OWNER)
    assert ("Berlin store", "/?shop=berlin") in search(client, "berlin")
    assert ("Settings: API tokens", "/settings/tokens") in search(client, "bearer")


def test_saved_views_are_found_with_their_filters(shop: Project) -> None:
    owner = shop.control.users.find(OWNER)
    assert owner is not None
    query = "range=last_year&shop=berlin"
    shop.control.views.save(shop.tenant, owner.user_id, name="Bakery", path="/", query=query)
    assert search(browser_of(shop, OWNER), "bakery") == [("Bakery", f"/?{query}")]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("linen", ("Linen throw", "/products/berlin%3A5")),
        ("1077", ("Order #1077", "/orders/berlin%3A77")),
        ("ortega", ("Ana Ortega", "/customers/abc")),
    ],
)
def test_things_lead_to_their_page(shop: Project, words: str, found: tuple[str, str]) -> None:
    assert search(browser_of(shop, OWNER), words) == [found]


@pytest.mark.parametrize("role", list(Role))
def test_customers_are_found_by_those_who_may_see_them(shop: Project, role: Role) -> None:
    client = browser_of(shop, ROLES[role])
    found = [("Ana Ortega", "/customers/abc")] if role is not Role.VIEWER else []
    assert search(client, "ortega") == found


def test_what_an_older_release_published_is_searched_but_for_its_people(shop: Project) -> None:
    with shop.warehouse.writer() as writer:
        writer.execute("drop table marts.customer_search")
    shop.warehouse.publish()
    client = browser_of(shop, OWNER)
    assert search(client, "linen") == [("Linen throw", "/products/berlin%3A5")]
    assert search(client, "ortega") == []
    sent = {"csrf": form_token(client.get("/customers").text), "text": "ortega"}
    answer = client.post("/customers/find", data=sent, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and "fondaco run" in answer.text


def test_words_are_not_markup_and_nothing_found_is_said(shop: Project) -> None:
    client = browser_of(shop, OWNER)
    token = form_token(client.get("/settings/account").text)
    sent = {"csrf": token, "q": "<script>alert(1)</script>" + "x" * 300}
    page = client.post("/search", data=sent, headers={"hx-request": "true"}).text
    assert "<script>" not in page
    assert "Nothing here is called" in page


def test_without_scripts_the_search_is_a_page(shop: Project) -> None:
    client = browser_of(shop, OWNER)
    page = client.get("/search").text
    answer = client.post("/search", data={"csrf": form_token(page), "q": "gross"})
    assert 'href="/settings/definitions#gross_sales"' in answer.text
    assert "<h1>Search</h1>" in answer.text


def test_what_was_searched_for_stands_in_no_address_and_no_log(
    shop: Project, caplog: pytest.LogCaptureFixture
) -> None:
    client = browser_of(shop, OWNER)
    with caplog.at_level(logging.DEBUG):
        search(client, "ortega")
    assert "ortega" not in caplog.text.casefold()
    assert client.get("/search?q=ortega").text.count("ortega") == 0


def test_before_anything_is_published_the_search_still_answers(owner: TestClient) -> None:
    assert search(owner, "linen") == []
    assert ("Net sales", "/definitions/net_sales") in search(owner, "net")


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/", True),
        ("/runs/1", True),
        ("/customers/1", True),
        ("/nothing/1", False),
        ("/search", True),
        ("/logout", False),
    ],
)
def test_an_address_leads_somewhere_if_a_page_answers_there(
    stranger: TestClient, path: str, there: bool
) -> None:
    assert isinstance(stranger.app, FastAPI)
    assert leads_somewhere(stranger.app, path) is there


def test_segments_are_found_own_ones_first_as_far_as_one_may_open_them(shop: Project) -> None:
    def keep(name: str, attribute: str) -> None:
        rule = {"kind": "attribute", "attribute": attribute, "operator": "is", "values": ["x@example.com"]}
        definition = {"version": 1, "root": {"kind": "group", "match": "all", "rules": [rule]}}
        shop.control.segments.create(shop.tenant, name=name, definition=definition)

    keep("Champions of Bilbao", "city")
    keep("Champions we know by mail", "email")
    eight = ("Champions", "/customers?segment=Champions#list")
    own = ("Champions of Bilbao", "/segments/1")
    personal = ("Champions we know by mail", "/segments/2")
    assert search(browser_of(shop, ROLES[Role.ANALYST]), "champions") == [own, personal, eight]
    assert search(browser_of(shop, ROLES[Role.VIEWER]), "champions") == [own, eight]
    shop.control.segments.archive(shop.tenant, 1)
    assert search(browser_of(shop, ROLES[Role.VIEWER]), "champions") == [eight]
