"""Who is like those who left, on published snapshots: AUC, precision, Brier score, calibration; and peers."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import Ratio, Sense
from emptychair.anticipate.features.vocabulary import vocabulary
from emptychair.anticipate.risk.snapshot import Snapshot, judge_snapshot
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.arrival import Arrivals
from emptychair.understand.spells import Rule, Tenure

AS_OF = datetime(2024, 1, 2, tzinfo=UTC)
SEED = 1


@dataclass(frozen=True, slots=True)
class File:
    """A snapshot, and the best AUC of peers on it (the README of the data)."""

    path: str
    audience: Audience
    best: float


FILES = (
    File("telco/Telco-Customer-Churn.csv.gz", Audience.CUSTOMER, 0.849),
    File("ibm_hr/emp_attrition.csv.gz", Audience.EMPLOYEE, 0.830),
)


def judged(file: Path, audience: Audience) -> Snapshot:
    """The card of a file, imported as a user imports it."""
    with tempfile.TemporaryDirectory() as home:
        told = ["import", str(file), "--home", home, "--as-of", "2024-01-01", "--audience", audience.value]
        subprocess.run([sys.executable, "-m", "emptychair", *told], check=True, capture_output=True)
        ledger = Ledger.open(Path(home))
        tenure = Tenure(audience=audience, rule=Rule.CONTRACT, as_of=AS_OF, known=Arrivals())
        words = vocabulary(ledger, audience, AS_OF, Arrivals())
        found = judge_snapshot(ledger, tenure, words, np.random.default_rng(SEED))
        ledger.close()
    assert isinstance(found, Snapshot)
    return found


def main() -> list[Ratio]:
    """As good as the best published AUC within its interval, off by no more than a perfect bound + .01."""
    folder = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not (folder / FILES[0].path).exists():
        print("no real data here: set EMPTYCHAIR_DATA")
        return []
    ratios = []
    for file in FILES:
        card = judged(folder / file.path, file.audience).card
        told, area, precision = card.reliability, card.auc, card.average_precision
        assert area is not None
        assert precision is not None
        name = file.path.split("/")[0]
        print(
            f"{name}: {card.kind}, n {told.n}, left {told.cases}, AUC {area.value:.4f} "
            f"[{area.low:.4f}, {area.high:.4f}], AP {precision.value:.3f}, "
            f"Brier {told.brier:.4f} (base {told.base:.4f}), error {told.error:.4f} (bound {told.bound:.4f})"
        )
        ratios += [
            Ratio(
                name=f"{name} AUC, upper end", ours=area.high, peer=file.best, peer_name="best published",
                bar=1, sense=Sense.AT_LEAST, unit="",
            ),
            Ratio(
                name=f"{name} calibration error", ours=told.error, peer=told.bound + 0.01,
                peer_name="perfect model's 99th percentile + .01", bar=1, sense=Sense.AT_MOST, unit="",
            ),
        ]  # fmt: skip
    return ratios
