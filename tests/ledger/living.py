"""A process that lives on a ledger with all its might and tells what was acknowledged, until it is killed."""

import itertools
import os
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from emptychair.ledger.ledger import Ledger
from tests.ledger.making import order

NOW = datetime(2026, 6, 15, tzinfo=UTC)
IMPORTED = 400


_TELLING = threading.Lock()


def tell(word: str, *names: str) -> None:
    """One line to the parent, whole: a pipe that is nearly full takes long lines in pieces."""
    line = f"{word} {' '.join(names)}\n".encode()
    with _TELLING:
        while line:
            line = line[os.write(1, line) :]


def append(ledger: Ledger, life: int, thread: int) -> None:
    """Append small batches for ever, every third one twice, as a client does that heard no answer."""
    for turn in itertools.count():
        first = (life * 100 + thread) * 100_000 + turn * 5
        batch = [order(n, person=f"per_{n % 97}", days=n % 160) for n in range(first, first + 5)]
        ledger.append(batch)
        tell("acknowledged", *(signal.id for signal in batch))
        if turn % 3 == 0:
            ledger.append(batch)


def keep(ledger: Ledger) -> None:
    """Load, seal and compact for ever."""
    for turn in itertools.count():
        ledger.load(NOW)
        if turn % 3 == 2:
            ledger.seal(NOW)
        if turn % 9 == 8:
            ledger.compact(NOW)


def bring(ledger: Ledger, life: int) -> None:
    """Import for ever, and take every other import back."""
    for turn in itertools.count():
        source = f"imp_{life}_{turn}"
        with ledger.staging(source) as staging:
            staging.connection.execute(f"""create temp table given as
                select '{source}_' || n as id, 'customer' as audience, 'per_' || n % 97 as person,
                    'paid' as kind, 'order' as name, 'file' as channel, '{source}' as source,
                    timestamp '2026-01-01' + interval (n % 150) day as occurred_at,
                    timestamp '2026-06-15' as received_at, null as text, null as score, 1 as value,
                    'EUR' as currency, '{{}}' as properties from range({IMPORTED}) as t(n)""")
            staging.admit("given")
        tell("imported", source)
        if turn % 2 == 0:
            tell("withdrawing", source)
            ledger.withdraw(source)
            tell("withdrawn", source)


def until_death(work: Callable[..., None], *given: object) -> None:
    """Work, and take the whole process down with an error that the parent reads when the work fails."""
    try:
        work(*given)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def main(home: Path, life: int, clients: int) -> None:
    """Live: with two clients there is more time for imports."""
    ledger = Ledger.open(home)
    tell("alive", str(life))
    works = [(append, ledger, life, thread) for thread in range(clients)]
    threads = [
        threading.Thread(target=until_death, args=given)
        for given in (*works, (keep, ledger), (bring, ledger, life))
    ]
    for thread in threads:
        thread.start()
    threads[0].join(timedelta(minutes=2).total_seconds())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
