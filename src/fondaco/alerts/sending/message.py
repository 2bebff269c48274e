"""What is told of an alert: what, how much against what was expected, since when, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from fondaco.clock import format_instant
from fondaco.control import Alert
from fondaco.reports.mail import Letter

_COLOURS = {"critical": "#b8322a", "warning": "#8a5a00", "info": "#3f5fdc"}
_WELL = "#0b7a55"


@dataclass(frozen=True, slots=True)
class Message:
    """News of one alert, ready for any channel.

    Attributes
    ----------
    news
        opened, recovered or test.
    link
        Its page; empty where no public address is set.
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

    @property
    def subject(self) -> str:
        if self.news == "recovered":
            return f"Recovered: {self.title} · {self.merchant}"
        return f"{self.severity.capitalize()}: {self.title} · {self.merchant}"

    @property
    def lines(self) -> list[str]:
        """The message line by line, as plain text."""
        since = [] if self.news == "test" else [f"Since {self.since.day} {self.since:%b %Y}."]
        return [*filter(None, [self.said, *since, self.link])]

    @property
    def colour(self) -> str:
        return _WELL if self.news == "recovered" else _COLOURS.get(self.severity, _COLOURS["info"])

    def fields(self) -> dict[str, Any]:
        """The message for programs; amounts are decimal numbers written as texts."""
        told: dict[str, Any] = {
            "news": self.news, "severity": self.severity, "title": self.title, "said": self.said, "merchant": self.merchant,
            "at": format_instant(self.at), "link": self.link or None,
        }  # fmt: skip
        if self.alert is None:
            return told
        figures = {name: getattr(self.alert, name) for name in ("value", "expected", "low", "high")}
        return {
            **told, "alert_id": self.alert.alert_id, "rule": self.alert.rule, "subject": self.alert.subject,
            "since": self.since.isoformat(), "day": self.alert.day.isoformat(),
            **{name: None if value is None else format(value, "f") for name, value in figures.items()},
        }  # fmt: skip

    def letter(self) -> Letter:
        """The message as a mail."""
        link = f'<p><a href="{escape(self.link)}">Open the alert</a></p>' if self.link else ""
        told = "".join(f"<p>{escape(line)}</p>" for line in self.lines if line != self.link)
        html = (
            '<div style="font-family:system-ui,sans-serif;font-size:15px;line-height:22px;color:#16181d;max-width:560px">'
            f'<p style="color:{self.colour};font-weight:600;margin-bottom:0">{escape(self.subject.partition(":")[0])}</p>'
            f'<h1 style="font-size:20px;line-height:28px;margin-top:4px">{escape(self.title)}</h1>{told}{link}'
            f'<p style="color:#636872;font-size:13px">{escape(self.merchant)}, by Fondaco</p></div>'
        )
        plain = "\n\n".join([self.title, *self.lines, f"{self.merchant}, by Fondaco"]) + "\n"
        return Letter(self.subject, html, plain, self.at)


def news_of(alert: Alert, news: str, merchant: str, link: str, at: datetime) -> Message:
    """What is told when an alert opens or recovers."""
    said = alert.said if news == "opened" else f"It is as expected again. It was: {alert.said}"
    return Message(merchant, news, alert.severity, alert.title, said, alert.since, at, link, alert)


def test_message(merchant: str, channel: str, at: datetime) -> Message:
    """One that says that a channel works."""
    said = f"This is a test of the channel {channel}. Nothing is wrong."
    return Message(merchant, "test", "info", "Test of alerts", said, at.date(), at)
