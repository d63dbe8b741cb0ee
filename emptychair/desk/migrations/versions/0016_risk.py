"""Models of risk, everybody's chance of leaving, and chances that are held against what came."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_models",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("horizon", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("as_of", sa.DateTime, nullable=False),
        sa.Column("trained_at", sa.DateTime, nullable=False),
        sa.Column("log_loss", sa.Float),
        sa.Column("unreliable", sa.String(500), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_risk_models"),
    )
    op.create_index(
        "ix_risk_models_audience_horizon_trained_at", "risk_models", ["audience", "horizon", "trained_at"]
    )
    op.create_table(
        "risk_runs",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("deed", sa.String(20), nullable=False),
        sa.Column("ended_at", sa.DateTime, nullable=False),
        sa.Column("as_of", sa.DateTime),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_risk_runs"),
    )
    op.create_index("ix_risk_runs_audience_deed_ended_at", "risk_runs", ["audience", "deed", "ended_at"])
    op.create_table(
        "risk_scores",
        sa.Column("run", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("person", sa.String(220), nullable=False),
        sa.Column("horizon", sa.Integer, nullable=False),
        sa.Column("chance", sa.Float, nullable=False),
        sa.Column("low", sa.Float, nullable=False),
        sa.Column("high", sa.Float, nullable=False),
        sa.Column("nearer", sa.Text, nullable=False),
        sa.Column("worth", sa.Float),
        sa.Column("currency", sa.String(3)),
        sa.Column("loss", sa.Float),
        sa.Column("reasons", sa.Text),
        sa.Column("changes", sa.Text),
        sa.PrimaryKeyConstraint("run", "person", name="pk_risk_scores"),
    )
    op.create_index("ix_risk_scores_person", "risk_scores", ["person"])
    op.create_index("ix_risk_scores_run_loss", "risk_scores", ["run", "loss"])
    op.create_index("ix_risk_scores_run_chance", "risk_scores", ["run", "chance"])
    op.create_table(
        "risk_forecasts",
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("scored_at", sa.DateTime, nullable=False),
        sa.Column("person", sa.String(220), nullable=False),
        sa.Column("chances", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("audience", "scored_at", "person", name="pk_risk_forecasts"),
    )
    op.create_index("ix_risk_forecasts_person", "risk_forecasts", ["person"])
