"""A history as people read it: by day, and on a day by conversation and by visit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from emptychair.domain.signal import Kind
from emptychair.understand.person.details import details, word
from emptychair.understand.person.history import Happening
from emptychair.understand.person.moments import FAILED

# Who did nothing for half an hour has gone: the usual measure of a visit.
BREAK = timedelta(minutes=30)


class Form(StrEnum):
    """What belongs together: what was said and answered in one conversation, what was done in one visit."""

    CONVERSATION = "conversation"
    VISIT = "visit"
    SINGLE = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Happenings of one day that belong together, oldest first; `key` is the conversation's."""

    form: Form
    key: str
    items: Sequence[Happening]

    @property
    def last(self) -> Happening:
        """The newest of them."""
        return self.items[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day (UTC) and its episodes, newest first."""

    on: date
    episodes: Sequence[Episode]


def days(found: Iterable[Happening]) -> list[Day]:
    """The days of a page of history, which is newest first. O(n log n)."""
    by_day: dict[date, list[Happening]] = {}
    for one in found:
        by_day.setdefault(one.occurred_at.date(), []).append(one)
    return [Day(on=on, episodes=_episodes(each)) for on, each in by_day.items()]


def _episodes(found: Sequence[Happening]) -> list[Episode]:
    talks: dict[tuple[str, str], list[Happening]] = {}
    visits: dict[tuple[str, int], list[Happening]] = {}
    began: dict[str, tuple[int, Happening]] = {}
    singles: list[Episode] = []
    for one in reversed(found):
        talk = word(details(one.properties), "conversation", "conversation_id", "thread_id")
        if talk:
            talks.setdefault((one.person, talk), []).append(one)
        elif one.kind is Kind.DID and not one.name.endswith(FAILED):
            number, before = began.get(one.person, (0, one))
            number += one.occurred_at - before.occurred_at > BREAK
            began[one.person] = number, one
            visits.setdefault((one.person, number), []).append(one)
        else:
            singles.append(Episode(form=Form.SINGLE, key="", items=[one]))
    told = [Episode(form=Form.CONVERSATION, key=key, items=each) for (_, key), each in talks.items()]
    done = [Episode(form=Form.VISIT, key="", items=each) for each in visits.values()]
    return sorted([*told, *done, *singles], key=_newest)


def _newest(one: Episode) -> tuple[float, str]:
    return -one.last.occurred_at.timestamp(), one.last.id
