"""The cost sheet of a tenant: entries that are added to, never changed or lost.

A change of an entry is a new version of it, and so is its withdrawal. Entries live here, and not in the warehouse, because a
page must not wait for a run that is writing there; each build takes a copy of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, or_, select, update
from sqlalchemy.orm import Session

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.models import CostVersion, Tenant
from fondaco.control.segments import ConflictError
from fondaco.costs import CostEntry, Plan, Sheet, plan
from fondaco.errors import ConfigError


class NoSuchCostError(ConfigError):
    """The tenant has no such entry."""


class Costs:
    """What a tenant's costs are. ``actor`` is who entered them: ``cli``, ``user:7``, ``token:3``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def current(self, tenant_id: str) -> list[CostVersion]:
        """The newest version of each entry that is not withdrawn, in the order in which they were first entered."""
        with self._database.reading() as session:
            return _current(session, tenant_id)

    def withdrawn(self, tenant_id: str) -> list[CostVersion]:
        """The newest version of each entry that is withdrawn, those withdrawn last first."""
        with self._database.reading() as session:
            found = _current(session, tenant_id, withdrawn=True)
        return sorted(found, key=lambda each: -each.change_id)

    def get(self, tenant_id: str, entry_id: int) -> CostVersion:
        """The newest version of an entry, also if it is withdrawn.

        Raises
        ------
        NoSuchCostError
            If the tenant has none of this number.
        """
        with self._database.reading() as session:
            return _newest(session, tenant_id, entry_id)

    def history(self, tenant_id: str, entry_id: int) -> list[CostVersion]:
        """All versions of an entry, the newest first.

        Raises
        ------
        NoSuchCostError
            If the tenant has none of this number.
        """
        query = _of(tenant_id, CostVersion.entry_id == entry_id).order_by(CostVersion.version.desc())
        with self._database.reading() as session:
            found = list(session.scalars(query))
        return found or [_refuse(entry_id)]

    def versions(self, tenant_id: str) -> list[CostVersion]:
        """Every version of every entry, in the order in which they were entered."""
        with self._database.reading() as session:
            return list(session.scalars(_of(tenant_id).order_by(CostVersion.change_id)))

    def count(self, tenant_id: str) -> int:
        """How many versions there are; they are never fewer than before."""
        return self._count(tenant_id)

    def add(self, tenant_id: str, entry: CostEntry, actor: str) -> CostVersion:
        """Keep a new entry.

        Raises
        ------
        CostsError
            If it breaks a rule of its kind, or another one holds for the same on the same day.
        """
        with self._database.writing() as session:
            kept = _locked(session, tenant_id)
            same = next((each for each in kept if each.entry.identity == entry.identity), None)
            if same is not None and same.entry != entry:
                # A plan would take it for a change of that one, which nobody has asked for.
                plan({}, Sheet((same.entry, entry), (f"entry {same.entry_id}", "")))
            if same is not None:
                return same
            plan(_entries(kept), Sheet((entry,), ("",)))
            number = _next_number(session, tenant_id)
            return _put(session, _row(tenant_id, number, 1, entry), actor, self._clock())

    def change(
        self, tenant_id: str, entry_id: int, entry: CostEntry, actor: str, *, seen: int | None = None
    ) -> CostVersion:
        """Make a new version of an entry, unless it says the same.

        Parameters
        ----------
        seen
            The version that the change was made to; None does not ask.

        Raises
        ------
        NoSuchCostError
            If there is no such entry, or it is withdrawn.
        ConflictError
            If a newer version than the one that was seen holds.
        CostsError
            If it breaks a rule of its kind, or another one holds for the same on the same day.
        """
        with self._database.writing() as session:
            kept = _locked(session, tenant_id)
            newest = next((each for each in kept if each.entry_id == entry_id), None) or _refuse(entry_id)
            _refuse_other_version(newest, seen)
            others = [each for each in kept if each is not newest]
            entries = (*(each.entry for each in others), entry)
            plan({}, Sheet(entries, (*(f"entry {each.entry_id}" for each in others), "")))
            if newest.entry == entry:
                return newest
            row = _row(tenant_id, entry_id, newest.version + 1, entry)
            return _put(session, row, actor, self._clock())

    def withdraw(self, tenant_id: str, entry_id: int, actor: str, *, seen: int | None = None) -> CostVersion:
        """Take an entry back; its versions stay. Twice is once.

        Raises
        ------
        NoSuchCostError
            If there is no such entry.
        ConflictError
            If a newer version than the one that was seen holds.
        """
        with self._database.writing() as session:
            _lock(session, tenant_id)
            newest = _newest(session, tenant_id, entry_id)
            if newest.is_withdrawn:
                return newest
            _refuse_other_version(newest, seen)
            row = _row(tenant_id, entry_id, newest.version + 1, newest.entry, withdrawn=True)
            return _put(session, row, actor, self._clock())

    def take_sheet(
        self, tenant_id: str, sheet: Sheet, actor: str, *, replace: bool = False, keep: bool = True
    ) -> Plan:
        """Add and change what a sheet holds, and with ``replace`` withdraw what it does not: all of it or nothing.

        Entries are told apart by ``CostEntry.identity``; what is the same makes no new version. Without ``keep`` it is only
        told what would come of it.

        Raises
        ------
        CostsError
            If an entry breaks a rule, or two would hold for the same on the same day; all faults are named.
        """
        if not keep:
            return plan(_entries(self.current(tenant_id)), sheet, replace=replace)
        with self._database.writing() as session:
            kept = _locked(session, tenant_id)
            found = plan(_entries(kept), sheet, replace=replace)
            versions = {each.entry_id: each.version for each in kept}
            now, number = self._clock(), _next_number(session, tenant_id)
            rows = [
                *(_row(tenant_id, number + place, 1, entry) for place, entry in enumerate(found.added)),
                *(_row(tenant_id, at, versions[at] + 1, after) for at, _, after in found.changed),
                *(
                    _row(tenant_id, at, versions[at] + 1, entry, withdrawn=True)
                    for at, entry in found.withdrawn
                ),
            ]
            if rows:
                session.execute(
                    insert(CostVersion), [{**row, "entered_by": actor, "entered_at": now} for row in rows]
                )
        return found

    def unseen(self, tenant_id: str, published: str | None) -> int:
        """How many versions the published state ``published`` does not show: no build has taken them up, or none that has
        published since."""
        is_unpublished = CostVersion.taken_from == (published or "")
        is_unseen = or_(CostVersion.taken_at.is_(None), is_unpublished)
        return self._count(tenant_id, is_unseen)

    def waits(self, tenant_id: str) -> bool:
        """Whether there is a version that no build has taken up."""
        return self._count(tenant_id, CostVersion.taken_at.is_(None)) > 0

    def take(self, tenant_id: str, change_ids: Collection[int], published: str | None) -> None:
        """A build, while ``published`` is the newest state, has taken the versions up to the newest of these up."""
        waits = (CostVersion.tenant_id == tenant_id, CostVersion.taken_at.is_(None))
        with self._database.writing() as session:
            session.execute(
                update(CostVersion)
                .where(*waits, CostVersion.change_id <= max(change_ids, default=0))
                .values(taken_at=self._clock(), taken_from=published or "")
            )

    def _count(self, tenant_id: str, *conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(CostVersion)
        with self._database.reading() as session:
            return session.scalar(query.where(CostVersion.tenant_id == tenant_id, *conditions)) or 0


def _of(tenant_id: str, *conditions: ColumnElement[bool]) -> Select[CostVersion]:
    return select(CostVersion).where(CostVersion.tenant_id == tenant_id, *conditions)


def _current(session: Session, tenant_id: str, *, withdrawn: bool = False) -> list[CostVersion]:
    newest = (
        select(CostVersion.entry_id, func.max(CostVersion.version).label("version"))
        .where(CostVersion.tenant_id == tenant_id)
        .group_by(CostVersion.entry_id)
        .subquery()
    )
    query = (
        _of(tenant_id, CostVersion.is_withdrawn.is_(withdrawn))
        .join(newest, (CostVersion.entry_id == newest.c.entry_id) & (CostVersion.version == newest.c.version))
        .order_by(CostVersion.entry_id)
    )
    return list(session.scalars(query))


def _newest(session: Session, tenant_id: str, entry_id: int) -> CostVersion:
    query = _of(tenant_id, CostVersion.entry_id == entry_id).order_by(CostVersion.version.desc()).limit(1)
    return session.scalar(query) or _refuse(entry_id)


def _refuse(entry_id: int) -> CostVersion:
    raise NoSuchCostError(
        f"There is no entry {entry_id} in the cost sheet, or it is withdrawn.",
        "See all entries with `fondaco costs show`.",
    )


def _refuse_other_version(newest: CostVersion, seen: int | None) -> None:
    if seen not in (None, newest.version):
        raise ConflictError(
            f"Entry {newest.entry_id} is at version {newest.version} by now, and you changed version {seen}.",
            "Look at it again, then make your change once more.",
        )


def _lock(session: Session, tenant_id: str) -> None:
    """Of two who change a tenant's costs at once, one comes after the other."""
    session.get(Tenant, tenant_id, with_for_update=True)


def _locked(session: Session, tenant_id: str) -> list[CostVersion]:
    _lock(session, tenant_id)
    return _current(session, tenant_id)


def _entries(kept: Sequence[CostVersion]) -> dict[int, CostEntry]:
    return {each.entry_id: each.entry for each in kept}


def _next_number(session: Session, tenant_id: str) -> int:
    query = select(func.max(CostVersion.entry_id)).where(CostVersion.tenant_id == tenant_id)
    return (session.scalar(query) or 0) + 1


def _row(
    tenant_id: str, entry_id: int, version: int, entry: CostEntry, *, withdrawn: bool = False
) -> dict[str, Any]:
    return {
        **asdict(entry), "tenant_id": tenant_id, "entry_id": entry_id, "version": version, "is_withdrawn": withdrawn,
        "taken_at": None, "taken_from": None,
    }  # fmt: skip


def _put(session: Session, row: dict[str, Any], actor: str, now: datetime) -> CostVersion:
    version = CostVersion(**row, entered_by=actor, entered_at=now)
    session.add(version)
    session.flush()
    return version
