"""Who is who: what was told, what people decided, and the ids that come to one person."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from emptychair.domain.identity import Decisions
from emptychair.domain.person import VISITOR
from emptychair.ledger import people
from emptychair.ledger.links import DEVICE, EMAIL
from emptychair.ledger.people import SHARED
from emptychair.ledger.settling import settle
from emptychair.ledger.stores import Stores
from emptychair.ledger.upkeep import Upkeep


class Who:
    """The door of a ledger to who is who. Ids are those that signals have; a person is what questions see."""

    def __init__(self, path: Path, stores: Stores, upkeep: Upkeep) -> None:
        """`path` is where the decisions are kept."""
        self._path, self._stores, self._upkeep = path, stores, upkeep

    @property
    def decisions(self) -> Decisions:
        """The decisions that are followed."""
        return self._stores.decisions

    def decide(self, decisions: Decisions) -> int:
        """Follow these decisions and no others; how many ids mean another person now. O(rows) then."""
        if decisions == self._stores.decisions:
            return 0
        with self._upkeep.changing() as stores:
            people.keep(self._path, decisions)
            stores.decisions = decisions
            return settle(stores)

    def settle(self) -> int:
        """Let questions see who is who by all that was loaded; a `load` does it too, when there is time."""
        with self._upkeep.changing() as stores:
            return settle(stores)

    def resolve(self, audience: str, ids: Sequence[str]) -> dict[str, str | None]:
        """The person that each id means; None for a visitor of whom nothing was told."""
        self._upkeep.catch_up()
        written = pa.table({"audience": [audience] * len(ids), "person": pa.array(ids, pa.string())})
        with self._stores.projection.reading() as cursor:
            cursor.register("asked", written)
            found = cursor.execute(
                f"select coalesce(known_as, person), person from {people.resolved('asked')}"
            ).fetchall()
        return dict(found)

    def names(self, audience: str, person: str) -> tuple[str, ...]:
        """Every id that means this person, the one that it is called by first."""
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            found = cursor.execute(
                "select known_as from people where audience = ? and person = ? order by known_as",
                [audience, person],
            ).fetchall()
        return (person, *(name for (name,) in found))

    def links(self, audience: str, ids: Sequence[str]) -> pa.Table:
        """What was told of these people and of the visitors among these ids, oldest first.

        Columns: `what` (device, account or email), `other` (a visitor, an account, an address), `person` as
        it was written, `first_at`, `last_at`, `told` (how often), `owner`: the person that the visitor means.
        """
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            cursor.execute("select 1").fetchall()
            return cursor.sql(
                """select what, other, links.person, first_at, last_at, told, people.person as owner
                from links left join people on people.audience = links.audience and known_as = other
                where links.audience = $audience and (list_contains($ids, links.person)
                    or list_contains($ids, other))
                order by first_at, what, other, links.person""",
                params={"audience": audience, "ids": list(ids)},
            ).to_arrow_table()

    def called(self, audience: str, text: str) -> tuple[str, ...]:
        """The people who have this id, this device or this address, exactly."""
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            found = cursor.execute(
                """select distinct coalesce(people.person, named.person) as found from (
                    select audience, person from links
                        where what in ($device, $email) and other in ($asked, $visitor)
                    union select audience, known_as from people where known_as in ($asked, $visitor)
                    union select audience, person from person_cards where person = $asked) as named
                left join people on people.audience = named.audience and people.known_as = named.person
                where named.audience = $audience order by found""",
                {
                    "device": DEVICE,
                    "email": EMAIL,
                    "asked": text,
                    "visitor": VISITOR + text,
                    "audience": audience,
                },
            ).fetchall()
        return tuple(person for (person,) in found if not person.startswith(VISITOR))

    def alike(self, audience: str, most: int) -> pa.Table:
        """Pairs of people who may be one, by what was told; the newest evidence first, `most` at most.

        Columns: `one`, `other`, `why` (alias: a person was said to have been called `other` before; email:
        both told the same address), `what` (that id or address), `told_at`. Addresses are compared as they
        are: look-alikes are different ones. An address of more than a few people is nobody's own.
        """
        self._upkeep.catch_up()
        with self._stores.projection.reading() as cursor:
            cursor.execute("select 1").fetchall()
            return cursor.sql(_ALIKE, params={"audience": audience, "most": most}).to_arrow_table()


_ALIKE = f"""
    with told as (
        select what, other, coalesce(people.person, links.person) as person, min(first_at) as first_at
        from links left join people
            on people.audience = links.audience and people.known_as = links.person
        where links.audience = $audience and what in ('{DEVICE}', '{EMAIL}') group by all),
    known as (select person from person_cards where audience = $audience),
    aliases as (
        select coalesce(people.person, earlier.person) as one, told.person as other, 'alias' as why,
            earlier.person as what, first_at as told_at
        from told join known as earlier on '{VISITOR}' || earlier.person = told.other
        left join people on people.audience = $audience and people.known_as = earlier.person
        where what = '{DEVICE}'),
    shared as (select other from told where what = '{EMAIL}' group by other
        having count(*) between 2 and {SHARED}),
    mails as (
        select least(a.person, b.person) as one, greatest(a.person, b.person) as other, 'email' as why,
            a.other as what, greatest(a.first_at, b.first_at) as told_at
        from told as a join told as b on a.other = b.other and a.person < b.person
        semi join shared on shared.other = a.other
        where a.what = '{EMAIL}' and b.what = '{EMAIL}')
    select distinct one, other, why, what, told_at from (from aliases union all from mails)
    where one <> other order by told_at desc, one, other, why, what limit $most
"""
