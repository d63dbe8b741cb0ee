"""What the collector's door and the ledger share: which keys work, who understands, who keeps the rest."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime

from emptychair.desk import parked_events, turned_away
from emptychair.desk.desk import Desk
from emptychair.desk.parked_events import Parked, Standing
from emptychair.ledger.understood import ParkedEvent, Understood
from emptychair.listen.intake.beside import Beside
from emptychair.listen.intake.keys import Keys
from emptychair.listen.intake.translating import Translator


class Reception:
    """One a process. `turned_away` counts requests by day, source and reason until they are written down."""

    def __init__(self, desk: Desk, clock: Callable[[], datetime], *, beside: bool = False) -> None:
        """Envelopes are understood in a process of their own when `beside`."""
        self.keys = Keys(desk)
        self.turned_away: Counter[tuple[date, str, str]] = Counter()
        self._desk, self._clock = desk, clock
        self._translator = Translator(self.keys.terms)
        self._beside = Beside(self._translator) if beside else None

    def translate(self, payloads: Sequence[bytes]) -> Understood:
        """What envelopes say, under what is said of their sources now."""
        now = self._clock()
        if self.keys.is_stale(now):
            self.keys.read(now)
        if self._beside is not None:
            return self._beside.understood(payloads, self.keys.said)
        return self._translator(payloads)

    def park(self, events: Sequence[ParkedEvent]) -> None:
        """Keep what could not be understood; given again, an event stays as it is."""
        with self._desk.begin() as tx:
            parked_events.park(tx, (_parked(event) for event in events))

    def close(self) -> None:
        """Write down what was counted, and end the process beside."""
        self.write_down()
        if self._beside is not None:
            self._beside.close()

    def write_down(self) -> int:
        """Add what was turned away to the desk; how many requests."""
        counts = dict(self.turned_away)
        if not counts:
            return 0
        with self._desk.begin() as tx:
            turned_away.add(tx, counts)
        self.turned_away.subtract(counts)
        for key in [key for key, n in self.turned_away.items() if n <= 0]:
            del self.turned_away[key]
        return sum(counts.values())


def _parked(event: ParkedEvent) -> Parked:
    return Parked(
        id=event.id,
        source=event.source,
        door=event.door,
        client=event.client,
        received_at=event.received_at,
        reason=event.reason,
        field=event.field,
        expected=event.expected,
        sent_at=event.sent_at,
        raw=event.raw,
        standing=Standing.WAITING,
        settled_at=None,
    )
