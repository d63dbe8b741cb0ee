"""Where Alembic finds the connection and the tables; it is run by `emptychair.desk.migrating`."""

from alembic import context

from emptychair.desk.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
