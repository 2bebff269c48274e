"""The page Costs: entries by kind, forms with what is wrong beside the field, the history, and sheets looked at before they are kept."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import form_token, with_session

from fondaco.control import Role
from fondaco.control.connections import ConnectionRecord
from fondaco.costs import RULES, CostEntry, Kind
from fondaco.orchestration import Project
from fondaco.server.app import create_app

SHEET = "kind,item,amount,rate,currency\nproduct_cost,MUG,5,,EUR\nproduct_cost,CUP,,30 %,\n"


@pytest.fixture
def project(new_project: Project) -> Project:
    record = ConnectionRecord("berlin", "shopify", "Berlin store", "EUR", "Europe/Berlin", {})
    new_project.control.connections.add(new_project.tenant, record)
    for role in (Role.ANALYST, Role.VIEWER):
        new_project.control.users.create(
            new_project.tenant, f"{role}@example.com", role=role, name=role.title()
        )
    return new_project


@pytest.fixture
def browsers(project: Project) -> Iterator[dict[Role, TestClient]]:
    with ExitStack() as stack:
        yield {
            role: with_session(
                stack.enter_context(TestClient(create_app(project), follow_redirects=False)),
                project,
                f"{role}@example.com",
            )
            for role in (Role.ANALYST, Role.VIEWER)
        }


@pytest.fixture
def analyst(browsers: dict[Role, TestClient]) -> TestClient:
    return browsers[Role.ANALYST]


def text(page: str) -> str:
    main = page[page.index('<main id="main"') : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def send(client: TestClient, address: str, **fields: Any) -> Any:
    token = form_token(client.get("/costs").text)
    return client.post(address, data={"csrf": token, **fields})


def upload(client: TestClient, content: str, name: str = "costs.csv", **fields: str) -> Any:
    token = form_token(client.get("/costs").text)
    return client.post(
        "/costs/sheet", data={"csrf": token, **fields}, files={"file": (name, content.encode())}
    )


def hidden(page: str) -> dict[str, str]:
    """What the form that keeps a sheet would send."""
    form = page[page.index('action="/costs/sheet/keep"') :]
    told = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    content = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", form, re.S)
    assert content
    return {**told, "content": html.unescape(content[1])}


def mug(amount: str = "4.5", **fields: Any) -> CostEntry:
    return CostEntry(Kind.PRODUCT_COST, "MUG", amount=Decimal(amount), currency="EUR", **fields)


def current(project: Project) -> list[CostEntry]:
    return [each.entry for each in project.control.costs.current(project.tenant)]


def test_before_anything_is_entered_it_says_what_is_assumed(browsers: dict[Role, TestClient]) -> None:
    shown = text(browsers[Role.ANALYST].get("/costs").text)
    assert "No costs yet" in shown
    assert "are taken to cost 40 % of their price, and are shown as assumed" in shown
    assert all(rule.title in shown and rule.formula in shown for rule in RULES.values())
    assert "/costs/new" not in browsers[Role.VIEWER].get("/costs").text


def test_an_entry_is_added_changed_and_withdrawn_and_its_history_says_by_whom(
    analyst: TestClient, project: Project
) -> None:
    fields = {
        "kind": "product_cost",
        "item": "MUG",
        "amount": "4,50",
        "currency": "eur",
        "shop": "berlin",
        "note": "Batch 7",
    }
    assert send(analyst, "/costs/new", **fields).headers["location"] == "/costs#product_cost"
    assert current(project) == [mug(connection_id="berlin", note="Batch 7")]
    shown = text(analyst.get("/costs").text)
    assert "Kept. It holds from the next run on." in shown
    assert "1 change holds from the next run on." in shown
    assert "MUG Berlin store Batch 7 always 4.50 EUR always" in shown

    fields = {**fields, "amount": "5", "note": "Batch 8", "seen": "1"}
    assert send(analyst, "/costs/1", **fields).headers["location"] == "/costs/1"
    shown = text(analyst.get("/costs/1").text)
    assert "Changed by Analyst" in shown
    assert "Amount: 4.50 → 5 Note: Batch 7 → Batch 8 Entered by Analyst" in shown

    send(analyst, "/costs/1/withdraw", seen=2)
    assert current(project) == []
    page = analyst.get("/costs/1").text
    assert "This entry is withdrawn." in text(page) and 'action="/costs/1' not in page
    listed = analyst.get("/costs").text
    assert "Withdrawn 1 entry that no longer holds for any day" in text(listed)
    assert 'href="/costs/1"' in listed


def test_another_cost_from_a_later_day_on_leaves_the_former_one_to_the_days_before(
    analyst: TestClient, project: Project
) -> None:
    fields = {"kind": "product_cost", "item": "MUG", "amount": "4.5", "currency": "EUR"}
    send(analyst, "/costs/new", **fields)
    later = {**fields, "amount": "5", "valid_from": "2026-03-01", "seen": "1"}
    assert send(analyst, "/costs/1", **later).headers["location"] == "/costs/2"
    assert current(project) == [mug(), mug("5", valid_from=date(2026, 3, 1))]
    assert "Until the day before its first day the former cost holds." in text(analyst.get("/costs/2").text)
    # The first day alone was a mistake: nothing costs anything else.
    assert (
        send(analyst, "/costs/2", **{**later, "valid_from": "2026-04-01"}).headers["location"] == "/costs/2"
    )
    assert current(project) == [mug(), mug("5", valid_from=date(2026, 4, 1))]


@pytest.mark.parametrize("amount", ["1.350", "1,350"])
def test_what_was_typed_and_may_be_thousands_is_refused_and_what_is_kept_is_shown_beyond_doubt(
    analyst: TestClient, project: Project, amount: str
) -> None:
    fields = {"kind": "product_cost", "item": "MUG", "currency": "EUR"}
    answer = send(analyst, "/costs/new", amount=amount, **fields)
    assert (answer.status_code, current(project)) == (422, [])
    assert f"&#39;{amount}&#39; may be 1.3500 or 1350." in answer.text
    send(analyst, "/costs/new", amount="1.3500", **fields)
    send(analyst, "/costs/new", **{**fields, "item": "CUP", "amount": "1.1250"})
    (shown,) = re.findall(r'name="amount" value="([^"]*)"', analyst.get("/costs/2").text)
    assert shown == "1.1250"
    assert (
        send(
            analyst,
            "/costs/2",
            **{**fields, "item": "CUP", "amount": shown, "note": "as before", "seen": "1"},
        ).status_code
        == 303
    )


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    analyst: TestClient, project: Project
) -> None:
    answer = send(
        analyst,
        "/costs/new",
        kind="payment_fee",
        item="<b>",
        rate="40",
        amount="-1",
        currency="EUR",
        country="EU",
    )
    assert answer.status_code == 422
    assert re.findall(r'<p class="fault" id="fault-(\w+)">([^<]*)', answer.text) == [
        ("amount", "&#39;-1&#39; is negative. Write what it costs without a sign."),
        ("rate", "&#39;40&#39; may be 40 %. Write `40 %`, or a share below 1 such as 0.4."),
    ]
    assert 'value="&lt;b&gt;"' in answer.text and 'value="40"' in answer.text
    assert current(project) == []


def test_two_entries_for_the_same_days_are_refused_on_the_form(analyst: TestClient, project: Project) -> None:
    project.control.costs.add(project.tenant, mug(), "cli")
    answer = send(analyst, "/costs/new", kind="product_cost", item="MUG", amount="9", currency="EUR")
    assert answer.status_code == 422 and "It holds for the same as entry 1" in text(answer.text)


def test_a_change_to_what_somebody_else_changed_is_refused_with_the_way_to_the_newest(
    analyst: TestClient, project: Project
) -> None:
    project.control.costs.add(project.tenant, mug(), "cli")
    project.control.costs.change(project.tenant, 1, mug("6"), "cli")
    answer = send(analyst, "/costs/1", item="MUG", amount="7", currency="EUR", seen="1")
    assert answer.status_code == 409 and "Entry 1 is at version 2 by now" in text(answer.text)
    refused = send(analyst, "/costs/1/withdraw", seen=1)
    assert refused.status_code == 409 and "Entry 1 is at version 2 by now" in refused.text
    assert current(project) == [mug("6")]


def test_a_sheet_is_looked_at_before_it_is_kept(analyst: TestClient, project: Project) -> None:
    project.control.costs.add(project.tenant, mug("4"), "cli")
    rent = CostEntry(Kind.FIXED, "Rent", amount=Decimal(900), currency="EUR")
    project.control.costs.add(project.tenant, rent, "cli")
    looked = upload(analyst, SHEET, replace="true")
    shown = text(looked.text)
    assert "1 added, 1 changed, 1 withdrawn, 0 unchanged" in shown
    assert "MUG Product costs Amount: 4 → 5 Changed 5.00 EUR always" in shown
    assert current(project) == [mug("4"), rent]
    kept = analyst.post("/costs/sheet/keep", data=hidden(looked.text))
    assert kept.headers["location"] == "/costs"
    assert current(project) == [mug("5"), CostEntry(Kind.PRODUCT_COST, "CUP", rate=Decimal("0.3"))]


def test_a_sheet_that_was_looked_at_is_shown_again_where_costs_changed_meanwhile(
    analyst: TestClient, project: Project
) -> None:
    looked = upload(analyst, '[[cost]]\nkind = "packaging"\namount = 1\ncurrency = "EUR"\n', "costs.toml")
    project.control.costs.add(project.tenant, mug(), "cli")
    again = analyst.post("/costs/sheet/keep", data=hidden(looked.text))
    assert again.status_code == 409 and "Costs were changed since you looked." in text(again.text)
    assert analyst.post("/costs/sheet/keep", data=hidden(again.text)).status_code == 303
    assert len(current(project)) == 2


def test_of_a_sheet_with_faults_each_is_shown_with_its_line(analyst: TestClient, project: Project) -> None:
    answer = upload(analyst, SHEET.replace("5", "-5").replace("30 %", "30"))
    assert answer.status_code == 422
    shown = text(answer.text)
    assert "2 faults" in shown
    assert "line 2 amount '-5' is negative." in shown and "line 3 rate '30' may be 30 %." in shown
    assert upload(analyst, "").status_code == 422
    assert current(project) == []


def test_the_sheet_and_its_template_are_taken_away_as_files(
    browsers: dict[Role, TestClient], project: Project
) -> None:
    project.control.costs.add(project.tenant, mug(), "cli")
    analyst, viewer = browsers[Role.ANALYST], browsers[Role.VIEWER]
    assert analyst.get("/costs/costs.csv").text.splitlines()[1] == "product_cost,MUG,,,,,,,,4.5,,EUR,,,"
    assert analyst.get("/costs/costs.toml").text.startswith('[[cost]]\nkind = "product_cost"\n')
    assert viewer.get("/costs/costs.csv").status_code == viewer.get("/costs/costs.toml").status_code == 403
    assert viewer.get("/costs/template.csv").text.startswith("kind,item,shop,")


def test_a_viewer_looks_and_changes_nothing(browsers: dict[Role, TestClient], project: Project) -> None:
    project.control.costs.add(project.tenant, mug(), "cli")
    viewer = browsers[Role.VIEWER]
    assert "MUG" in viewer.get("/costs").text and "the command line" in viewer.get("/costs/1").text
    assert '<form method="post" action="/costs' not in viewer.get("/costs/1").text
    assert viewer.get("/costs/new").status_code == 403
    for address in ("/costs/new", "/costs/1", "/costs/1/withdraw", "/costs/sheet/keep"):
        assert (
            send(viewer, address, kind="packaging", amount="1", currency="EUR", seen="1").status_code == 403
        )
    assert upload(viewer, SHEET).status_code == 403
    assert current(project) == [mug()]


def test_forms_without_their_token_and_addresses_of_nothing_are_refused(analyst: TestClient) -> None:
    assert (
        analyst.post("/costs/new", data={"kind": "packaging", "amount": "1", "currency": "EUR"}).status_code
        == 403
    )
    assert [analyst.get(f"/costs{path}").status_code for path in ("/9", "?kind=rent", "/new?kind=rent")] == [
        404
    ] * 3


def test_of_many_entries_of_a_kind_fifty_are_shown_and_all_are_found(
    analyst: TestClient, project: Project
) -> None:
    lines = "".join(f"product_cost,SKU-{number:03},1,,EUR\n" for number in range(120))
    looked = upload(analyst, SHEET.splitlines()[0] + "\n" + lines)
    assert "The first 120 are shown." not in looked.text
    analyst.post("/costs/sheet/keep", data=hidden(looked.text))
    page = analyst.get("/costs").text
    assert len(re.findall(r'href="/costs/\d+"', page)) == 50 and "All 120" in text(page)
    third = text(analyst.get("/costs?kind=product_cost&costs_sheet=3").text)
    assert "101–120 of 120 entries" in third and "SKU-119" in third


def test_costs_are_found_by_the_search(analyst: TestClient, project: Project) -> None:
    project.control.costs.add(project.tenant, mug(note="Batch of May"), "cli")
    token = form_token(analyst.get("/costs").text)
    found = analyst.post("/search", data={"csrf": token, "q": "mug"}, headers={"hx-request": "true"}).text
    assert 'href="/costs/1"' in found
    found = analyst.post(
        "/search", data={"csrf": token, "q": "payment fees"}, headers={"hx-request": "true"}
    ).text
    assert 'href="/costs?kind=payment_fee"' in found


def test_an_open_entry_is_shown_with_the_last_day_on_which_it_holds(
    analyst: TestClient, project: Project
) -> None:
    for first, amount in ((None, "4"), (date(2026, 3, 1), "5")):
        project.control.costs.add(project.tenant, mug(amount, valid_from=first), "cli")
    shown = text(analyst.get("/costs").text)
    assert "4.00 EUR until 28 Feb 2026" in shown and "5.00 EUR from 1 Mar 2026" in shown
