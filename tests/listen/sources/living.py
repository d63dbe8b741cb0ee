"""A process that fetches until it is killed: `python -m tests.listen.sources.living HOME ADDRESS NUMBER`."""

import sys
from datetime import timedelta
from pathlib import Path

from emptychair.listen.sources.limited import Limited
from tests.listen.sources.conftest import NOON, at_home


def main() -> None:
    """Fetch, load and seal, an hour later each time; every life begins a day after the one before."""
    home, address, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with at_home(home, Limited()) as house:
        house.now = NOON + timedelta(days=number)
        house.at(hacker_news=address)
        sys.stdout.write("alive\n")
        sys.stdout.flush()
        while True:
            house.fetch()
            house.ledger.seal(house.now)
            house.now += timedelta(hours=1)


if __name__ == "__main__":
    main()
