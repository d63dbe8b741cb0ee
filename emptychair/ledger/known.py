"""What is known of people, as tables for engines that do not keep it as batches arrive."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from emptychair.domain.person import VISITOR
from emptychair.ledger import links
from emptychair.ledger.words import MENTIONS, READINGS

PEOPLE: pa.Schema = pa.schema([(name, pa.string()) for name in ("audience", "known_as", "person")])
MEMBERSHIPS: pa.Schema = pa.schema(
    [
        *((name, pa.string()) for name in ("audience", "account", "person")),
        *((name, pa.timestamp("us")) for name in ("first_at", "last_at")),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who is called otherwise than written, who belongs to which account, what was read in which words.

    `mark` tells states apart.
    """

    mark: str
    people: pa.Table
    memberships: pa.Table
    readings: pa.Table
    mentions: pa.Table


TABLES = ("people", "memberships", "readings", "mentions")
_MARK_OF_NOTHING = repr([[(0, 0)]] * len(TABLES))
NOTHING = Known(
    mark="",
    people=PEOPLE.empty_table(),
    memberships=MEMBERSHIPS.empty_table(),
    readings=READINGS.empty_table(),
    mentions=MENTIONS.empty_table(),
)


def known(connection: duckdb.DuckDBPyConnection, before: Known = NOTHING) -> Known:
    """What the projection knows; `before` when that has not changed since."""
    counted = "count(*), coalesce(bit_xor(hash({0})), 0) from {1}"
    told = "people where known_as <> ''"
    sums = [counted.format("audience, known_as, person", told)]
    sums += [counted.format(name, name) for name in ("links", "readings", "mentions")]
    mark = repr([connection.execute(f"select {each}").fetchall() for each in sums])
    if mark in (before.mark, _MARK_OF_NOTHING):
        return before if mark == before.mark else NOTHING
    people = connection.sql(f"select audience, known_as, person from {told}").to_arrow_table()
    memberships = connection.sql(links.MEMBERSHIPS).to_arrow_table()
    read = connection.sql("select signal, language, tone, tone_score from readings").to_arrow_table()
    mentioned = connection.sql("select signal, place, theme, confidence from mentions").to_arrow_table()
    return Known(
        mark=mark,
        people=people.cast(PEOPLE),
        memberships=memberships.cast(MEMBERSHIPS),
        readings=read.cast(READINGS),
        mentions=mentioned.cast(MENTIONS),
    )


def as_known(columns: list[str], rows: str, starts_with: str) -> str:
    """A SELECT of `columns` from `rows` with `person` as questions see it, for engines that have `people`.

    `starts_with` is the engine's function; its arguments are a text and a beginning.
    """
    person = f"""case when people.person is not null then people.person
        when not {starts_with}(written.person, '{VISITOR}') then written.person end"""
    shown = ", ".join(
        f"{person} as person" if name == "person" else f"written.{name} as {name}" for name in columns
    )
    return f"""select {shown} from {rows} as written left join people
        on people.audience = written.audience and people.known_as = written.person"""
