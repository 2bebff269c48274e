"""The cost sheet."""

import sqlalchemy as sa
from alembic import op

from fondaco.control.columns import Exact, Instant

revision = "0006_cost_entries"
down_revision = "0005_person_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cost_entries",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(length=63), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=31), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("connection_id", sa.String(length=63), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("weight_from", sa.Integer(), nullable=True),
        sa.Column("weight_to", sa.Integer(), nullable=True),
        sa.Column("amount", Exact(), nullable=True),
        sa.Column("rate", Exact(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.String(length=63), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("taken_from", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.tenant_id"],
            name=op.f("fk_cost_entries_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_cost_entries")),
        sa.UniqueConstraint(
            "tenant_id", "entry_id", "version", name=op.f("uq_cost_entries_tenant_id_entry_id_version")
        ),
    )


def downgrade() -> None:
    op.drop_table("cost_entries")
