"""The person card: one row per person, kept as batches arrive, so that cohort questions need no history."""

import duckdb

from emptychair.domain.signal import Kind

# Bit k of active_0 is the k-th month after the first, of active_1 the (62 + k)-th: so both stay positive.
BITS = 62
_FULL = (1 << BITS) - 1
_COUNTS = {Kind.DID: "did", Kind.SAID: "said", Kind.RATED: "rated", Kind.PAID: "paid", Kind.MET: "met"}

CREATE = """
create table if not exists person_cards (
    audience varchar not null, person varchar not null, first_at timestamp not null,
    last_at timestamp not null, signals bigint not null, did bigint not null, said bigint not null,
    rated bigint not null, paid bigint not null, met bigint not null, spend decimal(38, 4) not null,
    first_month integer not null, active_0 bigint not null, active_1 bigint not null)
"""

COLUMNS = (
    "audience", "person", "first_at", "last_at", "signals", "did", "said", "rated", "paid", "met", "spend",
    "first_month", "active_0", "active_1",
)  # fmt: skip


def cards_of(relation: str) -> str:
    """One row per audience and person of `relation`, computed from its signals alone."""
    counts = ", ".join(f"count(*) filter (kind = '{kind}') as {name}" for kind, name in _COUNTS.items())
    sums = ", ".join(f"sum({name})::bigint as {name}" for name in ("signals", *_COUNTS.values()))
    return f"""
        with months as materialized (
            select audience, person, (year(occurred_at) * 12 + month(occurred_at) - 1)::integer as month,
                min(occurred_at) as first_at, max(occurred_at) as last_at, count(*) as signals, {counts},
                coalesce(sum(value) filter (kind = 'paid'), 0) as spend,
                coalesce(bool_or(kind = 'did' or (kind = 'paid' and value > 0)), false) as active
            from {relation} where person is not null group by all
        ), firsts as (select audience, person, min(month) as first_month from months group by all
        ), aged as (select months.*, first_month, month - first_month as age
            from months join firsts using (audience, person))
        select audience, person, min(first_at) as first_at, max(last_at) as last_at, {sums},
            sum(spend)::decimal(38, 4) as spend, first_month,
            bit_or(case when active and age < {BITS} then 1::bigint << age else 0 end) as active_0,
            bit_or(case when active and age between {BITS} and {2 * BITS - 1}
                then 1::bigint << (age - {BITS}) else 0 end) as active_1
        from aged group by audience, person, first_month
    """


def merge(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Add the signals of `relation` to the cards, inside the transaction that stores them."""
    connection.execute(f"create or replace temp table fresh_cards as {cards_of(relation)}")
    known = connection.execute("select count(*) from person_cards").fetchone() != (0,)
    if known:
        connection.execute(_UPDATE)
    others = "anti join person_cards using (audience, person)" if known else ""
    columns = ", ".join(COLUMNS)
    connection.execute(f"insert into person_cards by name select {columns} from fresh_cards {others}")
    connection.execute("drop table fresh_cards")


def recompute(connection: duckdb.DuckDBPyConnection, people: str) -> None:
    """Compute the cards of `people` (a relation with audience and person) anew from all their signals."""
    connection.execute(f"""delete from person_cards using {people} as touched
        where person_cards.audience = touched.audience and person_cards.person = touched.person""")
    theirs = f"(select * from signals semi join {people} using (audience, person))"
    connection.execute(f"insert into person_cards by name {cards_of(theirs)}")


def _moved(low: str, high: str, by: str) -> tuple[str, str]:
    """The two masks when the first month becomes `by` months earlier; months beyond the last bit fall off."""
    kept = f"greatest({BITS} - {by}, 0)"
    near = f"(({low} & ((1::bigint << {kept}) - 1)) << least({by}, {BITS - 1}))"
    carried = f"({low} >> {kept})"
    moved_high = f"((({high} & ((1::bigint << {kept}) - 1)) << least({by}, {BITS - 1})) | {carried})"
    far = f"least(greatest({by} - {BITS}, 0), {BITS - 1})"
    far_high = f"(({low} & ((1::bigint << ({BITS} - {far})) - 1)) << {far})"
    return (
        f"case when {by} < {BITS} then {near} else 0 end",
        f"case when {by} < {BITS} then {moved_high} when {by} < {2 * BITS} then {far_high} else 0 end",
    )


def _update() -> str:
    ours = _moved("c.active_0", "c.active_1", "greatest(c.first_month - f.first_month, 0)")
    theirs = _moved("f.active_0", "f.active_1", "greatest(f.first_month - c.first_month, 0)")
    sums = ", ".join(f"{name} = c.{name} + f.{name}" for name in ("signals", *_COUNTS.values(), "spend"))
    return f"""
        update person_cards as c set first_at = least(c.first_at, f.first_at),
            last_at = greatest(c.last_at, f.last_at), {sums},
            first_month = least(c.first_month, f.first_month),
            active_0 = ({ours[0]}) | ({theirs[0]}), active_1 = ({ours[1]}) | ({theirs[1]})
        from fresh_cards as f where c.audience = f.audience and c.person = f.person
    """


_UPDATE = _update()
