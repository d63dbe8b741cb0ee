"""Research: interviews with transcripts and highlights, insights and evidence; studies and their people."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _sessions()
    _insights()
    _studies()


def _text(name: str, size: int, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), nullable=null)


def _instant(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime, nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=null)


def _long(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _sessions() -> None:
    op.create_table(
        "research_sessions",
        _text("id", 40),
        _text("audience", 20),
        _text("title", 140),
        _instant("held_at"),
        _text("person", 210, null=True),
        _text("participant", 120),
        _text("interviewer", 120),
        _text("study_id", 40, null=True),
        _text("consent_to", 400),
        _text("consent_how", 400),
        _text("consent_by", 40, null=True),
        _instant("consent_at", null=True),
        _instant("consent_until", null=True),
        _instant("expires_at"),
        _text("by", 40),
        _instant("created_at"),
        _text("gone", 20, null=True),
        _instant("gone_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_research_sessions"),
    )
    op.create_index("ix_research_sessions_audience_held_at", "research_sessions", ["audience", "held_at"])
    op.create_index("ix_research_sessions_gone_expires_at", "research_sessions", ["gone", "expires_at"])
    op.create_index("ix_research_sessions_person", "research_sessions", ["person"])
    op.create_table(
        "research_turns",
        _text("session_id", 40),
        _number("place"),
        _text("speaker", 80),
        _text("speaks", 20),
        _number("begins_ms", null=True),
        _number("ends_ms", null=True),
        _long("text"),
        _long("folded"),
        _text("told", 20),
        sa.PrimaryKeyConstraint("session_id", "place", name="pk_research_turns"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["research_sessions.id"], name="fk_research_turns_session_id"
        ),
    )
    op.create_index("ix_research_turns_told_speaks", "research_turns", ["told", "speaks"])
    op.create_table(
        "research_highlights",
        _text("id", 40),
        _text("session_id", 40),
        _number("place"),
        _number("begin"),
        _number("end"),
        _text("note", 1_000),
        _long("tags"),
        _text("by", 40),
        _instant("made_at"),
        _text("changed_by", 40, null=True),
        _instant("changed_at", null=True),
        _long("before", null=True),
        _text("removed_by", 40, null=True),
        _instant("removed_at", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_research_highlights"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["research_sessions.id"], name="fk_research_highlights_session_id"
        ),
    )
    op.create_index("ix_research_highlights_session_id_place", "research_highlights", ["session_id", "place"])


def _insights() -> None:
    op.create_table(
        "research_insights",
        _text("id", 40),
        _text("audience", 20),
        _text("statement", 400),
        _text("note", 2_000),
        _text("standing", 20),
        _text("by", 40),
        _instant("created_at"),
        _text("changed_by", 40),
        _instant("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_research_insights"),
    )
    op.create_index(
        "ix_research_insights_audience_changed_at", "research_insights", ["audience", "changed_at"]
    )
    op.create_table(
        "research_evidence",
        _text("id", 40),
        _text("insight_id", 40),
        _text("side", 20),
        _text("highlight_id", 40),
        _text("signal_id", 200),
        _number("place"),
        _instant("said_at", null=True),
        _text("by", 40),
        _instant("made_at"),
        sa.PrimaryKeyConstraint("id", name="pk_research_evidence"),
        sa.ForeignKeyConstraint(
            ["insight_id"], ["research_insights.id"], name="fk_research_evidence_insight_id"
        ),
        sa.UniqueConstraint(
            "insight_id",
            "highlight_id",
            "signal_id",
            "place",
            name="uq_research_evidence_insight_id_highlight_id_signal_id_place",
        ),
    )
    op.create_index("ix_research_evidence_highlight_id", "research_evidence", ["highlight_id"])


def _studies() -> None:
    op.create_table(
        "studies",
        _text("id", 40),
        _text("title", 140),
        _text("about", 20),
        _text("about_id", 80),
        _text("about_name", 200),
        _long("themes"),
        _long("method"),
        _text("seed", 64),
        _instant("as_of"),
        _long("framed"),
        _long("guide"),
        _long("welcome"),
        _text("place", 300),
        _number("minutes"),
        _text("course", 20),
        _text("by", 40),
        _instant("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_studies"),
    )
    op.create_index("ix_studies_created_at", "studies", ["created_at"])
    op.create_table(
        "study_people",
        _text("id", 40),
        _text("study_id", 40),
        _text("person", 210, null=True),
        _text("stratum", 200),
        sa.Column("probability", sa.Double, nullable=False),
        _long("why"),
        _text("stage", 20),
        _text("sending", 20, null=True),
        _text("reason", 40),
        _text("key", 64, null=True),
        _text("by", 40),
        _instant("created_at"),
        _instant("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_study_people"),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_study_people_study_id"),
        sa.UniqueConstraint("study_id", "person", name="uq_study_people_study_id_person"),
        sa.UniqueConstraint("key", name="uq_study_people_key"),
    )
    op.create_index("ix_study_people_sending", "study_people", ["sending"])
    op.create_index("ix_study_people_person", "study_people", ["person"])
    op.create_table(
        "study_slots",
        _text("id", 40),
        _text("study_id", 40),
        _instant("starts_at"),
        _text("participant_id", 40, null=True),
        _number("sequence"),
        _instant("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_study_slots"),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_study_slots_study_id"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["study_people.id"], name="fk_study_slots_participant_id"
        ),
        sa.UniqueConstraint("study_id", "starts_at", name="uq_study_slots_study_id_starts_at"),
        sa.UniqueConstraint("participant_id", name="uq_study_slots_participant_id"),
    )
