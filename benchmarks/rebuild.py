"""The projection rebuilt from the lake: a million signals a second, beside DuckDB scanning and writing.

Rebuilt is when the first question is answered, which both sides are when the disk has what they wrote.
"""

import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks import Ratio, Sense, seconds
from emptychair.ledger.ledger import Ledger

SIGNALS = 4_000_000
PEOPLE = 200_000


def fill(home: Path) -> None:
    """A ledger of two years of orders and visits, brought in by one import."""
    ledger = Ledger.open(home, memory_limit="2GB")
    with ledger.staging("imp_bench") as staging:
        staging.connection.execute(f"""create temp table given as
            select md5(n::varchar) as id, 'customer' as audience, 'per_' || hash(n, 1) % {PEOPLE} as person,
                case when n % 5 = 0 then 'paid' else 'did' end as kind,
                case when n % 5 = 0 then 'order' else 'page' end as name, 'web' as channel,
                'imp_bench' as source,
                timestamp '2024-01-01' + interval (hash(n, 2) % 63072000) second as occurred_at,
                timestamp '2026-01-01' as received_at, null as text, null as score,
                case when n % 5 = 0 then (hash(n, 3) % 10000) / 100 end as value,
                case when n % 5 = 0 then 'EUR' end as currency,
                '{{"page": "/p/' || n % 500 || '"}}' as properties
            from range({SIGNALS}) as t(n)""")
        staging.admit("given")
    ledger.close()


def scan(lake: Path) -> None:
    """Every value of every column read by DuckDB alone."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"select max(columns(*)) from '{lake}/*/*.parquet'").fetchall()


def copied(lake: Path, target: Path) -> float:
    """Seconds until the same rows are in a table of DuckDB's own file, as they are: no people, no cards."""
    target.unlink(missing_ok=True)
    began = time.perf_counter()
    with duckdb.connect(target, config={"threads": 2, "memory_limit": "2GB"}) as connection:
        connection.execute("set preserve_insertion_order = false")
        rows = f"read_parquet('{lake}/*/*.parquet', hive_partitioning = false)"
        connection.execute(f"create table signals as from {rows}")
        return time.perf_counter() - began


def rebuilt(home: Path) -> float:
    """Seconds from opening a ledger without its projection until it answers."""
    (home / "ledger" / "projection.duckdb").unlink()
    began = time.perf_counter()
    ledger = Ledger.open(home, memory_limit="2GB")
    rows = ledger.state().rows
    taken = time.perf_counter() - began
    ledger.close()
    if rows != SIGNALS:
        raise AssertionError(f"{rows:,} signals were found again")
    return taken


def main() -> list[Ratio]:
    """Signals a second against the stated million; the others say what this machine can do today."""
    home = Path(tempfile.mkdtemp(prefix="emptychair-rebuild-"))
    try:
        fill(home)
        lake = home / "ledger" / "lake" / "signals"
        pairs = [(rebuilt(home), copied(lake, home / "copy.duckdb")) for _ in range(5)]
        times, alone = (sorted(each) for each in zip(*pairs, strict=True))
        scanned = sorted(seconds(lambda: scan(lake)) for _ in range(3))
    finally:
        shutil.rmtree(home)
    name = f"Rebuild of the projection, {SIGNALS:,} signals"
    return [
        Ratio(
            name=name,
            ours=SIGNALS / times[0],
            peer=1e6,
            peer_name="stated",
            bar=1,
            sense=Sense.AT_LEAST,
            unit="/s",
        ),
        Ratio(
            name=f"{name}, seconds",
            ours=times[0],
            peer=scanned[0],
            peer_name="DuckDB scan of every column",
            bar=15,
            sense=Sense.AT_MOST,
        ),
        Ratio(
            name="  and beside DuckDB alone",
            ours=times[0],
            peer=alone[0],
            peer_name="DuckDB writing the same rows",
            bar=1.5,
            sense=Sense.AT_MOST,
        ),
    ]
