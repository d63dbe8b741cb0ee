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
BATCH = 200


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


def person_at(ledger: Ledger, address: str) -> str | None:
    """The customer at this address; None when nobody is, or when several are: then nobody is guessed."""
    answer = ledger.ask(asking.people_at(address_key(address), ledger.promote("email")))
    people = answer.column("person").to_pylist()
    return people[0] if len(people) == 1 else None


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
    spent = [Money(row["spent"], row["currency"] or "") for row in rows]
    return Worth(n=n, known=known, payers=max((row["payers"] for row in rows), default=0), spent=spent)


def link(desk: Desk, ledger: Ledger, voter: Voter) -> bool:
    """True when it is known from now on which person of the ledger this voter is."""
    person = None if voter.address is None or voter.person else person_at(ledger, voter.address)
    if person is None:
        return False
    with desk.begin() as tx:
        return board_voters.link(tx, voter.id, person)


def link_all(desk: Desk, ledger: Ledger) -> int:
    """Look all voters up again of whom no person is known; how many are known now."""
    linked, after = 0, ""
    while True:
        with desk.read() as tx:
            some = board_voters.unlinked(tx, after, BATCH)
        if not some:
            return linked
        linked += sum(link(desk, ledger, voter) for voter in some)
        after = some[-1].id


def _reach(person: str, told: dict[str, str]) -> Reach:
    address = told.get("email") or person
    return Reach(address=address if is_address(address) else None, zone=told.get("zone"))
