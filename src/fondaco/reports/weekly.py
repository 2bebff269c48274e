"""The weekly summary: written once, sent to everyone who wants it, at most one mail a week and person."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fondaco.clock import day_bounds, format_instant, parse_instant
from fondaco.control import ControlPlane
from fondaco.errors import FondacoError
from fondaco.reports.content import Books, Content, write_content
from fondaco.reports.mail import Letter, UnsureError
from fondaco.reports.spans import last_full_week
from fondaco.reports.subscriptions import Claim, Subscriptions

_log = logging.getLogger(__name__)
_TEMPLATES = Path(__file__).parent / "templates"
TONES = {"good": "#0b7a55", "bad": "#b8322a", "neutral": "#636872", "none": "#636872"}
"""The verdicts' colours of the pages; a mail has no style sheet."""

Send = Callable[[Letter, str], None]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a round of mails: how many went out, and what kept the others back. No address stands in it."""

    week: str
    mails: int
    faults: tuple[FondacoError, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Round:
    """What is remembered of a round of mails: how many went out when, and sentences about those that did not."""

    week: str
    mails: int
    at: datetime
    faults: tuple[str, ...]


_NEWEST = "weekly-summary/newest"


@cache
def environment(escapes: bool) -> Environment:
    """The templates of mails; with ``escapes`` names are no markup."""
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def weekly_content(books: Books, today: date) -> Content:
    """The figures of the last week that is over on ``today``.

    Raises
    ------
    ConfigError
        If nothing is published yet.
    """
    return write_content(books, last_full_week(today))


def weekly_letter(content: Content, address: str) -> Letter:
    """The summary as a mail; ``address`` is where the pages are."""
    numbers = content.numbers
    words = {
        "content": content,
        "numbers": numbers,
        "address": address.rstrip("/"),
        "tones": TONES,
        "days": content.span.words(numbers),
    }
    subject = f"{content.merchant}: {content.net_sales.text} net sales, {content.span.words(numbers)}"
    return Letter(
        subject=subject,
        html=environment(True).get_template("weekly.html").render(words),
        plain=environment(False).get_template("weekly.txt").render(words),
        written_at=content.made_at,
        unsubscribe=f"{words['address']}/settings/account",
    )


def send_weekly(books: Books, today: date, address: str, send: Send) -> Sent:
    """Send the last full week's summary to everyone who wants it and has not had it. A fault with one keeps back no other.

    Raises
    ------
    ConfigError
        If nothing is published yet.
    """
    subscriptions = Subscriptions(books.control, books.tenant_id)
    week = last_full_week(today)
    waiting = subscriptions.users()
    claims = (subscriptions.claim(user, week.first) for user in waiting)
    letter: Letter | None = None
    mails, faults = 0, []
    for claim in claims:
        if claim is None:
            continue
        try:
            letter = letter or weekly_letter(weekly_content(books, today), address)
            send(letter, claim.user.email)
            mails += 1
        except FondacoError as error:
            faults.append(error)
            _note(subscriptions, claim, error)
        except BaseException:
            subscriptions.release(claim)
            raise
    sent = Sent(week.name, mails, tuple(faults))
    if mails or faults:
        remember(books, sent)
    return sent


def is_whole(books: Books, today: date, time_zone: str) -> bool:
    """Whether what is published was read after the last full week was over."""
    published = books.control.runs.last_published(books.tenant_id)
    over = day_bounds(last_full_week(today).last, time_zone)[1]
    return published is not None and published.started_at >= over


def remember(books: Books, sent: Sent) -> None:
    """Keep what came of a round, for those who look after the data."""
    value = {
        "week": sent.week,
        "mails": sent.mails,
        "at": format_instant(books.now),
        "faults": list(dict.fromkeys(f"{fault.what} {fault.remedy}" for fault in sent.faults)),
    }
    books.control.saved.put(books.tenant_id, _NEWEST, value)


def newest_round(control: ControlPlane, tenant_id: str) -> Round | None:
    """The newest round of weekly summaries; None before the first."""
    value = control.saved.get(tenant_id, _NEWEST)
    if value is None:
        return None
    return Round(value["week"], value["mails"], parse_instant(value["at"]), tuple(value["faults"]))


def _note(subscriptions: Subscriptions, claim: Claim, error: FondacoError) -> None:
    """In the log stands whose mail it was by number, and what happened; a mail that may have gone is not sent again."""
    if not isinstance(error, UnsureError):
        subscriptions.release(claim)
    _log.error(
        "a weekly summary was not sent",
        extra={"user": claim.user.user_id, "error": f"{error.what} {error.remedy}"},
    )
