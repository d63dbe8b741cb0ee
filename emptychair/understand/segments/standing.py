"""Who is in a segment at an instant, as one portable question: 2 in it, 0 not in it, 1 cannot be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from emptychair.domain.signal import Audience
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.segments import known
from emptychair.understand.segments.definition import (
    All,
    Any,
    Condition,
    Inside,
    Leaf,
    Not,
    Relationship,
    Scored,
    Spoke,
    Trait,
)
from emptychair.understand.segments.happened import Countable, happened, so_often
from emptychair.understand.segments.told import Told
from emptychair.understand.signs import Columns
from emptychair.understand.spells import Tenure

IN, UNTOLD, OUT = 2, 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """From where people are looked at: nothing at or after `as_of` is seen.

    `columns` hold the fields that the definition looks at; `tenure` is None where nothing tells
    relationships: then they cannot be told of anybody. `segments` are the definitions of those that it names.
    """

    audience: Audience
    as_of: datetime
    columns: Columns
    tenure: Tenure | None = None
    segments: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(slots=True)
class _Made:
    """What a definition needs, collected from left to right."""

    counted: list[Countable]
    sources: dict[str, Question]
    parameters: dict[str, Parameter]
    leaf: int = 0


def standings(condition: Condition, sight: Sight) -> Question:
    """One row per person of the audience who was known by `as_of`: person, standing (2 in, 1 untold, 0 not).

    All is the least of its parts and any the greatest, so that what cannot be told stays so unless the rest
    decides. Whatever is counted in signals is counted in one scan of them.
    """
    made = _Made(counted=[], sources={}, parameters={})
    value = _value(condition, sight, made)
    joins = []
    if made.counted:
        made.sources["happened"] = happened(made.counted, sight.audience, sight.as_of, sight.columns)
        joins.append("left join happened on happened.person = people.person")
    joins += [f"left join {name} on {name}.person = people.person" for name in made.sources
              if name != "happened"]  # fmt: skip
    return question(
        f"select people.person, {value} as standing from people {' '.join(joins)}",
        {"people": people(sight.audience, sight.as_of), **made.sources},
        **made.parameters,
    )


def people(audience: Audience, as_of: datetime) -> Question:
    """One row per person who was known before an instant: person."""
    return question(
        "select person from person_cards where audience = :audience and first_at < :as_of",
        audience=audience.value,
        as_of=as_of,
    )


def members(condition: Condition, sight: Sight) -> Question:
    """One row per person in the segment: person. What other stages join with."""
    return question(
        "select person from standings where standing = 2", {"standings": standings(condition, sight)}
    )


def sides(condition: Condition, sight: Sight) -> Question:
    """One row per person of whom it can be told: person, value ('in' or 'out'). What numbers are split by."""
    return question(
        """
        select person, case when standing = 2 then 'in' else 'out' end as value
        from standings where standing <> 1
        """,
        {"standings": standings(condition, sight)},
    )


def sizes(condition: Condition, sight: Sight) -> Question:
    """One row: people, members, untold."""
    return question(
        """
        select count(*) as people, sum(case when standing = 2 then 1 else 0 end) as members,
               sum(case when standing = 1 then 1 else 0 end) as untold
        from standings
        """,
        {"standings": standings(condition, sight)},
    )


def listed(condition: Condition, sight: Sight, limit: int, offset: int) -> Question:
    """Some members, those seen last first: person, first_at, last_at, signals."""
    return question(
        """
        select cards.person, cards.first_at, cards.last_at, cards.signals
        from members inner join person_cards as cards on cards.person = members.person
        where cards.audience = :audience
        order by cards.last_at desc, cards.person limit :limit offset :offset
        """,
        {"members": members(condition, sight)},
        audience=sight.audience.value,
        limit=limit,
        offset=offset,
    )


def _value(condition: Condition, sight: Sight, made: _Made) -> str:
    """The standing of a person as an expression over what `made` collects."""
    if isinstance(condition, All | Any):
        parts = [_value(part, sight, made) for part in condition.parts]
        if len(parts) == 1:
            return parts[0]
        return f"{'least' if isinstance(condition, All) else 'greatest'}({', '.join(parts)})"
    if isinstance(condition, Not):
        return f"(2 - {_value(condition.part, sight, made)})"
    if isinstance(condition, Inside):
        return _inside(condition, sight, made)
    return _leaf(condition, sight, made)


def _inside(one: Inside, sight: Sight, made: _Made) -> str:
    """The standing in another segment; of one that is not known, or names itself, nothing can be told."""
    others = dict(sight.segments)
    inside = others.pop(one.segment, None)
    return "1" if inside is None else _value(inside, replace(sight, segments=others), made)


def _leaf(leaf: Leaf, sight: Sight, made: _Made) -> str:
    name = f"c{made.leaf}"
    made.leaf += 1
    if isinstance(leaf, Countable):
        made.counted.append(leaf)
        found = so_often(leaf, len(made.counted) - 1, name)
    else:
        found = _known(leaf, sight, name)
    if found.source is not None:
        made.sources[name] = found.source
    made.parameters.update(found.parameters)
    return found.value


def _known(leaf: Leaf, sight: Sight, name: str) -> Told:
    if isinstance(leaf, Spoke):
        return known.spoke(leaf, sight.audience, sight.as_of, name)
    if isinstance(leaf, Scored):
        return known.scored(leaf, sight.audience, sight.as_of, name)
    if isinstance(leaf, Relationship):
        return known.related(leaf, sight.as_of, sight.tenure, name)
    if isinstance(leaf, Trait):
        return known.trait(leaf, sight.audience, sight.as_of, sight.columns, name)
    raise TypeError(f"{type(leaf).__name__} is counted or looked up elsewhere")
