"""Questions in words over a million quotes, against a search for the same words, in a process of its own."""

import csv
import gzip
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks import Ratio, Sense
from benchmarks import search as searching
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS
from emptychair.understand.ask.answer import Answer
from emptychair.understand.ask.asking import Ask, Limits
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.vectors import KeptVectors
from emptychair.understand.search.finding import Search
from emptychair.understand.search.words import Among

QUESTIONS = 50
# Of a quote there are some two and a half sentences, and almost none is the same as another.
SENTENCES_EACH = 2.4
THEMES = 100
# A question looks at 1,500 texts by sentence where a search looks at 20.
BAR, MEMORY = 10.0, 2.0
_SILENT = 12_500
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_ROWS = """
create or replace temp table rows as
select kind || '_' || number as id, 'customer' as audience, 'p' || number as person, kind, kind as name, 'app' as channel,
       'src_0' as source, case when kind = 'joined' then timestamp '2024-06-01' + to_hours(number % 5000)
            else timestamp '2025-06-01' + to_hours(number % 5000) end as occurred_at,
       occurred_at as received_at, null::varchar as text, null::decimal(9, 4) as score, null::decimal(18, 4) as value,
       null::varchar as currency, case when kind = 'joined' then
            '{"plan": "' || case when number % 3 = 0 then 'pro' else 'home' end || '", "country": "C' || (number % 20)
            || '"}' else '{}' end as properties
from people
"""  # noqa: E501


def asked(data: Path, claims: list[str]) -> list[str]:
    """Claims, and the names of intents of bank customers as open questions."""
    with gzip.open(data / "banking77" / "train.csv.gz", "rt", encoding="utf-8") as file:
        intents = sorted({row["category"] for row in csv.DictReader(file)})
    names = [f"What do people say about {one.replace('_', ' ').strip('?')}?" for one in intents]
    return [*claims, *names][:QUESTIONS]


def peopled(home: Path, said: list[str], size: int) -> None:
    """Who joined and left, what plan they have, a theme for every quote, and the vectors of all sentences."""
    if (home / "asked").exists():
        return
    ledger = Ledger.open(home)
    everybody = range(50_000 + _SILENT)
    left = [number for number in everybody if number % 10 == 0]
    people = pa.table(
        {"number": [*everybody, *left], "kind": ["joined"] * len(everybody) + ["left"] * len(left)}
    )
    with ledger.staging("imp_people") as staging:
        staging.connection.register("people", people)
        staging.connection.execute(_ROWS)
        staging.admit("rows")
    numbers = np.arange(size)
    mentions = pa.table({
        "signal": [f"sig_{number:07}" for number in numbers], "place": pa.array(numbers * 0, pa.int32()),
        "theme": [f"thm_{number}" for number in numbers % THEMES],
        "confidence": pa.array(["0.9000"] * size).cast(pa.decimal128(9, 4)),
    })  # fmt: skip
    ledger.readings.mention("customer", mentions.select(MENTIONS.names))
    ledger.close()
    model = embedder(Tier.FAST)
    kept = KeptVectors(home / "language", model)
    kept.of(said)
    rng, folder = np.random.default_rng(9), home / "language" / model.name
    with (folder / "vectors").open("ab") as vectors, (folder / "keys").open("ab") as keys:
        for _ in range(0, int(size * SENTENCES_EACH) - len(kept), 50_000):
            vectors.write(
                (rng.standard_normal((50_000, model.width), np.float32) / 16).astype(np.float16).tobytes()
            )
            keys.write(rng.integers(0, 2**64, 50_000, np.uint64, endpoint=False).tobytes())
    (home / "asked").touch()


def timed(home: Path, questions: list[str]) -> dict[str, float]:
    """Milliseconds of questions and of searches for the same words, the first five left out, and peak GB."""
    ledger = Ledger.open(home)
    search = Search(home / "language", ledger)
    ask = Ask(home / "language", ledger, search)
    counts: list[int] = []

    def answered(text: str) -> None:
        found = ask.answer(text, Limits(), _NOW, minimum_n=10)
        assert isinstance(found, Answer), found
        counts.append(found.about.texts)

    told: dict[str, float] = {}
    doings: dict[str, Callable[[str], object]] = {
        "search": lambda text: search.find(text, Among(audience="customer")),
        "ask": answered,
    }
    for name, doing in doings.items():
        took, spent = [], []
        for text in [*questions[:5], *questions]:
            began, cpu = time.perf_counter(), time.process_time()
            doing(text)
            took.append((time.perf_counter() - began) * 1e3)
            spent.append((time.process_time() - cpu) * 1e3)
        for what, values in (("ms", took), ("cpu ms", spent)):
            late = sorted(values[5:])
            told |= {
                f"{name} p50 {what}": late[len(late) // 2],
                f"{name} p95 {what}": late[int(len(late) * 0.95)],
            }
        told[f"{name} first ms"] = took[0]
        told[f"{name} peak GB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    ledger.close()
    return told | {"texts about it, median": float(np.median(counts))}


def million(claims: list[str], size: int) -> list[Ratio]:
    """The time of a question, as times that of a search for the same words, and the memory of it."""
    data = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not data.exists():
        print(f"ask: no {data}: set EMPTYCHAIR_DATA", file=sys.stderr)
        return []
    said = searching.spoken(data)
    home = searching.home_of(said, size)
    peopled(home, said, size)
    ran = [sys.executable, "-m", "benchmarks._million_ask", str(home), json.dumps(asked(data, claims))]
    told = json.loads(subprocess.run(ran, check=True, stdout=subprocess.PIPE).stdout)
    print("\n".join(f"  {name}: {value:.1f}" for name, value in told.items()), file=sys.stderr)
    at_most = {"sense": Sense.AT_MOST, "unit": "ms"}
    return [
        Ratio(
            name=f"ask, {size:,} quotes, {part}", ours=told[f"ask {part} cpu ms"],
            peer=told[f"search {part} cpu ms"], peer_name="search", bar=BAR, **at_most,
        )
        for part in ("p50", "p95")
    ] + [
        Ratio(
            name=f"ask, {size:,} quotes, peak", ours=told["ask peak GB"], peer=MEMORY, peer_name="stated",
            bar=1, sense=Sense.AT_MOST, unit="GB",
        )
    ]  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(timed(Path(sys.argv[1]), json.loads(sys.argv[2]))))
