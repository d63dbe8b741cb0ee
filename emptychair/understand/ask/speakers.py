"""Everybody who said something in a period, as questions to the ledger: what they met is left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from emptychair.domain.period import Period, first_of, month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.fields import field, values_of_people


@dataclass(frozen=True, slots=True, kw_only=True)
class Speakers:
    """Texts of a period, those of them that name nobody, and the different people who said the others."""

    texts: int
    nameless: int
    people: int


def said(audience: Audience, period: Period, channel: str) -> Question:
    """One row per text: id, person (null: nobody known), occurred_at. An empty channel is any."""
    return question(
        """
        select id, person, occurred_at from signals
        where audience = :audience and text <> '' and kind <> 'met'
            and occurred_at >= :start and occurred_at < :end and (:channel = '' or channel = :channel)
        """,
        audience=audience.value,
        start=period.start,
        end=period.end,
        channel=channel,
    )


def speakers_of(audience: Audience, period: Period, channel: str) -> Question:
    """One row: texts, nameless, people."""
    return question(
        """
        select count(*) as texts, sum(case when person is null then 1 else 0 end) as nameless,
               count(distinct person) as people
        from said
        """,
        {"said": said(audience, period, channel)},
    )


def months_of(audience: Audience, period: Period, channel: str) -> Question:
    """One row per month (its number) with words: people."""
    return question(
        """
        select month_number(occurred_at) as month, count(distinct person) as people
        from said group by month_number(occurred_at) order by month
        """,
        {"said": said(audience, period, channel)},
    )


def languages_of(audience: Audience, period: Period, channel: str) -> Question:
    """One row per language that was told, the most frequent first: language, texts."""
    return question(
        """
        select readings.language, count(*) as texts
        from said inner join readings on readings.signal = said.id
        where readings.language is not null
        group by readings.language order by texts desc, readings.language
        """,
        {"said": said(audience, period, channel)},
    )


def values_of(ledger: Ledger, name: str, audience: Audience, period: Period, channel: str) -> dict[str, str]:
    """What this field is for each person who spoke and of whom it is known."""
    asked = question(
        """
        with voices as (select person from said where person is not null group by person)
        select known.person, known.value from known inner join voices on voices.person = known.person
        """,
        {
            "said": said(audience, period, channel),
            "known": values_of_people(field(ledger, name), audience, period.start, period.end),
        },
    )
    rows = ledger.ask(asked)
    return dict(zip(rows["person"].to_pylist(), rows["value"].to_pylist(), strict=True))


def speakers(ledger: Ledger, audience: Audience, period: Period, channel: str) -> Speakers:
    """Who spoke in a period."""
    (row,) = ledger.ask(speakers_of(audience, period, channel)).to_pylist()
    return Speakers(**{name: int(value) for name, value in row.items()})


def by_month(
    ledger: Ledger, audience: Audience, period: Period, channel: str
) -> Sequence[tuple[datetime, int]]:
    """Every month of a period, and how many people spoke in it."""
    rows = ledger.ask(months_of(audience, period, channel)).to_pylist()
    found = {int(row["month"]): int(row["people"]) for row in rows}
    numbers = range(month_number(period.start), month_number(period.end) + 1)
    return [(first_of(n), found.get(n, 0)) for n in numbers if first_of(n) < period.end]


def languages(ledger: Ledger, audience: Audience, period: Period, channel: str) -> dict[str, int]:
    """Texts of a period by their language, where it was told."""
    rows = ledger.ask(languages_of(audience, period, channel)).to_pylist()
    return {row["language"]: int(row["texts"]) for row in rows}
