"""The first nouns: people, sessions, links, attempts, settings, imports, jobs, work, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    people()
    company()
    taken_in()
    background()


def people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("disabled_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email_key", name="uq_users_email_key"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("idle_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("address", sa.String(64)),
        sa.Column("agent", sa.String(300)),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("key", name="uq_sessions_key"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "links",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("user_id", sa.String(40)),
        sa.Column("email", sa.String(254)),
        sa.Column("role", sa.String(20)),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("claimed_at", sa.DateTime),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.UniqueConstraint("key", name="uq_links_key"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_links_user_id"),
    )
    op.create_table(
        "attempts",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
        sa.Column("blocked_until", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempts"),
    )


def company() -> None:
    op.create_table(
        "settings",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(20)),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_settings_key_audience", "settings", ["key", "audience"])
    op.create_table(
        "audit",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("verb", sa.String(60), nullable=False),
        sa.Column("thing", sa.String(80), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("address", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_who_id", "audit", ["who", "id"])
    op.create_index("ix_audit_thing_id", "audit", ["thing", "id"])


def taken_in() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("shape", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("read", sa.BigInteger, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
        sa.Column("duplicate", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.BigInteger, nullable=False),
        sa.Column("parked", sa.BigInteger, nullable=False),
        sa.Column("bytes_read", sa.BigInteger, nullable=False),
        sa.Column("error", sa.String(2000)),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("started_at", sa.DateTime),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("withdrawn_by", sa.String(40)),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_created_at_id", "imports", ["created_at", "id"])
    op.create_index("ix_imports_sha256", "imports", ["sha256"])
    op.create_table(
        "import_rows_parked",
        sa.Column("import_id", sa.String(40), nullable=False),
        sa.Column("row", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("field", sa.String(120), nullable=False),
        sa.Column("value", sa.String(500), nullable=False),
        sa.Column("expected", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "row", "field", name="pk_import_rows_parked"),
    )


def background() -> None:
    op.create_table(
        "jobs",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("held_until", sa.DateTime),
        sa.Column("started_at", sa.DateTime),
        sa.Column("due_at", sa.DateTime),
        sa.Column("last_ended_at", sa.DateTime),
        sa.Column("last_outcome", sa.String(20)),
        sa.Column("last_microseconds", sa.BigInteger),
        sa.Column("last_error", sa.String(2000)),
        sa.PrimaryKeyConstraint("name", name="pk_jobs"),
    )
    op.create_table(
        "work",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("thing", sa.String(80), nullable=False),
        sa.Column("open_key", sa.String(121)),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("note", sa.String(300)),
        sa.Column("error", sa.String(2000)),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("held_until", sa.DateTime),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("started_at", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_work"),
        sa.UniqueConstraint("open_key", name="uq_work_open_key"),
    )
    op.create_index("ix_work_state_created_at", "work", ["state", "created_at"])
