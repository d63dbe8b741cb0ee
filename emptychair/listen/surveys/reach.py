"""Whether every question of a survey can be reached, found by trying every way that answers can lead."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, combinations

from emptychair.listen.surveys.definition import (
    END,
    NUMBERS,
    SCREEN_OUT,
    Condition,
    Definition,
    Look,
    Question,
    QuestionKind,
)
from emptychair.listen.surveys.fault import Fault, here
from emptychair.listen.surveys.logic import is_so

# Beyond this many different situations nothing is claimed: a survey that large is looked at by its author.
MOST_SITUATIONS = 20_000
_MOST_TOGETHER = 8
# What is known by name; of all answers that every condition takes alike, one stands for the others.
Values = tuple[str, ...]
Known = tuple[tuple[str, Values], ...]


def faults(definition: Definition) -> Iterator[Fault]:
    """A fault for each question that no answers lead to, and for each quota that no answers fill.

    Exact up to 20,000 different situations; beyond that nothing is reported. The conditions and jumps have
    to be without faults of their own.
    """
    explored = _Explored(definition)
    if not explored.is_complete:
        return
    for number, question in enumerate(definition.questions):
        if question.id not in explored.asked:
            yield here("no answers lead here: its condition never holds, or jumps always pass it by", number)
    for number in range(len(definition.quotas)):
        if number not in explored.filled:
            yield here(f"quota {number + 1}: no answers fill it", is_grave=False)


class _Explored:
    """Every situation that answers can lead to, each once."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._places = {question.id: number for number, question in enumerate(definition.questions)}
        self._looks = _looks(definition)
        self._last = _last_use(definition, self._places)
        self.asked: set[str] = set()
        self.filled: set[int] = set()
        self.is_complete = self._explore()

    def _explore(self) -> bool:
        if self._looks is None:
            return False
        seen: set[tuple[int, Known]] = set()
        waiting = [(0, known) for known in self._of_hidden()]
        while waiting:
            situation = waiting.pop()
            if situation in seen:
                continue
            seen.add(situation)
            if len(seen) > MOST_SITUATIONS:
                return False
            waiting += self._next(*situation)
        return True

    def _next(self, place: int, known: Known) -> list[tuple[int, Known]]:
        questions = self._definition.questions
        if place >= len(questions):
            self._end(known)
            return []
        question = questions[place]
        if not _holds(question.show_if, dict(known)):
            return [(place + 1, self._needed(known, place + 1))]
        self.asked.add(question.id)
        return [self._after(place, question, (*known, *more)) for more in self._answers(question)]

    def _after(self, place: int, question: Question, known: Known) -> tuple[int, Known]:
        found = dict(known)
        to = next((jump.to for jump in question.then if _holds(jump.when, found)), None)
        if to in (END, SCREEN_OUT):
            place = len(self._places)
        elif to is not None:
            place = self._places[to]
        else:
            place += 1
        return place, self._needed(known, place)

    def _answers(self, question: Question) -> Iterator[Known]:
        """What can be known of a question once it was asked: one combination for each way to look at it."""
        looks = self._looks or {}
        names = [name for name in looks if name.partition(".")[0] == question.id]
        found: list[Known] = [()]
        for name in names:
            values = _told_apart(_possible(question, name.partition(".")[2], looks[name]), looks[name])
            found = [(*known, (name, value)) for known in found for value in values]
        yield from found

    def _of_hidden(self) -> list[Known]:
        looks = self._looks or {}
        found: list[Known] = [()]
        for hidden in self._definition.hidden:
            if hidden.name not in looks:
                continue
            named = {value for look in looks[hidden.name] for value in look.values}
            others = set(hidden.values) or {"\0 something else"}
            possible: list[Values] = [(), *((value,) for value in sorted(named | others))]
            values = _told_apart(possible, looks[hidden.name])
            found = [(*known, (hidden.name, value)) for known in found for value in values]
        return found

    def _needed(self, known: Known, place: int) -> Known:
        """What is still looked at from a place on, so that situations that differ no more are one."""
        return tuple(sorted(item for item in known if self._last.get(item[0], -1) >= place))

    def _end(self, known: Known) -> None:
        found = dict(known)
        for number, quota in enumerate(self._definition.quotas):
            if _holds(quota.when, found):
                self.filled.add(number)


def _looks(definition: Definition) -> Mapping[str, list[Look]] | None:
    """Every look by what it looks at; None where too many choices of one question are looked at."""
    found: dict[str, list[Look]] = {}
    for condition in _conditions(definition):
        for look in chain.from_iterable(condition):
            found.setdefault(look.of, []).append(look)
    for name, looks in found.items():
        question = definition.question(name)
        is_multiple = question is not None and question.kind is QuestionKind.MULTIPLE
        if is_multiple and len({value for look in looks for value in look.values}) > _MOST_TOGETHER:
            return None
    return found


def _conditions(definition: Definition) -> Iterator[Condition]:
    for question in definition.questions:
        yield question.show_if
        yield from (jump.when for jump in question.then)
    yield from (quota.when for quota in definition.quotas)


def _last_use(definition: Definition, places: Mapping[str, int]) -> dict[str, int]:
    """The last place at which each name is looked at; quotas look when everything is over."""
    found: dict[str, int] = {}
    for number, question in enumerate(definition.questions):
        for condition in (question.show_if, *(jump.when for jump in question.then)):
            found |= {look.of: number for look in chain.from_iterable(condition)}
    for quota in definition.quotas:
        found |= {look.of: len(places) for look in chain.from_iterable(quota.when)}
    return found


def _holds(condition: Condition, known: Mapping[str, Values]) -> bool:
    return not condition or any(
        all(is_so(look, known.get(look.of, ())) for look in group) for group in condition
    )


def _possible(question: Question, row: str, looks: Sequence[Look]) -> list[Values]:
    """Every value that looks can see of a question; the empty one where it may be left unanswered."""
    none: list[Values] = [] if question.is_required else [()]
    if question.kind in NUMBERS:
        low, high = question.ends
        return [*none, *((str(number),) for number in range(low, high + 1))]
    ids = [choice.id for choice in question.choices]
    if question.kind is QuestionKind.MULTIPLE:
        return [*none, *_together(question, {value for look in looks for value in look.values})]
    if ids and (row or question.kind is not QuestionKind.MATRIX):
        return [*none, *((one,) for one in ids)]
    return [*none, ("…",)]


def _together(question: Question, named: Collection[str]) -> Iterator[Values]:
    """Which of the `named` choices can be taken together; "…" stands for choices that no look names."""
    least, most = max(1, question.least or 1), question.most or len(question.choices)
    if least == 1:
        yield from ((choice.id,) for choice in question.choices if choice.is_alone)
    others = [choice.id for choice in question.choices if not choice.is_alone]
    inside = [one for one in others if one in named]
    for count in range(min(most, len(inside)) + 1):
        if max(count, least) - count <= len(others) - len(inside):  # so many others are there to be taken
            yield from (taken or ("…",) for taken in combinations(inside, count))


def _told_apart(possible: Sequence[Values], looks: Sequence[Look]) -> list[Values]:
    """Of those that every look sees alike, the first."""
    return list(
        {tuple(is_so(look, values) for look in looks): values for values in reversed(possible)}.values()
    )
