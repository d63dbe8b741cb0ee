"""Files that respondents attached: a list of them, and each as a download that nothing opens by itself."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from emptychair.desk import answer_files, survey_versions
from emptychair.desk.answer_files import AnswerFile
from emptychair.listen.surveys.attaching import path_of
from emptychair.listen.surveys.reading import from_data
from emptychair.web import shell
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_csv, as_json
from emptychair.web.surveys.told import rights, survey_of
from emptychair.web.visitor import wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, MOST = 50, 1_000_000
HEAD = ("id", "answer", "question", "name", "type", "size", "ended_at")


@router.get("/surveys/{id}/files")
def every(request: Request, id: str, question: str = "", after: str = "") -> Response:  # noqa: A002
    """The files of answers that count, newest first; with `question` those of one."""
    survey, wanted = survey_of(request, id), wanted_form(request)
    limit = PAGE + 1 if wanted is Form.HTML else MOST
    with parts_of(request).desk.read() as tx:
        found = answer_files.page(tx, id, question=question, is_counted=True, after=after, limit=limit)
        texts = _texts([from_data(one.definition) for one in survey_versions.every(tx, id)])
    if wanted is Form.CSV:
        rows = (
            (one.id, one.response_id, one.question, one.name, one.type, one.size, one.kept_at)
            for one in found
        )
        return as_csv(f"files-{survey.slug}", HEAD, rows)
    if wanted is Form.JSON:
        return as_json({"files": [as_data(one) for one in found]})
    return shell.page(
        request,
        "surveys/files.html",
        survey=survey,
        found=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        question=question,
        texts=texts,
        **rights(request),
    )


@router.get("/surveys/{id}/files/{file}")
def download(request: Request, id: str, file: str) -> Response:  # noqa: A002
    """One file, to be saved and not to be shown: whoever sent it decided what is in it."""
    survey_of(request, id)
    parts = parts_of(request)
    with parts.desk.read() as tx:
        found = answer_files.find(tx, file)
    if found is None or found.survey_id != id or found.kept_at is None:
        raise not_found("This survey has no such file.")
    path = path_of(parts.home, found)
    if not path.is_file():
        raise not_found("This file is not in the home folder any more. Is it in a backup?")
    return FileResponse(path, media_type="application/octet-stream", filename=found.name)


def as_data(one: AnswerFile) -> dict[str, Any]:
    """A file for programs."""
    return {
        "id": one.id,
        "answer": one.response_id,
        "question": one.question,
        "name": one.name,
        "type": one.type,
        "size": one.size,
        "ended_at": one.kept_at,
        "address": f"/surveys/{one.survey_id}/files/{one.id}",
    }


def _texts(versions: list[Any]) -> dict[str, str]:
    """The words of every question that was ever answered with files, newest last."""
    return {
        question.id: question.text.get(made.language, "") or question.id
        for made in versions
        for question in made.file_questions
    }
