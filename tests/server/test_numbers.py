"""How figures are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from fondaco.server.numbers import NOTHING, Change, Numbers, negotiate

BRITISH = Numbers("en_GB", "EUR", ZoneInfo("Europe/Berlin"))
GERMAN = Numbers("de_DE", "EUR", ZoneInfo("Europe/Berlin"))
YEN = Numbers("en_GB", "JPY", ZoneInfo("Asia/Tokyo"))


def test_money_follows_the_readers_locale_and_the_currencys_digits() -> None:
    amount = Decimal("-1234567.5")
    assert BRITISH.money(amount) == "−€1,234,567.50"
    assert GERMAN.money(amount) == "−1.234.567,50\xa0€"
    assert YEN.money(Decimal("1234")) == "JP¥1,234"


def test_nothing_is_a_dash_and_never_nought() -> None:
    for write in (BRITISH.money, BRITISH.count, BRITISH.rate, BRITISH.decimal, BRITISH.seconds):
        assert write(None) == NOTHING
    assert BRITISH.money(Decimal(0)) == "€0.00"
    assert BRITISH.money(-Decimal("0.00")) == "€0.00"
    assert BRITISH.money(Decimal("-0")) == "€0.00"


@pytest.mark.parametrize(
    ("numbers", "parts"),
    [
        (BRITISH, ("€1,234", ".56", "")),
        (GERMAN, ("1.234", ",56", "\xa0€")),
        (YEN, ("JP¥1,235", "", "")),
    ],
)
def test_cents_are_cut_off_where_the_locale_puts_its_decimal_sign(
    numbers: Numbers, parts: tuple[str, str, str]
) -> None:
    assert numbers.money_parts(Decimal("1234.56")) == parts
    assert "".join(numbers.money_parts(Decimal("1234.56"))) == numbers.money(Decimal("1234.56"))


@pytest.mark.parametrize(
    ("now", "before", "good", "expected"),
    [
        (110, 100, "up", Change("+10.0%", "up", "good")),
        (90, 100, "up", Change("−10.0%", "down", "bad")),
        (90, 100, "down", Change("−10.0%", "down", "good")),
        (110, 100, "none", Change("+10.0%", "up", "neutral")),
        (100, 100, "up", Change("0.0%", "flat", "neutral")),
        (100, 0, "up", Change(NOTHING, "none", "neutral")),
        (None, 100, "up", Change(NOTHING, "none", "neutral")),
        (100, None, "up", Change(NOTHING, "none", "neutral")),
        (50, -100, "up", Change(NOTHING, "none", "neutral")),
        (2500, 100, "up", Change("+2,400%", "up", "good")),
    ],
)
def test_a_change_has_a_sign_a_direction_and_a_verdict(
    now: int | None, before: int | None, good: str, expected: Change
) -> None:
    assert BRITISH.change(now, before, good) == expected


def test_periods_are_written_without_repeating_month_and_year() -> None:
    assert BRITISH.period(date(2026, 11, 3), date(2026, 11, 9)) == "3 – 9 Nov 2026"
    assert BRITISH.period(date(2026, 10, 23), date(2026, 11, 21)) == "23 Oct – 21 Nov 2026"
    assert BRITISH.period(date(2025, 12, 30), date(2026, 1, 2)) == "30 Dec 2025 – 2 Jan 2026"
    assert BRITISH.period(date(2026, 1, 2), date(2026, 1, 2)) == "2 Jan 2026"


def test_instants_are_told_in_the_projects_zone() -> None:
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert BRITISH.instant(moment) == "2 Jul 2026, 00:30"
    assert BRITISH.instant(moment.replace(tzinfo=None)) == "2 Jul 2026, 00:30"


@pytest.mark.parametrize(
    ("time_zone", "words"),
    [
        ("Europe/Berlin", "2 Jul 2026, 00:30 CEST"),
        ("America/New_York", "1 Jul 2026, 18:30 EDT"),
        ("Asia/Kolkata", "2 Jul 2026, 04:00 IST"),
        ("Europe/Istanbul", "2 Jul 2026, 01:30 UTC+03"),
        ("America/Sao_Paulo", "1 Jul 2026, 19:30 UTC−03"),
        ("UTC", "1 Jul 2026, 22:30 UTC"),
    ],
)
def test_a_zone_is_called_by_its_letters_or_by_its_distance_from_utc(time_zone: str, words: str) -> None:
    numbers = Numbers("en_GB", "EUR", ZoneInfo(time_zone))
    assert numbers.instant_and_zone(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "just now"), (60, "1 minute ago"), (7300, "2 hours ago"), (86400 * 3, "3 days ago")],
)
def test_ages_are_told_in_their_largest_unit(seconds: int, words: str) -> None:
    now = datetime(2026, 1, 10, tzinfo=UTC)
    assert BRITISH.ago(datetime.fromtimestamp(now.timestamp() - seconds, UTC), now) == words


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de_DE"),
        ("fr", "fr"),
        ("tlh, en-US", "en_US"),
        ("", "en_GB"),
        ("*", "en_GB"),
        ("../../etc/passwd", "en_GB"),
    ],
)
def test_the_first_known_language_decides_how_numbers_look(header: str, locale: str) -> None:
    assert negotiate(header) == locale


@pytest.mark.parametrize(
    ("now", "before", "unit", "expected"),
    [
        (Decimal("302.26"), Decimal("-48.74"), "money", ("+€351.00", "up", "good")),
        (Decimal(-20), Decimal(100), "money", ("−€120.00", "down", "bad")),
        (Decimal(-60), Decimal(-50), "money", ("−€10.00", "down", "bad")),
        (Decimal("0.1"), Decimal("-0.2"), "rate", ("–", "none", "neutral")),
        (Decimal(3), Decimal(-2), "", ("–", "none", "neutral")),
        (Decimal(0), Decimal(100), "money", ("−100.0%", "down", "bad")),
    ],
)
def test_of_a_base_below_nought_or_a_changed_sign_no_percent_is_told(
    now: Decimal, before: Decimal, unit: str, expected: tuple[str, str, str]
) -> None:
    change = BRITISH.change(now, before, "up", unit)
    assert (change.text, change.direction, change.verdict) == expected


def test_amounts_without_cents_are_rounded_and_not_cut() -> None:
    assert BRITISH.whole_money(Decimal("4726.79")) == "€4,727"
    assert BRITISH.whole_money(Decimal("-0.5")) == "−€1"
