"""Files of one row per person: what the published data gives, and what is said of what they cannot tell."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from emptychair.anticipate.features.vocabulary import vocabulary
from emptychair.anticipate.risk.snapshot import Snapshot, judge_snapshot
from emptychair.anticipate.risk.training import NotEnough
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.arrival import Arrivals
from emptychair.understand.spells import Rule, Tenure
from tests.anticipate.risk.companies import NOW, fading


def judged(home: Path, audience: Audience) -> Snapshot | NotEnough:
    ledger = Ledger.open(home)
    tenure = Tenure(audience=audience, rule=Rule.CONTRACT, as_of=NOW, known=Arrivals())
    words = vocabulary(ledger, audience, NOW, Arrivals())
    found = judge_snapshot(ledger, tenure, words, np.random.default_rng(1))
    ledger.close()
    return found


@pytest.mark.parametrize(
    ("file", "audience", "area", "leak"),
    [
        # Peers on the same files, from the README of the data: logistic .845, LightGBM .849; and .830, .827.
        ("telco/Telco-Customer-Churn.csv.gz", Audience.CUSTOMER, 0.845, "Churn"),
        ("ibm_hr/emp_attrition.csv.gz", Audience.EMPLOYEE, 0.830, "Attrition"),
    ],
)
def test_published_snapshots_are_judged_as_well_as_by_the_best(
    data: Path, tmp_path: Path, file: str, audience: Audience, area: float, leak: str
) -> None:
    asked = ["import", str(data / file), "--home", str(tmp_path), "--as-of", "2024-01-01"]
    told = [sys.executable, "-m", "emptychair", *asked, "--audience", audience.value]
    subprocess.run(told, check=True, capture_output=True)
    found = judged(tmp_path, audience)
    assert isinstance(found, Snapshot)
    card = found.card
    assert card.auc is not None
    assert card.auc.value >= area
    assert card.reliability.error <= card.reliability.bound + 0.01
    assert "snapshot of 2024-01-01" in card.remarks[0]
    assert any(leak in remark for remark in card.remarks)
    assert len(found.people) == len(found.chances) == card.reliability.n


def test_a_history_is_no_snapshot(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "home")
    fading(ledger, 400, seed=8)
    ledger.close()
    assert isinstance(judged(tmp_path / "home", Audience.CUSTOMER), NotEnough)
