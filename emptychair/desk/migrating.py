"""Bringing the database to the tables of this version, when the desk is opened."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from emptychair.desk.refusal import DeskError

FOLDER = Path(__file__).parent / "migrations"


def migrate(tx: Connection) -> None:
    """Run what is missing, in the open transaction: all of it or nothing.

    Raises `DeskError` when the database has a migration that this version does not know.
    """
    if _is_current(tx):
        return
    # Loaded only where there is something to do: it would be the slowest part of a start.
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = tx
    scripts = ScriptDirectory.from_config(config)
    done = set(MigrationContext.configure(tx).get_current_heads())
    if unknown := done - {script.revision for script in scripts.walk_revisions()}:
        raise DeskError(
            f"this desk is of a newer version of Empty Chair: {', '.join(sorted(unknown))} is unknown; "
            f"the newest known is {scripts.get_current_head()}. Install that version, or restore the backup "
            "made before the upgrade."
        )
    if done != set(scripts.get_heads()):
        command.upgrade(config, "head")


def _is_current(tx: Connection) -> bool:
    """Whether the newest migration, and nothing unknown, has been run: each file begins with its revision."""
    if not inspect(tx).has_table("alembic_version"):
        return False
    newest = max(path.stem.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))
    return set(tx.execute(text("select version_num from alembic_version")).scalars()) == {newest}
