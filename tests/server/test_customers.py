"""The pages of customers: totals, segments, movements, the list, and one person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import ADA, BO, CY, OWNER, PASSWORD, Watch, form_token, log_in

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app


@pytest.fixture
def page(known: Project) -> Iterator[TestClient]:
    with TestClient(create_app(known), follow_redirects=False) as client:
        assert log_in(client).status_code == 303
        yield client


def found_by(client: TestClient, **form: str) -> str:
    token = form_token(client.get("/customers").text)
    answer = client.post("/customers/find", data={"csrf": token, **form}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_tells_totals_segments_movements_and_the_check(page: TestClient) -> None:
    text = page.get("/customers").text
    assert "As of 30 Mar 2026" in text
    assert "€124.00" in text  # value ahead of both
    assert "€33.80" in text  # of which 120 x 0.25 + 4 x 0.95 at risk
    assert "New Customers" in text and "Champions" in text
    assert "They bought 4 times; the model in use was 20.0% nearer" in text
    assert "+5.0%" in text and "+50.0%" in text


def test_everybody_is_in_the_list_and_a_segment_narrows_it(page: TestClient) -> None:
    everybody = page.get("/customers").text
    assert all(f"/customers/{person}" in everybody for person in (ADA, BO, CY))
    some = page.get("/customers?segment=Hibernating").text
    assert f"/customers/{BO}" in some and f"/customers/{ADA}" not in some
    assert "1 people" not in some and "1 person" in some


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("ada", {ADA}),
        ("LOVE ada", {ADA}),
        ("example", {ADA, BO, CY}),
        ("100%", {BO}),
        ("%", {BO}),
        ("_", set()),
        ("nobody", set()),
    ],
)
def test_people_are_found_by_what_is_typed_and_never_by_an_address(
    page: TestClient, text: str, who: set[str]
) -> None:
    rows = found_by(page, text=text)
    assert {person for person in (ADA, BO, CY) if f"/customers/{person}" in rows} == who
    assert "<b>" not in rows
    assert page.get("/customers/find", params={"text": text}).status_code in (404, 405)


def test_a_search_without_the_forms_token_is_refused(page: TestClient) -> None:
    assert page.post("/customers/find", data={"text": "ada"}).status_code == 403


def test_without_scripts_the_search_gives_a_whole_page(page: TestClient) -> None:
    token = form_token(page.get("/customers").text)
    text = page.post("/customers/find", data={"csrf": token, "text": "ada"}).text
    assert "<html" in text and f"/customers/{ADA}" in text and f"/customers/{BO}" not in text


def test_one_person_is_told_with_value_reasons_and_timeline(page: TestClient) -> None:
    text = page.get(f"/customers/{ADA}").text
    assert "Ada Lovelace" in text and "ada@example.com" in text
    assert "Bought 2 times in the last year." in text
    assert "four times in five €0.00 to €310.00" in text
    assert text.index("#1002") < text.index("Too small") < text.rindex("#1001")
    assert "code SPRING" in text and "−€12.00" in text


def test_somebody_without_an_order_has_a_page_too(page: TestClient) -> None:
    text = page.get(f"/customers/{CY}").text
    assert "cy@example.net" in text and "No order yet." in text


@pytest.mark.parametrize(
    "address",
    ["/customers/nobody", "/customers?segment=Nope", "/customers?sort=shoe_size", "/customers/figures/nope"],
)
def test_what_there_is_not_is_said(page: TestClient, address: str) -> None:
    assert page.get(address).status_code == 404


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "²"])
def test_a_strange_place_in_the_list_is_its_beginning(page: TestClient, after: str) -> None:
    assert f"/customers/{ADA}" in page.get("/customers", params={"after": after}).text


def test_who_may_not_take_data_away_sees_people_masked(known: Project) -> None:
    known.control.users.create(known.tenant, "viewer@example.com", role=Role.VIEWER, password=PASSWORD)
    with TestClient(create_app(known), follow_redirects=False) as client:
        assert log_in(client, "viewer@example.com").status_code == 303
        for text in (
            client.get("/customers").text,
            client.get(f"/customers/{ADA}").text,
            found_by(client, text="a"),
        ):
            assert "ada@example.com" not in text and "Lovelace" not in text
        assert "A. L." in client.get("/customers").text
        assert client.get("/customers.csv").status_code == 403


def test_a_file_holds_the_customers_of_the_segment(page: TestClient) -> None:
    answer = page.get("/customers.csv?segment=Champions")
    lines = answer.text.splitlines()
    assert len(lines) == 2 and lines[0].startswith("person_id,email,") and "ada@example.com" in lines[1]
    assert 'filename="customers_champions.csv"' in answer.headers["content-disposition"]


def test_every_figure_has_a_definition(page: TestClient) -> None:
    from fondaco.metrics.customer_figures import CUSTOMER_FIGURES

    for name, figure in CUSTOMER_FIGURES.items():
        text = page.get(f"/customers/figures/{name}").text
        assert figure.label in text and "Formula" in text
    assert "Cannot Lose" in page.get("/customers/figures/segment").text


def test_before_anything_is_published_the_page_says_what_to_do(owner: TestClient) -> None:
    answer = owner.get("/customers")
    assert answer.status_code == 200 and "fondaco run" in answer.text


def test_a_state_published_by_an_older_version_says_how_it_is_renewed(tmp_path: Path, watch: Watch) -> None:
    (tmp_path / "fondaco.toml").write_text('[project]\ncurrency = "EUR"\n', encoding="utf-8")
    with Project.open(tmp_path, clock=watch) as project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER, password=PASSWORD)
        with project.warehouse.writer() as writer:
            writer.execute("create schema marts")
            writer.execute(
                "create table marts.connections as select 'default' as tenant_id, 'EUR' as reporting_currency"
            )
        project.warehouse.publish()
        with TestClient(create_app(project), follow_redirects=False) as client:
            assert log_in(client).status_code == 303
            answer = client.get("/customers")
    assert answer.status_code == 422 and "fondaco run" in answer.text
