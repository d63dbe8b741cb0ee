"""Themes of bank customers' questions, against UMAP and HDBSCAN (BERTopic's core) on the same vectors."""

import csv
import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks import Ratio, Sense, seconds
from benchmarks._million_themes import SIZE
from benchmarks._million_themes import million as at_size
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


def questions() -> tuple[Vectors, list[str], list[str]] | None:
    """(vectors, intents, texts) of banking77, or None where the data is absent."""
    folder = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    path = folder / "banking77" / "train.csv.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    texts = [row["text"] for row in rows]
    return embedder(Tier.SMALL).embed(texts), [row["category"] for row in rows], texts


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
    vectors, truth, _ = known
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


def million(size: int = SIZE) -> list[Ratio]:
    """Themes of a million mixed real vectors: found, named, and a million more assigned."""
    known = questions()
    if known is None:
        raise SystemExit("no real data here: set EMPTYCHAIR_DATA")
    vectors, _, texts = known
    return at_size(vectors, texts, size)


if __name__ == "__main__":
    from rich.console import Console

    from benchmarks.__main__ import table

    Console().print(table(million(int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)))
