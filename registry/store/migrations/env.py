"""Alembic's way to our schema: always on the connection it is handed."""

from alembic import context

from registry.store.ledger import Ledger

context.configure(connection=context.config.attributes["connection"], target_metadata=Ledger.metadata)
with context.begin_transaction():
    context.run_migrations()
