"""The person card: one row per person, kept as batches arrive, so that cohort questions need no history."""

import duckdb

from emptychair.domain.signal import Kind
from emptychair.ledger.schema import AUDIENCE

# Bit k of active_0 is the k-th month after the first, of active_1 the (62 + k)-th: so both stay positive.
BITS = 62
_FULL = (1 << BITS) - 1
_ACTIVE = "kind = 'did' or (kind = 'paid' and value > 0)"
_COUNTS = {Kind.DID: "did", Kind.SAID: "said", Kind.RATED: "rated", Kind.PAID: "paid", Kind.MET: "met"}

CREATE = f"""
create table if not exists person_cards (
    audience {AUDIENCE} not null, person varchar using compression uncompressed not null,
    first_at timestamp not null, last_at timestamp not null, signals bigint not null,
    did bigint not null, said bigint not null, rated bigint not null, paid bigint not null,
    met bigint not null, spend decimal(38, 4) not null, first_month integer not null,
    active_0 bigint not null, active_1 bigint not null)
"""

COLUMNS = (
    "audience", "person", "first_at", "last_at", "signals", "did", "said", "rated", "paid", "met", "spend",
    "first_month", "active_0", "active_1",
)  # fmt: skip


def merge(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Add the signals of `relation` to the cards, inside the transaction that stores them."""
    if connection.execute("select exists (from person_cards)").fetchall() == [(False,)]:
        connection.execute(f"insert into person_cards by name {_by_ring(relation)}")
        _correct_long_lives(connection, "person_cards", relation)
        return
    connection.execute(f"create or replace temp table fresh_cards as {_by_ring(relation)}")
    _correct_long_lives(connection, "fresh_cards", relation)
    connection.execute(_UPDATE)
    connection.execute("""insert into person_cards by name
        select * from fresh_cards anti join person_cards using (audience, person)""")
    connection.execute("drop table fresh_cards")


def recompute(connection: duckdb.DuckDBPyConnection, people: str) -> None:
    """Compute the cards of `people` (a relation with audience and person) anew from all their signals."""
    connection.execute(f"""delete from person_cards using {people} as touched
        where person_cards.audience = touched.audience and person_cards.person = touched.person""")
    merge(connection, f"(select * from signal_rows semi join {people} using (audience, person))")


def _correct_long_lives(connection: duckdb.DuckDBPyConnection, cards: str, relation: str) -> None:
    """The masks of those in the table `cards` for whom the ring is too short, from their signals."""
    far = f"(select audience, person from {cards} where {_month('last_at')} - first_month >= {2 * BITS})"
    if connection.execute(f"select count(*) from {far}").fetchone() != (0,):
        exact = _by_age(f"(select * from {relation} as theirs semi join {far} using (audience, person))")
        connection.execute(f"""update {cards} as c set active_0 = e.active_0, active_1 = e.active_1
            from ({exact}) as e where c.audience = e.audience and c.person = e.person""")


def _by_ring(relation: str) -> str:
    """Cards in one pass: month m sets bit m % 124 of a ring, turned to the first month at the end.

    Right for everyone whose signals lie within 124 months.
    """
    counts = ", ".join(f"count(*) filter (kind = '{kind}') as {name}" for kind, name in _COUNTS.items())
    turn = f"(first_month % {2 * BITS})"
    turned = f"((ring >> {turn}) | ((ring & ((1::hugeint << {turn}) - 1)) << ({2 * BITS} - {turn})))"
    names = ", ".join(("audience", "person", "first_at", "last_at", "signals", *_COUNTS.values(), "spend"))
    return f"""
        select {names}, first_month, ({turned} & {_FULL})::bigint as active_0,
            ({turned} >> {BITS})::bigint as active_1
        from (select *, {_month("first_at")} as first_month
            from (select audience, person, min(occurred_at) as first_at, max(occurred_at) as last_at,
                    count(*) as signals, {counts},
                    coalesce(sum(value) filter (kind = 'paid'), 0)::decimal(38, 4) as spend,
                    coalesce(bit_or(1::hugeint << ({_month("occurred_at")} % {2 * BITS}))
                        filter ({_ACTIVE}), 0) as ring
                from {relation} where person is not null group by audience, person))
    """


def _by_age(relation: str) -> str:
    """The masks of people whose lives are longer than the ring, with a second look at their signals."""
    return f"""
        with months as materialized (
            select audience, person, {_month("occurred_at")} as month,
                coalesce(bool_or({_ACTIVE}), false) as active
            from {relation} where person is not null group by all
        ), firsts as (select audience, person, min(month) as first_month from months group by all
        ), aged as (select audience, person, active, month - first_month as age
            from months join firsts using (audience, person))
        select audience, person,
            bit_or(case when active and age < {BITS} then 1::bigint << age else 0 end) as active_0,
            bit_or(case when active and age between {BITS} and {2 * BITS - 1}
                then 1::bigint << (age - {BITS}) else 0 end) as active_1
        from aged group by all
    """


def _month(instant: str) -> str:
    """SQL for domain.period.month_number."""
    return f"(year({instant}) * 12 + month({instant}) - 1)::integer"


def _moved(masks: str, months: str) -> str:
    """The masks when the first month becomes `months` earlier; what lies behind the last bit falls off."""
    both = f"(({masks}.active_1::hugeint << {BITS}) | {masks}.active_0)"
    kept = f"({both} & ((1::hugeint << greatest({2 * BITS} - {months}, 0)) - 1))"
    return f"({kept} << least({months}, {2 * BITS}))"


def _update() -> str:
    earlier = _moved("c", "greatest(c.first_month - f.first_month, 0)")
    both = f"({earlier} | {_moved('f', 'greatest(f.first_month - c.first_month, 0)')})"
    sums = ", ".join(f"{name} = c.{name} + f.{name}" for name in ("signals", *_COUNTS.values(), "spend"))
    return f"""
        update person_cards as c set first_at = least(c.first_at, f.first_at),
            last_at = greatest(c.last_at, f.last_at), {sums},
            first_month = least(c.first_month, f.first_month),
            active_0 = ({both} & {_FULL})::bigint, active_1 = ({both} >> {BITS})::bigint
        from fresh_cards as f where c.audience = f.audience and c.person = f.person
    """


_UPDATE = _update()
