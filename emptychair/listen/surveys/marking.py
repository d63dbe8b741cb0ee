"""Which answers are no answers of people: why they are left out, by rules that can be read."""

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from emptychair.desk.responses import Delivery, Mark

# Nobody reads and answers a question faster; a page that is sent sooner was filled in by a program.
SECONDS_PER_ANSWER = 0.8
# So many answers an hour come from an office or a café; more of the same survey are one program's.
MOST_OF_PLACE, PLACE_WINDOW = 30, timedelta(hours=1)
# So many people never press the last button of the same survey within a second.
MOST_IN_SECOND, SECOND = 10, timedelta(seconds=1)
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of how an answer came.

    `seconds` is the time from the first page to the last button, None when it is not known. `of_place` and
    `in_second` count this answer too; `of_place` is 0 when nothing is known of where it came from.
    """

    delivery: Delivery
    answers: int
    seconds: float | None = None
    is_trap_filled: bool = False
    has_answered: bool = False
    of_place: int = 0
    in_second: int = 1


def judged(evidence: Evidence) -> Mark | None:
    """Why this answer is left out; None for all but a few. The surest reason comes first.

    >>> judged(Evidence(delivery=Delivery.LINK, answers=5, seconds=1.0))
    <Mark.TOO_FAST: 'too_fast'>
    """
    if evidence.is_trap_filled:
        return Mark.HONEYPOT
    if evidence.seconds is not None and evidence.seconds < SECONDS_PER_ANSWER * max(1, evidence.answers):
        return Mark.TOO_FAST
    if evidence.delivery is not Delivery.LINK:
        return None  # who has a link of their own answers once, from wherever they are
    if evidence.has_answered:
        return Mark.SAME_BROWSER
    if evidence.of_place > MOST_OF_PLACE:
        return Mark.SAME_ADDRESS
    return Mark.SAME_SECOND if evidence.in_second > MOST_IN_SECOND else None


class Crowd:
    """How many answers came lately from one place or at one time: in memory alone, nothing of it is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()

    def of_place(self, survey_id: str, place: str, now: datetime) -> int:
        """How many answers to the survey came from this place within an hour, with the one that comes now."""
        return self._counted((survey_id, f"place {place}"), now, PLACE_WINDOW)

    def in_second(self, survey_id: str, now: datetime) -> int:
        """How many answers to the survey came within a second, with the one that comes now."""
        return self._counted((survey_id, "second"), now, SECOND)

    def _counted(self, key: tuple[str, str], now: datetime, window: timedelta) -> int:
        with self._lock:
            times = self._seen.setdefault(key, deque(maxlen=10 * MOST_OF_PLACE))
            while times and now - times[0] >= window:
                times.popleft()
            times.append(now)
            self._seen.move_to_end(key)
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            return len(times)
