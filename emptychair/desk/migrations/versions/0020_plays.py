"""Plays: what is done for whom, who is held out, and the calls of each."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plays",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("title", sa.String(140), nullable=False),
        sa.Column("about", sa.String(20), nullable=False),
        sa.Column("about_id", sa.String(40), nullable=False),
        sa.Column("about_name", sa.String(200), nullable=False),
        sa.Column("deed", sa.Text, nullable=False),
        sa.Column("purpose", sa.String(20)),
        sa.Column("share", sa.Double, nullable=False),
        sa.Column("goal", sa.String(20), nullable=False),
        sa.Column("goal_name", sa.String(200), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("framed", sa.Text, nullable=False),
        sa.Column("course", sa.String(20), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("closed_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_plays"),
    )
    op.create_index("ix_plays_course", "plays", ["course"])
    op.create_index("ix_plays_started_at", "plays", ["started_at"])
    op.create_index("ix_plays_about_id", "plays", ["about_id"])
    op.create_table(
        "play_people",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("play_id", sa.String(40), nullable=False),
        sa.Column("person", sa.String(210)),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("arm", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("taken_by", sa.String(40)),
        sa.Column("outcome", sa.String(20)),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("touch_id", sa.String(40)),
        sa.Column("not_before", sa.DateTime),
        sa.Column("is_told", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_play_people"),
        sa.ForeignKeyConstraint(["play_id"], ["plays.id"], name="fk_play_people_play_id_plays"),
        sa.UniqueConstraint("play_id", "person", name="uq_play_people_play_id_person"),
    )
    op.create_index("ix_play_people_person", "play_people", ["person"])
    op.create_index("ix_play_people_play_id_arm_state", "play_people", ["play_id", "arm", "state"])
    op.create_index("ix_play_people_is_told_state", "play_people", ["is_told", "state"])
