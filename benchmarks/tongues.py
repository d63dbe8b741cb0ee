"""What the models are worth in languages that they do not know, against a company's own TF-IDF/SVD space."""

import csv
import gzip
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold

from benchmarks import Ratio, Sense
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.tongue import tongue

LANGUAGES = ("en", "es", "zh", "ar")
# So many reviews of each: with more of English than of the others nothing could be compared.
ENGLISH = 238
WIDTHS = 128
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


def own_space(seen: Sequence[str], held: Sequence[str]) -> tuple[Rows, Rows]:
    """TF-IDF of words, pairs of words and letters in a row, cut to its first directions; of the seen."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"\w+")
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    counts = sp.hstack([words.fit_transform(seen), letters.fit_transform(seen)]).tocsr()
    svd = TruncatedSVD(min(WIDTHS, len(seen) - 1), random_state=SEED)
    told = svd.fit_transform(counts)
    asked = svd.transform(sp.hstack([words.transform(held), letters.transform(held)]).tocsr())
    return unit(told), unit(asked)


def unit(rows: Rows) -> Rows:
    """Rows of length 1."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)


def probe(texts: Sequence[str], good: NDArray[np.bool_], space: Space) -> tuple[float, float]:
    """How well a straight line through the space tells good reviews from bad: mean AUC and its error."""
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=TIMES, random_state=SEED)
    found = []
    for seen, held in folds.split(texts, good):
        told, asked = space([texts[row] for row in seen], [texts[row] for row in held])
        line = LogisticRegression(C=10, max_iter=2_000, class_weight="balanced").fit(told, good[seen])
        found.append(roc_auc_score(good[held], line.decision_function(asked)))
    return float(np.mean(found)), float(np.std(found) / np.sqrt(len(found)))


def main() -> list[Ratio]:
    """In Spanish own words tell as much as the small model does, in English a little less."""
    data = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not data.exists():
        print(f"tongues: no {data}: set EMPTYCHAIR_DATA", file=sys.stderr)
        return []
    spaces: dict[str, Space] = {tier.value: of_model(tier) for tier in Tier} | {"own": own_space}
    found = []
    for code, rows in reviews(data).items():
        texts, good = [text for text, _ in rows], np.array([is_good for _, is_good in rows])
        told = {name: probe(texts, good, space) for name, space in spaces.items()}
        words = ", ".join(f"{name} {value:.3f} (± {spread:.3f})" for name, (value, spread) in told.items())
        print(f"  {code}: {len(texts)} reviews, {good.mean():.2f} good: {words}", file=sys.stderr)
        if code in ("en", "es"):
            found.append(
                Ratio(
                    name=f"good against bad, {code}, own space", ours=told["own"][0], peer=told["small"][0],
                    peer_name="small model", bar=0.5, sense=Sense.AT_LEAST, unit="AUC",
                )
            )  # fmt: skip
    return found
