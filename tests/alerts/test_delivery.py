"""Who is told when: once a channel, not in quiet hours, again where it did not go; and a run that nothing of it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.alerts.conftest import NOW, Receiver, StartReceiver, Watch, give_sales, hundred_days, sales
from tests.reports.conftest import StartServer

from fondaco.alerts.sending.channels import read_target
from fondaco.alerts.sending.delivery import TOO_LATE, Delivered, Delivery
from fondaco.config import AlertSettings, MailSettings
from fondaco.errors import ConfigError, RetryableError
from fondaco.orchestration import Project, run_pipeline
from fondaco.orchestration.alerting import look, tell
from fondaco.orchestration.alerting_people import Handling
from fondaco.orchestration.progress import Event

pytestmark = pytest.mark.slow

Tell = Callable[[], Delivered]


def allow(project: Project, **alerts: object) -> None:
    """Settings as they would stand in the file."""
    chosen = AlertSettings(allow_private_addresses=True, **alerts)  # type: ignore[arg-type]
    project.settings = project.settings.model_copy(update={"alerts": chosen})


def delivery(project: Project) -> Delivery:
    return Delivery(project.control, project.settings, project.clock())


def add_webhook(project: Project, kept: Receiver, name: str = "team", severity: str = "info") -> None:
    delivery(project).put(name, read_target("webhook", kept.url), severity, "cli")


@pytest.fixture
def kept(receiver: StartReceiver) -> Receiver:
    return receiver()


@pytest.fixture
def told(dropped: Project, kept: Receiver) -> Iterator[Project]:
    """A project in which a drop has just opened, and a channel that waits to tell it."""
    allow(dropped)
    add_webhook(dropped, kept)
    look(dropped, "cli")
    yield dropped


def news(kept: Receiver) -> list[str]:
    return [body["alert"]["news"] for _, _, body in kept.taken]


def next_day(project: Project, watch: Watch, sold: float = 1100) -> None:
    watch.now += timedelta(days=1)
    give_sales(project, hundred_days(sold, last=(watch.now - timedelta(1)).date()))
    look(project, "cli")


def test_an_opening_is_told_once_and_its_recovery_too(told: Project, kept: Receiver, watch: Watch) -> None:
    assert (tell(told).sent, tell(told).sent) == (1, 0)
    look(told, "cli")
    tell(told)
    next_day(told, watch)
    assert tell(told).sent == 1
    assert news(kept) == ["opened", "recovered"]
    opened = kept.taken[0][2]["alert"]
    assert (opened["rule"], opened["value"], opened["since"], opened["link"]) == (
        "sales-drop",
        "200.000000",
        "2026-03-30",
        None,
    )


MANY = [f"{number:02}" for number in range(58)]


def many_countries(sold: float, watch: Watch) -> list[dict[str, Any]]:
    day = (watch.now - timedelta(1)).date()
    return [sales(day, country, sold) for country in MANY]


def test_what_one_rule_found_at_once_is_one_message_and_so_is_its_recovery(
    project: Project, kept: Receiver, watch: Watch
) -> None:
    """A rule for each product told a channel 58 times in a round."""
    (project.settings.folder / "alerts.yml").write_text(
        "rules:\n  sales-drop: off\n"
        "  many: {kind: threshold, title: Too much, metric: net_sales, for_each: country, above: 4000}\n",
        encoding="utf-8",
    )
    allow(project)
    add_webhook(project, kept)
    give_sales(project, many_countries(5000, watch))
    look(project, "cli")
    assert tell(project).sent == 1
    ((_, _, body),) = kept.taken
    assert body["headline"] == "Warning: Too much: 58 alerts · Maison Aurora"
    lines = body["text"].split("\n")
    assert len(lines) == 11 and all("5,000" in line for line in lines[:10]) and lines[10] == "and 48 more"
    assert (body["alert"]["rule"], body["alert"]["news"]) == ("many", "opened")
    assert sorted(alert["subject"] for alert in body["alert"]["alerts"]) == MANY
    states = [message.state for each in range(1, 59) for message in project.control.alert_messages.of(each)]
    assert states == ["sent"] * 58
    watch.now += timedelta(days=1)
    give_sales(project, many_countries(10, watch))
    look(project, "cli")
    assert tell(project).sent == 1
    body = kept.taken[1][2]
    assert body["headline"] == "Recovered: Too much: 58 alerts · Maison Aurora"
    assert body["text"].startswith("They are so no more, or are no longer watched. They were:\n")
    assert body["text"].endswith("\nand 48 more")


def test_a_link_stands_in_it_where_a_public_address_is_set(told: Project, kept: Receiver) -> None:
    server = told.settings.server.model_copy(update={"public_url": "https://figures.example.com/"})
    told.settings = told.settings.model_copy(update={"server": server})
    tell(told)
    assert kept.taken[0][2]["alert"]["link"] == "https://figures.example.com/alerts/1"


def test_what_did_not_go_is_kept_and_tried_again(told: Project, kept: Receiver) -> None:
    kept.status = 503
    ((name, error),) = tell(told).faults
    assert (name, type(error)) == ("team", RetryableError)
    (message,) = told.control.alert_messages.of(1)
    (channel,) = told.control.alert_channels.all(told.tenant)
    assert (message.state, message.attempts) == ("waiting", 1)
    assert channel.fault is not None and "status 503" in channel.fault
    kept.status = 200
    assert tell(told).sent == 1
    (message,) = told.control.alert_messages.of(1)
    (channel,) = told.control.alert_channels.all(told.tenant)
    assert (message.state, message.attempts, channel.fault, channel.sent_at) == ("sent", 2, None, NOW)


def test_after_three_days_it_is_no_news_any_more(told: Project, kept: Receiver, watch: Watch) -> None:
    kept.status = 503
    tell(told)
    watch.now += TOO_LATE + timedelta(hours=1)
    kept.status = 200
    assert tell(told).sent == 0
    assert [message.state for message in told.control.alert_messages.of(1)] == ["dropped"]


def test_who_was_not_told_of_it_is_not_told_that_it_recovered(
    told: Project, kept: Receiver, watch: Watch
) -> None:
    next_day(told, watch)
    assert tell(told).sent == 0
    assert kept.taken == []


@pytest.mark.parametrize(("hours", "quiet"), [(("08:00", "12:00"), True), (("22:00", "07:00"), False), (("11:00", "10:00"), True), (("11:01", "11:00"), False), (("08:00", "11:00"), False)])  # fmt: skip
def test_quiet_hours_are_of_the_merchants_zone_and_may_pass_midnight(
    told: Project, kept: Receiver, hours: tuple[str, str], quiet: bool
) -> None:
    """It is 11:00 in Berlin."""
    allow(told, quiet_from=hours[0], quiet_to=hours[1])
    found = tell(told)
    assert (found.held, found.sent) == ((1, 0) if quiet else (0, 1))
    allow(told)
    tell(told)
    assert news(kept) == ["opened"]


def test_critical_alerts_are_told_in_quiet_hours_too(dropped: Project, kept: Receiver) -> None:
    (dropped.settings.folder / "alerts.yml").write_text(
        "rules:\n  sales-drop: {severity: critical}\n", encoding="utf-8"
    )
    allow(dropped, quiet_from="08:00", quiet_to="12:00")
    add_webhook(dropped, kept)
    look(dropped, "cli")
    assert tell(dropped).sent == 1


def test_quiet_hours_need_both_ends() -> None:
    with pytest.raises(ValueError, match="belong together"):
        AlertSettings(quiet_from="22:00")


def test_nobody_is_told_while_an_alert_is_snoozed(told: Project, kept: Receiver, watch: Watch) -> None:
    Handling(told.control, told.tenant, "cli").snooze(1, watch.now + timedelta(hours=2))
    assert (tell(told).held, kept.taken) == (1, [])
    watch.now += timedelta(hours=3)
    assert tell(told).sent == 1


def test_an_opening_that_waited_for_the_end_of_a_long_snooze_is_told_then(
    told: Project, kept: Receiver, watch: Watch
) -> None:
    Handling(told.control, told.tenant, "cli").snooze(1, watch.now + timedelta(days=7))
    watch.now += timedelta(days=7) - timedelta(minutes=1)
    assert (tell(told).held, kept.taken) == (1, [])
    watch.now += timedelta(minutes=2)
    assert tell(told).sent == 1
    assert news(kept) == ["opened"]


def test_an_opening_that_waited_is_told_when_somebody_ends_a_long_snooze(
    told: Project, kept: Receiver, watch: Watch
) -> None:
    handling = Handling(told.control, told.tenant, "cli")
    handling.snooze(1, watch.now + timedelta(days=7))
    watch.now += timedelta(days=5)
    handling.snooze(1, None)
    assert tell(told).sent == 1


def test_what_could_go_for_three_days_after_a_snooze_and_did_not_is_no_news_any_more(
    told: Project, kept: Receiver, watch: Watch
) -> None:
    Handling(told.control, told.tenant, "cli").snooze(1, watch.now + timedelta(days=1))
    watch.now += timedelta(days=1) + TOO_LATE + timedelta(minutes=1)
    assert (tell(told).sent, kept.taken) == (0, [])


def test_a_snooze_outlasts_a_recovery_so_that_what_opens_again_waits_for_its_end(
    told: Project, kept: Receiver, watch: Watch
) -> None:
    tell(told)
    until = watch.now + timedelta(days=4)
    Handling(told.control, told.tenant, "cli").snooze(1, until)
    next_day(told, watch)
    assert tell(told).held == 1  # the recovery
    next_day(told, watch, sold=100)
    (again,) = told.control.alerts.open_ones(told.tenant)
    assert again.snoozed_until == until
    assert [event.action for event in told.control.alerts.events(again.alert_id)] == ["snoozed", "opened"]
    assert (tell(told).held, news(kept)) == (2, ["opened"])
    watch.now = until + timedelta(minutes=1)
    assert tell(told).sent == 2
    assert news(kept) == ["opened", "recovered", "opened"]


def test_what_opens_after_the_end_of_a_snooze_is_told_at_once(
    told: Project, kept: Receiver, watch: Watch
) -> None:
    Handling(told.control, told.tenant, "cli").snooze(1, watch.now + timedelta(hours=1))
    next_day(told, watch)
    next_day(told, watch, sold=100)
    (again,) = told.control.alerts.open_ones(told.tenant)
    assert again.snoozed_until is None
    assert (tell(told).sent, news(kept)) == (1, ["opened"])


def test_a_channel_is_told_what_it_is_for(dropped: Project, receiver: StartReceiver) -> None:
    (dropped.settings.folder / "alerts.yml").write_text(
        "rules:\n  small: {kind: threshold, metric: net_sales, below: 500, channels: [own, worst], severity: info}\n",
        encoding="utf-8",
    )
    allow(dropped)
    channels = {name: receiver() for name in ("own", "worst", "off", "all")}
    for name, kept in channels.items():
        add_webhook(dropped, kept, name, "critical" if name == "worst" else "info")
    delivery(dropped).switch("off", "cli", is_on=False)
    look(dropped, "cli")
    tell(dropped)
    assert {name: sorted(body["alert"]["rule"] for _, _, body in kept.taken) for name, kept in channels.items()} == {
        "own": ["sales-drop", "small"], "worst": [], "off": [], "all": ["sales-drop"],
    }  # fmt: skip


def test_a_channel_that_is_removed_gets_nothing_that_waits(told: Project, kept: Receiver) -> None:
    delivery(told).remove("team", "cli")
    assert (tell(told).sent, kept.taken) == (0, [])


def test_addresses_are_sealed_and_what_is_done_is_in_the_audit_log(told: Project, kept: Receiver) -> None:
    (channel,) = told.control.alert_channels.all(told.tenant)
    assert kept.url not in channel.sealed_settings and channel.leads_to == "127.0.0.1"
    assert told.control.alert_channels.settings(channel)["address"] == kept.url
    entries = [(entry.action, entry.detail) for entry in told.control.audit.recent(told.tenant)]
    assert ("alerts.channel.put", {"kind": "webhook", "severity": "info"}) in entries
    assert kept.url not in str(entries)


def test_a_test_is_sent_at_once_and_says_what_it_is(told: Project, kept: Receiver) -> None:
    allow(told, quiet_from="00:00", quiet_to="23:59")
    delivery(told).test("team")
    assert news(kept) == ["test"]
    assert "Nothing is wrong" in kept.taken[0][2]["text"]
    kept.status = 404
    with pytest.raises(ConfigError, match="status 404"):
        delivery(told).test("team")
    assert "status 404" in (told.control.alert_channels.get(told.tenant, "team").fault or "")


def test_an_email_channel_needs_a_mail_server_and_uses_it(dropped: Project, smtp: StartServer) -> None:
    target = read_target("email", "ada@example.com")
    with pytest.raises(ConfigError, match="host is not set"):
        delivery(dropped).put("mail", target, "info", "cli")
    server = smtp()
    dropped.settings = dropped.settings.model_copy(update={"mail": server.settings})
    delivery(dropped).put("mail", target, "info", "cli")
    look(dropped, "cli")
    assert tell(dropped).sent == 1
    assert [envelope.rcpt_tos for envelope in server.inbox.taken] == [["ada@example.com"]]


def test_a_mail_that_may_have_gone_out_is_not_sent_again(
    dropped: Project, scripted: Callable[..., MailSettings]
) -> None:
    settings = scripted("220 hi", "250 hi", "250 ok", "250 ok", "354 go")
    dropped.settings = dropped.settings.model_copy(update={"mail": settings})
    delivery(dropped).put("mail", read_target("email", "ada@example.com"), "info", "cli")
    look(dropped, "cli")
    tell(dropped)
    assert [message.state for message in dropped.control.alert_messages.of(1)] == ["unsure"]
    assert tell(dropped).faults == ()


def test_of_two_who_send_at_once_one_does_and_what_one_lost_is_sent_after_all(
    told: Project, watch: Watch
) -> None:
    messages = told.control.alert_messages
    ((message, _),) = messages.waiting(told.tenant)
    assert (messages.claim(message.message_id), messages.claim(message.message_id)) == (True, False)
    assert messages.waiting(told.tenant) == []
    watch.now += timedelta(minutes=11)
    assert tell(told).sent == 1


def test_a_run_ends_well_though_no_alert_could_be_sent_and_says_what_was_found(
    dropped: Project, kept: Receiver
) -> None:
    kept.status = 500
    allow(dropped)
    add_webhook(dropped, kept)
    said: list[Event] = []
    outcome = run_pipeline(dropped, steps=("publish",), progress=said.append)
    assert (outcome.run.outcome, outcome.exit_code) == ("success", 0)
    assert [event.detail for event in said if event.step == "alerts"] == [
        "1 new, 0 still open, 0 recovered; not sent on team"
    ]
    kept.status = 200
    run_pipeline(dropped, steps=("publish",))
    assert news(kept) == ["opened", "opened"]  # the first of them was answered with a fault
    assert [message.state for message in dropped.control.alert_messages.of(1)] == ["sent"]


def test_a_run_ends_well_though_the_rules_cannot_be_read(dropped: Project) -> None:
    (dropped.settings.folder / "alerts.yml").write_text("rules: [", encoding="utf-8")
    said: list[Event] = []
    outcome = run_pipeline(dropped, steps=("publish",), progress=said.append)
    assert (outcome.run.outcome, outcome.exit_code) == ("success", 0)
    assert [event.detail for event in said if event.step == "alerts"] == [
        "not looked for; see logs/errors.log"
    ]
