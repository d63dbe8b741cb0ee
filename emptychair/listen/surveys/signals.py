"""An answer as signals: scores, words, what was done; each with an id that no second telling doubles."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from emptychair.desk.responses import Delivery, Progress, Response
from emptychair.desk.surveys import Survey
from emptychair.domain.signal import Kind, Signal
from emptychair.listen.surveys import answer as answering
from emptychair.listen.surveys.answer import Answer, Answers
from emptychair.listen.surveys.definition import SCORES, Definition, Question

ANSWERED, SEEN, INVITED, DISMISSED = "survey answered", "survey seen", "survey invited", "survey dismissed"
SCREENED_OUT = "survey screened out"
WORDS = "survey answer"
# One question of an anonymous answer, which nothing joins with the others.
PIECE = "survey question answered"
_CHANNELS = {Delivery.MAIL: "email"}


def signals_of(survey: Survey, definition: Definition, response: Response, now: datetime) -> list[Signal]:
    """The signals of a response that has ended; its answers are those on its path.

    Their ids are made of the response and the question, so that telling it again changes nothing.
    """
    written = _Written(survey, response, now)
    if response.progress is Progress.SCREENED_OUT:
        return [written.one("screened", Kind.MET, SCREENED_OUT)]
    answers = answering.from_data(response.answers)
    found = list(_scores_and_words(written, definition, answers))
    structured = {name: structure(one) for name, one in answers.items()}
    told: dict[str, Any] = {
        "complete": response.progress is Progress.COMPLETED,
        "answers": {name: value for name, value in structured.items() if value},
    }
    return [*found, written.one("answered", Kind.DID, ANSWERED, **told)]


def structure(answer: Answer) -> dict[str, Any]:
    """What was chosen, without words: those are signals of their own."""
    return {
        name: value
        for name, value in answering.as_data({"it": answer}).get("it", {}).items()
        if name not in ("text", "other")
    }


def met(
    survey: Survey, thing: str, name: str, *, person: str | None, at: datetime, channel: str, **more: Any
) -> Signal:
    """Somebody met the survey: was invited, saw it, or sent it away; `thing` is an invitation or response."""
    return Signal(
        id=f"{survey.id[4:]}.{thing[4:]}.{name.rpartition(' ')[2]}",
        audience=survey.audience,
        person=person,
        kind=Kind.MET,
        name=name,
        channel=channel,
        source=survey.id,
        occurred_at=at,
        received_at=at,
        properties=as_json({"survey": survey.name, **more}),
    )


def _scores_and_words(written: "_Written", definition: Definition, answers: Answers) -> Iterator[Signal]:
    comments = {one.comment_of: answers[one.id].text for one in definition.questions if one.id in answers}
    for question in definition.questions:
        answer = answers.get(question.id)
        if answer is None:
            continue
        if question.kind in SCORES and answer.number is not None:
            yield written.one(
                question.id,
                Kind.RATED,
                question.kind.value,
                score=Decimal(answer.number),
                text=comments.get(question.id) or None,
                question=question.id,
            )
        elif answer.text and not _belongs(question, answers):
            yield written.one(question.id, Kind.SAID, WORDS, text=answer.text, question=question.id)
        if answer.other:
            yield written.one(
                f"{question.id}.other", Kind.SAID, WORDS, text=answer.other, question=question.id
            )


def _belongs(comment: Question, answers: Answers) -> bool:
    """Whether the words stand beside a score that was given."""
    of = answers.get(comment.comment_of)
    return of is not None and of.number is not None


class _Written:
    """What all signals of one response have in common."""

    def __init__(self, survey: Survey, response: Response, now: datetime) -> None:
        self._survey, self._response, self._now = survey, response, now

    def one(
        self,
        part: str,
        kind: Kind,
        name: str,
        *,
        score: Decimal | None = None,
        text: str | None = None,
        **more: Any,
    ) -> Signal:
        """One signal; hidden fields are members of its properties, so that scores can be split by them."""
        response = self._response
        ended_at = response.ended_at or response.saved_at
        return Signal(
            id=f"{self._survey.id[4:]}.{response.id[4:]}.{part}",
            audience=self._survey.audience,
            person=response.person,
            kind=kind,
            name=name,
            channel=_CHANNELS.get(response.delivery, "web"),
            source=self._survey.id,
            occurred_at=ended_at,
            received_at=max(ended_at, self._now),
            text=text,
            score=score,
            properties=as_json({**response.hidden, **self._common(), **more}),
        )

    def _common(self) -> Mapping[str, Any]:
        response = self._response
        told = {
            "survey": self._survey.name,
            "version": response.version,
            "response": response.id,
            "delivery": response.delivery.value,
            "language": response.language,
            "invitation": response.invitation_id,
            "probability": response.probability,
        }
        return {name: value for name, value in told.items() if value is not None}


def as_json(members: Mapping[str, Any]) -> str:
    """A JSON object as text."""
    return msgspec.json.encode(dict(members)).decode()
