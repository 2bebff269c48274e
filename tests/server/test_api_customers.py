"""The API of customers, segments and models: pages by cursor, three formats, tags, a limit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient
from tests.server.conftest import ADA, BO, CY, OWNER, Watch

from fondaco.config import ServerSettings
from fondaco.control import Role
from fondaco.governance import Permission
from fondaco.orchestration import Project
from fondaco.server.api.access import permits, require_of_token
from fondaco.server.app import create_app
from fondaco.server.auth.roles import ForbiddenError
from fondaco.server.rate import RateLimit, TooManyRequestsError


@pytest.fixture
def api(known: Project) -> Iterator[TestClient]:
    _, secret = known.control.tokens.create(known.tenant, "test")
    with TestClient(create_app(known), headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client


def test_a_customer_is_told_whole(api: TestClient) -> None:
    ada = api.get(f"/api/v1/customers/{ADA}").json()
    assert (ada["email"], ada["segment"], ada["previous_segment"]) == (
        "ada@example.com",
        "Champions",
        "New Customers",
    )
    assert (ada["expected_value"], ada["net_sales"]) == ("120.000000", "300.000000")
    assert ada["value_at_risk"] == "30.000000"
    assert ada["churn_reasons"] == ["Bought 2 times in the last year."]
    cy = api.get(f"/api/v1/customers/{CY}").json()
    assert cy["segment"] is None and cy["churn_reasons"] == []
    assert api.get("/api/v1/customers/nobody").status_code == 404


def test_pages_follow_each_other_and_miss_nobody(api: TestClient) -> None:
    seen, address = [], "/api/v1/customers?limit=1"
    while address:
        answer = api.get(address)
        seen += [row["person_id"] for row in answer.json()["rows"]]
        address = answer.links["next"]["url"] if "next" in answer.links else ""
        assert (answer.json()["next"] is None) == (address == "")
    assert seen == [ADA, BO, CY]


def test_a_segment_narrows_the_pages(api: TestClient) -> None:
    rows = api.get("/api/v1/customers?segment=Hibernating").json()["rows"]
    assert [row["person_id"] for row in rows] == [BO]


@pytest.mark.parametrize(
    ("question", "status"),
    [("cursor=%21%21", 422), ("cursor=%C3%A9", 422), ("cursor=_w", 422), ("limit=0", 422), ("limit=10001", 422), ("segment=Nope", 404), ("colour=red", 422), ("format=xml", 422)],
)  # fmt: skip
def test_a_question_that_cannot_be_is_refused(api: TestClient, question: str, status: int) -> None:
    answer = api.get(f"/api/v1/customers?{question}")
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"what", "remedy", "code"}


def test_the_same_rows_come_as_csv_and_parquet(api: TestClient) -> None:
    lines = api.get("/api/v1/customers", headers={"Accept": "text/csv"}).text.splitlines()
    assert len(lines) == 4 and lines[0].startswith("person_id,email")
    table = pq.read_table(io.BytesIO(api.get("/api/v1/customers?format=parquet&limit=2").content))
    assert table.column("person_id").to_pylist() == [ADA, BO]
    figures = pq.read_table(
        io.BytesIO(api.get("/api/v1/metrics/query?metrics=net_sales&format=parquet").content)
    )
    assert figures.column_names == ["net_sales"]


def test_an_answer_that_has_not_changed_is_not_sent_again(api: TestClient) -> None:
    tag = api.get("/api/v1/customers").headers["etag"]
    assert api.get("/api/v1/customers", headers={"If-None-Match": tag}).status_code == 304
    assert api.get("/api/v1/customers?limit=2", headers={"If-None-Match": tag}).status_code == 200
    for held in ("*", f"W/{tag}", f'"another", {tag}'):
        assert api.get("/api/v1/customers", headers={"If-None-Match": held}).status_code == 304
    assert api.get("/api/v1/customers", headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize("place", ["customers/segments", "customers/movements", f"customers/{ADA}", "models"])
def test_no_answer_about_customers_is_sent_again_unchanged(api: TestClient, place: str) -> None:
    tag = api.get(f"/api/v1/{place}").headers["etag"]
    assert api.get(f"/api/v1/{place}", headers={"If-None-Match": tag}).status_code == 304


def test_whoever_is_given_a_customers_personal_data_is_noted(api: TestClient, known: Project) -> None:
    api.get(f"/api/v1/customers/{ADA}")
    api.get(f"/api/v1/customers/{ADA}/accounts")
    noted = known.control.audit.recent(known.tenant)[:2]
    assert {(each.action, each.subject) for each in noted} == {("customer.read", f"customer:{ADA}")}
    assert [each.detail["columns"] for each in noted] == [
        ["email", "phone", "first_name", "last_name"],
        ["email", "phone", "first_name", "last_name"],
    ]
    assert "example.com" not in str(noted)


def test_a_token_whose_user_is_gone_may_no_more_than_read(known: Project) -> None:
    """A request that was let in just before the user was removed."""
    site = create_app(known).state.site
    token, _ = known.control.tokens.create(known.tenant, "left over")
    orphan, _ = known.control.tokens.create(known.tenant, "left behind")
    orphan.user_id = 4711
    assert permits(site, token, Permission.PEOPLE) and not permits(site, orphan, Permission.PEOPLE)
    with pytest.raises(ForbiddenError):
        require_of_token(site, orphan, Permission.SEGMENT)


def test_segments_and_movements_come_as_files_too(api: TestClient) -> None:
    lines = api.get("/api/v1/customers/segments?format=csv").text.splitlines()
    assert lines[0].split(",")[:4] == ["segment", "meaning", "recency_from", "recency_to"]
    assert len(lines) == 9
    moved = pq.read_table(io.BytesIO(api.get("/api/v1/customers/movements?format=parquet").content))
    assert moved.to_pylist() == [
        {**row, "month_end": date.fromisoformat(row["month_end"])}
        for row in api.get("/api/v1/customers/movements").json()
    ]


def test_a_viewers_token_tells_no_names_and_gives_no_files(known: Project) -> None:
    viewer = known.control.users.create(known.tenant, "viewer@example.com", role=Role.VIEWER)
    _, secret = known.control.tokens.create(known.tenant, "theirs", user_id=viewer.user_id)
    with TestClient(create_app(known), headers={"Authorization": f"Bearer {secret}"}) as client:
        assert "ada@example.com" not in client.get("/api/v1/customers").text
        assert client.get(f"/api/v1/customers/{ADA}").json()["email"] is None
        assert client.get("/api/v1/customers?format=csv").status_code == 403


def test_segments_movements_and_models_are_told(api: TestClient) -> None:
    segments = {row["segment"]: row for row in api.get("/api/v1/customers/segments").json()}
    assert len(segments) == 8
    assert (segments["Champions"]["customers"], segments["Champions"]["expected_value"]) == (1, "120.000000")
    assert (segments["At Risk"]["customers"], segments["At Risk"]["net_sales"]) == (0, None)
    moved = api.get("/api/v1/customers/movements").json()
    assert {
        "month_end": "2026-02-28",
        "from_segment": None,
        "to_segment": "New Customers",
        "customers": 1,
    } in moved
    models = {row["model"]: row for row in api.get("/api/v1/models").json()}
    assert models["mbg_nbd"]["parameters"] == {"r": 0.5} and models["mbg_nbd"]["is_used"]
    assert models["hold_out"]["evaluation"]["days"] == 90


def test_a_token_that_asks_too_often_is_told_to_wait(known: Project, watch: Watch) -> None:
    slow = known.settings.model_copy(update={"server": ServerSettings(api_requests_a_minute=2)})
    with Project(slow, clock=watch) as project:
        secrets = [project.control.tokens.create(project.tenant, name)[1] for name in ("one", "two")]
        with TestClient(create_app(project)) as client:
            one, two = ({"Authorization": f"Bearer {secret}"} for secret in secrets)
            codes = [client.get("/api/v1/health", headers=one).status_code for _ in range(3)]
            assert codes == [200, 200, 429]
            refused = client.get("/api/v1/health", headers=one)
            assert refused.headers["retry-after"] == "30" and refused.json()["error"]["code"] == "too_many"
            assert client.get("/api/v1/health", headers=two).status_code == 200
            watch.forward(timedelta(seconds=30))
            assert client.get("/api/v1/health", headers=one).status_code == 200


def test_all_tokens_of_a_user_together_ask_no_more_often_than_one(known: Project, watch: Watch) -> None:
    slow = known.settings.model_copy(update={"server": ServerSettings(api_requests_a_minute=2)})
    with Project(slow, clock=watch) as project:
        user = project.control.users.find(OWNER)
        assert user is not None
        create, tenant = project.control.tokens.create, project.tenant
        secrets = [create(tenant, name, user_id=user.user_id)[1] for name in ("one", "two")]
        with TestClient(create_app(project)) as client:
            asked = [
                client.get("/api/v1/health", headers={"Authorization": f"Bearer {secret}"})
                for secret in (*secrets, *secrets)
            ]
    assert [answer.status_code for answer in asked] == [200, 200, 429, 429]
    assert "all tokens of its user" in asked[-1].json()["error"]["what"]


def test_a_quiet_token_saves_no_more_than_a_minute(watch: Watch) -> None:
    rates = RateLimit(watch, 3)
    rates.take(1)
    watch.forward(timedelta(hours=5))
    for _ in range(3):
        rates.take(1)
    with pytest.raises(TooManyRequestsError):
        rates.take(1)
