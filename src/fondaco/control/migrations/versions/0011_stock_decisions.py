"""What people decide of stock: proposals taken or not, and the orders made of them."""

import sqlalchemy as sa
from alembic import op

from fondaco.control.columns import Exact, Instant

revision = "0011_stock_decisions"
down_revision = "0009_message_costs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock_orders",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(length=63), nullable=False),
        sa.Column("number", sa.String(length=31), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("supplier_id", sa.Text(), nullable=True),
        sa.Column("supplier_name", sa.Text(), nullable=True),
        sa.Column("from_location_id", sa.Text(), nullable=True),
        sa.Column("from_location_name", sa.Text(), nullable=True),
        sa.Column("location_id", sa.Text(), nullable=False),
        sa.Column("location_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=63), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_by", sa.String(length=63), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("closed_by", sa.String(length=63), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.tenant_id"],
            name=op.f("fk_stock_orders_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_stock_orders")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_stock_orders_tenant_id_number")),
    )
    op.create_index(op.f("ix_stock_orders_tenant_id_state"), "stock_orders", ["tenant_id", "state"])
    op.create_table(
        "stock_order_lines",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("supplier_sku", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_cost", Exact(), nullable=True),
        sa.Column("subject", sa.String(length=1023), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["stock_orders.order_id"],
            name=op.f("fk_stock_order_lines_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_stock_order_lines")),
        sa.UniqueConstraint("order_id", "variant_id", name=op.f("uq_stock_order_lines_order_id_variant_id")),
    )
    op.create_table(
        "stock_decisions",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(length=63), nullable=False),
        sa.Column("proposal_id", sa.String(length=63), nullable=False),
        sa.Column("subject", sa.String(length=1023), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("proposal_date", sa.Date(), nullable=False),
        sa.Column("choice", sa.String(length=15), nullable=False),
        sa.Column("proposed_quantity", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=True),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=63), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("undone_by", sa.String(length=63), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.tenant_id"],
            name=op.f("fk_stock_decisions_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["stock_orders.order_id"],
            name=op.f("fk_stock_decisions_order_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_stock_decisions")),
    )
    op.create_index(
        op.f("ix_stock_decisions_tenant_id_subject_decided_at"),
        "stock_decisions",
        ["tenant_id", "subject", "decided_at"],
    )
    op.create_index(
        op.f("ix_stock_decisions_tenant_id_proposal_date"), "stock_decisions", ["tenant_id", "proposal_date"]
    )
    op.create_index(
        "uq_stock_decisions_holding",
        "stock_decisions",
        ["tenant_id", "proposal_id"],
        unique=True,
        sqlite_where=sa.text("undone_at is null"),
        postgresql_where=sa.text("undone_at is null"),
    )


def downgrade() -> None:
    op.drop_table("stock_decisions")
    op.drop_table("stock_order_lines")
    op.drop_table("stock_orders")
