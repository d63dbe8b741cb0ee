"""Who could be interviewed: people who spoke of something, or said nothing, and what is known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from emptychair.domain.period import Period
from emptychair.domain.person import is_nobody, is_visitor
from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.listen.surveys.frames import active_people
from emptychair.understand.voice.spoken import mentioned, spoken

CUSTOMER = Audience.CUSTOMER
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of somebody that touch what is asked about: signal, sentence, day and tone."""

    signal: str
    place: int
    at: datetime
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of somebody besides: their newest value of the field, and what they paid in a year."""

    value: str
    spent: tuple[tuple[str, str], ...]


def speakers_of(period: Period, themes: Sequence[str]) -> Question:
    """One row per customer who spoke of one of the themes: person, signal, place, tone, occurred_at.

    Of what one of them said, the words that are most surely of a theme. What we wrote to them (`met`) is not
    theirs.
    """
    return question(
        """
        with told as (
            select mentioned.person, mentioned.id, mentioned.place, mentioned.tone, mentioned.occurred_at,
                   row_number() over (
                       partition by mentioned.person
                       order by mentioned.confidence desc, mentioned.occurred_at desc, mentioned.id,
                                mentioned.place
                   ) as nth
            from mentioned inner join signals on signals.id = mentioned.id
            where mentioned.theme in (:themes) and mentioned.person is not null and signals.kind <> 'met'
        )
        select person, id as signal, place, tone, occurred_at from told where nth = 1
        """,
        {"mentioned": mentioned(CUSTOMER, period)},
        themes=list(themes),
    )


def all_speakers(period: Period) -> Question:
    """One row per customer who said anything: person, signal, place, tone, occurred_at (the newest)."""
    return question(
        """
        with told as (
            select spoken.person, spoken.id, spoken.tone, spoken.occurred_at,
                   row_number() over (
                       partition by spoken.person order by spoken.occurred_at desc, spoken.id
                   ) as nth
            from spoken inner join signals on signals.id = spoken.id
            where spoken.person is not null and signals.kind <> 'met'
        )
        select person, id as signal, 0 as place, tone, occurred_at from told where nth = 1
        """,
        {"spoken": spoken(CUSTOMER, period)},
    )


def spending_of(people: Sequence[str], period: Period) -> Question:
    """One row per customer and currency: person, currency, spent. What they paid, less what went back."""
    return question(
        """
        select person, currency, sum(value) as spent from signals
        where audience = :audience and kind = :kind and person in (:people) and value is not null
          and occurred_at >= :start and occurred_at < :end
        group by person, currency order by person, currency
        """,
        audience=CUSTOMER.value,
        kind=Kind.PAID.value,
        people=list(people),
        start=period.start,
        end=period.end,
    )


def speakers(ledger: Ledger, period: Period, themes: Sequence[str]) -> dict[str, Said]:
    """Who spoke of the themes in the period, or of anything where there are none, and their words."""
    asked = speakers_of(period, themes) if themes else all_speakers(period)
    return {
        row["person"]: Said(
            signal=row["signal"],
            place=int(row["place"]),
            at=row["occurred_at"].replace(tzinfo=UTC),
            tone=row["tone"] or "",
        )
        for row in ledger.ask(asked).to_pylist()
        if _is_somebody(row["person"])
    }


def silent(ledger: Ledger, period: Period) -> list[str]:
    """Who did something in the period and said nothing in it, sorted."""
    rows = ledger.ask(active_people(CUSTOMER, period.start, period.end, "")).to_pylist()
    spoke = set(speakers(ledger, period, ()))
    return sorted(row["person"] for row in rows if row["person"] not in spoke and _is_somebody(row["person"]))


def known(
    ledger: Ledger, people: Sequence[str], values: Mapping[str, str], now: datetime
) -> dict[str, Known]:
    """What is known of each of these; `values` are those of the field."""
    found: dict[str, list[tuple[str, str]]] = {person: [] for person in people}
    if people:
        for row in ledger.ask(spending_of(people, Period(start=now - YEAR, end=now))).to_pylist():
            found[row["person"]].append((f"{Decimal(row['spent']).normalize():f}", row["currency"] or ""))
    return {
        person: Known(value=values.get(person, ""), spent=tuple(spent)) for person, spent in found.items()
    }


def _is_somebody(person: str) -> bool:
    return not is_visitor(person) and not is_nobody(person)
