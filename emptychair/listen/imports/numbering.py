"""Which of several identical rows of a file a row is, so that all are kept and none is doubled later."""

import duckdb


class Numbering:
    """Counts equal keys over all parts of a file; `spans_parts` is False when the file is one part."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, spans_parts: bool) -> None:
        self._connection = connection
        self._spans_parts = spans_parts
        if spans_parts:
            # 8 bytes a row, spilled to disk by the engine when memory is short.
            connection.execute("create or replace temp table seen (code ubigint)")

    def number(self, table: str, key: str, result: str) -> None:
        """Create `result` (r, number): the rows of `table` whose key came before, numbered from 2.

        `table` has the columns r (the row's place in the part) and the key. Rows that are alone are not
        listed: they are nearly all, and a number each would cost as much as reading the file.
        """
        twice = f"select hash({key}) from {table} group by hash({key}) having count(*) > 1"
        if not self._spans_parts:
            self._listed(table, key, f"hash({key}) in ({twice})", "0", "", result)
            return
        # Keys of earlier parts are known by their hash: among five million, two differ and
        # agree once in a million files, and then a row is a second where it is a first.
        self._connection.execute(f"""create or replace temp table before as
            select code, count(*) as many from seen
            where code in (select hash({key}) from {table}) group by code""")
        again = f"hash({key}) in ({twice}) or hash({key}) in (select code from before)"
        join = f"left join before on before.code = hash({key})"
        self._listed(table, key, again, "coalesce(many, 0)", join, result)
        self._connection.execute(f"insert into seen select hash({key}) from {table}")

    def _listed(self, table: str, key: str, which: str, before: str, join: str, result: str) -> None:
        self._connection.execute(f"""create or replace temp table {result} as
            select r, number + {before} as number from (
                select r, {key}, row_number() over (partition by {key} order by r) as number
                from {table} where {which}) {join}
            where number + {before} > 1""")
