"""Conditions and jumps as rows of a form: what is looked at, how, and for which values."""

from dataclasses import dataclass

from emptychair.listen.surveys.definition import (
    END,
    SCREEN_OUT,
    Condition,
    Definition,
    Full,
    Jump,
    Look,
    Operator,
    Question,
    Quota,
)
from emptychair.listen.surveys.drafting import fresh_id
from emptychair.listen.surveys.languages import said
from emptychair.web.fields import Fields
from emptychair.web.problem import refused

ALL, ANY = "all", "any"
MOST_ROWS = 50
_NO_VALUES = frozenset({Operator.ANSWERED, Operator.NOT_ANSWERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One look as a form shows it: `values` in words, divided by semicolons."""

    of: str
    op: str
    values: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A condition as a form shows it. One that mixes "all" and "any" is not `is_simple`: it is left alone."""

    join: str
    rows: tuple[Row, ...]
    is_simple: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that can be looked at: a question, a row of a matrix, or a hidden field."""

    name: str
    text: str


def shown(definition: Definition, condition: Condition) -> Shown:
    """The condition for a form."""
    if len(condition) <= 1:
        rows = tuple(_row(definition, look) for group in condition for look in group)
        return Shown(join=ALL, rows=rows, is_simple=True)
    is_any = all(len(group) == 1 for group in condition)
    rows = tuple(_row(definition, group[0]) for group in condition) if is_any else ()
    return Shown(join=ANY, rows=rows, is_simple=is_any)


def sources(definition: Definition, before: int) -> tuple[Source, ...]:
    """What a condition may look at that stands before a place."""
    found = []
    for number, question in enumerate(definition.questions[:before], 1):
        text = said(question.text, definition.language, definition.language)
        found.append(Source(name=question.id, text=f"{number}. {text}"))
        found += [
            Source(
                name=f"{question.id}.{row.id}",
                text=f"{number}. {said(row.text, definition.language, definition.language)}",
            )
            for row in question.rows
        ]
    return (*found, *(Source(name=one.name, text=one.name) for one in definition.hidden))


def words_offered(definition: Definition) -> tuple[str, ...]:
    """Every text of a choice, for completing what is typed."""
    own = definition.language
    texts = [said(choice.text, own, own) for one in definition.questions for choice in one.choices]
    return tuple(dict.fromkeys(text for text in texts if text))


def condition_sent(definition: Definition, fields: Fields, prefix: str, before: Condition) -> Condition:
    """The condition that the rows `PREFIX.N.of|op|values` say; the earlier one where it cannot be shown."""
    if fields.text(f"{prefix}.join") not in (ALL, ANY):
        return before
    looks = []
    for number in range(MOST_ROWS):
        look = _look(definition, fields, f"{prefix}.{number}")
        if look is not None:
            looks.append(look)
    if not looks:
        return ()
    return tuple((look,) for look in looks) if fields.text(f"{prefix}.join") == ANY else (tuple(looks),)


def jumps_sent(definition: Definition, fields: Fields, before: tuple[Jump, ...]) -> tuple[Jump, ...]:
    """The jumps that the rows `then.N.to` with `then.N.of|op|values` say."""
    found = []
    for number in range(MOST_ROWS):
        to = fields.text(f"then.{number}.to")
        if not to:
            continue
        if fields.text(f"then.{number}.is_kept") and number < len(before):
            found.append(Jump(to=to, when=before[number].when))
            continue
        look = _look(definition, fields, f"then.{number}")
        found.append(Jump(to=to, when=() if look is None else ((look,),)))
    return tuple(found)


def quota_sent(definition: Definition, fields: Fields, most: int) -> Quota:
    """The quota that a form says, under an id of its own."""
    taken = {quota.id for quota in definition.quotas}
    then = fields.text("then", Full.SCREEN_OUT.value)
    look = _look(definition, fields, "when")
    return Quota(
        id=fresh_id(taken, "quota"),
        name=fields.text("name") or "Answers",
        most=most,
        when=() if look is None else ((look,),),
        then=Full(then) if then in set(Full) else Full.SCREEN_OUT,
    )


def in_words(definition: Definition, condition: Condition) -> str:
    """A condition as a line of text: names and values as the survey's author knows them."""
    groups = [
        " and ".join(f"{row.of} {row.op.replace('_', ' ')} {row.values}".strip() for row in rows)
        for rows in ([_row(definition, look) for look in group] for group in condition)
    ]
    return " or ".join(groups)


def targets(definition: Definition, behind: int) -> tuple[Source, ...]:
    """Where a jump may lead: later questions, the end, out."""
    own = definition.language
    later = [
        Source(name=one.id, text=f"{number}. {said(one.text, own, own)}")
        for number, one in enumerate(definition.questions, 1)
        if number - 1 > behind
    ]
    return (*later, Source(name=END, text=""), Source(name=SCREEN_OUT, text=""))


def _look(definition: Definition, fields: Fields, prefix: str) -> Look | None:
    of, op = fields.text(f"{prefix}.of"), fields.text(f"{prefix}.op", Operator.IS.value)
    if not of:
        return None
    if op not in set(Operator):
        raise refused({f"{prefix}.op": f"Expected one of {', '.join(Operator)}."})
    if Operator(op) in _NO_VALUES:
        return Look(of=of, op=Operator(op))
    typed = [one.strip() for one in fields.text(f"{prefix}.values").split(";") if one.strip()]
    if not typed:
        raise refused({f"{prefix}.values": "Say which answer is looked for, or choose “is answered”."})
    question = definition.question(of.partition(".")[0])
    return Look(of=of, op=Operator(op), values=tuple(_id_of(question, one) for one in typed))


def _id_of(question: Question | None, typed: str) -> str:
    """The id of the choice that is typed by its words; numbers and ids as they are."""
    for choice in question.choices if question else ():
        if typed.casefold() in {text.casefold() for text in choice.text.values()}:
            return choice.id
    return typed


def _row(definition: Definition, look: Look) -> Row:
    question = definition.question(look.of.partition(".")[0])
    own, words = definition.language, []
    for value in look.values:
        choice = None if question is None else question.choice(value)
        words.append((said(choice.text, own, own) or value) if choice else value)
    return Row(of=look.of, op=look.op.value, values="; ".join(words))
