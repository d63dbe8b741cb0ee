"""Answering: begun, saved word by word, and ended once; acknowledged when it is on disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from emptychair.desk import answer_files, reminders, responses, survey_quotas, surveys
from emptychair.desk.desk import Desk
from emptychair.desk.invitations import Invitation
from emptychair.desk.responses import ENDED, Delivery, Mark, Progress, Response
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import answer as answers_of
from emptychair.listen.surveys.answer import Answer, Answers
from emptychair.listen.surveys.asking import Asked
from emptychair.listen.surveys.attaching import without_files
from emptychair.listen.surveys.definition import Definition, Full
from emptychair.listen.surveys.logic import kept, met, path, unanswered
from emptychair.listen.surveys.marking import Evidence, judged
from emptychair.listen.surveys.signals import SEEN, signals_of
from emptychair.listen.surveys.signals import met as met_signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a respondent came: by which link, with which hidden fields, reading which language."""

    delivery: Delivery
    language: str
    hidden: Mapping[str, str]
    invitation: Invitation | None = None
    person: str | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a response ended. `lacking` are questions that must be answered first: then it has not ended."""

    response: Response
    lacking: tuple[str, ...] = ()
    is_full: bool = False


def begin(tx: Connection, asked: Asked, way: Way, now: datetime) -> tuple[str, Response]:
    """The token of a new response, or of the one that was begun by the same link."""
    invitation = way.invitation
    return responses.begin(
        tx,
        survey_id=asked.survey.id,
        version=asked.version,
        delivery=way.delivery,
        language=way.language,
        hidden=_hidden(asked.definition, way),
        invitation_id=None if invitation is None else invitation.id,
        person=way.person if invitation is None else invitation.person,
        probability=way.probability if invitation is None else invitation.probability,
        now=now,
    )


def see(ledger: Ledger, survey: surveys.Survey, response: Response, now: datetime) -> None:
    """Tell the ledger that somebody with a name has the survey before them; once, however often."""
    if response.person is not None:
        ledger.append(
            [
                met_signal(
                    survey,
                    response.id,
                    SEEN,
                    person=response.person,
                    at=response.seen_at,
                    channel="email" if response.delivery is Delivery.MAIL else "web",
                    invitation=response.invitation_id,
                )
            ]
        )


def save(
    tx: Connection, asked: Asked, response_id: str, given: Answers, *, page: int, language: str, now: datetime
) -> Response | None:
    """The response with these answers beside those it has; None when it has ended, or is not there.

    An answer that is not given any more takes the earlier one away.
    """
    response = responses.lock(tx, response_id)
    if response is None or response.progress in ENDED:
        return None
    together = answers_of.from_data(response.answers) | dict(given)
    data = answers_of.as_data(together)
    responses.save(tx, response_id, data, page=page, language=language, now=now)
    return responses.find(tx, response_id)


def end(
    desk: Desk, ledger: Ledger, asked: Asked, response_id: str, evidence: Evidence, now: datetime
) -> Ended | None:
    """End a response: its answers count from now on, once, whoever asks at once. None when it is not there.

    When it returns the answers are on disk. Raises the ledger's errors when they could not be written there:
    then they are kept on the desk, and asking again (or the loop) writes them.
    """
    with desk.begin() as tx:
        ended = _ended(tx, asked, response_id, evidence, now)
    if ended is not None and not ended.lacking:
        write(desk, ledger, asked, ended.response, now)
    return ended


def give_up(desk: Desk, ledger: Ledger, asked: Asked, response_id: str, now: datetime) -> bool:
    """True when a response that was left lying is ended as it is: what was answered counts."""
    with desk.begin() as tx:
        response = responses.lock(tx, response_id)
        if response is None or response.progress in ENDED:
            return False
        answers = kept(asked.definition, answers_of.from_data(response.answers), response.hidden)
        _close(tx, response, Progress.GIVEN_UP, answers, None, (), response.saved_at)
        response = responses.find(tx, response_id)
    if response is not None:
        write(desk, ledger, asked, response, now)
    return True


def write(desk: Desk, ledger: Ledger, asked: Asked, response: Response, now: datetime) -> None:
    """Bring the signals of an ended response into the ledger, unless it is left out.

    Safe to call again and to be killed anywhere: a signal is one row for ever.
    """
    if response.is_set_aside or response.written_at is not None:
        return
    ledger.append(signals_of(asked.survey, asked.definition, response, now))
    with desk.begin() as tx:
        responses.written(tx, response.id, now)


def _ended(tx: Connection, asked: Asked, response_id: str, evidence: Evidence, now: datetime) -> Ended | None:
    response = responses.lock(tx, response_id)
    if response is None or response.progress in ENDED:
        return None if response is None else Ended(response=response)
    given = answers_of.from_data(response.answers)
    answers = kept(asked.definition, given, response.hidden)
    walked = path(asked.definition, answers, response.hidden)
    lacking = () if walked.is_screened_out else unanswered(asked.definition, answers, response.hidden)
    if lacking:
        return Ended(response=response, lacking=lacking)
    mark = judged(evidence)
    progress, counted, is_full = Progress.COMPLETED, tuple[str, ...](), False
    if walked.is_screened_out:
        progress = Progress.SCREENED_OUT
    elif mark is None:
        counted, is_full = _counted(tx, asked, answers, response.hidden, now)
        progress = Progress.SCREENED_OUT if is_full else progress
    _close(tx, response, progress, answers, mark, counted, now)
    found = responses.find(tx, response_id)
    return None if found is None else Ended(response=found, is_full=is_full)


def quotas_of(definition: Definition, answers: Answers, hidden: Mapping[str, str]) -> dict[str, int]:
    """The quotas that these answers take a place in, and how many places each has."""
    return {
        quota.id: quota.most for quota in definition.quotas if met(definition, answers, hidden, quota.when)
    }


def _counted(
    tx: Connection, asked: Asked, answers: Answers, hidden: Mapping[str, str], now: datetime
) -> tuple[tuple[str, ...], bool]:
    """The quotas in which a place was taken; True when one of them was full, and then none was taken."""
    wanted = quotas_of(asked.definition, answers, hidden)
    if wanted and survey_quotas.take(tx, asked.survey.id, wanted) is not None:
        return (), True
    taken = survey_quotas.taken(tx, asked.survey.id) if wanted else {}
    for quota in asked.definition.quotas:
        if quota.then is Full.CLOSE and taken.get(quota.id, 0) >= quota.most:
            surveys.close(tx, asked.survey.id, now)
    return tuple(sorted(wanted)), False


def _close(
    tx: Connection,
    response: Response,
    progress: Progress,
    answers: Mapping[str, Answer],
    mark: Mark | None,
    counted: tuple[str, ...],
    at: datetime,
) -> None:
    if progress is Progress.SCREENED_OUT:
        answers = without_files(answers)  # nobody asked for them after all
    data = answers_of.as_data(answers)
    if responses.end(tx, response.id, progress, answers=data, mark=mark, counted=counted, now=at):
        answer_files.keep(tx, response.id, [file.id for one in answers.values() for file in one.files], at)
        if response.invitation_id is not None:
            reminders.call_off(tx, response.invitation_id, at)


def _hidden(definition: Definition, way: Way) -> dict[str, str]:
    """The hidden fields that the survey has, with what the invitation knows before what the address says."""
    known = dict(way.hidden)
    if way.invitation is not None:
        known |= way.invitation.hidden
    return hidden_values(definition, known)


def hidden_values(definition: Definition, given: Mapping[str, str]) -> dict[str, str]:
    """Of what was given, what the survey has a hidden field for and takes."""
    found: dict[str, str] = {}
    for field in definition.hidden:
        value = " ".join(given.get(field.name, "").replace("\0", "").split())[: field.longest]
        if value and (not field.values or value in field.values):
            found[field.name] = value
    return found
