"""Addresses and numbers that belong to nobody in particular. They would unite everybody, so they tell nothing.

An address is judged by what it says, and by how many there are behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fondaco.analytics.identity.clusters import Ints
from fondaco.analytics.identity.rules import codes, joint

NOBODY = frozenset({
    "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "nomail", "noemail", "no-email", "none", "null",
    "na", "unknown", "anonymous", "anonym", "guest", "gast", "test", "tester", "testing", "example",
})  # fmt: skip
"""Mailboxes in which nobody reads, or which somebody typed to get past the field."""

ROLES = frozenset({
    "info", "office", "mail", "email", "post", "contact", "kontakt", "hello", "hallo", "team", "admin", "webmaster",
    "service", "support", "help", "shop", "store", "sales", "verkauf", "order", "orders", "bestellung", "einkauf",
    "purchasing", "accounting", "buchhaltung", "billing", "invoice", "rechnung", "reception", "empfang",
})  # fmt: skip
"""Mailboxes of an office: one customer where they bear one name, and several people where they bear more."""

RELAYS = ("marketplace.amazon.", "members.ebay.", "privaterelay.appleid.com")
"""Hosts that pass mail on. Their addresses stand for one buyer; where they bear several names they do not."""

MOST_NAMES, MOST_TELEPHONES, MOST_CITIES = 5, 10, 25
"""So many names, telephones or cities one person's address may have had; more is an address that a shop fills in."""

MOST_ACCOUNTS = 5
"""So many accounts of one shop one person's address may have. Shops' own systems allow one; tags behind a ``+``, a forgotten password
or two merged shops make a few. A till or a marketplace that writes one address into every account makes hundreds."""

REASONS = (
    "a mailbox in which nobody reads",
    "an office or relay address used under several names",
    f"used under more than {MOST_NAMES} names",
    f"used with more than {MOST_TELEPHONES} telephone numbers",
    f"used in more than {MOST_CITIES} cities",
    f"used by more than {MOST_ACCOUNTS} accounts of one shop",
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Which records' keys tell nothing, and why.

    Attributes
    ----------
    email, telephone
        For each record an index into ``REASONS``, -1 where the key may be used.
    """

    email: Ints
    telephone: Ints
    keys: int = 0
    """How many different addresses and numbers that are."""

    def applied(self, fields: pa.Table) -> pa.Table:
        """``fields`` without the keys that were set aside."""
        for columns, reason in ((("email", "mailbox"), self.email), (("telephone", "tail"), self.telephone)):
            for column in columns:
                kept = pc.if_else(pa.array(reason < 0), fields[column], pa.scalar(None, pa.string()))
                fields = fields.set_column(fields.schema.get_field_index(column), column, kept)
        return fields

    def told(self) -> dict[str, int]:
        """How many records each reason concerns."""
        counts: dict[str, int] = {}
        for kind, reasons in (("e-mail", self.email), ("telephone", self.telephone)):
            for index, count in zip(*np.unique(reasons[reasons >= 0], return_counts=True), strict=True):
                counts[f"{kind} {REASONS[index]}"] = int(count)
        return counts


def set_aside(fields: pa.Table, telephones: Ints, cities: Ints, shops: Ints) -> SetAside:
    """Judge every e-mail address and telephone number.

    Parameters
    ----------
    fields
        Normalised columns, a row a record.
    telephones, cities
        How many different ones each record itself has been seen with: a guest's orders are one record.
    shops
        The shop that each account is of; -1 for guests.
    """
    person = joint(codes(fields["given"]), codes(fields["family"]))
    email, telephone = codes(fields["email"]), codes(fields["telephone"])
    by_email = _by_email(fields, email, person, (telephone, telephones), cities, shops=shops)
    by_telephone = _first_reason(telephone, {2: _distinct(telephone, person) > MOST_NAMES})
    keys = sum(len(np.unique(key[why >= 0])) for key, why in ((email, by_email), (telephone, by_telephone)))
    return SetAside(by_email, by_telephone, keys)


def _by_email(
    fields: pa.Table, email: Ints, person: Ints, telephones: tuple[Ints, Ints], cities: Ints, *, shops: Ints
) -> Ints:
    words = fields["email"].combine_chunks().dictionary_encode().dictionary.to_pylist()
    local = [word.rpartition("@")[0] for word in words]
    host = [word.rpartition("@")[2] for word in words]
    shared = np.array([a in ROLES or h.startswith(RELAYS) for a, h in zip(local, host, strict=True)], bool)
    names = _distinct(email, person)
    own = _most(email, telephones[1])
    reasons = {
        0: np.array([word in NOBODY for word in local], bool),
        1: shared & (names > 1),
        2: names > MOST_NAMES,
        3: np.maximum(_distinct(email, telephones[0]), own) > MOST_TELEPHONES,
        4: _most(email, cities) > MOST_CITIES,
        5: _most_of_one(email, shops) > MOST_ACCOUNTS,
    }
    return _first_reason(email, reasons)


def _distinct(key: Ints, value: Ints) -> Ints:
    """How many different values each key has."""
    some = (key >= 0) & (value >= 0)
    pairs = np.unique(key[some] * (int(value.max(initial=0)) + 1) + value[some])
    return np.bincount(pairs // (int(value.max(initial=0)) + 1), minlength=int(key.max(initial=-1)) + 1)


def _most(key: Ints, number: Ints) -> Ints:
    found = np.zeros(int(key.max(initial=-1)) + 1, np.int64)
    np.maximum.at(found, key[key >= 0], number[key >= 0])
    return found


def _most_of_one(key: Ints, group: Ints) -> Ints:
    """How many records each key has within the group in which it has most."""
    within = joint(key, group)
    # The last stands for records without either.
    count = np.bincount(within[within >= 0], minlength=int(within.max(initial=-1)) + 2)
    return _most(key, count[within])


def _first_reason(key: Ints, reasons: dict[int, NDArray[np.bool_]]) -> Ints:
    by_key = np.full(int(key.max(initial=-1)) + 2, -1, np.int64)  # the last stands for records without a key
    for index, applies in sorted(reasons.items(), reverse=True):
        by_key[:-1][applies] = index
    return by_key[key]
