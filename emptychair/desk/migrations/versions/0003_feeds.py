"""Feeds: how far sources are that are looked at from here, their secrets, and samples of what came."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_fetching",
        sa.Column("source_id", sa.String(40), nullable=False),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("held_until", sa.DateTime),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("began_at", sa.DateTime),
        sa.Column("succeeded_at", sa.DateTime),
        sa.Column("failed_at", sa.DateTime),
        sa.Column("error", sa.String(1_000)),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("stopped_at", sa.DateTime),
        sa.Column("brought", sa.BigInteger, nullable=False),
        sa.Column("brought_at", sa.DateTime),
        sa.Column("note", sa.String(500)),
        sa.PrimaryKeyConstraint("source_id", name="pk_source_fetching"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_fetching_source_id"),
    )
    op.create_index("ix_source_fetching_due_at", "source_fetching", ["due_at"])
    secrets()
    samples()


def secrets() -> None:
    op.create_table(
        "source_secrets",
        sa.Column("source_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("set_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "name", name="pk_source_secrets"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_secrets_source_id"),
    )


def samples() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "source_samples",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("source_id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source_samples"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_source_samples_source_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_source_samples_source_id_id", "source_samples", ["source_id", "id"])
