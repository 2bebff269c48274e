"""Which days a page shows, and which it compares them with."""

from __future__ import annotations

from datetime import date

import pytest

from fondaco.errors import ConfigError
from fondaco.metrics import Beginnings
from fondaco.server.periods import COMPARISONS, PRESETS, Period, View, parse_view, shift_months

TODAY = date(2026, 3, 31)


def view(**parameters: str) -> View:
    return parse_view({key.rstrip("_"): value for key, value in parameters.items()}, TODAY)


@pytest.mark.parametrize(
    ("preset", "first", "last", "before"),
    [
        ("today", "2026-03-31", "2026-03-31", ("2026-03-30", "2026-03-30")),
        ("yesterday", "2026-03-30", "2026-03-30", ("2026-03-29", "2026-03-29")),
        ("last_7_days", "2026-03-25", "2026-03-31", ("2026-03-18", "2026-03-24")),
        ("last_30_days", "2026-03-02", "2026-03-31", ("2026-01-31", "2026-03-01")),
        ("last_90_days", "2026-01-01", "2026-03-31", ("2025-10-03", "2025-12-31")),
        ("month_to_date", "2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("quarter_to_date", "2026-01-01", "2026-03-31", ("2025-10-01", "2025-12-31")),
        ("year_to_date", "2026-01-01", "2026-03-31", ("2025-01-01", "2025-03-31")),
        ("last_month", "2026-02-01", "2026-02-28", ("2026-01-01", "2026-01-31")),
        ("last_year", "2025-01-01", "2025-12-31", ("2024-01-01", "2024-12-31")),
    ],
)
def test_a_preset_has_its_days_and_the_days_before(
    preset: str, first: str, last: str, before: tuple[str, str]
) -> None:
    chosen = view(range=preset)
    assert (chosen.period.first.isoformat(), chosen.period.last.isoformat()) == (first, last)
    previous = chosen.previous_period
    assert (previous.first.isoformat(), previous.last.isoformat()) == before


@pytest.mark.parametrize(
    ("shop", "first"),
    [
        ("", date(2024, 6, 1)),
        ("berg", date(2025, 1, 15)),
        ("new", date(2026, 3, 31)),
        ("old", date(2006, 3, 31)),
    ],
    ids=["of all shops", "of one shop", "of a shop without data", "more than twenty years"],
)
def test_all_time_is_from_the_first_day_with_data_and_compared_with_nothing(shop: str, first: date) -> None:
    days = {"aurora": date(2024, 6, 1), "berg": date(2025, 1, 15)} | (
        {"old": date(1999, 1, 1)} if shop == "old" else {}
    )
    chosen = parse_view({"range": "all_time", "shop": shop}, TODAY, known=Beginnings(days))
    assert (chosen.label, chosen.period) == ("All time", Period(first, TODAY))
    assert (chosen.compared, chosen.comparison, chosen.against) == (None, None, ())
    assert chosen.query(shop="") == "range=all_time"


def test_every_preset_is_tested_above() -> None:
    assert len(PRESETS) == 10


@pytest.mark.parametrize("preset", ["today", "last_7_days", "last_30_days", "last_90_days"])
def test_a_trailing_period_touches_the_one_before_and_is_as_long(preset: str) -> None:
    chosen = view(range=preset)
    assert chosen.previous_period.days == chosen.period.days
    assert (chosen.period.first - chosen.previous_period.last).days == 1


def test_a_custom_period_is_compared_with_as_many_days_before_it() -> None:
    chosen = view(range="custom", from_="2026-02-10", to="2026-02-19")
    assert chosen.period == Period(date(2026, 2, 10), date(2026, 2, 19))
    assert chosen.previous_period == Period(date(2026, 1, 31), date(2026, 2, 9))


def test_the_previous_year_of_a_leap_day_is_the_last_of_february() -> None:
    chosen = view(range="custom", from_="2024-02-29", to="2024-02-29")
    assert chosen.previous_year == Period(date(2023, 2, 28), date(2023, 2, 28))


def test_the_previous_year_of_a_whole_february_is_a_whole_february() -> None:
    chosen = view(range="custom", from_="2025-02-01", to="2025-02-28")
    assert chosen.previous_year == Period(date(2024, 2, 1), date(2024, 2, 29))


def test_shifting_months_keeps_to_the_calendar() -> None:
    assert shift_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert shift_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert shift_months(date(2025, 12, 15), 1) == date(2026, 1, 15)


def test_a_view_survives_its_own_url() -> None:
    from urllib.parse import parse_qsl

    for chosen in (
        view(),
        view(range="last_month", compare="previous_year", clock="order", shop="aurora"),
        view(range="custom", from_="2026-01-03", to="2026-02-04", compare="none"),
    ):
        assert parse_view(dict(parse_qsl(chosen.query())), TODAY) == chosen


def test_the_default_view_has_an_empty_query() -> None:
    assert view().query() == ""


def test_no_comparison_means_none() -> None:
    assert view(compare="none").comparison is None
    assert all(view(compare=name).comparison for name in COMPARISONS if name != "none")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"range": "fortnight"}, "range='fortnight' is not known"),
        ({"compare": "sometime"}, "compare='sometime' is not known"),
        ({"clock": "cuckoo"}, "clock='cuckoo' is not known"),
        ({"range": "custom", "from_": "31.3.2026", "to": "2026-03-31"}, "from='31.3.2026' is not a date"),
        ({"range": "custom", "from_": "2026-03-31", "to": "2026-03-01"}, "before it starts"),
        ({"range": "custom", "from_": "1991-01-01", "to": "2026-03-01"}, "is out of bounds"),
        ({"range": "custom"}, "from='' is not a date"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(parameters: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        view(**parameters)


@pytest.mark.parametrize(
    ("days", "grain"), [(1, "day"), (93, "day"), (94, "week"), (400, "week"), (401, "month")]
)
def test_a_chart_never_has_many_more_than_a_hundred_points(days: int, grain: str) -> None:
    assert Period(date.fromordinal(730000), date.fromordinal(730000 + days - 1)).grain == grain


def test_two_dates_are_a_range_of_their_own_even_without_the_word() -> None:
    assert view(from_="2026-01-01", to="2026-01-31").period == Period(date(2026, 1, 1), date(2026, 1, 31))
    with pytest.raises(ConfigError, match="is not a date"):
        view(from_="abc", to="2026-01-31")


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-02-01", "2026-02-28", ("2026-01-01", "2026-01-31")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2025-10-01", "2025-12-31", ("2025-07-01", "2025-09-30")),
        ("2026-01-01", "2026-03-31", ("2025-10-01", "2025-12-31")),
        ("2025-01-01", "2025-12-31", ("2024-01-01", "2024-12-31")),
    ],
)
def test_a_month_quarter_or_year_of_ones_own_is_compared_with_the_one_before(
    first: str, last: str, before: tuple[str, str]
) -> None:
    previous = view(range="custom", from_=first, to=last).previous_period
    assert (previous.first.isoformat(), previous.last.isoformat()) == before


def test_a_year_that_is_not_over_is_compared_with_the_same_days_of_the_year_before() -> None:
    chosen = parse_view({"from": "2026-01-01", "to": "2026-05-20"}, date(2026, 5, 20))
    assert chosen.previous_period == Period(date(2025, 1, 1), date(2025, 5, 20))


def test_conditions_are_read_where_a_page_knows_them_and_stand_in_the_query() -> None:
    parameters = {"country": "DE", "channel": "~", "planet": "mars", "grain": "week"}
    chosen = parse_view(parameters, TODAY, ("country", "channel"))
    assert chosen.where == {"country": "DE", "channel": ""}
    assert chosen.query() == "country=DE&channel=~&grain=week"
    assert parse_view(parameters, TODAY).where == {}


def test_a_step_that_does_not_fit_the_period_gives_way() -> None:
    assert view(range="last_7_days", grain="year").grain == "day"
    assert view(range="last_30_days", grain="week").grain == "week"
    assert Period(date(2020, 1, 1), date(2026, 3, 31)).grains == ("hour", "week", "month", "quarter", "year")
