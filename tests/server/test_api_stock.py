"""The API of stock: what is proposed, decided and ordered, for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.pages import stock_book

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app

Bearer = Callable[..., TestClient]
DAY = date(2026, 3, 30)
AT = "/api/v1/stock"


def proposed(name: str, kind: str = "reorder", **more: Any) -> dict[str, Any]:
    return {
        "proposal_date": DAY, "proposal_id": f"20260330-{name}", "subject": f"{kind}|main|{name}|", "kind": kind, "rank": 1, "location_id": "main",
        "location_name": "Main", "variant_id": f"v-{name}", "sku": name.upper(), "product_title": name.title(), "supplier_id": "acme",
        "supplier_name": "Acme", "quantity": 24, "currency": "EUR", "money": Decimal("84.5"), "probability": 0.5, "due_date": DAY + timedelta(days=10),
        "sentence": f"Order 24 of {name}.", "unit_margin": Decimal(6), "supplier_unit_cost": Decimal("4.20"), "supplier_currency": "EUR",
    } | more  # fmt: skip


@pytest.fixture
def bearer(new_project: Project) -> Iterator[Bearer]:
    """A program with a token of a user of some role, or of nobody."""
    publish(new_project, proposals=[proposed("mug"), proposed("cup", "warn", rank=2)])
    with ExitStack() as stack:

        def open_one(role: Role | None = None, *, write: bool = True) -> TestClient:
            users, tokens, tenant = new_project.control.users, new_project.control.tokens, new_project.tenant
            user = users.create(tenant, f"{role}@x.example", role=role) if role else None
            scopes = ("read", "write") if write else ("read",)
            _, secret = tokens.create(tenant, "test", scopes=scopes, user_id=user.user_id if user else None)
            headers = {"Authorization": f"Bearer {secret}"}
            return stack.enter_context(TestClient(create_app(new_project), headers=headers))

        yield open_one


def test_a_proposal_is_accepted_changed_sent_and_received(bearer: Bearer) -> None:
    api = bearer(Role.ANALYST)
    (mug,) = api.get(f"{AT}/proposals?kind=reorder").json()["proposals"]
    assert (mug["money"], mug["status"], mug["inputs"]["supplier_unit_cost"], mug["decided_by"]) == (
        "84.5",
        "open",
        "4.2",
        None,
    )
    accepted = api.post(f"{AT}/proposals/20260330-mug/accept", json={"quantity": 30}).json()
    assert (accepted["status"], accepted["decided_quantity"], accepted["decided_by"]) == (
        "changed",
        30,
        "token:1",
    )
    (order,) = api.get(f"{AT}/orders").json()["orders"]
    assert (order["number"], order["state"], order["units"], order["value"]) == ("FO-1", "draft", 30, "126")
    changed = api.post(f"{AT}/orders/FO-1/change", json={"variant_id": "v-mug", "quantity": 12}).json()
    assert [(line["quantity"], line["cost"]) for line in changed["lines"]] == [(12, "50.4")]
    assert api.post(f"{AT}/orders/FO-1/send", json={}).json()["state"] == "sent"
    assert api.post(f"{AT}/orders/FO-1/send", json={}).status_code == 422
    assert api.post(f"{AT}/orders/FO-1/receive").json()["state"] == "received"
    assert api.get(f"{AT}/orders").json() == {"orders": []}
    assert api.get(f"{AT}/orders?state=all").json()["orders"] == [api.get(f"{AT}/orders/fo-1").json()]
    assert api.get(f"{AT}/outcomes?days=7").json() == {"outcomes": []}


def test_a_refusal_is_kept_and_undone(bearer: Bearer) -> None:
    api = bearer()
    assert (
        api.post(f"{AT}/proposals/20260330-cup/refuse", json={"days": 3, "reason": "sold out"}).json()[
            "status"
        ]
        == "refused"
    )
    assert [each["sku"] for each in api.get(f"{AT}/proposals?status=open").json()["proposals"]] == ["MUG"]
    assert api.post(f"{AT}/proposals/20260330-cup/undo").json()["status"] == "open"
    assert api.post(f"{AT}/proposals/20260330-cup/undo").status_code == 422


def test_what_there_is_not_is_not_found_and_what_is_not_right_is_refused(bearer: Bearer) -> None:
    api = bearer()
    assert api.post(f"{AT}/proposals/none/accept", json={}).status_code == 404
    assert api.get(f"{AT}/orders/FO-9").status_code == 404
    assert api.post(f"{AT}/proposals/20260330-mug/accept", json={"quantity": 0}).status_code == 422
    assert api.post(f"{AT}/proposals/20260330-mug/accept", json={"pieces": 3}).status_code == 422


@pytest.mark.parametrize(("role", "write"), [(Role.VIEWER, True), (Role.OWNER, False)])
def test_who_may_only_read_decides_nothing(bearer: Bearer, role: Role, write: bool) -> None:
    api = bearer(role, write=write)
    assert api.get(f"{AT}/proposals").status_code == 200
    assert api.post(f"{AT}/proposals/20260330-mug/accept", json={}).status_code == 403


def test_prices_are_told_with_what_they_come_of_and_markdowns_week_by_week(
    new_project: Project, bearer: Bearer
) -> None:
    publish(
        new_project,
        price_recommendations=stock_book.prices(),
        markdown_plans=stock_book.markdowns(),
        price_promotions=stock_book.price_promotions(),
        price_runs=[{"why_not": None}],
    )
    api = bearer()
    (mug,) = api.get(f"{AT}/prices?action=raise").json()["prices"]
    told = {
        name: mug[name]
        for name in (
            "sku",
            "price",
            "recommended_price",
            "price_low",
            "profit_change",
            "elasticity",
            "chance",
        )
    }
    assert told == {"sku": "MUG-1", "price": "14.9", "recommended_price": "15.9", "price_low": "15.49", "profit_change": "11.4", "elasticity": -1.3, "chance": 0.97}  # fmt: skip
    (lamp,) = api.get(f"{AT}/prices?action=unknown").json()["prices"]
    assert (lamp["recommended_price"], lamp["why_not"]) == (None, "its price never changed")
    steps = api.get(f"{AT}/markdowns").json()["markdowns"]
    assert [(step["week"], step["price"]) for step in steps] == [
        (1, "119"),
        (2, "119"),
        (3, "89"),
        (4, "89"),
        (5, "59"),
        (6, "59"),
    ]
    assert [each["lift"] for each in api.get(f"{AT}/promotions").json()["promotions"]] == [0.8, None]
