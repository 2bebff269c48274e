"""``/api/v1`` is a promise. This file pins its addresses, shapes, errors and tags.

Every error is ``{"error": {"what": …, "remedy": …, "code": …}}`` with code unauthorized (401), forbidden (403), not_found (404), conflict (409), invalid (422), too_many (429),
try_again (503) or fault (500). Amounts are strings, days ISO dates, instants UTC; what does not exist is null.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import Watch

from fondaco.control import ConnectionRecord, ReconciliationDay
from fondaco.control.runs import RunResult, StreamResult
from fondaco.orchestration import Project
from fondaco.server.app import create_app

PATHS = {
    "/api/v1/metrics",
    "/api/v1/metrics/query",
    "/api/v1/metrics/{name}",
    "/api/v1/customers",
    "/api/v1/customers/segments",
    "/api/v1/customers/movements",
    "/api/v1/customers/{person_id}",
    "/api/v1/customers/{person_id}/accounts",
    "/api/v1/identity/decisions",
    "/api/v1/models",
    "/api/v1/runs",
    "/api/v1/runs/{run_id}",
    "/api/v1/reconciliation",
    "/api/v1/connections",
    "/api/v1/connections/{connection_id}",
    "/api/v1/health",
    "/api/v1/segments",
    "/api/v1/segments/attributes",
    "/api/v1/segments/{segment_id}",
    "/api/v1/segments/{segment_id}/count",
    "/api/v1/segments/{segment_id}/members",
    "/api/v1/segments/{segment_id}/versions",
    "/api/v1/segments/{segment_id}/versions/{version}",
    "/api/v1/cohorts",
    "/api/v1/profit/forecast",
    "/api/v1/profit/what-if",
    "/api/v1/profit/suggestions",
    "/api/v1/profit/suggestions/{name}",
    "/api/v1/campaigns",
    "/api/v1/orders",
    "/api/v1/stock/proposals",
    "/api/v1/stock/orders",
    "/api/v1/stock/orders/{number}",
    "/api/v1/stock/outcomes",
    "/api/v1/stock/prices",
    "/api/v1/stock/markdowns",
    "/api/v1/stock/promotions",
    "/api/v1/payouts",
    "/api/v1/payouts/{payout_id}",
    "/api/v1/costs",
    "/api/v1/alerts",
    "/api/v1/alerts/rules",
    "/api/v1/alerts/{alert_id}",
    "/api/v1/alerts/{alert_id}/history",
}
POSTED = {
    "/api/v1/segments/preview",
    "/api/v1/segments/{segment_id}/versions/{version}/restore",
    "/api/v1/customers/{person_id}/split",
    "/api/v1/customers/{person_id}/join",
    "/api/v1/costs/sheet",
    "/api/v1/alerts/{alert_id}/acknowledge",
    "/api/v1/alerts/{alert_id}/snooze",
    "/api/v1/stock/proposals/{proposal_id}/accept",
    "/api/v1/stock/proposals/{proposal_id}/refuse",
    "/api/v1/stock/proposals/{proposal_id}/undo",
    "/api/v1/stock/orders/{number}/change",
    "/api/v1/stock/orders/{number}/send",
    "/api/v1/stock/orders/{number}/receive",
    "/api/v1/stock/orders/{number}/cancel",
}
DELETED = {"/api/v1/identity/decisions/{decision_id}", "/api/v1/costs/{entry_id}"}
FILLED = {
    "{name}": "net_sales",
    "{run_id}": "x",
    "{segment_id}": "1",
    "{version}": "1",
    "{decision_id}": "1",
    "{entry_id}": "1",
    "{alert_id}": "1",
    "{proposal_id}": "x",
    "{number}": "FO-1",
    "{payout_id}": "x",
    "{connection_id}": "aurora",
}


@pytest.fixture
def run_id(new_project: Project, watch: Watch) -> str:
    """A project with one shop, one partial run and two compared figures."""
    control, tenant = new_project.control, new_project.tenant
    record = ConnectionRecord(
        "aurora",
        "shopify",
        "Aurora",
        "EUR",
        "Europe/Berlin",
        {"token": "shpat_secret"},
        missing=("read_all_orders",),
    )
    control.connections.add(tenant, record)
    run = control.runs.start(tenant, kind="run", steps=("sync", "build"))
    control.runs.add_stream(
        run.run_id,
        StreamResult(
            "aurora", "orders", "partial", 12, 11, 1, ("newField",), 1.5, "One was set aside.\nRead it."
        ),
    )
    control.runs.finish(
        run.run_id,
        RunResult(
            "partial",
            "warn",
            ("1 record was set aside.",),
            None,
            {"sync": 1.5, "build": 2.0},
            "20260331T090000",
        ),
    )
    control.reconciliation.save(
        ReconciliationDay(
            tenant_id=tenant,
            connection_id="aurora",
            day=date(2026, 3, 30),
            figure=figure,
            currency="EUR",
            ours=Decimal("100.10"),
            vendors=Decimal("100.10") - gap,
            gap=gap,
            cause="A late edit." if gap else None,
            orders=["#1001"] if gap else [],
            compared_at=watch.now,
        )
        for figure, gap in (("net_sales", Decimal("0.10")), ("taxes", Decimal("0.00")))
    )
    return run.run_id


@pytest.fixture
def api(new_project: Project) -> Iterator[TestClient]:
    """A client with a reading token."""
    _, secret = new_project.control.tokens.create(new_project.tenant, "test")
    with TestClient(create_app(new_project), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


@pytest.fixture(scope="module")
def passer_by(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client without a token, who leaves no trace: one for all that is asked in vain."""
    folder = shutil.copytree(new_folder, tmp_path_factory.mktemp("shut") / "project")
    with (
        Project.open(folder, clock=Watch()) as project,
        TestClient(create_app(project), follow_redirects=False) as client,
    ):
        yield client


def test_the_addresses_are_these(api: TestClient) -> None:
    document = api.get("/api/v1/openapi.json").json()
    assert set(document["paths"]) == PATHS | POSTED | DELETED
    assert document["openapi"].startswith("3.1")


def test_every_answer_and_every_error_is_described(api: TestClient) -> None:
    document = api.get("/api/v1/openapi.json").json()
    for path in PATHS:
        operation = document["paths"][path]["get"]
        assert operation["summary"]
        assert operation["security"] == [{"HTTPBearer": []}]
        assert "$ref" in str(operation["responses"]["200"]["content"]["application/json"]["schema"])
        assert "ErrorAnswer" in str(operation["responses"]["401"])


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer fnd_wrong"}, {"Authorization": "Basic eDp5"}]
)
@pytest.mark.parametrize("path", sorted(PATHS | POSTED | DELETED))
def test_nothing_is_told_without_a_valid_token(
    passer_by: TestClient, path: str, headers: dict[str, str]
) -> None:
    method = "POST" if path in POSTED else "DELETE" if path in DELETED else "GET"
    for name, value in FILLED.items():
        path = path.replace(name, value)
    answer = passer_by.request(method, path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    error = answer.json()["error"]
    assert error["code"] == "unauthorized"
    assert "fondaco tokens create" in error["remedy"]


def test_a_revoked_token_opens_nothing(new_project: Project, stranger: TestClient) -> None:
    token, secret = new_project.control.tokens.create(new_project.tenant, "old")
    new_project.control.tokens.revoke(new_project.tenant, token.token_id)
    assert stranger.get("/api/v1/health", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_session_cookie_is_no_token(owner: TestClient) -> None:
    assert owner.get("/api/v1/health").status_code == 401


def test_a_metric_tells_its_definition(api: TestClient) -> None:
    answer = api.get("/api/v1/metrics/net_sales").json()
    assert set(answer) == {
        "name", "label", "description", "formula", "unit", "good_direction", "scope", "compared", "synonyms", "dimensions",
    }  # fmt: skip
    assert (answer["name"], answer["unit"], answer["good_direction"]) == ("net_sales", "money", "up")
    assert {"day", "month", "country", "product"} <= set(answer["dimensions"])
    assert answer in api.get("/api/v1/metrics").json()


@pytest.mark.parametrize(
    ("path", "status", "code", "said"),
    [
        ("/metrics/profit", 404, "not_found", "no metric 'profit'"),
        ("/runs/20200101T000000-01", 404, "not_found", "no run '20200101T000000-01'"),
        ("/nothing", 404, "not_found", "no such page"),
        ("/metrics/query", 422, "invalid", "metrics: Field required"),
        ("/metrics/query?metrics=profit", 422, "invalid", "no metric 'profit'"),
        ("/metrics/query?metrics=orders&by=moon", 422, "invalid", "no dimension 'moon'"),
        ("/metrics/query?metrics=orders&clock=cuckoo", 422, "invalid", "clock"),
        ("/metrics/query?metrics=orders&from=yesterday&to=2026-01-01", 422, "invalid", "from='yesterday'"),
        ("/metrics/query?metrics=orders&from=2026-02-01&to=2026-01-01", 422, "invalid", "before it starts"),
        ("/metrics/query?metrics=orders&where=country", 422, "invalid", "where='country'"),
        ("/metrics/query?metrics=orders&colour=red", 422, "invalid", "colour"),
        ("/runs?limit=0", 422, "invalid", "limit"),
        ("/reconciliation?from=monday", 422, "invalid", "from"),
    ],
)
def test_every_error_has_one_shape(api: TestClient, path: str, status: int, code: str, said: str) -> None:
    answer = api.get("/api/v1" + path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"what", "remedy", "code"}
    assert error["code"] == code
    assert said in error["what"]
    assert error["remedy"]


def test_before_the_first_publish_a_query_says_what_to_do(api: TestClient) -> None:
    answer = api.get("/api/v1/metrics/query?metrics=net_sales")
    assert answer.status_code == 422
    assert "fondaco run" in answer.json()["error"]["remedy"]


def test_runs_are_told_newest_first_and_one_of_them_stream_by_stream(api: TestClient, run_id: str) -> None:
    run = {
        "run_id": run_id,
        "kind": "run",
        "steps": ["sync", "build"],
        "started_at": "2026-03-31T09:00:00Z",
        "ended_at": "2026-03-31T09:00:00Z",
        "outcome": "partial",
        "health": "warn",
        "health_reasons": ["1 record was set aside."],
        "error": None,
        "step_seconds": {"sync": 1.5, "build": 2.0},
        "published": "20260331T090000",
    }
    stream = {
        "connection_id": "aurora",
        "stream": "orders",
        "outcome": "partial",
        "extracted": 12,
        "loaded": 11,
        "quarantined": 1,
        "drifted": 1,
        "drifted_fields": ["newField"],
        "seconds": 1.5,
        "error": "One was set aside.\nRead it.",
    }
    assert api.get("/api/v1/runs").json() == [run]
    assert api.get(f"/api/v1/runs/{run_id}").json() == {**run, "streams": [stream]}


def test_the_comparison_is_told_figure_by_figure_and_can_be_cut_to_gaps(api: TestClient, run_id: str) -> None:
    gap = {
        "connection_id": "aurora",
        "day": "2026-03-30",
        "figure": "net_sales",
        "currency": "EUR",
        "ours": "100.10",
        "vendors": "100.00",
        "gap": "0.10",
        "cause": "A late edit.",
        "orders": ["#1001"],
        "compared_at": "2026-03-31T09:00:00Z",
    }
    everything = api.get("/api/v1/reconciliation").json()
    assert [day["figure"] for day in everything] == ["net_sales", "taxes"]
    only = api.get("/api/v1/reconciliation?only_gaps=true").json()
    decimals = {name: Decimal(only[0].pop(name)) for name in ("ours", "vendors", "gap")}
    assert decimals == {name: Decimal(gap.pop(name)) for name in ("ours", "vendors", "gap")}
    assert only == [gap]
    assert api.get("/api/v1/reconciliation?from=2026-03-31").json() == []


def test_a_connection_is_told_without_its_credentials(api: TestClient, run_id: str) -> None:
    answer = api.get("/api/v1/connections")
    assert "shpat_secret" not in answer.text
    (connection,) = answer.json()
    assert set(connection) == {
        "connection_id", "source", "name", "currency", "time_zone", "status", "fault", "missing", "warnings",
        "checked_at", "synced_at", "data_begins", "role", "feeds", "promised_seconds", "is_late", "succeeded_at", "newest_run",
        "next_run_at", "loaded", "quarantined", "loaded_ever",
    }  # fmt: skip
    assert (connection["status"], connection["missing"]) == ("limited", ["read_all_orders"])


def test_health_says_empty_before_anything_is_published(api: TestClient, run_id: str) -> None:
    assert api.get("/api/v1/health").json() == {
        "status": "empty",
        "reasons": ["1 record was set aside."],
        "published": None,
        "newest_run": run_id,
        "reconciliation": "off",
    }


def test_a_limit_beyond_all_rows_is_refused_and_not_a_fault(api: TestClient) -> None:
    assert api.get("/api/v1/metrics/query?metrics=net_sales&limit=99999999999999999999999").status_code == 422


def test_a_body_that_no_form_has_is_refused_unread(api: TestClient) -> None:
    answer = api.post("/api/v1/segments/preview", content=b"[" + b"0," * 600_000 + b"0]")
    assert answer.status_code == 413


def test_compared_days_come_page_by_page(api: TestClient, run_id: str) -> None:
    whole = api.get("/api/v1/reconciliation")
    assert "Link" not in whole.headers and len(whole.json()) > 1
    pages, address = [], "/api/v1/reconciliation?limit=1"
    while address:
        answer = api.get(address)
        pages += answer.json()
        address = answer.links["next"]["url"] if "next" in answer.links else ""
    assert pages == whole.json()
    for forged in ("AAAA", "eA", "a" * 500):
        assert api.get("/api/v1/reconciliation", params={"cursor": forged}).status_code == 422
