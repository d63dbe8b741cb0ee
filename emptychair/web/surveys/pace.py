"""How quickly answers may come: of one respondent and of one survey, since a proxy hides addresses."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from math import ceil

WINDOW = timedelta(minutes=1)
# Nobody turns pages, or lets them be saved, more often; a page saves itself a second and a half after a key.
MOST_OF_ONE = 120
# Whoever has no answer yet and no page that we signed: programs, and people with a page of before a restart.
MOST_OF_STRANGERS = 600
MOST_OF_SURVEY = 6_000
_REMEMBERED = 50_000


class Pace:
    """Counts what came within the present minute, in memory alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[str, str], tuple[datetime, int]] = OrderedDict()

    def wait(self, survey_id: str, who: str, now: datetime) -> int | None:
        """The seconds after which this one may come again; None: it may now, and is counted.

        What is turned away is not counted, so that one who is too quick takes no place from others.
        """
        most = MOST_OF_ONE if who else MOST_OF_STRANGERS
        with self._lock:
            own, all_ = self._of((survey_id, f"one {who}"), now), self._of((survey_id, "all"), now)
            for (since, count), limit in ((own, most), (all_, MOST_OF_SURVEY)):
                if count >= limit:
                    return max(1, ceil((since + WINDOW - now).total_seconds()))
            for name, (since, count) in ((f"one {who}", own), ("all", all_)):
                self._counts[survey_id, name] = (since, count + 1)
                self._counts.move_to_end((survey_id, name))
            while len(self._counts) > _REMEMBERED:
                self._counts.popitem(last=False)
            return None

    def _of(self, key: tuple[str, str], now: datetime) -> tuple[datetime, int]:
        since, count = self._counts.get(key, (now, 0))
        return (since, count) if now - since < WINDOW else (now, 0)
