"""Groups of alike sentences that raised an alarm."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need_groups",
        sa.Column("group_id", sa.String(40), nullable=False),
        sa.Column("signal", sa.String(250), nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("is_seed", sa.Boolean, nullable=False),
        sa.Column("said_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("group_id", "signal", "place", name="pk_need_groups"),
    )
    op.create_index("ix_need_groups_signal", "need_groups", ["signal"])
