"""Who a customer is, in a browser: accounts and reasons, a split, a join, and taking both back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import OWNER, PASSWORD, OpenPage, Shop, serving, settle, ticking
from tests.browser.test_access import findings
from tests.published import publish

from fondaco.control import ConnectionRecord, Role
from fondaco.orchestration import Project

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

ADA, BO = "a" * 32, "b" * 32
_TOLD = '{"split_day": 1, "days": 120, "customers": 2140, "purchases": 901.0, "value": 9.0, "errors": {"naive": {"purchases": 6.0, "purchases_mae": 1.0, "value_mae": 40.0}, "mbg_nbd": {"purchases": 4.2, "purchases_mae": 0.8, "value_mae": 35.0}}}'


@pytest.fixture(scope="module")
def known(built_assets: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A merchant of two shops, with a customer of three accounts and one of a single one."""
    folder = tmp_path_factory.mktemp("known") / "project"
    with Project.create(folder, name="Maison Aurora", timezone="Europe/Berlin", clock=ticking) as project:
        for shop, zone in (("aurora", "Europe/Berlin"), ("harbour", "Europe/London")):
            project.control.connections.add(
                project.tenant, ConnectionRecord(shop, "files", shop.title(), "EUR", zone, {})
            )
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        publish(project, **_marts())
        with serving(project) as url:
            yield Shop(url, project)


def _marts() -> dict[str, list[Any]]:
    day = date(2026, 3, 30)
    ada = {"person_id": ADA, "first_name": "Ada", "last_name": "Lovelace"}
    account = {
        "person_id": ADA,
        "connection_id": "aurora",
        "is_account": True,
        "city": "London",
        "country": "GB",
    }
    order = {"person_id": ADA, "is_cancelled": False, "units_sold": 1}
    return {
        "connections": [
            {"connection_id": "aurora", "name": "Aurora", "currency": "EUR", "reporting_currency": "EUR"}
        ],
        "customers": [
            {**ada, "email": "ada@example.com", "phone": "+44 20 5550 0123", "city": "London", "country": "GB", "orders": 3, "shops": 2, "net_units": 3, "net_sales": 342.5, "first_order_date": date(2025, 6, 1), "last_order_date": day},
            {"person_id": BO, "first_name": "Bo", "last_name": "Ada-Lindqvist", "email": "bo@example.org", "city": "Malmö", "country": "SE", "orders": 1, "net_sales": 40},
        ],
        "customer_accounts": [
            {**account, "record_id": "aurora:7", "source_id": "7204", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "known_since": datetime(2025, 6, 1), "orders": 1, "rule": "first record", "explanation": "{}"},
            {**account, "record_id": "harbour:31", "connection_id": "harbour", "source_id": "31", "first_name": "A.", "last_name": "Lovelace", "email": "Ada+shop@example.com", "phone": "+44 20 5550 0123", "known_since": datetime(2025, 9, 12), "orders": 1, "linked_to": "aurora:7", "rule": "same e-mail", "probability": 1.0, "explanation": '{"agree": ["e-mail", "last name", "city"], "differ": ["first name"]}'},
            {**account, "record_id": "guest:5", "connection_id": None, "is_account": False, "email": "a.lovelace.of.somewhere.with.a.long.name@mail.example.com", "known_since": datetime(2025, 11, 2), "orders": 1, "linked_to": "harbour:31", "rule": "alike", "probability": 0.9962, "explanation": '{"agree": ["telephone", "city"], "differ": ["e-mail"]}'},
            {"person_id": BO, "record_id": "aurora:8", "connection_id": "aurora", "is_account": True, "source_id": "8", "email": "bo@example.org", "orders": 1},
        ],
        "customer_scores": [
            {"person_id": ADA, "as_of_date": day, "purchase_days": 3, "days_since_last": 1, "segment": "Champions", "recency_score": 5, "frequency_score": 5, "monetary_score": 4, "alive_probability": 0.93, "expected_orders": 2.1, "expected_order_value": 98, "expected_value": 198.4, "expected_value_low": 0, "expected_value_high": 420, "simple_value": 410.2, "retention_value": 388.1, "churn_probability": 0.31, "churn_reasons": '["Bought 3 times in the last year."]'},
        ],
        "orders": [
            {**order, "connection_id": "aurora", "order_id": "aurora:1", "order_number": "#1001", "ordered_at": datetime(2025, 6, 1, 9), "order_date": date(2025, 6, 1), "net_sales": 120},
            {**order, "connection_id": "harbour", "order_id": "harbour:2", "order_number": "H-77", "ordered_at": datetime(2026, 3, 30, 9), "order_date": day, "net_sales": 222.5},
        ],
        "model_runs": [
            {"run_id": "r1", "model": name, "as_of_date": day, "is_used": name == "mbg_nbd", "customers": 2140, "parameters": "{}", "standard_errors": "{}", "evaluation": _TOLD if name == "hold_out" else "{}", "fitted_at": datetime(2026, 3, 31)}
            for name in ("mbg_nbd", "hold_out")
        ],
    }  # fmt: skip


@pytest.fixture
def undecided(known: Shop) -> Iterator[Shop]:
    """Nothing waits for the next run, before and after."""
    yield known
    decisions, tenant = known.project.control.person_decisions, known.project.tenant
    for each in decisions.waiting(tenant):
        decisions.undo(tenant, each.decision_id)


def test_an_account_is_split_off_and_the_decision_taken_back(undecided: Shop, open_page: OpenPage) -> None:
    page = open_page(undecided, f"/customers/{ADA}")
    card = page.locator("#accounts")
    expect(card.get_by_role("heading", name="3 accounts are this customer")).to_be_visible()
    expect(card).to_contain_text("Alike enough to no. 2: 99.6% likely")
    card.get_by_role("checkbox", name="No. 3").check()
    card.get_by_role("button", name="The chosen are another customer").click()
    expect(page.get_by_role("status").first).to_contain_text("another customer from the next run on")
    expect(card.locator(".waiting")).to_contain_text("No. 3: another customer, from the next run on.")
    card.get_by_role("button", name="Undo").click()
    expect(card.locator(".waiting")).to_have_count(0)


def test_another_customer_is_found_while_one_types_and_joined_and_no_address_holds_what_was_typed(
    undecided: Shop, open_page: OpenPage
) -> None:
    page = open_page(undecided, f"/customers/{ADA}")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("The same as another customer").press_sequentially("lindq")
    page.get_by_role("button", name="Bo Ada-Lindqvist is the same customer").click()
    expect(page.locator(".waiting")).to_contain_text(
        "The same customer as Bo Ada-Lindqvist, from the next run on."
    )
    assert [url for url in asked if "lindq" in url.casefold()] == []
    page.locator(".waiting").get_by_role("link", name="Bo Ada-Lindqvist").click()
    expect(page.get_by_role("heading", name="Bo Ada-Lindqvist", level=1)).to_be_visible()
    expect(page.locator(".waiting")).to_contain_text("The same customer as Ada Lovelace")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_is_open_to_everyone_and_fits(
    undecided: Shop, open_page: OpenPage, width: int, theme: str
) -> None:
    page = open_page(undecided, f"/customers/{ADA}", width=width, theme=theme)
    page.get_by_role("checkbox", name="No. 2").check()
    page.get_by_role("button", name="The chosen are another customer").click()
    page.get_by_label("The same as another customer").press_sequentially("ada")
    expect(page.get_by_role("button", name="Bo Ada-Lindqvist is the same customer")).to_be_visible()
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert findings(page) == []
