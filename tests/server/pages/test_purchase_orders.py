"""Purchase orders: from the draft that was accepted to the goods that are there, with the mail that its supplier gets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, form_token, with_session
from tests.server.pages import stock_book
from tests.server.pages.conftest import shop_folder
from tests.server.pages.test_profit import table, words

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.orchestration.proposed import ProposalReader, to_decide
from fondaco.server.app import create_app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Project.open(shop_folder(new_folder, tmp_path_factory.mktemp("orders")), clock=Watch()) as project:
        publish(project, **stock_book.marts())  # type: ignore[arg-type]
        project.control.users.create(project.tenant, "viewer@example.com", role=Role.VIEWER)
        yield project


@pytest.fixture(scope="module")
def application(project: Project) -> Any:
    return create_app(project)


@pytest.fixture
def buyer(project: Project, application: Any) -> Iterator[TestClient]:
    with TestClient(application, follow_redirects=False) as client:
        yield with_session(client, project)


@pytest.fixture
def draft(project: Project) -> str:
    """The address of a new draft of 48 Mugs from Clay & Co, and no other that is open: as if each test were a day of its own."""
    tenant, orders = project.tenant, project.control.stock_orders
    for order in orders.all(tenant, states=("draft", "sent")):
        orders.cancel(tenant, order.order_id, actor="cli")
    proposal = ProposalReader(project.control, project.reader, tenant).get("20260331-2")
    proposed = replace(to_decide(proposal), proposal_id=f"of-a-day-{len(orders.all(tenant))}")
    done = project.control.stock_decisions.accept(tenant, proposed, actor="user:1")
    assert done.order_id is not None
    return f"/purchase-orders/{orders.get(tenant, done.order_id).number}"


def act(client: TestClient, address: str, what: str, **fields: str) -> str:
    """Send a form of an order, and the words of its page afterwards."""
    csrf = form_token(client.get(address).text)
    answer = client.post(f"{address}/{what}", data={"csrf": csrf, **fields})
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    return words(client.get(address).text)


def pieces(page: str) -> str:
    found = re.search(r'name="(pieces-\d+)"', page)
    assert found is not None
    return found[1]


def test_an_accepted_proposal_stands_in_the_list_with_its_value(buyer: TestClient, draft: str) -> None:
    number = draft.rpartition("/")[2]
    assert table(buyer.get("/purchase-orders").text, 'id="title-orders"') == [
        [number, "Draft", "Clay & Co", "Berlin", "1", "48", "€192.00", "31 Mar 2026", "–"]
    ]


def test_quantities_of_a_draft_are_changed_and_its_articles_removed(buyer: TestClient, draft: str) -> None:
    name = pieces(buyer.get(draft).text)
    assert "1 line changed" in act(buyer, draft, "lines", **{name: "60"})
    assert table(buyer.get(draft).text, 'id="title-lines"')[-1] == ["All", "60", "€240.00"]
    assert "whole pieces" in act(buyer, draft, "lines", **{name: "a dozen"})
    assert "It has no articles" in act(buyer, draft, "lines", remove=name.removeprefix("pieces-"))


def test_an_order_is_sent_received_and_then_over(buyer: TestClient, draft: str) -> None:
    assert "counts as sent" in act(buyer, draft, "send", expected="2026-04-20")
    page = buyer.get(draft).text
    assert "Expected on 20 Apr 2026" in words(page) and "pieces-" not in page
    assert "is a draft again" in act(buyer, draft, "reopen")
    assert "Expected on 16 Apr 2026" in act(buyer, draft, "send")  # after the lead time that was told
    assert "no longer count as on order" in act(buyer, draft, "receive")
    assert "It is over" in words(buyer.get(draft).text)
    assert draft in buyer.get("/purchase-orders?state=received").text


@pytest.mark.parametrize("expected", ["2026-03-30", "soon"])
def test_a_day_that_cannot_be_is_said_and_the_draft_stays_one(
    buyer: TestClient, draft: str, expected: str
) -> None:
    assert "Draft" in act(buyer, draft, "send", expected=expected)


def test_a_draft_is_cancelled(buyer: TestClient, draft: str) -> None:
    assert "is cancelled" in act(buyer, draft, "cancel")
    assert "cannot be sent" in act(buyer, draft, "send")


def test_without_a_mail_server_the_page_says_how_to_send_it(buyer: TestClient, draft: str) -> None:
    page = buyer.get(draft).text
    assert "Fondaco can mail it once" in words(page) and 'name="to"' not in page
    assert "[mail] host is not set" in act(buyer, draft, "mail", to="clay@example.com")


def test_lines_are_a_file_for_the_supplier_and_a_paper(buyer: TestClient, draft: str) -> None:
    number = draft.rpartition("/")[2]
    _, row = csv.reader(buyer.get(f"{draft}.csv").text.splitlines())
    assert row[:5] == [number, "MUG-1", "C-77", "Mug, Blue", "48"]
    assert [Decimal(amount) for amount in row[5:7]] == [4, 192]
    assert row[7:] == ["EUR", "Berlin"]
    answer = buyer.get(f"{draft}.pdf")
    assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_who_may_only_look_sees_it_and_can_do_nothing(
    project: Project, application: Any, buyer: TestClient, draft: str
) -> None:
    with TestClient(application, follow_redirects=False) as client:
        with_session(client, project, "viewer@example.com")
        page = client.get(draft).text
        assert "Mug, Blue" in words(page) and "Your role may look at orders" in words(page)
        csrf = form_token(page)
        for what in ("lines", "mail", "send", "reopen", "receive", "cancel"):
            assert client.post(f"{draft}/{what}", data={"csrf": csrf}).status_code == 403
        assert client.get(f"{draft}.csv").status_code == 403


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/purchase-orders/FO-999", 404),
        ("/purchase-orders/FO-999.pdf", 404),
        ("/purchase-orders?state=lost", 422),
    ],
)
def test_what_is_not_there_is_said(buyer: TestClient, address: str, status: int) -> None:
    assert buyer.get(address).status_code == status


def test_before_anything_is_accepted_the_page_says_where_orders_come_from(owner: TestClient) -> None:
    assert "No orders yet" in words(owner.get("/purchase-orders").text)
