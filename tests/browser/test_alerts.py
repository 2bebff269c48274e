"""The page Alerts in a real browser: a drop with its band, a rule from a form, a channel; at both widths and in both themes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, Shop, settle
from tests.browser.test_access import findings

from fondaco.orchestration.alerting import look

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

WIDTHS = [(1440, "light"), (390, "dark")]


@pytest.fixture
def alerted(shop: Shop) -> Iterator[Shop]:
    """A shop in which a rule of the file fires for each shop and a critical one of all, and nothing afterwards."""
    file = shop.project.settings.folder / "alerts.yml"
    file.write_text(
        "rules:\n"
        "  plan: {title: Sales under the plan, kind: threshold, metric: net_sales, below: 90000, days: 7, severity: critical}\n"
        "  shops: {title: Orders of a shop, kind: anomaly, metric: orders, sensitivity: 1, for_each: connection_id}\n",
        encoding="utf-8",
    )
    look(shop.project, "cli")
    yield shop
    file.unlink()
    control, tenant = shop.project.control, shop.project.tenant
    for rule in control.alert_rules.all(tenant):
        control.alert_rules.remove(tenant, rule.name)
    for channel in control.alert_channels.all(tenant):
        control.alert_channels.remove(tenant, channel.name)
    look(shop.project, "cli")


def looks_right(page: Page) -> None:
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert findings(page) == []


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_an_open_alert_has_its_chart_is_opened_and_looked_after(
    alerted: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(alerted, "/alerts", width=width, theme=theme)
    card = page.get_by_role("region", name="Sales under the plan")
    expect(card).to_contain_text("Critical")
    expect(card.locator("[data-chart]")).to_have_attribute("data-drawn", "")
    looks_right(page)
    card.get_by_role("button", name="as a table").click()
    expect(card.get_by_role("row").nth(1)).to_contain_text("Outside")
    looks_right(page)
    card.get_by_role("link", name="Sales under the plan").click()
    looks_right(page)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("status").first).to_contain_text("It is yours now")
    page.get_by_label("Tell nobody for").select_option("1w")
    page.get_by_role("button", name="Snooze").click()
    expect(page.locator("#main")).to_contain_text("Snoozed")
    looks_right(page)
    page.get_by_role("button", name="Tell of it again").click()
    page.get_by_role("link", name="The orders of these days").click()
    expect(page.get_by_role("heading", name="Sales", exact=True, level=1)).to_be_visible()
    alerted.project.control.alerts.recover(
        alerted.project.tenant,
        alerted.project.control.alerts.open_ones(alerted.project.tenant)[0].alert_id,
        "cli",
        "",
        [],
    )


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_a_rule_is_made_while_the_form_says_when_it_would_have_fired(
    alerted: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(alerted, "/alerts/rules/new", width=width, theme=theme, refusals=True)
    looks_right(page)
    page.get_by_role("link", name="Choose threshold").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("has no limit")
    page.get_by_label("Title").fill("Too much")
    page.get_by_label("Above").fill("1")
    expect(preview).to_contain_text("90 times")
    looks_right(page)
    page.get_by_label("Above").fill("a lot")
    page.get_by_role("button", name="Keep the rule").click()
    expect(page.get_by_role("alert")).to_contain_text("Not kept.")
    expect(page.get_by_label("Above")).to_have_value("a lot")
    looks_right(page)
    page.get_by_label("Above").fill("1000000")
    page.get_by_label("Split by").select_option("country")
    expect(preview).to_contain_text("Never")
    page.get_by_role("button", name="Keep the rule").click()
    row = page.get_by_role("row", name="Too much")
    expect(row).to_contain_text("Made here")
    row.get_by_role("button").click()
    expect(page.get_by_role("row", name="Too much")).to_contain_text("Switch on")
    looks_right(page)


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_what_a_rule_may_be_split_by_follows_its_metric(
    alerted: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(alerted, "/alerts/rules/new?kind=anomaly", width=width, theme=theme, refusals=True)
    split, metric = page.get_by_label("Split by"), page.get_by_label("Metric")
    split.select_option("country")
    page.get_by_label("Title").fill("Unusual spend by campaign")
    settle(page)
    looks_right(page)
    metric.select_option("ad_spend")
    refusal = page.locator("#hint-for_each")
    expect(refusal).to_have_text("Choose another: ad spend cannot be split by country.")
    expect(split).to_have_value("")
    expect(split.locator("option")).to_have_text(
        ["Nothing: all together", "Platform", "Campaign", "Ad account"]
    )
    expect(page.get_by_label("Title")).to_have_value("Unusual spend by campaign")
    looks_right(page)
    split.select_option("platform")
    expect(refusal).to_contain_text("judged by itself")
    split.focus()
    page.keyboard.press("ArrowDown")
    settle(page)
    expect(page.get_by_label("Split by")).to_be_focused()
    looks_right(page)


@pytest.mark.parametrize(("width", "theme"), WIDTHS)
def test_a_channel_is_added_and_what_is_wrong_with_it_is_told(
    alerted: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(alerted, "/settings/alerts", width=width, theme=theme)
    expect(page.get_by_role("heading", name="No channel yet")).to_be_visible()
    looks_right(page)
    page.get_by_label("Name", exact=True).fill("team")
    page.get_by_label("Kind").select_option("webhook")
    page.get_by_label("Address", exact=True).fill("http://127.0.0.1:9/")
    page.get_by_role("button", name="Add the channel").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("alert")).to_contain_text("private network")
    looks_right(page)
    page.get_by_text("Remove…").click()
    looks_right(page)
    page.goto(alerted.url + "/alerts")
    expect(page.locator("#main")).to_contain_text("The channel team does not work.")
    looks_right(page)


def test_where_nothing_is_published_the_page_says_what_will_be_watched(
    empty_shop: Shop, open_page: OpenPage
) -> None:
    page = open_page(empty_shop, "/alerts")
    expect(page.get_by_role("heading", name="Nothing is wrong")).to_be_visible()
    expect(page.locator("#main")).to_contain_text("Nothing is published yet.")
    looks_right(page)
