"""Costs of messages: tiers of plans, and how many messages a price is for."""

import sqlalchemy as sa
from alembic import op

revision = "0009_message_costs"
down_revision = "0008_webhook_endpoints"
branch_labels = None
depends_on = None

COLUMNS = ("tier_from", "tier_to", "messages")


def upgrade() -> None:
    with op.batch_alter_table("cost_entries") as table:
        for name in COLUMNS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("cost_entries") as table:
        for name in reversed(COLUMNS):
            table.drop_column(name)
