"""What participants say becomes part of what customers say: signals of the ledger, with consent, and back."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from emptychair.desk import research_sessions, research_turns
from emptychair.desk.desk import Desk
from emptychair.desk.research_sessions import Session
from emptychair.desk.research_turns import Told, Utterance
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.understand.research import material

SOURCE, CHANNEL, NAME = "research", "interview", "interview"
BATCH = 500


def has_work(desk: Desk, now: datetime) -> bool:
    """Whether something is over, is to be told to the ledger, or is to be taken back from it."""
    with desk.read() as tx:
        return bool(
            research_sessions.over(tx, now)
            or research_turns.to_tell(tx, now, 1)
            or research_turns.to_take_back(tx, 1)
        )


def tend(desk: Desk, ledger: Ledger, clock: Callable[[], datetime]) -> int:
    """Let the ledger have what it is to have of interviews, and nothing else; how many turns that changed.

    Killed anywhere it is done again, and nothing is there twice. One process at a time: a turn that is told
    by one while another takes it back would stay.
    """
    material.end_over(desk, clock())
    return _tell(desk, ledger, clock) + _take_back(desk, ledger)


def signal_id(session_id: str, place: int) -> str:
    """The id under which the ledger has a turn."""
    return f"{SOURCE}:{session_id}:{place}"


def _tell(desk: Desk, ledger: Ledger, clock: Callable[[], datetime]) -> int:
    total = 0
    while True:
        now = clock()
        with desk.begin() as tx:
            found = research_turns.to_tell(tx, now, BATCH)
            # Before the ledger has them: whoever dies after this knows that they may be there.
            research_turns.mark(tx, _places(found), Told.BEGUN)
        if not found:
            return total
        ledger.append([_signal(session, turn, now) for session, turn in found])
        with desk.begin() as tx:
            research_turns.mark(tx, _places(found), Told.YES)
        total += len(found)


def _take_back(desk: Desk, ledger: Ledger) -> int:
    total = 0
    while True:
        with desk.read() as tx:
            found = research_turns.to_take_back(tx, BATCH)
        if not found:
            return total
        ledger.withdraw(SOURCE, [signal_id(session_id, place) for session_id, place in found])
        with desk.begin() as tx:
            research_turns.mark(tx, found, Told.NO)
        total += len(found)


def _places(found: Sequence[tuple[Session, Utterance]]) -> list[tuple[str, int]]:
    return [(turn.session_id, turn.place) for _, turn in found]


def _signal(session: Session, turn: Utterance, now: datetime) -> Signal:
    at = session.held_at + timedelta(milliseconds=turn.begins_ms or 0)
    # Words of employees are told in groups, and never under a name (docs/decisions/0133).
    person = session.person if session.audience is Audience.CUSTOMER else None
    return Signal(
        id=signal_id(session.id, turn.place),
        audience=session.audience,
        person=person,
        kind=Kind.SAID,
        name=NAME,
        channel=CHANNEL,
        source=SOURCE,
        occurred_at=at,
        received_at=max(now, at),
        text=turn.text,
        properties=msgspec.json.encode({"session": session.id, "turn": turn.place}).decode(),
    )
