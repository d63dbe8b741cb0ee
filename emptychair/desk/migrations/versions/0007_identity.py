"""Who is who: what people judged about it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("first", sa.String(210), nullable=False),
        sa.Column("second", sa.String(210), nullable=False),
        sa.Column("why", sa.String(300), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("undone_by", sa.String(40)),
        sa.Column("undone_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
    )
    op.create_index("ix_judgements_audience_first", "judgements", ["audience", "first"])
    op.create_index("ix_judgements_audience_second", "judgements", ["audience", "second"])
    merged = sa.text("undone_at IS NULL AND verdict = 'one'")
    op.create_index(
        "uq_judgements_merged",
        "judgements",
        ["audience", "first"],
        unique=True,
        sqlite_where=merged,
        postgresql_where=merged,
    )
