"""What a segment is made of: conditions on people, nested in all, any and not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from emptychair.domain.period import midnight
from emptychair.domain.scale import Score
from emptychair.understand.signs import Range, Sign, Test


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The last `days` before the instant at which people are looked at, or days from `first` to `last`."""

    days: int | None = None
    first: date | None = None
    last: date | None = None

    def instants(self, as_of: datetime) -> tuple[datetime | None, datetime]:
        """[start, end) as seen at `as_of`, after which nothing is seen; None: since ever."""
        start = None if self.days is None else as_of - timedelta(days=self.days)
        if self.first is not None:
            start = midnight(self.first)
        end = as_of if self.last is None else min(as_of, midnight(self.last) + timedelta(days=1))
        return start, end


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """What is known of a person (or of their `is_of_account`), as it was told last."""

    name: str
    test: Test
    is_of_account: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How often something happened to a person."""

    sign: Sign
    times: Range
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What a person paid in a currency ("": in none that was named), refunds subtracted."""

    currency: str
    total: Range
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """In how many texts a person spoke of a theme, in a `tone` ("": in any)."""

    theme: str
    tone: str
    times: Range
    span: Span = field(default_factory=Span)


class Which(StrEnum):
    """The answer that is meant."""

    LAST = "last"
    MEAN = "mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a person answered when asked for a score; of whom no answer is known, it cannot be told."""

    score: Score
    which: Which
    value: Range
    span: Span = field(default_factory=Span)


class State(StrEnum):
    """Where a person stands with us."""

    OPEN = "open"
    ENDED = "ended"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """Whether a relationship is open or ended, and for how many days; `NONE`: there never was one."""

    state: State
    days: Range = field(default_factory=Range)


@dataclass(frozen=True, slots=True)
class Inside:
    """Whether a person is in another segment."""

    segment: str


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of them holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold; what cannot be told stays so."""

    part: "Condition"


Leaf = Trait | Times | Money | Spoke | Scored | Relationship | Inside
Condition = All | Any | Not | Leaf


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every condition on people, from left to right."""
    if isinstance(condition, All | Any):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition


def segments_of(condition: Condition) -> tuple[str, ...]:
    """The other segments that it names."""
    return tuple(dict.fromkeys(leaf.segment for leaf in leaves(condition) if isinstance(leaf, Inside)))


def fields_of(condition: Condition) -> tuple[str, ...]:
    """The fields and properties that it looks at."""
    found: list[str] = []
    for leaf in leaves(condition):
        if isinstance(leaf, Trait):
            found.append(leaf.name)
        elif isinstance(leaf, Times):
            found += [name for name, _ in leaf.sign.where]
    return tuple(dict.fromkeys(found))
