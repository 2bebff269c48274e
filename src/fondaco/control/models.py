"""Tables of the control plane. Rows leave this room detached and are read, not changed, outside it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from fondaco.control.columns import Exact, Instant
from fondaco.costs import CostEntry, Kind


class Role(StrEnum):
    """What a user may do: ``owner`` everything, ``analyst`` read and export, ``viewer`` read; see ``governance.roles``."""

    OWNER = "owner"
    ANALYST = "analyst"
    VIEWER = "viewer"


class Table(DeclarativeBase):
    """Parent of all tables; names constraints so that migrations can address them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        Decimal: Exact,
        str: Text,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


class Tenant(Table):
    """A merchant. One merchant alone is ``default``."""

    __tablename__ = "tenants"

    tenant_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    name: Mapped[str]
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str]
    created_at: Mapped[datetime]


class User(Table):
    """A person who may log in."""

    __tablename__ = "users"

    user_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=16, values_callable=lambda roles: [r.value for r in roles])
    )
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]


class LoginLink(Table):
    """A link that logs a user in once. Only the hash of its secret is kept."""

    __tablename__ = "login_links"

    link_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSession(Table):
    """A log-in of one browser. Only the hash of its secret is kept."""

    __tablename__ = "web_sessions"

    session_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(Table):
    """A key to ``/api/v1``, a user's or nobody's. Only the hash of its secret is kept."""

    __tablename__ = "api_tokens"

    token_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    name: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Connection(Table):
    """One shop, account or folder of files that a source reads."""

    __tablename__ = "connections"

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    connection_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    source: Mapped[str] = mapped_column(String(63))
    name: Mapped[str]
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str]
    sealed_settings: Mapped[str]
    status: Mapped[str] = mapped_column(String(16))
    missing: Mapped[list[str]]
    warnings: Mapped[list[str]]
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StreamState(Table):
    """How far a stream of a connection has been read.

    Everything whose cursor lies in [``covered_since``, ``cursor``) is loaded; ``history_complete`` once
    ``covered_since`` has reached the connection's start date.
    """

    __tablename__ = "stream_states"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connections.tenant_id", "connections.connection_id"],
            ondelete="CASCADE",
        ),
    )

    tenant_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    connection_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    stream: Mapped[str] = mapped_column(String(63), primary_key=True)
    cursor: Mapped[datetime | None]
    covered_since: Mapped[datetime | None]
    history_complete: Mapped[bool]
    slices_done: Mapped[int]
    looked_back_on: Mapped[date | None]
    ids_compared_on: Mapped[date | None]
    updated_at: Mapped[datetime]


class Run(Table):
    """One run of the pipeline. ``run_id`` sorts by start."""

    __tablename__ = "runs"

    run_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # run, import, demo, schedule
    steps: Mapped[list[str]]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(16))  # running, success, partial, aborted, failed
    health: Mapped[str | None] = mapped_column(String(8))  # ok, warn, fail
    health_reasons: Mapped[list[str]]
    error: Mapped[str | None]  # two sentences: what happened, what to do
    step_seconds: Mapped[dict[str, Any]]
    published: Mapped[str | None]  # name of the published build


class RunStream(Table):
    """What a run did to one stream of one connection."""

    __tablename__ = "run_streams"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True)
    connection_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    stream: Mapped[str] = mapped_column(String(63), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16))  # success, partial, aborted, failed
    extracted: Mapped[int]
    loaded: Mapped[int]
    quarantined: Mapped[int]
    drifted: Mapped[int]
    drifted_fields: Mapped[list[str]]
    seconds: Mapped[float]
    error: Mapped[str | None]


class ReconciliationDay(Table):
    """One figure of one shop-local day: ours, the vendor's, the gap (ours − the vendor's) and its cause."""

    __tablename__ = "reconciliation_days"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connections.tenant_id", "connections.connection_id"],
            ondelete="CASCADE",
        ),
        Index(None, "tenant_id", "day"),
    )

    tenant_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    connection_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(String(32), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3))
    ours: Mapped[Decimal]
    vendors: Mapped[Decimal]
    gap: Mapped[Decimal]
    cause: Mapped[str | None]
    orders: Mapped[list[str]]
    compared_at: Mapped[datetime]


class AuditEntry(Table):
    """Who did what. ``detail`` holds no secret and no customer data."""

    __tablename__ = "audit_entries"

    entry_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"), index=True)
    happened_at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(63))
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]


class WebhookEndpoint(Table):
    """The address at which a connection's vendor tells of changes, and what was last known of its subscriptions.

    ``sealed_secret`` is the one that Fondaco has made; ``listed_at`` is when the vendor was last asked.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["connections.tenant_id", "connections.connection_id"],
            ondelete="CASCADE",
        ),
    )

    tenant_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    connection_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    sealed_secret: Mapped[str]
    created_at: Mapped[datetime]
    topics: Mapped[list[str]]
    listed_at: Mapped[datetime | None]
    fault: Mapped[str | None]


class SavedSetting(Table):
    """A value that Fondaco remembers for a tenant, such as the day of the last whole reconciliation.

    What is remembered of a connection has a key that ends in a colon and its id, and goes with it.
    """

    __tablename__ = "saved_settings"

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(127), primary_key=True)
    value: Mapped[dict[str, Any]]


class SavedView(Table):
    """A page with its filters, kept by a user under a name; shared with all of the tenant where they want it."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    view_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(63))
    path: Mapped[str]
    query: Mapped[str]
    is_shared: Mapped[bool]
    created_at: Mapped[datetime]


class Segment(Table):
    """Customers that a rule takes, under a name; what stands here is its newest version."""

    __tablename__ = "segments"

    segment_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    description: Mapped[str]
    definition: Mapped[dict[str, Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class SegmentVersion(Table):
    """A segment as somebody saved it."""

    __tablename__ = "segment_versions"

    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segments.segment_id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    definition: Mapped[dict[str, Any]]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]


class PersonDecision(Table):
    """What somebody decided about who is who: that records of one side are, or are not, the person of the other side.

    Records are accounts by their ids and guests by a hash. ``taken_at`` is when a linking took it up, and ``taken_from`` the state that
    was published when all models were built by it: as long as none is newer, nobody sees it in the figures yet.
    """

    __tablename__ = "person_decisions"

    decision_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"), index=True)
    is_same: Mapped[bool]
    person_id: Mapped[str] = mapped_column(String(63))
    other_person_id: Mapped[str | None] = mapped_column(String(63))
    record_ids: Mapped[list[str]]
    other_record_ids: Mapped[list[str]]
    actor: Mapped[str] = mapped_column(String(63))
    decided_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_from: Mapped[str | None]


class CostVersion(Table):
    """A cost as somebody entered it: the newest version of an entry holds. Rows are added, never changed or removed.

    ``entry_id`` counts a tenant's entries. The columns from ``kind`` to ``note`` are those of ``costs.CostEntry``. ``taken_at``
    is when a build took it up, and ``taken_from`` the state published then.
    """

    __tablename__ = "cost_entries"
    __table_args__ = (UniqueConstraint("tenant_id", "entry_id", "version"),)

    change_id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.tenant_id", ondelete="CASCADE"))
    entry_id: Mapped[int]
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(31))
    item: Mapped[str | None]
    connection_id: Mapped[str | None] = mapped_column(String(63))
    country: Mapped[str | None] = mapped_column(String(2))
    weight_from: Mapped[int | None]
    weight_to: Mapped[int | None]
    tier_from: Mapped[int | None]
    tier_to: Mapped[int | None]
    messages: Mapped[int | None]
    amount: Mapped[Decimal | None]
    rate: Mapped[Decimal | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    note: Mapped[str | None]
    is_withdrawn: Mapped[bool]
    entered_by: Mapped[str] = mapped_column(String(63))
    entered_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_from: Mapped[str | None]

    @property
    def entry(self) -> CostEntry:
        """What was entered, or, of a withdrawal, what was taken back."""
        return CostEntry(
            Kind(self.kind), self.item, self.connection_id, self.country, self.weight_from, self.weight_to, self.tier_from,
            self.tier_to, self.messages, self.amount, self.rate, self.currency, self.valid_from, self.valid_to, self.note,
        )  # fmt: skip
