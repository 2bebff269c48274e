"""Long lists: some hundred rows in the document, whatever the length, and the rest one scroll away."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import OWNER, PASSWORD, OpenPage, Shop, serving, settle, ticking
from tests.browser.test_access import findings
from tests.published import make_searchable, publish

from fondaco.control import Role
from fondaco.orchestration import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

PEOPLE = 20_000
MOST_ROWS = 210
_CROWD = (
    "insert into marts.customers by name select 'default' as tenant_id, printf('%032x', i) as person_id, 'Ann' as first_name,"
    " printf('Number %05d', i) as last_name, printf('ann%d@example.com', i) as email, 'DE' as country, 1 as orders,"
    " case when i = 15000 then 1234567890.12 else i end as net_sales, date '2026-03-01' as last_order_date"
    f" from range({PEOPLE}) as t(i)"
)


@pytest.fixture(scope="module")
def crowd(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Twenty thousand customers, by name from 0 on."""
    folder = tmp_path_factory.mktemp("crowd") / "project"
    with Project.create(folder, name="Crowd", currency="EUR", clock=ticking) as project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        publish(project)
        with project.warehouse.writer() as writer, writer.transaction():
            writer.execute(_CROWD)
            make_searchable(writer)
        project.warehouse.publish()
        with serving(project) as url:
            yield Shop(url, project)


def people(page: Page) -> list[str]:
    """Names of the rows that the reader sees, from the top of the list to its bottom."""
    names: list[str] = page.evaluate(
        """() => {
            const box = document.querySelector("#sheet-people .scroll").getBoundingClientRect();
            const head = document.querySelector("#sheet-people thead").getBoundingClientRect().height;
            return [...document.querySelectorAll("#sheet-people tbody:not(.gap) tr")].filter((row) => {
                const at = row.getBoundingClientRect();
                return at.top >= box.top + head - 1 && at.bottom <= box.bottom + 1;
            }).map((row) => row.querySelector("a").textContent);
        }"""
    )
    return names


def number(name: str) -> int:
    return int(name.rsplit(" ", 1)[1])


def scroll(page: Page, where: float) -> None:
    """To a part of the list's height, and until its rows are there."""
    page.evaluate(
        "part => { const box = document.querySelector('#sheet-people .scroll'); box.scrollTop = part * box.scrollHeight; }",
        where,
    )
    expect(page.locator("#sheet-people table")).not_to_have_attribute("aria-busy", "true")
    page.wait_for_timeout(120)
    expect(page.locator("#sheet-people table")).not_to_have_attribute("aria-busy", "true")


def rows(page: Page) -> int:
    return page.locator("#sheet-people tbody:not(.gap) tr").count()


def height(page: Page) -> int:
    return int(page.evaluate("document.querySelector('#sheet-people .scroll').scrollHeight"))


@pytest.mark.parametrize("width", [1440, 390])
def test_twenty_thousand_rows_scroll_down_and_up_again_and_the_document_stays_small(
    crowd: Shop, open_page: OpenPage, width: int
) -> None:
    page = open_page(crowd, "/customers?sort=name", width=width)
    whole, first = height(page), people(page)
    assert number(first[0]) == 0
    for part in (0.1, 0.35, 0.5, 0.74, 0.76, 0.99, 1):
        scroll(page, part)
        seen = [number(name) for name in people(page)]
        assert seen == list(range(seen[0], seen[0] + len(seen)))
        assert abs(seen[0] - part * PEOPLE) < 15
        assert rows(page) <= MOST_ROWS
        assert height(page) == whole
    assert number(people(page)[-1]) == PEOPLE - 1
    for part in (0.5, 0):
        scroll(page, part)
    assert people(page) == first


def test_rows_come_one_after_the_other_while_one_turns_the_wheel(crowd: Shop, open_page: OpenPage) -> None:
    page = open_page(crowd, "/customers?sort=name")
    box = page.locator("#sheet-people .scroll")
    box.scroll_into_view_if_needed()
    box.hover()
    told = [number(name) for name in people(page)]
    for _ in range(25):
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(60)
        told += [number(name) for name in people(page)]
        assert rows(page) <= MOST_ROWS
    assert sorted(set(told)) == list(range(max(told) + 1))


def test_a_screen_reader_is_told_how_many_there_are_and_where_it_stands(
    crowd: Shop, open_page: OpenPage
) -> None:
    page = open_page(crowd, "/customers?sort=name")
    table = page.locator("#sheet-people table")
    expect(table).to_have_attribute("aria-rowcount", str(PEOPLE + 1))
    scroll(page, 0.5)
    row = page.locator("#sheet-people tbody:not(.gap) tr", has_text="Number 10000")
    expect(row).to_have_attribute("aria-rowindex", "10002")
    expect(page.locator("#sheet-people [data-words]")).to_contain_text(
        re.compile(r"10,0\d\d–10,0\d\d of 20,000 people")
    )


def test_columns_grow_for_a_wide_figure_and_nothing_else_moves(crowd: Shop, open_page: OpenPage) -> None:
    page = open_page(crowd, "/customers?sort=name")
    scroll(page, 0.75)
    cell = page.locator("#sheet-people tbody:not(.gap) tr", has_text="Number 15000").locator("td").nth(3)
    expect(cell).to_have_text("€1,234,567,890.12", use_inner_text=True)
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")


def test_the_link_to_somebody_and_back_finds_the_place(crowd: Shop, open_page: OpenPage) -> None:
    page = open_page(crowd, "/customers?sort=name")
    scroll(page, 0.5)
    expect(page).to_have_url(re.compile("people_sheet=20[01]"))
    before = people(page)
    page.get_by_role("link", name=before[3], exact=True).click()
    expect(page.get_by_role("heading", name=before[3])).to_be_visible()
    page.go_back()
    settle(page)
    page.wait_for_timeout(150)
    assert people(page) == before
    page.goto(f"{crowd.url}/customers?sort=name&people_sheet=101")
    settle(page)
    assert number(people(page)[0]) == 5000


def test_the_keyboard_walks_through_the_rows(crowd: Shop, open_page: OpenPage) -> None:
    page = open_page(crowd, "/customers?sort=name")
    page.locator("#sheet-people .scroll").focus()
    page.keyboard.press("End")
    expect(page.locator("#sheet-people tbody:not(.gap)")).to_contain_text(f"Number {PEOPLE - 1}")
    page.keyboard.press("Home")
    expect(page.locator("#sheet-people tbody:not(.gap)")).to_contain_text("Number 00000")
    page.wait_for_timeout(150)
    page.locator("#sheet-people tbody:not(.gap) a").first.focus()
    for _ in range(120):
        page.keyboard.press("Tab")
    expect(page.locator("#sheet-people a:focus")).to_have_text("Ann Number 00120")


def test_steps_of_the_keyboard_wait_for_rows_that_are_on_their_way(crowd: Shop, open_page: OpenPage) -> None:
    page = open_page(crowd, "/customers?sort=name")
    page.wait_for_timeout(150)
    there = rows(page)
    held: list[Route] = []
    sheets = re.compile("/customers/find")
    page.route(sheets, lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    page.locator("#sheet-people tbody:not(.gap) a").first.focus()
    for _ in range(there + 20):
        page.keyboard.press("Tab")
    page.wait_for_timeout(150)
    focused = page.locator("#sheet-people a:focus")
    expect(focused).to_have_text(f"Ann Number {there - 1:05d}")
    assert held
    page.unroute(sheets)  # which lets those that were held go on
    expect(focused).to_have_text(f"Ann Number {there + 20:05d}")


def test_the_keys_for_finding_search_all_rows_and_then_the_page(crowd: Shop, open_page: OpenPage) -> None:
    page = open_page(crowd, "/customers?sort=name")
    page.locator("#sheet-people .scroll").focus()
    page.keyboard.press("Control+f")
    field = page.get_by_label("Name, e-mail or telephone")
    expect(field).to_be_focused()
    field.fill("ann17771@")
    expect(page.locator("#sheet-people tbody tr")).to_have_count(1)
    expect(page.locator("#sheet-people .pager")).to_have_count(0)
    field.fill("Ann ann1")
    expect(page.locator("#sheet-people [data-words]")).to_contain_text("of 11,111 people")
    scroll(page, 1)
    assert number(people(page)[-1]) == PEOPLE - 1
    assert "ann" not in page.url


def test_without_scripts_a_link_leads_to_the_next_sheet(crowd: Shop, open_page: OpenPage) -> None:
    page = open_page(crowd, "/customers?sort=name")
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False) as context:
        session = next(each["value"] for each in page.context.cookies() if each["name"] == "fondaco_session")
        context.add_cookies([{"name": "fondaco_session", "value": session, "url": crowd.url}])
        plain = context.new_page()
        plain.goto(f"{crowd.url}/customers?sort=name")
        plain.get_by_role("button", name="Next").click()
        expect(plain.locator("#sheet-people tbody tr").first).to_contain_text("Number 00050")
        plain.get_by_role("button", name="Previous").click()
        expect(plain.locator("#sheet-people tbody tr").first).to_contain_text("Number 00000")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_in_the_middle_of_a_long_list(
    crowd: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(crowd, "/customers?sort=name", width=width, theme=theme)
    scroll(page, 0.5)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_paper_holds_the_rows_that_are_there_and_says_which(crowd: Shop, open_page: OpenPage) -> None:
    page = open_page(crowd, "/customers?sort=name")
    scroll(page, 0.5)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#sheet-people [data-words]")).to_have_text(
        "9,951–10,100 of 20,000 people; the file of the table holds all of them"
    )
    expect(page.locator("#sheet-people .gap:visible")).to_have_count(0)
    box = page.locator("#sheet-people .scroll")
    assert box.evaluate("box => box.scrollHeight === box.clientHeight")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#sheet-people [data-words]")).not_to_contain_text("the file")


def test_on_a_narrow_screen_a_row_has_two_lines_and_no_figure_is_out_of_sight(
    crowd: Shop, open_page: OpenPage
) -> None:
    page = open_page(crowd, "/customers?sort=name", width=390)
    row = page.locator("#sheet-people tbody:not(.gap) tr").nth(7)
    for text in ("Ann Number 00007", "1 order", "€7.00"):
        expect(row).to_contain_text(text, use_inner_text=True)
    box = page.locator("#sheet-people .scroll")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
