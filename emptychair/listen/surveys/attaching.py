"""Files of an answer: judged, kept under names of ours, and gone when nothing refers to them any more."""

import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from emptychair.desk import answer_files
from emptychair.desk.answer_files import AnswerFile
from emptychair.desk.desk import Desk
from emptychair.desk.ids import new_id
from emptychair.desk.responses import Response
from emptychair.listen.surveys import answer as answers_of
from emptychair.listen.surveys.answer import NONE, Answer, Answers, Attached
from emptychair.listen.surveys.definition import MEGABYTE, Question
from emptychair.listen.surveys.filling import Objection, Why
from emptychair.listen.surveys.sniffing import is_taken, sniffed

FOLDER, INCOMING = "answer-files", "incoming"
# All files of one answer together, in bytes.
MOST_OF_ANSWER = 100 * MEGABYTE
# So long nothing is cleaned away: a request that is under way has noted its files, and not yet saved them.
GRACE = timedelta(hours=1)
# What a request that died has left behind is cleaned away after so long.
LEFT_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A file as it came, on disk under a name of ours. `why` says what kept it from being taken in whole."""

    path: Path
    name: str
    size: int
    head: bytes
    why: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a page says about files: answers that it changes, what is wrong, what is new, and what is gone."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    objections: Mapping[str, Objection] = field(default_factory=dict)
    fresh: Mapping[str, Mapping[str, Arrived]] = field(default_factory=dict)
    gone: tuple[str, ...] = ()


NO_FILES = Files()


def judged(
    questions: Collection[Question],
    earlier: Answers,
    arrived: Mapping[str, Collection[Arrived]],
    removed: Collection[str],
) -> Files:
    """The files of these questions: those from before that stay, and of those that came the ones taken.

    `removed` are ids. Where only one file fits, a new one takes the place of the old one.
    """
    answers: dict[str, Answer] = {}
    objections: dict[str, Objection] = {}
    fresh: dict[str, Mapping[str, Arrived]] = {}
    gone: list[str] = []
    total = sum(file.size for one in earlier.values() for file in one.files if file.id not in removed)
    for question in questions:
        before = earlier.get(question.id, NONE).files
        staying = [file for file in before if file.id not in removed]
        new: dict[str, Arrived] = {}
        for file in arrived.get(question.id, ()):
            have = len(new) + (len(staying) if question.most_files > 1 else 0)
            objection = _objection(question, file, have, total)
            if objection is None:
                new[new_id("fil")] = file
                total += file.size
            else:
                objections.setdefault(question.id, objection)
        if new and question.most_files == 1:
            staying = []
        out = [file.id for file in before if file not in staying]
        if new or out:
            added = (_attached(file_id, file) for file_id, file in new.items())
            answers[question.id] = Answer(files=(*staying, *added))
            fresh[question.id] = new
            gone += out
    return Files(answers=answers, objections=objections, fresh=fresh, gone=tuple(gone))


def keep(desk: Desk, home: Path, response: Response, files: Files, now: datetime) -> None:
    """Bring the new files to where they stay: noted first, so that none is ever there without a note."""
    noted = [
        AnswerFile(
            id=file.id,
            survey_id=response.survey_id,
            response_id=response.id,
            question=question,
            name=file.name,
            size=file.size,
            type=file.type,
            created_at=now,
        )
        for question, answer in files.answers.items()
        for file in answer.files
        if file.id in files.fresh[question]
    ]
    if not noted:
        return
    with desk.begin() as tx:
        answer_files.add(tx, noted)
    for one in noted:
        path = path_of(home, one)
        path.parent.mkdir(parents=True, exist_ok=True)
        files.fresh[one.question][one.id].path.replace(path)
    _sync(path_of(home, noted[0]).parent)


def path_of(home: Path, file: AnswerFile) -> Path:
    """Where a file lies."""
    return home / FOLDER / file.survey_id / file.id


def drop(desk: Desk, home: Path, file_ids: Collection[str]) -> int:
    """Remove these files unless an answer has ended with them; how many."""
    with desk.read() as tx:
        found = [answer_files.find(tx, one) for one in file_ids]
    doomed = [one for one in found if one is not None and one.kept_at is None]
    for one in doomed:
        _remove(desk, home, one)
    return len(doomed)


def clean(desk: Desk, home: Path, now: datetime) -> int:
    """Remove files that no answer refers to, and what requests that died have left; how many.

    Safe to call twice and to be killed anywhere: the file goes first, and its note after it.
    """
    with desk.read() as tx:
        doomed = answer_files.without_answer(tx, now - GRACE)
        doomed += [one for one, answers in answer_files.undecided(tx, now - GRACE) if not _has(answers, one)]
    for one in doomed:
        _remove(desk, home, one)
    left = [
        one
        for one in (home / FOLDER / INCOMING).glob("*")
        if one.stat().st_mtime < (now - LEFT_AFTER).timestamp()
    ]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(doomed) + len(left)


def without_files(answers: Answers) -> dict[str, Answer]:
    """The answers without those that are files."""
    return {name: one for name, one in answers.items() if not one.files}


def _objection(question: Question, file: Arrived, have: int, total: int) -> Objection | None:
    if file.why is not None:
        limit = question.most_bytes // MEGABYTE
        return Objection(why=file.why, limit=limit, name=file.name)
    if file.size == 0:
        return Objection(why=Why.FILE_IS_EMPTY, name=file.name)
    if file.size > question.most_bytes:
        return Objection(why=Why.FILE_TOO_LARGE, limit=question.most_bytes // MEGABYTE, name=file.name)
    if not is_taken(question.types, sniffed(file.head), file.name):
        return Objection(why=Why.FILE_NOT_TAKEN, name=file.name)
    if have >= question.most_files:
        return Objection(why=Why.FILE_TOO_MANY, limit=question.most_files)
    if total + file.size > MOST_OF_ANSWER:
        return Objection(why=Why.FILES_TOO_MUCH, limit=MOST_OF_ANSWER // MEGABYTE)
    return None


def _attached(file_id: str, file: Arrived) -> Attached:
    return Attached(id=file_id, name=file.name, size=file.size, type=sniffed(file.head))


def _has(answers: object, file: AnswerFile) -> bool:
    """Whether saved answers refer to a file."""
    saved = answers_of.from_data(answers if isinstance(answers, dict) else {})
    return any(file.id == one.id for one in saved.get(file.question, NONE).files)


def _remove(desk: Desk, home: Path, file: AnswerFile) -> None:
    path_of(home, file).unlink(missing_ok=True)
    with desk.begin() as tx:
        answer_files.forget(tx, file.id)


def _sync(folder: Path) -> None:
    """A file that was moved is there after a power cut only when its folder is on disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
