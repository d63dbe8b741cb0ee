"""Who is who: judgements of people put together with what was told, each with its evidence and an undo."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from emptychair.desk import judgements
from emptychair.desk.desk import Desk
from emptychair.desk.judgements import Verdict
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.identity import Decisions, Merge, Separation
from emptychair.domain.person import VISITOR, is_nobody, is_visitor
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question

MOST_SUGGESTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What was told of a person: a device, an account or an address, between two instants, so many times.

    `written` is the id that the person had in it. `owner` is the person that the device means, who is
    another one when somebody else was told of it earlier, and None when too many were.
    """

    what: str
    other: str
    written: str
    first_at: datetime
    last_at: datetime
    told: int
    owner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Two people who may be one, and what tells it: `alias` or `email`, and the id or address."""

    one: str
    other: str
    why: str
    what: str
    told_at: datetime


def follow(desk: Desk, ledger: Ledger) -> int:
    """Let the ledger follow the judgements that hold; how many ids mean another person now.

    Safe to call again, cheap when nothing changed, and right after a crash between the two.
    """
    with desk.read() as tx:
        found = judgements.holding(tx, Verdict.ONE, Verdict.NOT_THEIRS)
    merges = [Merge(one.audience.value, one.first, one.second) for one in found if one.verdict is Verdict.ONE]
    apart = [
        Separation(one.audience.value, one.first.removeprefix(VISITOR), one.second)
        for one in found
        if one.verdict is Verdict.NOT_THEIRS
    ]
    return ledger.who.decide(Decisions(tuple(sorted(merges)), tuple(sorted(apart))))


def ids_of(ledger: Ledger, audience: Audience, person: str) -> tuple[str, ...]:
    """Every id that means the person whom this id means, the one that they are called by first.

    What the desk keeps by an id (consents, contacts) is asked for with all of them.
    """
    called = ledger.who.resolve(audience.value, [person]).get(person) or person
    return tuple(dict.fromkeys((*ledger.who.names(audience.value, called), person)))


def to_merge(ledger: Ledger, audience: Audience, gone: str, into: str) -> tuple[str, str]:
    """The people that these ids mean, to be judged one: the first is the second from then on.

    Raises `Refused` for an id that nobody has, and for two ids that are one person already.
    """
    first, second = (_known(ledger, audience, one) for one in (gone, into))
    if first == second:
        raise Refused(Reason.IDS_ARE_THE_SAME, f"{gone} and {into} are one person already")
    if is_visitor(second):
        raise Refused(Reason.NOBODY_HAS_THIS_ID, f"{into} is a visitor; expected the id of a known person")
    return first, second


def to_part(ledger: Ledger, audience: Audience, device: str, person: str) -> tuple[str, tuple[str, ...]]:
    """A device as signals name it, and the ids of the person of whom it was told, to be judged not theirs.

    Raises `Refused` when nothing tells that it is theirs.
    """
    visitor = device if is_visitor(device) else VISITOR + device
    told = [row["person"] for row in ledger.who.links(audience.value, [visitor]).to_pylist()]
    people = ledger.who.resolve(audience.value, told)
    theirs = tuple(dict.fromkeys(one for one in told if people.get(one) == person))
    if not theirs:
        raise Refused(Reason.NOBODY_HAS_THIS_ID, f"nothing tells that {device} is a device of {person}")
    return visitor, theirs


def links_of(ledger: Ledger, audience: Audience, person: str) -> list[Link]:
    """Everything that was told of a person, in any of its ids, oldest first."""
    names = ledger.who.names(audience.value, person)
    found = ledger.who.links(audience.value, [one for one in names if not is_visitor(one)]).to_pylist()
    return [
        Link(
            what=row["what"],
            other=row["other"],
            written=row["person"],
            first_at=row["first_at"].replace(tzinfo=UTC),
            last_at=row["last_at"].replace(tzinfo=UTC),
            told=row["told"],
            owner=row["owner"],
        )
        for row in found
    ]


def suggestions(tx: Connection, ledger: Ledger, audience: Audience) -> list[Suggestion]:
    """People who may be one and of whom nobody said that they are two, the newest evidence first."""
    two = {frozenset((one.first, one.second)) for one in judgements.holding(tx, Verdict.TWO)
           if one.audience is audience}  # fmt: skip
    found = ledger.who.alike(audience.value, MOST_SUGGESTED).to_pylist()
    return [
        Suggestion(**{**row, "told_at": row["told_at"].replace(tzinfo=UTC)})
        for row in found
        if frozenset((row["one"], row["other"])) not in two
    ]


def is_known(ledger: Ledger, audience: Audience, person: str) -> bool:
    """Whether any signal is of this person."""
    asked = question(
        "select count(*) as n from person_cards where audience = :audience and person = :person",
        audience=audience.value,
        person=person,
    )
    return bool(ledger.ask(asked)["n"][0].as_py())


def _known(ledger: Ledger, audience: Audience, written: str) -> str:
    """The person that an id means; a visitor who is nobody yet is one all the same."""
    if not written or is_nobody(written):
        raise Refused(Reason.NOBODY_HAS_THIS_ID, f"{written!r} is nobody's id; expected the id of a person")
    person = ledger.who.resolve(audience.value, [written])[written]
    if person is None:
        return written
    if not is_known(ledger, audience, person):
        raise Refused(
            Reason.NOBODY_HAS_THIS_ID, f"no signal is of {written}; expected an id as signals have it"
        )
    return person
