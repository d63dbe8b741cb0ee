"""Need cards and what they stand on, alarms, cues in words, search phrases, and looks."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _found()
    _written()


def _found() -> None:
    op.create_table(
        "need_alarms",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("segment", sa.String(250), nullable=False),
        sa.Column("name", sa.String(140), nullable=False),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("raised_at", sa.DateTime, nullable=False),
        sa.Column("last_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("figures", sa.Text, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("need_id", sa.String(40)),
        sa.Column("changed_by", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_need_alarms"),
    )
    op.create_index("ix_need_alarms_ended_at_raised_at", "need_alarms", ["ended_at", "raised_at"])
    op.create_index("ix_need_alarms_need_id", "need_alarms", ["need_id"])
    op.create_table(
        "need_cues",
        sa.Column("signal", sa.String(250), nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("cue", sa.String(20), nullable=False),
        sa.Column("said_at", sa.DateTime, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("signal", "place", "cue", name="pk_need_cues"),
    )
    op.create_index("ix_need_cues_month", "need_cues", ["month"])
    op.create_index("ix_need_cues_cue_said_at", "need_cues", ["cue", "said_at"])
    op.create_table(
        "need_months",
        sa.Column("month", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("texts", sa.Integer, nullable=False),
        sa.Column("rules", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("month", name="pk_need_months"),
    )
    op.create_table(
        "need_phrases",
        sa.Column("typed", sa.String(200), nullable=False),
        sa.Column("phrase", sa.String(200), nullable=False),
        sa.Column("leader", sa.String(200), nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("typed", name="pk_need_phrases"),
    )
    op.create_index("ix_need_phrases_leader", "need_phrases", ["leader"])
    op.create_table(
        "need_looks",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        sa.Column("looked_at", sa.DateTime, nullable=False),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("series", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("cues", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_need_looks"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_need_looks_looked_at", "need_looks", ["looked_at"])


def _written() -> None:
    op.create_table(
        "need_cards",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("title", sa.String(140), nullable=False),
        sa.Column("when_part", sa.Text, nullable=False),
        sa.Column("want_part", sa.Text, nullable=False),
        sa.Column("so_that_part", sa.Text, nullable=False),
        sa.Column("is_proposed", sa.Boolean, nullable=False),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("merged_into", sa.String(40)),
        sa.Column("root_id", sa.String(40), nullable=False),
        sa.Column("post_id", sa.String(40)),
        sa.Column("created_by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_by", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_need_cards"),
    )
    op.create_index("ix_need_cards_root_id", "need_cards", ["root_id"])
    op.create_index("ix_need_cards_standing_created_at", "need_cards", ["standing", "created_at"])
    op.create_table(
        "need_evidence",
        sa.Column("need_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(250), nullable=False),
        sa.Column("added_by", sa.String(40), nullable=False),
        sa.Column("added_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("need_id", "kind", "key", name="pk_need_evidence"),
    )
