"""Themes, what people changed about them, and when they were found."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "themes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("area", sa.String(80), nullable=False),
        sa.Column("phrases", sa.Text, nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("texts", sa.Integer, nullable=False),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("found_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_themes"),
    )
    op.create_index("ix_themes_audience_standing", "themes", ["audience", "standing"])
    op.create_table(
        "theme_edits",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("says", sa.Text, nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("undone_by", sa.String(40)),
        sa.Column("undone_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_theme_edits"),
    )
    op.create_index("ix_theme_edits_audience_made_at", "theme_edits", ["audience", "made_at"])
    op.create_table(
        "theme_fits",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("fitted_at", sa.DateTime, nullable=False),
        sa.Column("texts", sa.Integer, nullable=False),
        sa.Column("themed", sa.Integer, nullable=False),
        sa.Column("themes", sa.Integer, nullable=False),
        sa.Column("agreement", sa.Float),
        sa.Column("model", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_theme_fits"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_theme_fits_audience_fitted_at", "theme_fits", ["audience", "fitted_at"])
