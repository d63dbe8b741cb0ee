"""Mail: who may be contacted, what is sent to whom, and the lines on which it goes."""

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
    outbox()
    recipients()
    lines()


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


def outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("dedupe_key", sa.String(200), nullable=False),
        sa.Column("message_class", sa.String(20), nullable=False),
        sa.Column("purpose", sa.String(20)),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("thing", sa.String(80), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("person", sa.String(210)),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("address_key", sa.String(254), nullable=False),
        sa.Column("domain", sa.String(254), nullable=False),
        sa.Column("zone", sa.String(64)),
        sa.Column("subject", sa.String(400), nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("unsubscribe", sa.String(500)),
        sa.Column("may_repeat", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(20)),
        sa.Column("error", sa.String(2000)),
        sa.Column("reply", sa.String(500)),
        sa.Column("touch_id", sa.String(40)),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("troubles", sa.Integer, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("held_until", sa.DateTime),
        sa.Column("handed_at", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("settled_by", sa.String(40)),
        sa.Column("settled_at", sa.DateTime),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("dedupe_key", name="uq_outbox_dedupe_key"),
    )
    for names in (
        ["state", "due_at", "id"],
        ["domain", "handed_at"],
        ["created_at", "id"],
        ["address_key"],
        ["thing"],
    ):
        op.create_index(f"ix_outbox_{'_'.join(names)}", "outbox", names)


def recipients() -> None:
    op.create_table(
        "recipients",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("person", sa.String(210)),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("address_key", sa.String(254), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipients"),
        sa.UniqueConstraint("key", name="uq_recipients_key"),
    )
    op.create_index("ix_recipients_address_key", "recipients", ["address_key"])
    op.create_index("ix_recipients_person", "recipients", ["person"])


def lines() -> None:
    op.create_table(
        "lines",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("worked_at", sa.DateTime),
        sa.Column("failed_at", sa.DateTime),
        sa.Column("failing_since", sa.DateTime),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.String(2000)),
        sa.Column("is_stopped", sa.Boolean, nullable=False),
        sa.Column("resumes_at", sa.DateTime),
        sa.PrimaryKeyConstraint("name", name="pk_lines"),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
