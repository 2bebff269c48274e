"""Alembic's entry: runs inside the transaction that ``Database.migrate`` has opened."""

from alembic import context

from fondaco.control.models import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
)
context.run_migrations()
