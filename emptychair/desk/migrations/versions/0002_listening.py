"""Listening: sources, their write keys, events that were parked, requests that were turned away."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sources()
    troubles()


def sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("paused_at", sa.DateTime),
        sa.Column("removed_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    op.create_index("ix_sources_kind", "sources", ["kind"])
    op.create_table(
        "write_keys",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("source_id", sa.String(40), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("revoked_at", sa.DateTime),
        sa.PrimaryKeyConstraint("key", name="pk_write_keys"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_write_keys_source_id"),
    )
    op.create_index("ix_write_keys_source_id", "write_keys", ["source_id"])


def troubles() -> None:
    op.create_table(
        "parked_events",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("door", sa.String(20), nullable=False),
        sa.Column("client", sa.String(80), nullable=False),
        sa.Column("received_at", sa.DateTime, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("field", sa.String(120), nullable=False),
        sa.Column("expected", sa.String(300), nullable=False),
        sa.Column("sent_at", sa.String(80), nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("settled_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_parked_events"),
    )
    op.create_index(
        "ix_parked_events_source_standing_received_at_id",
        "parked_events",
        ["source", "standing", "received_at", "id"],
    )
    op.create_table(
        "turned_away",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "source", "reason", name="pk_turned_away"),
    )
