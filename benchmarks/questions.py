"""The cohort table and the NPS trend of a large ledger, against raw scans of the columns they are about."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import Ratio, Sense, paired
from emptychair.domain.period import Period, first_of, month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.staging import Staging
from emptychair.machine import for_questions
from emptychair.understand.cohorts import cohorts_active
from emptychair.understand.satisfaction import scores_by_month
from emptychair.understand.scores import Score
from emptychair.understand.spells import Rule, Tenure

SIGNALS = 50_000_000
PER_PERSON = 25
CHUNK = 2_000_000
BEGAN, ENDED = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
FOLDER = Path(__file__).parent / "out"

# People are numbered in the order in which they came; whoever acts at a moment has come by then, more often
# lately. Of a hundred signals 80 are use, 12 orders (a tenth of them returns), 5 NPS answers and 3 messages.
_CHUNK = """
create or replace temp table chunk as
with drawn as (
    select i, (hash(i) % 1000003)::double / 1000003 as u,
           (hash(i + 7) % 100)::bigint as k, (hash(i + 13) % 1009)::bigint as v,
           timestamp '2024-01-01' + to_microseconds(((i + 1)::double / {size} * {micros})::bigint)
               as occurred_at
    from range({start}, {stop}) as rows(i)
)
select 's' || i as id, 'customer' as audience,
       'p' || floor((i + 1)::double / {size} * {people} * sqrt(u))::bigint as person,
       case when k < 80 then 'did' when k < 92 then 'paid' when k < 97 then 'rated' else 'said' end as kind,
       case when k < 80 then 'page' when k < 92 then 'order' when k < 97 then 'nps' else 'post' end as name,
       case when k % 3 = 0 then 'app' else 'web' end as channel, 'imp_bench' as source,
       occurred_at, occurred_at as received_at,
       case when k >= 97 then 'where is my order' end as text,
       case when k between 92 and 96 then v % 11 end::decimal(9, 4) as score,
       case when k between 80 and 91 then (v - 100) / 10.0 end::decimal(18, 4) as value,
       case when k between 80 and 91 then 'EUR' end as currency, '{{}}' as properties
from drawn
"""
_COHORT_COLUMNS = """
select count(*), max(audience), max(person), max(kind), max(value), max(occurred_at) from signals
"""
_NPS_COLUMNS = """
select count(*), max(audience), max(person), max(kind), max(name), max(score), max(occurred_at) from signals
"""


def filled(home: Path, size: int, per_person: int = PER_PERSON) -> Ledger:
    """The ledger of `home` with `size` generated signals, kept between runs; an unfinished one goes on."""
    ledger = Ledger.open(home, memory_limit=for_questions())
    done = ledger.state().rows
    micros = round((ENDED - BEGAN).total_seconds() * 1e6) - 1
    for start in range(done, size, CHUNK):
        stop = min(start + CHUNK, size)
        people = size // per_person
        with ledger.staging("imp_bench") as staging:
            staging.connection.execute(
                _CHUNK.format(start=start, stop=stop, size=size, micros=micros, people=people)
            )
            staging.admit("chunk")
        print(f"  {stop:,} of {size:,} signals", file=sys.stderr, flush=True)
    return ledger


def scan(staging: Staging, sql: str) -> None:
    staging.connection.execute(sql).fetchall()


def main(size: int = SIGNALS) -> list[Ratio]:
    """Both at most 4 times the scan."""
    FOLDER.mkdir(exist_ok=True)
    # Opened anew: of what one process wrote, DuckDB knows the largest values without a scan.
    filled(FOLDER / f"questions-{size}", size).close()
    ledger = filled(FOLDER / f"questions-{size}", size)
    tenure = Tenure(audience=Audience.CUSTOMER, rule=Rule.ACTIVITY, as_of=ENDED, gap_days=30)
    period = Period(first_of(month_number(BEGAN)), ENDED)
    with ledger.staging("imp_bench") as staging:
        cohorts = paired(lambda: cohorts_active(ledger, tenure), lambda: scan(staging, _COHORT_COLUMNS))
        trend = paired(
            lambda: scores_by_month(ledger, Audience.CUSTOMER, Score.NPS, period),
            lambda: scan(staging, _NPS_COLUMNS),
        )
    ledger.close()
    return [
        Ratio(
            name=f"{name}, {size:,} signals",
            ours=ours,
            peer=peer,
            peer_name="DuckDB scan",
            bar=4,
            sense=Sense.AT_MOST,
        )
        for name, (ours, peer) in (("cohort table", cohorts), ("NPS trend", trend))
    ]


if __name__ == "__main__":
    from rich.console import Console

    from benchmarks.__main__ import table

    Console().print(table(main(int(sys.argv[1]) if len(sys.argv) > 1 else SIGNALS)))
