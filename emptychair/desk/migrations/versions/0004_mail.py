"""Mail: consents, addresses that are stopped, contacts that took place and that did not."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    consents()
    stops()
    contacts()


def consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        sa.Column("person", sa.String(210), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_consents_person_audience_purpose_channel_id",
        "consents",
        ["person", "audience", "purpose", "channel", "id"],
    )


def stops() -> None:
    op.create_table(
        "address_stops",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("address_key", sa.String(254), nullable=False),
        sa.Column("purpose", sa.String(20)),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("evidence", sa.String(500), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("lifted_by", sa.String(40)),
        sa.Column("lifted_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_address_stops"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_address_stops_address_key", "address_stops", ["address_key"])


def contacts() -> None:
    op.create_table(
        "touches",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person", sa.String(210)),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("address", sa.String(254)),
        sa.Column("address_key", sa.String(254)),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("thing", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_touches"),
    )
    op.create_index("ix_touches_person_at", "touches", ["person", "at"])
    op.create_index("ix_touches_address_key_at", "touches", ["address_key", "at"])
    op.create_index("ix_touches_at", "touches", ["at"])
    op.create_table(
        "contacts_refused",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("n", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "channel", "what", "reason", name="pk_contacts_refused"),
    )
