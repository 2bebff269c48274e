"""Who a customer is: the accounts that are one person, why, and what people decide about them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import ADA, BO, CY, OWNER, form_token, with_session

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app

HX = {"HX-Request": "true"}


@contextmanager
def browser_of(project: Project, role: Role) -> Iterator[TestClient]:
    """A browser in which a user of that role has logged in."""
    email = OWNER
    if role is not Role.OWNER:
        email = f"{role.value}@example.com"
        project.control.users.create(project.tenant, email, role=role)
    with TestClient(create_app(project), follow_redirects=False) as client:
        yield with_session(client, project, email)


@pytest.fixture
def page(known: Project) -> Iterator[TestClient]:
    with browser_of(known, Role.OWNER) as client:
        yield client


def send(client: TestClient, address: str, **form: str | list[str]) -> int:
    token = form_token(client.get(f"/customers/{ADA}").text)
    return client.post(address, data={"csrf": token, **form}).status_code


def accounts(text: str) -> str:
    """The card of accounts as it is read."""
    card = text[text.index('id="accounts"') : text.index('<p class="foot">')]
    return " ".join(re.sub(r"<[^>]+>", " ", card).split())


def test_each_account_is_told_as_its_shop_has_it_and_why_it_is_this_customer(page: TestClient) -> None:
    told = accounts(page.get(f"/customers/{ADA}").text)
    assert "2 accounts are this customer" in told
    assert "1 aurora account 7 Ada Lovelace · ada@example.com London, GB · 1 order · since 1 Jun 2025" in told
    assert "The oldest; the others are linked to it" in told
    assert "2 Several shops as a guest a.lovelace@example.com 1 order · since 1 Sept 2025" in told
    assert "Alike enough to no. 1: over 99.9% likely Agree: last name, city. Differ: e-mail" in told


def test_a_customer_of_one_account_has_nothing_to_split(page: TestClient) -> None:
    text = page.get(f"/customers/{BO}").text
    assert "One account; no other is linked to it." in text and f"/customers/{BO}/split" not in text


def test_a_split_waits_for_the_next_run_and_says_so_to_all_who_look(page: TestClient, known: Project) -> None:
    assert send(page, f"/customers/{ADA}/split", record=["guest:5"]) == 303
    [kept] = known.control.person_decisions.waiting(known.tenant)
    assert (kept.is_same, kept.person_id, kept.record_ids, kept.other_record_ids) == (
        False, ADA, ["guest:5"], ["aurora:7"],
    )  # fmt: skip
    told = accounts(page.get(f"/customers/{ADA}").text)
    assert "No. 2: another customer, from the next run on." in told
    assert "owner, 31 Mar 2026, 11:00 Undo" in told


def test_a_join_shows_on_the_pages_of_both(page: TestClient) -> None:
    send(page, f"/customers/{ADA}/join", other=BO)
    for whose, other in ((ADA, BO), (BO, ADA)):
        text = page.get(f"/customers/{whose}").text
        assert f'The same customer as <a class="in-text" href="/customers/{other}">' in text
    assert "from the next run on" not in accounts(page.get(f"/customers/{CY}").text).replace("A decision", "")


def test_a_decision_that_waits_can_be_undone(page: TestClient, known: Project) -> None:
    send(page, f"/customers/{ADA}/join", other=BO)
    [kept] = known.control.person_decisions.waiting(known.tenant)
    assert send(page, f"/customers/{ADA}/undo", decision=str(kept.decision_id)) == 303
    assert known.control.person_decisions.waiting(known.tenant) == []


def test_one_that_a_run_has_taken_up_is_told_until_it_is_published_and_not_undone(
    page: TestClient, known: Project
) -> None:
    send(page, f"/customers/{ADA}/join", other=BO)
    [kept] = known.control.person_decisions.waiting(known.tenant)
    known.control.person_decisions.take(known.tenant, [kept.decision_id])
    known.control.person_decisions.build(known.tenant, known.reader.version, until=known.clock())
    told = accounts(page.get(f"/customers/{ADA}").text)
    assert "as soon as the run that took it up has published" in told and "Undo" not in told
    send(page, f"/customers/{ADA}/undo", decision=str(kept.decision_id))
    assert "A run has taken decision 1 up already." in page.get(f"/customers/{ADA}").text
    with known.warehouse.writer():
        known.warehouse.publish()
    assert "The same customer as" not in page.get(f"/customers/{ADA}").text


@pytest.mark.parametrize(
    ("address", "form", "refusal"),
    [
        ("split", {"record": ["aurora:7", "guest:5"]}, "nothing would be split"),
        ("split", {"record": ["aurora:8"]}, "is no record of person"),
        ("split", {}, "nothing would be split"),
        ("join", {"other": ADA}, "Name two persons."),
        ("join", {"other": "nobody"}, "There is no person"),
        ("undo", {"decision": "77"}, "There is no decision 77 that waits."),
    ],
)
def test_what_cannot_be_decided_is_said_on_the_page(
    page: TestClient, known: Project, address: str, form: dict[str, str], refusal: str
) -> None:
    assert send(page, f"/customers/{ADA}/{address}", **form) == 303
    assert refusal in page.get(f"/customers/{ADA}").text
    assert known.control.person_decisions.waiting(known.tenant) == []


def test_the_same_decision_is_not_taken_twice(page: TestClient, known: Project) -> None:
    for _ in range(2):
        send(page, f"/customers/{ADA}/split", record=["guest:5"])
    assert len(known.control.person_decisions.waiting(known.tenant)) == 1


def test_who_may_be_the_same_is_looked_for_by_a_form_and_never_by_an_address(page: TestClient) -> None:
    token = form_token(page.get(f"/customers/{ADA}").text)
    form = {"csrf": token}
    found = page.post(f"/customers/{ADA}/same", data={**form, "text": "bo"}, headers=HX).text
    assert f'value="{BO}"' in found and "<html" not in found and "100% &lt;b&gt;" in found
    own = page.post(f"/customers/{ADA}/same", data={**form, "text": "ada"}, headers=HX).text
    assert "Nobody else is like that." in own
    whole = page.post(f"/customers/{ADA}/same", data={**form, "text": "bo"}).text
    assert "<html" in whole and f'value="{BO}"' in whole
    assert page.get(f"/customers/{ADA}/same", params={"text": "bo"}).status_code in (404, 405)


def test_an_analyst_may_decide_and_what_they_did_is_written_down_without_personal_data(
    known: Project,
) -> None:
    with browser_of(known, Role.ANALYST) as client:
        assert send(client, f"/customers/{ADA}/split", record=["guest:5"]) == 303
        assert send(client, f"/customers/{ADA}/undo", decision="1") == 303
    undone, split = known.control.audit.recent(known.tenant)[:2]
    analyst = known.control.users.find("analyst@example.com")
    assert analyst is not None
    assert (split.actor, split.action, split.subject, split.detail) == (
        f"user:{analyst.user_id}", "identity.split", f"person:{ADA}", {"decision": 1},
    )  # fmt: skip
    assert (undone.action, undone.subject) == ("identity.undo", "decision:1")


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("split", {"record": "guest:5"}),
        ("join", {"other": BO}),
        ("undo", {"decision": "1"}),
        ("same", {"text": "bo"}),
    ],
)
def test_who_may_not_see_people_may_not_decide_who_they_are(
    known: Project, address: str, form: dict[str, str]
) -> None:
    with browser_of(known, Role.VIEWER) as client:
        text = client.get(f"/customers/{ADA}").text
        assert "Alike enough to no. 1" in text
        assert "a.lovelace@example.com" not in text and "/split" not in text and 'id="same-text"' not in text
        answer = client.post(
            f"/customers/{ADA}/{address}", data={"csrf": form_token(text), **form}, headers=HX
        )
        assert answer.status_code == 403 and BO not in answer.text
    assert known.control.person_decisions.waiting(known.tenant) == []


@pytest.mark.parametrize("address", ["split", "join", "undo", "same"])
def test_a_form_without_its_token_is_refused(page: TestClient, address: str) -> None:
    assert page.post(f"/customers/{ADA}/{address}", data={"decision": "1"}).status_code == 403


def test_what_an_older_release_published_still_shows_the_customer(known: Project) -> None:
    with known.warehouse.writer() as writer:
        writer.execute("drop table marts.customer_accounts")
    known.warehouse.publish()
    with browser_of(known, Role.OWNER) as client:
        answer = client.get(f"/customers/{ADA}")
    assert answer.status_code == 200
    assert "Which accounts this is, and why, is known after the next run." in accounts(answer.text)
