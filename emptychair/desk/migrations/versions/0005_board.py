"""The board: posts, votes, the words behind them, ways in, and who was told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    posts()
    voters()
    votes()
    deeds()
    ways()


def _id(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.String(40), nullable=nullable)


def posts() -> None:
    op.create_table(
        "board_posts",
        _id("id"),
        sa.Column("title", sa.String(140), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("standing", sa.String(20), nullable=False),
        _id("by"),
        _id("merged_into", nullable=True),
        _id("root_id"),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_posts"),
    )
    op.create_index("ix_board_posts_standing_status", "board_posts", ["standing", "status"])
    op.create_index("ix_board_posts_root_id", "board_posts", ["root_id"])
    op.create_index("ix_board_posts_by_created_at", "board_posts", ["by", "created_at"])
    op.create_table(
        "board_changes",
        sa.Column("id", Number, nullable=False, autoincrement=True),
        _id("post_id"),
        sa.Column("before", sa.String(20), nullable=False),
        sa.Column("after", sa.String(20), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        _id("by"),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_board_changes_post_id", "board_changes", ["post_id"])


def voters() -> None:
    op.create_table(
        "board_voters",
        _id("id"),
        sa.Column("address", sa.String(254)),
        sa.Column("address_key", sa.String(254)),
        sa.Column("person", sa.String(210)),
        sa.Column("confirmed_at", sa.DateTime),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_voters"),
        sa.UniqueConstraint("address_key", name="uq_board_voters_address_key"),
    )
    op.create_index("ix_board_voters_person", "board_voters", ["person"])


def votes() -> None:
    op.create_table(
        "board_votes",
        _id("post_id"),
        _id("voter_id"),
        _id("by"),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "voter_id", name="pk_board_votes"),
    )
    op.create_index("ix_board_votes_voter_id", "board_votes", ["voter_id"])
    op.create_table(
        "board_evidence",
        _id("post_id"),
        sa.Column("signal_id", sa.String(500), nullable=False),
        _id("voter_id"),
        _id("by"),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "signal_id", name="pk_board_evidence"),
    )
    op.create_index("ix_board_evidence_signal_id", "board_evidence", ["signal_id"])
    op.create_table(
        "board_told",
        _id("post_id"),
        _id("voter_id"),
        _id("message_id", nullable=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "voter_id", name="pk_board_told"),
    )


def deeds() -> None:
    op.create_table(
        "board_deeds",
        _id("id"),
        sa.Column("deed", sa.String(20), nullable=False),
        _id("post_id"),
        _id("voter_id"),
        _id("by"),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("is_written", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_deeds"),
    )
    op.create_index("ix_board_deeds_is_written_at", "board_deeds", ["is_written", "at"])
    op.create_index("ix_board_deeds_voter_id_at", "board_deeds", ["voter_id", "at"])


def ways() -> None:
    op.create_table(
        "board_ways",
        _id("id"),
        sa.Column("key", sa.String(64), nullable=False),
        _id("voter_id"),
        _id("post_id", nullable=True),
        sa.Column("network", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime),
        sa.PrimaryKeyConstraint("id", name="pk_board_ways"),
        sa.UniqueConstraint("key", name="uq_board_ways_key"),
    )
    op.create_index("ix_board_ways_voter_id_created_at", "board_ways", ["voter_id", "created_at"])
    op.create_index("ix_board_ways_network_created_at", "board_ways", ["network", "created_at"])
