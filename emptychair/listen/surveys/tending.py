"""What surveys need while nobody looks: ends, closings, and what a process that died left unwritten."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from emptychair.desk import response_lists, surveys
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.answering import give_up, write
from emptychair.listen.surveys.asking import Asked, version_of
from emptychair.listen.surveys.attaching import clean
from emptychair.listen.surveys.deciding import follow_all
from emptychair.listen.surveys.mixing import let_out


def tend(desk: Desk, ledger: Ledger, now: datetime, home: Path | None = None) -> int:
    """Write what was not written, give up what was left lying, close what is over, let out what is mixed.

    In the `home`, files that no answer refers to are removed.

    How many things there were to do. Safe to call twice and to be killed anywhere.
    """
    done = write_rest(desk, ledger, now) + give_up_all(desk, ledger, now) + follow_all(desk, ledger, now)
    done += close_due(desk, now) + let_out(desk, ledger, now)
    return done + (0 if home is None else clean(desk, home, now))


def write_rest(desk: Desk, ledger: Ledger, now: datetime) -> int:
    """Bring ended responses into the ledger whose process died before it could; how many."""
    with desk.read() as tx:
        found = [(one, _asked(tx, one.survey_id, one.version)) for one in response_lists.unwritten(tx)]
    for response, asked in found:
        if asked is not None:
            write(desk, ledger, asked, response, now)
    return len(found)


def give_up_all(desk: Desk, ledger: Ledger, now: datetime) -> int:
    """End what was begun and left lying for as long as its survey says; how many."""
    with desk.read() as tx:
        lying = [found for survey_id in response_lists.with_begun(tx) for found in _lying(tx, survey_id, now)]
    return sum(give_up(desk, ledger, asked, response_id, now) for response_id, asked in lying)


def close_due(desk: Desk, now: datetime) -> int:
    """Close the surveys whose time is over; how many."""
    with desk.begin() as tx:
        return sum(surveys.close(tx, survey_id, now) for survey_id in surveys.due_to_close(tx, now))


def _lying(tx: Connection, survey_id: str, now: datetime) -> Iterator[tuple[str, Asked]]:
    """The responses of a survey that nobody goes on with; its newest version says how long is waited."""
    survey = surveys.find(tx, survey_id)
    newest = None if survey is None else version_of(tx, survey, survey.version)
    if survey is None or newest is None:
        return
    before = now - timedelta(hours=newest.definition.give_up_hours)
    for response in response_lists.left_lying(tx, survey_id, before):
        asked = version_of(tx, survey, response.version)
        if asked is not None:
            yield response.id, asked


def _asked(tx: Connection, survey_id: str, version: int) -> Asked | None:
    survey = surveys.find(tx, survey_id)
    return None if survey is None else version_of(tx, survey, version)
