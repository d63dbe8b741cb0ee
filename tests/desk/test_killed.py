"""A process that is killed leaves all that it had committed and nothing half done."""

import subprocess
import sys
from datetime import timedelta
from itertools import islice

import pytest

from emptychair.desk import audit, work
from emptychair.desk.desk import Desk
from tests.desk.people import NOW

WRITER = """
import sys
from tests.desk.people import HOUR, NOW
from emptychair.desk import audit, work
from emptychair.desk.desk import Desk
desk = Desk.open(sys.argv[1])
with desk.begin() as tx:
    work.ask(tx, "import", sys.argv[2], {}, by="cli", now=NOW)
    taken = work.take(tx, ["import"], NOW, HOUR)
number = 0
while True:
    with desk.begin() as tx:
        for half in ("first", "second"):
            audit.record(tx, who=half, verb="x", thing=f"{sys.argv[2]}-{number}", now=NOW)
        assert work.beat(tx, taken, NOW, HOUR, done=number, total=0)
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("acknowledged", [1, 4, 9])
def test_what_a_killed_process_committed_is_there_and_its_work_goes_on(place: str, acknowledged: int) -> None:
    command = [sys.executable, "-c", WRITER, place, "imp_1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(line) for line in islice(process.stdout, acknowledged)]
        process.kill()
        told += [int(line) for line in process.stdout]
    desk = Desk.open(place)
    with desk.begin() as tx:
        entries = audit.page(tx, limit=100_000)
        halves = [{entry.thing for entry in entries if entry.who == half} for half in ("first", "second")]
        piece = work.take(tx, ["import"], NOW + timedelta(hours=1), timedelta(hours=1))
    desk.close()
    assert halves[0] == halves[1] >= {f"imp_1-{number}" for number in told}
    assert piece is not None
    assert (piece.tries, piece.done) == (2, len(halves[0]) - 1)
