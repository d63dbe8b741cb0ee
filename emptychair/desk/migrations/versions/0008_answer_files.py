"""Answers: the files that belong to them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_files",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("response_id", sa.String(40), nullable=False),
        sa.Column("question", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("kept_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_answer_files"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_answer_files_survey_id"),
    )
    op.create_index("ix_answer_files_survey_id_kept_at_id", "answer_files", ["survey_id", "kept_at", "id"])
    op.create_index("ix_answer_files_response_id", "answer_files", ["response_id"])
    op.create_index("ix_answer_files_kept_at_created_at", "answer_files", ["kept_at", "created_at"])
