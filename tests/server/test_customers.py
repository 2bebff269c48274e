"""The pages of customers: totals, segments, movements, the list, and one person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.jobs.rows import insert
from tests.server.conftest import ADA, BO, CY, form_token, with_session

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.server.app import create_app


@pytest.fixture
def page(known: Project) -> Iterator[TestClient]:
    with TestClient(create_app(known), follow_redirects=False) as client:
        yield with_session(client, known)


def found_by(client: TestClient, **form: str) -> str:
    token = form_token(client.get("/customers").text)
    answer = client.post("/customers/find", data={"csrf": token, **form}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_page_tells_totals_segments_movements_and_the_check(page: TestClient) -> None:
    text = page.get("/customers").text
    assert "As of 30 Mar 2026" in text
    assert "€124.00" in text  # value ahead of both
    assert "€49.33" in text  # to win back: 120 x 0.1 / 0.9 + 4 x 0.9 / 0.1
    assert "New Customers" in text and "Champions" in text
    assert "They bought 4 times; the model in use was 20.0% nearer" in text
    assert "+5.0%" in text and "+50.0%" in text
    assert "Can the risk of leaving be trusted?" not in text  # no way of telling it was tested


def test_a_model_that_is_there_for_comparison_only_is_no_cause_for_a_warning(
    page: TestClient, known: Project
) -> None:
    row = {
        "tenant_id": known.tenant, "run_id": "r1", "model": "pareto_nbd", "as_of_date": "2026-03-30", "is_used": False, "customers": 2,
        "parameters": "{}", "standard_errors": "{}", "evaluation": "{}", "fitted_at": "2026-03-31", "note": "Not used: fitted for comparison.",
    }  # fmt: skip
    with known.warehouse.writer() as writer:
        writer.execute(
            f"insert into marts.model_runs ({', '.join(row)}) values ({', '.join(f'${name}' for name in row)})",
            row,
        )
        known.warehouse.publish()
    assert "fitted for comparison" not in page.get("/customers").text


def test_the_page_tells_how_each_way_of_telling_who_leaves_did(page: TestClient, known: Project) -> None:
    def tested(model: str, used: bool, **figures: float) -> dict[str, object]:
        told = {"horizon_days": 90, "customers": 400, "churn_rate": 0.25, "lift": None, **figures}
        own = {"run_id": "r1", "as_of_date": "2026-03-30", "customers": 400, "fitted_at": "2026-03-31"}
        return {"tenant_id": known.tenant, "model": model, "is_used": used, "parameters": "{}", "standard_errors": "{}",
                "evaluation": json.dumps(told), **own}  # fmt: skip

    rows = [
        tested("churn_mbg_nbd", False, brier=0.25, calibration_error=0.004, auc=0.75),
        tested("churn_classifier", True, brier=0.125, calibration_error=0.025, auc=0.8125, lift=2.5),
    ]
    with known.warehouse.writer() as writer:
        for row in rows:
            writer.execute(
                f"insert into marts.model_runs ({', '.join(row)}) values ({', '.join(f'${name}' for name in row)})",
                row,
            )
        known.warehouse.publish()
    text = " ".join(re.sub(r"<[^>]*>", " ", page.get("/customers").text).split())
    assert "400 customers would buy nothing within 90 days that it had not seen; 25.0% did not" in text
    told = text[text.index("Leavers in the riskiest tenth") :]
    assert re.findall(r"(Behaviour, by trees|MBG/NBD)( in use)? (\S+) (\S+)% (\S+)% (– |\S+ ×)", told) == [
        ("Behaviour, by trees", " in use", "0.12", "2.5", "81.2", "2.50 ×"),
        ("MBG/NBD", "", "0.25", "0.4", "75.0", "– "),
    ]


def test_segments_are_held_against_the_end_of_a_month_that_is_known_whole(
    page: TestClient, known: Project
) -> None:
    first = {
        "tenant_id": known.tenant,
        "connection_id": "aurora",
        "is_filler": False,
        "sales_date": "2026-02-02",
    }
    with known.warehouse.writer() as writer:
        insert(writer, "sales_daily", [first])
        known.warehouse.publish()
    text = page.get("/customers").text
    assert "Data begins 2 Feb 2026: no change since last month" in text
    segments = text.partition('id="title-segments"')[2].partition('id="title-flows"')[0]
    assert "0.0%</span>" not in segments and '<span class="change' not in segments


def test_whom_it_counts_is_said_of_the_figures_and_of_the_list(page: TestClient) -> None:
    text = page.get("/customers").text
    assert (
        "3 people known, of whom 2 had bought by 30 Mar 2026; the others never ordered, cancelled, or came since"
        in text
    )
    assert "Figures and segments are of people who have bought; a cancelled order is no purchase." in text
    assert "known, of whom" not in page.get("/customers?segment=Hibernating").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Customers are those who ordered, also where it was cancelled since."),
        (
            "/sales?metric=new_customers",
            "Customers are those who ordered, also where it was cancelled since.",
        ),
        ("/report", "Customers are those who ordered, also where it was cancelled since."),
        (
            "/segments",
            "Everyone who has bought is in exactly one of these eight; a cancelled order is no purchase",
        ),
        ("/segments", "Of all people who are known, also those who never bought"),
        ("/segments/new", "of 3 people known"),
        (f"/customers/{ADA}", "Orders and net sales so far hold cancelled orders too"),
        ("/definitions/customers", "count who bought, and a cancelled order is no purchase"),
        (
            "/customers/figures/customers_who_bought",
            "the metric Customers, which counts who ordered, may be larger",
        ),
        ("/cohorts/definitions/new_customers", "A cancelled order is no purchase"),
    ],
)
def test_every_page_with_people_says_whom_it_counts(page: TestClient, path: str, words: str) -> None:
    assert words in page.get(path).text


def test_a_figure_without_people_says_nothing_of_them(page: TestClient) -> None:
    assert "Customers are those" not in page.get("/sales").text


def test_what_is_missing_is_said_and_not_what_something_better_replaces(page: TestClient) -> None:
    text = page.get("/customers").text
    assert "Not used: it knows no mean." in text
    assert "another one is likelier" not in text


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
    assert "code SPRING" in text and "€12.00 paid back" in text


@pytest.mark.parametrize(
    ("who", "words"), [(ADA, "2 orders, €150.00 each"), (BO, "1 order</div>"), (CY, "no order")]
)
def test_so_many_orders_are_told_as_people_say_it(page: TestClient, who: str, words: str) -> None:
    assert words in page.get(f"/customers/{who}").text


@pytest.mark.parametrize(
    ("high", "words"),
    [
        ("0", "nine in ten such customers bring nothing"),
        ("0.004", "nine in ten such customers bring nothing"),
        ("80", "nine in ten such customers bring €80.00 at most, a few much more"),
        ("120", "four times in five €0.00 to €120.00"),
    ],
)
def test_a_mean_above_what_nine_in_ten_bring_is_explained(
    page: TestClient, known: Project, high: str, words: str
) -> None:
    with known.warehouse.writer() as writer:
        writer.execute(
            "update marts.customer_scores set expected_value_high = cast($high as decimal(18, 6)) where person_id = $person",
            {"high": high, "person": ADA},
        )
        known.warehouse.publish()
    assert words in page.get(f"/customers/{ADA}").text


def test_a_country_and_a_channel_are_told_by_name(page: TestClient) -> None:
    assert '<td class="wide-only">United Kingdom</td>' in page.get("/customers").text
    assert "United Kingdom</dd>" in page.get(f"/customers/{ADA}").text


def test_by_name_those_without_any_come_last(page: TestClient, known: Project) -> None:
    with known.warehouse.writer() as writer:
        writer.execute("update marts.customers set email = null where person_id = $person", {"person": CY})
        known.warehouse.publish()
    text = page.get("/customers?sort=name").text
    assert text.index(f"/customers/{BO}") < text.index(f"/customers/{ADA}") < text.index(f"/customers/{CY}")
    assert "Name not known" in text


def test_an_order_names_who_bought(page: TestClient, known: Project) -> None:
    order_id = known.reader.query("select min(order_id) as one from marts.orders").to_pylist()[0]["one"]
    assert f'<a href="/customers/{ADA}">Ada Lovelace</a>' in page.get(f"/orders/{order_id}").text


def test_somebody_without_an_order_has_a_page_too(page: TestClient) -> None:
    text = page.get(f"/customers/{CY}").text
    assert "cy@example.net" in text and "No order yet." in text


@pytest.mark.parametrize(
    "address",
    ["/customers/nobody", "/customers?segment=Nope", "/customers?sort=shoe_size", "/customers/figures/nope"],
)
def test_what_there_is_not_is_said(page: TestClient, address: str) -> None:
    assert page.get(address).status_code == 404


def test_a_sheet_behind_the_last_one_is_the_last_one(page: TestClient) -> None:
    assert f"/customers/{ADA}" in page.get("/customers", params={"people_sheet": "900"}).text


@pytest.mark.parametrize("number", ["-1", "x", "9" * 30, "²"])
def test_what_is_no_number_of_a_sheet_is_said(page: TestClient, number: str) -> None:
    assert page.get("/customers", params={"people_sheet": number}).status_code == 422


def test_who_may_not_take_data_away_sees_people_masked(known: Project) -> None:
    known.control.users.create(known.tenant, "viewer@example.com", role=Role.VIEWER)
    with TestClient(create_app(known), follow_redirects=False) as client:
        with_session(client, known, "viewer@example.com")
        for text in (
            client.get("/customers").text,
            client.get(f"/customers/{ADA}").text,
            found_by(client, sort="net_sales"),
        ):
            others = text.replace("viewer@example.com", "")
            assert "@example.com" not in others and "Lovelace" not in others
        assert "A. L." in client.get("/customers").text
        assert client.get("/customers.csv").status_code == 403


def test_who_may_not_see_people_cannot_find_out_who_is_one_by_looking_for_them(known: Project) -> None:
    known.control.users.create(known.tenant, "viewer@example.com", role=Role.VIEWER)
    with TestClient(create_app(known), follow_redirects=False) as client:
        with_session(client, known, "viewer@example.com")
        page = client.get("/customers").text
        assert 'id="find-text"' not in page
        answer = client.post(
            "/customers/find", data={"csrf": form_token(page), "text": "ada"}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 403 and ADA not in answer.text


def test_a_file_of_customers_is_written_down(page: TestClient, known: Project) -> None:
    page.get("/customers.csv?segment=Champions")
    noted = known.control.audit.recent(known.tenant)[0]
    assert (noted.action, noted.subject) == ("customers.export", "customers:Champions")
    assert noted.detail["rows"] == 1 and "email" in noted.detail["columns"]
    assert "ada@example.com" not in str(noted.detail)


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


def test_a_state_published_by_an_older_version_says_how_it_is_renewed(
    owner: TestClient, new_project: Project
) -> None:
    with new_project.warehouse.writer() as writer:
        writer.execute("create schema marts")
        writer.execute(
            "create table marts.connections as select 'default' as tenant_id, 'EUR' as reporting_currency"
        )
    new_project.warehouse.publish()
    answer = owner.get("/customers")
    assert answer.status_code == 422 and "fondaco run" in answer.text


CAME_BACK = {
    "version": 1,
    "root": {"kind": "group", "match": "all", "rules": [
        {"kind": "event", "event": "ordered", "operator": "at_least", "value": 2, "period": {"kind": "ever"}},
    ]},
}  # fmt: skip


@pytest.fixture
def own(known: Project) -> str:
    """An own segment, which takes Ada, as addresses name it."""
    kept = known.control.segments.create(known.tenant, name="Came <back>", definition=CAME_BACK)
    return f"own:{kept.segment_id}"


def test_an_own_segment_narrows_the_list_its_search_and_its_file(page: TestClient, own: str) -> None:
    text = page.get(f"/customers?segment={own}").text
    assert f"/customers/{ADA}" in text and f"/customers/{BO}" not in text and "1 person" in text
    assert '<h2 id="title-list">Came &lt;back&gt;</h2>' in text and 'href="/segments/1"' in text
    assert f'<option value="{own}" selected>Came &lt;back&gt;</option>' in text
    assert f"/customers/{ADA}" in found_by(page, segment=own, text="ada", sort="name")
    assert f"/customers/{BO}" not in found_by(page, segment=own, text="bo")
    file = page.get(f"/customers.csv?segment={own}")
    assert len(file.text.splitlines()) == 2
    assert 'filename="customers_own_1.csv"' in file.headers["content-disposition"]


def test_an_own_segment_is_counted_anew_when_its_rules_change(
    page: TestClient, own: str, known: Project
) -> None:
    assert "1 person" in page.get(f"/customers?segment={own}").text
    everyone = {"version": 1, "root": {"kind": "group", "match": "all", "rules": []}}
    known.control.segments.save(known.tenant, 1, seen=1, name="All", definition=everyone)
    assert "3 people" in page.get(f"/customers?segment={own}").text


def test_one_that_is_put_away_is_still_the_one_that_is_shown(
    page: TestClient, own: str, known: Project
) -> None:
    known.control.segments.archive(known.tenant, 1)
    assert f'<option value="{own}" selected>' in page.get(f"/customers?segment={own}").text
    assert "Own segments" not in page.get("/customers").text


@pytest.mark.parametrize("key", ["own:99", "own:0", "own:x", "own:1 ", "own:99999999999"])
def test_an_own_segment_that_there_is_not_is_said(page: TestClient, own: str, key: str) -> None:
    assert page.get("/customers", params={"segment": key}).status_code == 404


def test_members_of_own_segments_are_for_those_who_may_see_people(known: Project, own: str) -> None:
    known.control.users.create(known.tenant, "viewer@example.com", role=Role.VIEWER)
    with TestClient(create_app(known), follow_redirects=False) as client:
        with_session(client, known, "viewer@example.com")
        assert "Own segments" not in client.get("/customers").text
        answer = client.get(f"/customers?segment={own}")
        assert answer.status_code == 403 and ADA not in answer.text
