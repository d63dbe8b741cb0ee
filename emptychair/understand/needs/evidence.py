"""What a need stands on, asked of the ledger each time: what is erased there is evidence no more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from emptychair.desk import need_cues, need_groups, need_phrases
from emptychair.desk.desk import Desk
from emptychair.desk.need_evidence import SIGNAL, Ground
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.listen.board import asking
from emptychair.understand.language.sentences import sentences
from emptychair.understand.needs import heard
from emptychair.understand.needs.gathering import AT_ONCE, cue_of
from emptychair.understand.needs.panel import Kind

YEAR = timedelta(days=365)
MOST_QUOTES, MOST_PHRASES, MOST_SPELLINGS = 200, 50, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words behind a need; `sentence` tells it, and is the one at `place`, counted from 0."""

    id: str
    person: str | None
    channel: str
    name: str
    text: str
    score: Decimal | None
    occurred_at: datetime
    place: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A search that found nothing: how often it was typed so, by how many people, and when last, by whom."""

    phrase: str
    searches: int
    people: int
    last_at: datetime
    last_person: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What people paid in a currency in the last year."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`people` showed the need in the last year, by their ids; `nameless` words and searches name nobody.

    `trips` counts returns from an export with an import. `payers` of the people paid `spent`.
    """

    quotes: tuple[Quote, ...]
    phrases: tuple[Phrase, ...]
    trips: int
    people: tuple[str, ...]
    nameless: int
    payers: int
    spent: tuple[Spent, ...]


def evidence(ledger: Ledger, desk: Desk, grounds: Iterable[Ground], as_of: datetime) -> Evidence:
    """What these grounds show in the year before `as_of`. O(words, searches and payments of that year)."""
    period = Period(start=as_of - YEAR, end=as_of)
    by_kind: dict[str, list[str]] = {}
    for ground in grounds:
        by_kind.setdefault(ground.kind, []).append(ground.key)
    told = _told(ledger, desk, by_kind, period)
    searched = _searched(ledger, desk, by_kind.get(Kind.SEARCH, []), period)
    trips = ledger.ask(_trips_again(period)).to_pylist() if Kind.HABIT in by_kind else []
    rows = [*told, *searched, *trips]
    people = sorted({row["person"] for row in rows if row["person"]})
    payers, spent = worth(ledger, people, as_of)
    return Evidence(
        quotes=tuple(_quote(row) for row in told[:MOST_QUOTES]),
        phrases=tuple(_phrases(searched)[:MOST_PHRASES]),
        trips=len(trips),
        people=tuple(people),
        nameless=sum(not row["person"] for row in rows),
        payers=payers,
        spent=spent,
    )


def worth(ledger: Ledger, people: Sequence[str], as_of: datetime) -> tuple[int, tuple[Spent, ...]]:
    """How many of these people paid in the year before `as_of`, and what, by currency."""
    payers, amounts = 0, dict[str, Decimal]()
    for begin in range(0, len(people), AT_ONCE):
        part = list(people[begin : begin + AT_ONCE])
        payers += int(ledger.ask(asking.payers(part, as_of - YEAR, as_of))["people"][0].as_py())
        for row in ledger.ask(asking.spending(part, as_of - YEAR, as_of)).to_pylist():
            currency = row["currency"] or ""
            amounts[currency] = amounts.get(currency, Decimal(0)) + row["spent"]
    return payers, tuple(Spent(currency=one, amount=amounts[one]) for one in sorted(amounts))


def said_under(period: Period, themes: Sequence[str]) -> Question:
    """One row per text and theme in it, the surest first: the columns of `said_by`, and place."""
    return question(
        """
        select said.id, said.person, said.channel, said.name, said.text, said.score, said.occurred_at,
               min(mentions.place) as place, max(mentions.confidence) as surest
        from said inner join mentions on mentions.signal = said.id where mentions.theme in (:themes)
        group by said.id, said.person, said.channel, said.name, said.text, said.score, said.occurred_at
        order by surest desc, said.occurred_at desc, said.id
        """,
        {"said": _said(period)},
        themes=list(themes),
    )


def said_by(signals: Sequence[str]) -> Question:
    """One row per text of these signals of customers: id, person, channel, name, text, score, occurred_at."""
    return question(
        """
        select id, person, channel, name, text, score, occurred_at from signals
        where audience = :audience and text <> '' and id in (:signals)
        """,
        audience=Audience.CUSTOMER.value,
        signals=list(signals),
    )


def _said(period: Period) -> Question:
    return question(
        """
        select id, person, channel, name, text, score, occurred_at from signals
        where audience = :audience and text <> '' and kind <> 'met' and kind <> 'told'
          and occurred_at >= :start and occurred_at < :until
        """,
        audience=Audience.CUSTOMER.value,
        start=period.start,
        until=period.end,
    )


def _trips_again(period: Period) -> Question:
    return question(
        """ with counted as ( select id, person, row_number() over (partition by person order by
            occurred_at, id) as nth from trips ) select id, person from counted where nth > 1
        """,
        {"trips": heard.round_trips_of(period)},
    )


def _told(ledger: Ledger, desk: Desk, by_kind: dict[str, list[str]], period: Period) -> list[dict[str, Any]]:
    """The words, each once: those that somebody picked, then cues and groups, then those under themes."""
    places: dict[str, int] = dict.fromkeys(by_kind.get(SIGNAL, []), 0)
    picked = set(places)
    nth: dict[str, int] = {}
    with desk.read() as tx:
        alike = need_groups.of(tx, by_kind.get(Kind.GROUP, []))
    for each in alike:
        if period.start <= each.said_at < period.end and each.signal not in places:
            places[each.signal], nth[each.signal] = each.place, each.nth
    for one in cues_under(ledger, desk, by_kind.get(Kind.CUE, []), period):
        places.setdefault(one.signal, one.place)
    rows: list[dict[str, Any]] = []
    signals = list(places)
    for begin in range(0, len(signals), AT_ONCE):
        rows += ledger.ask(said_by(signals[begin : begin + AT_ONCE])).to_pylist()
    rows = [row | {"place": places[row["id"]]} for row in rows]
    # Of a group the most central first, of anything else the newest.
    rows.sort(
        key=lambda row: (
            row["id"] not in picked,
            nth.get(row["id"], 0),
            -row["occurred_at"].timestamp(),
            row["id"],
        )
    )
    if themes := by_kind.get(Kind.THEME):
        more = ledger.ask(said_under(period, themes)).to_pylist()
        rows += [row for row in more if row["id"] not in places]
    return rows


def cues_under(ledger: Ledger, desk: Desk, keys: Sequence[str], period: Period) -> list[need_cues.KeptCue]:
    """The cues of these series in a period, newest first."""
    found: dict[tuple[str, int], need_cues.KeptCue] = {}
    for key in keys:
        cue, theme = cue_of(key)
        with desk.read() as tx:
            kept = [one for one in need_cues.since(tx, period.start, cue=cue) if one.said_at < period.end]
        if theme:
            under: set[tuple[str, int]] = set()
            for begin in range(0, len(kept), AT_ONCE):
                asked = heard.themes_in([one.signal for one in kept[begin : begin + AT_ONCE]])
                rows = ledger.ask(asked).to_pylist()
                under |= {(row["signal"], int(row["place"])) for row in rows if row["theme"] == theme}
            kept = [one for one in kept if (one.signal, one.place) in under]
        found |= {(one.signal, one.place): one for one in kept}
    return sorted(found.values(), key=lambda one: (one.said_at, one.signal), reverse=True)


def _searched(ledger: Ledger, desk: Desk, leaders: Sequence[str], period: Period) -> list[dict[str, Any]]:
    if not leaders:
        return []
    with desk.read() as tx:
        typed = need_phrases.typed(tx, leaders)[:MOST_SPELLINGS]
    columns = heard.search_columns(ledger, frozenset(ledger.promoted))
    if columns is None or not typed:
        return []
    asked = question(
        """
        select id, person, thing, occurred_at from searches where thing in (:typed) order by occurred_at, id
        """,
        {"searches": heard.searches_of(period, columns, in_vain=True)},
        typed=typed,
    )
    return ledger.ask(asked).to_pylist()  # type: ignore[no-any-return]  # rows as dicts


def _phrases(rows: Sequence[dict[str, Any]]) -> list[Phrase]:
    by_phrase: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_phrase.setdefault(row["thing"], []).append(row)
    found = [
        Phrase(
            phrase=phrase,
            searches=len(own),
            people=len({row["person"] for row in own if row["person"]}),
            last_at=own[-1]["occurred_at"].replace(tzinfo=UTC),
            last_person=own[-1]["person"],
        )
        for phrase, own in by_phrase.items()
    ]
    return sorted(found, key=lambda one: (-one.people, -one.searches, one.phrase))


def _quote(row: dict[str, Any]) -> Quote:
    parts = sentences(row["text"])
    place = int(row["place"]) if 0 <= int(row["place"]) < len(parts) else 0
    return Quote(
        id=row["id"],
        person=row["person"],
        channel=row["channel"],
        name=row["name"],
        text=row["text"],
        score=row["score"],
        occurred_at=row["occurred_at"].replace(tzinfo=UTC),
        place=place,
        sentence=parts[place].text if parts else row["text"],
    )
