"""What the models are worth in languages that they do not know, and what own words beside them add."""

import csv
import gzip
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CalledProcessError

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import normalized_mutual_info_score, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold

from benchmarks import Ratio, Sense
from benchmarks._descriptions import Description, descriptions
from emptychair.understand.language.embedding import Tier, Vectors, embedder
from emptychair.understand.language.own_space import own_space
from emptychair.understand.language.own_spaces import OF_MODEL
from emptychair.understand.language.tongue import tongue
from emptychair.understand.themes.fitting import TooFew, discover

LANGUAGES = ("en", "es", "zh", "ar")
# So many reviews of each: with more of English than of the others nothing could be compared.
ENGLISH = 238
FOLDS, TIMES, SEED = 5, 4, 7
Rows = NDArray[np.float64]
# The vectors of held-out texts, made by whatever was fitted on the others.
Space = Callable[[Sequence[str], Sequence[str]], tuple[Rows, Rows]]


def reviews(data: Path) -> dict[str, list[tuple[str, bool]]]:
    """By language the reviews with 1, 2, 4 or 5 stars, and whether they are good."""
    found: dict[str, list[tuple[str, bool]]] = {code: [] for code in LANGUAGES}
    with gzip.open(data / "app_reviews" / "teams.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            told = tongue(row["content"])
            if told is not None and told.code in found and row["rating"] in {"1", "2", "4", "5"}:
                found[told.code].append((row["content"], row["rating"] in {"4", "5"}))
    rng = np.random.default_rng(SEED)
    found["en"] = [found["en"][row] for row in rng.permutation(len(found["en"]))[:ENGLISH]]
    return found


def of_model(tier: Tier) -> Space:
    """The vectors of a model that comes with the product."""
    model = embedder(tier)
    kept: dict[str, Rows] = {}

    def vectors(texts: Sequence[str]) -> Rows:
        lacking = [text for text in dict.fromkeys(texts) if text not in kept]
        kept.update(zip(lacking, model.embed(lacking).astype(np.float64), strict=True))
        return np.stack([kept[text] for text in texts])

    return lambda seen, held: (vectors(seen), vectors(held))


def beside(tier: Tier, share: float) -> Space:
    """The vectors of a space of own words, of which the model tells this share; of the seen."""
    model = of_model(tier)

    def vectors(seen: Sequence[str], held: Sequence[str]) -> tuple[Rows, Rows]:
        told, asked = (rows.astype(np.float32) for rows in model(seen, held))
        space = own_space("any", seen, told, of_model=share)
        return space.place(seen, told).astype(np.float64), space.place(held, asked).astype(np.float64)

    return vectors


def probe(texts: Sequence[str], good: NDArray[np.bool_], space: Space) -> tuple[float, float]:
    """How well a straight line through the space tells good reviews from bad: mean AUC and its error."""
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=TIMES, random_state=SEED)
    found = []
    for seen, held in folds.split(texts, good):
        told, asked = space([texts[row] for row in seen], [texts[row] for row in held])
        line = LogisticRegression(C=10, max_iter=2_000, class_weight="balanced").fit(told, good[seen])
        found.append(roc_auc_score(good[held], line.decision_function(asked)))
    return float(np.mean(found)), float(np.std(found) / np.sqrt(len(found)))


def like_their_neighbours(rows: Vectors, labels: NDArray[np.int64]) -> float:
    """The share of the ten nearest others that have the same label."""
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -2)
    near = np.argpartition(-cosines, 10, axis=1)[:, :10]
    return float((labels[near] == labels[:, None]).mean())


def found_by(asked: Vectors, rows: Vectors) -> float:
    """The share of texts that are among the ten nearest to what they are asked by."""
    cosines = asked @ rows.T
    return float(((cosines > np.diag(cosines)[:, None]).sum(axis=1) < 10).mean())


def themes_of(rows: Vectors, labels: NDArray[np.int64]) -> tuple[float, float]:
    """Mutual information of themes and labels, and the share of texts in the largest theme."""
    found = discover(rows, None, seed=SEED)
    if isinstance(found, TooFew):
        return 0.0, 1.0
    largest = float(np.bincount(found.labels + 1)[1:].max() / len(labels))
    return float(normalized_mutual_info_score(labels, found.labels)), largest


def of_descriptions() -> list[Ratio]:
    """In every language, texts of one section are nearer to each other beside own words than by the model."""
    try:
        every = descriptions()
    except (OSError, CalledProcessError) as error:
        print(f"tongues: no descriptions of packages: {error}", file=sys.stderr)
        return []
    return [compared(code, rows, tier) for code, rows in every.items() for tier in Tier]


def compared(code: str, rows: Sequence[Description], tier: Tier) -> Ratio:
    """What a model tells of descriptions alone, and beside own words."""
    texts, titles = [row.sentence for row in rows], [row.title for row in rows]
    labels = np.unique([row.section for row in rows], return_inverse=True)[1]
    model = embedder(tier)
    told, asked = model.embed(texts), model.embed(titles)
    space = own_space(code, texts, told, of_model=OF_MODEL[model.name])
    placed = space.place(texts, told)
    alike = [like_their_neighbours(each, labels) for each in (told, placed)]
    by_title = [found_by(asked, told), found_by(space.place(titles, asked), placed)]
    (before, one), (after, other) = themes_of(told, labels), themes_of(placed, labels)
    words = [
        f"neighbours {alike[0]:.3f} -> {alike[1]:.3f}",
        f"found by title {by_title[0]:.3f} -> {by_title[1]:.3f}",
        f"themes NMI {before:.3f} -> {after:.3f}, largest {one:.2f} -> {other:.2f}",
    ]
    print(f"  {code}, {len(rows)} descriptions, {tier.value}: {', '.join(words)}", file=sys.stderr)
    return Ratio(
        name=f"neighbours of a section, {code}, {tier.value}", ours=alike[1], peer=alike[0],
        peer_name="the model alone", bar=1.0, sense=Sense.AT_LEAST, unit="share",
    )  # fmt: skip


def main() -> list[Ratio]:
    """Own words beside the models tell more than the models do, in languages that these do not know."""
    data = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not data.exists():
        print(f"tongues: no {data}: set EMPTYCHAIR_DATA", file=sys.stderr)
        return of_descriptions()
    spaces: dict[str, Space] = {tier.value: of_model(tier) for tier in Tier} | {
        "own words": beside(Tier.SMALL, 0.0),
        "small and own words": beside(Tier.SMALL, OF_MODEL[embedder(Tier.SMALL).name]),
        "fast and own words": beside(Tier.FAST, OF_MODEL[embedder(Tier.FAST).name]),
    }
    found = []
    for code, rows in reviews(data).items():
        texts, good = [text for text, _ in rows], np.array([is_good for _, is_good in rows])
        told = {name: probe(texts, good, space) for name, space in spaces.items()}
        words = ", ".join(f"{name} {value:.3f} (± {spread:.3f})" for name, (value, spread) in told.items())
        print(f"  {code}: {len(texts)} reviews, {good.mean():.2f} good: {words}", file=sys.stderr)
        if code == "es":
            found.append(
                Ratio(
                    name=f"good against bad, {code}", ours=told["small and own words"][0],
                    peer=told["small"][0], peer_name="small model", bar=0.95, sense=Sense.AT_LEAST,
                    unit="AUC",
                )
            )  # fmt: skip
    return [*found, *of_descriptions()]
