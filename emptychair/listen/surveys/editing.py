"""Editing: one change at a time, undone step by step, and opened as a version that answers keep."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from emptychair.desk import survey_versions, surveys
from emptychair.desk.surveys import Survey
from emptychair.domain.signal import Audience
from emptychair.listen.surveys.checking import faults
from emptychair.listen.surveys.definition import Definition
from emptychair.listen.surveys.fault import Fault
from emptychair.listen.surveys.reading import as_data, from_data
from emptychair.listen.surveys.widget import from_data as shown_as


class Stale(Exception):
    """Somebody else changed the survey since it was looked at; nothing was done."""


class NotReady(Exception):
    """The survey has grave faults and cannot be opened."""

    def __init__(self, found: tuple[Fault, ...]) -> None:
        super().__init__(" ".join(fault.told for fault in found))
        self.faults = found


def draft_of(survey: Survey) -> Definition:
    """The survey as it is edited."""
    return from_data(survey.draft)


def faults_of(survey: Survey) -> tuple[Fault, ...]:
    """Everything that is wrong with the draft, as the survey is shown now."""
    return faults(draft_of(survey), survey.audience, is_in_product=shown_as(survey.widget).is_on)


def create(
    tx: Connection, definition: Definition, *, name: str, audience: Audience, by: str, now: datetime
) -> Survey:
    """A new draft."""
    return surveys.create(tx, name=name, audience=audience, draft=as_data(definition), by=by, now=now)


def copy(tx: Connection, survey: Survey, *, by: str, now: datetime) -> Survey:
    """A new draft with the same questions, words and looks; nobody was invited to it."""
    made = surveys.create(
        tx,
        name=f"{survey.name[:110]} (copy)",
        audience=survey.audience,
        draft=survey.draft,
        by=by,
        now=now,
    )
    surveys.deliver(tx, made.id, widget={**survey.widget, "is_on": False}, mail=survey.mail)
    return surveys.find(tx, made.id) or made


def edit(
    tx: Connection,
    survey_id: str,
    change: Callable[[Definition], Definition],
    what: str,
    *,
    revision: int | None,
    by: str,
    now: datetime,
) -> Survey:
    """The survey with its draft changed, `what` in words for who undoes it. A change of nothing is none.

    `revision` is the one that was looked at; None: whichever there is. Raises `Stale` when it is another by
    now.
    """
    survey = surveys.lock(tx, survey_id)
    if survey is None or survey.deleted_at is not None:
        raise Stale
    if revision is not None and revision != survey.revision:
        raise Stale
    draft = as_data(change(draft_of(survey)))
    if draft == survey.draft:
        return survey
    if not surveys.edit(tx, survey_id, draft, revision=survey.revision, now=now):
        raise Stale
    survey_versions.remember(tx, survey_id, survey.draft, what, by=by, now=now)
    return surveys.find(tx, survey_id) or survey


def undo(tx: Connection, survey_id: str, now: datetime) -> str | None:
    """Undo the last change of the draft; what it was, or None when there is nothing to undo."""
    survey, last = surveys.lock(tx, survey_id), survey_versions.last_edit(tx, survey_id)
    if survey is None or last is None or not survey_versions.forget(tx, last):
        return None
    surveys.edit(tx, survey_id, last.before, revision=survey.revision, now=now)
    return last.what


def open_up(tx: Connection, survey_id: str, *, by: str, now: datetime) -> Survey | None:
    """The survey taking answers from now on, to its draft as a new version where it differs from the last.

    Raises `NotReady` while it has grave faults. Who began on an earlier version ends on it.
    """
    survey = surveys.lock(tx, survey_id)
    if survey is None or survey.deleted_at is not None:
        return None
    found = tuple(fault for fault in faults_of(survey) if fault.is_grave)
    if found:
        raise NotReady(found)
    version = survey.version
    if not is_published(tx, survey):
        version += 1
        survey_versions.add(tx, survey_id, version, survey.draft, by=by, now=now)
    surveys.opened(tx, survey_id, version=version, now=now)
    return surveys.find(tx, survey_id)


def is_published(tx: Connection, survey: Survey) -> bool:
    """Whether what is edited is what is asked."""
    newest = survey_versions.find(tx, survey.id, survey.version)
    return newest is not None and newest.definition == survey.draft
