"""Anonymous answers sealed: all at once when they end, with nothing that says whose they are."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import Connection

from emptychair.desk import ballots, sealed_answers, surveys
from emptychair.desk.ballots import Ballot
from emptychair.desk.desk import Desk
from emptychair.desk.responses import Progress
from emptychair.listen.surveys import answer as answers_of
from emptychair.listen.surveys.answer import Answers
from emptychair.listen.surveys.asking import Asked
from emptychair.listen.surveys.logic import kept, path, unanswered
from emptychair.listen.surveys.marking import Evidence, judged

NOTHING: Mapping[str, str] = {}
# What a page carries so that it is sealed once, however often its last button is pressed.
_SHORTEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How it ended; `lacking` are questions that must be answered first: then nothing is kept."""

    progress: Progress
    answers: Answers
    lacking: tuple[str, ...] = ()


def new_once() -> str:
    """What a page carries to be sealed once: random, and kept nowhere."""
    return secrets.token_urlsafe(24)


def end(desk: Desk, asked: Asked, answers: Answers, ballot: Ballot | None, once: str, seen: Evidence) -> End:
    """Seal an anonymous answer. When it returns it is on disk, and nothing of it lies anywhere else.

    A ballot that was used is answered as before and keeps nothing; so is the same `once`.
    """
    given = kept(asked.definition, answers, NOTHING)
    is_out = path(asked.definition, given, NOTHING).is_screened_out
    lacking = () if is_out else unanswered(asked.definition, given, NOTHING)
    if lacking:
        return End(progress=Progress.BEGUN, answers=given, lacking=lacking)
    with desk.begin() as tx:
        surveys.lock(tx, asked.survey.id)  # one after the other: each writes all that wait
        is_new = ballot is None or ballots.use(tx, ballot.id)
        if is_new and ballot is not None:
            ballots.rewrite(tx, asked.survey.id)
        if is_new and given and not is_out:
            _seal(tx, asked, given, once, seen)
    return End(progress=Progress.SCREENED_OUT if is_out else Progress.COMPLETED, answers=given)


def _seal(tx: Connection, asked: Asked, answers: Answers, once: str, seen: Evidence) -> None:
    random = once if len(once) >= _SHORTEST else new_once()
    sealed_answers.seal(
        tx,
        key=blake2b(f"{asked.survey.id} {random}".encode(), digest_size=32).hexdigest(),
        survey_id=asked.survey.id,
        version=asked.version,
        answers=answers_of.as_data(answers),
        mark=judged(seen),
    )
