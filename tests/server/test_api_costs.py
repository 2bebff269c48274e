"""The API of the cost sheet: entries by the page, one at a time, and whole sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app

Bearer = Callable[..., TestClient]
MUG = {"kind": "product_cost", "item": "MUG", "amount": "4.50", "currency": "EUR", "valid_from": "2026-01-01"}
SHEET = "kind;item;amount;currency\nproduct_cost;CUP;1,25;EUR\nfixed;Rent;900;EUR\n"
CSV, TOML = {"Content-Type": "text/csv; charset=utf-8"}, {"Content-Type": "application/toml"}


@pytest.fixture
def bearer(new_project: Project) -> Iterator[Bearer]:
    """A program with a token of a user of some role, or of nobody."""
    with ExitStack() as stack:

        def open_one(role: Role | None = None, *, write: bool = True) -> TestClient:
            users, tokens, tenant = new_project.control.users, new_project.control.tokens, new_project.tenant
            user = users.create(tenant, f"{role}@x.example", role=role) if role else None
            scopes = ("read", "write") if write else ("read",)
            _, secret = tokens.create(tenant, "test", scopes=scopes, user_id=user.user_id if user else None)
            headers = {"Authorization": f"Bearer {secret}"}
            return stack.enter_context(TestClient(create_app(new_project), headers=headers))

        yield open_one


def test_a_cost_is_entered_changed_listed_and_withdrawn(bearer: Bearer, new_project: Project) -> None:
    api = bearer(Role.ANALYST)
    entered = {
        "entry_id": 1, "version": 1, "kind": "product_cost", "item": "MUG", "shop": None, "country": None, "weight_from": None,
        "weight_to": None, "tier_from": None, "tier_to": None, "messages": None, "amount": "4.50", "rate": None, "currency": "EUR", "valid_from": "2026-01-01", "valid_to": None,
        "note": None, "entered_by": "token:1", "entered_at": "2026-03-31T09:00:00Z",
    }  # fmt: skip
    assert api.post("/api/v1/costs", json=MUG).json() == entered
    changed = api.post("/api/v1/costs", json={**MUG, "amount": "", "currency": "", "rate": "40 %"}).json()
    assert changed == {**entered, "version": 2, "amount": None, "currency": None, "rate": "0.40"}
    assert api.get("/api/v1/costs").json() == {"entries": [changed], "next": None}
    assert api.delete("/api/v1/costs/1").status_code == 204
    assert api.get("/api/v1/costs").json()["entries"] == []
    assert [each.action for each in new_project.control.audit.recent(new_project.tenant, 3)] == [
        "costs.withdraw", "costs.change", "costs.add",
    ]  # fmt: skip


def test_entries_come_a_page_at_a_time(bearer: Bearer) -> None:
    api = bearer()
    lines = "".join(f"product_cost,SKU-{number},{number},EUR\n" for number in range(5))
    api.post("/api/v1/costs/sheet", content="kind,item,amount,currency\n" + lines, headers=CSV)
    items, cursor = [], ""
    for _ in range(3):
        page = api.get("/api/v1/costs", params={"limit": 2, "kind": "product_cost", "cursor": cursor}).json()
        items.append([entry["item"] for entry in page["entries"]])
        cursor = page["next"]
    assert items == [["SKU-0", "SKU-1"], ["SKU-2", "SKU-3"], ["SKU-4"]]
    assert cursor is None
    assert api.get("/api/v1/costs", params={"cursor": "MTIz."}).status_code == 422


def test_a_sheet_is_looked_at_and_taken_whole_or_not_at_all(bearer: Bearer) -> None:
    api = bearer()
    counts = {"added": 2, "changed": 0, "withdrawn": 0, "unchanged": 0, "dry_run": True}
    assert api.post("/api/v1/costs/sheet?dry_run=true", content=SHEET, headers=CSV).json() == counts
    assert api.get("/api/v1/costs").json()["entries"] == []
    api.post("/api/v1/costs/sheet", content=SHEET, headers=CSV)
    toml = '[[cost]]\nkind = "fixed"\nitem = "Rent"\namount = 950\ncurrency = "EUR"\n'
    done = api.post("/api/v1/costs/sheet?replace=true", content=toml, headers=TOML).json()
    assert done == {"added": 0, "changed": 1, "withdrawn": 1, "unchanged": 0, "dry_run": False}
    refused = api.post("/api/v1/costs/sheet", content=SHEET.replace("900", "-1"), headers=CSV)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")
    assert "line 3, amount: '-1' is negative." in refused.json()["error"]["what"]
    assert [entry["amount"] for entry in api.get("/api/v1/costs").json()["entries"]] == ["950"]
    assert api.post("/api/v1/costs/sheet", content=SHEET).status_code == 422


def test_what_is_not_right_is_refused_and_what_is_not_there_not_found(bearer: Bearer) -> None:
    api = bearer()
    for wrong in (
        {**MUG, "kind": "rent"},
        {**MUG, "amount": "4 EUR"},
        {**MUG, "shop": "nowhere"},
        {**MUG, "price": "1"},
    ):
        assert api.post("/api/v1/costs", json=wrong).status_code == 422
    assert api.delete("/api/v1/costs/9").status_code == 404


def test_who_may_read_only_changes_nothing(bearer: Bearer) -> None:
    for api in (bearer(Role.VIEWER), bearer(Role.OWNER, write=False)):
        assert api.get("/api/v1/costs").status_code == 200
        assert api.post("/api/v1/costs", json=MUG).status_code == 403
        assert api.delete("/api/v1/costs/1").status_code == 403
        assert api.post("/api/v1/costs/sheet", content=SHEET, headers=CSV).status_code == 403
