"""One spelling for what people write in many ways, and no spelling that makes two people one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fondaco.analytics.identity.likeness import own_words
from fondaco.analytics.identity.normalise import email, mailbox, name, tail, telephone


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" Ada.Lovelace+shop@Gmail.com ", "adalovelace@gmail.com"),
        ("adalovelace@googlemail.com", "adalovelace@gmail.com"),
        ("ada.lovelace+x@outlook.com", "ada.lovelace@outlook.com"),
        ("ada+x@x.example", "ada+x@x.example"),
        ("ada.b@x.example", "ada.b@x.example"),
        ("ada@hotmail.com", "ada@hotmail.com"),
        ("+x@gmail.com", None),
        ("ada", None),
        ("@x.example", None),
        ("ada b@x.example", None),
        (None, None),
    ],
)
def test_an_address_is_read_as_its_provider_reads_it(written: str | None, read: str | None) -> None:
    assert email(written) == read


@pytest.mark.parametrize(
    ("written", "country", "read"),
    [
        ("+49 30 123987", None, "4930123987"),
        ("0049 (30) 123987", None, "4930123987"),
        ("+49 (0)30 123987", None, "4930123987"),
        ("030/123987", "DE", "4930123987"),
        ("(212) 555-0187", "US", "12125550187"),
        ("06 1234 9876", "IT", "390612349876"),  # Italy keeps the nought
        ("030/123987", None, None),
        ("+49 000000000", "DE", None),
        ("+1 234567", None, None),
        ("12345678", "DE", None),
        ("ask at the door", "DE", None),
        ("", "DE", None),
    ],
)
def test_a_number_is_read_with_its_country(written: str, country: str | None, read: str | None) -> None:
    assert telephone(written, country) == read


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller", "MUELLER"), ("Ångström", "Angstrom"), ("Łukasz", "lukasz"), ("van der Berg", "Vanderberg"),
     ("Anne-Marie", "anne marie"), ("Dr. Weiß", "Weiss"), ("Sørensen", "Soerensen"), ("O'Neill", "ONeill")],
)  # fmt: skip
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert name(one) == name(other) is not None


@pytest.mark.parametrize(
    ("one", "other"), [("Anna", "Anne"), ("Meyer", "Meier"), ("Jan", "Jana"), ("Ли", "Ле")]
)
def test_names_that_only_sound_alike_stay_two(one: str, other: str) -> None:
    assert name(one) != name(other)


def test_no_name_is_none() -> None:
    assert [name(text) for text in (None, "", " - ", "123")] == [None] * 4


def test_a_number_ends_alike_with_and_without_its_country() -> None:
    assert tail("0151 2345 6987") == tail("+49 151 23456987") == "23456987"
    assert [tail(text) for text in (None, "123", "00000000")] == [None] * 3


@pytest.mark.parametrize(
    ("box", "given_name", "family", "rest"),
    [("adaabel85", "ada", "abel", "85"), ("adaabel", "ada", "abel", None), ("abel", "ada", "abel", None),
     ("aabel85", "ada", "abel", "85"), ("sunshine85", "ada", "abel", "sunshine85"), ("ada", None, None, "ada"),
     (None, "ada", "abel", None)],
)  # fmt: skip
def test_only_what_a_mailbox_says_beyond_the_name_is_evidence(
    box: str | None, given_name: str | None, family: str | None, rest: str | None
) -> None:
    assert own_words(box, given_name, family) == rest


@given(st.text(max_size=40))
@example("㏏ Uee")
def test_what_is_normalised_stays_as_it_is(text: str) -> None:
    for function in (email, name):
        once = function(text)
        assert once is None or function(once) == once
        assert once != ""


@given(st.from_regex(r"\+[0-9 ()/.-]{6,18}", fullmatch=True))
def test_an_international_number_reads_the_same_in_every_country(text: str) -> None:
    assert telephone(text, "DE") == telephone(text, "US") == telephone(text)


@given(st.emails())
def test_a_mailbox_has_no_signs(address: str) -> None:
    box = mailbox(email(address))
    assert box is None or box.isalnum()
