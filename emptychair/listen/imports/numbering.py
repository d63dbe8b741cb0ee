"""Which of several identical rows of one file a row is, so that all of them are kept and none is doubled later."""

import duckdb


class Numbering:
    """Counts equal keys over all parts of a file; `spans_parts` is False when the file is one part."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, spans_parts: bool) -> None:
        self._connection = connection
        self._spans_parts = spans_parts
        if spans_parts:
            # 16 bytes a row, spilled to disk by the engine when memory is short.
            connection.execute("create or replace temp table seen (key uuid, many integer)")

    def number(self, table: str, key: str, number: str, result: str) -> None:
        """Create `result`: `table` with a column that counts its equal keys from 1, over this and earlier parts."""
        counted = f"select *, row_number() over (partition by {key} order by r) as {number} from {table}"
        if not self._spans_parts:
            self._connection.execute(f"create or replace temp table {result} as {counted}")
            return
        self._connection.execute(f"""create or replace temp table {result} as
            with before as (select key, sum(many)::integer as many from seen
                where key in (select {key}::uuid from {table}) group by key)
            select counted.* replace (counted.{number} + coalesce(before.many, 0) as {number})
            from ({counted}) as counted left join before on counted.{key}::uuid = before.key""")
        self._connection.execute(
            f"insert into seen select {key}::uuid, count(*) from {table} where {key} is not null group by 1"
        )
