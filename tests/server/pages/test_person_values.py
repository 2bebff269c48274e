"""Which of the values of a customer to trust, by what the hold-out check found."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fondaco.metrics.models import ModelRun
from fondaco.server.numbers import Numbers
from fondaco.server.pages.person_values import shown_values

NUMBERS = Numbers("en_GB", "EUR", ZoneInfo("UTC"))
ROW = {"net_sales": 300, "simple_value": 90, "retention_value": 80, "expected_value": 120}


def model(name: str, *, used: bool = False, note: str | None = None, told: Any = None) -> ModelRun:
    return ModelRun(
        "r1",
        name,
        date(2026, 3, 30),
        used,
        2,
        None,
        {},
        {},
        told or {},
        note,
        0.0,
        datetime(2026, 3, 31, tzinfo=UTC),
    )


def check(purchases: float, value: float | None = None) -> ModelRun:
    """A hold-out check in which doing the same again is off by 1 in purchases and by 10 in value."""
    errors = {
        "naive": {"purchases_mae": 1.0, "value_mae": 10.0},
        "mbg_nbd": {"purchases_mae": purchases, "value_mae": value},
    }
    return model("hold_out", told={"days": 120, "errors": errors})


def shown(*models: ModelRun, **row: Any) -> dict[str, Any]:
    return shown_values(NUMBERS, ROW | row, {each.model: each for each in models})


USED = model("mbg_nbd", used=True)
TESTED = "Shown all but the last 120 days, its model came"


@pytest.mark.parametrize(
    ("found", "trust"),
    [
        (check(0.8), f"Go by value ahead. {TESTED} 20.0% nearer to what customers bought, than doing the same again."),
        (check(0.8, 9), f"Go by value ahead. {TESTED} 20.0% nearer to what customers bought, and 10.0% nearer to what they spent, than doing the same again."),
        (check(0.8, 11), f"Go by value ahead for who will buy, not for amounts. {TESTED} 20.0% nearer to what customers bought, but 10.0% farther from what they spent, than doing the same again."),
        (check(1.1, 11), f"Go by net sales so far. Value ahead only tells who is ahead of whom. {TESTED} 10.0% farther from what customers bought, and 10.0% farther from what they spent, than doing the same again."),
        (model("hold_out", note="Not checked: history is too short."), "Take value ahead with care: nothing has tested it yet. Not checked: history is too short."),
        (model("hold_out", told={"days": 30, "errors": {"naive": {}}}), "Take value ahead with care: nobody bought in the days that would test it."),
    ],
    ids=["nearer", "nearer in both", "nearer to purchases only", "farther", "not tested", "nothing to test by"],
)  # fmt: skip
def test_what_to_trust_follows_from_the_check(found: ModelRun, trust: str) -> None:
    assert shown(USED, found)["trust"] == trust


def test_without_a_model_only_what_was_paid_is_known(  # the note is the model's own
) -> None:
    told = shown(model("bg_nbd", note="Not fitted: 3 customers have come back; 50 are needed."))
    assert told["trust"] == (
        "Go by net sales so far: there is no forecast. Not fitted: 3 customers have come back; 50 are needed."
    )
    assert shown()["trust"] == "Go by net sales so far: there is no forecast. No model has been fitted."


def test_the_value_that_lists_go_by_is_marked_where_there_is_one() -> None:
    def marked(*models: ModelRun, **row: Any) -> list[tuple[str, str]]:
        rows = shown(*models, **row)["rows"]
        return [(each["figure"].label, each["text"]) for each in rows if each["is_used"]]

    assert marked(USED, check(0.8)) == [("Value ahead", "€120.00")]
    assert marked(USED, expected_value=None) == []
    assert marked(model("mbg_nbd")) == []
