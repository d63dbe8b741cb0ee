"""A million texts and their themes: found, named, and a million more assigned, each in its own process."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks import Ratio, Sense
from emptychair.understand.language.embedding import Vectors
from emptychair.understand.themes import assigning, naming
from emptychair.understand.themes.assigning import assign
from emptychair.understand.themes.fitting import Corpus, Fit, Found, TooFew, discover, dress
from emptychair.understand.themes.graph import nodes
from emptychair.understand.themes.nearby import FEW_ROWS

FOLDER = Path(__file__).parent / "out"
SIZE = 1_000_000
_AT_ONCE = 50_000
# Naming and assigning, at most so many times the time of the peers; memory in GB beyond what was given.
NAMING, ASSIGNING, MEMORY = 1.0, 0.25, 2.0
T = TypeVar("T")


def made(real: Vectors, size: int, seed: int, folder: Path) -> None:
    """Mixed real vectors in a file, and of which two real texts each is."""
    rng = np.random.default_rng(seed)
    rows = np.lib.format.open_memmap(folder / f"rows{seed}.npy", "w+", np.float32, (size, real.shape[1]))
    mixed = np.empty((2, size), np.int32)
    for begin in range(0, size, _AT_ONCE):
        here = slice(begin, min(begin + _AT_ONCE, size))
        one, other = mixed[:, here] = rng.integers(len(real), size=(2, here.stop - begin))
        noise = rng.standard_normal((here.stop - begin, real.shape[1]), dtype=np.float32) * 0.015
        found = real[one] + np.float32(0.15) * real[other] + noise
        rows[here] = found / np.linalg.norm(found, axis=1, keepdims=True)
    np.save(folder / f"mixed{seed}.npy", mixed)


def texts(folder: Path) -> list[str]:
    """What the rows say: one text, and the beginning of the other."""
    said = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    begin = [" ".join(text.split()[:6]) for text in said]
    one, other = np.load(folder / "mixed0.npy")
    return [f"{said[a]} {begin[b]}" for a, b in zip(one.tolist(), other.tolist(), strict=True)]


def found(folder: Path) -> dict[str, float]:
    """Themes without names."""
    rows = np.load(folder / "rows0.npy")
    themes, told = measured(lambda: discover(rows, None, seed=0))
    assert not isinstance(themes, TooFew)
    np.savez(folder / "found.npz", labels=themes.labels, area=themes.area, resolution=themes.resolution)
    return {**told, "themes": len(themes.area)}


def named(folder: Path) -> dict[str, float]:
    """Their names, quotes, prototypes and confidences, and the phrases of the same texts by a peer."""
    rows = np.load(folder / "rows0.npy")
    said = texts(folder)
    kept = np.load(folder / "found.npz")
    before = Found(kept["labels"], kept["area"], float(kept["resolution"]), 0.0, nodes(rows))
    corpus = Corpus(ids=[str(at) for at in range(len(said))], texts=said, vectors=rows, embedder="mixed")
    fit, told = measured(lambda: dress(corpus, before, 0))
    assert isinstance(fit, Fit)
    assigning.save(fit.themes, folder)
    for theme in fit.themes.themes[:5]:
        print(f"    {theme.name} | {said[int(theme.quote or 0)]}", file=sys.stderr)
    return told


def phrases(folder: Path) -> dict[str, float]:
    """The names of themes and areas alone."""
    said, kept = texts(folder), np.load(folder / "found.npz")
    return measured(lambda: naming.named(said, kept["labels"], kept["area"]))[1]


def peer(folder: Path) -> dict[str, float]:
    """Phrases of one to three words of each theme, counted as BERTopic does: a document for each theme."""
    said, labels = texts(folder), np.load(folder / "found.npz")["labels"]
    order = np.argsort(labels, kind="stable")[int((labels < 0).sum()) :]
    begins = np.searchsorted(labels[order], np.arange(int(labels.max()) + 1)).tolist()
    ends = [*begins[1:], len(order)]
    counter = CountVectorizer(ngram_range=(1, 3), stop_words="english")

    def counted() -> None:
        read = [
            " . ".join(
                " ".join(run) for at in order[begin:end].tolist() for run in naming.runs_of_words(said[at])
            )
            for begin, end in zip(begins, ends, strict=True)
        ]
        counter.fit_transform(read)

    return measured(counted)[1]


def assigned(folder: Path) -> dict[str, float]:
    """The themes of as many new texts."""
    rows, themes = np.load(folder / "rows1.npy"), assigning.load(folder)
    given, told = measured(lambda: assign(themes, rows))
    exact = assign(themes, rows[:FEW_ROWS])  # so few are compared with every prototype
    same = given.theme[:FEW_ROWS] == exact.theme
    off = np.abs(given.confidence[:FEW_ROWS] - exact.confidence)[same]
    shares = {"placed": float((given.theme >= 0).mean()), "same": float(same.mean())}
    return {**told, **shares, "off": float(off.mean()), "prototypes": len(themes.prototypes)}


def product(folder: Path) -> dict[str, float]:
    """The nearest prototype of each by products of matrices and nothing else: a tenth of them, ten times."""
    rows, points = np.load(folder / "rows1.npy"), assigning.load(folder).prototypes
    some = rows[: len(rows) // 10]
    step = max(1, 8_000_000 // len(points))

    def nearest() -> NDArray[np.int64]:
        found = [(some[at : at + step] @ points.T).argmax(axis=1) for at in range(0, len(some), step)]
        return np.concatenate(found)

    told = measured(nearest)[1]
    return {**told, "seconds": told["seconds"] * 10, "cpu": told["cpu"] * 10}


def measured(run: Callable[[], T]) -> tuple[T, dict[str, float]]:
    """What it gives; its seconds, processor seconds, and GB: at the peak, and beyond what was there."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew (Linux: proc(5))
    before, began, spent = _gigabytes("VmRSS"), time.perf_counter(), time.process_time()
    given = run()
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - spent}
    peak = _gigabytes("VmHWM")
    return given, {**took, "peak": peak, "beyond": peak - before}


def _gigabytes(what: str) -> float:
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if what in one)
    return int(line.split()[1]) / 1e6


STAGES = {one.__name__: one for one in (found, named, phrases, peer, assigned, product)}


def million(real: Vectors, said: list[str], size: int) -> list[Ratio]:
    """Time and memory of naming and assigning, against counting phrases and multiplying matrices alone."""
    folder = FOLDER / f"themes-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "texts.json").write_text(json.dumps(said), encoding="utf-8")
    for seed in (0, 1):
        made(real, size, seed, folder)
    told = {}
    for name in STAGES:
        ran = [sys.executable, "-m", "benchmarks._million_themes", name, str(folder)]
        told[name] = json.loads(subprocess.run(ran, check=True, stdout=subprocess.PIPE).stdout)
        print(f"  {name}: {told[name]}", file=sys.stderr, flush=True)
    shutil.rmtree(folder)
    at_most = {"unit": "s", "sense": Sense.AT_MOST}
    return [
        Ratio(
            name=f"themes of {size:,}, naming", ours=told["phrases"]["cpu"], peer=told["peer"]["cpu"],
            peer_name="CountVectorizer", bar=NAMING, **at_most,
        ),
        Ratio(
            name=f"assigning {size:,}", ours=told["assigned"]["cpu"], peer=told["product"]["cpu"],
            peer_name="product of matrices", bar=ASSIGNING, **at_most,
        ),
        *(
            Ratio(
                name=f"{name}, {size:,}, beyond what is given", ours=told[name]["beyond"], peer=MEMORY,
                peer_name="stated", bar=1, sense=Sense.AT_MOST, unit="GB",
            )
            for name in ("found", "named", "assigned")
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](Path(sys.argv[2]))))
