"""The page Payouts: what went into the bank, of which orders and fees, in the bank's own currency."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.published import publish
from tests.server.conftest import Watch, with_session
from tests.server.pages.conftest import marts, shop_folder
from tests.server.pages.test_profit import table

from fondaco.orchestration import Project
from fondaco.server.app import create_app

PERIOD = "range=custom&from=2026-03-01&to=2026-03-31"


def payout(payout_id: str, day: str, amount: str, **values: Any) -> dict[str, Any]:
    return {"payout_id": payout_id, "source_payout_id": payout_id.partition(":")[2], "connection_id": "a", "source": "shopify",
            "status": "paid", "issued_at": f"{day} 06:00:00", "issued_date": day, "currency": "USD", "amount": amount,
            "reference": "SP77", "is_settled": True, **values}  # fmt: skip


def entry(key: str, kind: str, amount: str, fee: str, net: str, **values: Any) -> dict[str, Any]:
    return {"payout_entry_id": f"a:{key}", "payout_id": "a:77", "connection_id": "a", "source": "shopify", "kind": kind,
            "name": kind, "happened_at": "2026-03-02 09:00:00", "currency": "USD", "amount": amount, "fee": fee, "net": net,
            **values}  # fmt: skip


MARTS = {
    "payouts": [
        payout("a:77", "2026-03-04", "92.10", payments="100", fees="2.90", others="-5", entries=2, orders=1),
        payout("a:78", "2026-03-05", "50", payments="60", fees="1", unexplained="-9", is_settled=False),
        payout("a:79", "2026-02-05", "1"),
        payout("a:80", "2026-03-06", "8", status="failed"),
    ],
    "payout_entries": [
        entry("1", "payment", "100", "2.90", "97.10", order_id="a:2"),
        entry("2", "shipping", "-5", "0", "-5", order_id="a:99", happened_at="2026-03-02 10:00:00"),
    ],
    "disputes": [
        {"dispute_id": "a:d1", "order_id": "a:3", "connection_id": "a", "source": "shopify", "kind": "chargeback", "status": "open",
         "reason": "fraudulent", "initiated_at": "2026-03-20 10:00:00", "due_at": "2026-04-05 10:00:00", "currency": "USD",
         "amount": "60"},
        {"dispute_id": "a:d2", "order_id": "a:2", "connection_id": "a", "source": "shopify", "kind": "chargeback", "status": "won",
         "reason": "fraudulent", "initiated_at": "2026-03-20 10:00:00", "currency": "USD", "amount": "40"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def project(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = shop_folder(new_folder, tmp_path_factory.mktemp("payouts"))
    with Project.open(folder, clock=Watch()) as project:
        publish(project, **{**marts(), **MARTS})  # type: ignore[arg-type]
        yield project


@pytest.fixture(scope="module")
def reader(project: Project) -> Iterator[TestClient]:
    with TestClient(create_app(project), follow_redirects=False) as client:
        yield with_session(client, project)


@pytest.fixture(scope="module")
def api(project: Project) -> Iterator[TestClient]:
    _, secret = project.control.tokens.create(project.tenant, "payouts")
    with TestClient(create_app(project), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


def test_the_page_sums_what_was_paid_and_leaves_out_what_failed(reader: TestClient) -> None:
    page = reader.get(f"/profit/payouts?{PERIOD}").text
    assert "2 payouts, paid or on the way" in page
    assert '142<span class="minor">.10</span>' in page
    assert page.index("6 Mar 2026") < page.index("5 Mar 2026") < page.index("4 Mar 2026")
    assert "5 Feb 2026" not in page
    assert page.count("Not all explained") == 1


def test_each_row_sums_to_what_was_paid_out(reader: TestClient) -> None:
    text = reader.get(f"/profit/payouts?{PERIOD}").text
    rows = [row[4:] for row in table(text[text.index("title-payouts") :]) if len(row) == 8]
    assert rows == [
        ["US$0.00", "US$8.00", "US$0.00", "US$8.00"],
        ["US$60.00", "−US$9.00", "−US$1.00", "US$50.00"],
        ["US$100.00", "−US$5.00", "−US$2.90", "US$92.10"],
    ]


def test_files_and_the_api_sign_fees_as_the_page_does_beside_what_was_kept(
    reader: TestClient, api: TestClient
) -> None:
    told = api.get("/api/v1/payouts/a:77").json()
    assert (told["payout"]["fees"], told["payout"]["signed_fees"]) == ("2.900000", "-2.900000")
    rows = list(csv.DictReader(io.StringIO(reader.get("/profit/payouts/a:77.csv").text)))
    for row in (*told["entries"], *rows):
        assert Decimal(row["amount"]) + Decimal(row["signed_fee"]) == Decimal(row["net"])


def test_disputes_that_await_an_answer_stand_beside(reader: TestClient) -> None:
    page = reader.get(f"/profit/payouts?{PERIOD}").text
    assert "Answer awaited" in page
    assert "5 Apr 2026" in page
    assert 'href="/orders/a:3"' in page
    assert 'href="/orders/a:2"' not in page


def test_one_payout_says_what_it_is_made_of_and_that_it_adds_up(reader: TestClient) -> None:
    page = reader.get("/profit/payouts/a:77").text
    assert "sum to this payout to the cent" in page
    assert "reference SP77" in page
    assert 'href="/orders/a:2"' in page
    assert "are not explained yet" in reader.get("/profit/payouts/a:78").text


def test_an_order_that_is_not_known_is_not_linked(reader: TestClient) -> None:
    assert "/orders/a:99" not in reader.get("/profit/payouts/a:77").text


def test_files_have_every_figure_unrounded(reader: TestClient) -> None:
    text = reader.get(f"/profit/payouts.csv?{PERIOD}").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["payout_id"], row["amount"], row["fees"]) for row in rows] == [
        ("a:80", "8.000000", "0.000000"), ("a:78", "50.000000", "1.000000"), ("a:77", "92.100000", "2.900000"),
    ]  # fmt: skip
    entries = list(csv.DictReader(io.StringIO(reader.get("/profit/payouts/a:77.csv").text)))
    assert [(row["order_number"], row["net"]) for row in entries] == [
        ("#1002", "97.100000"),
        ("", "-5.000000"),
    ]


def test_the_api_tells_payouts_and_what_they_are_made_of(api: TestClient) -> None:
    answer = api.get("/api/v1/payouts?first=2026-03-01&last=2026-03-31").json()
    assert [(row["payout_id"], row["amount"], row["status"]) for row in answer["payouts"]] == [
        ("a:80", "8.000000", "failed"), ("a:78", "50.000000", "paid"), ("a:77", "92.100000", "paid"),
    ]  # fmt: skip
    one = api.get("/api/v1/payouts/a:77").json()
    assert one["payout"]["source_payout_id"] == "77"
    assert [(row["kind"], row["net"], row["order_id"], row["happened_at"]) for row in one["entries"]] == [
        ("payment", "97.100000", "a:2", "2026-03-02T09:00:00Z"), ("shipping", "-5.000000", None, "2026-03-02T10:00:00Z"),
    ]  # fmt: skip
    missing = api.get("/api/v1/payouts/a:1")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")


def test_a_payout_that_is_not_there_is_said_to_be_missing(reader: TestClient) -> None:
    assert reader.get("/profit/payouts/a:1").status_code == 404
