"""People and texts that have to do with a question: by side, by month, by theme and by segment."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.period import month_number
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.ask.gathering import Passage
from emptychair.understand.ask.siding import Judged, Side
from emptychair.understand.voice.course import Month
from emptychair.understand.voice.who import Group, groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Texts, those of them that name nobody, and the different people behind the others."""

    texts: int
    nameless: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Who is for a claim and who against, by person: who said both is in `both` alone, and in no share."""

    people_for: int
    people_against: int
    both: int
    unsure: int
    minimum_n: int

    @property
    def agreeing(self) -> Estimate | None:
        """The share of those with one side who are for it, with its interval."""
        return wilson(self.people_for, self.people_for + self.people_against, minimum_n=self.minimum_n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme that is spoken of in the very sentences that tell."""

    theme: str
    texts: int
    people: int


def tally(passages: Sequence[Passage]) -> Tally:
    """How many they are."""
    people = {passage.person for passage in passages if passage.person is not None}
    nameless = sum(passage.person is None for passage in passages)
    return Tally(texts=len(passages), nameless=nameless, people=len(people))


def sides(passages: Sequence[Passage], sided: Sequence[Judged], *, minimum_n: int) -> Sides:
    """Who is on which side. A text that names nobody counts as a person of its own."""
    told: dict[str, set[Side]] = {}
    for passage, one in zip(passages, sided, strict=True):
        told.setdefault(passage.person or f"\0{passage.signal}", set()).add(one.side)
    counts = Counter(
        (Side.FOR in own, Side.AGAINST in own) for own in told.values()
    )  # fmt: skip
    return Sides(
        people_for=counts[True, False],
        people_against=counts[False, True],
        both=counts[True, True],
        unsure=counts[False, False],
        minimum_n=minimum_n,
    )


def months(passages: Sequence[Passage], speakers: Sequence[tuple[datetime, int]]) -> tuple[Month, ...]:
    """How many of the speakers of each month spoke of it."""
    own: dict[int, set[str]] = {}
    for passage in passages:
        if passage.person is not None:
            own.setdefault(month_number(passage.occurred_at), set()).add(passage.person)
    return tuple(
        Month(
            begins_at=begins_at,
            people=min(len(own.get(month_number(begins_at), ())), all_),
            speakers=all_,
        )
        for begins_at, all_ in speakers
    )


def themes(
    passages: Sequence[Passage], mentioned: Mapping[tuple[str, int], Sequence[str]]
) -> tuple[Theme, ...]:
    """The themes of the telling sentences, those of most people first."""
    texts: Counter[str] = Counter()
    people: dict[str, set[str]] = {}
    for passage in passages:
        for theme in mentioned.get((passage.signal, passage.place), ()):
            texts[theme] += 1
            people.setdefault(theme, set()).add(passage.person or f"\0{passage.signal}")
    found = [Theme(theme=one, texts=count, people=len(people[one])) for one, count in texts.items()]
    return tuple(sorted(found, key=lambda one: (-one.people, -one.texts, one.theme)))


def segments(
    passages: Sequence[Passage], values: Mapping[str, Mapping[str, str]], *, minimum_n: int
) -> tuple[Group, ...]:
    """Of each field the values, the share of speakers of each: those who speak of it most first.

    `values` has, for each field, the value of every speaker of whom it is known.
    """
    about = {passage.person for passage in passages}
    counts = {}
    for name, own in values.items():
        speakers, people = Counter(own.values()), Counter(own[one] for one in own if one in about)
        counts[name] = {value: (people[value], n) for value, n in speakers.items()}
    return groups(counts, minimum_n=minimum_n)
