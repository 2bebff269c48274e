"""The weekly summary says what the semantic layer says, and everyone who wants it gets it once."""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.reports.conftest import MONDAY, StartServer, books_of

from fondaco.control import Role
from fondaco.control.runs import RunResult
from fondaco.errors import ConfigError
from fondaco.orchestration import Project
from fondaco.orchestration.schedule import mail_trigger, mail_weekly
from fondaco.reports.content import Books, write_content
from fondaco.reports.mail import Letter, UnsureError
from fondaco.reports.spans import parse_span
from fondaco.reports.subscriptions import Subscriptions
from fondaco.reports.weekly import newest_round, send_weekly, weekly_content, weekly_letter

pytestmark = pytest.mark.slow

TODAY = MONDAY.date()
ADDRESS = "https://figures.example.com"


@pytest.fixture
def subscribers(project: Project) -> list[str]:
    """Ana and Ben want the summary, Eve does not."""
    wanted = []
    for name in ("ana", "ben", "eve"):
        user = project.control.users.create(project.tenant, f"{name}@example.com", role=Role.VIEWER)
        if name != "eve":
            Subscriptions(project.control, project.tenant).set(user.user_id, True)
            wanted.append(user.email)
    return wanted


class Letterbox:
    """Keeps what is sent, and refuses whom it is told to."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.refuses: dict[str, Exception] = {}

    def __call__(self, letter: Letter, receiver: str) -> None:
        if receiver in self.refuses:
            raise self.refuses[receiver]
        self.sent.append(receiver)


def test_the_figures_are_those_of_the_last_full_week_and_of_the_two_beside_it(books: Books) -> None:
    content = weekly_content(books, TODAY)
    assert (content.span.name, content.before.name, content.year_before.name) == (
        "2026-W13",
        "2026-W12",
        "2025-W13",
    )
    net = content.net_sales
    assert (net.text, net.before, net.year_before) == ("€150.50", "€200.00", "€75.25")
    assert (net.change.text, net.change.verdict, net.year_change.text) == ("−24.8%", "bad", "+100.0%")
    assert [(line.label, line.text) for line in content.statement] == [
        ("Gross sales", "€165.55"),
        ("Discounts", "−€15.05"),
        ("Returns", "€0.00"),
        ("Net sales", "€150.50"),
        ("Shipping", "€0.00"),
        ("Taxes", "€30.10"),
        ("Total sales", "€180.60"),
    ]
    assert [(one.name, one.texts["net_sales"], one.share, one.change.text) for one in content.shops] == [
        ("Berlin", "€100.00", "66.4%", "−50.0%"),
        ("Paris", "€50.50", "33.6%", "–"),
    ]
    assert [(step.label, step.now) for step in content.course if step.now] == [
        ("23 Mar", 100),
        ("29 Mar", 50.5),
    ]
    assert content.seal.text == "Not compared yet"
    assert content.warnings == ()


def test_what_is_not_known_is_held_against_nothing_and_the_mail_says_so(books: Books) -> None:
    content = write_content(
        books, parse_span("2025-W14")
    )  # the second week with data: Monday 24 March 2025 is the first day
    assert (content.before.name, content.net_sales.before) == ("2025-W13", "€75.25")
    assert (content.net_sales.year_before, content.net_sales.year_change.text) == ("–", "–")
    assert content.beside == ["Data begins 24 Mar 2025: there is no comparison with Week 14, 2024."]

    first = write_content(books, parse_span("2025-W13"))
    assert {(line.before, line.change.text, line.year_before) for line in first.counts} == {("–", "–", "–")}
    assert [one.change.text for one in first.shops] == ["–"]
    assert {step.before for step in first.course} == {None}
    letter = weekly_letter(first, ADDRESS)
    for text in (letter.plain, letter.html):
        assert "Data begins 24 Mar 2025: there is no comparison with Week 12, 2025 or Week 13, 2024." in text
        assert "against the week before" not in text and "a year ago, –" not in text


def test_a_shop_that_joined_since_is_named_beside_the_rates(books: Books) -> None:
    content = weekly_content(books, TODAY)
    assert content.beside == [
        "Not like for like with Week 12, 2026 or Week 13, 2025; data of these shops begins later: Paris 29 Mar 2026."
    ]
    assert content.beside[0] in weekly_letter(content, ADDRESS).plain


def test_the_mail_says_them_twice_and_names_are_no_markup(books: Books) -> None:
    letter = weekly_letter(weekly_content(books, TODAY), ADDRESS)
    assert letter.subject == "Maison <Aurora>: €150.50 net sales, 23 – 29 Mar 2026"
    assert letter.unsubscribe == f"{ADDRESS}/settings/account"
    for text in (
        "€150.50",
        "−24.8%",
        "€200.00",
        "€75.25",
        "€180.60",
        "Not compared yet",
        f"{ADDRESS}/?range=custom",
    ):
        assert text in letter.plain and text in letter.html.replace("&amp;", "&")
    assert "Maison &lt;Aurora&gt;" in letter.html and "Maison <Aurora>" in letter.plain
    assert re.findall(r"<(?:script|link|img)\b|url\(", letter.html) == []


def test_everyone_who_wants_it_gets_it_once_a_week_also_after_a_restart(
    project: Project, books: Books, subscribers: list[str]
) -> None:
    box = Letterbox()
    assert send_weekly(books, TODAY, ADDRESS, box).mails == 2
    assert box.sent == subscribers
    project.close()
    with Project.open(project.settings.folder, clock=project.clock) as restarted:
        assert send_weekly(books_of(restarted), TODAY + timedelta(6), ADDRESS, box).mails == 0
        assert send_weekly(books_of(restarted), TODAY + timedelta(7), ADDRESS, box).mails == 2
    assert box.sent == subscribers * 2


def test_saying_no_and_yes_again_brings_no_second_mail(
    project: Project, books: Books, subscribers: list[str]
) -> None:
    box = Letterbox()
    send_weekly(books, TODAY, ADDRESS, box)
    ana = project.control.users.find(subscribers[0])
    assert ana is not None
    for wanted in (False, True):
        Subscriptions(project.control, project.tenant).set(ana.user_id, wanted)
    assert send_weekly(books, TODAY, ADDRESS, box).mails == 0


def test_of_two_who_claim_the_same_mail_one_does(project: Project, subscribers: list[str]) -> None:
    one, two = (Subscriptions(project.control, project.tenant) for _ in range(2))
    ana = one.users()[0]
    claim = one.claim(ana, date(2026, 3, 23))
    assert claim is not None
    assert two.claim(ana, date(2026, 3, 23)) is None
    one.release(claim)
    assert two.claim(ana, date(2026, 3, 23)) is not None


def test_a_fault_with_one_keeps_back_no_other_and_is_tried_again(
    books: Books, subscribers: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    box = Letterbox()
    box.refuses[subscribers[0]] = ConfigError("The server refuses it.", "Check it.")
    with caplog.at_level(logging.ERROR):
        sent = send_weekly(books, TODAY, ADDRESS, box)
    assert (sent.mails, [fault.what for fault in sent.faults]) == (1, ["The server refuses it."])
    assert "a weekly summary was not sent" in caplog.text
    assert "@" not in caplog.text + "".join(str(vars(record)) for record in caplog.records)
    told = newest_round(books.control, books.tenant_id)
    assert told is not None
    assert (told.mails, told.faults) == (1, ("The server refuses it. Check it.",))
    box.refuses.clear()
    assert send_weekly(books, TODAY, ADDRESS, box).mails == 1
    assert sorted(box.sent) == sorted(subscribers)


def test_a_mail_that_may_have_gone_out_is_not_sent_again(books: Books, subscribers: list[str]) -> None:
    box = Letterbox()
    box.refuses[subscribers[0]] = UnsureError("It broke off.", "Ask.")
    assert send_weekly(books, TODAY, ADDRESS, box).mails == 1
    box.refuses.clear()
    assert send_weekly(books, TODAY, ADDRESS, box).mails == 0


def test_what_is_missing_from_the_figures_is_said(project: Project, books: Books) -> None:
    run = project.control.runs.start(project.tenant, kind="manual", steps=["publish"])
    reasons = ("2 records of Berlin were set aside.",)
    project.control.runs.finish(
        run.run_id, RunResult("failed", "fail", reasons, "Paris did not answer.\nTry again.")
    )
    content = weekly_content(books, TODAY)
    assert list(content.warnings) == [
        "1 of 2 runs did not come to their end.",
        "Paris did not answer. Try again.",
        "2 records of Berlin were set aside.",
    ]
    later = weekly_content(
        Books(books.control, books.layer, books.reader, books.tenant_id, MONDAY + timedelta(8)),
        TODAY + timedelta(7),
    )
    assert later.warnings[0] == "The figures are those of 30 Mar 2026, 09:00: sales after that are missing."


def test_the_schedule_mails_on_mondays_from_seven_on(project: Project) -> None:
    trigger = mail_trigger(project.settings)
    moment, fired = datetime(2026, 3, 28, tzinfo=UTC), []
    for _ in range(18):
        moment = trigger.get_next_fire_time(None, moment) + timedelta(seconds=1)
        fired.append(moment.strftime("%a %H"))
    assert fired == [*(f"Mon {hour:02}" for hour in range(7, 24)), "Mon 07"]


def at(project: Project, moment: datetime, server: dict[str, object]) -> Project:
    """The project at another moment, with a mail server."""
    opened = Project.open(project.settings.folder, clock=lambda: moment)
    opened.settings = opened.settings.model_copy(update={"mail": server["mail"]})
    return opened


def test_the_schedule_waits_for_the_run_after_the_week_and_from_noon_on_sends_anyway(
    project: Project, subscribers: list[str], smtp: StartServer
) -> None:
    server = smtp()
    mail: dict[str, object] = {"mail": server.settings}
    next_monday = MONDAY + timedelta(7)
    with at(project, next_monday.replace(hour=11), mail) as morning:
        assert mail_weekly(morning) is None
    with at(project, next_monday.replace(hour=12), mail) as noon:
        sent = mail_weekly(noon)
    assert sent is not None and sent.mails == 2
    assert [envelope.rcpt_tos for envelope in server.inbox.taken] == [[one] for one in subscribers]


def test_a_mail_server_that_is_wrongly_set_stops_nothing_and_is_told(
    project: Project, subscribers: list[str], smtp: StartServer
) -> None:
    wrong = smtp().settings.model_copy(update={"password": None})
    with at(project, MONDAY, {"mail": wrong}) as opened:
        sent = mail_weekly(opened)
        assert sent is not None and sent.mails == 0
        told = newest_round(opened.control, opened.tenant)
    assert told is not None
    assert told.faults == (
        "[mail] user is set, and no password. Put it into the environment as FONDACO_MAIL__PASSWORD.",
    )
