"""``/api/v1/segments``: who may do what, and what is answered and written down."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from pyarrow import parquet
from starlette.testclient import TestClient
from tests.activation.conftest import line, person, publish
from tests.server.conftest import Watch

from fondaco.activation.attributes import ATTRIBUTES
from fondaco.activation.events import EVENTS
from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app

PEOPLE = [
    person(
        "p1",
        country="DE",
        city="Köln",
        email="a@example.com",
        first_name="=Ada",
        orders=3,
        net_sales="120.50",
    ),
    person("p2", country="DE", orders=1, net_sales=40),
    person("p3", country="FR", phone="+33 1"),
]
SCORES = [{"person_id": "p1", "segment": "Champions", "churn_probability": 0.25}]
GERMANS: dict[str, Any] = {
    "root": {
        "kind": "group",
        "rules": [{"kind": "attribute", "attribute": "country", "operator": "is", "values": ["DE"]}],
    }
}
CHAMPIONS: dict[str, Any] = {
    "root": {
        "kind": "group",
        "rules": [{"kind": "attribute", "attribute": "segment", "operator": "is", "values": ["Champions"]}],
    }
}

ADA: dict[str, Any] = {
    "root": {
        "kind": "group",
        "rules": [{"kind": "attribute", "attribute": "email", "operator": "is", "values": ["A@example.com"]}],
    }
}

Client = Callable[..., TestClient]


@pytest.fixture(scope="session")
def published_folder(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with these customers published, made once and copied by every test."""
    folder = tmp_path_factory.mktemp("segments-api") / "project"
    shutil.copytree(new_folder, folder)
    with Project.open(folder, clock=Watch()) as project:
        publish(project.warehouse, {"customers": PEOPLE, "customer_scores": SCORES})
    return folder


@pytest.fixture
def published(published_folder: Path, tmp_path: Path, watch: Watch) -> Iterator[Project]:
    shutil.copytree(published_folder, tmp_path, dirs_exist_ok=True)
    with Project.open(tmp_path, clock=watch) as project:
        yield project


@pytest.fixture
def client(published: Project) -> Iterator[Client]:
    """Clients with a token of a user of a role, or of nobody."""
    opened: list[TestClient] = []

    def open_(role: Role | None = None, scopes: tuple[str, ...] = ("read", "write")) -> TestClient:
        control, tenant = published.control, published.tenant
        user = control.users.create(tenant, f"of-{role}@example.com", role=role) if role else None
        _, secret = control.tokens.create(
            tenant, "test", user_id=user.user_id if user else None, scopes=scopes
        )
        made = TestClient(create_app(published), headers={"Authorization": f"Bearer {secret}"})
        made.__enter__()
        opened.append(made)
        return made

    yield open_
    for each in opened:
        each.__exit__(None, None, None)


def keep(client: TestClient, name: str = "Germans", definition: dict[str, Any] = GERMANS) -> httpx.Response:
    return client.post("/api/v1/segments", json={"name": name, "definition": definition})


def test_a_segment_is_kept_changed_restored_and_put_away(client: Client) -> None:
    api = client(Role.ANALYST)
    kept = keep(api)
    assert kept.status_code == 201
    segment = kept.json()
    assert set(segment) == {
        "segment_id", "name", "description", "definition", "sentence", "version", "created_at", "updated_at", "archived_at",
    }  # fmt: skip
    assert (segment["name"], segment["version"], segment["sentence"]) == (
        "Germans",
        1,
        "Customers whose country is DE.",
    )
    path = f"/api/v1/segments/{segment['segment_id']}"
    changed = api.put(
        path, json={"name": "Best", "description": "x", "definition": CHAMPIONS, "version": 1}
    ).json()
    assert (changed["name"], changed["description"], changed["version"]) == ("Best", "x", 2)
    assert [v["version"] for v in api.get(f"{path}/versions").json()] == [2, 1]
    old = api.get(f"{path}/versions/1").json()
    assert (old["name"], old["definition"]) == ("Germans", segment["definition"])
    restored = api.post(f"{path}/versions/1/restore", json={"version": 2}).json()
    assert (restored["version"], restored["definition"]) == (3, segment["definition"])
    assert api.get("/api/v1/segments").json() == [restored]
    assert api.delete(path).json()["archived_at"] == "2026-03-31T09:00:00Z"
    assert api.get("/api/v1/segments").json() == []
    assert [s["segment_id"] for s in api.get("/api/v1/segments?archived=true").json()] == [
        segment["segment_id"]
    ]


def test_the_second_editor_gets_a_conflict(client: Client) -> None:
    api = client()
    path = f"/api/v1/segments/{keep(api).json()['segment_id']}"
    change = {"name": "Mine", "definition": GERMANS, "version": 1}
    assert api.put(path, json=change).status_code == 200
    refused = api.put(path, json={**change, "name": "Theirs"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    assert api.get(path).json()["name"] == "Mine"


def test_a_definition_is_counted_without_being_kept(client: Client) -> None:
    api = client(Role.VIEWER, ("read",))
    answer = api.post("/api/v1/segments/preview", json={"definition": GERMANS}).json()
    assert (answer["people"], answer["of"], answer["sentence"]) == (2, 3, "Customers whose country is DE.")
    assert api.post("/api/v1/segments/preview", json={"definition": CHAMPIONS}).json()["people"] == 1
    assert api.get("/api/v1/segments").json() == []


@pytest.mark.parametrize(
    ("role", "scopes", "status"),
    [
        (Role.OWNER, ("read", "write"), 201),
        (Role.ANALYST, ("read", "write"), 201),
        (Role.VIEWER, ("read", "write"), 403),
        (Role.OWNER, ("read",), 403),
        (None, ("read", "write"), 201),
        (None, ("read",), 403),
    ],
)
def test_keeping_needs_a_token_for_writing_and_a_user_who_may(
    client: Client, role: Role | None, scopes: tuple[str, ...], status: int
) -> None:
    api = client(role, scopes)
    answer = keep(api)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["error"]["code"] == "forbidden"
        kept = keep(client(None)).json()["segment_id"]
        for method, rest, body in (
            ("PUT", "", {"name": "x", "definition": GERMANS, "version": 1}),
            ("DELETE", "", None),
            ("POST", "/versions/1/restore", {"version": 1}),
        ):
            assert api.request(method, f"/api/v1/segments/{kept}{rest}", json=body).status_code == 403
        assert api.get(f"/api/v1/segments/{kept}").json()["version"] == 1


def test_members_come_a_page_at_a_time(client: Client) -> None:
    api = client()
    path = f"/api/v1/segments/{keep(api).json()['segment_id']}/members"
    first = api.get(path, params={"limit": 1, "columns": "net_sales,country,net_sales"}).json()
    assert (first["columns"], first["rows"]) == (
        ["net_sales", "country"],
        [{"net_sales": "120.500000", "country": "DE"}],
    )
    second = api.get(path, params={"limit": 1, "cursor": first["next"]}).json()
    assert second["rows"] == [
        {"person_id": "p2", "country": "DE", "orders": 1, "net_sales": "40.000000", "last_order_date": None}
    ]
    assert second["next"] is None
    scored = api.get(path, params={"columns": "person_id,segment,churn_probability"}).json()["rows"]
    assert scored[0] == {"person_id": "p1", "segment": "Champions", "churn_probability": 0.25}
    assert scored[1] == {"person_id": "p2", "segment": None, "churn_probability": None}


def test_a_file_holds_all_members_and_no_formula_and_is_written_down(
    client: Client, published: Project
) -> None:
    api = client(Role.ANALYST)
    kept = keep(api).json()["segment_id"]
    path = f"/api/v1/segments/{kept}/members"
    file = api.get(path, params={"format": "csv", "columns": "person_id,first_name,net_sales"})
    assert file.headers["content-disposition"] == f'attachment; filename="segment_{kept}.csv"'
    assert list(csv.reader(io.StringIO(file.text))) == [
        ["person_id", "first_name", "net_sales"], ["p1", "'=Ada", "120.500000"], ["p2", "", "40.000000"],
    ]  # fmt: skip
    table = parquet.read_table(
        io.BytesIO(api.get(path, params={"format": "parquet", "columns": "orders"}).content)
    )
    assert table.to_pydict() == {"orders": [3, 1]}
    entries = [e for e in published.control.audit.recent(published.tenant) if e.action == "segment.export"]
    assert [(e.actor, e.subject, e.detail) for e in reversed(entries)] == [
        ("token:1", f"segment:{kept}",
         {"version": 1, "rows": 2, "columns": ["person_id", "first_name", "net_sales"], "format": "csv"}),
        ("token:1", f"segment:{kept}", {"version": 1, "rows": 2, "columns": ["orders"], "format": "parquet"}),
    ]  # fmt: skip


def test_a_viewer_reads_members_but_takes_nobody_away(client: Client, published: Project) -> None:
    kept = keep(client()).json()["segment_id"]
    path, api = f"/api/v1/segments/{kept}/members", client(Role.VIEWER, ("read",))
    assert api.get(path).status_code == 200
    for asked in (
        {"format": "csv"},
        {"format": "parquet"},
        {"columns": "email"},
        {"columns": "person_id,last_name"},
    ):
        assert api.get(path, params=asked).status_code == 403
    assert api.get(path, headers={"Accept": "text/csv"}).status_code == 403
    assert published.control.audit.recent(published.tenant) == []
    analyst = client(Role.ANALYST, ("read",))
    assert analyst.get(path, params={"columns": "email"}).json()["rows"][0] == {"email": "a@example.com"}
    (entry,) = published.control.audit.recent(published.tenant)
    assert entry.detail == {"version": 1, "rows": 2, "columns": ["email"], "format": "json"}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/99", 404, "no segment 99"),
        ("/99/members", 404, "no segment 99"),
        ("/1/versions/7", 404, "no version 7"),
        ("/0", 422, "segment_id"),
        ("/99999999999999999999", 422, "segment_id"),
        ("/1/members?columns=shoe", 422, "no column 'shoe'"),
        ("/1/members?cursor=%21", 422, "cursor"),
        ("/1/members?cursor=AA", 422, "cursor"),
        ("/1/members?limit=0", 422, "limit"),
        ("/1/members?colour=red", 422, "colour"),
    ],
)
def test_every_fault_is_told_in_the_one_shape(client: Client, path: str, status: int, said: str) -> None:
    api = client()
    keep(api)
    answer = api.get("/api/v1/segments" + path)
    assert (answer.status_code, set(answer.json()["error"])) == (status, {"what", "remedy", "code"})
    assert said in answer.json()["error"]["what"]


@pytest.mark.parametrize(
    "definition", [{}, {"root": 1}, {"root": {"kind": "group", "rules": [{"kind": "moon"}]}}]
)
def test_a_wrong_definition_is_refused(client: Client, definition: dict[str, Any]) -> None:
    api = client()
    for answer in (
        keep(api, definition=definition),
        api.post("/api/v1/segments/preview", json={"definition": definition}),
    ):
        assert answer.status_code == 422
        assert "definition of the segment is not right" in answer.json()["error"]["what"]


@pytest.mark.parametrize(
    "body",
    [
        '{"definition": {"root": {"\\ud800": 1}}}',
        '{"definition": {"root": {"kind": "group", "rules": [{"kind": "attribute", "attribute": "\\ud800"}]}}}',
        '{"definition": NaN}',
        '{"definition": {"root": ' + '{"rules": [' * 3000 + "]}" * 3000 + "}}",
        '{"name": "\\ud800", "definition": {"root": {"kind": "group"}}}',
    ],
)
def test_no_odd_body_is_a_fault_of_ours(client: Client, body: str) -> None:
    api = client()
    for path in ("/api/v1/segments", "/api/v1/segments/preview"):
        answer = api.post(path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
        assert set(answer.json()["error"]) == {"what", "remedy", "code"}


def test_the_table_of_attributes_says_how_each_may_be_asked_for(client: Client) -> None:
    told = {each["name"]: each for each in client().get("/api/v1/segments/attributes").json()}
    assert told["net_sales"]["kind"] == "money"
    assert [how["name"] for how in told["country"]["operators"]] == ["is", "known"]
    assert told["email"]["personal"] is True
    assert [how["name"] for how in told["email"]["operators"]] == [
        "is",
        "contains",
        "starts_with",
        "ends_with",
        "known",
    ]
    assert [how["name"] for how in told["email_domain"]["operators"]] == [
        "is",
        "ends_with",
        "contains",
        "known",
    ]
    assert [how["name"] for how in told["phone"]["operators"]] == ["starts_with", "is", "known"]
    assert (told["person_id"]["personal"], told["person_id"]["operators"]) == (False, [])


def test_the_description_of_the_api_names_every_condition(client: Client) -> None:
    schemas = client().get("/api/v1/openapi.json").json()["components"]["schemas"]
    for schema in ("NewSegment", "ChangedSegment"):
        told = schemas[schema]["properties"]["definition"]["description"]
        assert [each.name for each in ATTRIBUTES if f"`{each.name}`" not in told] == []
        assert [each.name for each in EVENTS if f"`{each.name}`" not in told] == []


@pytest.mark.parametrize(("attribute", "how", "values"), [
    ("email", "is", ["a@example.com"]),
    ("email", "contains", ["@EXAMPLE"]),
    ("email_domain", "is", ["@example.com"]),
    ("first_name", "contains", ["ada"]),
    ("last_name", "known", []),
    ("phone", "starts_with", ["0033"]),
])  # fmt: skip
def test_conditions_on_contact_data_are_for_tokens_that_may_see_persons(
    client: Client, attribute: str, how: str, values: list[str]
) -> None:
    rule = {"kind": "attribute", "attribute": attribute, "operator": how, "values": values}
    bodies: list[dict[str, Any]] = [
        {"root": {"kind": "group", "rules": [rule]}},
        {"root": {"kind": "group", "rules": [{"kind": "group", "match": "any", "not": True, "rules": [{**rule, "not": True}]}]}},
    ]  # fmt: skip
    viewer = client(Role.VIEWER, ("read", "write"))
    for body in bodies:
        for api in (client(Role.ANALYST, ("read",)) if body is bodies[0] else client(), client()):
            answer = api.post("/api/v1/segments/preview", json={"definition": body})
            assert (answer.status_code, answer.json()["people"]) == (
                200,
                0 if attribute == "last_name" else 1,
            )
        for refused in (
            viewer.post("/api/v1/segments/preview", json={"definition": body}),
            keep(viewer, definition=body),
        ):
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "forbidden")
            assert not any(value in refused.text for value in values)


def test_a_kept_segment_that_asks_who_customers_are_tells_a_viewers_token_nothing(
    client: Client, published: Project
) -> None:
    owner, viewer = client(Role.OWNER), client(Role.VIEWER)
    body = {"name": "One person", "description": "It is Ada", "definition": ADA}
    path = f"/api/v1/segments/{owner.post('/api/v1/segments', json=body).json()['segment_id']}"
    assert owner.get(f"{path}/count").json()["people"] == 1
    assert owner.get(path).json()["sentence"] == "Customers whose e-mail address is “A@example.com”."
    masked = (None, "", "Customers whose e-mail address is •••.")

    def shown(answer: dict[str, Any]) -> tuple[Any, ...]:
        return answer["definition"], answer["description"], answer["sentence"]

    assert shown(viewer.get(path).json()) == masked
    assert [shown(each) for each in viewer.get("/api/v1/segments").json()] == [masked]
    for rest in ("/count", "/members", "/members?format=csv"):
        assert viewer.get(path + rest).status_code == 403
    owner.put(path, json={"name": "Germans", "definition": GERMANS, "version": 1})
    assert viewer.get(f"{path}/count").json()["people"] == 2
    assert shown(viewer.get(f"{path}/versions/1").json()) == masked
    assert shown(viewer.get(f"{path}/versions").json()[1]) == masked
    assert "example.com" not in str([e.detail for e in published.control.audit.recent(published.tenant)])


def test_a_sentence_calls_products_by_their_titles(new_project: Project) -> None:
    rows = [line("1", "p1", "2026-03-02", line_title="Blue scarf", sku="S1", product_id="gid/7")]
    publish(new_project.warehouse, {"customers": PEOPLE, "sales_ledger": rows})
    _, secret = new_project.control.tokens.create(new_project.tenant, "test")
    rule = {"kind": "event", "event": "bought", "product": {"by": "product_id", "value": "gid/7"}}
    with TestClient(create_app(new_project), headers={"Authorization": f"Bearer {secret}"}) as api:
        answer = api.post(
            "/api/v1/segments/preview", json={"definition": {"root": {"kind": "group", "rules": [rule]}}}
        )
    assert (answer.json()["people"], answer.json()["sentence"]) == (
        1,
        "Customers who bought the product “Blue scarf” (gid/7) at least once.",
    )


def test_a_state_without_scores_says_what_to_do(new_project: Project, watch: Watch, tmp_path: Path) -> None:
    publish(new_project.warehouse, {"customers": PEOPLE}, scores=False)
    _, secret = new_project.control.tokens.create(new_project.tenant, "test")
    with TestClient(create_app(new_project), headers={"Authorization": f"Bearer {secret}"}) as api:
        assert api.post("/api/v1/segments/preview", json={"definition": GERMANS}).json()["people"] == 2
        refused = api.post("/api/v1/segments/preview", json={"definition": CHAMPIONS})
    assert refused.status_code == 422
    assert "`fondaco run`" in refused.json()["error"]["remedy"]
