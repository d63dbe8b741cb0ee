"""Values: the interval of their sum, and what those of whom something is told paid in a year."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was told before has no interval: all of it is told anew within minutes.
    op.execute("delete from customer_values")
    op.execute("delete from value_parts")
    with op.batch_alter_table("value_parts") as table:
        table.add_column(sa.Column("total_low", sa.Float))
        table.add_column(sa.Column("total_high", sa.Float))
        table.add_column(sa.Column("total_said", sa.String(300), nullable=False, server_default=""))
        table.add_column(sa.Column("naive_known", sa.Float, nullable=False, server_default="0"))
    with op.batch_alter_table("value_parts") as table:
        table.alter_column("total_said", server_default=None)
        table.alter_column("naive_known", server_default=None)
