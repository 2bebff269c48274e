"""The pages of segments, asked as a browser would."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.activation.conftest import line, order, person, publish
from tests.server.conftest import Watch, form_token

from fondaco.activation import Definition, parse_definition
from fondaco.activation.attributes import ATTRIBUTES, USUAL_COLUMNS
from fondaco.activation.events import EVENTS
from fondaco.control import Role
from fondaco.metrics.customer_figures import CUSTOMER_FIGURES
from fondaco.orchestration import Project
from fondaco.server.app import create_app
from fondaco.server.auth.sessions import SESSION

PEOPLE = [
    person("p1", country="DE", city="Köln", first_name="Ada", last_name="Lovelace", orders=2, net_sales=120,
           email="ada@lovelace.example", phone="+49 30 1234"),
    person("p2", country="DE", orders=1, net_sales=40),
    person("p3", country="FR", city="<b>Lyon"),
]  # fmt: skip
ROWS: dict[str, list[dict[str, Any]]] = {
    "customers": PEOPLE,
    "orders": [order("1", "p1", "2026-03-02", net_sales=70), order("2", "p1", "2026-03-30", net_sales=50)],
    "sales_ledger": [line("1", "p1", "2026-03-02", line_title="Blue <scarf>", sku="S1", product_id="gid/7")],
    "customer_scores": [
        {"person_id": "p1", "segment": "Champions"},
        {"person_id": "p2", "segment": "At Risk"},
    ],
}
ADA = {
    "r.op": "all", "r-0.what": "attribute:email", "r-0.was": "attribute:email", "r-0.op": "is",
    "r-0.value": "ada@lovelace.example",
}  # fmt: skip
GERMANS = {
    "r.op": "all", "r-0.what": "attribute:country", "r-0.was": "attribute:country", "r-0.op": "is", "r-0.value": "DE",
}  # fmt: skip


@pytest.fixture(scope="session")
def published_folder(new_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with these customers published, made once and copied by every test."""
    folder = tmp_path_factory.mktemp("segments") / "project"
    shutil.copytree(new_folder, folder)
    with Project.open(folder, clock=Watch()) as project:
        publish(project.warehouse, ROWS)
    return folder


@pytest.fixture
def new_project(published_folder: Path, tmp_path: Path, watch: Watch) -> Iterator[Project]:
    """A project with an owner and published customers."""
    shutil.copytree(published_folder, tmp_path, dirs_exist_ok=True)
    with Project.open(tmp_path, clock=watch) as project:
        yield project


@pytest.fixture
def browsers(new_project: Project) -> Iterator[dict[Role, TestClient]]:
    """A logged-in browser of each role."""
    opened = {}
    app = create_app(new_project)
    for role in Role:
        email = f"is-{role.value}@example.com"
        user = new_project.control.users.create(new_project.tenant, email, role=role)
        secret = new_project.control.sessions.create(user.user_id, valid=timedelta(hours=1))
        opened[role] = TestClient(app, follow_redirects=False, cookies={SESSION: secret})
    yield opened


@pytest.fixture
def analyst(browsers: dict[Role, TestClient]) -> TestClient:
    return browsers[Role.ANALYST]


def post(client: TestClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf": form_token(client.get("/segments/new").text), **fields})


def save(client: TestClient, path: str = "/segments/save", name: str = "Germans", **fields: Any) -> Any:
    return post(client, path, **{**GERMANS, "name": name, **fields})


def kept(project: Project, segment_id: int = 1) -> Definition:
    return parse_definition(project.control.segments.get(project.tenant, segment_id).definition)


def people(html: str) -> str:
    found = re.search(r"data-people>([^<]+)<", html)
    assert found, html
    return found[1]


def test_the_rules_are_counted_as_they_stand_in_the_form(browsers: dict[Role, TestClient]) -> None:
    answer = post(browsers[Role.VIEWER], "/segments/preview", **GERMANS)
    assert people(answer.text) == "2"
    assert "Customers whose country is Germany." in answer.text
    assert "66.7%" in answer.text
    both = {
        **GERMANS,
        "r-1.what": "event:ordered",
        "r-1.op": "at_least",
        "r-1.value": "1",
        "r-1.period": "last_days",
        "r-1.days": "2",
    }
    assert people(post(browsers[Role.VIEWER], "/segments/preview", **both).text) == "1"


def test_members_are_named_to_those_who_may_see_who_they_are(browsers: dict[Role, TestClient]) -> None:
    assert "Ada Lovelace" in post(browsers[Role.ANALYST], "/segments/preview", **GERMANS).text
    masked = post(browsers[Role.VIEWER], "/segments/preview", **GERMANS).text
    assert "A. L." in masked and "Lovelace" not in masked


def test_the_largest_members_lead_to_their_pages_and_a_kept_segment_to_all_of_them(
    browsers: dict[Role, TestClient],
) -> None:
    text = post(browsers[Role.ANALYST], "/segments/preview", **GERMANS).text
    assert '<a href="/customers/p1">Ada Lovelace</a>' in text and text.index("/p1") < text.index("/p2")
    save(browsers[Role.ANALYST])
    all_members = 'href="/customers?segment=own:1#list">All members</a>'
    assert all_members in browsers[Role.ANALYST].get("/segments/1").text
    assert all_members not in browsers[Role.VIEWER].get("/segments/1").text
    assert all_members not in browsers[Role.ANALYST].get("/segments/new").text


def test_what_is_not_finished_is_said_and_not_counted(analyst: TestClient) -> None:
    unfinished = {**GERMANS, "r-1.what": "attribute:net_sales", "r-1.op": "at_least", "r-1.value": ""}
    answer = post(analyst, "/segments/preview", **unfinished).text
    assert people(answer) == "2"
    assert "Net sales: a value is missing." in answer
    refused = save(analyst, **unfinished)
    assert refused.status_code == 422
    assert "Net sales: a value is missing." in refused.text and 'value="Germans"' in refused.text


@pytest.mark.parametrize(
    ("act", "places", "look_at"),
    [
        ("add:r", ["r-0", "r-1"], "r-1-what"),
        ("group:r", ["r-0", "r-1-0"], "r-1-op"),
        ("drop:r-0", [], "r-add"),
        ("add:nowhere", ["r-0"], None),
    ],
)
def test_buttons_change_the_rules_and_say_where_to_go_on(
    analyst: TestClient, act: str, places: list[str], look_at: str | None
) -> None:
    html = post(analyst, "/segments/build", act=act, **GERMANS).text
    assert re.findall(r'name="(r[-0-9]*)\.was"', html) == places
    found = re.search(r'data-look-at="([^"]+)"', html)
    assert (found[1] if found else None) == look_at


def test_a_condition_that_becomes_another_one_forgets_its_old_values(analyst: TestClient) -> None:
    html = post(analyst, "/segments/build", **{**GERMANS, "r-0.what": "attribute:net_sales"}).text
    assert 'name="r-0.value" value=""' in html and "is at least" in html


def test_saving_keeps_what_was_in_the_form_and_shows_it_again(
    analyst: TestClient, new_project: Project
) -> None:
    answer = save(analyst, description="Write to them")
    assert (answer.status_code, answer.headers["location"]) == (303, "/segments/1")
    assert kept(new_project).document()["root"]["rules"][0]["values"] == ["DE"]
    page = analyst.get("/segments/1").text
    assert people(page) == "2" and 'value="Write to them"' in page and "Version 1" in page
    assert '<td class="r">2</td>' in analyst.get("/segments").text
    assert '<td class="r">2</td>' in analyst.get("/segments/1/count").text


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "attribute", "attribute": "churn_probability", "operator": "between", "values": ["0.6", "0.85"]},
        {"kind": "attribute", "attribute": "city", "operator": "contains", "values": ["a", "b"], "not": True},
        {"kind": "attribute", "attribute": "last_order_date", "operator": "on_or_after", "values": ["2026-01-01"]},
        {"kind": "event", "event": "bought", "operator": "at_most", "value": "2", "not": True, "shops": ["a", "b"],
         "period": {"kind": "last_days", "days": 30}, "product": {"by": "sku", "value": "S1"}},
        {"kind": "event", "event": "used_discount", "code": "VIP", "measure": "amount", "value": "10.5",
         "period": {"kind": "between", "first": "2026-01-01", "last": "2026-02-01"}},
        {"kind": "event", "event": "ordered", "operator": "never", "channels": ["web"], "countries": ["DE"]},
        {"kind": "group", "match": "any", "not": True, "rules": [
            {"kind": "attribute", "attribute": "has_email", "operator": "is_true"}]},
        {"kind": "attribute", "attribute": "email", "operator": "contains", "values": ["ada@", "@lovelace"]},
        {"kind": "attribute", "attribute": "email_domain", "operator": "is", "values": ["lovelace.example"], "not": True},
        {"kind": "attribute", "attribute": "last_name", "operator": "is", "values": ["Lovelace"]},
        {"kind": "attribute", "attribute": "phone", "operator": "starts_with", "values": ["+49", "+43"]},
    ],
)  # fmt: skip
def test_every_rule_comes_through_the_form_as_it_was(
    analyst: TestClient, new_project: Project, rule: dict[str, Any]
) -> None:
    """What the builder shows of a kept segment is, sent back, the same segment."""
    definition = parse_definition({"root": {"kind": "group", "rules": [rule]}})
    new_project.control.segments.create(new_project.tenant, name="One", definition=definition.document())
    page = analyst.get("/segments/1").text
    sent = {**fields_of(page), "name": "One", "seen": "1"}
    assert post(analyst, "/segments/1/save", **sent).status_code == 303
    assert kept(new_project) == definition
    assert new_project.control.segments.get(new_project.tenant, 1).version == 2


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the builder."""
    fields: dict[str, list[str]] = {"r-0.value": [], "r.op": [], "r-0.op": []}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r' name="(r[-0-9]*\.\w+)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and value and ("checkbox" not in tag or " checked" in tag):
            fields.setdefault(name[1], []).append(value[1])
    for name, inner in re.findall(
        r'<select[^>]* name="(r[-0-9]*\.\w+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        fields[name] = (
            re.findall(r'value="([^"]*)" selected', inner) or re.findall(r'value="([^"]*)"', inner)[:1]
        )
    return fields


def test_the_second_of_two_editors_is_told_and_may_save_as_a_new_segment(
    analyst: TestClient, browsers: dict[Role, TestClient], new_project: Project
) -> None:
    save(analyst)
    assert save(browsers[Role.OWNER], "/segments/1/save", name="Owner's", seen="1").status_code == 303
    refused = save(analyst, "/segments/1/save", name="Analyst's", seen="1")
    assert refused.status_code == 409
    assert "at version 2 by now" in refused.text and "Analyst&#39;s" in refused.text
    assert new_project.control.segments.get(new_project.tenant, 1).name == "Owner's"
    again = save(analyst, "/segments/1/save", name="Analyst's", seen="1", as_new="1")
    assert again.headers["location"] == "/segments/2"


def test_an_old_version_is_opened_and_restored(analyst: TestClient, new_project: Project) -> None:
    save(analyst)
    save(analyst, "/segments/1/save", seen="1", **{"r-0.value": "FR"})
    assert people(analyst.get("/segments/1").text) == "1"
    old = analyst.get("/segments/1?version=1").text
    assert people(old) == "2" and "This is version 1." in old
    assert "Version 1" in analyst.get("/segments/1/versions").text
    post(analyst, "/segments/1/restore", version="1", seen="2")
    assert people(analyst.get("/segments/1").text) == "2"
    assert analyst.get("/segments/1?version=9").status_code == 404


def test_a_segment_is_put_away_and_brought_back(analyst: TestClient) -> None:
    save(analyst)
    post(analyst, "/segments/1/archive")
    page = analyst.get("/segments").text
    assert "Put away" in page and "No segment of your own yet" in page
    post(analyst, "/segments/1/bring-back")
    assert "Put away" not in analyst.get("/segments").text


def test_the_file_has_the_columns_that_were_chosen_and_is_written_down(
    analyst: TestClient, new_project: Project
) -> None:
    save(analyst)
    assert 'value="email" checked' in analyst.get("/segments/1/export").text
    file = analyst.get("/segments/1/export.csv?columns=person_id&columns=first_name&columns=segment")
    assert re.search(r'filename="segment_1_[a-z0-9_]+_v1[.]csv"', file.headers["content-disposition"])
    assert file.text == "person_id,first_name,segment\r\np1,Ada,Champions\r\np2,,At Risk\r\n"
    head = analyst.get("/segments/1/export.csv").text.partition("\r\n")[0]
    assert head == ",".join(USUAL_COLUMNS), "who chooses nothing takes no name along"
    entry = new_project.control.audit.recent(new_project.tenant)[-1]
    assert entry.actor.startswith("user:") and entry.subject == "segment:1"
    assert entry.detail == {
        "version": 1, "rows": 2, "columns": ["person_id", "first_name", "segment"], "format": "csv",
    }  # fmt: skip


def test_viewers_look_and_change_and_take_nothing(
    browsers: dict[Role, TestClient], new_project: Project
) -> None:
    save(browsers[Role.OWNER])
    viewer = browsers[Role.VIEWER]
    for path in ("/segments", "/segments/new", "/segments/1", "/segments/1/versions", "/segments/1/count"):
        assert viewer.get(path).status_code == 200
    assert 'id="save"' not in viewer.get("/segments/1").text
    for path in ("/segments/1/export", "/segments/1/export.csv"):
        assert viewer.get(path).status_code == 403
    for path in ("/segments/save", "/segments/1/save", "/segments/1/archive", "/segments/1/bring-back"):
        assert save(viewer, path, seen="1").status_code == 403
    assert post(viewer, "/segments/1/restore", version="1", seen="1").status_code == 403
    assert [s.version for s in new_project.control.segments.all(new_project.tenant)] == [1]


def rule_of(name: str, how: str = "known") -> dict[str, str]:
    what = f"attribute:{name}"
    return {"r.op": "all", "r-0.what": what, "r-0.was": what, "r-0.op": how, "r-0.value": "ada"}


@pytest.mark.parametrize("name", [each.name for each in ATTRIBUTES if each.personal])
def test_who_may_not_see_persons_cannot_probe_for_one_by_counting(
    browsers: dict[Role, TestClient], name: str
) -> None:
    """Whether 1 or 0 customers have an address says whose it is; so does a condition that is hidden in a group or unfinished."""
    nested = {f"r-0-0.{key.partition('.')[2]}": v for key, v in rule_of(name).items() if key != "r.op"}
    drafts: list[dict[str, str]] = [
        rule_of(name),
        rule_of(name, "not:known"),
        {"r.op": "all", "r-0.what": "group", "r-0.op": "not:any", **nested},
        {**rule_of(name), "r-0.value": "", "r-0.op": "is"},
    ]
    for draft in drafts:
        for path in ("/segments/preview", "/segments/build"):
            assert post(browsers[Role.ANALYST], path, **draft).status_code == 200
            refused = post(browsers[Role.VIEWER], path, **draft)
            assert refused.status_code == 403
            assert "not at who the customers are" in refused.text and "data-people" not in refused.text
    assert f'value="attribute:{name}"' in browsers[Role.ANALYST].get("/segments/new").text
    assert f'value="attribute:{name}"' not in browsers[Role.VIEWER].get("/segments/new").text


def test_a_kept_segment_that_asks_who_customers_are_is_closed_to_those_who_may_not_know(
    browsers: dict[Role, TestClient],
) -> None:
    analyst, viewer = browsers[Role.ANALYST], browsers[Role.VIEWER]
    assert save(analyst, name="One person", description="Ada, that is", **ADA).status_code == 303
    assert people(analyst.get("/segments/1").text) == "1"
    assert "Ada, that is" in analyst.get("/segments").text  # now its count is remembered
    page = viewer.get("/segments").text
    assert "One person" in page and "whose e-mail address is •••" in page
    assert "lovelace" not in page and "Ada" not in page
    assert 'href="/segments/1"' not in page and "/segments/1/count" not in page
    for path in ("", "?version=1", "/count", "/export", "/export.csv"):
        refused = viewer.get(f"/segments/1{path}")
        assert refused.status_code == 403 and "lovelace" not in refused.text
    # Its rules are gone from the newest version, and still nobody reads them in the old one.
    assert save(analyst, "/segments/1/save", name="Germans", seen="1").status_code == 303
    assert people(viewer.get("/segments/1").text) == "2"
    assert viewer.get("/segments/1?version=1").status_code == 403
    drawer = viewer.get("/segments/1/versions").text
    assert "whose e-mail address is •••" in drawer
    assert "lovelace" not in drawer and "version=1" not in drawer


def test_addresses_of_persons_are_never_listed_and_domains_only_for_those_who_may_see_them(
    browsers: dict[Role, TestClient],
) -> None:
    for name in ("email", "first_name", "last_name", "phone"):
        html = post(browsers[Role.ANALYST], "/segments/build", **{**rule_of(name), "r-0.op": "is"}).text
        assert "<datalist" not in html and "ovelace" not in html
    html = post(browsers[Role.ANALYST], "/segments/build", **rule_of("email_domain", "is")).text
    assert '<option value="lovelace.example">1</option>' in html


def test_products_are_called_by_their_titles_wherever_a_rule_chooses_them_by_id(analyst: TestClient) -> None:
    bought = {
        "r.op": "all", "r-0.what": "event:bought", "r-0.was": "event:bought", "r-0.by": "product_id",
        "r-0.product": "gid/7", "r-0.op": "at_least", "r-0.value": "1",
    }  # fmt: skip
    html = post(analyst, "/segments/build", **bought).text
    assert '<option value="gid/7" data-title="Blue &lt;scarf&gt;">Blue &lt;scarf&gt; · 1</option>' in html
    assert 'data-title-of="r-0-list">Blue &lt;scarf&gt;</output>' in html
    sentence = "bought the product “Blue &lt;scarf&gt;” (gid/7) at least once"
    assert sentence in post(analyst, "/segments/preview", **bought).text
    assert save(analyst, **bought).status_code == 303
    assert sentence in analyst.get("/segments").text and sentence in analyst.get("/segments/1/versions").text
    html = post(analyst, "/segments/build", **{**bought, "r-0.by": "sku", "r-0.product": "S1"}).text
    assert 'data-title-of="r-0-list">Blue &lt;scarf&gt;</output>' in html


@pytest.mark.parametrize(
    "what",
    [*(f"attribute/{each.name}" for each in ATTRIBUTES), *(f"event/{each.name}" for each in EVENTS)],
)
def test_whatever_a_rule_can_name_opens_its_definition(analyst: TestClient, what: str) -> None:
    rule = {"r.op": "all", "r-0.what": what.replace("/", ":"), "r-0.was": what.replace("/", ":")}
    assert f'hx-get="/segments/definitions/{what}"' in post(analyst, "/segments/build", **rule).text
    drawer = analyst.get(f"/segments/definitions/{what}")
    assert drawer.status_code == 200
    assert re.search(r"<h3>Formula</h3><pre><code>[^<]{5,}", drawer.text), drawer.text
    assert "<h3>What is in it</h3>" in drawer.text and f"&#34;{what.split('/')[1]}" in drawer.text.replace(
        '"', "&#34;"
    )


def test_a_definition_of_a_segment_is_that_of_the_other_pages(analyst: TestClient) -> None:
    order_value = analyst.get("/segments/definitions/attribute/average_order_value").text
    assert "net sales ÷ orders" in order_value
    assert (
        CUSTOMER_FIGURES["expected_value"].formula
        in analyst.get("/segments/definitions/attribute/expected_value").text
    )
    returned = analyst.get("/segments/definitions/event/returned").text
    assert "by the day it did" in returned and "amount = sum(returns)" in returned
    assert analyst.get("/segments/definitions/attribute/shoe").status_code == 404
    assert analyst.get("/segments/definitions/group/all").status_code == 404


def test_forms_of_other_sites_change_nothing(analyst: TestClient, new_project: Project) -> None:
    for path in ("/segments/save", "/segments/preview", "/segments/build"):
        assert analyst.post(path, data={**GERMANS, "name": "x"}).status_code == 403
    assert new_project.control.segments.all(new_project.tenant) == []


def test_the_eight_segments_lead_to_their_customers(analyst: TestClient) -> None:
    page = analyst.get("/segments").text
    assert page.count('href="/customers?segment=') == 8
    assert re.search(r'href="/customers\?segment=At%20Risk#list".*?<td class="r">1</td>', page, re.DOTALL)


def test_values_of_the_warehouse_are_written_as_text(analyst: TestClient) -> None:
    city = {"r.op": "all", "r-0.what": "attribute:city", "r-0.op": "is", "r-0.value": '"><script>'}
    page = post(analyst, "/segments/build", **city).text
    assert "<script>" not in page and "<b>Lyon" not in page and "&lt;b&gt;Lyon" in page


def test_before_the_first_publish_the_pages_say_what_to_do(
    new_folder: Path, tmp_path: Path, watch: Watch
) -> None:
    shutil.copytree(new_folder, tmp_path / "new")
    with Project.open(tmp_path / "new", clock=watch) as project:
        user = project.control.users.all(project.tenant)[0]
        secret = project.control.sessions.create(user.user_id, valid=timedelta(hours=1))
        _says_what_to_do(TestClient(create_app(project), follow_redirects=False, cookies={SESSION: secret}))


def _says_what_to_do(owner: TestClient) -> None:
    assert "fondaco run" in owner.get("/segments").text
    page = owner.get("/segments/new")
    assert page.status_code == 200 and "fondaco run" in page.text
    assert save(owner).status_code == 303


def test_scores_that_are_not_there_are_asked_for_in_vain_but_clearly(
    analyst: TestClient, new_project: Project
) -> None:
    publish(new_project.warehouse, {"customers": PEOPLE}, scores=False)
    scored = {"r.op": "all", "r-0.what": "attribute:segment", "r-0.op": "is", "r-0.value": "Champions"}
    answer = post(analyst, "/segments/preview", **scored)
    assert answer.status_code == 200
    assert "hold no scores of customers yet" in answer.text and "fondaco run" in answer.text
    assert 'value="segment"' not in analyst.get("/segments/new").text.split("<select")[0]
