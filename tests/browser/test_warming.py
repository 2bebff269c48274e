"""The usual views are worked out when something new is published, so that nobody waits for them."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from tests.browser.conftest import OWNER, Shop

from fondaco.control import Role
from fondaco.server.app import create_app
from fondaco.server.auth.sessions import SESSION
from fondaco.server.pages.overview_panels import PANELS
from fondaco.server.warming import (
    MARKETING,
    PROFIT,
    PROFIT_FURTHER,
    SALES,
    THREAD_NAME,
    ranged_views,
    usual_views,
    warm,
    warm_further,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_the_usual_views_are_there_before_anybody_asks(shop: Shop) -> None:
    app = create_app(shop.project, warm=True)
    site = app.state.site
    users = shop.project.control.users
    owner = users.find(OWNER) or users.create(shop.project.tenant, OWNER, role=Role.OWNER)
    session = shop.project.control.sessions.create(owner.user_id, valid=timedelta(hours=1))
    with TestClient(app, cookies={SESSION: session}) as client:
        assert app.state.warmer.idle.wait(90)
        answered = site.answered
        for path in ("/customers", "/customers?segment=Champions", "/cohorts", "/report", "/segments"):
            assert client.get(path).status_code == 200
            assert (path, site.answered) == (path, answered)
    assert answered > 50
    for view in usual_views(site):
        warm(site, view)
    for view in ranged_views(site):
        warm_further(site, view)
    assert site.answered == answered


def test_panels_are_written_for_the_locales_of_the_newest_readers(shop: Shop) -> None:
    site = create_app(shop.project).state.site
    view = next(usual_views(site))
    warm(site, view)
    written, answered = len(site.panels), site.answered
    own = (*PANELS, *SALES, *PROFIT, *PROFIT_FURTHER, *MARKETING)
    assert written == len(own) + 2  # and the tables of products and of variants
    for language in ("de-DE,de;q=0.9", "fr-FR", "it-IT", "de-DE"):
        site.note_reader(
            site.numbers(Request({"type": "http", "headers": [(b"accept-language", language.encode())]}))
        )
    warm(site, view)
    assert [numbers.locale for numbers in site.usual_numbers()] == ["fr_FR", "it_IT", "de_DE"]
    assert (len(site.panels), site.answered) == (4 * written, answered)


def test_without_being_told_so_an_application_asks_nothing(shop: Shop) -> None:
    app = create_app(shop.project)
    with TestClient(app):
        assert [thread for thread in threading.enumerate() if thread.name == THREAD_NAME] == []
    assert app.state.site.answered == 0
