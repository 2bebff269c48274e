"""Which records are one person, which are not, and what is said of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.analytics.identity import RECORD_COLUMNS, RULES, Decision, Resolution, alike, pairwise, resolve
from fondaco.analytics.identity.shared import MOST_ACCOUNTS, MOST_NAMES, MOST_TELEPHONES

ADA = {
    "email": "ada@x.example",
    "phone": "+49 30 123987",
    "first_name": "Ada",
    "last_name": "Abel",
    "city": "Ulm",
}


def table(*told: dict[str, Any]) -> pa.Table:
    """Accounts ``r0``, ``r1`` …, the first the oldest; known to the models by their e-mail, else by themselves."""
    rows = []
    for number, record in enumerate(told):
        own = f"r{number}"
        base = dict.fromkeys(RECORD_COLUMNS) | {
            "record_id": own, "own_person_id": f"only {own}", "default_person_id": record.get("email") or f"only {own}",
            "is_account": True, "country": "DE", "telephones": 1, "cities": 1, "created_at": datetime(2026, 1, 1, number // 60, number % 60),
        }  # fmt: skip
        rows.append(base | record)
    return pa.Table.from_pylist(rows, schema=pa.schema(list(RECORD_COLUMNS.items())))


def groups(found: Resolution) -> list[list[int]]:
    """Persons as the numbers of their records; those who are nobody in particular are left out."""
    by: dict[str, list[int]] = defaultdict(list)
    for number, person in enumerate(found.person_ids.to_pylist()):
        if person is not None:
            by[person].append(number)
    return sorted(by.values())


def told(found: Resolution) -> list[tuple[Any, ...]]:
    names = ("record_id", "person_id", "linked_to", "rule")
    return sorted(tuple(row[name] for name in names) for row in found.links.to_pylist())


def test_every_rule_links_those_whom_it_names() -> None:
    found = resolve(
        table(
            ADA,
            {"email": "ADA@x.example"},
            {"phone": "030 123987", "first_name": "ada", "last_name": "ABEL", "email": "other@x.example"},
            {"phone": "0049 30 123987"},
            {"email": "somebody@else.example"},
        )
    )
    person = "ada@x.example"
    assert told(found) == [
        ("r0", person, None, "first record"),
        ("r1", person, "r0", "same e-mail"),
        ("r2", person, "r0", "same telephone and name"),
        ("r3", person, "r0", "same telephone, nothing against it"),
    ]
    assert found.person_ids.to_pylist() == [person] * 4 + ["somebody@else.example"]


def test_the_reason_names_what_agrees_and_differs_and_no_values() -> None:
    found = resolve(table(ADA, ADA | {"email": "second@x.example", "city": "Bonn", "first_name": "Ada"}))
    said = found.links.to_pylist()[1]
    assert json.loads(said["explanation"]) == {
        "agree": ["telephone", "first name", "last name"], "differ": ["e-mail", "city"],
    }  # fmt: skip
    assert not any(
        value in json.dumps(found.links["explanation"].to_pylist()).lower()
        for value in ("abel", "bonn", "987")
    )


def test_a_family_with_one_telephone_stays_a_family() -> None:
    father = ADA | {"email": "karl@x.example", "first_name": "Karl"}
    bare = {"phone": "+49 30 123987"}
    assert groups(resolve(table(ADA, father, bare))) == [[0], [1], [2]]


def test_a_chain_is_one_person_and_says_each_step() -> None:
    middle = ADA | {"email": "new@x.example"}
    last = {"email": "new@x.example", "phone": "+49 89 777123"}
    found = resolve(table(ADA, middle, last))
    assert [(row[0], row[2], row[3]) for row in told(found)] == [
        ("r0", None, "first record"), ("r1", "r0", "same telephone and name"), ("r2", "r1", "same e-mail"),
    ]  # fmt: skip


@pytest.mark.parametrize("address", ["noreply@market.example", "test@x.example", "gast@x.example"])
def test_a_mailbox_in_which_nobody_reads_unites_nobody(address: str) -> None:
    people = [{"email": address, "first_name": name, "last_name": "Abel"} for name in ("Ada", "Ben")]
    found = resolve(table(*people))
    assert groups(found) == [[0], [1]]
    assert found.set_aside == {"e-mail a mailbox in which nobody reads": 2}
    assert [(row[1], row[3]) for row in told(found)] == [("only r0", "by itself"), ("only r1", "by itself")]


def test_an_office_is_one_customer_until_several_people_write_from_it() -> None:
    office = {"email": "info@bakery.example"}
    assert groups(resolve(table(office, office | {"first_name": "Ada", "last_name": "Abel"}))) == [[0, 1]]
    several = [office | {"first_name": name, "last_name": "Abel"} for name in ("Ada", "Ben")]
    assert groups(resolve(table(*several))) == [[0], [1]]


def test_an_address_that_a_shop_fills_in_for_everybody_is_set_aside() -> None:
    names = [chr(ord("a") + number) * 3 for number in range(MOST_NAMES + 1)]
    crowd = [{"email": "till@shop.example", "first_name": name, "last_name": "Abel"} for name in names]
    assert len(groups(resolve(table(*crowd)))) == len(crowd)
    assert len(groups(resolve(table(*crowd[1:])))) == 1


def accounts(number: int, *shops: str, **told: Any) -> pa.Table:
    """So many accounts of each shop with one address and nothing else."""
    ids = [f"{shop}:c{n}" for shop in shops for n in range(number)]
    return table(*[{"email": "relay@market.example", **told}] * len(ids)).set_column(
        0, "record_id", pa.array(ids)
    )


def test_an_address_of_many_accounts_of_one_shop_is_nobodys() -> None:
    found = resolve(accounts(MOST_ACCOUNTS + 1, "till"))
    assert found.persons == MOST_ACCOUNTS + 1
    assert found.set_aside == {"e-mail used by more than 5 accounts of one shop": MOST_ACCOUNTS + 1}
    assert found.keys_aside == 1


def test_one_person_may_have_a_few_accounts_in_each_of_several_shops() -> None:
    found = resolve(accounts(MOST_ACCOUNTS, "berlin", "vienna", "paris"))
    assert (found.persons, found.set_aside, found.keys_aside) == (1, {}, 0)


def test_accounts_with_a_shared_address_are_one_person_where_name_and_telephone_say_so() -> None:
    known = {"first_name": "Ada", "last_name": "Abel", "phone": "+49 30 123987"}
    assert resolve(accounts(MOST_ACCOUNTS + 1, "till", **known)).persons == 1


def test_a_telephone_of_dozens_of_names_joins_no_bare_record() -> None:
    names = [chr(ord("a") + number) * 3 for number in range(MOST_NAMES + 1)]
    crowd = [{"phone": "+49 30 123987", "first_name": name, "last_name": "Abel"} for name in names]
    found = resolve(table(*crowd, {"phone": "+49 30 123987"}, {"phone": "+49 30 123987"}))
    assert len(groups(found)) == len(crowd) + 2


def test_guests_behind_a_shared_address_are_nobody_in_particular() -> None:
    guest = {"is_account": False, "email": "till@shop.example", "telephones": MOST_TELEPHONES + 1}
    found = resolve(table(guest, ADA))
    assert found.person_ids.to_pylist() == [None, "ada@x.example"]
    assert told(found) == [("r0", None, None, "nobody in particular")]
    assert json.loads(found.links["explanation"][0].as_py()) == {
        "set aside": f"used with more than {MOST_TELEPHONES} telephone numbers"
    }


def test_a_person_keeps_the_id_of_the_oldest_record_whatever_the_order_of_reading() -> None:
    records = table(ADA, ADA | {"email": "second@x.example"}, ADA | {"email": "third@x.example"})
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        assert set(resolve(records.take(order)).person_ids.to_pylist()) == {"ada@x.example"}


def test_of_two_persons_with_one_key_the_older_bears_its_id() -> None:
    found = resolve(table(ADA, ADA), [Decision("r0", "r1", False)])
    assert found.person_ids.to_pylist() == ["ada@x.example", "only r1"]


def test_kept_apart_means_apart_also_by_way_of_a_third() -> None:
    records = table(ADA, ADA | {"email": "new@x.example"}, {"email": "new@x.example"})
    assert groups(resolve(records)) == [[0, 1, 2]]
    assert groups(resolve(records, [Decision("r0", "r2", False)])) == [[0], [1, 2]]


def split(chosen: Sequence[int], others: Sequence[int], number: int | None = None) -> list[Decision]:
    """As a split keeps it: every pair across, and nothing about those on one side."""
    return [Decision(f"r{one}", f"r{other}", False, number) for one in chosen for other in others]


def test_those_who_are_split_off_together_stay_one_person() -> None:
    """Rules link every record to the oldest only; who is torn from it is linked by what the two have in common."""
    records = table(*[{"email": "ada@x.example"}] * 4)
    found = resolve(records, split([2, 3], [0, 1]))
    assert groups(found) == [[0, 1], [2, 3]]
    assert told(found)[3] == ("r3", "only r2", "r2", "same e-mail")


def test_those_whom_the_oldest_record_is_split_from_stay_one_person() -> None:
    found = resolve(table(*[{"email": "ada@x.example"}] * 3), split([0], [1, 2]))
    assert groups(found) == [[0], [1, 2]]
    bare = {"phone": "+49 30 123987"}
    assert groups(resolve(table(ADA, bare, bare), split([0], [1, 2]))) == [[0], [1, 2]]


def test_a_side_of_a_split_that_only_the_other_side_connects_is_one_person_by_decision() -> None:
    by_mail, by_telephone = {"email": "ada@x.example"}, ADA | {"email": "new@x.example"}
    found = resolve(table(ADA, by_mail, by_telephone), split([0], [1, 2], number=1))
    assert groups(found) == [[0], [1, 2]]
    assert told(found)[-1][2:] == ("r1", "decided")


def test_two_who_were_split_off_at_different_times_are_joined_by_nothing_but_a_rule() -> None:
    by_mail, by_telephone = {"email": "ada@x.example"}, ADA | {"email": "new@x.example"}
    decisions = split([1], [0], number=1) + split([2], [0], number=2)
    assert groups(resolve(table(ADA, by_mail, by_telephone), decisions)) == [[0], [1], [2]]


def test_the_last_decision_about_a_pair_counts_and_one_about_strangers_does_nothing() -> None:
    records = table(ADA, {"email": "ben@x.example"})
    same, apart = Decision("r0", "r1", True), Decision("r1", "r0", False)
    assert groups(resolve(records, [same])) == [[0, 1]]
    assert groups(resolve(records, [same, apart])) == [[0], [1]]
    assert groups(resolve(records, [apart, same])) == [[0, 1]]
    assert groups(resolve(records, [Decision("r0", "gone", True)])) == [[0], [1]]


def crowd(size: int) -> list[dict[str, Any]]:
    """People among whom names and cities have a frequency."""
    return [
        {"email": f"p{n}q{n * 7}@x.example", "phone": f"+49 30 {2_000_000 + n * 7919 % 900_000}",
         "first_name": f"N{chr(97 + n % 23)}{chr(97 + n % 19)}o", "last_name": f"F{chr(97 + n % 17)}{chr(97 + n // 17 % 26)}er",
         "city": f"C{chr(97 + n % 11)}ton"}
        for n in range(size)
    ]  # fmt: skip


def test_a_wrong_digit_is_overlooked_where_everything_else_agrees() -> None:
    people = crowd(600)
    twin = people[7] | {"email": "quite-another@work.example", "phone": people[7]["phone"][:-1] + "8"}
    found = resolve(table(*people, twin), likeness=alike)
    assert [group for group in groups(found) if len(group) > 1] == [[7, 600]]
    row = found.links.to_pylist()[1]
    assert row["rule"] == "alike" and 0.99 <= row["probability"] < 1


def test_a_namesake_in_the_same_city_is_another_person() -> None:
    people = crowd(600)
    namesake = {key: people[7][key] for key in ("first_name", "last_name", "city")}
    found = resolve(
        table(*people, namesake | {"email": "z@work.example", "phone": "+49 89 7654321"}), likeness=alike
    )
    assert all(len(group) == 1 for group in groups(found))


@pytest.mark.parametrize(
    ("home", "away", "linked"),
    [("Robert", "Bob", True), ("Rob", "Bobby", True), ("Johannes", "Hans", True), ("Robert", "Albert", False),
     ("Francisco", "Paco", True), ("Johannes", "Erwin", False)],
)  # fmt: skip
def test_one_telephone_under_a_name_and_its_nickname_is_one_person_though_they_moved(
    home: str, away: str, linked: bool
) -> None:
    """The same number and last name, another mailbox and city: nicknames tell what other first names leave open."""
    people = crowd(600)
    base = {"last_name": people[7]["last_name"], "phone": "+49 89 5551908", "city": people[7]["city"]}
    other = {"email": "z@work.example", "first_name": away, "city": "Elsewhere"}
    found = resolve(
        table(*people, base | {"email": "y@home.example", "first_name": home}, base | other), likeness=alike
    )
    assert [group for group in groups(found) if len(group) > 1] == ([[600, 601]] if linked else [])


def test_a_nickname_links_nobody_by_itself() -> None:
    """Hans and Johannes of one last name and one city, with nothing else in common, are two people."""
    people = crowd(600)
    base = {"last_name": people[7]["last_name"], "city": people[7]["city"]}
    hans = base | {"email": "z@work.example", "phone": "+49 89 5551908", "first_name": "Hans"}
    johannes = base | {"email": "y@home.example", "phone": "+49 40 1112227", "first_name": "Johannes"}
    found = resolve(table(*people, hans, johannes), likeness=alike)
    assert all(len(group) == 1 for group in groups(found))


def test_few_records_and_none_at_all_are_resolved_too() -> None:
    assert len(resolve(table(), likeness=alike).person_ids) == 0
    assert groups(resolve(table(ADA), likeness=alike)) == [[0]]
    assert groups(
        resolve(table(ADA, ADA | {"email": "b@x.example"}, ADA | {"email": "c@y.example", "phone": None}))
    ) == [[0, 1], [2]]


def test_the_score_counts_pairs() -> None:
    score = pairwise(["a", "a", "a", "b"], [1, 1, 2, 2])
    assert (score.true_pairs, score.found_pairs, score.right_pairs) == (3, 2, 1)
    assert (score.precision, score.recall) == (1 / 2, 1 / 3)
    assert pairwise(["a"], [1]).precision is None and pairwise(["a"], [1]).recall is None


RECORDS = st.lists(
    st.fixed_dictionaries({
        "email": st.sampled_from([None, "a@x.example", "A@x.example", "b@x.example", "info@x.example", "noreply@x.example"]),
        "phone": st.sampled_from([None, "+49 30 123987", "030 123987", "+49 89 777123"]),
        "first_name": st.sampled_from([None, "Ada", "Ben"]),
        "last_name": st.sampled_from([None, "Abel", "Äbel"]),
        "is_account": st.booleans(),
    }),
    min_size=1, max_size=9,
)  # fmt: skip
DECISIONS = st.lists(
    st.builds(Decision, st.sampled_from([f"r{n}" for n in range(9)]), st.sampled_from([f"r{n}" for n in range(9)]), st.booleans()),
    max_size=5,
)  # fmt: skip


def connected(pairs: Sequence[tuple[int, int]], count: int) -> list[set[int]]:
    """The groups into which ``pairs`` put so many records."""
    found = [{number} for number in range(count)]
    for one, other in pairs:
        mine, theirs = (next(group for group in found if number in group) for number in (one, other))
        if mine is not theirs:
            found.remove(theirs)
            mine |= theirs
    return found


def in_common(records: list[dict[str, Any]], decisions: list[Decision]) -> list[tuple[int, int]]:
    """Pairs for which anything at all speaks: an address, a number, somebody's word."""
    decided = {(d.record_id, d.other_record_id) for d in decisions if d.is_same}
    return [
        (a, b)
        for a, one in enumerate(records)
        for b, other in enumerate(records[:a])
        if (one["email"] and one["email"].lower() == (other["email"] or "").lower())
        or (one["phone"] and one["phone"][-6:] == (other["phone"] or "")[-6:])
        or {(f"r{a}", f"r{b}"), (f"r{b}", f"r{a}")} & decided
    ]


@settings(max_examples=150, deadline=None)
@given(RECORDS, DECISIONS, st.randoms())
def test_merging_conserves_orders_and_money(
    records: list[dict[str, Any]], decisions: list[Decision], chance: Any
) -> None:
    """What a person spent is what the records spent that the links put together; none is lost, counted twice or a stranger's."""
    found = resolve(table(*records), decisions)
    cents = [chance.randrange(10_000) for _ in records]
    persons = [person or f"nobody {number}" for number, person in enumerate(found.person_ids.to_pylist())]
    assert len(persons) == len(records)
    by_person: dict[str, int] = defaultdict(int)
    for person, spent in zip(persons, cents, strict=True):
        by_person[person] += spent
    links = [
        (int(row["record_id"][1:]), int(row["linked_to"][1:]))
        for row in found.links.to_pylist()
        if row["linked_to"]
    ]
    together = connected(links, len(records))
    assert sorted(by_person.values()) == sorted(sum(cents[one] for one in group) for group in together)
    for group in connected(in_common(records, decisions), len(records)):
        own = {persons[one] for one in group}
        assert sum(by_person[person] for person in own) == sum(cents[one] for one in group)


@settings(max_examples=150, deadline=None)
@given(RECORDS, DECISIONS)
def test_no_pair_that_was_decided_apart_is_one_person_and_links_lead_to_the_oldest(
    records: list[dict[str, Any]], decisions: list[Decision]
) -> None:
    found = resolve(table(*records), decisions)
    person = dict(zip([f"r{n}" for n in range(len(records))], found.person_ids.to_pylist(), strict=True))
    last = {frozenset((d.record_id, d.other_record_id)): d for d in decisions}
    for decision in last.values():
        a, b = decision.record_id, decision.other_record_id
        if a != b and not decision.is_same and {a, b} <= person.keys() and person[a] is not None:
            assert person[a] != person[b]
    links = {row["record_id"]: row for row in found.links.to_pylist()}
    for record, row in links.items():
        assert row["person_id"] == person[record]
        if row["linked_to"] is not None:
            assert row["linked_to"] in links and person[row["linked_to"]] == person[record]
            assert row["rule"] in {rule.name for rule in RULES}


@settings(max_examples=150, deadline=None)
@given(RECORDS, st.data())
def test_splitting_what_was_merged_gives_back_the_former_state(
    records: list[dict[str, Any]], data: Any
) -> None:
    before = resolve(table(*records))
    persons = groups(before)
    if len(persons) < 2:
        return
    one, other = (persons[n] for n in data.draw(st.permutations(range(len(persons))))[:2])
    merge = [Decision(f"r{one[0]}", f"r{other[0]}", True)]
    merged = resolve(table(*records), merge)
    assert merged.persons == before.persons - 1
    apart = [Decision(f"r{a}", f"r{b}", False) for a in one for b in other]
    after = resolve(table(*records), merge + apart)
    assert after.person_ids.equals(before.person_ids)
    assert after.links.equals(before.links)


@settings(max_examples=150, deadline=None)
@given(RECORDS, st.data())
def test_a_split_makes_two_persons_of_one_and_touches_no_other(
    records: list[dict[str, Any]], data: Any
) -> None:
    before = groups(resolve(table(*records)))
    torn = [person for person in before if len(person) > 1]
    if not torn:
        return
    person = data.draw(st.sampled_from(torn))
    chosen = data.draw(st.lists(st.sampled_from(person), min_size=1, max_size=len(person) - 1, unique=True))
    others = [one for one in person if one not in chosen]
    after = resolve(table(*records), split(chosen, others, number=1))
    told_of = dict(zip(range(len(records)), after.person_ids.to_pylist(), strict=True))
    # Guests of whom only a shared address is known are nobody once they stand alone.
    assert len({told_of[one] for one in chosen}) == len({told_of[one] for one in others}) == 1
    rest = [group for group in before if group != person]
    assert groups(after) == sorted(
        [*rest, *(sorted(s) for s in (chosen, others) if told_of[s[0]] is not None)]
    )


@settings(max_examples=100, deadline=None)
@given(RECORDS, st.data())
def test_the_order_of_reading_changes_nothing(records: list[dict[str, Any]], data: Any) -> None:
    whole = table(*records)
    order = data.draw(st.permutations(range(len(records))))
    shuffled, found = resolve(whole.take(order)), resolve(whole)
    assert shuffled.links.equals(found.links)
    assert shuffled.person_ids.to_pylist() == [found.person_ids.to_pylist()[n] for n in order]
