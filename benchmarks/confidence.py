"""Whether a new text is as often right under its theme as its confidence says, by labels that people gave."""

import csv
import gzip
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import Ratio, Sense
from emptychair.stats.reliability import Bin, Reliability, reliability
from emptychair.understand.language.embedding import Embedder, Tier, embedder
from emptychair.understand.themes.assigning import assign
from emptychair.understand.themes.fitting import Corpus, Fit, fit

# (file, column of the text, column of what it is about); rows that lack one of them are left out.
FILES = {
    "banking77": ("banking77/train.csv.gz", "text", "category"),
    "nhs_feedback": ("nhs_feedback/phase1_text_data.csv.gz", "feedback", "label"),
    "airline_tweets": ("airline_tweets/tweets_dev.csv.gz", "text", "negativereason"),
}
SEEDS = 4
# Of the error of the odds that a text near a theme is one of its own, which was told before.
BAR = 0.85
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A corpus with what its texts are about, as a number."""

    corpus: Corpus
    label: Places


def labelled(path: Path, text: str, label: str, model: Embedder) -> Labelled:
    """The texts of a file that have a label."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[text] and row[label]]
    texts = [row[text] for row in rows]
    ids = [str(number) for number in range(len(rows))]
    made = Corpus(ids=ids, texts=texts, vectors=model.embed(texts), embedder=model.name)
    return Labelled(made, np.unique([row[label] for row in rows], return_inverse=True)[1])


def part(whole: Labelled, places: Places) -> Labelled:
    """Some of the texts."""
    made = whole.corpus
    some = Corpus(
        ids=[made.ids[at] for at in places],
        texts=[made.texts[at] for at in places],
        vectors=made.vectors[places],
        embedder=made.embedder,
    )
    return Labelled(some, whole.label[places])


@dataclass(frozen=True, slots=True)
class Right:
    """What is right under each theme: the label that most of its texts had at the fitting.

    The stricter count. By the wider one (`is_home`) a text is right too where its own label has most of its
    texts in the theme, which then mixes labels.
    """

    mostly: Places
    home: Places

    def is_right(self, theme: NDArray[np.int32], label: Places) -> NDArray[np.bool_]:
        """By the stricter count."""
        return self.mostly[theme] == label

    def is_home(self, theme: NDArray[np.int32], label: Places) -> NDArray[np.bool_]:
        """By the wider one."""
        return self.is_right(theme, label) | (self.home[label] == theme)


def right(labels: NDArray[np.int32], label: Places, themes: int, of: int) -> Right:
    """What most of the texts of every theme had, and where most of the texts of every label are."""
    counts = np.zeros((themes, of))
    inside = labels >= 0
    np.add.at(counts, (labels[inside], label[inside]), 1)
    return Right(counts.argmax(axis=1), counts.argmax(axis=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One half assigned to the themes of the other: how far confidences are off, and by the odds alone."""

    told: Reliability
    odds: Reliability
    wider: Reliability
    own: Reliability
    placed: float
    themes: int


def held(whole: Labelled, seed: int) -> Held:
    """Themes of a random half, and the other half assigned to them; `own` are the texts of the fit itself."""
    order = np.random.default_rng(seed).permutation(len(whole.label))
    mine, other = (part(whole, np.sort(some)) for some in np.array_split(order, 2))
    found = fit(mine.corpus, seed=seed)
    assert isinstance(found, Fit)
    truth = right(found.labels, mine.label, len(found.themes.themes), int(whole.label.max()) + 1)
    told = assign(found.themes, other.corpus.vectors)
    odds = assign(replace(found.themes, sureness=None), other.corpus.vectors)
    placed, inside = told.theme >= 0, found.labels >= 0
    theme, label = told.theme[placed], other.label[placed]
    lot = np.random.default_rng(seed)

    def judged(confidence: NDArray[np.float32], came: NDArray[np.bool_]) -> Reliability:
        return reliability(confidence.astype(np.float64), came, lot)

    return Held(
        told=judged(told.confidence[placed], truth.is_right(theme, label)),
        odds=judged(odds.confidence[placed], truth.is_right(theme, label)),
        wider=judged(told.confidence[placed], truth.is_home(theme, label)),
        own=judged(found.confidence[inside], truth.is_right(found.labels[inside], mine.label[inside])),
        placed=float(placed.mean()),
        themes=len(found.themes.themes),
    )


def rows(data: Path) -> Iterator[tuple[str, Tier, list[Held]]]:
    """Every file with every tier, each for some seeds."""
    for name, (path, text, label) in FILES.items():
        for tier in Tier:
            whole = labelled(data / path, text, label, embedder(tier))
            yield name, tier, [held(whole, seed) for seed in range(SEEDS)]


def drawn(bins: tuple[Bin, ...]) -> str:
    """The reliability by bins: what was told, what came, and where a perfect model's share would lie."""
    return "\n".join(
        f"      told {one.forecast:.2f}  right {one.rate.value if one.rate else float('nan'):.2f}"
        f"  (perfect {one.low:.2f}-{one.high:.2f}, n {one.n})  {'#' * round(30 * one.forecast):30}|"
        f"{'=' * round(30 * (one.rate.value if one.rate else 0))}"
        for one in bins
    )


def main() -> list[Ratio]:
    """How far confidences are off, at most so much of what the odds of membership are off by."""
    data = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not data.exists():
        print(f"confidence: no {data}: set EMPTYCHAIR_DATA", file=sys.stderr)
        return []
    ratios = []
    for name, tier, found in rows(data):
        told, odds, wider, own, bound = (
            float(np.mean(column))
            for column in zip(
                *((one.told.error, one.odds.error, one.wider.error, one.own.error, one.told.bound)
                  for one in found), strict=True,
            )
        )  # fmt: skip
        print(
            f"  {name}, {tier}: {np.mean([one.themes for one in found]):.0f} themes,"
            f" placed {np.mean([one.placed for one in found]):.2f},"
            f" right {np.mean([one.told.cases / one.told.n for one in found]):.3f}"
            f" (wider {np.mean([one.wider.cases / one.wider.n for one in found]):.3f}),"
            f" error told {told:.3f}, by odds {odds:.3f}, wider {wider:.3f}, texts of the fit {own:.3f};"
            f" perfect {bound:.3f}\n{drawn(found[0].told.bins)}",
            file=sys.stderr,
        )
        ratios.append(
            Ratio(
                name=f"confidence of themes, error, {name}, {tier}", ours=told, peer=odds,
                peer_name="odds of membership", bar=BAR, sense=Sense.AT_MOST, unit="",
            )
        )  # fmt: skip
    return ratios
