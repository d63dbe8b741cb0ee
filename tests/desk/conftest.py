"""A fresh desk for every test, on each database that was chosen, and the people who sit at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import create_engine, make_url, text

from emptychair.desk import users
from emptychair.desk.desk import Desk
from emptychair.desk.users import Role, User
from tests.desk.people import NOW, made_hash
from tests.postgres import private_postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[], str]]:
    """The address of a private server, started when a test first asks for it."""
    with ExitStack() as stack:
        yield cache(lambda: stack.enter_context(private_postgres()))


@pytest.fixture
def place(desk_name: str, tmp_path: Path, postgres_server: Callable[[], str]) -> Iterator[str]:
    """Where an empty desk can be opened, as often as a test likes."""
    if desk_name == "sqlite":
        yield str(tmp_path / "home" / "desk.sqlite3")
        return
    url = make_url(postgres_server()).set(drivername="postgresql+psycopg")
    name = f"desk_{token_hex(6)}"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"create database {name}"))
        yield url.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f"drop database {name} with (force)"))
    server.dispose()


@pytest.fixture
def desk(place: str) -> Iterator[Desk]:
    desk = Desk.open(place)
    yield desk
    desk.close()


@pytest.fixture
def ada(desk: Desk) -> User:
    """The owner."""
    return _person(desk, "Ada", Role.OWNER)


@pytest.fixture
def ben(desk: Desk) -> User:
    """On the team."""
    return _person(desk, "Ben", Role.AGENT)


def _person(desk: Desk, name: str, role: Role) -> User:
    with desk.begin() as tx:
        return users.create(
            tx, email=f"{name}@Example.com", name=name, role=role, password=made_hash(), now=NOW
        )
