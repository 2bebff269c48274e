"""Segments that people keep: each has versions, of which one is in force. None is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fondaco.clock import Clock
from fondaco.control.database import Database
from fondaco.control.models import Segment, SegmentVersion, Tenant
from fondaco.errors import ConfigError

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 500


class ConflictError(ConfigError):
    """Somebody else has changed it in the meantime."""


class NoSuchSegmentError(ConfigError):
    """The tenant has no such segment, or the segment no such version."""


class Segments:
    """What segments a tenant has. Definitions are documents here; ``activation`` knows what they mean."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def all(self, tenant_id: str, *, archived: bool = False) -> list[Segment]:
        """By name; those that are put away, or those that are not."""
        query = select(Segment).where(Segment.tenant_id == tenant_id, _state(archived))
        with self._database.reading() as session:
            return list(session.scalars(query.order_by(Segment.name, Segment.segment_id)))

    def get(self, tenant_id: str, segment_id: int) -> Segment:
        """One segment, also if it is put away.

        Raises
        ------
        NoSuchSegmentError
            If the tenant has none of this id.
        """
        with self._database.reading() as session:
            return _existing(session, tenant_id, segment_id)

    def create(
        self,
        tenant_id: str,
        *,
        name: str,
        definition: Mapping[str, Any],
        description: str = "",
        author: int | None = None,
    ) -> Segment:
        """Keep a new segment as its version 1; ``author`` is a user's id.

        Raises
        ------
        ConfigError
            If the name is empty, too long or taken.
        """
        name, description = _checked(name, description)
        now = self._clock()
        with self._database.writing() as session:
            _refuse_taken(session, tenant_id, name)
            segment = Segment(
                tenant_id=tenant_id, name=name, description=description, definition=dict(definition), version=1,
                created_at=now, updated_at=now,
            )  # fmt: skip
            session.add(segment)
            session.flush()
            session.add(_version(segment, author))
        return segment

    def save(
        self,
        tenant_id: str,
        segment_id: int,
        *,
        seen: int,
        name: str,
        definition: Mapping[str, Any],
        description: str = "",
        author: int | None = None,
    ) -> Segment:
        """Make a new version of the segment.

        Parameters
        ----------
        seen
            The version that the change was made to.

        Raises
        ------
        ConflictError
            If a newer version is in force.
        ConfigError
            If the name is empty, too long or taken, or the segment is put away.
        """
        name, description = _checked(name, description)
        with self._database.writing() as session:
            segment = _existing(session, tenant_id, segment_id, lock=True)
            _refuse_other_version(segment, seen)
            if name != segment.name:
                _refuse_taken(session, tenant_id, name)
            segment.name, segment.description, segment.definition = name, description, dict(definition)
            segment.version += 1
            segment.updated_at = self._clock()
            session.add(_version(segment, author))
        return segment

    def restore(
        self, tenant_id: str, segment_id: int, version: int, *, seen: int, author: int | None = None
    ) -> Segment:
        """Bring an old version's rules back, as a new version. The name stays as it is."""
        old = self.version(tenant_id, segment_id, version)
        now = self.get(tenant_id, segment_id)
        return self.save(
            tenant_id, segment_id, seen=seen, name=now.name, description=now.description,
            definition=old.definition, author=author,
        )  # fmt: skip

    def versions(self, tenant_id: str, segment_id: int) -> list[SegmentVersion]:
        """All versions, the newest first."""
        with self._database.reading() as session:
            _existing(session, tenant_id, segment_id)
            query = select(SegmentVersion).where(SegmentVersion.segment_id == segment_id)
            return list(session.scalars(query.order_by(SegmentVersion.version.desc())))

    def version(self, tenant_id: str, segment_id: int, version: int) -> SegmentVersion:
        """One version.

        Raises
        ------
        NoSuchSegmentError
            If there is no such segment or version.
        """
        with self._database.reading() as session:
            _existing(session, tenant_id, segment_id)
            found = session.get(SegmentVersion, (segment_id, version))
        if found is None:
            raise NoSuchSegmentError(
                f"Segment {segment_id} has no version {version}.",
                f"See its versions: /segments/{segment_id}.",
            )
        return found

    def archive(self, tenant_id: str, segment_id: int) -> Segment:
        """Put the segment away; its versions stay. Twice is once."""
        with self._database.writing() as session:
            segment = _existing(session, tenant_id, segment_id, lock=True)
            segment.archived_at = segment.archived_at or self._clock()
        return segment

    def bring_back(self, tenant_id: str, segment_id: int) -> Segment:
        """Put a segment that was put away back to the others.

        Raises
        ------
        ConfigError
            If its name was given to another one since.
        """
        with self._database.writing() as session:
            segment = _existing(session, tenant_id, segment_id, lock=True)
            if segment.archived_at is not None:
                _refuse_taken(session, tenant_id, segment.name)
            segment.archived_at = None
        return segment


def _version(segment: Segment, author: int | None) -> SegmentVersion:
    return SegmentVersion(
        segment_id=segment.segment_id, version=segment.version, name=segment.name, description=segment.description,
        definition=segment.definition, user_id=author, created_at=segment.updated_at,
    )  # fmt: skip


def _state(archived: bool) -> Any:
    return Segment.archived_at.is_not(None) if archived else Segment.archived_at.is_(None)


def _existing(session: Session, tenant_id: str, segment_id: int, *, lock: bool = False) -> Segment:
    segment = session.get(Segment, segment_id, with_for_update=lock or None)
    if segment is None or segment.tenant_id != tenant_id:
        raise NoSuchSegmentError(
            f"There is no segment {segment_id}.", "See all segments with `fondaco segments list`."
        )
    return segment


def _refuse_other_version(segment: Segment, seen: int) -> None:
    if segment.archived_at is not None:
        raise ConflictError(
            f"The segment {segment.name!r} was put away while you changed it.",
            "Bring it back, or save it as a new one.",
        )
    if segment.version != seen:
        raise ConflictError(
            f"The segment {segment.name!r} is at version {segment.version} by now, and you changed version {seen}.",
            "Open it again to see what changed, then make your change once more; or save yours as a new segment.",
        )


def _refuse_taken(session: Session, tenant_id: str, name: str) -> None:
    """Locks the tenant, so that two who give the same name at once come one after the other."""
    session.get(Tenant, tenant_id, with_for_update=True)
    taken = select(Segment.segment_id).where(
        Segment.tenant_id == tenant_id, Segment.name == name, Segment.archived_at.is_(None)
    )
    if session.scalar(taken) is not None:
        raise ConfigError(f"There is a segment {name!r} already.", "Give this one another name.")


def _checked(name: str, description: str) -> tuple[str, str]:
    name, description = " ".join(name.split()), description.strip()
    if any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in name + description):
        raise ConfigError(
            "The segment's name or description has a letter that cannot be kept.",
            "Write it with letters only.",
        )
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ConfigError(
            f"The segment's name has {len(name)} letters.", f"Give it a name of 1 to {LONGEST_NAME} letters."
        )
    if len(description) > LONGEST_DESCRIPTION:
        raise ConfigError(
            f"The segment's description has {len(description)} letters.",
            f"Use at most {LONGEST_DESCRIPTION}.",
        )
    return name, description
