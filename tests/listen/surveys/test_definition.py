"""A survey is read from JSON, and every fault in it is told by its place."""
# ruff: noqa: E501 - a survey and its fault stand on one line

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emptychair.domain.signal import Audience
from emptychair.listen.surveys.answer import Answer
from emptychair.listen.surveys.checking import faults
from emptychair.listen.surveys.definition import Choice, Definition, FileKind, HiddenField, Jump, Look, Quota
from emptychair.listen.surveys.languages import said, wanted
from emptychair.listen.surveys.piping import filled, marks, values
from emptychair.listen.surveys.reading import NotADefinition, as_data, from_data, read
from tests.listen.surveys.making import K, O, asked, choices, definitions, survey, when, words

PLAIN = {"title": {"en": "Hello"}, "questions": [{"id": "q1", "kind": "nps", "text": {"en": "How likely?"}}]}


def told(definition: Definition, audience: Audience = Audience.CUSTOMER) -> list[str]:
    return [fault.told for fault in faults(definition, audience)]


@given(definitions())
@settings(max_examples=100, deadline=None)
def test_a_survey_comes_back_from_json_as_it_was(definition: Definition) -> None:
    assert read(json.dumps(as_data(definition))) == definition


def test_a_survey_needs_little() -> None:
    found = read(json.dumps(PLAIN))
    assert found.questions[0].ends == (0, 10)
    assert told(found) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": 3}, "title: expected an object, got a whole number"),
        (
            {"questions": [*PLAIN["questions"], {"id": "q2"}]},
            "question 2: object missing required field `kind`",
        ),
        ({"questions": [{**PLAIN["questions"][0], "kind": "guess"}]}, "question 1, kind: 'guess' is none of"),
        (
            {"questions": [{**PLAIN["questions"][0], "kolour": 1}]},
            "question 1: there is nothing called 'kolour'",
        ),
        (
            {"questions": [{**PLAIN["questions"][0], "choices": [{"id": "a", "text": {"en": 1}}]}]},
            "question 1, choice 1, text: expected a text, got a whole number",
        ),
        (
            {"hidden": [{"name": "plan"}, {"nome": "x"}]},
            "hidden field 2: object missing required field `name`",
        ),
        ({"colour": "red"}, "there is nothing called 'colour'"),
    ],
)
def test_what_is_no_survey_is_told_by_its_place(change: dict[str, Any], message: str) -> None:
    with pytest.raises(NotADefinition, match=message.replace("(", r"\(")):
        from_data({**PLAIN, **change})


@pytest.mark.parametrize(
    "text", [b"", b"[", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"a":' * 5_000, b" " * 300_000]
)
def test_bytes_that_are_no_survey_are_refused_with_a_sentence(text: bytes) -> None:
    with pytest.raises(NotADefinition):
        read(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["title", "questions", "id", "kind", "text", "x"]), inner)
        ),
    )
)
@settings(max_examples=300, deadline=None)
def test_any_json_is_a_survey_or_refused(data: Any) -> None:
    try:
        found = read(json.dumps(data))
    except NotADefinition:
        return
    assert isinstance(faults(found, Audience.CUSTOMER), tuple)


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (survey(), "A survey needs a question."),
        (survey(asked("q1"), asked("q1")), "Question 2: the id 'q1' is used twice."),
        (survey(asked("Q 1")), "Question 1: an id is a small letter and then small letters, digits and _: 'Q 1'."),
        (survey(asked("end")), "Question 1: an id is a small letter and then small letters, digits and _: 'end'."),
        (survey(asked("q1", choices=choices("a"))), "Question 1: 2 to 100 choices are needed."),
        (survey(asked("q1", choices=choices("a", "a"))), "Question 1, choice 2: the id 'a' is used twice."),
        (
            survey(asked("q1", choices=(*choices("a"), Choice(id="b", text={})))),
            "Question 1, choice 2: there is no text.",
        ),
        (survey(asked("q1", K.SCALE, lowest=1, highest=30)), "Question 1: a scale has 2 to 11 steps from 0 to 100."),
        (survey(asked("q1", K.MATRIX, rows=())), "Question 1: a matrix has 1 to 100 rows, and nothing else has any."),
        (survey(asked("q1", K.ENPS)), "Question 1: eNPS is asked of employees; ask customers for NPS."),
        (
            survey(asked("q1", K.TEXT), asked("q2", K.TEXT, comment_of="q1")),
            "Question 2: a comment belongs to a score that was asked before it.",
        ),
        (
            survey(asked("q1", show_if=when("q2", O.ANSWERED)), asked("q2")),
            "Question 1: show if: 'q2' is asked later, so its answer is not known yet.",
        ),
        (
            survey(asked("q1", show_if=when("q7", O.ANSWERED))),
            "Question 1: show if: there is no question and no hidden field 'q7'.",
        ),
        (
            survey(asked("q1"), asked("q2", show_if=when("q1", O.IS, "z"))),
            "Question 2: show if: there is no choice 'z' in q1.",
        ),
        (
            survey(asked("q1", K.NPS), asked("q2", show_if=when("q1", O.AT_LEAST, "11"))),
            "Question 2: show if: q1 is a whole number from 0 to 10, never '11'.",
        ),
        (
            survey(asked("q1"), asked("q2", then=(Jump(to="q1"),))),
            "Question 2, jump 1: it leads back to question 1, in a circle.",
        ),
        (survey(asked("q1", then=(Jump(to="q9"),))), "Question 1, jump 1: there is no question 'q9'."),
        (
            survey(asked("q1", then=(Jump(to="end"), Jump(to="end")))),
            "Question 1, jump 2: the one before it is always taken, so this one never is.",
        ),
        (
            survey(asked("q1", then=(Jump(to="q3"),)), asked("q2"), asked("q3")),
            "Question 2: no answers lead here: its condition never holds, or jumps always pass it by.",
        ),
        (
            survey(
                asked("q1", K.NPS),
                asked("q2", show_if=((Look(of="q1", op=O.AT_LEAST, values=("9",)), Look(of="q1", op=O.AT_MOST, values=("6",))),)),
            ),
            "Question 2: no answers lead here: its condition never holds, or jumps always pass it by.",
        ),
        (survey(asked("q1"), languages=("en", "xx")), "'xx' is no language; expected a tag such as de, pt-BR or zh-Hant."),
        (survey(asked("q1"), language="de"), "Its own language, 'de', is not among its languages."),
        (
            survey(asked("q1"), hidden=(HiddenField(name="q1"),)),
            "Hidden field 1: the name 'q1' is used twice.",
        ),
        (survey(asked("q1"), quotas=(Quota(id="k", name="k", most=0),)), "Quota 1: at least 1 answer, at most 10,000,000."),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_place(definition: Definition, message: str) -> None:
    assert message in told(definition)
    assert any(fault.is_grave for fault in faults(definition, Audience.CUSTOMER))


def test_employees_are_asked_for_enps_and_never_for_files() -> None:
    assert told(survey(asked("q1", K.ENPS)), Audience.EMPLOYEE) == []
    assert told(survey(asked("q1", K.NPS)), Audience.EMPLOYEE) != []
    (fault,) = faults(survey(asked("q1", K.FILE)), Audience.EMPLOYEE)
    assert (fault.told, fault.is_grave) == (
        "Question 1: employees answer anonymously: a file is not asked for, it can name its author.",
        True,
    )


def test_files_are_few_and_small_and_asked_for_on_the_page_alone() -> None:
    made = survey(asked("q1", K.FILE, most=5, megabytes=25, types=(FileKind.PDF,)))
    assert faults(made, Audience.CUSTOMER) == ()
    (fault,) = faults(made, Audience.CUSTOMER, is_in_product=True)
    assert "on the page of the survey alone" in fault.told
    for wrong in ({"most": 0}, {"most": 6}, {"megabytes": 0}, {"megabytes": 26}):
        assert faults(survey(asked("q1", K.FILE, **wrong)), Audience.CUSTOMER) != ()
    assert faults(survey(asked("q1", K.TEXT, megabytes=3)), Audience.CUSTOMER) != ()


def test_what_is_not_translated_or_put_in_too_early_is_said_and_keeps_nothing_closed() -> None:
    later = asked("q1", K.TEXT, help=words("Because of {q2} and {who}"))
    made = survey(later, asked("q2"), languages=("en", "de"))
    found = faults(made, Audience.CUSTOMER)
    assert not any(fault.is_grave for fault in found)
    assert "Question 1: help: {q2} is not answered yet where this is read." in told(made)
    assert "Question 1: not every text is there in de; it is shown in en." in told(made)


def test_an_answer_is_put_into_a_later_text_as_plain_words() -> None:
    made = survey(
        asked("q1", K.TEXT),
        asked("q2", choices=(*choices("a"), Choice(id="o", text=words("Other"), is_other=True))),
        asked("q3", K.NPS),
        asked("q4", K.RANKING),
        hidden=(HiddenField(name="plan"),),
    )
    given_answers = {
        "q1": Answer(text="{plan}\n<b>{{ 7 * 7 }}</b>"),
        "q2": Answer(choices=("o",), other="a broom"),
        "q3": Answer(number=0),
        "q4": Answer(choices=("b", "a", "c")),
    }
    value = values(made, given_answers, {"plan": "pro"}, "en")
    text = "{q1} / {q2} / {q3} / {q4} / {plan} / {q9} / {q 1} / {"
    expected = "{plan} <b>{{ 7 * 7 }}</b> / a broom / 0 / B / pro / {q9} / {q 1} / {"
    assert filled(text, value) == expected
    assert filled("{q1|nothing}", values(made, {}, {}, "en")) == "nothing"


@given(st.text(alphabet="{}q1|a \n", max_size=60))
def test_marks_are_read_in_any_text(text: str) -> None:
    assert filled(text, lambda name: f"<{name}>").count("<") == len(marks(text))


def test_a_hostile_text_is_read_in_linear_time() -> None:
    assert filled("{a|" * 50_000, {}.get).startswith("{a|{a|")


def test_a_text_falls_back_from_a_region_to_the_language_and_to_the_survey_s_own() -> None:
    assert said({"en": "Hi", "pt": "Olá", "pt-BR": "Oi"}, "pt-BR", "en") == "Oi"
    assert said({"en": "Hi", "pt": "Olá"}, "pt-BR", "en") == "Olá"
    assert said({"en": "Hi"}, "pt-BR", "en") == "Hi"


@pytest.mark.parametrize(
    ("asked_for", "accepted", "expected"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "fr, pt;q=0.5", "pt-BR"),
        ("en", "de", "en"),
        ("xx", "ar", "ar"),
        ("", "", "de"),
        ("", "*;q=oops,,;q=1", "de"),
        ("", "en;q=0, ar;q=0.1", "ar"),
    ],
)
def test_the_language_is_the_one_asked_for_or_accepted(asked_for: str, accepted: str, expected: str) -> None:
    made = survey(asked("q1"), language="de", languages=("de", "en", "pt-BR", "ar"))
    assert wanted(made, asked_for, accepted) == expected
