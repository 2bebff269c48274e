"""The palette, saved views, Settings and the report, by keyboard and by hand, in both widths and themes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle
from tests.browser.test_access import findings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

BOTH = pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])


def selected(page: Page) -> str:
    return page.locator("#palette-list [aria-selected=true]").inner_text().split("\n")[0]


def type_in(page: Page, words: str) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("/search")):
        page.keyboard.type(words)


def test_a_page_is_reached_by_keyboard_alone(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search pages")
    expect(field).to_be_focused()
    type_in(page, "set")
    expect(page.get_by_role("option", name="Settings: You")).to_be_visible()
    first = selected(page)
    page.keyboard.press("ArrowDown")
    assert selected(page) != first
    page.keyboard.press("ArrowUp")
    assert selected(page) == first
    active = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Control+a")
    type_in(page, "tokens")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{shop.url}/settings/tokens")


def test_a_figure_opens_its_definition(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/runs")
    page.keyboard.press("/")
    type_in(page, "gross")
    page.get_by_role("option", name="Gross sales").click()
    expect(page.get_by_role("dialog", name="Gross sales")).to_be_visible()
    settle(page)
    expect(page.locator("#palette")).not_to_be_visible()
    assert page.url == f"{shop.url}/runs"


def test_escape_leads_back_and_a_slash_in_a_field_is_a_slash(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/settings/tokens")
    page.get_by_label("What it is for").focus()
    page.keyboard.type("a/b")
    expect(page.get_by_label("What it is for")).to_have_value("a/b")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(page.get_by_label("What it is for")).to_be_focused()


def test_what_is_not_there_is_said(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, width=390)
    page.get_by_role("link", name="Search").click()
    type_in(page, "qqqq")
    expect(page.locator("#palette-say")).to_contain_text("Nothing here is called “qqqq”")
    expect(page.locator("#palette-list")).not_to_be_visible()


@BOTH
def test_a_view_is_saved_with_its_filters_and_found_again(
    shop: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    name = f"Without comparison {width}"
    page = open_page(shop, width=width, theme=theme)
    page.get_by_label("Compare with").select_option("none")
    expect(page).to_have_url(f"{shop.url}/?compare=none")
    settle(page)
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("dialog", name="Save this view")).to_be_visible()
    assert findings(page) == []
    page.get_by_label("Name").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Save view").click()
    expect(page.locator(".notice.said")).to_contain_text(f"Saved as “{name}”")
    expect(page).to_have_url(f"{shop.url}/?compare=none")
    settle(page)
    page.goto(f"{shop.url}/runs")
    page.keyboard.press("Control+k")
    type_in(page, name)
    expect(page.get_by_role("option", name=name)).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{shop.url}/?compare=none")
    settle(page)


def test_whoever_presses_enter_before_the_answer_comes_gets_what_they_typed(
    shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(shop, "/runs")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Overview")).to_be_visible()
    page.keyboard.type("cohorts")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{shop.url}/cohorts")
    settle(page)


@BOTH
@pytest.mark.parametrize(
    "path",
    [*(f"/settings/{name}" for name in ("users", "tokens", "shops", "schedule", "definitions")), "/report"],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    shop: Shop, open_page: OpenPage, path: str, width: int, theme: str
) -> None:
    page = open_page(shop, path, width=width, theme=theme)
    for fold in page.locator("main details > summary").all()[:2]:
        fold.click()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_invitation_shows_its_link_once(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/settings/users")
    page.get_by_label("E-mail").fill("invited@example.com")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("One-time link")
    expect(link).to_be_visible()
    assert (link.input_value() or "").startswith(f"{shop.url}/login/link/")
    assert findings(page) == []
    page.reload()
    expect(page.get_by_label("One-time link")).to_have_count(0)


def test_definitions_are_narrowed_while_one_types(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/settings/definitions")
    page.get_by_label("Search the figures").fill("gift card")
    expect(page.locator("#metrics > li:visible")).to_have_count(1)
    page.get_by_label("Search the figures").fill("no such figure")
    expect(page.get_by_text("No figure is called that.")).to_be_visible()


def test_the_report_prints_black_on_white_without_what_is_around_it(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop, "/report", theme="dark")
    page.emulate_media(media="print")
    expect(page.locator(".side")).not_to_be_visible()
    expect(page.locator("#report-filters")).not_to_be_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.sheet-title')).color") == "rgb(22, 24, 29)"
    )
