"""E-mails and texts, as a merchant walks through them: from all that was sent down to an order that one led to."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OWNER, PASSWORD, OpenPage, Shop, serving, settle, ticking
from tests.browser.test_access import findings
from tests.published import publish
from tests.server.pages.test_messages import letter_marts

from fondaco.control import Role
from fondaco.orchestration import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

MARCH = "from=2026-03-01&to=2026-03-31&compare=none"


@pytest.fixture(scope="module")
def letters(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The book of ``tests/server/pages/test_messages.py`` behind a server."""
    folder = tmp_path_factory.mktemp("letters") / "project"
    project = Project.create(folder, name="Aurora", currency="EUR", timezone="Europe/Berlin", clock=ticking)
    with project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        publish(project, **letter_marts())  # type: ignore[arg-type]
        with serving(project) as url:
            yield Shop(url, project)


def test_from_all_messages_down_to_an_order_that_one_led_to(letters: Shop, open_page: OpenPage) -> None:
    page = open_page(letters, f"/marketing?{MARCH}")
    page.locator("#sheet-letters").get_by_role("link", name="Spring letter").click()
    expect(page.get_by_role("heading", name="Spring letter")).to_be_visible()
    settle(page)
    page.get_by_role("link", name="#1002").click()
    origin = page.locator("section", has=page.get_by_role("heading", name="Where it came from"))
    expect(origin).to_contain_text("A message led to it.")
    origin.get_by_role("link", name="Spring letter").click()
    expect(page).to_have_url(re.compile("/marketing/campaigns/k:1"))


def test_the_table_is_ordered_by_a_column(letters: Shop, open_page: OpenPage) -> None:
    page = open_page(letters, f"/marketing?{MARCH}")
    page.locator("#sheet-letters thead [href*='letters_order=-message_cost']").click()
    expect(page).to_have_url(re.compile("letters_order=-message_cost"))
    settle(page)
    expect(page.locator("#sheet-letters tbody tr").first).to_contain_text("Parcel texts")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [f"/marketing?{MARCH}", f"/marketing/campaigns/k:1?{MARCH}"])
def test_messages_are_for_everybody_on_every_screen(
    letters: Shop, open_page: OpenPage, path: str, scheme: str
) -> None:
    page = open_page(letters, path)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(page) == []
