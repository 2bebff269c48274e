"""The menu, and which addresses belong to it."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from fondaco.server.menu import MENU, is_of_menu
from fondaco.server.routes import leads_somewhere


def test_every_page_of_the_menu_is_there_and_says_where_one_is(owner: TestClient) -> None:
    assert isinstance(owner.app, FastAPI)
    for page in MENU:
        assert leads_somewhere(owner.app, page.address)
        html = owner.get(page.address, follow_redirects=True).text
        assert re.findall(r'href="([^"]*)"[^>]* aria-current="page"', html)[0] == page.address


def test_the_menu_stands_in_its_order_on_a_page(owner: TestClient) -> None:
    html = owner.get("/runs").text
    menu = html[html.index('aria-label="Pages"') :]
    assert re.findall(r'<li><a href="([^"]*)"', menu)[: len(MENU)] == [page.address for page in MENU]


@pytest.mark.parametrize(
    ("path", "belongs"),
    [
        ("/", True),
        ("/sales", True),
        ("/orders/one/two", True),
        ("/settings/users", True),
        ("/report.pdf", False),
        ("/segments/1/export.csv", False),
        ("/login", False),
        ("//elsewhere.example/sales", False),
        ("sales", False),
        ("", False),
    ],
)
def test_an_address_belongs_to_the_menu(path: str, belongs: bool) -> None:
    assert is_of_menu(path) is belongs
