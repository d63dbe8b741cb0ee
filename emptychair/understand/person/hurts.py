"""Where it hurt: the worst moments of somebody's life with us, each with how bad it was and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from emptychair.domain.signal import Kind
from emptychair.understand.person.details import details, instant, word
from emptychair.understand.person.history import Happening
from emptychair.understand.person.moments import FAILED, RETURNED
from emptychair.understand.person.mood import normalised
from emptychair.understand.person.promises import Outcome, Promise
from emptychair.understand.person.said import Read

MOST = 8
# A refund that comes later than this hurt; one of thrice as long hurt as much as anything can.
SLOW_REFUND = timedelta(days=7)
LOW_SCORE = -0.2


class Hurt(StrEnum):
    """What it was that hurt."""

    WORDS = "words"
    SCORE = "score"
    FAILURE = "failure"
    PROMISE = "promise"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wound:
    """One such moment: `depth` from 0 to 1; `signal` and its instant `told_at` are where the history has it.

    `times` is how often it happened that day; `days` how late a promise or a refund was.
    """

    hurt: Hurt
    signal: str
    told_at: datetime
    person: str
    at: datetime
    depth: float
    name: str
    text: str = ""
    score: Decimal | None = None
    times: int = 1
    days: int = 0


def wounds(
    told: Sequence[Happening], read: Mapping[str, Read], promised: Sequence[Promise], now: datetime
) -> list[Wound]:
    """The moments that hurt, the worst first, of equal ones the newest; eight at most."""
    found = [*_told(told, read), *_failed(told), *_promised(promised, now), *_refunded(told)]
    return sorted(found, key=lambda one: (-round(one.depth, 2), -one.at.timestamp(), one.signal))[:MOST]


def latest(found: Sequence[Wound]) -> Wound | None:
    """The one of these that hurt last."""
    return max(found, key=lambda one: (one.at, one.signal), default=None)


def _told(told: Iterable[Happening], read: Mapping[str, Read]) -> Iterable[Wound]:
    for one in told:
        low = None if one.score is None else normalised(one.name, one.score)
        known = read.get(one.id)
        is_negative = known is not None and known.tone == "negative" and known.tone_score is not None
        tone = float(known.tone_score) if known and is_negative and known.tone_score else 0.0
        if one.kind is Kind.RATED and low is not None and low <= LOW_SCORE:
            yield _wound(one, Hurt.SCORE, max(-low, -tone))
        elif is_negative:
            yield _wound(one, Hurt.WORDS, min(1.0, -tone))


def _failed(told: Iterable[Happening]) -> Iterable[Wound]:
    """Failures of one kind on one day are one: the more often, the worse."""
    days: dict[tuple[str, str, str], list[Happening]] = {}
    for one in told:
        if one.kind is Kind.DID and one.name.endswith(FAILED):
            days.setdefault((one.person, one.name, one.occurred_at.date().isoformat()), []).append(one)
    for each in days.values():
        last = max(each, key=lambda one: (one.occurred_at, one.id))
        depth = min(1.0, 0.3 + 0.15 * (len(each) - 1))
        yield _wound(last, Hurt.FAILURE, depth, times=len(each), text=word(details(last.properties), "error"))


def _promised(promised: Iterable[Promise], now: datetime) -> Iterable[Wound]:
    for one in promised:
        if (
            one.outcome in (Outcome.LATE, Outcome.BROKEN)
            and one.due_at is not None
            and one.signal is not None
        ):
            days = one.late_by(now).days
            depth = min(1.0, (0.6 if one.outcome is Outcome.BROKEN else 0.4) + days / 30)
            yield Wound(
                hurt=Hurt.PROMISE,
                signal=one.signal,
                told_at=one.made_at or one.due_at,
                person=one.person,
                at=one.due_at,
                depth=depth,
                name=one.outcome.value,
                text=one.what,
                days=days,
            )


def _refunded(told: Iterable[Happening]) -> Iterable[Wound]:
    """Refunds that say when they were asked for, or whose return was asked for here."""
    asked = {
        (one.person, key): one.occurred_at
        for one in told
        if one.name == RETURNED and (key := word(details(one.properties), "return", "order"))
    }
    for one in told:
        if one.kind is Kind.PAID and one.value is not None and one.value < 0:
            found = details(one.properties)
            began = instant(found, "requested_at") or asked.get((one.person, word(found, "return", "order")))
            took = timedelta(0) if began is None else one.occurred_at - began
            if took > SLOW_REFUND:
                yield _wound(one, Hurt.REFUND, min(1.0, took / (3 * SLOW_REFUND)), days=took.days)


def _wound(
    one: Happening, hurt: Hurt, depth: float, *, text: str | None = None, times: int = 1, days: int = 0
) -> Wound:
    return Wound(
        hurt=hurt,
        signal=one.id,
        told_at=one.occurred_at,
        person=one.person,
        at=one.occurred_at,
        depth=depth,
        name=one.name,
        text=(one.text or "") if text is None else text,
        score=one.score if hurt is Hurt.SCORE else None,
        times=times,
        days=days,
    )
