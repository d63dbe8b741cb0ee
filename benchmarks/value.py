"""A million customers fitted by BG/NBD, against lifetimes and pymc-marketing on the same rows."""

import csv
import gzip
import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import Ratio, Sense, seconds
from benchmarks._value_company import customers
from emptychair.stats.buying import Buying, Model, buying
from emptychair.stats.outlook import outlook
from emptychair.stats.purchases import Purchases, purchases
from emptychair.stats.spending import Spending, spending
from emptychair.stats.worth import worth

RUNS = 3
PEERS = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np, pandas as pd
from lifetimes import BetaGeoFitter, ParetoNBDFitter
rows = np.load(sys.argv[1])
x, t, T = rows["x"], rows["t"], rows["T"]

def map_of_pymc():
    from pymc_marketing.clv import BetaGeoModel
    table = pd.DataFrame(dict(customer_id=np.arange(len(x)), frequency=x, recency=t, T=T))
    model = BetaGeoModel(data=table)
    model.fit(method="map", progressbar=False)
    return [float(model.fit_summary()[name]) for name in ("r", "alpha", "a", "b")]

fits = {
    "lifetimes BG/NBD": lambda: list(map(float, BetaGeoFitter().fit(x, t, T).params_)),
    "lifetimes Pareto/NBD": lambda: list(map(float, ParetoNBDFitter().fit(x, t, T).params_)),
    "pymc-marketing BG/NBD": map_of_pymc,
}
told = {}
for name in sys.argv[3].split(","):
    fits[name]()  # warm: compiled, imported
    times = []
    for _ in range(int(sys.argv[2])):
        began = time.perf_counter()
        values = fits[name]()
        times.append(time.perf_counter() - began)
    told[name] = [times, values]
print(json.dumps(told))
"""


def peers(known: Purchases, python: str, names: str) -> dict[str, tuple[float, list[float]]]:
    """By peer: (median seconds after a first fit, parameters), in the Python of another environment."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npz"
        np.savez(path, x=known.frequency, t=known.recency, T=known.age)
        told = subprocess.run(
            [python, "-c", PEERS, path, str(RUNS), names], check=True, capture_output=True, text=True
        )
    found = json.loads(told.stdout.splitlines()[-1])
    return {name: (median(times), values) for name, (times, values) in found.items()}


def compare(what: str, known: Purchases, python: str, bars: dict[str, tuple[Model, float]]) -> list[Ratio]:
    """One ratio for each peer; our likelihood is at least theirs before anything is measured."""
    theirs = peers(known, python, ",".join(bars))
    ratios = []
    for peer, (model, bar) in bars.items():
        took, values = theirs[peer]
        found = buying(known, model)
        assert isinstance(found, Buying)
        reached = found.shape.likelihood(known).at(np.log(values))[0]
        print(f"{what}, {model}: log likelihood {found.fit.log_likelihood:.3f}, {peer} {reached:.3f}")
        assert found.fit.log_likelihood >= reached - 1e-6 * len(known) ** 0.5
        ours = median(seconds(lambda model=model: buying(known, model)) for _ in range(2 * RUNS + 1))
        ratios.append(
            Ratio(
                name=f"{model}, {what}",
                ours=ours,
                peer=took,
                peer_name=peer.split()[0],
                bar=bar,
                sense=Sense.TIMES_FASTER,
            )
        )
    return ratios


def cdnow() -> Purchases | None:
    """The 2,357 customers of CDNOW, or None where the data is absent."""
    folder = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    path = folder / "cdnow" / "cdnow_customers_summary_with_transactions.csv.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))
    return purchases(*([float(row[name]) for row in rows] for name in ("x", "t_x", "T", "zbar")))


def main() -> list[Ratio]:
    """25 and 20 times faster, 10 times on CDNOW; `EMPTYCHAIR_VALUE_PEER_PYTHON` has the two peers."""
    python = os.environ.get("EMPTYCHAIR_VALUE_PEER_PYTHON")
    if python is None:
        print("no peer: set EMPTYCHAIR_VALUE_PEER_PYTHON to a Python with lifetimes and pymc-marketing")
        return []
    million = customers(np.random.default_rng(7))
    ratios = compare(
        f"{len(million):,} customers",
        million,
        python,
        {
            "lifetimes BG/NBD": (Model.BG_NBD, 25),
            "pymc-marketing BG/NBD": (Model.BG_NBD, 20),
        },
    )
    known = cdnow()
    if known is None:
        print("no real data here: set EMPTYCHAIR_DATA")
        return ratios
    return ratios + compare(
        "CDNOW",
        known,
        python,
        {"lifetimes BG/NBD": (Model.BG_NBD, 10), "lifetimes Pareto/NBD": (Model.PARETO_NBD, 10)},
    )


def told() -> None:
    """Seconds of each model and of all that is told of a million customers: `python -m benchmarks.value`."""
    rng = np.random.default_rng(7)
    rows = customers(rng)
    repeats = np.maximum(rows.frequency, 1)
    mean = rng.gamma(6.0 * repeats) / repeats / rng.gamma(4.0, 1 / 15, len(rows))
    known = purchases(rows.frequency, rows.recency, rows.age, np.where(rows.frequency > 0, mean, 0.0))
    money = spending(known)
    assert isinstance(money, Spending)
    print(f"Gamma-Gamma: {seconds(lambda: spending(known)):.2f} s")
    for model in Model:
        found = buying(known, model)
        assert isinstance(found, Buying)
        fit = seconds(lambda model=model: buying(known, model))
        ahead = seconds(lambda found=found: outlook(found, known, 90.0))
        value = seconds(lambda found=found: worth(found, money, known, 365.0, margin=0.3, discount=0.0003))
        print(f"{model}: fit {fit:.2f} s, outlook {ahead:.1f} s, worth {value:.1f} s")


if __name__ == "__main__":
    told()
