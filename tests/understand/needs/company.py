"""A small company of 420 days: what is usual in it, and what may emerge in its last weeks."""

import json
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from emptychair.desk import themes
from emptychair.desk.desk import Desk
from emptychair.desk.themes import Standing, Theme
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS

START = datetime(2025, 10, 1, tzinfo=UTC)
DAYS = 420
END = START + timedelta(days=DAYS)
LATE, DECAF, SPAM = "thm_late", "thm_decaf", "thm_spam"
BEGINS = DAYS - 60


def signal(n: str, person: str | None, at: datetime, **more: object) -> Signal:
    """A signal of a customer."""
    given: dict[str, object] = {"audience": Audience.CUSTOMER, "channel": "app", "source": "src", **more}
    return Signal(id=n, person=person, occurred_at=at, received_at=at, **given)  # type: ignore[arg-type]


def said(n: str, person: str | None, at: datetime, text: str) -> Signal:
    return signal(n, person, at, kind=Kind.SAID, name="message", text=text)


def searched(n: str, person: str | None, at: datetime, query: str, results: int) -> Signal:
    properties = json.dumps({"query": query, "results": results})
    return signal(n, person, at, kind=Kind.DID, name="search", properties=properties)


def usual(seed: int = 3) -> list[Signal]:
    """Every day some complain of late parcels, and some search for what there is and is not."""
    dice = random.Random(seed)
    found = []
    for day in range(DAYS):
        for number in range(dice.randint(4, 8)):
            person, at = f"per_{dice.randrange(2_000)}", moment(day, number)
            found.append(said(f"said_{day}_{number}", person, at, "My parcel is late again."))
        for number in range(dice.randint(5, 9)):
            query, results = dice.choice((("ethiopia", 4), ("espresso", 9), ("tea", 0), ("sirup", 0)))
            person = f"per_{dice.randrange(2_000)}"
            found.append(searched(f"search_{day}_{number}", person, moment(day, 20 + number), query, results))
    return found


def need() -> list[Signal]:
    """From day 360 on a few people a week, and each week more, look for half caf, and help themselves."""
    found = []
    phrases = ("half caf", "Half-Caf", "halfcaf!", "half caff")
    for number, day in enumerate(sorted(BEGINS + (60 - n * n // 60) for n in range(60))):
        at, person = moment(min(day, DAYS - 1), 40 + number % 5), f"need_{number}"
        if number % 3:
            found.append(searched(f"need_{number}", person, at, phrases[number % 4], 0))
        else:
            words = "Hello there. I mix decaf with espresso by hand to get half the caffeine."
            found.append(said(f"need_{number}", person, at, words))
        paid = at - timedelta(days=30)
        found.append(
            signal(
                f"paid_{number}",
                person,
                paid,
                kind=Kind.PAID,
                name="order",
                value=Decimal(20),
                currency="EUR",
            )
        )
    return found


def spam() -> list[Signal]:
    """One author floods the last three weeks with words of another theme, and with searches."""
    found = []
    for number in range(400):
        at = moment(DAYS - 20 + number % 20, number % 50)
        found.append(said(f"spam_{number}", "spammer", at, f"Buy coins now, offer {number}."))
        found.append(searched(f"spam_search_{number}", "spammer", at, "coins", 0))
    return found


def moment(day: int, number: int) -> datetime:
    return START + timedelta(days=day, hours=8, minutes=number)


def fill(ledger: Ledger, desk: Desk, signals: Sequence[Signal]) -> None:
    """These signals, read, with their themes."""
    ledger.append(signals)
    ledger.load(END)
    read([one for one in signals if one.text], ledger)
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [theme(LATE), theme(DECAF), theme(SPAM)])


def read(texts: Iterable[Signal], ledger: Ledger) -> None:
    told = list(texts)
    readings = [{"signal": one.id, "language": "en", "tone": None, "tone_score": None} for one in told]
    mentions = [
        {"signal": one.id, "place": place, "theme": name, "confidence": Decimal(1)}
        for one in told
        for name, words, place in ((LATE, "late", 0), (DECAF, "decaf", 1), (SPAM, "coins", 0))
        if words in (one.text or "")
    ]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS))


def theme(theme_id: str) -> Theme:
    return Theme(
        id=theme_id, audience=Audience.CUSTOMER, name=theme_id.removeprefix("thm_"), area="coffee",
        phrases=(), quoted="", texts=5, standing=Standing.FOUND, found_at=END, changed_at=END,
    )  # fmt: skip
