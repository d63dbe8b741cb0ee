"""Databases of the company, read and never changed: addresses checked and pinned, statements bounded."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import certifi
from sqlalchemy import URL, Connection, Select, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from emptychair.listen.sources import adbc
from emptychair.listen.sources.folder import place_of
from emptychair.listen.sources.system import Errand, SourceTrouble

SECONDS = 60
_POSTGRESQL = "postgresql+psycopg"
_ADBC_POSTGRESQL = f"{adbc.PREFIX}postgresql"
_ALIASES = {"postgres": _POSTGRESQL, "postgresql": _POSTGRESQL, _POSTGRESQL: _POSTGRESQL, "sqlite": "sqlite"}
_SSL = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# SQLSTATE classes and words behind which a person has to do something (PostgreSQL, appendix A).
_LASTING = ("28", "3D", "3F", "42")
_LASTING_WORDS = (
    "authentication failed",
    "no pg_hba.conf entry",
    "does not exist",
    "no such",
    "not permitted",
)


def address(text: str) -> str:
    """The address of a database as it is kept. Raises ValueError; a password has a field of its own."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("expected an address such as postgresql://reader@db.example.com/shop") from None
    if url.password:
        raise ValueError("write the address without the password: it has a field of its own")
    if _ALIASES.get(url.drivername) == _POSTGRESQL or url.drivername == _ADBC_POSTGRESQL:
        if set(url.query) - {"sslmode"} or url.query.get("sslmode", "prefer") not in _SSL:
            raise ValueError(f"behind the ? only sslmode can stand: {', '.join(_SSL)}")
        if not url.host or not url.database:
            raise ValueError("expected an address such as postgresql://reader@db.example.com/shop")
    return url.render_as_string()


class Reader(Protocol):
    """A connection that reads."""

    def columns(self, schema: str | None, name: str) -> list[str]:
        """The names of a table's columns, none when there is no such table."""

    def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        """What the query gives."""


class _SqlReader:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def columns(self, schema: str | None, name: str) -> list[str]:
        try:
            return [each["name"] for each in inspect(self._connection).get_columns(name, schema)]
        except NoSuchTableError:
            return []

    def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        return [dict(row) for row in self._connection.execute(query).mappings()]


@contextmanager
def connected(errand: Errand) -> Iterator[Reader]:
    """A connection that reads, until the end of the block. Raises SourceTrouble and OutsideError."""
    url = make_url(errand.setting("address"))
    reading = _by_adbc(errand, url) if url.drivername.startswith(adbc.PREFIX) else _by_sqlalchemy(errand, url)
    with reading as reader:
        yield reader


@contextmanager
def _by_adbc(errand: Errand, url: URL) -> Iterator[Reader]:
    pinned: dict[str, str] = {}
    if url.drivername == _ADBC_POSTGRESQL:
        pinned = {name: str(text) for name, text in _pinned(errand, url).items()}
        # The driver takes one address in its text; the name stays for the certificate.
        url = url.set(host=None, port=None)
    else:
        _check_allowed(errand, url)
    try:
        with adbc.opened(url, errand.secrets.get("password"), pinned) as reader:
            yield reader
    except adbc.NoDriver as missing:
        raise SourceTrouble(f"The driver {missing} is not installed beside Empty Chair.") from None
    except adbc.AdbcError as problem:
        raise _trouble(problem.state, str(problem)) from None


@contextmanager
def _by_sqlalchemy(errand: Errand, url: URL) -> Iterator[Reader]:
    try:
        engine = _engine(errand, url)
        try:
            with engine.connect() as connection:
                yield _SqlReader(connection)
                connection.rollback()
        finally:
            engine.dispose()
    except NoSuchModuleError:
        raise SourceTrouble(f"The driver of {url.drivername} is not installed beside Empty Chair.") from None
    except DBAPIError as problem:
        orig = problem.orig or problem
        raise _trouble(str(getattr(orig, "sqlstate", None) or ""), _words(orig)) from None
    except SQLAlchemyError as problem:
        raise SourceTrouble(f"The database cannot be asked: {_words(problem)}.") from None


def _engine(errand: Errand, url: URL) -> Any:
    name = _ALIASES.get(url.drivername)
    if name == "sqlite":
        return _sqlite(errand, url)
    if name == _POSTGRESQL:
        return _postgresql(errand, url)
    _check_allowed(errand, url)
    return create_engine(url.set(password=errand.secrets.get("password")), poolclass=NullPool)


def _check_allowed(errand: Errand, url: URL) -> None:
    if url.drivername not in errand.means.dialects:
        raise SourceTrouble(
            f"Databases of the kind {url.drivername} are not allowed: whoever operates this "
            "installation can allow it with EMPTYCHAIR_DIALECTS, and install its driver."
        )
    if url.host:
        # Checked, but not pinned: each driver has its own way to connect.
        errand.means.outside.address(url.host, url.port or 1)


def _sqlite(errand: Errand, url: URL) -> Any:
    """A file in a folder from which sources may read."""
    path: Path = place_of(errand.means.home, errand.means.folders, url.database or "")
    if not path.is_file():
        raise SourceTrouble(f"There is no file {path}.")
    read_only = URL.create("sqlite", database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"})
    return create_engine(read_only, poolclass=NullPool, connect_args={"timeout": 10})


def _pinned(errand: Errand, url: URL) -> dict[str, str | int]:
    """Parameters of libpq that lead to the checked addresses alone, and let nothing be written."""
    host, port = url.host or "", url.port or 5432
    checked = errand.means.outside.address(host, port)
    sslmode = str(url.query.get("sslmode", "prefer"))
    pinned: dict[str, str | int] = {
        "hostaddr": ",".join(str(each) for each in checked.addresses),
        "host": ",".join([host] * len(checked.addresses)),
        "port": port,
        "connect_timeout": 10,
        "sslmode": sslmode,
        "passfile": "/dev/null/none",
        "application_name": "Empty Chair",
        "options": f"-c statement_timeout={SECONDS}s -c default_transaction_read_only=on -c timezone=UTC",
    }
    if sslmode.startswith("verify"):
        pinned["sslrootcert"] = certifi.where()
    return pinned


def _postgresql(errand: Errand, url: URL) -> Any:
    pinned = _pinned(errand, url)
    bare = URL.create(_POSTGRESQL, username=url.username, database=url.database)
    engine = create_engine(
        bare.set(password=errand.secrets.get("password")), poolclass=NullPool, connect_args=pinned
    )

    @event.listens_for(engine, "connect")
    def read_only(connection: Any, record: object) -> None:
        connection.read_only = True

    return engine


def _trouble(state: str, text: str) -> SourceTrouble:
    is_lasting = state.startswith(_LASTING) or any(word in text for word in _LASTING_WORDS)
    return SourceTrouble(f"The database answered: {text}.", is_temporary=not is_lasting)


def _words(problem: object) -> str:
    return " ".join(str(problem).split())[:300].rstrip(".")
