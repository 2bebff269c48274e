"""Faults happen as often as they were asked for, and are counted."""

from __future__ import annotations

import copy

import pytest
from pydantic import ValidationError

from fondaco.simulator.faults import NEW_FIELD, Fault, Faults

PAGE = [
    {"id": 1, "number": "1001", "total": "19.99", "quantity": 2, "updated_at": "2026-10-01T10:00:00Z"},
    {"id": 2, "number": "1002", "total": "5.00", "quantity": 1, "updated_at": "2026-10-01T11:00:00Z"},
]


def test_without_faults_a_page_stays_as_it_is() -> None:
    faults = Faults()
    assert faults.spoil(PAGE, "orders") == PAGE
    assert not faults.repeat_page()
    assert faults.describe() == {"faults": [], "happened": {}}


def test_a_fault_happens_as_often_as_it_may() -> None:
    faults = Faults([Fault(name="duplicate_page", times=2)])
    assert [faults.repeat_page() for _ in range(5)] == [True, True, False, False, False]
    assert faults.happened == {"duplicate_page": 2}


def test_a_fault_may_let_occasions_pass_first() -> None:
    faults = Faults([Fault(name="cut", skip=2, times=1)])
    assert [faults.strikes("cut") for _ in range(4)] == [False, False, True, False]


def test_a_fault_may_be_bound_to_a_path_or_a_kind_of_record() -> None:
    faults = Faults([Fault(name="server_error", path="/orders")])
    assert [faults.strikes("server_error", path) for path in ("/a/orders", "/a/customers")] == [True, False]
    assert faults.happened == {"server_error": 1}


def test_chance_is_seeded() -> None:
    def course(seed: int) -> list[bool]:
        faults = Faults([Fault(name="slow", chance=0.5)], seed=seed)
        return [faults.strikes("slow") for _ in range(64)]

    assert course(1) == course(1) != course(2)
    assert 16 < sum(course(1)) < 48


def test_a_malformed_record_has_nonsense_for_an_instant_and_the_others_are_whole() -> None:
    page = copy.deepcopy(PAGE)
    spoiled = Faults([Fault(name="malformed_record", times=1)]).spoil(page)
    wrong = [record for record in spoiled if record not in PAGE]
    assert [type(record["updated_at"]) for record in wrong] == [dict]
    assert page == PAGE  # the vendor's own records are not touched


def test_a_new_field_stands_in_every_record() -> None:
    spoiled = Faults([Fault(name="new_field")]).spoil(PAGE)
    assert [{k: v for k, v in record.items() if k != NEW_FIELD} for record in spoiled] == PAGE
    assert all(record[NEW_FIELD] for record in spoiled)


def test_a_type_change_turns_the_first_number_in_a_record_from_text_to_number() -> None:
    assert [record["number"] for record in Faults([Fault(name="type_change")]).spoil(PAGE)] == [1001, 1002]
    numbers = [{"id": 1, "quantity": 3}]
    assert Faults([Fault(name="type_change")]).spoil(numbers) == [{"id": 1, "quantity": "3"}]


def test_switching_starts_counting_anew() -> None:
    faults = Faults([Fault(name="cut")])
    faults.strikes("cut")
    faults.switch([Fault(name="slow")])
    assert not faults.strikes("cut")
    assert faults.describe()["happened"] == {}


def test_a_fault_cannot_have_unknown_settings() -> None:
    with pytest.raises(ValidationError, match="often"):
        Fault.model_validate({"name": "cut", "often": 3})
