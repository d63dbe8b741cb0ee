"""Who speaks of a theme: which groups more than others, and what those who do have paid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from emptychair.domain.period import Period, months_later
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.compare import Difference, benjamini_hochberg, shares
from emptychair.stats.intervals import MINIMUM_N, Estimate, wilson
from emptychair.understand.fields import Field, field, values_of_people
from emptychair.understand.voice.spoken import mentioned, spoken

# Traits by which people are told apart, where they are known; the first of them.
FIELDS = ("plan", "country", "segment", "tier", "region", "platform", "language")
MOST_FIELDS = 3
MONTHS_PAID = 12
# Of findings called clear a tenth is expected to be chance.
FALSE_SHARE = 0.1
_FEWEST_OF_A_GROUP = 10

# Of each field its values, and of each value how many speak of it and how many speak.
Counts = Mapping[str, Mapping[str, tuple[int, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People of one value of a field: `people` of its `speakers` spoke of it.

    `difference` is their share less that of all other speakers with a value; it `is_clear` when it stands out
    among all groups (Benjamini-Hochberg).
    """

    field: str
    value: str
    people: int
    speakers: int
    share: Estimate | None
    difference: Difference | None
    is_clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What those who spoke of it paid in 12 months, refunds subtracted, in one currency; `people` paid."""

    currency: str | None
    people: int
    total: Decimal


def groups_of(
    chosen: Field, audience: Audience, period: Period, theme: str, among: Question | None = None
) -> Question:
    """One row per value of a field: value, speakers, people (those of them who spoke of the theme)."""
    return question(
        """
        with voices as (select person from spoken where person is not null group by person),
        touched as (
            select person from mentioned where theme = :theme and person is not null group by person
        )
        select known.value, count(*) as speakers,
               sum(case when touched.person is null then 0 else 1 end) as people
        from voices inner join known on known.person = voices.person
        left join touched on touched.person = voices.person
        group by known.value order by known.value
        """,
        {
            "spoken": spoken(audience, period, among),
            "mentioned": mentioned(audience, period, among),
            "known": values_of_people(chosen, audience, period.start, period.end),
        },
        theme=theme,
    )


def paid_of(audience: Audience, period: Period, theme: str, among: Question | None = None) -> Question:
    """One row per currency: currency, people, total, of those who spoke of the theme, in a year."""
    return question(
        """
        with touched as (
            select person from mentioned where theme = :theme and person is not null group by person
        )
        select signals.currency, count(distinct signals.person) as people, sum(signals.value) as total
        from signals inner join touched on touched.person = signals.person
        where signals.audience = :audience and signals.kind = 'paid' and signals.value is not null
            and signals.occurred_at >= :since and signals.occurred_at < :end
        group by signals.currency order by people desc, signals.currency
        """,
        {"mentioned": mentioned(audience, period, among)},
        theme=theme,
        audience=audience.value,
        since=months_later(period.end, -MONTHS_PAID),
        end=period.end,
    )


def who(
    ledger: Ledger,
    audience: Audience,
    period: Period,
    theme: str,
    *,
    among: Question | None = None,
    minimum_n: int = MINIMUM_N,
) -> tuple[tuple[Group, ...], tuple[Paid, ...]]:
    """The groups of those who speak, and what those who speak of the theme paid. A scan for each field."""
    counts = {}
    for name in fields_of(ledger):
        rows = ledger.ask(groups_of(field(ledger, name), audience, period, theme, among)).to_pylist()
        counts[name] = {row["value"]: (int(row["people"]), int(row["speakers"])) for row in rows}
    paid = ledger.ask(paid_of(audience, period, theme, among)).to_pylist()
    return groups(counts, minimum_n=minimum_n), tuple(Paid(**row) for row in paid)


def fields_of(ledger: Ledger) -> Sequence[str]:
    """The traits by which people of this company are told apart. O(rows), as keys are looked up in them."""
    known = ledger.keys()
    return [name for name in FIELDS if name in known][:MOST_FIELDS]


def groups(counts: Counts, *, minimum_n: int) -> tuple[Group, ...]:
    """Of each field the values with enough speakers: those who speak of it most first."""
    found: list[Group] = []
    for name, own in counts.items():
        all_people, all_speakers = (sum(each[at] for each in own.values()) for at in (0, 1))
        for value, (people, n) in own.items():
            if n < max(_FEWEST_OF_A_GROUP, minimum_n):
                continue
            rest = (all_people - people, all_speakers - n)
            found.append(
                Group(
                    field=name,
                    value=value,
                    people=people,
                    speakers=n,
                    share=wilson(people, n, minimum_n=minimum_n),
                    difference=shares(people, n, *rest, minimum_n=minimum_n),
                    is_clear=False,
                )
            )
    return _adjusted(found)


def _adjusted(found: Sequence[Group]) -> tuple[Group, ...]:
    compared = [one for one in found if one.difference is not None]
    p_values = benjamini_hochberg([one.difference.p for one in compared if one.difference is not None])
    clear = {(one.field, one.value) for one, p in zip(compared, p_values, strict=True) if p <= FALSE_SHARE}
    told = [replace(one, is_clear=(one.field, one.value) in clear) for one in found]
    return tuple(sorted(told, key=lambda one: (one.field, -(one.share.value if one.share else 0), one.value)))
