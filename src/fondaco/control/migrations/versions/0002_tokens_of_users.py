"""A token may be a user's, and ends with them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_tokens") as tokens:
        tokens.add_column(sa.Column("user_id", sa.Integer(), nullable=True))
        tokens.create_foreign_key(
            op.f("fk_api_tokens_user_id"), "users", ["user_id"], ["user_id"], ondelete="SET NULL"
        )
        tokens.create_index(op.f("ix_api_tokens_user_id"), ["user_id"])


def downgrade() -> None:
    with op.batch_alter_table("api_tokens") as tokens:
        tokens.drop_index(op.f("ix_api_tokens_user_id"))
        tokens.drop_constraint(op.f("fk_api_tokens_user_id"), type_="foreignkey")
        tokens.drop_column("user_id")
