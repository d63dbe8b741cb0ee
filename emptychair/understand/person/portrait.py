"""Somebody, or an account, put together: what there is, how they fare, what hurt, and a page of history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.person import history as histories
from emptychair.understand.person import hurts, promises
from emptychair.understand.person import mood as moods
from emptychair.understand.person.belonging import Belonging, belonging
from emptychair.understand.person.history import Happening, Wanted
from emptychair.understand.person.hurts import Wound
from emptychair.understand.person.moments import MOST, is_telling, moments
from emptychair.understand.person.mood import Mood
from emptychair.understand.person.promises import Promise
from emptychair.understand.person.said import Read, is_theirs, read_of
from emptychair.understand.person.totals import Totals, counted, totals

# Nearly everybody has no more signals than this, and they are counted here rather than by three questions.
FEW = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What is known of one person, or of several together, and `page` of their history, newest first.

    `read` has what was read in the words of the page and of the telling moments. `older` is where the next
    page begins, None at the end. `every` signal is there where there are few. `is_whole` is False where more
    telling moments are than were looked at.
    """

    people: Sequence[str]
    totals: Totals
    told: Sequence[Happening]
    page: Sequence[Happening]
    older: tuple[datetime, str] | None
    read: Mapping[str, Read]
    mood: Mood
    wounds: Sequence[Wound]
    promises: Sequence[Promise]
    is_whole: bool
    every: Sequence[Happening] | None = field(default=None, compare=False)

    @property
    def belonging(self) -> Belonging:
        """How long the one person has been with us."""
        return belonging(self.told, self.totals.first_at)

    def themes(self) -> dict[str, int]:
        """In how many of their telling texts each theme is spoken of, the most frequent first."""
        counts: dict[str, int] = {}
        for one in self.told:
            for theme, _ in self.read[one.id].themes if one.id in self.read else ():
                counts[theme] = counts.get(theme, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def portrait(
    ledger: Ledger, audience: Audience, people: Sequence[str], wanted: Wanted, *, limit: int, now: datetime
) -> Portrait | None:
    """These people as of `now`, with `limit` signals of the wanted history; None when there are none."""
    every, there_is, told, page = _found(ledger, audience, people, wanted, limit)
    if there_is is None:
        return None
    with_words = dict.fromkeys(one.id for one in (*told, *page[:limit]) if is_theirs(one))
    read = read_of(ledger, list(with_words))
    promised = promises.promises(told, now)
    return Portrait(
        people=people,
        totals=there_is,
        told=told,
        page=page[:limit],
        older=(page[limit - 1].occurred_at, page[limit - 1].id) if len(page) > limit else None,
        read=read,
        mood=moods.mood(told, read, now),
        wounds=hurts.wounds(told, read, promised, now),
        promises=promised,
        is_whole=len(told) < MOST,
        every=every,
    )


def _found(
    ledger: Ledger, audience: Audience, people: Sequence[str], wanted: Wanted, limit: int
) -> tuple[list[Happening] | None, Totals | None, list[Happening], list[Happening]]:
    """Everything of few signals, totals, telling moments and the page with one signal more."""
    whole = histories.history(ledger, audience, people, Wanted(), limit=FEW + 1)
    if len(whole) <= FEW:
        page = [one for one in whole if histories.is_wanted(one, wanted)]
        told = [one for one in whole if is_telling(one)][:MOST]
        return whole, counted(whole), told, page[: limit + 1]
    is_newest = wanted == Wanted() and limit <= FEW
    page = (
        whole[: limit + 1]
        if is_newest
        else histories.history(ledger, audience, people, wanted, limit=limit + 1)
    )
    return None, totals(ledger, audience, people), moments(ledger, audience, people), page[: limit + 1]
