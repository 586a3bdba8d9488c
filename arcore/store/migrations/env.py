"""Run by alembic with the connection that `arcore.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from arcore.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=False,
)
context.run_migrations()
