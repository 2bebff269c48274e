"""The life of an alert: opened once, seen again, recovered, snoozed, looked after; and what keeps a day from being judged."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.alerts.conftest import NOW, YESTERDAY, Watch, give_sales, hundred_days, publish_into, sales

from fondaco.control.alerts import Found, NoSuchAlertError
from fondaco.errors import ConfigError
from fondaco.orchestration import Project
from fondaco.orchestration.alerting import look, rulebook, scene, usual_words, why_unjudged
from fondaco.orchestration.alerting_people import Handling

pytestmark = pytest.mark.slow

DROP = ["sales-drop"]


def rules_of(alerts: list) -> list[str]:  # type: ignore[type-arg]
    return [alert.rule for alert in alerts]


def test_usual_days_open_nothing(project: Project) -> None:
    outlook = look(project, "cli")
    assert (outlook.opened, outlook.faults) == ([], [])
    assert project.control.alerts.open_ones(project.tenant) == []


def test_a_drop_is_opened_once_with_what_how_much_and_since_when(dropped: Project) -> None:
    first, second = look(dropped, "cli"), look(dropped, "cli")
    assert (rules_of(first.opened), rules_of(second.opened), rules_of(second.seen)) == (DROP, [], DROP)
    (alert,) = dropped.control.alerts.open_ones(dropped.tenant)
    assert alert.said.startswith("Net sales: €200.00 on 30 Mar 2026, below the expected €1,")
    assert (alert.since, alert.day, alert.severity, alert.owner) == (YESTERDAY, YESTERDAY, "warning", "")
    assert alert.value == 200 and alert.low is not None and alert.value < alert.low < (alert.expected or 0)
    assert [event.action for event in dropped.control.alerts.events(alert.alert_id)] == ["opened"]


def test_it_recovers_when_the_next_day_is_as_expected_and_may_open_again(
    dropped: Project, watch: Watch
) -> None:
    look(dropped, "cli")
    watch.now += timedelta(days=1)
    give_sales(dropped, hundred_days(1100, last=YESTERDAY + timedelta(1)))
    assert rules_of(look(dropped, "cli").recovered) == DROP
    (alert,) = dropped.control.alerts.recent(dropped.tenant)
    assert alert.recovered_at == watch.now
    newest = dropped.control.alerts.events(alert.alert_id)[0]
    assert (newest.action, newest.said) == ("recovered", "€1,210.00 on 31 Mar 2026 is as expected again.")
    watch.now += timedelta(days=1)
    give_sales(dropped, hundred_days(100, last=YESTERDAY + timedelta(2)))
    assert rules_of(look(dropped, "cli").opened) == DROP


def test_every_alert_there_was_is_told_however_many_are_read_at_a_time(dropped: Project) -> None:
    look(dropped, "cli")
    alerts = dropped.control.alerts
    (found,) = alerts.open_ones(dropped.tenant)
    columns = {name: getattr(found, name) for name in Found.__slots__}
    for subject in ("a", "b", "c", "d"):
        alerts.open(dropped.tenant, Found(**{**columns, "subject": subject}), "cli", [])
    for piece in (1, 2, 5, 6):
        assert [one.alert_id for one in alerts.every(dropped.tenant, piece)] == [5, 4, 3, 2, 1]


def test_a_rule_that_is_switched_off_ends_its_alert(dropped: Project) -> None:
    look(dropped, "cli")
    rules = rulebook(dropped)
    rules.keep(rules.get("sales-drop").rule.switched(False), "cli")
    assert rules_of(look(dropped, "cli").recovered) == DROP


def test_each_value_of_a_dimension_is_judged_by_itself(dropped: Project) -> None:
    (dropped.settings.folder / "alerts.yml").write_text(
        "rules:\n"
        "  by-country: {kind: anomaly, metric: net_sales, for_each: country}\n"
        "  large-part: {kind: share, metric: net_sales, for_each: country, above: 40 %}\n"
        "  one-country: {kind: threshold, metric: net_sales, below: 150, where: {country: [FR]}, severity: info}\n",
        encoding="utf-8",
    )
    found = {(alert.rule, alert.subject): alert for alert in look(dropped, "cli").opened}
    assert set(found) == {
        ("by-country", "DE"),
        ("large-part", "DE"),
        ("large-part", "FR"),
        ("one-country", ""),
        ("sales-drop", ""),
    }
    assert found["large-part", "FR"].said == (
        "Net sales as a share of the total of FR: 50.0% on 30 Mar 2026, above the limit of 40.0%."
    )
    assert found["one-country", ""].said == "Net sales: €100.00 on 30 Mar 2026, below the limit of €150.00."


def advertised(project: Project, *, marked: int, silent: bool = False) -> None:
    """Two weeks of two campaigns: Spring costs 20 a day and leaves 8, Brand 20 and leaves 12; Trial cost 5 once and left nothing."""
    days = [YESTERDAY - timedelta(back) for back in range(14)]
    figures = {"platform": "meta_ads", "connection_id": "ads"}
    rows = [
        {"campaign_id": f"ads:{name}", "campaign_date": day, "ad_spend": 20, "attributed_contribution_margin_2": left, "attributed_orders": 1, **figures}
        for name, left in (("1", 8), ("2", 12))
        for day in days
    ]  # fmt: skip
    rows.append({"campaign_id": "ads:3", "campaign_date": YESTERDAY, "ad_spend": 5, **figures})
    names = {"1": "Spring", "2": "Brand", "3": "Trial", "4": "Hidden"}
    rows += [
        {**row, "campaign_id": "ads:4", "attributed_orders": 0, "attributed_contribution_margin_2": 0}
        for row in rows[:14]
    ]
    shops = {"aurora": marked, **({"cedar": 0} if silent else {})}
    publish_into(
        project,
        campaigns_daily=rows,
        campaigns=[{"campaign_id": f"ads:{key}", "name": name, **figures} for key, name in names.items()],
        visits_daily=[
            {"order_date": day, "connection_id": shop, "marked_orders": told}
            for day in days
            for shop, told in shops.items()
        ],
        sales_daily=[{**sales(day, "DE", 1), "clock": "order"} for day in days],
    )


def test_a_campaign_that_costs_twice_what_it_leaves_is_told_by_its_name(project: Project) -> None:
    advertised(project, marked=1)
    found = [each for each in look(project, "cli").opened if each.rule == "high-cost-campaign"]
    assert {each.subject: each.subject_name for each in found} == {"ads:1": "Spring", "ads:4": "Hidden"}


CEDAR = {"connection_id": "cedar", "name": "Cedar Home", "reporting_currency": "EUR"}
POAS = "rules:\n  poas: {kind: threshold, metric: profit_on_ads, below: 0.5, days: 7%s}\n"


def test_where_one_shop_tells_no_visits_campaigns_that_are_known_to_sell_are_judged_all_the_same(
    project: Project,
) -> None:
    advertised(project, marked=1, silent=True)
    publish_into(project, connections=[CEDAR])
    (project.settings.folder / "alerts.yml").write_text(POAS % ", for_each: campaign_id", encoding="utf-8")
    outlook = look(project, "cli")
    assert {(each.rule, each.subject) for each in outlook.opened} >= {
        ("high-cost-campaign", "ads:1"),
        ("poas", "ads:1"),
    }
    assert "ads:4" not in {each.subject for each in outlook.opened}
    assert ("poas", "Hidden", "Cedar Home tells no visits") in outlook.unjudged


def test_what_all_campaigns_brought_cannot_be_judged_where_a_shop_tells_no_visits_and_it_is_said_why(
    project: Project,
) -> None:
    advertised(project, marked=1, silent=True)
    publish_into(project, connections=[CEDAR])
    (project.settings.folder / "alerts.yml").write_text(POAS % "", encoding="utf-8")
    assert ("poas", "", "Cedar Home tells no visits") in look(project, "cli").unjudged
    rules = {kept.rule.name: kept.rule for kept in rulebook(project).all()}
    numbers = usual_words(project).numbers
    told = {name: why_unjudged(project, rule, numbers) for name, rule in rules.items()}
    assert {name: why for name, why in told.items() if why} == {
        "poas": "cannot be judged: Cedar Home tells no visits",
        "high-cost-campaign": "2 of 4 cannot be judged: Cedar Home tells no visits",
    }


def test_where_no_shop_tells_visits_no_campaign_is_said_to_cost_too_much(project: Project) -> None:
    advertised(project, marked=0)
    assert "high-cost-campaign" not in rules_of(look(project, "cli").opened)


def test_only_days_that_are_over_everywhere_are_judged(project: Project, watch: Watch) -> None:
    """It is 1 April in Berlin and still 31 March in New York when the run begins: the 30th is the last day that is over."""
    watch.now = NOW.replace(hour=22, minute=30)
    give_sales(project, hundred_days())
    assert scene(project).finished == date(2026, 3, 31)
    project.control.connections.add(project.tenant, _shop("brooklyn", "America/New_York"))
    assert scene(project).finished == YESTERDAY


def _shop(name: str, time_zone: str, source: str = "files"):  # type: ignore[no-untyped-def]
    from fondaco.control.connections import ConnectionRecord

    return ConnectionRecord(name, source, name.capitalize(), "EUR", time_zone, {})


def test_a_shop_that_was_not_read_to_the_days_end_keeps_it_from_being_judged(dropped: Project) -> None:
    dropped.control.connections.add(dropped.tenant, _shop("berlin", "Europe/Berlin", "shopify"))
    dropped.control.states.save(dropped.tenant, "berlin", "orders", cursor=NOW - timedelta(hours=20))
    outlook = look(dropped, "cli")
    assert outlook.opened == []
    reasons = {reason for rule, _, reason in outlook.unjudged if rule == "sales-drop"}
    assert reasons == {"Berlin is read up to 2026-03-30 13:00 UTC only, so the day is not whole"}


def test_stale_data_and_a_day_that_differs_are_told_of_the_shop(project: Project) -> None:
    from decimal import Decimal

    from fondaco.control import ReconciliationDay

    project.control.connections.add(project.tenant, _shop("berlin", "Europe/Berlin", "shopify"))
    project.control.states.save(project.tenant, "berlin", "orders", cursor=NOW - timedelta(hours=50))
    day = ReconciliationDay(
        tenant_id=project.tenant, connection_id="berlin", day=YESTERDAY, figure="net_sales", currency="EUR", ours=Decimal(10),
        vendors=Decimal(12), gap=Decimal(-2), cause=None, orders=[], compared_at=NOW,
    )  # fmt: skip
    project.control.reconciliation.save([day])
    found = {alert.rule: (alert.subject, alert.said) for alert in look(project, "cli").opened}
    assert found == {
        "stale-data": (
            "berlin",
            "Berlin was read last up to 2026-03-29 07:00 UTC, 50 hours ago; 48 are allowed.",
        ),
        "reconciliation-mismatch": (
            "berlin",
            "1 of 1 compared days of Berlin differ from its own report, the newest of them 2026-03-30.",
        ),
    }


def test_records_set_aside_are_told_from_a_share_and_a_number_on(project: Project) -> None:
    from fondaco.control.runs import StreamResult

    def after(extracted: int, aside: int) -> list[str]:
        run = project.control.runs.start(project.tenant, kind="run", steps=["sync"])
        stream = StreamResult("aurora", "orders", "success", extracted=extracted, quarantined=aside)
        project.control.runs.add_stream(run.run_id, stream)
        outlook = look(project, "cli")
        return rules_of(outlook.opened) + [f"-{name}" for name in rules_of(outlook.recovered)]

    assert after(100, 9) == []
    assert after(100_000, 900) == []
    assert after(500, 10) == ["quarantine-growth"]
    assert after(500, 0) == ["-quarantine-growth"]


def test_people_acknowledge_snooze_and_take_an_alert_and_all_of_it_is_kept(
    dropped: Project, watch: Watch
) -> None:
    (alert,) = look(dropped, "cli").opened
    handling = Handling(dropped.control, dropped.tenant, "user:1")
    handling.acknowledge(alert.alert_id)
    handling.acknowledge(alert.alert_id)
    handling.snooze(alert.alert_id, watch.now + timedelta(hours=4))
    handling.give_to(alert.alert_id, "Ada")
    with pytest.raises(ConfigError, match="before now"):
        handling.snooze(alert.alert_id, watch.now)
    kept = dropped.control.alerts.get(dropped.tenant, alert.alert_id)
    assert (kept.acknowledged_by, kept.owner, kept.is_open) == ("user:1", "Ada", True)
    assert [(e.actor, e.action) for e in dropped.control.alerts.events(alert.alert_id)] == [
        ("user:1", "owner"), ("user:1", "snoozed"), ("user:1", "acknowledged"), ("cli", "opened"),
    ]  # fmt: skip
    look(dropped, "run")
    assert dropped.control.alerts.get(dropped.tenant, alert.alert_id).owner == "Ada"
    assert {entry.action for entry in dropped.control.audit.recent(dropped.tenant)} >= {
        "alerts.acknowledge", "alerts.snooze", "alerts.owner",
    }  # fmt: skip


def test_what_is_not_there_or_has_recovered_cannot_be_handled(dropped: Project) -> None:
    handling = Handling(dropped.control, dropped.tenant, "cli")
    with pytest.raises(NoSuchAlertError):
        handling.acknowledge(99)
    (alert,) = look(dropped, "cli").opened
    dropped.control.alerts.recover(dropped.tenant, alert.alert_id, "cli", "", [])
    with pytest.raises(ConfigError, match="recovered"):
        handling.snooze(alert.alert_id, None)
    assert dropped.control.alerts.recover(dropped.tenant, alert.alert_id, "cli", "", []) is None


def test_a_merchant_sees_no_alert_of_another(dropped: Project) -> None:
    (alert,) = look(dropped, "cli").opened
    dropped.control.tenants.put("other", name="Other", currency="EUR", time_zone="UTC")
    assert dropped.control.alerts.open_ones("other") == []
    with pytest.raises(NoSuchAlertError):
        dropped.control.alerts.get("other", alert.alert_id)


def test_before_anything_is_published_rules_over_metrics_say_nothing(tmp_path: Path) -> None:
    with Project.create(tmp_path / "new") as project:
        outlook = look(project, "cli")
    assert (outlook.opened, outlook.faults) == ([], [])
    assert {reason for _, _, reason in outlook.unjudged} == {"nothing is published yet"}


@pytest.mark.postgres
def test_on_postgres_too_of_a_rule_and_subject_one_alert_is_open_at_most(
    dropped_folder: Path, tmp_path: Path, watch: Watch, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fondaco.control.alerts import Found

    monkeypatch.setenv("FONDACO_CONTROL__URL", postgres_url)
    found = Found(
        "r", "s", "S", "T", "said", "info", YESTERDAY, YESTERDAY, None, None, None, None, {"kind": "anomaly"}
    )
    with Project.open(shutil.copytree(dropped_folder, tmp_path / "project"), clock=watch) as project:
        alerts = project.control.alerts
        first = alerts.open(project.tenant, found, "cli", ["team"])
        assert first is not None and alerts.open(project.tenant, found, "cli", ["team"]) is None
        alerts.recover(project.tenant, first.alert_id, "cli", "", ["team"])
        assert alerts.open(project.tenant, found, "cli", []) is not None
        assert [message.state for message in project.control.alert_messages.of(first.alert_id)] == ["dropped"]
