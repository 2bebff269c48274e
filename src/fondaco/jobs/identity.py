"""Who is who: before a build, records become persons, and the links that say so are kept; people may decide otherwise.

The models read ``raw.fondaco__identity_links`` and follow it; a person whose links change moves with all orders in the next build.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from fondaco.errors import ConfigError
from fondaco.jobs.writing import replace_rows
from fondaco.landing.raw import IDENTITY_DECISIONS, IDENTITY_LINKS, IDENTITY_RUNS
from fondaco.warehouse.engine import Writer, has_table

if TYPE_CHECKING:
    from fondaco.analytics.identity import Decision, Resolution

RECORDS = "core.identity_records"
"""The view of what may be a person. dbt makes it; ``dbt.build(warehouse, select="+core_identity_records")`` makes it alone."""

_NEEDED = ("phonenumbers", "scipy", "splink")
_SAME, _APART = "same", "apart"
_CONTACT = ("email", "phone", "first_name", "last_name", "city", "country")


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """What the linking came to.

    Attributes
    ----------
    skipped
        Why nothing was done, in words; None when persons were found anew. The links stay as they were then.
    records, persons, links
        How many there are, by the last time that persons were found.
    set_aside
        How many records have an address or number that belongs to nobody in particular, by the reason.
    keys_aside
        How many addresses and numbers those are; 0 where persons were not found anew.
    has_moved
        Whether any record is another person than the models took it for until now: what was built before follows with the
        next build.
    """

    skipped: str | None = None
    records: int = 0
    persons: int = 0
    links: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)
    keys_aside: int = 0
    has_moved: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """Records of which somebody says that they are, or are not, the same person as other records."""

    record_ids: tuple[str, ...]
    other_record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a person, and why it is one.

    Attributes
    ----------
    linked_to
        The record it is linked to; None for the oldest, whose id the person bears.
    rule
        A rule's name; None where nothing but the record's own key says who it is.
    probability
        Of the link; None where there is none.
    explanation
        ``agree`` and ``differ``: the names of the fields; or ``set aside``: why a key was not used.
    contact
        What the record says of the person. Personal data: to be shown to the merchant only, and only when asked for.
    """

    record_id: str
    linked_to: str | None
    rule: str | None
    probability: float | None
    explanation: dict[str, Any]
    contact: dict[str, str | None] = field(repr=False)


def can_link() -> bool:
    """Whether what finding persons needs is installed; without it decisions have no effect."""
    return all(find_spec(name) is not None for name in _NEEDED)


def link_identities(writer: Writer, tenant_id: str, *, now: datetime, anew: bool = False) -> LinkOutcome:
    """Find the persons behind all records and keep the links, all or nothing. Cheap where no record and no decision is new.

    Parameters
    ----------
    now
        The instant that is kept with the outcome.
    anew
        Find persons also where nothing is new.
    """
    if not can_link():
        return LinkOutcome("`pip install 'fondaco[analytics]'` is needed to link customers")
    if not has_table(writer, "core", "identity_records"):
        return LinkOutcome("no models have been built yet")
    from fondaco.analytics.identity import alike, resolve

    records, decisions = _records(writer, tenant_id), _decisions(writer, tenant_id)
    fingerprint = _fingerprint(records, decisions)
    last = _last_run(writer, tenant_id)
    if last is not None and last[0] == fingerprint and not anew:
        return last[1]
    found = resolve(records, decisions, likeness=alike)
    outcome = LinkOutcome(
        None, len(records), found.persons, len(found.links), found.set_aside,
        found.keys_aside, has_moved=not _former_persons(writer, tenant_id, records).equals(found.person_ids),
    )  # fmt: skip
    _keep(writer, tenant_id, found, outcome, (fingerprint, now))
    return outcome


def members(writer: Writer, tenant_id: str, person_id: str) -> list[Member]:
    """The records of a person with the reason of each, the oldest first.

    Raises
    ------
    ConfigError
        If there is no such person, or no models have been built yet.
    """
    if not has_table(writer, "core", "identity_records"):
        raise ConfigError(
            "No models have been built yet, so nobody is known.", "Build them with `fondaco run`."
        )
    rows = writer.fetch(
        f"""
        select records.record_id, links.linked_to, links.rule, links.probability, links.explanation,
            {", ".join(f"records.{name}" for name in _CONTACT)}
        from {RECORDS} as records
        left join {IDENTITY_LINKS.qualified} as links
            on records.record_id = links.record_id and records.tenant_id = links.tenant_id
        where records.tenant_id = $tenant
            and case when links.record_id is null then records.default_person_id else links.person_id end = $person
        order by records.created_at, records.record_id
        """,
        {"tenant": tenant_id, "person": person_id},
    ).to_pylist()
    if not rows:
        raise ConfigError(
            f"There is no person {person_id}.",
            "Take a person_id of marts.customers, after the last run: `fondaco sql 'select person_id from marts.customers'`.",
        )
    return [
        Member(
            record_id=row["record_id"],
            linked_to=row["linked_to"],
            rule=row["rule"],
            probability=row["probability"],
            explanation=json.loads(row["explanation"]) if row["explanation"] else {},
            contact={name: row[name] for name in _CONTACT},
        )
        for row in rows
    ]


def split_sides(person_id: str, own: Sequence[str], record_ids: Sequence[str]) -> Sides:
    """The two sides of a split of a person whose records are ``own``.

    Raises
    ------
    ConfigError
        If a record is not the person's, or none would be left.
    """
    strangers = sorted({*record_ids} - {*own})
    if strangers:
        raise ConfigError(
            f"{', '.join(strangers)} is no record of person {person_id}.",
            f"See its records with `fondaco identity explain {person_id}`.",
        )
    others = tuple(record for record in own if record not in {*record_ids})
    if not others or not record_ids:
        raise ConfigError(
            f"Person {person_id} has {len(own)} records, of which {len({*record_ids})} were named: nothing would be split.",
            "Name some of them, not all.",
        )
    return Sides(tuple(dict.fromkeys(record_ids)), others)


def join_sides(person_id: str, mine: Sequence[str], theirs: Sequence[str]) -> Sides:
    """The two sides of a join of two persons' records, the oldest of each first.

    Raises
    ------
    ConfigError
        If both are the same person.
    """
    if {*mine} & {*theirs}:
        raise ConfigError(f"Both are person {person_id}.", "Name two persons.")
    return Sides(tuple(mine), tuple(theirs))


def decide(writer: Writer, tenant_id: str, sides: Sides, *, is_same: bool, by: str, now: datetime) -> int:
    """Keep that the records of two sides are one person, or that they are not. How many pairs were decided.

    A record that is gone by now does no harm. Where the sides are one, pairs of them that were kept apart are no longer.
    """
    pairs = [(a, b) for a in sides.record_ids for b in sides.other_record_ids]
    if is_same:
        apart = {
            frozenset((d.record_id, d.other_record_id))
            for d in _decisions(writer, tenant_id)
            if not d.is_same
        }
        pairs = pairs[:1] + [pair for pair in pairs[1:] if {*pair} in apart]
    _decide(writer, tenant_id, pairs, _SAME if is_same else _APART, by=by, now=now)
    return len(pairs)


def _records(writer: Writer, tenant_id: str) -> pa.Table:
    from fondaco.analytics.identity import RECORD_COLUMNS

    schema = pa.schema(list(RECORD_COLUMNS.items()))
    columns = ", ".join(schema.names)
    found = writer.fetch(f"select {columns} from {RECORDS} where tenant_id = $tenant", {"tenant": tenant_id})
    return found.cast(schema).sort_by("record_id")


def _former_persons(writer: Writer, tenant_id: str, records: pa.Table) -> pa.Array:
    """Whom the links of the last time, or the models without any, take each record for; null for nobody in particular."""
    links = writer.fetch(
        f"select record_id, person_id from {IDENTITY_LINKS.qualified} where tenant_id = $tenant",
        {"tenant": tenant_id},
    )
    places = pc.index_in(records["record_id"].combine_chunks(), value_set=links["record_id"].combine_chunks())
    linked = links["person_id"].combine_chunks().cast(pa.string()).take(places)
    return pc.if_else(places.is_valid(), linked, records["default_person_id"].combine_chunks())


def _decisions(writer: Writer, tenant_id: str) -> list[Decision]:
    from fondaco.analytics.identity import Decision

    rows = writer.fetch(
        f"select record_id, other_record_id, decision, number from {IDENTITY_DECISIONS.qualified}"
        " where tenant_id = $tenant order by number, record_id, other_record_id",
        {"tenant": tenant_id},
    ).to_pylist()
    return [
        Decision(row["record_id"], row["other_record_id"], row["decision"] == _SAME, row["number"])
        for row in rows
    ]


def _decide(
    writer: Writer, tenant_id: str, pairs: Iterable[tuple[str, str]], decision: str, *, by: str, now: datetime
) -> None:
    last = writer.fetch(
        f"select coalesce(max(number), 0) as last from {IDENTITY_DECISIONS.qualified} where tenant_id = $tenant",
        {"tenant": tenant_id},
    )["last"].to_pylist()[0]
    names = ", ".join(IDENTITY_DECISIONS.column_names)
    values = ", ".join(f"${name}" for name in IDENTITY_DECISIONS.column_names)
    with writer.transaction():
        for pair in pairs:
            first, second = sorted(pair)
            writer.execute(
                f"insert into {IDENTITY_DECISIONS.qualified} ({names}) values ({values})",
                {
                    "tenant_id": tenant_id, "number": int(last) + 1, "record_id": first, "other_record_id": second,
                    "decision": decision, "decided_by": by, "decided_at": _naive(now),
                },
            )  # fmt: skip


def _fingerprint(records: pa.Table, decisions: Sequence[Decision]) -> str:
    """Of all that decides who is who: the records, the decisions, and the code that finds persons."""
    from fondaco.analytics import identity

    found = hashlib.sha256(repr(decisions).encode())
    for path in sorted(Path(str(identity.__file__)).parent.glob("*.py")):
        found.update(path.read_bytes())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, records.schema) as stream:
        stream.write_table(records.combine_chunks())
    found.update(sink.getvalue())
    return found.hexdigest()


def _last_run(writer: Writer, tenant_id: str) -> tuple[str, LinkOutcome] | None:
    rows = writer.fetch(
        f"select fingerprint, records, persons, links, set_aside from {IDENTITY_RUNS.qualified} where tenant_id = $tenant",
        {"tenant": tenant_id},
    ).to_pylist()
    if not rows:
        return None
    last = rows[0]
    aside = json.loads(last["set_aside"])
    outcome = LinkOutcome(
        "no record and no decision is new", last["records"], last["persons"], last["links"], aside
    )
    return last["fingerprint"], outcome


def _keep(
    writer: Writer, tenant_id: str, found: Resolution, outcome: LinkOutcome, made: tuple[str, datetime]
) -> None:
    links = found.links.add_column(0, "tenant_id", pa.array([tenant_id] * len(found.links), pa.string()))
    run = pa.table({
        "tenant_id": [tenant_id], "fingerprint": [made[0]], "records": [outcome.records], "persons": [outcome.persons],
        "links": [outcome.links], "set_aside": [json.dumps(outcome.set_aside, sort_keys=True)],
        "linked_at": pa.array([_naive(made[1])], pa.timestamp("us")),
    })  # fmt: skip
    with writer.transaction():
        replace_rows(writer, IDENTITY_LINKS, links, where={"tenant_id": tenant_id})
        replace_rows(writer, IDENTITY_RUNS, run, where={"tenant_id": tenant_id})


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
