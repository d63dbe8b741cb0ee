"""What was read in the words of signals: language, tone and themes, kept beside them."""

import duckdb
import pyarrow as pa

from emptychair.ledger.stores import Stores
from emptychair.ledger.upkeep import Upkeep
from emptychair.ledger.words import MENTIONS, READINGS, TABLES, learn


class Readings:
    """The door of a ledger to what was read; all of it can be made again from the words."""

    def __init__(self, stores: Stores, upkeep: Upkeep) -> None:
        self._stores, self._upkeep = stores, upkeep

    def begin(self, version: str) -> bool:
        """Read as this version does: when another did before, all words are unread, and True is told.

        What was read before stays until it is read again.
        """
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            if cursor.execute("select version from reader").fetchall() == [(version,)]:
                return False
        with self._upkeep.changing() as stores, stores.projection.transaction() as connection:
            connection.execute("delete from unread")
            learn(connection, "signal_rows")
            connection.execute("update reader set version = ?, changes = changes + 1", [version])
        return True

    def changes(self) -> int:
        """How often something was read: an answer that was kept is as old as its number."""
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            ((found,),) = cursor.execute("select changes from reader").fetchall()
        return int(found)

    def unread(self, most: int) -> pa.Table:
        """Some words that nobody read yet: `signal`, `audience`, `text`."""
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            return cursor.sql(
                "select signal, audience, text from unread limit $n", params={"n": most}
            ).to_arrow_table()

    def progress(self) -> tuple[int, int]:
        """How many texts are read, and how many are not. A text that is read again counts as read."""
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            ((read, unread),) = cursor.execute(
                """select (select count(*) from readings),
                    (select count(*) from unread anti join readings using (signal))"""
            ).fetchall()
        return int(read), int(unread)

    def keep(self, readings: pa.Table, mentions: pa.Table) -> None:
        """Keep what was read in these signals in place of what was before; they are read now.

        A signal that went meanwhile is not brought back.
        """
        with self._upkeep.changing() as stores, stores.projection.transaction() as connection:
            connection.register("fresh", readings.cast(READINGS))
            for table in TABLES:
                connection.execute(f"delete from {table} where signal in (select signal from fresh)")
            held = "signal in (select id from signal_rows)" if readings.num_rows else "false"
            connection.execute(f"insert into readings by name select * from fresh where {held}")
            connection.unregister("fresh")
            _insert_mentions(connection, mentions)

    def mention(self, audience: str, mentions: pa.Table) -> None:
        """Keep these mentions in place of all others of the audience: its themes were found anew."""
        with self._upkeep.changing() as stores, stores.projection.transaction() as connection:
            connection.execute(
                "delete from mentions where signal in (select id from signal_rows where audience = ?)",
                [audience],
            )
            _insert_mentions(connection, mentions)


def _insert_mentions(connection: duckdb.DuckDBPyConnection, mentions: pa.Table) -> None:
    connection.register("fresh", mentions.cast(MENTIONS))
    connection.execute("insert into mentions by name select * from fresh semi join readings using (signal)")
    connection.unregister("fresh")
    connection.execute("update reader set changes = changes + 1")
