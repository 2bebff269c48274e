"""What is told of an alert: what, how much against what was expected, since when, and where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from fondaco.clock import format_instant
from fondaco.control import Alert
from fondaco.reports.mail import Letter

_COLOURS = {"critical": "#b8322a", "warning": "#8a5a00", "info": "#3f5fdc"}
_SEVEREST = tuple(_COLOURS)
_WELL = "#0b7a55"

MOST_TOLD = 10
"""So many alerts of one rule are told in words in one message."""


@dataclass(frozen=True, slots=True)
class Message:
    """News of one alert, or of several of one rule, ready for any channel.

    Attributes
    ----------
    news
        opened, recovered or test.
    link
        Its page; empty where no public address is set.
    alert, several
        The one, or all of them; none of a test.
    """

    merchant: str
    news: str
    severity: str
    title: str
    said: str
    since: date
    at: datetime
    link: str = ""
    alert: Alert | None = None
    several: tuple[Alert, ...] = ()

    @property
    def subject(self) -> str:
        if self.news == "recovered":
            return f"Recovered: {self.title} · {self.merchant}"
        return f"{self.severity.capitalize()}: {self.title} · {self.merchant}"

    @property
    def lines(self) -> list[str]:
        """The message line by line, as plain text."""
        since = [] if self.news == "test" or self.several else [f"Since {self.since.day} {self.since:%b %Y}."]
        return [*filter(None, [*self.said.split("\n"), *since, self.link])]

    @property
    def colour(self) -> str:
        return _WELL if self.news == "recovered" else _COLOURS.get(self.severity, _COLOURS["info"])

    def fields(self) -> dict[str, Any]:
        """The message for programs; amounts are decimal numbers written as texts."""
        told: dict[str, Any] = {
            "news": self.news, "severity": self.severity, "title": self.title, "said": self.said, "merchant": self.merchant,
            "at": format_instant(self.at), "link": self.link or None,
        }  # fmt: skip
        if self.several:
            return {
                **told,
                "rule": self.several[0].rule,
                "alerts": [_fields_of(alert) for alert in self.several],
            }
        return told if self.alert is None else {**told, **_fields_of(self.alert)}

    def letter(self) -> Letter:
        """The message as a mail."""
        link = (
            f'<p><a href="{escape(self.link)}">Open the {"alerts" if self.several else "alert"}</a></p>'
            if self.link
            else ""
        )
        told = "".join(f"<p>{escape(line)}</p>" for line in self.lines if line != self.link)
        html = (
            '<div style="font-family:system-ui,sans-serif;font-size:15px;line-height:22px;color:#16181d;max-width:560px">'
            f'<p style="color:{self.colour};font-weight:600;margin-bottom:0">{escape(self.subject.partition(":")[0])}</p>'
            f'<h1 style="font-size:20px;line-height:28px;margin-top:4px">{escape(self.title)}</h1>{told}{link}'
            f'<p style="color:#636872;font-size:13px">{escape(self.merchant)}, by Fondaco</p></div>'
        )
        plain = "\n\n".join([self.title, *self.lines, f"{self.merchant}, by Fondaco"]) + "\n"
        return Letter(self.subject, html, plain, self.at)


def _fields_of(alert: Alert) -> dict[str, Any]:
    figures = {name: getattr(alert, name) for name in ("value", "expected", "low", "high")}
    return {
        "alert_id": alert.alert_id, "rule": alert.rule, "subject": alert.subject,
        "since": alert.since.isoformat(), "day": alert.day.isoformat(),
        **{name: None if value is None else format(value, "f") for name, value in figures.items()},
    }  # fmt: skip


def news_of(alert: Alert, news: str, merchant: str, link: str, at: datetime) -> Message:
    """What is told when an alert opens or recovers."""
    said = _in_one_line(alert.said)
    said = said if news == "opened" else f"It is so no more, or is no longer watched. It was: {said}"
    return Message(
        merchant, news, alert.severity, _in_one_line(alert.title), said, alert.since, at, link, alert
    )


def news_of_several(alerts: Sequence[Alert], news: str, merchant: str, link: str, at: datetime) -> Message:
    """What is told when several alerts of one rule open or recover at once: the first few in words, and how many more."""
    rule = _in_one_line(alerts[0].title.removesuffix(f": {alerts[0].subject_name}"))
    said = [_in_one_line(alert.said) for alert in alerts[:MOST_TOLD]]
    if news != "opened":
        said.insert(0, "They are so no more, or are no longer watched. They were:")
    if len(alerts) > MOST_TOLD:
        said.append(f"and {len(alerts) - MOST_TOLD} more")
    severity = min((alert.severity for alert in alerts), key=_SEVEREST.index)
    since = min(alert.since for alert in alerts)
    return Message(
        merchant, news, severity, f"{rule}: {len(alerts)} alerts", "\n".join(said), since, at, link, several=tuple(alerts)
    )  # fmt: skip


def _in_one_line(text: str) -> str:
    """A shop's names may hold line feeds; a line of their own could pass for ours."""
    return " ".join(text.split())


def test_message(merchant: str, channel: str, at: datetime) -> Message:
    """One that says that a channel works."""
    said = f"This is a test of the channel {channel}. Nothing is wrong."
    return Message(merchant, "test", "info", "Test of alerts", said, at.date(), at)
