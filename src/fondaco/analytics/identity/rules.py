"""The rules by which records are one person for certain, in order of strength, and how each finds its pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fondaco.analytics.identity.clusters import Equal, Ints, Links, roots


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to take two records for one person.

    Attributes
    ----------
    name
        As it stands in the links and in ``fondaco identity explain``.
    meaning
        One sentence for the documentation.
    fields
        Normalised columns that must be there and be equal; empty where the rule is not of that kind.
    """

    name: str
    meaning: str
    fields: tuple[str, ...] = ()


DECIDED = Rule("decided", "Somebody said so, by joining them or by splitting them off together.")
SAME_EMAIL = Rule(
    "same e-mail", "The e-mail addresses are one mailbox, as its provider reads them.", ("email",)
)
SAME_TELEPHONE_AND_NAME = Rule(
    "same telephone and name",
    "The telephone numbers are equal with their country, and so are first and last name.",
    ("telephone", "given", "family"),
)
BARE_TELEPHONE = Rule(
    "same telephone, nothing against it",
    "A record that has a telephone number and neither name nor e-mail, where all others with the number are one person.",
)
ALIKE = Rule("alike", "Names, mailboxes, telephones and places agree so far that chance does not explain it.")
RULES = (DECIDED, SAME_EMAIL, SAME_TELEPHONE_AND_NAME, BARE_TELEPHONE, ALIKE)
"""All rules, the strongest first; a record's link names the strongest that applies."""


def codes(column: pa.ChunkedArray | pa.Array) -> Ints:
    """A whole number for each distinct value, -1 for null."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    indices = array.dictionary_encode().indices
    found: Ints = indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def joint(*parts: Ints) -> Ints:
    """A whole number for each distinct row of several codes, -1 where one of them is missing."""
    whole = parts[0]
    for part in parts[1:]:
        missing = (whole < 0) | (part < 0)
        mixed = whole * (int(part.max(initial=0)) + 1) + part
        whole = np.unique(np.where(missing, -1, mixed), return_inverse=True)[1].astype(np.int64)
        whole = np.where(missing, -1, whole)
    return whole


def certain_equals(fields: pa.Table) -> list[Equal]:
    """What the rules that need no model compare. ``fields`` is normalised, and keys that were set aside are null."""
    found = [
        Equal(RULES.index(rule), joint(*(codes(fields[name]) for name in rule.fields)))
        for rule in (SAME_EMAIL, SAME_TELEPHONE_AND_NAME)
    ]
    known = certain_links(found)
    return [*found, _bare(fields, roots(fields.num_rows, known))]


def certain_links(equals: Sequence[Equal]) -> Links:
    """Links by all rules that need no model."""
    return Links.together([equal.links() for equal in equals])


def _bare(fields: pa.Table, person: Ints) -> Equal:
    """Records that are nothing but a telephone number join the one person who has it."""
    telephone = codes(fields["telephone"])
    bare: NDArray[np.bool_] = (
        (telephone >= 0)
        & (codes(fields["email"]) < 0)
        & (codes(fields["family"]) < 0)
        & (codes(fields["given"]) < 0)
    )
    told = (telephone >= 0) & ~bare
    owners = np.unique(np.stack([telephone[told], person[told]]), axis=1)[0]
    many = np.bincount(owners, minlength=int(telephone.max(initial=-1)) + 1) > 1
    ambiguous = (telephone >= 0) & many[telephone] if len(many) else np.zeros(len(telephone), bool)
    # Of the named records only the first of a number takes part: they are one person already, or the number is ambiguous.
    return Equal(RULES.index(BARE_TELEPHONE), np.where(ambiguous & ~bare, -1, telephone), needed=bare)
