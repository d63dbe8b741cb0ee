"""Promises made to somebody: who made them, by when, and whether they were kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from emptychair.understand.person.details import details, instant, word
from emptychair.understand.person.history import Happening
from emptychair.understand.person.moments import DONE, MADE


class Outcome(StrEnum):
    """What became of a promise: a broken one is due and was not kept until now."""

    KEPT = "kept"
    LATE = "late"
    OPEN = "open"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise to `person`: `signal` is the one that made it, None where only its keeping is known.

    `by` is the id of whoever made it. `due_at` is None where no day was named, `done_at` until it is kept.
    """

    key: str
    signal: str | None
    person: str
    what: str
    by: str
    made_at: datetime | None
    due_at: datetime | None
    done_at: datetime | None
    outcome: Outcome

    def late_by(self, now: datetime) -> timedelta:
        """By how much it was kept too late, or is overdue; zero when it is neither."""
        if self.due_at is None:
            return timedelta(0)
        return max(timedelta(0), (self.done_at or now) - self.due_at)


def promises(told: Iterable[Happening], now: datetime) -> list[Promise]:
    """The promises among these moments: open and broken ones first, then the newest.

    A promise and its keeping are one by `promise` in their properties; without it by their conversation.
    """
    made: dict[tuple[str, str], Happening] = {}
    done: dict[tuple[str, str], Happening] = {}
    for one in sorted(told, key=lambda one: (one.occurred_at, one.id)):
        if one.name in (MADE, DONE):
            found = details(one.properties)
            key = word(found, "promise", "promise_id", "conversation") or one.id
            # Said again it is still one promise, kept when it was kept first.
            (made if one.name == MADE else done).setdefault((one.person, key), one)
    found_all = [_promise(key[1], made.get(key), done.get(key), now) for key in made | done]
    return sorted(found_all, key=_most_pressing)


def _promise(key: str, made: Happening | None, done: Happening | None, now: datetime) -> Promise:
    first = made or done
    if first is None:
        raise AssertionError("a promise was neither made nor kept: this is a fault of Empty Chair")
    found = details(first.properties)
    due_at, done_at = instant(found, "due_at"), None if done is None else done.occurred_at
    return Promise(
        key=key,
        signal=None if made is None else made.id,
        person=first.person,
        what=word(found, "what", "promised", "text") or " ".join((first.text or "").split())[:200],
        by=word(found, "by", "agent"),
        made_at=None if made is None else made.occurred_at,
        due_at=due_at,
        done_at=done_at,
        outcome=_outcome(due_at, done_at, now),
    )


def _outcome(due_at: datetime | None, done_at: datetime | None, now: datetime) -> Outcome:
    if done_at is not None:
        return Outcome.LATE if due_at is not None and done_at > due_at else Outcome.KEPT
    return Outcome.BROKEN if due_at is not None and due_at < now else Outcome.OPEN


def _most_pressing(one: Promise) -> tuple[bool, float, str]:
    at = one.made_at or one.done_at
    return one.done_at is not None, 0.0 if at is None else -at.timestamp(), one.key


def standing(found: Sequence[Promise], *outcomes: Outcome) -> list[Promise]:
    """Those of these promises that became this."""
    return [one for one in found if one.outcome in outcomes]
