"""The API of who is who: accounts with their reasons, and decisions that wait for the next run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import ADA, BO, CY

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app

Bearer = Callable[..., TestClient]


@pytest.fixture
def bearer(known: Project) -> Iterator[Bearer]:
    """A program with a token of a user of some role, or of nobody."""
    with ExitStack() as stack:

        def open_one(role: Role | None = None, *, write: bool = True) -> TestClient:
            user = known.control.users.create(known.tenant, f"{role}@x.example", role=role) if role else None
            _, secret = known.control.tokens.create(
                known.tenant,
                "test",
                scopes=("read", "write") if write else ("read",),
                user_id=user.user_id if user else None,
            )
            headers = {"Authorization": f"Bearer {secret}"}
            return stack.enter_context(TestClient(create_app(known), headers=headers))

        yield open_one


def test_accounts_are_told_with_their_reasons(bearer: Bearer) -> None:
    first, second = bearer().get(f"/api/v1/customers/{ADA}/accounts").json()
    assert (first["record_id"], first["source_id"], first["email"], first["rule"], first["linked_to"]) == (
        "aurora:7", "7", "ada@example.com", "first record", None,
    )  # fmt: skip
    assert second == {
        "record_id": "guest:5", "connection_id": None, "is_account": False, "source_id": None,
        "email": "a.lovelace@example.com", "phone": None, "first_name": None, "last_name": None, "city": None, "country": None,
        "known_since": "2025-09-01T00:00:00Z", "orders": 1, "linked_to": "aurora:7", "rule": "alike", "probability": 0.99971,
        "agree": ["last name", "city"], "differ": ["e-mail"], "set_aside": "",
    }  # fmt: skip
    assert bearer().get("/api/v1/customers/nobody/accounts").status_code == 404


def test_who_may_not_see_people_reads_the_reasons_and_no_names(bearer: Bearer) -> None:
    first, second = bearer(Role.VIEWER).get(f"/api/v1/customers/{ADA}/accounts").json()
    assert (first["first_name"], first["email"], second["email"]) == (None, None, None)
    assert second["rule"] == "alike"


def test_a_decision_waits_is_listed_and_taken_back(bearer: Bearer, known: Project) -> None:
    api = bearer(Role.ANALYST)
    answer = api.post(f"/api/v1/customers/{ADA}/split", json={"record_ids": ["guest:5"]})
    assert answer.status_code == 201
    told = {
        "decision_id": 1, "decision": "split", "person_id": ADA, "other_person_id": None, "record_ids": ["guest:5"],
        "decided_by": "token:1", "decided_at": "2026-03-31T09:00:00Z", "waits": True,
    }  # fmt: skip
    assert answer.json() == told
    joined = api.post(f"/api/v1/customers/{BO}/join", json={"person_id": CY}).json()
    assert (joined["decision"], joined["other_person_id"], joined["record_ids"]) == ("join", CY, [])
    assert api.get("/api/v1/identity/decisions").json() == [told, joined]
    assert api.delete("/api/v1/identity/decisions/1").status_code == 204
    assert api.get("/api/v1/identity/decisions").json() == [joined]
    assert api.delete("/api/v1/identity/decisions/1").status_code == 422
    noted = [(one.actor, one.action) for one in known.control.audit.recent(known.tenant)]
    assert noted[:3] == [
        ("token:1", "identity.undo"), ("token:1", "identity.join"), ("token:1", "identity.split"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "write"), [(Role.OWNER, False), (Role.VIEWER, True)], ids=["read only", "viewer"]
)
def test_who_is_who_is_decided_by_tokens_that_may_write_of_users_who_may_see_people(
    bearer: Bearer, known: Project, role: Role, write: bool
) -> None:
    api = bearer(role, write=write)
    answers = [
        api.post(f"/api/v1/customers/{ADA}/split", json={"record_ids": ["guest:5"]}),
        api.post(f"/api/v1/customers/{ADA}/join", json={"person_id": BO}),
        api.delete("/api/v1/identity/decisions/1"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert known.control.person_decisions.waiting(known.tenant) == []


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("split", {"record_ids": []}),
        ("split", {"record_ids": ["aurora:7", "guest:5"]}),
        ("split", {"record_ids": ["elsewhere:1"]}),
        ("join", {"person_id": ADA}),
        ("join", {"person_id": "nobody"}),
        ("join", {"person_id": BO, "colour": "red"}),
    ],
)
def test_what_cannot_be_decided_is_refused(bearer: Bearer, address: str, body: dict[str, object]) -> None:
    answer = bearer().post(f"/api/v1/customers/{ADA}/{address}", json=body)
    assert answer.status_code == 422 and answer.json()["error"]["remedy"]
