"""Databases over ADBC, which brings rows as Arrow: PostgreSQL, and others where the operator allows them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import URL, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.default import DefaultDialect

PREFIX = "adbc+"


class AdbcError(Exception):
    """What the database answered; `state` is its SQLSTATE, empty where none came."""

    def __init__(self, text: str, state: str) -> None:
        super().__init__(text)
        self.state = state


class NoDriver(Exception):
    """The driver is not installed."""


class AdbcReader:
    """Reads through an open connection. Raises AdbcError."""

    def __init__(self, connection: Any, error: type[Exception], dialect: Any) -> None:
        self._connection, self._error, self._dialect = connection, error, dialect

    def columns(self, schema: str | None, name: str) -> list[str]:
        """The names of a table's columns, none when there is no such table or it may not be read."""
        try:
            found = self._connection.adbc_get_table_schema(name, db_schema_filter=schema)
        except self._error:
            self._connection.rollback()
            return []
        return [str(each) for each in found.names]

    def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        """What the query gives; the values in it came from the database."""
        sql = str(query.compile(dialect=self._dialect, compile_kwargs={"literal_binds": True}))
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(sql)
                found: list[dict[str, Any]] = cursor.fetch_arrow_table().to_pylist()
        except self._error as problem:
            raise AdbcError(_words(problem), str(getattr(problem, "sqlstate", None) or "")) from None
        return found


@contextmanager
def opened(url: URL, password: str | None, pinned: Mapping[str, str]) -> Iterator[AdbcReader]:
    """A connection until the end of the block; `pinned` are parameters of its address. Raises AdbcError and
    NoDriver.
    """
    name, _, scheme = url.drivername.removeprefix(PREFIX).partition("+")
    try:
        driver = import_module(f"adbc_driver_{name}.dbapi")
    except ImportError:
        raise NoDriver(f"adbc-driver-{name}") from None
    bare = url.set(drivername=scheme or name, password=password, query={})
    # Blanks as %20: libpq does not take a plus for one.
    query = urlencode({**url.query, **pinned}, quote_via=quote)
    whole = bare.render_as_string(hide_password=False) + (f"?{query}" if query else "")
    try:
        connection = driver.connect(whole)
    except driver.Error as problem:
        # Drivers tell the address, with its password, in some of their errors.
        text = _words(problem)
        text = text.replace(password, "…") if password else text
        raise AdbcError(text, str(getattr(problem, "sqlstate", None) or "")) from None
    try:
        make: Any = postgresql.dialect if name == "postgresql" else DefaultDialect
        yield AdbcReader(connection, driver.Error, make())
    finally:
        connection.close()


def _words(problem: object) -> str:
    return " ".join(str(problem).split())[:300].rstrip(".")
