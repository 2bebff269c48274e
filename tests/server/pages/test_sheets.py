"""Long tables by the sheet."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.errors import ConfigError
from fondaco.server.pages.sheets import ROWS, Sheet, Way, column, found, leaf, ordered, parse_sheet

ITEMS = [
    {"name": "Wool blanket", "now": 3},
    {"name": "Oak stool", "now": None},
    {"name": "Wool scarf", "now": 7},
]


def ways(changes: Mapping[str, str]) -> Way:
    return Way(f"/page?{dict(changes)}", "/panel")


def test_the_url_says_order_number_and_word() -> None:
    sheet = parse_sheet(
        "parts", {"parts_order": "-now", "parts_sheet": "3", "parts_find": " wool "}, ("now",)
    )
    assert sheet == Sheet("parts", "-now", 3, "wool")
    assert sheet.state() == {"parts_order": "-now", "parts_sheet": "3", "parts_find": "wool"}


def repr_short(parameters: dict[str, str]) -> str:
    return repr(parameters)[:40]


@pytest.mark.parametrize(
    "parameters",
    [{"parts_order": "price"}, *({"parts_sheet": number} for number in ("0", "two", "²", "9" * 5000))],
    ids=repr_short,
)
def test_what_is_no_column_and_no_number_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        parse_sheet("parts", parameters, ("now",))


def test_rows_without_a_value_come_last_in_either_order() -> None:
    by = {
        order: [item["now"] for item in ordered(ITEMS, Sheet("x", order), dict.get)]
        for order in ("now", "-now")
    }
    assert by == {"now": [3, 7, None], "-now": [7, 3, None]}


def test_all_words_are_found_whatever_their_case_and_order() -> None:
    assert [
        item["name"] for item in found(ITEMS, Sheet("x", find="SCARF wool"), lambda item: str(item["name"]))
    ] == ["Wool scarf"]


def test_a_column_is_ordered_by_the_largest_first_and_text_by_its_first_letter_then_the_reverse() -> None:
    assert Sheet("x", number=4).ordered_by("now") == {"x_order": "-now", "x_sheet": ""}
    assert Sheet("x", "-now").ordered_by("now") == {"x_order": "now", "x_sheet": ""}
    assert Sheet("x").ordered_by("name", text=True) == {"x_order": "name", "x_sheet": ""}
    assert column(Sheet("x", "-now"), "now", "Now", ways).sorted == "descending"


@given(total=st.integers(0, 400), number=st.integers(1, 20))
def test_a_leaf_never_holds_more_than_a_sheet_and_its_neighbours_exist(total: int, number: int) -> None:
    rows = list(range(total))
    shown = leaf(
        Sheet("x", number=number), total, lambda start, limit: rows[start : start + limit], str(total), ways
    )
    assert len(shown.rows) <= ROWS
    assert bool(shown.rows) == bool(total)
    assert (shown.before is None) == (shown.number == 1)
    assert (shown.after is None) == (shown.number == shown.pages)
    assert (shown.pages - 1) * ROWS < max(total, 1) <= shown.pages * ROWS
