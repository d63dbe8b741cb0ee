"""People and texts that have to do with a question: by side, by month, by theme and by segment."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.period import month_number
from emptychair.stats.compare import Difference, benjamini_hochberg, shares
from emptychair.stats.intervals import Estimate, wilson
from emptychair.understand.ask.gathering import Passage
from emptychair.understand.ask.siding import Judged, Side
from emptychair.understand.voice.course import Month

# Of findings called clear a tenth is expected to be chance.
FALSE_SHARE = 0.1
_FEWEST_OF_A_SEGMENT = 10


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
class Segment:
    """People of one value of a field: `people` of its `speakers` spoke of what was asked.

    `difference` is their share less that of all other speakers with a value; it `is_clear` when it stands out
    among all segments (Benjamini-Hochberg).
    """

    field: str
    value: str
    people: int
    speakers: int
    share: Estimate | None
    difference: Difference | None
    is_clear: bool


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
) -> tuple[Segment, ...]:
    """Of each field the values, the share of speakers of each: those who speak of it most first.

    `values` has, for each field, the value of every speaker of whom it is known.
    """
    about = {passage.person for passage in passages}
    found: list[Segment] = []
    for name, own in values.items():
        speakers, people = Counter(own.values()), Counter(own[one] for one in own if one in about)
        all_people, all_speakers = sum(people.values()), sum(speakers.values())
        for value, n in speakers.items():
            if n < max(_FEWEST_OF_A_SEGMENT, minimum_n):
                continue
            rest = (all_people - people[value], all_speakers - n)
            found.append(
                Segment(
                    field=name,
                    value=value,
                    people=people[value],
                    speakers=n,
                    share=wilson(people[value], n, minimum_n=minimum_n),
                    difference=shares(people[value], n, *rest, minimum_n=minimum_n),
                    is_clear=False,
                )
            )
    return _adjusted(found)


def _adjusted(found: Sequence[Segment]) -> tuple[Segment, ...]:
    compared = [one for one in found if one.difference is not None]
    adjusted = benjamini_hochberg([one.difference.p for one in compared if one.difference is not None])
    clear = {id(one) for one, p in zip(compared, adjusted, strict=True) if p <= FALSE_SHARE}
    told = [
        Segment(
            field=one.field, value=one.value, people=one.people, speakers=one.speakers, share=one.share,
            difference=one.difference, is_clear=id(one) in clear,
        )
        for one in found
    ]  # fmt: skip
    return tuple(sorted(told, key=lambda one: (one.field, -(one.share.value if one.share else 0), one.value)))
