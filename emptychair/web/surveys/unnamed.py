"""An anonymous survey answered: the page carries what was said, and nothing is kept before the end."""

from fastapi import Request, Response

from emptychair.desk import ballots
from emptychair.desk.ballots import Ballot
from emptychair.desk.responses import Delivery, Progress
from emptychair.listen.surveys import languages, sealing
from emptychair.listen.surveys.answer import Answer
from emptychair.listen.surveys.asking import Asked
from emptychair.listen.surveys.logic import kept, pages
from emptychair.listen.surveys.marking import Evidence
from emptychair.listen.surveys.sealing import NOTHING
from emptychair.web.fields import Fields
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_json
from emptychair.web.surveys.filled import Filled, filled
from emptychair.web.surveys.pages import closed, over, paper, sheet_of
from emptychair.web.surveys.remembering import has_answered, remember_end
from emptychair.web.surveys.sending import accepted, sent_of, wait_of
from emptychair.web.surveys.turning import Go, Sent, Turned, first_lacking, objections, target

_END = Turned(page=None, answers={}, hidden={})
_NONE = Filled(answers={}, objections={})


def show(request: Request, asked: Asked, lang: str, *, is_again: bool, to: str) -> Response:
    """The first page; thanks for who has answered by this link, or in this browser."""
    language = languages.wanted(asked.definition, lang, accepted(request))
    ballot = _ballot(request, asked, to)
    has_ended = (
        has_answered(request, asked.survey.slug) and not is_again if ballot is None else ballot.is_used
    )
    if has_ended:
        return over(request, asked, _END, language, Progress.COMPLETED)
    parts = parts_of(request)
    turned = Turned(page=0, answers={}, hidden={}, carried={"once": sealing.new_once()})
    stamp = parts.stamps.of(asked.survey.slug, parts.clock())
    return closed(request, asked, language) or paper(request, asked, turned, language, stamp, to)


def answer(request: Request, asked: Asked, fields: Fields, language: str) -> Response:
    """One page, and the pages before it as they were carried; the last one seals them."""
    ballot = _ballot(request, asked, fields.text("to"))
    if ballot is not None and ballot.is_used:
        return over(request, asked, _END, language, Progress.COMPLETED)
    shut = closed(request, asked, language)
    if shut is not None:
        return shut
    sent = sent_of(request, asked, fields, language)
    wait = wait_of(request, asked, None, fields)
    if wait is not None:
        early = Turned(page=sent.page, answers=_together(asked, sent)[1], hidden={}, carried=_carried(fields))
        return paper(request, asked, early, language, fields.text("stamp"), fields.text("to"), wait=wait)
    turned, progress = _turn(parts_of(request), asked, sent, ballot)
    if progress is None:
        return paper(request, asked, turned, language, fields.text("stamp"), fields.text("to"))
    answered = over(request, asked, turned, language, progress)
    if ballot is None:
        remember_end(request, answered, asked.survey.slug)
    return answered


def look(request: Request, asked: Asked, fields: Fields, language: str) -> Response:
    """Which questions of this page are asked now; nothing is kept."""
    turned, _ = _turn(parts_of(request), asked, sent_of(request, asked, fields, language, Go.STAY), None)
    laid = sheet_of(asked, turned, language, fields.text("stamp"))
    return as_json({"t": "", "asked": [one.id for one in laid.questions if one.is_asked]})


def _turn(parts: Parts, asked: Asked, sent: Sent, ballot: Ballot | None) -> tuple[Turned, Progress | None]:
    """Where the respondent is now, and how it ended if it did."""
    found, together = _together(asked, sent)
    wrong = objections(asked, sent, found.get(sent.page, _NONE), together, NOTHING)
    number = target(asked, together, NOTHING, sent, has_objections=bool(wrong))
    carried = _carried(sent.fields)
    if number is not None:
        at = Turned(page=number, answers=together, hidden={}, objections=wrong, carried=carried)
        return at, None
    answers = kept(asked.definition, together, NOTHING)
    evidence = _evidence(parts, asked, sent, ballot, len(answers))
    ended = sealing.end(parts.desk, asked, answers, ballot, carried.get("once", ""), evidence)
    if ended.lacking:
        page, wrong = first_lacking(asked, ended.answers, NOTHING)
        return Turned(page=page, answers=answers, hidden={}, objections=wrong, carried=carried), None
    return Turned(page=None, answers=ended.answers, hidden={}), ended.progress


def _together(asked: Asked, sent: Sent) -> tuple[dict[int, Filled], dict[str, Answer]]:
    """What every page says, by its number, and all answers together."""
    found = {
        number: filled(asked.definition, number, sent.fields)
        for number in range(len(pages(asked.definition)))
    }
    return found, {name: one for page in found.values() for name, one in page.answers.items()}


def _carried(fields: Fields) -> dict[str, str]:
    return {
        name: value for name, value in fields.values.items() if name[:2] in ("a.", "o.") or name == "once"
    }


def _evidence(parts: Parts, asked: Asked, sent: Sent, ballot: Ballot | None, answers: int) -> Evidence:
    """What is known of how it came; where from is not looked at."""
    now = parts.clock()
    return Evidence(
        delivery=Delivery.LINK if ballot is None else Delivery.PERSONAL,
        answers=answers,
        seconds=None if sent.shown_at is None else (now - sent.shown_at).total_seconds(),
        is_trap_filled=sent.is_trap_filled,
        has_answered=sent.has_answered,
        in_second=parts.crowd.in_second(asked.survey.id, now),
    )


def _ballot(request: Request, asked: Asked, token: str) -> Ballot | None:
    if not token:
        return None
    with parts_of(request).desk.read() as tx:
        found = ballots.find(tx, asked.survey.id, token)
    if found is None:
        raise not_found("This link does not work. Perhaps a part of it is missing?")
    return found
