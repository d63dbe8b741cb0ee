"""What each customer will bring in a year."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_values",
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("person", sa.String(220), nullable=False),
        sa.Column("currency", sa.String(10), nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("low", sa.Float),
        sa.Column("high", sa.Float),
        sa.Column("naive", sa.Float, nullable=False),
        sa.Column("alive", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("audience", "person", "currency", name="pk_customer_values"),
    )
    op.create_index(
        "ix_customer_values_audience_currency_value", "customer_values", ["audience", "currency", "value"]
    )
    op.create_table(
        "value_parts",
        sa.Column("currency", sa.String(10), nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("known", sa.Integer, nullable=False),
        sa.Column("total", sa.Float, nullable=False),
        sa.Column("naive", sa.Float, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("remarks", sa.JSON, nullable=False),
        sa.Column("lack", sa.String(300), nullable=False),
        sa.Column("held_out", sa.JSON),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("told_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("currency", name="pk_value_parts"),
    )
