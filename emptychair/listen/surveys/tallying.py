"""What was answered to each question, counted over the answers that count."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from emptychair.listen.surveys.answer import Answer, Answers
from emptychair.listen.surveys.definition import NUMBERS, Definition, Question, QuestionKind
from emptychair.listen.surveys.languages import said


@dataclass(slots=True)
class Tally:
    """One question with its answers: `counts` by number, by id of a choice, or by `row.choice`.

    `given` answered it; `places` are the sums of the places that choices got in a ranking.
    """

    question: Question
    given: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)

    def take(self, answer: Answer) -> None:
        """Count one answer more."""
        self.given += 1
        if answer.number is not None:
            self.counts[str(answer.number)] += 1
        elif self.question.kind is QuestionKind.RANKING:
            self.counts[answer.choices[0]] += 1
            self.places.update({choice: place for place, choice in enumerate(answer.choices, 1)})
        elif answer.cells:
            self.counts.update(f"{row}.{choice}" for row, choice in answer.cells.items())
        else:
            self.counts.update(answer.choices)


def tallies(definition: Definition, answers: Iterable[Answers]) -> list[Tally]:
    """A tally of every question of a survey, in its order; anonymous answers come in pieces. O(answers)."""
    found = {question.id: Tally(question) for question in definition.questions}
    for one in answers:
        for name, answer in one.items():
            tally = found.get(name)
            if tally is not None:
                tally.take(answer)
    return list(found.values())


def options(question: Question) -> list[tuple[str, str]]:
    """What can be answered to a question, as (key of its counts, text), in its own order."""
    if question.kind in NUMBERS:
        low, high = question.ends
        return [(str(number), str(number)) for number in range(low, high + 1)]
    own = [(choice.id, said(choice.text, "", "en") or _first(choice.text)) for choice in question.choices]
    if question.kind is not QuestionKind.MATRIX:
        return own
    rows = [(row.id, _first(row.text)) for row in question.rows]
    return [(f"{row}.{key}", f"{name}: {text}") for row, name in rows for key, text in own]


def _first(text: object) -> str:
    """Some words of a text, whatever its languages."""
    return next(iter(text.values()), "") if isinstance(text, dict) else ""
