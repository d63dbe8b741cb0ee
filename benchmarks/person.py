"""The page of a customer among ten million signals, as the server answers it, against the stated 100 ms."""

import asyncio
import random
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyarrow as pa

from benchmarks import Ratio, Sense
from benchmarks.questions import FOLDER, filled
from emptychair.desk import sessions, themes, users
from emptychair.desk.desk import Desk
from emptychair.desk.passwords import Strength, hashed
from emptychair.desk.themes import Standing, Theme
from emptychair.desk.users import Role
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.listen.intake.reception import Reception
from emptychair.web.site import site
from emptychair.web.visitor import COOKIE

SIGNALS = 10_000_000
STATED = 0.1
PAGES = 120
BASE = "https://chair.example.com"
HEAVY = 10
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
# Everybody told a name and joined, one in ten left, one in five was promised something; ten people did 20,000
# things and wrote 400 messages each, the last month is not sorted yet.
_MORE = """
create or replace temp table more as
with people as (select person, min(occurred_at) as seen_at from signals group by person),
heavy as (select 'heavy_' || i % 10 as person, i // 10 as n from range(204000) as rows(i)),
told as (
    select 't' || person as id, person, 'told' as kind, 'traits' as name, seen_at,
        '{"name": "Ada ' || person || '", "plan": "home"}' as properties, null as text from people
    union all select 'j' || person, person, 'joined', 'subscription', seen_at, '{"plan": "home"}', null
        from people
    union all select 'l' || person, person, 'left', 'subscription', seen_at + interval 90 days,
        '{"plan": "home"}', null from people where hash(person) % 10 = 0
    union all select 'm' || person, person, 'met', 'promise_made', seen_at + interval 5 days,
        '{"promise": "p' || person || '", "what": "a call back", "due_at": "2025-01-01T00:00:00Z"}', null
        from people where hash(person) % 5 = 0
    union all select 'h' || person || n, person, case when n % 51 = 0 then 'said' else 'did' end,
        case when n % 51 = 0 then 'message' else 'page' end, timestamp '2024-01-01' + to_minutes(n * 50),
        '{"path": "/"}', case when n % 51 = 0 then 'where is my order' end from heavy)
select id, 'customer' as audience, person, kind, name, 'web' as channel, 'imp_more' as source,
    seen_at as occurred_at, seen_at as received_at, text, null::decimal(9, 4) as score,
    null::decimal(18, 4) as value, null::varchar as currency, properties from told
"""


def made(home: Path, size: int) -> Ledger:
    """The ledger with everything that a page shows, kept between runs."""
    ledger = filled(home, size)
    if ledger.readings.progress()[0] == 0:
        with ledger.staging("imp_more") as staging:
            staging.connection.execute(_MORE)
            staging.admit("more")
        ledger.compact(datetime(2025, 12, 15, tzinfo=UTC))
        while (unread := ledger.readings.unread(100_000)).num_rows:
            ledger.readings.keep(*_read(unread["signal"].to_pylist()))
    return ledger


def _read(signals: list[str]) -> tuple[pa.Table, pa.Table]:
    tones = ("negative", "neutral", "positive")
    rows = [
        {"signal": one, "language": "en", "tone": tones[n % 3], "tone_score": n % 3 - 1}
        for n, one in enumerate(signals)
    ]
    said = [
        {"signal": one, "place": 0, "theme": f"thm_{n % 20}", "confidence": 1}
        for n, one in enumerate(signals)
    ]
    return pa.Table.from_pylist(rows, schema=READINGS), pa.Table.from_pylist(said, schema=MENTIONS)


def signed_in(desk: Desk) -> str:
    """The cookie of an owner; and twenty themes."""
    address = f"ada{time.monotonic_ns()}@example.com"
    secret = hashed("four words make one", email=address, strength=Strength(passes=1, memory_kib=64))
    found = [
        Theme(
            id=f"thm_{n}",
            audience=Audience.CUSTOMER,
            name=f"Theme {n}",
            area="all",
            phrases=(),
            quoted="",
            texts=1,
            standing=Standing.FOUND,
            found_at=NOW,
            changed_at=NOW,
        )
        for n in range(20)
    ]
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, found)
        user = users.create(tx, email=address, name="Ada", role=Role.OWNER, password=secret, now=NOW)
        token, _ = sessions.start(tx, user, now=NOW)
    return f"{COOKIE}={token}"


async def times(app: object, cookie: str, path: str, people: list[str]) -> list[float]:
    """Seconds of each answer, the first of all left out: it composes what the others ask again."""
    headers = {"Cookie": cookie, "Accept": "text/html"}
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    found = []
    async with httpx.AsyncClient(
        transport=transport, base_url="https://chair.example.com", headers=headers
    ) as client:
        for person in people:
            began = time.perf_counter()
            answer = await client.get(path, params={"id": person})
            found.append(time.perf_counter() - began)
            answer.raise_for_status()
    return found[1:]


def main(size: int = SIGNALS) -> list[Ratio]:
    """Median and 95th of 100, of random and of heavy people, and of the part that tells who is like them."""
    FOLDER.mkdir(exist_ok=True)
    home = FOLDER / f"person-{size}"
    ledger, desk = made(home, size), Desk.open(home / "desk.sqlite3")
    app = site(
        ledger=ledger, desk=desk, home=home, base_url=BASE, clock=lambda: NOW,
        version="0.1.0", reception=Reception(desk, lambda: NOW),
    )  # fmt: skip
    rng = random.Random(4)
    anybody = [f"p{rng.randrange(size // 25)}" for _ in range(3 * PAGES)]
    known = [one for one in dict.fromkeys(anybody) if ledger.who.called("customer", one)][:PAGES]
    heavy = [f"heavy_{n % 10}" for n in range(HEAVY * 3)]
    cookie = signed_in(desk)
    told: list[Ratio] = []
    for name, path, people, stated in (
        ("page of a customer, anybody", "/customers/person", known, STATED),
        ("page of a customer of 20,000 signals", "/customers/person", heavy, STATED),
        ("who else is like them", "/customers/person/alike", known[:40], 3 * STATED),
    ):
        before = time.process_time()
        found = sorted(asyncio.run(times(app, cookie, path, people)))
        cpu = (time.process_time() - before) / len(people)
        print(f"  {name}: {cpu * 1000:.0f} ms of processor each", file=sys.stderr, flush=True)
        for which, value in (("median", statistics.median(found)), ("95th", found[int(0.95 * len(found))])):
            told.append(_ratio(f"{name}, {which}", value, stated))
    ledger.close()
    desk.close()
    return told


def _ratio(name: str, ours: float, stated: float) -> Ratio:
    return Ratio(name=name, ours=ours, peer=stated, peer_name="stated", bar=1, sense=Sense.AT_MOST)


if __name__ == "__main__":
    from rich.console import Console

    from benchmarks.__main__ import table

    Console().print(table(main(int(sys.argv[1]) if len(sys.argv) > 1 else SIGNALS)))
