"""What foretells the next need of people."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "next_needs",
        sa.Column("goal", sa.String(20), nullable=False),
        sa.Column("learnt_at", sa.DateTime, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("goal", name="pk_next_needs"),
    )
