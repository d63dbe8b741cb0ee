"""A person's word on a marked answer: left out, or counted after all; the ledger follows."""

from datetime import datetime

from emptychair.desk import response_lists, responses, survey_quotas, surveys
from emptychair.desk.desk import Desk
from emptychair.desk.responses import ENDED, Response
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import answer as answers_of
from emptychair.listen.surveys.answering import quotas_of, write
from emptychair.listen.surveys.asking import Asked, version_of
from emptychair.listen.surveys.signals import signals_of


def decide(
    desk: Desk, ledger: Ledger, asked: Asked, response_id: str, *, leave_out: bool, by: str, now: datetime
) -> bool:
    """True when it was the other way until now.

    An answer that is let in takes a place in its quotas, full or not; one that is left out gives its places
    back. Safe to call again and to be killed anywhere: `follow` brings the ledger to what was decided.
    """
    with desk.begin() as tx:
        response = responses.lock(tx, response_id)
        if response is None or response.progress not in ENDED or response.is_set_aside is leave_out:
            return False
        answers = answers_of.from_data(response.answers)
        wanted = () if leave_out else tuple(sorted(quotas_of(asked.definition, answers, response.hidden)))
        survey_quotas.give_back(tx, asked.survey.id, response.counted)
        survey_quotas.exceed(tx, asked.survey.id, wanted)
        responses.decide(tx, response_id, is_set_aside=leave_out, counted=wanted, by=by, now=now)
        response = responses.find(tx, response_id)
    if response is not None:
        follow(desk, ledger, asked, response, now)
    return True


def follow(desk: Desk, ledger: Ledger, asked: Asked, response: Response, now: datetime) -> None:
    """Take the signals of an answer that is left out out of the ledger; write those of one that is not."""
    if not response.is_set_aside:
        write(desk, ledger, asked, response, now)
        return
    if response.written_at is None:
        return
    ledger.withdraw(
        asked.survey.id, [one.id for one in signals_of(asked.survey, asked.definition, response, now)]
    )
    with desk.begin() as tx:
        responses.written(tx, response.id, None)


def follow_all(desk: Desk, ledger: Ledger, now: datetime) -> int:
    """Bring the ledger to every decision whose process died on the way; how many there were."""
    with desk.read() as tx:
        found = response_lists.to_be_withdrawn(tx)
    for response in found:
        with desk.read() as tx:
            survey = surveys.find(tx, response.survey_id)
            asked = None if survey is None else version_of(tx, survey, response.version)
        if asked is not None:
            follow(desk, ledger, asked, response, now)
    return len(found)
