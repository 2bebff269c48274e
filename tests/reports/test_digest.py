"""The morning digest says what page Today lists, and everyone who wants it gets it once a day, by a real mail server."""

from __future__ import annotations

import email
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Fondaco, fondaco
from tests.published import publish
from tests.reports.conftest import PASSWORD, StartServer
from tests.server.pages import stock_book

from fondaco.control import Role
from fondaco.governance import People
from fondaco.governance.people import digest_key
from fondaco.orchestration import Project
from fondaco.orchestration.mailing_digest import digest_of, digest_trigger, mail_digest
from fondaco.orchestration.ordering import StockDesk
from fondaco.reports.digest import digest_letter, send_digest
from fondaco.reports.mail import Letter
from fondaco.reports.subscriptions import Subscriptions

pytestmark = pytest.mark.slow
__all__ = ["fondaco"]

MORNING = datetime(2026, 3, 31, 7, tzinfo=UTC)
ADDRESS = "https://figures.example.com"


class Clock:
    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def stocked(tmp_path: Path) -> Iterator[Project]:
    """The book of stock; Ana wants its list, Ben wants to hear every day, Eve nothing."""
    with Project.create(
        tmp_path / "shop", name="Maison <Aurora>", currency="EUR", timezone="Europe/Berlin", clock=Clock()
    ) as project:
        publish(project, **stock_book.marts())  # type: ignore[arg-type]
        subscriptions = Subscriptions(project.control, project.tenant, digest_key)
        for name in ("ana", "ben", "eve"):
            user = project.control.users.create(project.tenant, f"{name}@example.com", role=Role.VIEWER)
            if name != "eve":
                subscriptions.set(user.user_id, True, always=name == "ben")
        yield project


def decide_all(project: Project) -> None:
    desk = StockDesk(
        project.control,
        project.reader,
        project.tenant,
        "user:1",
        time_zone="Europe/Berlin",
        clock=project.clock,
    )
    for proposal in desk.proposals():
        desk.refuse(proposal.proposal_id)


def letter_of(project: Project) -> Letter:
    digest = digest_of(project)
    assert digest is not None
    return digest_letter(digest, ADDRESS)


def mailing(project: Project, smtp: StartServer) -> Any:
    server = smtp()
    project.settings = project.settings.model_copy(update={"mail": server.settings})
    return server.inbox


def test_it_has_every_kind_with_its_money_and_every_proposal_with_its_sentence(stocked: Project) -> None:
    letter = letter_of(stocked)
    assert letter.subject == "Maison <Aurora>: order 1, transfer 1, running out 1, mark down 1"
    for proposal in stock_book.proposals():
        assert proposal["sentence"] in letter.plain
        assert f"{ADDRESS}/today#proposal-{proposal['proposal_id']}" in letter.html
    for text in ("€180.00", "€60.00", "€20.00", "€500.00"):
        assert text in letter.plain and text in letter.html
    assert "ORDER: 1, €180.00 of margin at stake" in letter.plain
    assert "Maison &lt;Aurora&gt;" in letter.html and "Mug, Blue" in letter.html
    assert letter.unsubscribe == f"{ADDRESS}/settings/account"
    assert re.findall(r"<(?:script|link|img)\b|url\(", letter.html) == []


def test_what_is_decided_is_left_out(stocked: Project) -> None:
    stock_book.accept_order(stocked)
    assert "Order 48 of Mug" not in letter_of(stocked).plain


def test_a_mail_server_takes_one_a_day_and_person_in_text_and_html(
    stocked: Project, smtp: StartServer
) -> None:
    inbox = mailing(stocked, smtp)
    sent = mail_digest(stocked)
    assert sent is not None and (sent.mails, sent.faults) == (2, ())
    assert [envelope.rcpt_tos for envelope in inbox.taken] == [["ana@example.com"], ["ben@example.com"]]
    mail = email.message_from_bytes(inbox.taken[0].content, policy=default)
    assert isinstance(mail, EmailMessage)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "ben@example.com" not in inbox.taken[0].content.decode()
    again = mail_digest(stocked)
    assert again is not None and again.mails == 0


def test_with_nothing_to_do_only_those_hear_of_it_who_asked(stocked: Project, smtp: StartServer) -> None:
    decide_all(stocked)
    inbox = mailing(stocked, smtp)
    sent = mail_digest(stocked)
    assert sent is not None and sent.mails == 1
    assert [envelope.rcpt_tos for envelope in inbox.taken] == [["ben@example.com"]]
    assert letter_of(stocked).subject == "Maison <Aurora>: nothing to do today"


def test_it_waits_for_a_run_of_the_day(stocked: Project, smtp: StartServer) -> None:
    inbox = mailing(stocked, smtp)
    assert isinstance(stocked.clock, Clock)
    stocked.clock.now = MORNING + timedelta(days=1)
    assert mail_digest(stocked) is None
    assert inbox.taken == []


def test_a_fault_with_one_keeps_back_no_other_and_names_nobody(
    stocked: Project, smtp: StartServer, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = mailing(stocked, smtp)
    inbox.refusals["ana@example.com"] = "550 no such box"
    with caplog.at_level(logging.ERROR):
        sent = mail_digest(stocked)
    assert sent is not None and (sent.mails, len(sent.faults)) == (1, 1)
    assert "a morning digest was not sent" in caplog.text
    assert "@" not in caplog.text + "".join(str(vars(record)) for record in caplog.records)
    inbox.refusals.clear()
    later = mail_digest(stocked)
    assert later is not None and later.mails == 1, "it is tried again"


def test_who_is_removed_is_forgotten(stocked: Project) -> None:
    ana = stocked.control.users.find("ana@example.com")
    assert ana is not None
    stocked.control.users.create(stocked.tenant, "owner@example.com", role=Role.OWNER)
    People(stocked.control, stocked.tenant, "cli").remove(ana.user_id)
    assert stocked.control.saved.get(stocked.tenant, digest_key(ana.user_id)) is None


def test_who_takes_back_no_and_yes_gets_no_second_one(stocked: Project) -> None:
    digest = digest_of(stocked)
    assert digest is not None
    taken: list[str] = []

    def send(_: Letter, receiver: str) -> None:
        taken.append(receiver)

    send_digest(stocked.control, stocked.tenant, digest, ADDRESS, send)
    ana = stocked.control.users.find("ana@example.com")
    assert ana is not None
    for wanted in (False, True):
        Subscriptions(stocked.control, stocked.tenant, digest_key).set(ana.user_id, wanted)
    send_digest(stocked.control, stocked.tenant, digest, ADDRESS, send)
    assert taken == ["ana@example.com", "ben@example.com"]


def test_it_goes_out_every_hour_from_six_until_it_has(stocked: Project) -> None:
    trigger = digest_trigger(stocked.settings)
    moment, fired = datetime(2026, 3, 31, tzinfo=UTC), []
    for _ in range(19):
        moment = trigger.get_next_fire_time(None, moment) + timedelta(seconds=1)
        fired.append(moment.strftime("%d %H:%M"))
    assert (fired[0], fired[17], fired[18]) == ("31 06:05", "31 23:05", "01 06:05")


def test_the_command_sends_it_now_to_those_who_are_named(
    tmp_path: Path, fondaco: Fondaco, smtp: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = smtp()
    for name in ("host", "port", "user", "sender", "ca_file"):
        monkeypatch.setenv(f"FONDACO_MAIL__{name.upper()}", str(getattr(server.settings, name)))
    monkeypatch.setenv("FONDACO_MAIL__PASSWORD", PASSWORD)
    folder, now = tmp_path / "shop", datetime.now(UTC).replace(tzinfo=None)
    with Project.create(folder, name="Maison", currency="EUR", timezone="UTC") as project:
        publish(project, connections=[{"reporting_currency": "EUR"}])
    none = fondaco("-C", folder, "report", "digest", "--to", "a@example.com")
    assert none.code == 1 and "No run of today has looked at stock" in none.err
    with Project.open(folder) as project:
        publish(
            project,
            proposals=[{**row, "proposal_date": now.date()} for row in stock_book.proposals()],
            demand_forecast_runs=[{"as_of_date": now.date(), "made_at": now, "why_not": None}],
        )
    answer = fondaco("-C", folder, "report", "digest", "--to", "a@example.com", "--to", "b@example.com")
    assert answer.code == 0, answer.err
    assert "went to 2 receivers" in answer.out
    assert [one.rcpt_tos for one in server.inbox.taken] == [["a@example.com"], ["b@example.com"]]
    preview = tmp_path / "digest.html"
    looked = fondaco("-C", folder, "report", "digest", "--preview", preview, "--json")
    assert (looked.json["sent"], looked.json["proposals"]) == (0, 4)
    assert "Decide in Fondaco" in preview.read_text(encoding="utf-8")
    assert fondaco("-C", folder, "report", "digest").code == 2
