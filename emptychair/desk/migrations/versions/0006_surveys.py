"""Surveys: what is asked, who is invited, what is answered, and anonymous answers that wait to be mixed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    asked()
    invited()
    answered()
    sealed()


def asked() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("draft", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("widget", sa.Text, nullable=False),
        sa.Column("mail", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("opened_at", sa.DateTime),
        sa.Column("closes_at", sa.DateTime),
        sa.Column("closed_at", sa.DateTime),
        sa.Column("archived_at", sa.DateTime),
        sa.Column("deleted_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_surveys"),
        sa.UniqueConstraint("slug", name="uq_surveys_slug"),
    )
    op.create_index("ix_surveys_created_at_id", "surveys", ["created_at", "id"])
    op.create_table(
        "survey_versions",
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "version", name="pk_survey_versions"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_survey_versions_survey_id"),
    )
    op.create_table(
        "survey_edits",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_edits"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_survey_edits_survey_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_survey_edits_survey_id_id", "survey_edits", ["survey_id", "id"])
    op.create_table(
        "survey_quotas",
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("quota", sa.String(40), nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "quota", name="pk_survey_quotas"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_survey_quotas_survey_id"),
    )


def invited() -> None:
    op.create_table(
        "draws",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("frame", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("framed", sa.BigInteger, nullable=False),
        sa.Column("drawn", sa.BigInteger, nullable=False),
        sa.Column("strata", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("stopped_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_draws"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_draws_survey_id"),
    )
    op.create_index("ix_draws_survey_id_created_at", "draws", ["survey_id", "created_at"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("draw_id", sa.String(40)),
        sa.Column("key", sa.String(64)),
        sa.Column("person", sa.String(220)),
        sa.Column("stratum", sa.String(200), nullable=False),
        sa.Column("probability", sa.Double),
        sa.Column("hidden", sa.Text, nullable=False),
        sa.Column("sending", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("sent_at", sa.DateTime),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("key", name="uq_invitations_key"),
        sa.UniqueConstraint("draw_id", "person", name="uq_invitations_draw_id_person"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_invitations_survey_id"),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name="fk_invitations_draw_id"),
    )
    op.create_index("ix_invitations_survey_id_sending_id", "invitations", ["survey_id", "sending", "id"])
    op.create_index("ix_invitations_person", "invitations", ["person"])
    op.create_table(
        "ballots",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("is_used", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ballots"),
        sa.UniqueConstraint("key", name="uq_ballots_key"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_ballots_survey_id"),
    )
    op.create_index("ix_ballots_survey_id_is_used", "ballots", ["survey_id", "is_used"])


def answered() -> None:
    op.create_table(
        "responses",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("delivery", sa.String(20), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("invitation_id", sa.String(40)),
        sa.Column("person", sa.String(220)),
        sa.Column("probability", sa.Double),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("hidden", sa.Text, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("progress", sa.String(20), nullable=False),
        sa.Column("mark", sa.String(20)),
        sa.Column("is_set_aside", sa.Boolean, nullable=False),
        sa.Column("decided_by", sa.String(40)),
        sa.Column("decided_at", sa.DateTime),
        sa.Column("counted", sa.Text, nullable=False),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("begun_at", sa.DateTime),
        sa.Column("saved_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("written_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_responses"),
        sa.UniqueConstraint("key", name="uq_responses_key"),
        sa.UniqueConstraint("invitation_id", name="uq_responses_invitation_id"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_responses_survey_id"),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name="fk_responses_invitation_id"),
    )
    for names in (
        ["survey_id", "progress", "ended_at", "id"],
        ["progress", "written_at"],
        ["person"],
    ):
        op.create_index(f"ix_responses_{'_'.join(names)}", "responses", names)


def sealed() -> None:
    op.create_table(
        "sealed_answers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("mark", sa.String(20)),
        sa.Column("batch", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sealed_answers"),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name="fk_sealed_answers_survey_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sealed_answers_survey_id_batch", "sealed_answers", ["survey_id", "batch"])
