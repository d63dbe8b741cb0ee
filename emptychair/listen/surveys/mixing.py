"""Anonymous answers let out: torn apart, mixed, many at once, on a day and not at an instant."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from emptychair.desk import sealed_answers, survey_versions, surveys
from emptychair.desk.desk import Desk
from emptychair.desk.sealed_answers import Sealed
from emptychair.desk.surveys import Standing, Survey
from emptychair.domain.signal import Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import answer as answers_of
from emptychair.listen.surveys.definition import SCORES, Definition
from emptychair.listen.surveys.reading import from_data
from emptychair.listen.surveys.signals import ANSWERED, PIECE, WORDS, as_json, structure

# Groups below this are shown nowhere, and so many answers at least are let out at once.
LEAST = 5
# So many stay behind while a survey runs, chosen at random: the last to answer are not the next to be let
# out, and when it closes there are enough for a last batch.
HELD_BACK = 5


def let_out(desk: Desk, ledger: Ledger, now: datetime) -> int:
    """Bring sealed answers into the ledger where there are enough of them; how many answers.

    Safe to call again and to be killed anywhere: a batch is chosen, told to the ledger under ids that stay,
    and then forgotten on the desk.
    """
    with desk.read() as tx:
        waiting = sealed_answers.surveys(tx)
    return sum(_of_survey(desk, ledger, survey_id, now) for survey_id in waiting)


def chosen(waiting: Sequence[Sealed], *, is_closed: bool) -> list[str]:
    """The keys of those to be let out now: at least five or none, and five stay behind while it runs."""
    keys = [one.key for one in waiting]
    if is_closed:
        return keys if len(keys) >= LEAST else []
    if len(keys) < LEAST + HELD_BACK:
        return []
    return secrets.SystemRandom().sample(keys, len(keys) - HELD_BACK)


def _of_survey(desk: Desk, ledger: Ledger, survey_id: str, now: datetime) -> int:
    with desk.begin() as tx:
        survey = surveys.lock(tx, survey_id)
        if survey is None:
            return 0
        keys = chosen(sealed_answers.waiting(tx, survey_id), is_closed=survey.standing is Standing.CLOSED)
        if keys:
            sealed_answers.choose(tx, keys, f"{_day(now):%Y-%m-%d} {secrets.token_hex(8)}")
        batches = sealed_answers.batches(tx, survey_id)
        definitions = {one.version: from_data(one.definition) for one in survey_versions.every(tx, survey_id)}
    for batch, answers in batches.items():
        ledger.append(list(signals_of(survey, definitions, answers, _day_of(batch))))
        with desk.begin() as tx:
            sealed_answers.drop(tx, survey_id, batch)
    return sum(map(len, batches.values()))


def signals_of(
    survey: Survey, definitions: Mapping[int, Definition], batch: Sequence[Sealed], day: datetime
) -> list[Signal]:
    """The signals of a batch in the order of their random ids; two of one answer cannot be joined again."""
    found = [
        signal for one in batch for signal in _torn_apart(_Torn(survey, one, day), definitions[one.version])
    ]
    return sorted(found, key=lambda signal: signal.id)


def _torn_apart(torn: "_Torn", definition: Definition) -> Iterator[Signal]:
    """That somebody answered, each answer, each score with its comment, all words: every one for itself."""
    answers = answers_of.from_data(torn.sealed.answers)
    yield torn.one(Kind.DID, ANSWERED, "", complete=True)
    comments = {one.comment_of: answers[one.id].text for one in definition.questions if one.id in answers}
    for question in definition.questions:
        answer = answers.get(question.id)
        if answer is None:
            continue
        told: dict[str, Any] = {"question": question.id, "answer": structure(answer)}
        yield torn.one(Kind.DID, PIECE, f"{question.id} did", **told)
        if question.kind in SCORES and answer.number is not None:
            text = comments.get(question.id) or None
            score = Decimal(answer.number)
            yield torn.one(
                Kind.RATED, question.kind.value, question.id, score=score, text=text, question=question.id
            )
        of = answers.get(question.comment_of)
        if answer.text and (of is None or of.number is None):
            yield torn.one(Kind.SAID, WORDS, question.id, text=answer.text, question=question.id)
        if answer.other:
            part = f"{question.id} other"
            yield torn.one(Kind.SAID, WORDS, part, text=answer.other, question=question.id)


class _Torn:
    """One sealed answer while it is torn apart."""

    def __init__(self, survey: Survey, sealed: Sealed, day: datetime) -> None:
        self.sealed = sealed
        self._survey, self._day = survey, day

    def one(
        self,
        kind: Kind,
        name: str,
        part: str,
        *,
        score: Decimal | None = None,
        text: str | None = None,
        **more: Any,
    ) -> Signal:
        """One piece. Its id comes from the random key, which is forgotten: nobody finds the others by it."""
        piece = blake2b(f"{self.sealed.key} {part}".encode(), digest_size=12).hexdigest()
        return Signal(
            id=f"{self._survey.id[4:]}.{piece}",
            audience=self._survey.audience,
            person=None,
            kind=kind,
            name=name,
            channel="web",
            source=self._survey.id,
            occurred_at=self._day,
            received_at=self._day,
            text=text,
            score=score,
            properties=as_json({"survey": self._survey.name, **more}),
        )


def _day(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _day_of(batch: str) -> datetime:
    return datetime.fromisoformat(batch.partition(" ")[0]).replace(tzinfo=UTC)
