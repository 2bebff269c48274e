"""Alerts on their pages, on Settings and by the API: what each role sees and may do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.alerts.conftest import Watch, calm_folder, certificate, dropped_folder, receiver
from tests.alerts.test_life import CEDAR, advertised, publish_into
from tests.server.conftest import OWNER, form_token, with_session

from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.orchestration.alerting import look
from fondaco.server.app import create_app

__all__ = ["calm_folder", "certificate", "dropped_folder", "receiver"]

pytestmark = pytest.mark.slow

Browse = Callable[[Role], TestClient]
RULE = {"kind": "threshold", "title": "Few orders", "metric": "orders", "below": "5", "days": "1", "weeks": "4",
        "severity": "info", "clock": "finance", "enabled": "true"}  # fmt: skip


@pytest.fixture
def dropped(dropped_folder: Path, tmp_path: Path) -> Iterator[Project]:
    """A project in which a drop in sales is open."""
    with Project.open(shutil.copytree(dropped_folder, tmp_path / "shop"), clock=Watch()) as project:
        look(project, "cli")
        yield project


@pytest.fixture
def browse(dropped: Project) -> Iterator[Browse]:
    """A browser in which a user of a role is logged in."""
    with ExitStack() as stack:

        def open_one(role: Role) -> TestClient:
            email = f"{role}@example.com"
            dropped.control.users.create(dropped.tenant, email, role=role)
            client = stack.enter_context(TestClient(create_app(dropped), follow_redirects=False))
            return with_session(client, dropped, email)

        yield open_one


def post(client: TestClient, path: str, **fields: str):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf": form_token(client.get("/alerts").text), **fields})


def test_where_a_rule_cannot_be_judged_the_page_names_it_and_says_not_that_nothing_is_wrong(
    calm_folder: Path, tmp_path: Path
) -> None:
    with Project.open(shutil.copytree(calm_folder, tmp_path / "shop"), clock=Watch()) as project:
        project.control.users.create(project.tenant, OWNER, role=Role.OWNER)
        advertised(project, marked=1, silent=True)
        publish_into(project, connections=[CEDAR])
        with TestClient(create_app(project), follow_redirects=False) as client:
            page = with_session(client, project).get("/alerts").text
    assert "No rule fires" in page and "Nothing is wrong" not in page
    assert "1 rule not judged, or not in full" in page
    assert "2 of 4 cannot be judged: Cedar Home tells no visits" in page


def test_the_page_tells_what_is_open_the_rules_and_what_was(browse: Browse) -> None:
    page = browse(Role.VIEWER).get("/alerts").text
    for said in (
        "Sales drop",
        "below the expected €1,",
        "1 open",
        "Margin drop",
        "No alert has recovered yet.",
    ):
        assert said in page
    assert "Acknowledge" not in page and "New rule" not in page
    assert '<span class="nav-count">1<span class="visually-hidden"> open</span>' in page


def test_an_alert_shows_its_band_and_leads_to_the_orders_of_its_days(browse: Browse) -> None:
    client = browse(Role.ANALYST)
    page = client.get("/alerts/1").text
    assert 'data-shape="band"' in page and page.count("data-fires") == 1
    link = "/sales?range=custom&amp;from=2026-03-30&amp;to=2026-03-30&amp;metric=net_sales&amp;clock=finance"
    assert link in page
    assert client.get(link.replace("&amp;", "&")).status_code == 200
    lines = client.get("/alerts/1/days.csv").text.splitlines()
    assert lines[0] == "day,value,expected,low,high,outside"
    assert lines[-1].startswith("Mon 30 Mar 2026,200.000000,") and lines[-1].endswith(",yes")
    assert client.get("/alerts/history.csv").text.count("\r\n") == 2


@pytest.mark.parametrize(
    ("role", "handles", "channels", "files"),
    [(Role.VIEWER, 403, 403, 403), (Role.ANALYST, 303, 403, 200), (Role.OWNER, 303, 303, 200)],
    ids=["viewer", "analyst", "owner"],
)
def test_viewers_look_analysts_handle_and_owners_keep_channels(
    browse: Browse, role: Role, handles: int, channels: int, files: int
) -> None:
    client = browse(role)
    assert {client.get(path).status_code for path in ("/alerts", "/alerts/1", "/alerts/1/chart", "/alerts/rules/sales-drop", "/settings/alerts")} == {200}  # fmt: skip
    assert client.get("/alerts/rules/new").status_code == (403 if handles == 403 else 200)
    for path in (
        "/alerts/1/acknowledge",
        "/alerts/1/snooze",
        "/alerts/1/owner",
        "/alerts/rules/stale-data/switch",
    ):
        assert post(client, path, span="1d").status_code == handles
    assert (
        post(
            client, "/settings/alerts", name="team", kind="webhook", address="https://x.example/"
        ).status_code
        == channels
    )
    assert client.get("/alerts/history.csv").status_code == files


def test_forms_without_their_token_change_nothing(browse: Browse, dropped: Project) -> None:
    client = browse(Role.OWNER)
    assert client.post("/alerts/1/acknowledge").status_code == 403
    assert client.post("/alerts/rules/new", data=RULE).status_code == 403
    assert dropped.control.alerts.get(dropped.tenant, 1).acknowledged_at is None


def test_a_rule_is_tried_made_changed_switched_and_removed(browse: Browse, dropped: Project) -> None:
    client = browse(Role.ANALYST)
    tried = post(client, "/alerts/rules/preview", **RULE).text
    assert "90 times" in tried and "Orders below 5" in tried
    assert post(client, "/alerts/rules/new", **RULE).headers["location"] == "/alerts#rules"
    assert "Orders below 5" in client.get("/alerts/rules/few-orders").text
    assert post(client, "/alerts/rules/new", **RULE).status_code == 422  # there is one of that title
    wrong = post(client, "/alerts/rules/few-orders", **{**RULE, "below": "many"})
    assert wrong.status_code == 422 and "Not kept." in wrong.text and 'value="many"' in wrong.text
    post(
        client,
        "/alerts/rules/few-orders",
        **{**RULE, "below": "7", "shop": "aurora", "where_name": "country", "where_values": "DE, FR"},
    )
    (row,) = dropped.control.alert_rules.all(dropped.tenant)
    assert row.definition["below"] == "7"
    assert row.definition["where"] == {"connection_id": ["aurora"], "country": ["DE", "FR"]}
    post(client, "/alerts/rules/few-orders/switch", on="")
    assert dropped.control.alert_rules.all(dropped.tenant)[0].definition["enabled"] is False
    post(client, "/alerts/rules/few-orders/remove")
    assert dropped.control.alert_rules.all(dropped.tenant) == []
    assert client.get("/alerts/rules/few-orders").status_code == 404


def test_the_form_groups_metrics_and_what_splits_them_follows_the_metric(browse: Browse) -> None:
    client = browse(Role.ANALYST)
    form = client.get("/alerts/rules/new?kind=threshold").text
    assert '<optgroup label="Customers">' in form and 'value="stock_value"' not in form
    assert '<option value="country">Country</option>' in form
    token = form_token(form)
    ads = {**RULE, "csrf": token, "metric": "ad_spend", "for_each": "country"}
    part = client.post("/alerts/rules/fields", data=ads, headers={"hx-request": "true"})
    assert part.headers["hx-trigger"] == "rule-refused"
    assert 'id="field-for_each" hx-swap-oob="true"' in part.text and "<html" not in part.text
    assert '<option value="campaign_id">Campaign</option>' in part.text
    assert 'value="country"' not in part.text and "ad spend cannot be split by country" in part.text
    fit = client.post("/alerts/rules/fields", data={**ads, "for_each": ""}, headers={"hx-request": "true"})
    assert "hx-trigger" not in fit.headers


def test_without_scripts_the_form_comes_again_with_what_fits_and_refuses_beside_the_field(
    browse: Browse, dropped: Project
) -> None:
    client = browse(Role.ANALYST)
    ads = {**RULE, "metric": "ad_spend", "for_each": "country"}
    again = post(client, "/alerts/rules/fields", **{**ads, "for_each": ""})
    assert again.status_code == 200 and 'value="Few orders"' in again.text
    assert '<option value="campaign_id">Campaign</option>' in again.text
    refused = post(client, "/alerts/rules/new", **ads)
    assert refused.status_code == 422
    assert 'name="for_each" aria-invalid="true" aria-describedby="hint-for_each"' in refused.text
    assert "ad spend cannot be split by country" in refused.text
    of_now = post(client, "/alerts/rules/new", **{**RULE, "metric": "stock_value"})
    assert of_now.status_code == 422 and "Stock value says how things are now" in of_now.text
    assert dropped.control.alert_rules.all(dropped.tenant) == []
    changed = post(client, "/alerts/rules/fields?name=margin-drop", **{**ads, "kind": "threshold"})
    assert 'action="/alerts/rules/margin-drop"' in changed.text and "Weeks before" in changed.text


def test_a_rule_is_told_on_the_channels_that_are_chosen_in_its_form(browse: Browse, dropped: Project) -> None:
    client = browse(Role.OWNER)
    kinds = {"team": "webhook", "night": "webhook"}
    for name, kind in kinds.items():
        post(client, "/settings/alerts", name=name, kind=kind, address="https://x.example/secret")
    form = client.get("/alerts/rules/new?kind=threshold").text
    assert "Webhook to x.example" in form and "secret" not in form
    assert post(client, "/alerts/rules/new", **RULE, channels="night").status_code == 303
    (row,) = dropped.control.alert_rules.all(dropped.tenant)
    assert row.definition["channels"] == ["night"]
    post(client, "/settings/alerts/night/remove")
    assert "Told nowhere" in client.get("/alerts").text
    assert "It is not there any more." in client.get("/alerts/rules/few-orders").text
    refused = post(client, "/alerts/rules/few-orders", **RULE, channels="night")
    assert refused.status_code == 422 and "which is not there" in refused.text
    assert post(client, "/alerts/rules/few-orders", **RULE).status_code == 303
    assert "channels" not in dropped.control.alert_rules.all(dropped.tenant)[0].definition


def test_a_shipped_rule_is_changed_through_its_form_and_made_as_it_came(
    browse: Browse, dropped: Project
) -> None:
    client = browse(Role.ANALYST)
    form = client.get("/alerts/rules/margin-drop").text
    assert 'value="-15 %"' in form and 'value="7"' in form
    fields = {"title": "Margin drop", "metric": "contribution_margin_2_rate", "below": "-20 %", "days": "7", "weeks": "4", "severity": "critical", "enabled": "true", "clock": "finance", "least": "0.03"}  # fmt: skip
    assert post(client, "/alerts/rules/margin-drop", **fields).status_code == 303
    assert "in the place of a shipped one" in client.get("/alerts").text
    post(client, "/alerts/rules/margin-drop/remove")
    assert "in the place of a shipped one" not in client.get("/alerts").text


def test_rules_of_the_file_are_shown_and_not_changed_and_a_wrong_file_is_told(
    browse: Browse, dropped: Project
) -> None:
    client = browse(Role.OWNER)
    file = dropped.settings.folder / "alerts.yml"
    file.write_text("rules:\n  mine: {kind: threshold, metric: orders, below: 5}\n", encoding="utf-8")
    form = client.get("/alerts/rules/mine").text
    assert "disabled" in form and "alerts.yml" in form and "Keep the change" not in form
    post(client, "/alerts/rules/mine/switch", on="")
    assert "stands in alerts.yml" in client.get("/alerts").text
    file.write_text("rules: [", encoding="utf-8")
    page = client.get("/alerts")
    assert page.status_code == 200 and "nothing is judged" in page.text


@pytest.mark.parametrize(
    "path",
    ["/alerts/99", "/alerts/0", "/alerts/rules/none", "/alerts/rules/new?kind=gut", "/alerts/99/chart"],
)
def test_what_is_not_there_is_said_to_be_missing(browse: Browse, path: str) -> None:
    assert browse(Role.OWNER).get(path).status_code in (404, 422)


def test_a_channel_is_added_tried_and_removed_and_its_address_never_shown(
    browse: Browse, dropped: Project
) -> None:
    client = browse(Role.OWNER)
    post(
        client,
        "/settings/alerts",
        name="team",
        kind="webhook",
        address="http://127.0.0.1:9/opensesame",
        authorization="Bearer opensesame",
    )
    post(client, "/settings/alerts/team/test")
    page = client.get("/settings/alerts").text
    assert "Webhook to 127.0.0.1" in page and "private network" in page and "opensesame" not in page
    post(client, "/settings/alerts/team/switch", on="")
    assert [channel.is_on for channel in dropped.control.alert_channels.all(dropped.tenant)] == [False]
    post(client, "/settings/alerts/team/remove")
    assert dropped.control.alert_channels.all(dropped.tenant) == []


def test_the_api_tells_alerts_rules_and_history_and_takes_what_people_do(dropped: Project) -> None:
    _, secret = dropped.control.tokens.create(dropped.tenant, "t", scopes=("read", "write"))
    _, reads = dropped.control.tokens.create(dropped.tenant, "r")
    with TestClient(create_app(dropped), headers={"Authorization": f"Bearer {secret}"}) as api:
        (alert,) = api.get("/api/v1/alerts").json()["alerts"]
        assert (alert["rule"], alert["value"], alert["since"], alert["recovered_at"]) == (
            "sales-drop",
            "200.000000",
            "2026-03-30",
            None,
        )
        assert api.get("/api/v1/alerts/1").json() == alert
        rules = {rule["name"]: rule for rule in api.get("/api/v1/alerts/rules").json()["rules"]}
        assert rules["sales-drop"]["sentence"] == "Net sales of a day below the band that is usual"
        assert api.post("/api/v1/alerts/1/acknowledge").json()["acknowledged_at"] == "2026-03-31T09:00:00Z"
        assert (
            api.post("/api/v1/alerts/1/snooze", json={"hours": 2}).json()["snoozed_until"]
            == "2026-03-31T11:00:00Z"
        )
        assert api.post("/api/v1/alerts/1/snooze", json={"hours": 0}).json()["snoozed_until"] is None
        history = api.get("/api/v1/alerts/1/history").json()["events"]
        assert [event["action"] for event in history] == ["woken", "snoozed", "acknowledged", "opened"]
        assert api.get("/api/v1/alerts/9").status_code == 404
        refused = api.post("/api/v1/alerts/1/acknowledge", headers={"Authorization": f"Bearer {reads}"})
        assert refused.status_code == 403
        dropped.control.alerts.recover(dropped.tenant, 1, "cli", "", [])
        assert api.post("/api/v1/alerts/1/snooze", json={"hours": 2}).status_code == 422
        assert api.get("/api/v1/alerts").json() == {"alerts": [], "next": None}
        assert len(api.get("/api/v1/alerts?state=all").json()["alerts"]) == 1
