"""What was read in the words of signals: language, tone and themes, kept beside them."""

from collections.abc import Sequence
from datetime import datetime

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

    def again(self, languages: Sequence[str]) -> None:
        """Read all words in these languages again; what was read in them stays until then."""
        with self._upkeep.changing() as stores, stores.projection.transaction() as connection:
            connection.register("asked", pa.table({"language": pa.array(languages, pa.string())}))
            theirs = "id in (select signal from readings semi join asked using (language))"
            waiting = "id in (select signal from unread)"
            learn(connection, f"(select * from signal_rows where {theirs} and not {waiting})")
            connection.unregister("asked")

    def changes(self) -> int:
        """How often something was read: an answer that was kept is as old as its number."""
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            ((found,),) = cursor.execute("select changes from reader").fetchall()
        return int(found)

    def unread(self, most: int) -> pa.Table:
        """Some words that nobody read yet: `signal`, `audience`, `text`, and where and when they were said.

        Columns: `kind`, `channel`, `source`, and `occurred_at` in microseconds of Unix time.
        """
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            return cursor.sql(
                """select signal, audience, text, kind, channel, source, epoch_us(occurred_at) as occurred_at
                from unread limit $n""",
                params={"n": most},
            ).to_arrow_table()

    def held(
        self, audience: str, signals: Sequence[str], instants: Sequence[datetime], tone: str = ""
    ) -> frozenset[str]:
        """Which of these signals the audience has, and of this tone if one is given.

        `instants` are when they happened: rows are found by them in a third of the time that ids take.
        """
        found = self._rows("id", audience, signals, instants)["id"].to_pylist()
        if not tone:
            return frozenset(found)
        told = self._tones(found)
        return frozenset(signal for signal in found if told.get(signal) == tone)

    def said(self, audience: str, signals: Sequence[str], instants: Sequence[datetime]) -> pa.Table:
        """Those of these signals that the audience has, whole, with their tone (null: not known)."""
        columns = "id, person, kind, name, channel, source, text, score, occurred_at"
        found = self._rows(columns, audience, signals, instants)
        # Put together here: a join of both tables takes twice as long as the two of them.
        ids = found["id"].to_pylist()
        told = self._tones(ids)
        return found.append_column("tone", pa.array([told.get(one) for one in ids], pa.string()))

    def strange(self, signals: Sequence[str]) -> list[str]:
        """Those of these signals of which nothing is read. O(texts)."""
        with self._stores.projection.reading() as cursor:
            cursor.register("asked", pa.table({"signal": pa.array(signals, pa.string())}))
            found = cursor.execute("select signal from asked anti join readings using (signal)").fetchall()
        return [signal for (signal,) in found]

    def _tones(self, signals: Sequence[str]) -> dict[str, str | None]:
        with self._stores.projection.reading() as cursor:
            asked = "select signal, tone from readings where signal in (select unnest($signals))"
            return dict(cursor.execute(asked, {"signals": list(signals)}).fetchall())

    def _rows(
        self, columns: str, audience: str, signals: Sequence[str], instants: Sequence[datetime]
    ) -> pa.Table:
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            return cursor.sql(
                f"""select {columns} from signals
                where occurred_at in (select unnest($instants)) and id in (select unnest($signals))
                    and audience = $audience""",
                params={"signals": list(signals), "instants": list(instants), "audience": audience},
            ).to_arrow_table()

    def told(self, signals: Sequence[str]) -> pa.Table:
        """The language, the tone and its score of those of these signals that were read. O(texts)."""
        return self._of("readings", "signal, language, tone, tone_score", signals)

    def mentioned(self, signals: Sequence[str]) -> pa.Table:
        """The themes that these signals speak of, with place and confidence, in their order. O(mentions)."""
        return self._of("mentions", "signal, place, theme, confidence", signals)

    def _of(self, table: str, columns: str, signals: Sequence[str]) -> pa.Table:
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            return cursor.sql(
                f"""select {columns} from {table} where signal in (select unnest($signals))
                order by all""",
                params={"signals": list(signals)},
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
