"""Themes of bank customers' questions, against UMAP and HDBSCAN (BERTopic's core) on the same vectors."""

import csv
import gzip
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks import Ratio, Sense, seconds
from emptychair.understand.language.embedding import Tier, Vectors, embedder
from emptychair.understand.themes.fitting import TooFew, discover

PEER = """
import sys, time
import numpy as np
import hdbscan, umap
rows = np.load(sys.argv[1])
def core():
    flat = umap.UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine").fit_transform(rows)
    return hdbscan.HDBSCAN(min_cluster_size=10, prediction_data=True).fit_predict(flat)
umap.UMAP(n_components=5, metric="cosine").fit(rows[:500])  # compiles
began = time.perf_counter()
found = core()
print(time.perf_counter() - began)
np.save(sys.argv[2], found)
"""


def questions() -> tuple[Vectors, list[str]] | None:
    """(vectors, intents) of banking77, or None where the data is absent."""
    folder = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    path = folder / "banking77" / "train.csv.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return embedder(Tier.SMALL).embed([row["text"] for row in rows]), [row["category"] for row in rows]


def peer(vectors: Vectors, python: str) -> tuple[float, list[int]]:
    """(seconds, labels) of UMAP and HDBSCAN in the Python of another environment, after it has compiled."""
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "rows.npy", Path(folder) / "found.npy"
        np.save(given, vectors)
        told = subprocess.run([python, "-c", PEER, given, found], check=True, capture_output=True, text=True)
        return float(told.stdout), np.load(found).tolist()


def main() -> list[Ratio]:
    """20 times faster, NMI >= .81, ARI >= .54; `EMPTYCHAIR_PEER_PYTHON` has umap-learn and hdbscan."""
    known, python = questions(), os.environ.get("EMPTYCHAIR_PEER_PYTHON")
    if known is None:
        print("no real data here: set EMPTYCHAIR_DATA")
        return []
    vectors, truth = known
    found = discover(vectors, None, seed=0)
    assert not isinstance(found, TooFew)
    nmi, ari = normalized_mutual_info_score(truth, found.labels), adjusted_rand_score(truth, found.labels)
    print(f"{len(found.area)} themes, NMI {nmi:.3f}, ARI {ari:.3f}, no theme {np.mean(found.labels < 0):.1%}")
    quality = [
        Ratio(name=name, ours=ours, peer=bar, peer_name="stated", bar=1, sense=Sense.AT_LEAST, unit="")
        for name, ours, bar in (("banking77 NMI", nmi, 0.81), ("banking77 ARI", ari, 0.54))
    ]
    if python is None:
        print("no peer: set EMPTYCHAIR_PEER_PYTHON to a Python with umap-learn and hdbscan")
        return quality
    theirs, labels = peer(vectors, python)
    ours = sorted(seconds(lambda: discover(vectors, None, seed=0)) for _ in range(3))[1]
    peer_nmi, peer_ari = normalized_mutual_info_score(truth, labels), adjusted_rand_score(truth, labels)
    print(f"UMAP + HDBSCAN: NMI {peer_nmi:.3f}, ARI {peer_ari:.3f}")
    return [
        *quality,
        Ratio(
            name="banking77, 10,003 texts",
            ours=ours,
            peer=theirs,
            peer_name="UMAP + HDBSCAN",
            bar=20,
            sense=Sense.TIMES_FASTER,
        ),
    ]


def million() -> None:
    """One million mixed real vectors: seconds, peak memory, themes. Run by `python -m benchmarks.themes`."""
    known = questions()
    if known is None:
        raise SystemExit("no real data here: set EMPTYCHAIR_DATA")
    real, rng = known[0], np.random.default_rng(0)
    rows = np.empty((1_000_000, real.shape[1]), np.float32)
    for begin in range(0, len(rows), 50_000):
        one, other = rng.integers(len(real), size=(2, 50_000))
        noise = rng.standard_normal((50_000, real.shape[1]), dtype=np.float32) * 0.015
        mixed = real[one] + np.float32(0.15) * real[other] + noise
        rows[begin : begin + 50_000] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    took = seconds(lambda: print(len(discover(rows, None, seed=0).area)))  # type: ignore[union-attr]
    print(
        f"{took:.0f} s, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB",
        file=sys.stderr,
    )


if __name__ == "__main__":
    million()
