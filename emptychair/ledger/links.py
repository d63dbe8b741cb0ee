"""Who was told to have which device, account or address: one row per pair, kept as batches arrive."""

import duckdb

from emptychair.domain.person import LONGEST_ID, NOBODY, VISITOR
from emptychair.domain.signal import Kind
from emptychair.ledger.promotion import extraction

DEVICE, ACCOUNT, EMAIL = "device", "account", "email"
# The names of signals that tell a device, an account, an address (listen/intake).
_DEVICE_TOLD = ("identify", "device", "alias")
_ACCOUNT_TOLD = ("group", "account")
_EMAIL_TOLD = ("identify", "traits")

# `other` is a visitor as signals name one, an account, or an email address; `person` is as signals name one,
# before any merge.
# `unsettled` are those whose person may be another one now.
CREATE = """
create table if not exists links (
    audience varchar not null, what varchar not null, other varchar not null, person varchar not null,
    first_at timestamp not null, last_at timestamp not null, told bigint not null);
create table if not exists unsettled (audience varchar not null, known_as varchar not null)
"""
# Who belongs to which account, as questions see it.
MEMBERSHIPS = f"""
    select links.audience, links.other as account, coalesce(people.person, links.person) as person,
        min(first_at) as first_at, max(last_at) as last_at
    from links left join people on people.audience = links.audience and people.known_as = links.person
    where what = '{ACCOUNT}' group by all
"""


def learn(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Add what the signals of `relation` tell, inside the transaction that stores them.

    `relation` has `person` as it was written. The links are the same in whatever order signals arrive.
    """
    connection.execute(f"create or replace temp table heard_links as {_told(relation)}")
    if connection.execute("select exists (from heard_links)").fetchall() == [(True,)]:
        connection.execute(f"""insert into unsettled select distinct audience, other from heard_links
            where what = '{DEVICE}'""")
        connection.execute("""update links as l set first_at = least(l.first_at, h.first_at),
            last_at = greatest(l.last_at, h.last_at), told = l.told + h.told
            from heard_links as h where l.audience = h.audience and l.what = h.what
            and l.other = h.other and l.person = h.person""")
        connection.execute("""insert into links by name select * from heard_links
            anti join links using (audience, what, other, person)""")
    connection.execute("drop table heard_links")


def relearn(connection: duckdb.DuckDBPyConnection, doubtful: str) -> None:
    """Compute the links of `doubtful` (a relation with audience, what, other) anew from all signals."""
    connection.execute(f"create or replace temp table doubtful_links as select distinct * from {doubtful}")
    if connection.execute("select exists (from doubtful_links)").fetchall() == [(True,)]:
        connection.execute("""delete from links using doubtful_links as d
            where links.audience = d.audience and links.what = d.what and links.other = d.other""")
        connection.execute(f"""insert into unsettled select audience, other from doubtful_links
            where what = '{DEVICE}'""")
        connection.execute(f"""insert into links by name
            select * from ({_told(as_written("signal_rows"))}) semi join doubtful_links
            using (audience, what, other)""")
    connection.execute("drop table doubtful_links")


def told_by(relation: str) -> str:
    """SQL: the (audience, what, other) that signals of `relation` tell of; `person` as it was written."""
    return f"(select audience, what, other from ({_told(relation)}))"


def as_written(rows: str) -> str:
    """SQL: rows of the projection with `person` as it was written."""
    return f"(select * replace (coalesce(known_as, person) as person) from {rows})"


def _told(relation: str) -> str:
    names = sorted({*_DEVICE_TOLD, *_ACCOUNT_TOLD, *_EMAIL_TOLD})
    # One look at the rows, which may be many files, not one for each of what they can tell.
    return f"""
        with telling as materialized (select audience, person, occurred_at, name, properties from {relation}
            where kind = '{Kind.TOLD}' and name in {tuple(names)}
            and person is not null and not starts_with(person, '{VISITOR}'))
        select audience, what, other, person, min(occurred_at) as first_at, max(occurred_at) as last_at,
            count(*) as told
        from (
            select audience, person, occurred_at, '{DEVICE}' as what, '{VISITOR}' || device as other
            from (select *, case when name = 'alias' then {extraction("previous_id")}
                else {extraction("anonymous_id")} end as device from telling where name in {_DEVICE_TOLD})
            where {_is_somebody("device")}
            union all
            select audience, person, occurred_at, '{ACCOUNT}' as what, account as other
            from (select *, {extraction("account")} as account from telling where name in {_ACCOUNT_TOLD})
            where {_is_somebody("account")}
            union all
            select audience, person, occurred_at, '{EMAIL}' as what, trim(address) as other
            from (select *, {extraction("email")} as address from telling where name in {_EMAIL_TOLD})
            where {_is_somebody("address")} and contains(address, '@'))
        group by all"""


def _is_somebody(text: str) -> str:
    """SQL for domain.person.is_nobody, denied; lower case is that of ASCII, as there."""
    nobody = ", ".join(f"'{name}'" for name in sorted(NOBODY))
    plain = f"lower(trim({text}, ' ' || chr(9) || chr(10) || chr(13) || chr(34) || chr(39)))"
    return f"{text} is not null and {plain} not in ({nobody}) and length({text}) <= {LONGEST_ID}"
