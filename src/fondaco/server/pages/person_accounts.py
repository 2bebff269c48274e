"""What the page of a customer shows of who they are: the accounts that are one person, why, and what somebody decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fondaco.control import PersonDecision, User
from fondaco.governance import Permission, may
from fondaco.metrics import customers, lookup
from fondaco.metrics.accounts import Account, accounts_of
from fondaco.orchestration.persons import Persons
from fondaco.server.numbers import Numbers
from fondaco.server.site import Site
from fondaco.warehouse.engine import OutdatedError

CANDIDATES = 6

_WHY: Mapping[str, str] = {
    "decided": "Somebody decided that it is the same customer as {other}",
    "same e-mail": "Same e-mail address as {other}",
    "same telephone and name": "Same telephone and name as {other}",
    "same telephone, nothing against it": "Same telephone as {other}, and nothing speaks against it",
    "alike": "Alike enough to {other}",
    "first record": "The oldest; the others are linked to it",
    "by itself": "Stands by itself",
}
_ITSELF = "Known by its own address or number"


def shown_accounts(site: Site, user: User, numbers: Numbers, person_id: str) -> dict[str, Any]:
    """What the templates ask for: accounts, decisions that wait, and what the user may do."""
    accounts, is_known = _known(site, person_id)
    shops = {each.connection_id: each.name for each in site.shops()}
    reveals = may(user.role, Permission.PEOPLE)
    waiting = persons_of(site, user).unseen(person_id)
    places = {each.record_id: place for place, each in enumerate(accounts, 1)}
    return {
        "accounts": [_account(numbers, shops, places, each, reveals=reveals) for each in accounts],
        "waiting": _waiting(site, numbers, person_id, places, waiting, reveals=reveals) if waiting else [],
        "may_decide": reveals and Persons.can_be_linked(),
        "needs_linking": reveals and not Persons.can_be_linked(),
        "accounts_are_known": is_known,
    }


def _known(site: Site, person_id: str) -> tuple[list[Account], bool]:
    """The accounts; none, and False, where an older release wrote what is published."""
    try:
        return accounts_of(site.project.reader, site.tenant_id, person_id), True
    except OutdatedError:
        return [], False


def persons_of(site: Site, user: User) -> Persons:
    """Who is who, in the hands of a user."""
    return Persons(site.control, site.project.reader, site.tenant_id, f"user:{user.user_id}")


def _account(
    numbers: Numbers, shops: Mapping[str, str], places: Mapping[str, int], account: Account, *, reveals: bool
) -> dict[str, Any]:
    name = " ".join(part for part in (account.first_name, account.last_name) if part)
    contact = [name, account.email, account.phone] if reveals else []
    place = ", ".join(part for part in (account.city, account.country) if part)
    shop = shops.get(account.connection_id or "", account.connection_id) or "Several shops"
    kind = f"account {account.source_id or ''}".rstrip() if account.is_account else "as a guest"
    return {
        "record_id": account.record_id,
        "number": places[account.record_id],
        "shop": shop,
        "kind": kind,
        "contact": [part for part in contact if part],
        "place": place,
        "orders": numbers.count(account.orders) + (" order" if account.orders == 1 else " orders"),
        "since": numbers.day(account.known_since.date()) if account.known_since else "",
        **_why(numbers, account, places),
    }


def _why(numbers: Numbers, account: Account, places: Mapping[str, int]) -> dict[str, str]:
    """Why an account is this person, in a sentence, with what agrees and what differs."""
    place = places.get(account.linked_to or "")
    other = f"no. {place}" if place else "another account"
    why = _WHY.get(account.rule or "", _ITSELF).format(other=other)
    if account.rule == "alike" and account.probability is not None:
        why += f": {_certainty(numbers, account.probability)}"
    return {
        "why": why,
        "agree": ", ".join(account.agree),
        "differ": ", ".join(account.differ),
        "aside": account.set_aside,
    }


def _certainty(numbers: Numbers, probability: float) -> str:
    """Rounding must not make a likeness certain."""
    if probability >= 0.9995:
        return f"over {numbers.rate(0.999)} likely"
    return f"{numbers.rate(probability)} likely"


def _waiting(
    site: Site,
    numbers: Numbers,
    person_id: str,
    places: Mapping[str, int],
    found: Sequence[PersonDecision],
    *,
    reveals: bool,
) -> list[dict[str, Any]]:
    users = {
        f"user:{each.user_id}": each.name or each.email for each in site.control.users.all(site.tenant_id)
    }
    by_others = {"cli": "By the command line"}
    shown = []
    for each in found:
        other = _other(each, person_id)
        shown.append(
            {
                "decision_id": each.decision_id,
                "numbers": _numbered([places[one] for one in each.record_ids if one in places]),
                "other": other,
                "name": _name(site, other) if other and reveals else "another one",
                "by": users.get(each.actor, by_others.get(each.actor, "By the API")),
                "when": numbers.instant(each.decided_at),
                "may_undo": each.taken_at is None,
            }
        )
    return shown


def _name(site: Site, person_id: str) -> str:
    row = customers.one(site.project.reader, site.tenant_id, person_id)
    return _named(row) if row else "one that is gone"


def _named(row: Mapping[str, Any]) -> str:
    name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
    return name or row["email"] or "one whose name is not known"


def _other(decision: PersonDecision, person_id: str) -> str:
    """The other customer of a join; empty for a split."""
    if not decision.is_same or decision.other_person_id is None:
        return ""
    return decision.other_person_id if decision.person_id == person_id else decision.person_id


def _numbered(places: Sequence[int]) -> str:
    words = [str(place) for place in sorted(places)]
    if len(words) < 2:
        return f"No. {words[0]}" if words else "An account"
    return f"Nos. {', '.join(words[:-1])} and {words[-1]}"


def candidates(site: Site, numbers: Numbers, person_id: str, words: str) -> list[dict[str, str]]:
    """Customers who may be the same, by a name, the beginning of an address, or a number."""
    if not words:
        return []
    found = lookup.find_customers(site.project.reader, site.tenant_id, words, CANDIDATES + 1).to_pylist()
    others = [row for row in found if row["person_id"] != person_id]
    return [
        {"id": row["person_id"], "name": _named(row), "detail": _detail(numbers, row)}
        for row in others[:CANDIDATES]
    ]


def _detail(numbers: Numbers, row: Mapping[str, Any]) -> str:
    """What tells customers of one name apart."""
    parts = (
        row["email"] if row["first_name"] or row["last_name"] else "",
        ", ".join(part for part in (row["city"], row["country"]) if part),
        numbers.count(row["orders"]) + (" order" if row["orders"] == 1 else " orders"),
    )
    return " · ".join(part for part in parts if part)
