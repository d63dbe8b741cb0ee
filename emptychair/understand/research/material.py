"""The material of interviews goes when its time is over or somebody takes their words back, and wholly."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from emptychair.desk import research_highlights, research_sessions, research_turns, study_people, study_slots
from emptychair.desk.desk import Desk
from emptychair.desk.research_sessions import Gone
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand import identity


def end(tx: Connection, session_id: str, gone: Gone, now: datetime) -> bool:
    """True when the session had its material until now: words, names, notes and tags are gone from the desk.

    The ledger lets its words go with the next run of the job `research`; nobody can open them until then.
    """
    if not research_sessions.end(tx, session_id, gone, now):
        return False
    research_turns.blank(tx, session_id)
    research_highlights.blank(tx, session_id)
    return True


def clear(tx: Connection, session_id: str) -> bool:
    """True when there was a transcript: it is taken back with what stood out in it; the session stays."""
    if not research_turns.of_session(tx, session_id):
        return False
    research_turns.blank(tx, session_id)
    research_highlights.blank(tx, session_id)
    return True


def end_over(desk: Desk, now: datetime) -> int:
    """End every session whose time is over; how many."""
    with desk.read() as tx:
        ids = [one.id for one in research_sessions.over(tx, now)]
    ended = 0
    for session_id in ids:
        with desk.begin() as tx:
            ended += end(tx, session_id, Gone.EXPIRED, now)
    return ended


def withdraw(desk: Desk, ledger: Ledger, audience: Audience, person: str, now: datetime) -> Sequence[str]:
    """Take back all that one person, by whichever id, said in interviews, and forget them in studies.

    The ids of the sessions that ended by it.
    """
    names = identity.ids_of(ledger, audience, person)
    with desk.begin() as tx:
        found = research_sessions.of_people(tx, audience, names)
        ended = [one.id for one in found if end(tx, one.id, Gone.WITHDRAWN, now)]
        if audience is Audience.CUSTOMER:
            for participant in study_people.forget(tx, names, now):
                study_slots.leave(tx, participant, now)
    return ended
