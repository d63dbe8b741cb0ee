"""Themes: the sentence that shows one is named, its words are the ledger's alone."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("themes", sa.Column("quoted", sa.String(300), nullable=False, server_default=""))
    with op.batch_alter_table("themes") as table:
        table.drop_column("quote")
        table.alter_column("quoted", server_default=None)
    # Words of customers that were kept beside a change: the change names them, the ledger has them.
    edits = sa.table("theme_edits", sa.column("id"), sa.column("kind"), sa.column("says", sa.Text))
    connection = op.get_bind()
    for row in connection.execute(sa.select(edits.c.id, edits.c.says).where(edits.c.kind == "move")).all():
        says = json.loads(row.says)
        says.pop("words", None)
        connection.execute(sa.update(edits).where(edits.c.id == row.id).values(says=json.dumps(says)))
