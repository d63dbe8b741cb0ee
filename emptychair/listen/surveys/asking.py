"""What is asked at an address now: the survey, the version that is open, and whether it takes answers."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from emptychair.desk import settings, survey_versions, surveys
from emptychair.desk.settings import SURVEY_FILE_MEGABYTES
from emptychair.desk.surveys import Standing, Survey
from emptychair.domain.signal import Audience
from emptychair.listen.surveys.definition import USUAL_MEGABYTES, Definition, QuestionKind
from emptychair.listen.surveys.reading import from_data


class Door(StrEnum):
    """Whether a survey takes answers, and if not, why."""

    OPEN = "open"
    NOT_YET = "not_yet"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A survey with one of its versions."""

    survey: Survey
    version: int
    definition: Definition


def at(tx: Connection, slug: str) -> Asked | None:
    """The survey at this address with its newest version; a draft that was never opened is None too."""
    survey = surveys.find_by_slug(tx, slug)
    return None if survey is None or survey.version == 0 else version_of(tx, survey, survey.version)


def version_of(tx: Connection, survey: Survey, version: int) -> Asked | None:
    """The survey with this version, or None."""
    found = survey_versions.find(tx, survey.id, version)
    if found is None:
        return None
    return Asked(survey=survey, version=version, definition=_bounded(tx, from_data(found.definition)))


def _bounded(tx: Connection, definition: Definition) -> Definition:
    """The survey with no file larger than the company takes."""
    if not definition.file_questions:
        return definition
    bound = settings.get(tx, SURVEY_FILE_MEGABYTES)
    questions = tuple(
        replace(one, megabytes=min(one.megabytes or USUAL_MEGABYTES, bound))
        if one.kind is QuestionKind.FILE
        else one
        for one in definition.questions
    )
    return replace(definition, questions=questions)


def door(survey: Survey, now: datetime) -> Door:
    """Whether the survey takes answers at this instant."""
    if survey.deleted_at is not None or survey.standing is Standing.CLOSED:
        return Door.CLOSED
    if survey.standing is Standing.DRAFT:
        return Door.NOT_YET
    if survey.closes_at is not None and survey.closes_at <= now:
        return Door.CLOSED
    return Door.PAUSED if survey.standing is Standing.PAUSED else Door.OPEN


def is_anonymous(survey: Survey) -> bool:
    """Whether nobody may be able to tell whose an answer is: employees answer so, always."""
    return survey.audience is Audience.EMPLOYEE
