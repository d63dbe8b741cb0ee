"""A retailer's invoices imported, beside `pandas.read_csv` of the same file."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks import Ratio, Sense, paired, seconds
from emptychair.app import FOR_IMPORTS, FOR_QUESTIONS

ROWS = 5_000_000
FILE = Path("online_retail") / "online_retail_to_2011-08-31.csv.gz"
# A process of its own: the peak of this one would hide the import's.
_CHILD = """
import re, sys, time
from datetime import UTC, datetime
from pathlib import Path
from emptychair.ledger.ledger import Ledger
from emptychair.listen.imports import carry_out, propose, read
def peak():
    # Of this program alone; ru_maxrss would begin at the peak of the process that started it.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
start = peak()
path, home, memory = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
ledger = Ledger.open(home, memory_limit=memory)
began, worked = time.perf_counter(), time.process_time()
reading = read(path, folder=home / "ledger" / "tmp")
summary = carry_out(propose(reading), ledger, import_id="imp_bench", now=datetime(2026, 1, 1, tzinfo=UTC))
took, worked = time.perf_counter() - began, time.process_time() - worked
reading.close()
assert summary.read == summary.stored + summary.duplicate + summary.parked, summary
print(took, worked, (peak() - start) / 1024)
"""


def data() -> Path:
    """The folder of real public data, as the tests find it."""
    return Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))


def imported(path: Path, memory: str = FOR_IMPORTS) -> tuple[float, float, float]:
    """(seconds, CPU seconds, megabytes over the interpreter) of one import into an empty home."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", _CHILD, str(path), home, memory]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(answer[0]), float(answer[1]), float(answer[2])


def repeated(source: Path, target: Path) -> None:
    """The file with its rows repeated to five million, every repetition with invoice numbers of its own."""
    frame = pd.read_csv(source, dtype=str, keep_default_na=False)
    written = 0
    for number in range(ROWS // len(frame) + 1):
        again = frame.head(ROWS - written).copy()
        again["InvoiceNo"] += f"-{number}"
        again.to_csv(target, mode="a", header=number == 0, index=False)
        written += len(again)


def main() -> list[Ratio]:
    """The file as it is, then five million rows, against pandas; and the memory of the long one."""
    source = data() / FILE
    if not source.exists():
        print(f"imports: no {FILE} in {data()}: set EMPTYCHAIR_DATA", file=sys.stderr)
        return []
    ours, worked, _ = sorted(imported(source) for _ in range(3))[1]
    roomy, roomy_worked, _ = sorted(imported(source, FOR_QUESTIONS) for _ in range(3))[1]
    theirs, _ = paired(lambda: pd.read_csv(source), lambda: None, runs=3)
    with tempfile.TemporaryDirectory() as folder:
        long = Path(folder) / "long.csv"
        repeated(source, long)
        long_ours, long_worked, memory = imported(long)
        long_theirs = seconds(lambda: pd.read_csv(long))
    at_most = Sense.AT_MOST
    return [
        Ratio(
            name=f"import, 320,705 rows ({worked:.2f} CPU s)",
            ours=ours,
            peer=theirs,
            peer_name="pandas.read_csv",
            bar=2,
            sense=at_most,
        ),
        Ratio(
            name=f"import, 320,705 rows, 1 GB of memory ({roomy_worked:.2f} CPU s)",
            ours=roomy,
            peer=theirs,
            peer_name="pandas.read_csv",
            bar=2,
            sense=at_most,
        ),
        Ratio(
            name=f"import, 5 M rows ({long_worked:.1f} CPU s)",
            ours=long_ours,
            peer=long_theirs,
            peer_name="pandas.read_csv",
            bar=2,
            sense=at_most,
        ),
        Ratio(name="its memory", ours=memory, peer=300, peer_name="stated", bar=1, sense=at_most, unit="MB"),
    ]
