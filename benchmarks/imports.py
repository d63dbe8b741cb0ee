"""A retailer's invoices imported, beside `pandas.read_csv` of the same file, each in a new process."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks import Ratio, Sense

ROWS = 5_000_000
FILE = Path("online_retail") / "online_retail_to_2011-08-31.csv.gz"
# A process of its own, as a command has, for both: libraries are loaded before the clock runs.
_CHILD = """
import re, sys, time
from datetime import UTC, datetime
from pathlib import Path
from emptychair.app import FOR_IMPORTS, opened
from emptychair.config import read as settings
from emptychair.listen.imports import carry_out, propose, read
import pyarrow as pa
import pyarrow.compute
def peak():
    # Of this program alone; ru_maxrss would begin at the peak of the process that started it.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
pa.array(["x"])
start, now = peak(), datetime(2026, 1, 1, tzinfo=UTC)
path, home = Path(sys.argv[1]), Path(sys.argv[2])
with opened(settings({}, home=home), memory=FOR_IMPORTS) as (ledger, _):
    began, worked = time.perf_counter(), time.process_time()
    reading = read(path, folder=home / "ledger" / "tmp")
    summary = carry_out(propose(reading), ledger, import_id="imp_bench", now=now)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    memory = (peak() - start) / 1024
    reading.close()
    began = time.perf_counter()
    ledger.load(now)
    followed = time.perf_counter() - began
    assert summary.read == summary.stored + summary.duplicate + summary.parked, summary
    assert ledger.state().rows == summary.signals
print(took, worked, memory, followed)
"""
_PEER = """
import sys, time
import pandas as pd
import pyarrow
began = time.perf_counter()
frame = pd.read_csv(sys.argv[1])
print(time.perf_counter() - began)
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """An import: seconds, CPU seconds, megabytes over the interpreter, seconds until questions see it."""

    seconds: float
    cpu: float
    memory: float
    followed: float


def data() -> Path:
    """The folder of real public data, as the tests find it."""
    return Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))


def imported(path: Path) -> Imported:
    """One import into an empty home."""
    with tempfile.TemporaryDirectory() as home:
        return Imported(*_told(_CHILD, str(path), home))


def pandas_seconds(path: Path) -> float:
    """The time of `pandas.read_csv`."""
    return _told(_PEER, str(path))[0]


def _told(program: str, *given: str) -> list[float]:
    command = [sys.executable, "-c", program, *given]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(word) for word in answer.split()]


def repeated(source: Path, target: Path) -> None:
    """The file with its rows repeated to five million, every repetition with invoice numbers of its own."""
    frame = pd.read_csv(source, dtype=str, keep_default_na=False)
    written = 0
    for number in range(ROWS // len(frame) + 1):
        again = frame.head(ROWS - written).copy()
        again["InvoiceNo"] += f"-{number}"
        again.to_csv(target, mode="a", header=number == 0, index=False)
        written += len(again)


def pairs(path: Path, runs: int) -> tuple[Imported, float]:
    """The import and the peer's seconds of the run whose ratio is the median; the two take turns."""
    found = [(imported(path), pandas_seconds(path)) for _ in range(runs)]
    return sorted(found, key=lambda pair: pair[0].seconds / pair[1])[runs // 2]


def main() -> list[Ratio]:
    """The file as it is, then five million rows, against pandas; and the memory of the long one."""
    source = data() / FILE
    if not source.exists():
        print(f"imports: no {FILE} in {data()}: set EMPTYCHAIR_DATA", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "long.csv"
        repeated(source, long)
        found = {"320,705 rows": pairs(source, 7), "5 M rows": pairs(long, 3)}
    ratios = []
    for name, (ours, peer) in found.items():
        both = {"peer": peer, "peer_name": "pandas.read_csv", "sense": Sense.AT_MOST}
        ratios += [
            Ratio(name=f"import, {name} ({ours.cpu:.1f} CPU s)", ours=ours.seconds, bar=2, **both),
            Ratio(name="  and loaded for questions", ours=ours.seconds + ours.followed, bar=5, **both),
        ]
    memory = found["5 M rows"][0].memory
    return [
        *ratios,
        Ratio(
            name="its memory",
            ours=memory,
            peer=300,
            peer_name="stated",
            bar=1,
            sense=Sense.AT_MOST,
            unit="MB",
        ),
    ]
