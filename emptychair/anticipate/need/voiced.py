"""Needs that people like somebody voiced, and that somebody has not voiced yet."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from emptychair.anticipate.need.things import FEWEST
from emptychair.desk import need_alarms, need_cards, need_cues, need_evidence, need_phrases
from emptychair.desk.desk import Desk
from emptychair.desk.need_cards import Standing
from emptychair.desk.need_evidence import SIGNAL
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.language.sentences import sentences
from emptychair.understand.needs import heard
from emptychair.understand.needs.gathering import TOPIC
from emptychair.understand.needs.panel import EVERYBODY, Kind
from emptychair.understand.needs.phrases import normalised
from emptychair.understand.person.alike import CANDIDATES, Likeness, Trait, alike

YEAR = timedelta(days=365)
QUOTED = 3
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words that voice a need, by reference: the signal, who said it when, and the sentence that tells it."""

    signal: str
    person: str
    occurred_at: datetime
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voiced:
    """A need (a card, or an alarm where `is_alarm`) that `people` of the `of` most alike voiced in a year.

    `kind` and `key` are those of an alarm, empty for a card. `alike_in` is what most of those people have in
    common with the person.
    """

    id: str
    title: str
    is_alarm: bool
    kind: str = ""
    key: str = ""
    people: int
    of: int
    alike_in: Sequence[Trait]
    said: Sequence[Said]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """What is looked for: a need, and the kinds and keys that it stands on."""

    id: str
    title: str
    is_alarm: bool
    grounds: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Shown:
    """Somebody showed something: a ground by its kind and key, in words (by signal and place) or in deeds."""

    ground: tuple[str, str]
    person: str
    signal: str = ""
    place: int = 0


def voiced(ledger: Ledger, desk: Desk, person: str, now: datetime) -> list[Voiced]:
    """Needs of those most like a customer that the customer did not voice in a year, the most voiced first.

    Of customers alone, and only what five other people or more voiced. It goes with being alike; nothing
    tells that it comes of it. O(people), then O(signals of two hundred).
    """
    needs = _needs(desk)
    if not needs:
        return []
    near = alike(ledger, Audience.CUSTOMER, person, minimum_n=1, most=CANDIDATES).nearest
    if len(near) < FEWEST:
        return []
    period = Period(start=now - YEAR, end=now)
    people = [person, *(one.life.person for one in near)]
    words = _words(ledger, people, period)
    shown = [*_spoken(ledger, desk, words), *_sought(ledger, desk, people, period)]
    found = [made for need in needs if (made := _voiced(need, person, near, shown, words)) is not None]
    return sorted(found, key=lambda one: (-one.people, one.is_alarm, one.id))


def words_by(people: Sequence[str], period: Period) -> Question:
    """One row per text of these customers: id, person, text, occurred_at."""
    return question(
        """
        select id, person, text, occurred_at from signals
        where audience = :audience and person in (:people) and text <> '' and kind <> 'met' and kind <> 'told'
          and occurred_at >= :start and occurred_at < :until
        """,
        audience=Audience.CUSTOMER.value,
        people=list(people),
        start=period.start,
        until=period.end,
    )


def _needs(desk: Desk) -> list[_Need]:
    """Open cards with what those stand on that they speak for, and alarms that go on without a card."""
    found = []
    with desk.read() as tx:
        for card in need_cards.page(tx, Standing.OPEN):
            family = [one.id for one in need_cards.family(tx, card.id)]
            grounds = frozenset((one.kind, one.key) for one in need_evidence.of(tx, family))
            found.append(_Need(id=card.id, title=card.title, is_alarm=False, grounds=grounds))
        for alarm in need_alarms.going_on(tx):
            if alarm.segment == EVERYBODY and alarm.standing in _UNDECIDED:
                ground = frozenset({(alarm.kind, alarm.key)})
                found.append(_Need(id=alarm.id, title=alarm.name, is_alarm=True, grounds=ground))
    return found


_UNDECIDED = (need_alarms.Standing.NEW, need_alarms.Standing.WATCHING)


def _words(ledger: Ledger, people: Sequence[str], period: Period) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in ledger.ask(words_by(people, period)).to_pylist()}


def _spoken(ledger: Ledger, desk: Desk, words: Mapping[str, Mapping[str, Any]]) -> Iterable[_Shown]:
    """What was shown in words: each text by itself, its themes, its cues, and its cues about a theme."""
    signals = list(words)
    themes: dict[tuple[str, int], list[str]] = {}
    for one in signals:
        yield _Shown((SIGNAL, one), words[one]["person"], one)
    for row in ledger.readings.mentioned(signals).to_pylist() if signals else ():
        themes.setdefault((row["signal"], int(row["place"])), []).append(row["theme"])
        yield _Shown(
            (Kind.THEME, row["theme"]), words[row["signal"]]["person"], row["signal"], int(row["place"])
        )
    for begin in range(0, len(signals), _AT_ONCE):
        with desk.read() as tx:
            cues = need_cues.within(tx, signals[begin : begin + _AT_ONCE])
        for cue in cues:
            person = words[cue.signal]["person"]
            yield _Shown((Kind.CUE, cue.cue), person, cue.signal, cue.place)
            for theme in themes.get((cue.signal, cue.place), ()):
                yield _Shown((Kind.CUE, f"{cue.cue}{TOPIC}{theme}"), person, cue.signal, cue.place)


def _sought(ledger: Ledger, desk: Desk, people: Sequence[str], period: Period) -> Iterable[_Shown]:
    """Searches that found nothing, by the phrase that leads theirs."""
    columns = heard.search_columns(ledger, frozenset(ledger.promoted))
    if columns is None:
        return
    asked = question(
        "select person, thing from searches where person in (:people) group by person, thing",
        {"searches": heard.searches_of(period, columns, in_vain=True)},
        people=list(people),
    )
    with desk.read() as tx:
        leaders = need_phrases.leaders(tx)
    for row in ledger.ask(asked).to_pylist():
        phrase = normalised(row["thing"])
        yield _Shown((Kind.SEARCH, leaders.get(phrase, phrase)), row["person"])


def _voiced(
    need: _Need,
    person: str,
    near: Sequence[Likeness],
    shown: Sequence[_Shown],
    words: Mapping[str, Mapping[str, Any]],
) -> Voiced | None:
    """The need as it was voiced by others; None where the person voiced it, or fewer than five others did."""
    own = [one for one in shown if one.ground in need.grounds]
    who = {one.person for one in own}
    if person in who or len(who) < FEWEST:
        return None
    common = Counter(trait for one in near if one.life.person in who for trait in one.alike_in)
    quoted = {one.person: one for one in own if one.signal}
    said = [_said(one, words[one.signal]) for one in quoted.values()]
    kind, key = next(iter(need.grounds)) if need.is_alarm else ("", "")
    return Voiced(
        id=need.id,
        title=need.title,
        is_alarm=need.is_alarm,
        kind=kind,
        key=key,
        people=len(who),
        of=len(near),
        alike_in=[trait for trait, n in common.most_common() if 2 * n > len(who)],
        said=sorted(said, key=lambda one: (one.occurred_at, one.signal), reverse=True)[:QUOTED],
    )


def _said(one: _Shown, words: Mapping[str, Any]) -> Said:
    parts = sentences(words["text"])
    return Said(
        signal=one.signal,
        person=one.person,
        occurred_at=words["occurred_at"].replace(tzinfo=UTC),
        sentence=parts[one.place].text if one.place < len(parts) else words["text"],
    )
