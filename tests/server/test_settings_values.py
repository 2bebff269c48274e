"""Settings that are changed on the page: by the rules of the file's reader, into the file, with effect at once."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tests.server.conftest import OWNER, form_token
from tests.server.test_settings import ANALYST, VIEWER, browser_of, told

from fondaco.config import PROJECT_FILE, load_settings
from fondaco.control import Role
from fondaco.orchestration import Project
from fondaco.orchestration.schedule import Schedule
from fondaco.orchestration.schedule_mark import is_scheduled
from fondaco.orchestration.settings_file import edited

FILE = """\
# Who we are. Ask Ada before you change it.
[project]
name = "Maison"   # on every page
timezone = "Europe/Berlin"
currency = "EUR"  # since 2019

# [analytics]
# churn_days = 120

[schedule]
cron = "0 2 * * *"   # after the bank's own run
"""
DEFAULTS = {"cost_percent": "40", "returns_restocked": "true", "marketing_by": "click", "horizon_days": "365", "churn_days": "90", "discount_percent": "10"}  # fmt: skip


@pytest.fixture
def staffed(new_project: Project) -> Project:
    for email, role in ((ANALYST, Role.ANALYST), (VIEWER, Role.VIEWER)):
        new_project.control.users.create(new_project.tenant, email, role=role)
    file_of(new_project).write_text(FILE)
    new_project.take(load_settings(new_project.settings.folder))
    return new_project


@pytest.fixture
def browser(staffed: Project) -> TestClient:
    return browser_of(staffed, OWNER)


def file_of(project: Project) -> Path:
    return project.settings.folder / PROJECT_FILE


def save(client: TestClient, path: str, /, page: str = "", **fields: str) -> str:
    """What the page says after the form was sent as the page had it."""
    shown = page or client.get("/settings/currency").text
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    token = form_token(client.get("/settings/account").text)
    return told(client, client.post(path, data={"csrf": token, "seen": seen[1] if seen else "", **fields}))


def test_another_currency_is_written_between_its_comments_and_nothing_else(
    browser: TestClient, staffed: Project
) -> None:
    said = save(browser, "/settings/currency", currency="idr")
    assert said == "good: Kept: IDR from the next run on, which converts all figures anew."
    assert file_of(staffed).read_text() == FILE.replace('currency = "EUR"', 'currency = "IDR"')
    assert staffed.settings.project.currency == "IDR"
    assert 'value="IDR"' in browser.get("/settings/currency").text


def test_the_page_says_what_a_change_means_before_it_is_saved(browser: TestClient) -> None:
    page = browser.get("/settings/currency").text
    assert "the figures of all days are converted anew by the next run (nothing runs by itself" in page
    assert "No figure changes" in page
    assert "worked out by it anew" in browser.get("/settings/defaults").text
    assert "follows it within seconds" in browser.get("/settings/schedule").text


def test_another_time_zone_holds_on_the_next_page(browser: TestClient) -> None:
    assert "31 Mar 2026, 11:00" in browser.get("/settings/currency").text
    assert save(browser, "/settings/zone", timezone="Asia/Jakarta").startswith("good: ")
    assert "31 Mar 2026, 16:00" in browser.get("/settings/currency").text


def test_a_running_schedule_follows_a_changed_file(browser: TestClient, staffed: Project) -> None:
    schedule = Schedule(staffed)
    schedule.start()
    try:
        assert save(browser, "/settings/schedule", cron=" 30  5 * * 1-5 ").startswith("good: ")
        assert f"{schedule.next_run_at():%a %H:%M}" == "Wed 05:30"
        schedule._follow()
        [job] = [each for each in schedule._scheduler.get_jobs() if each.id == "pipeline"]
        assert "hour='5', minute='30'" in str(job.trigger)
        # By hand as well; what is wrong there changes nothing.
        file_of(staffed).write_text(FILE.replace("0 2 * * *", "15 4 * * *"))
        schedule._follow()
        assert staffed.settings.schedule.cron == "15 4 * * *"
        file_of(staffed).write_text(FILE.replace("0 2 * * *", "whenever"))
        schedule._follow()
        [job] = [each for each in schedule._scheduler.get_jobs() if each.id == "pipeline"]
        assert "hour='4', minute='15'" in str(job.trigger)
    finally:
        schedule.end()


def test_runs_say_whether_anything_runs_by_itself(browser: TestClient, staffed: Project) -> None:
    assert not is_scheduled(staffed.data)
    assert "Nothing runs by itself" in browser.get("/runs").text
    assert "Would run" in browser.get("/settings/schedule").text
    schedule = Schedule(staffed)
    schedule.start()
    try:
        assert is_scheduled(staffed.data)
        assert "Next run 1 Apr 2026, 02:00" in browser.get("/runs").text
        assert "Runs by itself" in browser.get("/settings/schedule").text
    finally:
        schedule.end()
    assert "Nothing runs by itself" in browser.get("/runs").text


def test_defaults_of_profit_and_customers_are_kept_as_the_reader_has_them(
    browser: TestClient, staffed: Project
) -> None:
    wanted = DEFAULTS | {"cost_percent": "37,5", "churn_days": "120", "marketing_by": "day"}
    assert save(browser, "/settings/defaults", **wanted).startswith("good: Kept.")
    assert file_of(staffed).read_text() == FILE + (
        '\n[profit]\ndefault_product_cost_rate = 0.375\nmarketing_by = "day"\n\n[analytics]\nchurn_days = 120\n'
    )
    assert str(staffed.settings.profit.default_product_cost_rate) == "0.375"
    assert staffed.settings.analytics.churn_days == 120
    assert save(browser, "/settings/defaults", **wanted).startswith("good: Nothing was changed")
    # A box without its tick is sent as nothing at all.
    del wanted["returns_restocked"]
    assert save(browser, "/settings/defaults", **wanted).startswith("good: Kept.")
    assert not staffed.settings.profit.returns_restocked


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/settings/currency", {"currency": "EUROS"}, "project.currency"),
        ("/settings/currency", {"currency": "EUX"}, "EUX is no currency of ISO 4217."),
        ("/settings/currency", {"currency": ""}, "project.currency"),
        ("/settings/zone", {"timezone": "Berlin"}, "Berlin"),
        ("/settings/schedule", {"cron": "61 2 * * *"}, "is not five fields of cron"),
        ("/settings/schedule", {"cron": '0 2 * * *"\n[server]'}, "is not five fields of cron"),
        ("/settings/defaults", DEFAULTS | {"cost_percent": "140"}, "default_product_cost_rate"),
        ("/settings/defaults", DEFAULTS | {"cost_percent": "NaN"}, "is no percentage"),
        ("/settings/defaults", DEFAULTS | {"cost_percent": "1e999"}, "is no percentage"),
        ("/settings/defaults", DEFAULTS | {"churn_days": "6"}, "churn_days"),
        ("/settings/defaults", DEFAULTS | {"churn_days": "-7"}, "is no whole number"),
        ("/settings/defaults", DEFAULTS | {"marketing_by": "luck"}, "marketing_by"),
        ("/settings/defaults", DEFAULTS | {"discount_percent": "0"}, "yearly_discount"),
    ],
)
def test_what_the_reader_of_the_file_refuses_is_not_written(
    browser: TestClient, staffed: Project, path: str, fields: dict[str, str], said: str
) -> None:
    answer = save(browser, path, **fields)
    assert answer.startswith("bad: ") and said in answer
    assert file_of(staffed).read_text() == FILE


def test_a_file_that_has_changed_meanwhile_is_not_overwritten(browser: TestClient, staffed: Project) -> None:
    page = browser.get("/settings/currency").text
    by_hand = FILE.replace("Maison", "Maison Ada")
    file_of(staffed).write_text(by_hand)
    said = save(browser, "/settings/currency", page, currency="USD")
    assert said.startswith(
        "bad: fondaco.toml has been changed since this page was opened; nothing was saved."
    )
    assert file_of(staffed).read_text() == by_hand
    assert save(browser, "/settings/currency", currency="USD").startswith("good: ")


def test_a_read_only_file_is_said_to_be_so_and_has_no_form(browser: TestClient, staffed: Project) -> None:
    page = browser.get("/settings/currency").text
    file_of(staffed).chmod(0o444)
    assert "fondaco.toml is read-only." in save(browser, "/settings/currency", page, currency="USD")
    shown = browser.get("/settings/currency").text
    assert 'action="/settings/currency"' not in shown and "fondaco.toml is read-only." in html.unescape(shown)


def test_what_the_environment_says_is_not_changed_in_the_file(
    browser: TestClient, staffed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.get("/settings/currency").text
    monkeypatch.setenv("FONDACO_PROJECT__CURRENCY", "CHF")
    monkeypatch.setenv("FONDACO_PROFIT__RETURNS_RESTOCKED", "true")
    said = save(browser, "/settings/currency", page, currency="USD")
    assert "FONDACO_PROJECT__CURRENCY in the environment stands over fondaco.toml." in said
    shown = browser.get("/settings/currency").text
    assert 'action="/settings/currency"' not in shown and 'action="/settings/zone"' in shown
    wanted = {name: value for name, value in DEFAULTS.items() if name != "returns_restocked"}
    assert save(browser, "/settings/defaults", **(wanted | {"churn_days": "91"})).startswith("good: Kept.")
    assert "returns_restocked" not in file_of(staffed).read_text()


@pytest.mark.parametrize("email", [ANALYST, VIEWER])
@pytest.mark.parametrize("path", ["currency", "zone", "schedule", "defaults"])
def test_only_owners_change_settings(staffed: Project, email: str, path: str) -> None:
    client = browser_of(staffed, email)
    token = form_token(client.get("/settings/account").text)
    assert client.post(f"/settings/{path}", data={"csrf": token, "currency": "USD"}).status_code == 403
    section = "currency" if path == "zone" else path
    assert (
        'name="seen"' not in client.get(f"/settings/{section}").text
        or "disabled" in client.get(f"/settings/{section}").text
    )
    assert file_of(staffed).read_text() == FILE


def test_a_form_without_its_token_changes_nothing(browser: TestClient, staffed: Project) -> None:
    assert browser.post("/settings/currency", data={"currency": "USD"}).status_code == 403
    assert file_of(staffed).read_text() == FILE


def test_who_changed_what_is_kept(browser: TestClient, staffed: Project) -> None:
    save(browser, "/settings/currency", currency="USD")
    user = staffed.control.users.find(OWNER)
    assert user is not None
    [entry] = [one for one in staffed.control.audit.recent(staffed.tenant) if one.action == "settings.change"]
    assert (entry.actor, entry.subject) == (f"user:{user.user_id}", PROJECT_FILE)
    assert entry.detail == {"project.currency": ["EUR", "USD"]}


def test_the_file_keeps_its_rights_and_is_still_the_same_link(
    browser: TestClient, staffed: Project, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere.toml"
    file_of(staffed).rename(target)
    file_of(staffed).symlink_to(target)
    target.chmod(0o640)
    assert save(browser, "/settings/currency", currency="USD").startswith("good: ")
    assert file_of(staffed).is_symlink() and 'currency = "USD"' in target.read_text()
    assert target.stat().st_mode & 0o777 == 0o640
    assert not list(target.parent.glob(".elsewhere*"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '[project]\ncurrency = "USD"\n'),
        ('project.currency = "EUR" # dotted\n', 'project.currency = "USD" # dotted\n'),
        ('project = {name = "A", currency = "EUR"}\n', 'project = {name = "A", currency = "USD"}\n'),
        ("[project]\r\ncurrency = 'EUR'\r\n", '[project]\r\ncurrency = "USD"\r\n'),
        ("[project] # us\nname = 'A'\n\n[server]\nport = 1\n", "[project] # us\nname = 'A'\ncurrency = \"USD\"\n\n[server]\nport = 1\n"),
    ],
)  # fmt: skip
def test_however_the_file_is_written_only_the_value_changes(text: str, expected: str) -> None:
    assert edited(text, {"project.currency": "USD"}) == expected
