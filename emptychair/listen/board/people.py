"""Voters and the people of the ledger: who is who, and what the wishes of many are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emptychair.desk import board_voters
from emptychair.desk.addresses import address_key, is_address
from emptychair.desk.board_voters import Voter
from emptychair.desk.desk import Desk
from emptychair.domain.money import Money
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board import asking

YEAR = timedelta(days=365)
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How one person of the ledger is reached; None where it is not known."""

    address: str | None
    zone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the people who ask for something spent in the last 365 days, each currency by itself.

    `n` people ask; of `known` of them the ledger has signals, of `payers` it has payments in that time. What
    the others spend is not known, and not nothing.
    """

    n: int
    known: int
    payers: int
    spent: Sequence[Money]

    @property
    def missing(self) -> int:
        """How many people are not in the amounts because the ledger does not know them."""
        return self.n - self.known


def people_at(ledger: Ledger, addresses: Sequence[str]) -> dict[str, str]:
    """The customer at each of these addresses, by `address_key`.

    Left out are addresses that nobody has, and those that several have: then nobody is guessed.
    """
    keys = sorted({address_key(address) for address in addresses})
    found: dict[str, list[str]] = {}
    for row in ledger.ask(asking.people_at(keys, ledger.promote("email"))).to_pylist():
        found.setdefault(row["email"], []).append(row["person"])
    return {email: people[0] for email, people in found.items() if len(people) == 1}


def reach_of(ledger: Ledger, people: Sequence[str]) -> dict[str, Reach]:
    """How each of these people is reached: by what they told last; one whose id is an address has it."""
    found: dict[str, dict[str, str]] = {person: {} for person in people}
    if people:
        asked = asking.traits_of(people, ledger.promote("email"), ledger.promote("timezone"))
        for row in ledger.ask(asked).to_pylist():
            for name in ("email", "zone"):
                if row[name]:
                    found[row["person"]].setdefault(name, row[name])
    return {person: _reach(person, told) for person, told in found.items()}


def worth(ledger: Ledger, electorate: Sequence[Voter], now: datetime) -> Worth:
    """What those who ask spent."""
    people = sorted({voter.person for voter in electorate if voter.person is not None})
    n = len({voter.who for voter in electorate})
    if not people:
        return Worth(n=n, known=0, payers=0, spent=())
    rows = ledger.ask(asking.spending(people, now - YEAR, now)).to_pylist()
    (known,) = ledger.ask(asking.known_people(people)).column("people").to_pylist()
    (payers,) = ledger.ask(asking.payers(people, now - YEAR, now)).column("people").to_pylist()
    spent = [Money(row["spent"], row["currency"] or "") for row in rows]
    return Worth(n=n, known=known, payers=payers, spent=spent)


def link(desk: Desk, ledger: Ledger, voters: Sequence[Voter]) -> int:
    """Look these voters up in the ledger; of how many it is known from now on which person they are."""
    unknown = {address_key(one.address): one.id for one in voters if one.address and one.person is None}
    people = people_at(ledger, list(unknown)) if unknown else {}
    if not people:
        return 0
    with desk.begin() as tx:
        return sum(board_voters.link(tx, unknown[email], person) for email, person in people.items())


def link_all(desk: Desk, ledger: Ledger) -> int:
    """Look everybody up again of whom no person is known; how many are known now."""
    linked, after = 0, ""
    while True:
        with desk.read() as tx:
            some = board_voters.unlinked(tx, after, BATCH)
        if not some:
            return linked
        linked += link(desk, ledger, some)
        after = some[-1].id


def is_anybody_unknown(desk: Desk) -> bool:
    """Whether there is somebody to look up."""
    with desk.read() as tx:
        return bool(board_voters.unlinked(tx, "", 1))


def _reach(person: str, told: dict[str, str]) -> Reach:
    address = told.get("email") or person
    return Reach(address=address if is_address(address) else None, zone=told.get("zone"))
