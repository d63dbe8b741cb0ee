"""Surveys and answers for tests: written by hand, or drawn at random by hypothesis."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from emptychair.listen.surveys.answer import Answer
from emptychair.listen.surveys.definition import (
    END,
    NUMBERS,
    SCREEN_OUT,
    Choice,
    Condition,
    Definition,
    HiddenField,
    Jump,
    Look,
    Operator,
    Question,
    QuestionKind,
    Quota,
)

K, O = QuestionKind, Operator  # noqa: E741


def words(text: str) -> Mapping[str, str]:
    return {"en": text}


def choices(*names: str) -> tuple[Choice, ...]:
    return tuple(Choice(id=name, text=words(name.title())) for name in names)


def asked(name: str, kind: K = K.SINGLE, **more: Any) -> Question:
    """A question with what its kind needs."""
    if kind in (K.SINGLE, K.MULTIPLE, K.RANKING, K.MATRIX):
        more.setdefault("choices", choices("a", "b", "c"))
    if kind is K.MATRIX:
        more.setdefault("rows", choices("r1", "r2"))
    return Question(id=name, kind=kind, text=words(f"Question {name}?"), **more)


def survey(*questions: Question, **more: Any) -> Definition:
    return Definition(title=words("A survey"), questions=questions, **more)


def when(of: str, op: O, *values: str) -> Condition:
    return ((Look(of=of, op=op, values=values),),)


KINDS = (K.NPS, K.CSAT, K.SCALE, K.SINGLE, K.MULTIPLE, K.RANKING, K.MATRIX, K.TEXT)
HIDDEN = HiddenField(name="plan", values=("free", "pro"))


@st.composite
def definitions(draw: st.DrawFn, most: int = 7) -> Definition:
    """A survey without faults of form: conditions look back, jumps lead forward, pages as they fall."""
    count = draw(st.integers(1, most))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=count, max_size=count))
    plain = [_question(draw, number, kind) for number, kind in enumerate(kinds)]
    found = []
    for number, question in enumerate(plain):
        later = [one.id for one in plain[number + 1 :]] + [END, SCREEN_OUT]
        jumps = draw(st.lists(st.sampled_from(later), max_size=2))
        then = tuple(Jump(to=to, when=_condition(draw, plain[: number + 1])) for to in jumps)
        found.append(
            _with(question, show_if=_condition(draw, plain[:number], may_be_empty=True), then=_stopped(then))
        )
    quota = Quota(id="k", name="k", most=5, when=_condition(draw, plain, may_be_empty=True))
    return survey(*found, hidden=(HIDDEN,), quotas=(quota,))


def _stopped(jumps: tuple[Jump, ...]) -> tuple[Jump, ...]:
    """Without what stands behind a jump that is always taken."""
    always = [number for number, jump in enumerate(jumps) if not jump.when]
    return jumps[: always[0] + 1] if always else jumps


def _with(question: Question, **more: Any) -> Question:
    members = {name: getattr(question, name) for name in Question.__dataclass_fields__}
    return Question(**(members | more))


def _question(draw: st.DrawFn, number: int, kind: K) -> Question:
    more: dict[str, Any] = {
        "is_required": draw(st.booleans()),
        "is_with_previous": number > 0 and draw(st.booleans()),
    }
    if kind is K.MULTIPLE:
        made = list(choices("a", "b", "c"))
        if draw(st.booleans()):
            made.append(Choice(id="none", text=words("None"), is_alone=True))
        more |= {"choices": tuple(made), "most": draw(st.sampled_from([None, 1, 2]))}
    return asked(f"q{number}", kind, **more)


def _condition(draw: st.DrawFn, known: list[Question], *, may_be_empty: bool = False) -> Condition:
    if may_be_empty and draw(st.booleans()):
        return ()
    groups = draw(st.integers(0 if may_be_empty else 1, 2))
    return tuple(tuple(_look(draw, known) for _ in range(draw(st.integers(1, 2)))) for _ in range(groups))


def _look(draw: st.DrawFn, known: list[Question]) -> Look:
    question = draw(st.sampled_from([None, *known]))
    if question is None:
        op = draw(st.sampled_from([O.IS, O.IS_NOT, O.ANSWERED, O.NOT_ANSWERED]))
        return Look(of="plan", op=op, values=("free",) if op in (O.IS, O.IS_NOT) else ())
    of, ops = question.id, [O.ANSWERED, O.NOT_ANSWERED]
    values: list[str] = []
    if question.kind in NUMBERS:
        ops = list(O)
        low, high = question.ends
        values = [str(draw(st.integers(low, high)))]
    elif question.choices:
        if question.kind is K.MATRIX:
            of = f"{of}.{draw(st.sampled_from(['r1', 'r2']))}"
        ops += [O.IS, O.IS_NOT]
        values = [draw(st.sampled_from([choice.id for choice in question.choices]))]
    op = draw(st.sampled_from(ops))
    return Look(of=of, op=op, values=() if op in (O.ANSWERED, O.NOT_ANSWERED) else tuple(values))


@st.composite
def answers(draw: st.DrawFn, definition: Definition) -> dict[str, Answer]:
    """An answer to every question that must be answered, and to some of the others."""
    return {
        question.id: _answer(draw, question)
        for question in definition.questions
        if question.is_required or draw(st.booleans())
    }


def _answer(draw: st.DrawFn, question: Question) -> Answer:
    ids = [choice.id for choice in question.choices]
    if question.kind in NUMBERS:
        return Answer(number=draw(st.integers(*question.ends)))
    if question.kind is K.SINGLE:
        return Answer(choices=(draw(st.sampled_from(ids)),))
    if question.kind is K.MULTIPLE:
        alone = [choice.id for choice in question.choices if choice.is_alone]
        if alone and draw(st.booleans()):
            return Answer(choices=(alone[0],))
        others = [one for one in ids if one not in alone]
        return Answer(
            choices=tuple(
                draw(st.lists(st.sampled_from(others), min_size=1, max_size=question.most or 3, unique=True))
            )
        )
    if question.kind is K.RANKING:
        return Answer(choices=tuple(draw(st.permutations(ids))))
    if question.kind is K.MATRIX:
        return Answer(cells={row.id: draw(st.sampled_from(ids)) for row in question.rows})
    return Answer(text=draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)))


hidden = st.sampled_from([{}, {"plan": "free"}, {"plan": "pro"}])
