"""Whether a survey can be asked: every fault in it, told by its place."""

from collections.abc import Iterator, Sequence

from emptychair.domain.signal import Audience
from emptychair.listen.surveys import anonymity, conditions, languages, reach, wording
from emptychair.listen.surveys.definition import (
    CHOOSING,
    MOST_FILES,
    MOST_MEGABYTES,
    NAME,
    RESERVED,
    SCORES,
    Choice,
    Definition,
    Question,
    QuestionKind,
)
from emptychair.listen.surveys.fault import Fault, here

MOST_QUESTIONS, MOST_CHOICES, MOST_QUOTAS, MOST_HIDDEN, MOST_LANGUAGES = 100, 100, 20, 20, 30
# Names that addresses of surveys, or the properties of their signals, use for something else.
TAKEN = frozenset(
    {
        "answers", "complete", "delivery", "group", "invitation", "key", "lang", "language", "probability",
        "question", "response", "score", "survey", "to", "version",
    }
)  # fmt: skip


def faults(definition: Definition, audience: Audience, *, is_in_product: bool = False) -> tuple[Fault, ...]:
    """Everything that is wrong, in the order of the survey; grave faults keep it from being opened.

    With `is_in_product` it is shown in the product too, where not everything can be asked.
    """
    found = [*_whole(definition), *_hidden(definition), *_questions(definition, audience)]
    if audience is Audience.EMPLOYEE:
        found += anonymity.faults(definition)
    if is_in_product:
        found += not_in_product(definition)
    found += [*conditions.faults(definition), *wording.faults(definition)]
    if not any(fault.is_grave for fault in found):
        found += reach.faults(definition)
    return tuple(sorted(found, key=lambda fault: fault.place))


def not_in_product(definition: Definition) -> Iterator[Fault]:
    """What keeps a survey from being shown inside the product."""
    for number, question in enumerate(definition.questions):
        if question.kind is QuestionKind.FILE:
            yield here(
                "files are asked for on the page of the survey alone: stop showing it in the product,"
                " or take this question out",
                number,
            )


def _whole(definition: Definition) -> Iterator[Fault]:
    if not definition.questions:
        yield here("a survey needs a question")
    if len(definition.questions) > MOST_QUESTIONS:
        yield here(f"at most {MOST_QUESTIONS} questions; there are {len(definition.questions)}")
    if definition.language not in definition.languages:
        yield here(f"its own language, {definition.language!r}, is not among its languages")
    if len(definition.languages) > MOST_LANGUAGES or len(set(definition.languages)) < len(
        definition.languages
    ):
        yield here(f"each language once, at most {MOST_LANGUAGES}")
    for tag in definition.languages:
        if not languages.is_tag(tag):
            yield here(f"{tag!r} is no language; expected a tag such as de, pt-BR or zh-Hant")
    if not 1 <= definition.give_up_hours <= 2_160:
        yield here("an answer that was begun is given up after 1 to 2,160 hours")


def _hidden(definition: Definition) -> Iterator[Fault]:
    if len(definition.hidden) > MOST_HIDDEN:
        yield here(f"at most {MOST_HIDDEN} hidden fields")
    names = [one.name for one in definition.hidden]
    questions = {question.id for question in definition.questions}
    for number, one in enumerate(definition.hidden, 1):
        where = f"hidden field {number}"
        if not NAME.fullmatch(one.name) or one.name in RESERVED | TAKEN:
            yield here(f"{where}: a name is a small letter and then small letters, digits and _")
        if names.count(one.name) > 1 or one.name in questions:
            yield here(f"{where}: the name {one.name!r} is used twice")
        if not 1 <= one.longest <= 1_000:
            yield here(f"{where}: a value has at most 1 to 1,000 characters")


def _questions(definition: Definition, audience: Audience) -> Iterator[Fault]:
    ids = [question.id for question in definition.questions]
    for number, question in enumerate(definition.questions):
        if not NAME.fullmatch(question.id) or question.id in RESERVED:
            yield here(
                f"an id is a small letter and then small letters, digits and _: {question.id!r}", number
            )
        if ids.count(question.id) > 1:
            yield here(f"the id {question.id!r} is used twice", number)
        if number == 0 and question.is_with_previous:
            yield here("the first question has no page before it to stand on", number)
        yield from _fitting(question, number, audience)
        yield from _choosing(question, number)
        yield from _comment(definition, question, number)


def _fitting(question: Question, number: int, audience: Audience) -> Iterator[Fault]:
    if question.kind is QuestionKind.SCALE:
        low, high = question.ends
        if not (0 <= low < high <= 100 and high - low <= 10):
            yield here("a scale has 2 to 11 steps from 0 to 100", number)
    if question.kind is QuestionKind.TEXT and not 1 <= question.longest <= 10_000:
        yield here("a text has at most 1 to 10,000 characters", number)
    if question.kind is QuestionKind.ENPS and audience is Audience.CUSTOMER:
        yield here("eNPS is asked of employees; ask customers for NPS", number)
    if question.kind is QuestionKind.NPS and audience is Audience.EMPLOYEE:
        yield here("NPS is asked of customers; ask employees for eNPS", number)
    if question.kind is not QuestionKind.FILE:
        if question.types or question.megabytes is not None:
            yield here("only files have types and a size", number)
        return
    if not 1 <= question.most_files <= MOST_FILES or question.most == 0:
        yield here(f"1 to {MOST_FILES} files can be asked for", number)
    if question.megabytes is not None and not 1 <= question.megabytes <= MOST_MEGABYTES:
        yield here(f"a file has at most 1 to {MOST_MEGABYTES} MB", number)


def _choosing(question: Question, number: int) -> Iterator[Fault]:
    if question.kind not in CHOOSING:
        if question.choices or question.rows:
            yield here("nothing is chosen here, so it has no choices and no rows", number)
        return
    if not 2 <= len(question.choices) <= MOST_CHOICES:
        yield here(f"2 to {MOST_CHOICES} choices are needed", number)
    if (question.kind is QuestionKind.MATRIX) != bool(question.rows) or len(question.rows) > MOST_CHOICES:
        yield here(f"a matrix has 1 to {MOST_CHOICES} rows, and nothing else has any", number)
    yield from _ids("choice", question.choices, number)
    yield from _ids("row", question.rows, number)
    for place, choice in enumerate(question.choices, 1):
        if choice.is_other and question.kind not in (QuestionKind.SINGLE, QuestionKind.MULTIPLE):
            yield here(
                f"choice {place}: words beside a choice are asked for in single and multiple only", number
            )
        if choice.is_alone and question.kind is not QuestionKind.MULTIPLE:
            yield here(f"choice {place}: only one of several choices can exclude the others", number)
    least, most = question.least or 0, question.most if question.most is not None else len(question.choices)
    if not 0 <= least <= most <= len(question.choices) or most == 0:
        yield here("how many are chosen lies between 0 and the number of choices", number)


def _ids(noun: str, choices: Sequence[Choice], number: int) -> Iterator[Fault]:
    ids = [choice.id for choice in choices]
    for place, one in enumerate(ids, 1):
        if not NAME.fullmatch(one):
            yield here(
                f"{noun} {place}: an id is a small letter and then small letters, digits and _", number
            )
        if ids.count(one) > 1:
            yield here(f"{noun} {place}: the id {one!r} is used twice", number)
    if sum(choice.is_other for choice in choices) > 1:
        yield here(f"only one {noun} can ask for other words", number)


def _comment(definition: Definition, question: Question, number: int) -> Iterator[Fault]:
    if not question.comment_of:
        return
    before = {one.id: one for one in definition.questions[:number]}
    of = before.get(question.comment_of)
    if question.kind is not QuestionKind.TEXT:
        yield here("only words can be a comment on a score", number)
    elif of is None or of.kind not in SCORES:
        yield here("a comment belongs to a score that was asked before it", number)
    elif any(one.comment_of == of.id for one in before.values()):
        yield here("that score has a comment already", number)
