"""A company large enough that each planted effect stands out of its own noise, as tables to ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from emptychair.demo.planted import Planted, planted
from emptychair.demo.systems import SYSTEMS, system_signals
from emptychair.demo.world import World, world

PEOPLE, SEED, UNTIL = 12_000, 7, date(2026, 11, 1)


def every_signal(made: World) -> pa.Table:
    return pa.concat_tables([system_signals(made, source) for source in SYSTEMS])


@dataclass(frozen=True)
class Company:
    """`signals`, and what is seen in them: `spells`, in days from the start."""

    connection: duckdb.DuckDBPyConnection
    truth: Planted
    days: int

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def one(self, sql: str) -> tuple:
        return self.rows(sql)[0]


@pytest.fixture(scope="session")
def company() -> Iterator[Company]:
    made = world(people=PEOPLE, employees=400, seed=SEED, until=UNTIL)
    with duckdb.connect(config={"threads": 2}) as connection:
        offered = every_signal(made)
        connection.register("offered", offered)
        connection.execute("create table signals as select * from offered")
        connection.unregister("offered")
        start = made.clock.start.replace(tzinfo=None)
        connection.execute(f"""create macro day(moment) as
            epoch_us(moment - timestamp '{start}') / 86400e6""")
        connection.execute(
            "create macro said(properties, key) as json_extract_string(properties, '$.' || key)"
        )
        connection.execute(f"""create table spells as
            select audience, person, day(started) as started, day(ended) as ended,
                coalesce(day(ended), {made.clock.days}) as seen_to
            from (select audience, person, kind, occurred_at as started,
                lead(occurred_at) over (partition by audience, person order by occurred_at) as ended
                from signals where kind in ('joined', 'left')) where kind = 'joined'""")
        truth = planted(people=PEOPLE, employees=400, seed=SEED, until=UNTIL)
        for name, table in truth.members.items():
            connection.register(f"truth_{name}", table)
        connection.register("themes", truth.themes)
        yield Company(connection, truth, made.clock.days)
