"""Decisions about who is who."""

import sqlalchemy as sa
from alembic import op

from fondaco.control.columns import Instant

revision = "0005_person_decisions"
down_revision = "0004_segments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_decisions",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(length=63), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.String(length=63), nullable=False),
        sa.Column("other_person_id", sa.String(length=63), nullable=True),
        sa.Column("record_ids", sa.JSON(), nullable=False),
        sa.Column("other_record_ids", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=63), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("taken_from", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.tenant_id"],
            name=op.f("fk_person_decisions_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_person_decisions")),
    )
    op.create_index(op.f("ix_person_decisions_tenant_id"), "person_decisions", ["tenant_id"])


def downgrade() -> None:
    op.drop_table("person_decisions")
