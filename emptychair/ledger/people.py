"""Who a signal is about: visitors and merged people go by the id of the person that they turned out to be."""

from hashlib import blake2b
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from emptychair.domain.identity import Decisions, roots
from emptychair.domain.person import VISITOR
from emptychair.ledger import card
from emptychair.ledger.durable import write_file
from emptychair.ledger.links import DEVICE

# A device that more people use is a till or a library's: whoever visited with it without a name is nobody.
SHARED = 5

# Two rows that are nobody's. DuckDB 2.0 forgets the LIMIT of a question over a left join whose right side its
# statistics prove to be empty, as they do for an audience that is out of the range of the table's values.
NEVER_EMPTY = """insert into people select unnest(['', chr(1114111)]), '', ''
    where not exists (select 1 from people where known_as = '')"""
# Who is called otherwise than written: `known_as` is what signals have, `person` what questions see.
# `settled` counts the times that somebody changed, and has a mark of the decisions that were followed.
CREATE = f"""
create table if not exists people (
    audience varchar not null, known_as varchar not null, person varchar not null);
{NEVER_EMPTY};
create table if not exists settled (number bigint not null, decisions varchar not null);
insert into settled select 0, '' where not exists (select 1 from settled)
"""


def resolved(relation: str, *, is_anybody_renamed: bool = True) -> str:
    """SQL: the rows with `person` as questions see it, and `known_as` where it was written otherwise.

    Without the look at `people` an INSERT of these rows is faster where they may change their order, and
    twice as slow where they may not.
    """
    is_visitor = f"starts_with(written.person, '{VISITOR}')"
    if not is_anybody_renamed:
        return f"""(select written.* replace (case when not {is_visitor} then written.person end as person),
                case when {is_visitor} then written.person end as known_as
            from {relation} as written)"""
    person = f"coalesce(people.person, case when not {is_visitor} then written.person end)"
    return f"""(select written.* replace ({person} as person),
            case when ({person}) is distinct from written.person then written.person end as known_as
        from {relation} as written left join people
        on people.audience = written.audience and people.known_as = written.person)"""


def settle(connection: duckdb.DuckDBPyConnection, decisions: Decisions, *, anew: bool = False) -> int:
    """Let rows and cards follow what was told and decided since; how many are called otherwise now.

    `anew` looks at everybody, as is needed after a change of `decisions`. The earliest evidence tells whose a
    device is, so that any order of arrival gives the same people. O(rows) when somebody changes.
    """
    if not anew and not is_unsettled(connection):
        return 0
    moved = rename(connection, decisions, anew=anew)
    if moved:
        _move_rows(connection)
        _move_cards(connection)
    connection.execute("drop table moves")
    return moved


def rename(connection: duckdb.DuckDBPyConnection, decisions: Decisions, *, anew: bool = False) -> int:
    """Bring `people` up to date, not the rows; who changes is in the temp table `moves` afterwards."""
    _bind(connection, decisions)
    if anew:
        connection.execute(f"""insert into unsettled select audience, other from links where what = '{DEVICE}'
            union select audience, known_as from people where known_as <> ''
            union select audience, known_as from roots""")
    connection.execute(f"create or replace temp table moves as {_MOVES}")
    for name in ("roots", "separations"):
        connection.unregister(name)
    connection.execute("delete from unsettled")
    (moved,) = connection.execute("select count(*) from moves").fetchall()[0]
    if anew:
        connection.execute("update settled set decisions = ?", [_mark(decisions)])
    if moved:
        connection.execute("update settled set number = number + 1")
        connection.execute("""delete from people using moves
            where people.audience = moves.audience and people.known_as = moves.known_as""")
        connection.execute(
            "insert into people select audience, known_as, now from moves where now is not null"
        )
    return int(moved)


def is_anybody_renamed(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether anybody goes by another name than is written; a visitor without a name does not."""
    return connection.execute("select exists (from people where known_as <> '')").fetchall() == [(True,)]


def is_unsettled(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether something was told that nobody looked at yet. Cheap."""
    return connection.execute("select exists (from unsettled)").fetchall() == [(True,)]


def is_behind(connection: duckdb.DuckDBPyConnection, decisions: Decisions) -> bool:
    """Whether other decisions than these were followed, as after a crash between two files."""
    return connection.execute("select decisions from settled").fetchall() != [(_mark(decisions),)]


def decided(path: Path) -> Decisions:
    """The decisions that were kept."""
    return msgspec.json.decode(path.read_bytes(), type=Decisions) if path.exists() else Decisions()


def keep(path: Path, decisions: Decisions) -> None:
    """Write the decisions down, durably: the projection can be built anew from lake, journal and them."""
    write_file(path, msgspec.json.format(msgspec.json.encode(decisions)))


_MOVES = f"""
    with asked as (select distinct audience, known_as from unsettled),
    told as (
        select links.audience, links.other as known_as, links.person, links.first_at
        from links semi join asked on asked.audience = links.audience and asked.known_as = links.other
        anti join separations as s
            on s.audience = links.audience and s.device = links.other and s.person = links.person
        where what = '{DEVICE}'),
    owners as (
        select audience, known_as, person from told
        qualify count(*) over (partition by audience, known_as) <= {SHARED}
            and row_number() over (partition by audience, known_as order by first_at, person) = 1),
    wanted as (
        select owners.audience, owners.known_as, coalesce(roots.person, owners.person) as person
        from owners left join roots on roots.audience = owners.audience and roots.known_as = owners.person
        where not exists (from roots as own
            where own.audience = owners.audience and own.known_as = owners.known_as)
        union all select audience, known_as, person from roots semi join asked using (audience, known_as))
    select asked.audience, asked.known_as, people.person as was, wanted.person as now,
        not starts_with(asked.known_as, '{VISITOR}') as is_known
    from asked left join people using (audience, known_as) left join wanted using (audience, known_as)
    where people.person is distinct from wanted.person
"""


def _mark(decisions: Decisions) -> str:
    if decisions == Decisions():
        return ""
    return blake2b(msgspec.json.encode(decisions), digest_size=16).hexdigest()


def _bind(connection: duckdb.DuckDBPyConnection, decisions: Decisions) -> None:
    merged = [(audience, gone, into) for (audience, gone), into in roots(decisions.merges).items()]
    apart = [(one.audience, VISITOR + one.device, one.person) for one in decisions.separations]
    connection.register("roots", _table(("audience", "known_as", "person"), merged))
    connection.register("separations", _table(("audience", "device", "person"), apart))


def _table(names: tuple[str, str, str], rows: list[tuple[str, str, str]]) -> pa.Table:
    return pa.table(
        {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)}
    )


def _move_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """First those who went by another name before, then those who are given one."""
    connection.execute("""update signal_rows as r
        set person = case when m.now is null and m.is_known then m.known_as else m.now end,
            known_as = case when m.now is null and m.is_known then null else m.known_as end
        from moves as m where r.audience = m.audience and r.known_as = m.known_as""")
    connection.execute("""update signal_rows as r set person = m.now, known_as = m.known_as
        from moves as m where m.is_known and m.now is not null
        and r.known_as is null and r.audience = m.audience and r.person = m.known_as""")


def _move_cards(connection: duckdb.DuckDBPyConnection) -> None:
    """Cards of those who lose signals are computed anew; a visitor who gets a name only adds to a card."""
    connection.execute("""create or replace temp table touched as select distinct audience, person from (
        select audience, unnest([was, now, case when is_known then known_as end]) as person
        from moves where is_known or was is not null) where person is not null""")
    card.recompute(connection, "touched")
    connection.execute("""create or replace temp table added as
        select m.audience, m.known_as from moves as m
        where not m.is_known and m.was is null
        and not exists (from touched as t where t.audience = m.audience and t.person = m.now)""")
    card.merge(connection, "(select * from signal_rows semi join added using (audience, known_as))")
    connection.execute("drop table touched")
    connection.execute("drop table added")
