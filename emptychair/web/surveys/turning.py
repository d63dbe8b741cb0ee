"""One page of a survey turned: what was answered is kept, and the next page found, or the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from emptychair.desk import responses
from emptychair.desk.responses import ENDED, Progress, Response
from emptychair.listen.surveys import answering
from emptychair.listen.surveys.answer import Answers, from_data
from emptychair.listen.surveys.answering import Way
from emptychair.listen.surveys.asking import Asked
from emptychair.listen.surveys.attaching import NO_FILES, Arrived, Files, drop, judged, keep
from emptychair.listen.surveys.filling import Objection
from emptychair.listen.surveys.logic import kept, page_after, page_before, pages, path
from emptychair.listen.surveys.marking import Evidence
from emptychair.web.fields import Fields
from emptychair.web.parts import Parts
from emptychair.web.surveys.filled import Filled, filled, lacking

_LAST = 10_000


class Go(StrEnum):
    """Where a respondent wants to: on, back, or nowhere (another language, or only to keep what is said)."""

    NEXT = "next"
    BACK = "back"
    STAY = "stay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One page as it was sent. `page` is its number, `shown_at` when the first one was shown, if known.

    `place` is where it came from, None where nothing is known; `is_trap_filled` when a field that nobody sees
    was filled in. `files` came with it, by question; `removed` are the ids of files to be taken away.
    """

    fields: Fields
    page: int
    go: Go
    language: str
    shown_at: datetime | None = None
    is_trap_filled: bool = False
    has_answered: bool = False
    place: str | None = None
    files: Mapping[str, tuple[Arrived, ...]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Where the respondent is now. `token` comes back to the response; None when none was begun.

    `page` is None when it is over; then `response` says how. Of an anonymous survey there is none, and the
    page itself carries what was sent before (`carried`).
    """

    page: int | None
    answers: Answers
    hidden: Mapping[str, str]
    token: str | None = None
    response: Response | None = None
    objections: Mapping[str, Objection] = field(default_factory=dict)
    carried: Mapping[str, str] = field(default_factory=dict)


def turn(
    parts: Parts, asked: Asked, way: Way, response: Response | None, token: str | None, sent: Sent
) -> Turned:
    """Keep what a page says and move on. Raises the ledger's errors where the end cannot be written there."""
    if response is not None and response.progress in ENDED:
        return Turned(page=None, answers={}, hidden={}, token=token, response=response)
    hidden = answering.hidden_values(asked.definition, way.hidden) if response is None else response.hidden
    earlier: Answers = {} if response is None else from_data(response.answers)
    page, files = _read(asked, sent, earlier)
    together = {**earlier, **page.answers}
    wrong = objections(asked, sent, page, together, hidden)
    if response is None and sent.go is not Go.NEXT and not page.is_anything_given:
        return Turned(page=sent.page, answers=together, hidden=hidden, objections=wrong)
    number = target(asked, together, hidden, sent, has_objections=bool(wrong))
    now = parts.clock()
    if files.fresh:
        if response is None:
            with parts.desk.begin() as tx:
                token, response = answering.begin(tx, asked, way, now)
        keep(parts.desk, parts.home, response, files, now)
    with parts.desk.begin() as tx:
        if response is None:
            token, response = answering.begin(tx, asked, way, now)
        kept_at = number if number is not None else sent.page
        answering.save(tx, asked, response.id, page.answers, page=kept_at, language=sent.language, now=now)
    drop(parts.desk, parts.home, files.gone)
    if number is None:
        return _end(parts, asked, response, token, sent)
    return Turned(
        page=number, answers=together, hidden=hidden, token=token, response=response, objections=wrong
    )


def unturned(asked: Asked, way: Way, response: Response | None, token: str | None, sent: Sent) -> Turned:
    """The page as it was sent, for who came too quickly: what they typed stands there, nothing is kept."""
    hidden = answering.hidden_values(asked.definition, way.hidden) if response is None else response.hidden
    earlier: Answers = {} if response is None else from_data(response.answers)
    page = filled(asked.definition, sent.page, sent.fields)
    answers = {**earlier, **page.answers}
    return Turned(page=sent.page, answers=answers, hidden=hidden, token=token, response=response)


def _read(asked: Asked, sent: Sent, earlier: Answers) -> tuple[Filled, Files]:
    """What the page says, with the files that came with it."""
    page, laid = filled(asked.definition, sent.page, sent.fields), pages(asked.definition)
    here = laid[sent.page] if sent.page < len(laid) else ()
    questions = [one for one in asked.definition.file_questions if one.id in here]
    if not questions:
        return page, NO_FILES
    files = judged(questions, earlier, sent.files, sent.removed)
    told = Filled(
        answers={**page.answers, **files.answers}, objections={**page.objections, **files.objections}
    )
    return told, files


def found(parts: Parts, asked: Asked, token: str | None) -> Response | None:
    """The response that the token comes back to, unless it was given up; None when there is none."""
    if not token:
        return None
    with parts.desk.read() as tx:
        response = responses.find_by_token(tx, asked.survey.id, token)
    return None if response is None or response.progress is Progress.GIVEN_UP else response


def objections(
    asked: Asked, sent: Sent, page: Filled, together: Answers, hidden: Mapping[str, str]
) -> dict[str, Objection]:
    """What is wrong with a page; who wants to go on is told what is lacking, of what is asked now."""
    if sent.go is not Go.NEXT:
        return dict(page.objections)
    wrong = lacking(asked.definition, sent.page, together, hidden) | dict(page.objections)
    asked_now = set(path(asked.definition, together, hidden).questions)
    return {name: objection for name, objection in wrong.items() if name in asked_now}


def target(
    asked: Asked, answers: Answers, hidden: Mapping[str, str], sent: Sent, *, has_objections: bool
) -> int | None:
    """The number of the page to be shown; None: it is over."""
    walked = path(asked.definition, answers, hidden)
    if sent.go is Go.BACK:
        before = page_before(asked.definition, walked, min(sent.page, _LAST))
        return sent.page if before is None else before
    if sent.go is Go.STAY or has_objections:
        return sent.page
    return page_after(asked.definition, walked, sent.page)


def _end(parts: Parts, asked: Asked, response: Response, token: str | None, sent: Sent) -> Turned:
    now = parts.clock()
    with parts.desk.read() as tx:
        newest = responses.find(tx, response.id) or response
    answers = kept(asked.definition, from_data(newest.answers), newest.hidden)
    evidence = Evidence(
        delivery=newest.delivery,
        answers=len(answers),
        seconds=_seconds(sent.shown_at, newest, now),
        is_trap_filled=sent.is_trap_filled,
        has_answered=sent.has_answered,
        of_place=parts.crowd.of_place(asked.survey.id, sent.place, now) if sent.place else 0,
        in_second=parts.crowd.in_second(asked.survey.id, now),
    )
    ended = answering.end(parts.desk, parts.ledger, asked, response.id, evidence, now)
    if ended is not None and ended.lacking:
        return _asked_again(asked, ended, answers, token)
    over = newest if ended is None else ended.response
    return Turned(page=None, answers=answers, hidden=newest.hidden, token=token, response=over)


def _seconds(shown_at: datetime | None, response: Response, now: datetime) -> float | None:
    """From the first look to the end. Who comes back has a new page, and had the first one long before."""
    return None if shown_at is None else (now - min(shown_at, response.seen_at)).total_seconds()


def _asked_again(asked: Asked, ended: answering.Ended, answers: Answers, token: str | None) -> Turned:
    hidden = ended.response.hidden
    page, wrong = first_lacking(asked, answers, hidden)
    return Turned(
        page=page, answers=answers, hidden=hidden, token=token, response=ended.response, objections=wrong
    )


def first_lacking(
    asked: Asked, answers: Answers, hidden: Mapping[str, str]
) -> tuple[int, dict[str, Objection]]:
    """The first page on which something is lacking: somebody went back and passed it by."""
    walked = path(asked.definition, answers, hidden)
    page = page_after(asked.definition, walked, -1)
    while page is not None:
        wrong = lacking(asked.definition, page, answers, hidden)
        if wrong:
            return page, wrong
        page = page_after(asked.definition, walked, page)
    raise LookupError("an answer is lacking on a page that is not asked")
