"""Which questions are asked: every way ends, and nothing is kept of a way that was left."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emptychair.domain.signal import Audience
from emptychair.listen.surveys.answer import Answer, as_data, from_data
from emptychair.listen.surveys.checking import faults
from emptychair.listen.surveys.definition import (
    END,
    SCREEN_OUT,
    Definition,
    HiddenField,
    Jump,
    Look,
    Question,
)
from emptychair.listen.surveys.logic import (
    kept,
    met,
    page_after,
    page_before,
    pages,
    path,
    unanswered,
)
from emptychair.listen.surveys.reach import faults as unreachable
from tests.listen.surveys.making import (
    HIDDEN,
    K,
    O,
    answers,
    asked,
    choices,
    definitions,
    hidden,
    survey,
    when,
)

NUMBER = Answer(number=9)


def one(choice: str) -> Answer:
    return Answer(choices=(choice,))


def test_a_question_is_asked_when_its_condition_holds() -> None:
    made = survey(asked("q1", K.NPS), asked("q2", K.TEXT, show_if=when("q1", O.AT_MOST, "6")), asked("q3"))
    assert path(made, {"q1": Answer(number=6)}, {}).questions == ("q1", "q2", "q3")
    assert path(made, {"q1": Answer(number=7)}, {}).questions == ("q1", "q3")
    assert path(made, {}, {}).questions == ("q1", "q3"), "without an answer there is nothing to compare"


@pytest.mark.parametrize(
    ("op", "values", "chosen", "holds"),
    [
        (O.IS, ("a", "b"), ("b",), True),
        (O.IS, ("a", "b"), ("c",), False),
        (O.IS, ("a",), ("c", "a"), True),
        (O.IS_NOT, ("a",), ("c",), True),
        (O.IS_NOT, ("a",), (), True),
        (O.IS_NOT, ("a",), ("c", "a"), False),
        (O.ANSWERED, (), ("a",), True),
        (O.NOT_ANSWERED, (), (), True),
        (O.NOT_ANSWERED, (), ("a",), False),
    ],
)
def test_what_looks_see_of_choices(
    op: O, values: tuple[str, ...], chosen: tuple[str, ...], holds: bool
) -> None:
    made = survey(asked("q1", K.MULTIPLE), asked("q2", show_if=when("q1", op, *values)))
    assert ("q2" in path(made, {"q1": Answer(choices=chosen)}, {}).questions) is holds


def test_any_group_of_looks_will_do_and_of_a_group_all_must_hold() -> None:
    condition = (
        (Look(of="q1", op=O.IS, values=("a",)), Look(of="plan", op=O.IS, values=("pro",))),
        (Look(of="q1", op=O.IS, values=("b",)),),
    )
    made = survey(asked("q1"), asked("q2", show_if=condition), hidden=(HIDDEN,))
    assert "q2" in path(made, {"q1": one("a")}, {"plan": "pro"}).questions
    assert "q2" not in path(made, {"q1": one("a")}, {"plan": "free"}).questions
    assert "q2" in path(made, {"q1": one("b")}, {}).questions


def test_a_ranking_is_looked_at_by_what_came_first_and_a_matrix_by_its_rows() -> None:
    made = survey(
        asked("q1", K.RANKING),
        asked("q2", K.MATRIX, show_if=when("q1", O.IS, "b")),
        asked("q3", show_if=when("q2.r2", O.IS, "c")),
    )
    given = {"q1": Answer(choices=("b", "a", "c")), "q2": Answer(cells={"r1": "a", "r2": "c"})}
    assert path(made, given, {}).questions == ("q1", "q2", "q3")
    given["q2"] = Answer(cells={"r1": "c"})
    assert path(made, given, {}).questions == ("q1", "q2")


def test_jumps_pass_questions_by_end_the_survey_and_lead_out() -> None:
    first = asked(
        "q1",
        then=(Jump(to="q3", when=when("q1", O.IS, "a")), Jump(to=SCREEN_OUT, when=when("q1", O.IS, "b"))),
    )
    made = survey(first, asked("q2", then=(Jump(to=END),)), asked("q3"))
    assert path(made, {"q1": one("a")}, {}).questions == ("q1", "q3")
    out = path(made, {"q1": one("b")}, {})
    assert (out.questions, out.is_screened_out) == (("q1",), True)
    assert path(made, {"q1": one("c")}, {}).questions == ("q1", "q2"), "always: to the end"


def test_the_answer_to_a_question_that_is_not_asked_any_more_decides_nothing() -> None:
    made = survey(
        asked("q1"),
        asked("q2", show_if=when("q1", O.IS, "a")),
        asked("q3", show_if=when("q2", O.IS, "b")),
    )
    assert path(made, {"q1": one("a"), "q2": one("b")}, {}).questions == ("q1", "q2", "q3")
    assert path(made, {"q1": one("c"), "q2": one("b")}, {}).questions == ("q1",)


def test_pages_without_a_question_are_passed_by_in_both_directions() -> None:
    made = survey(
        asked("q1", then=(Jump(to="q4", when=when("q1", O.IS, "a")),)),
        asked("q2"),
        asked("q3", is_with_previous=True),
        asked("q4"),
    )
    assert pages(made) == (("q1",), ("q2", "q3"), ("q4",))
    walked = path(made, {"q1": one("a")}, {})
    assert (page_after(made, walked, -1), page_after(made, walked, 0)) == (0, 2)
    assert (page_before(made, walked, 2), page_before(made, walked, 0)) == (0, None)
    assert page_after(made, walked, 2) is None


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_every_way_ends_and_hidden_questions_keep_no_answers(data: st.DataObject) -> None:
    definition = data.draw(definitions())
    given_answers, known = data.draw(answers(definition)), data.draw(hidden)
    walked = path(definition, given_answers, known)
    places = [definition.questions.index(q) for q in definition.questions if q.id in walked.questions]
    assert len(set(walked.questions)) == len(walked.questions), "no question is met twice"
    assert places == sorted(places), "the way leads forward"
    cut = kept(definition, given_answers, known)
    assert set(cut) <= set(walked.questions)
    assert path(definition, cut, known) == walked, "what is dropped decided nothing"
    assert from_data(as_data(cut)) == cut


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_turning_pages_asks_what_the_path_says_and_comes_to_an_end(data: st.DataObject) -> None:
    """A respondent who answers page by page is asked exactly what the finished answers lead through."""
    definition = data.draw(definitions())
    wishes, known = data.draw(answers(definition)), data.draw(hidden)
    so_far: dict[str, Answer] = {}
    page, turned = page_after(definition, path(definition, so_far, known), -1), 0
    while page is not None:
        turned += 1
        assert turned <= len(definition.questions)
        for _ in definition.questions:  # an answer may bring another question onto the same page
            shown = [
                name for name in pages(definition)[page] if name in path(definition, so_far, known).questions
            ]
            so_far |= {name: wishes[name] for name in shown if name in wishes}
        page = page_after(definition, path(definition, so_far, known), page)
    assert path(definition, so_far, known) == path(definition, wishes, known)
    assert unanswered(definition, so_far, known) == ()


def every_answer(question: Question) -> list[Answer]:
    """All answers to a question that conditions of `definitions` can tell apart, and some more."""
    none = [] if question.is_required else [Answer()]
    ids = [choice.id for choice in question.choices]
    if question.kind in (K.NPS, K.CSAT, K.SCALE):
        low, high = question.ends
        return [*none, *(Answer(number=number) for number in range(low, high + 1))]
    if question.kind is K.MULTIPLE:
        plain = [name for name in ids if name != "none"]
        several = [
            Answer(choices=c) for n in range(1, (question.most or 3) + 1) for c in product(plain, repeat=n)
        ]
        several = [answer for answer in several if len(set(answer.choices)) == len(answer.choices)]
        return [*none, *several, *([one("none")] if "none" in ids else [])]
    if question.kind is K.MATRIX:
        half = [Answer(cells={row: a}) for row in ("r1", "r2") for a in ids]
        return [*none, *(half if none else []), *(Answer(cells={"r1": a, "r2": b}) for a in ids for b in ids)]
    if question.kind is K.TEXT:
        return [*none, Answer(text="x")]
    return [*none, *(one(name) for name in ids)]


@given(definitions(most=3))
@settings(max_examples=80, deadline=None)
def test_what_is_called_unreachable_is_what_no_answers_reach(definition: Definition) -> None:
    """Against all answers there are, tried one by one."""
    reached: set[str] = set()
    filled = False
    spaces = [every_answer(question) for question in definition.questions]
    for known in ({}, {"plan": "free"}, {"plan": "pro"}):
        for combination in product(*spaces):
            tried = {q.id: answer for q, answer in zip(definition.questions, combination, strict=True)}
            reached |= set(path(definition, tried, known).questions)
            filled = filled or met(definition, tried, known, definition.quotas[0].when)
    told = list(unreachable(definition))
    names = [question.id for question in definition.questions]
    assert {names[fault.place] for fault in told if fault.place >= 0} == set(names) - reached
    assert any(fault.place < 0 for fault in told) is not filled


def test_a_large_survey_is_looked_at_in_little_time_or_not_at_all() -> None:
    questions = [asked("q0", K.MULTIPLE, choices=choices(*(f"c{n}" for n in range(8))))]
    for number in range(1, 60):
        condition = when("q0", O.IS, f"c{number % 8}") if number % 2 else when(f"q{number - 1}", O.IS, "a")
        questions.append(asked(f"q{number}", show_if=condition))
    assert faults(survey(*questions), Audience.CUSTOMER) == ()


def test_hidden_fields_that_are_never_so_make_a_question_unreachable() -> None:
    made = survey(
        asked(
            "q1",
            show_if=(
                (Look(of="plan", op=O.IS, values=("free",)), Look(of="plan", op=O.IS, values=("pro",))),
            ),
        ),
        hidden=(HiddenField(name="plan", values=("free", "pro")),),
    )
    assert [fault.place for fault in faults(made, Audience.CUSTOMER)] == [0]
