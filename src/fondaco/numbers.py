"""How figures are written: by the reader's locale, exact, and "–" where there is nothing to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel import numbers as babel_numbers
from babel.dates import format_date, format_datetime

NOTHING = "–"
"""Undefined, unknown or not there: never 0."""

USUAL_LOCALE = "en_GB"
"""Where the reader asks for none, as a mail's does."""

Number = Decimal | int | float


@dataclass(frozen=True, slots=True)
class Change:
    """A figure held against an earlier one: in percent where both are above nought, else as a difference or a dash."""

    text: str
    direction: str  # up, down, flat, none
    verdict: str  # good, bad, neutral


@dataclass(frozen=True, slots=True)
class Numbers:
    """Writes figures for one reader."""

    locale: str
    currency: str
    time_zone: ZoneInfo

    @property
    def tag(self) -> str:
        """The locale as a browser names it."""
        return self.locale.replace("_", "-")

    def money(self, amount: Number | None) -> str:
        if amount is None:
            return NOTHING
        amount = amount or 0  # a decimal nought may carry a minus
        return _minus(babel_numbers.format_currency(amount, self.currency, locale=self.locale))

    def money_parts(self, amount: Number | None) -> tuple[str, str, str]:
        """The amount cut at its decimal sign, so that cents can stand back: ("€1,234", ".56", "")."""
        text = self.money(amount)
        point = babel_numbers.get_decimal_symbol(self.locale)
        head, sign, rest = text.rpartition(point)
        if not sign or not rest[:1].isdigit():
            return text, "", ""
        digits = len(rest) - len(rest.lstrip("0123456789"))
        return head, sign + rest[:digits], rest[digits:]

    def whole_money(self, amount: Number | None) -> str:
        """Without cents, rounded: of what is not known to the cent."""
        if amount is None:
            return NOTHING
        rounded = Decimal(str(amount)).quantize(Decimal(1), ROUND_HALF_UP)
        head, _, tail = self.money_parts(rounded)
        return head + tail

    def axis_money(self, amount: Number) -> str:
        """An amount for an axis, rounded: €8k. Nowhere else are amounts rounded."""
        text = babel_numbers.format_compact_currency(
            amount or 0, self.currency, locale=self.locale, fraction_digits=1
        )
        return _minus(text.replace("K", "k"))

    def count(self, value: Number | None) -> str:
        if value is None:
            return NOTHING
        return _minus(babel_numbers.format_decimal(value, format="#,##0", locale=self.locale))

    def decimal(self, value: Number | None) -> str:
        if value is None:
            return NOTHING
        return _minus(babel_numbers.format_decimal(value, format="#,##0.##", locale=self.locale))

    def fixed(self, value: Number | None) -> str:
        """With two decimals, so that figures stand under each other."""
        if value is None:
            return NOTHING
        return _minus(babel_numbers.format_decimal(value, format="#,##0.00", locale=self.locale))

    def rate(self, value: Number | None) -> str:
        if value is None:
            return NOTHING
        return _minus(babel_numbers.format_percent(value, format="#,##0.0%", locale=self.locale))

    def figure(self, value: Number | None, unit: str) -> str:
        """A figure by the unit its metric is declared with."""
        return {"money": self.money, "currency": self.money, "rate": self.rate, "share": self.rate}.get(
            unit, self.count if value is None or value == int(value) else self.decimal
        )(value)

    def change(self, now: Number | None, before: Number | None, good: str = "up", unit: str = "") -> Change:
        """How ``now`` stands to ``before``; ``good`` is the direction that pleases: up, down or none.

        Percent of a base below nought say nothing, and neither do they where the sign changed: −50 to 300 is no "+700 %". Money is
        then told as a difference, anything else as a dash.
        """
        if now is None or not before:
            return Change(NOTHING, "none", "neutral")
        difference = Decimal(str(now)) - Decimal(str(before))
        has_rate = before > 0 and now >= 0
        if not has_rate and unit not in ("money", "currency"):
            return Change(NOTHING, "none", "neutral")
        shown = round(difference / Decimal(str(before)), 3) if has_rate else round(difference, 2)
        if shown == 0:
            return Change(self.rate(0) if has_rate else self.money(0), "flat", "neutral")
        direction = "up" if shown > 0 else "down"
        verdict = "neutral" if good not in ("up", "down") else "good" if direction == good else "bad"
        if not has_rate:
            text = self.money(abs(difference))
        else:
            text = self.rate(abs(shown)) if abs(shown) < 10 else self.count(abs(shown) * 100) + "%"
        return Change(("+" if shown > 0 else "−") + text, direction, verdict)

    def day(self, day: date) -> str:
        return format_date(day, "d MMM y", locale="en_GB")

    def short_day(self, day: date) -> str:
        return format_date(day, "d MMM", locale="en_GB")

    def weekday(self, day: date) -> str:
        return format_date(day, "EEE d MMM y", locale="en_GB")

    def month(self, day: date) -> str:
        return format_date(day, "MMM y", locale="en_GB")

    def period(self, first: date, last: date) -> str:
        if first == last:
            return self.day(first)
        if first.year == last.year:
            start = format_date(first, "d" if first.month == last.month else "d MMM", locale="en_GB")
            return f"{start} – {self.day(last)}"
        return f"{self.day(first)} – {self.day(last)}"

    def begins(self, day: date | None) -> str:
        """Why there is nothing to compare with: the data of the shops begins after the compared period does."""
        return f"Data begins {self.day(day)}" if day else "No data yet"

    def bucket(self, step: date | str, grain: str) -> str:
        """A step of a chart: a day, the week that starts on it, its month, quarter or year; an hour, such as "09"."""
        if isinstance(step, str):
            return f"{step}:00 – {step}:59"
        if grain == "month":
            return self.month(step)
        if grain in ("quarter", "year"):
            return self.tick(step, grain)
        return f"Week of {self.day(step)}" if grain == "week" else self.weekday(step)

    def tick(self, step: date | str, grain: str) -> str:
        """The same in the few letters that an axis has room for."""
        if isinstance(step, str):
            return f"{int(step)}:00"
        if grain == "year":
            return str(step.year)
        if grain == "quarter":
            return f"Q{(step.month + 2) // 3} {step.year}"
        return self.month(step) if grain == "month" else self.short_day(step)

    def instant(self, moment: datetime) -> str:
        return format_datetime(self._local(moment), "d MMM y, HH:mm", locale="en_GB")

    def instant_and_zone(self, moment: datetime) -> str:
        """The same with the name of the zone, such as CET, which has no name of letters everywhere: then UTC+03."""
        name = self._local(moment).tzname() or ""
        return f"{self.instant(moment)} {name if name[:1].isalpha() else _minus(f'UTC{name}')}"

    def ago(self, moment: datetime, now: datetime) -> str:
        seconds = int((now - moment).total_seconds())
        for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
            if seconds >= size:
                amount = seconds // size
                return f"{amount} {name}{'s' if amount > 1 else ''} ago"
        return "just now"

    def seconds(self, value: float | None) -> str:
        if value is None:
            return NOTHING
        if value < 60:
            return f"{value:.1f} s"
        minutes, seconds = divmod(round(value), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.time_zone)


def _minus(text: str) -> str:
    """A true minus sign, as wide as a digit."""
    return text.replace("-", "−")
