"""The tone of tweets against VADER, the speed of both models, and aspects of laptops (ACOS)."""

import csv
import gzip
import os
from pathlib import Path

import numpy as np

from benchmarks import Ratio, Sense, _acos, seconds
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.tone.features import features
from emptychair.understand.language.tone.head import starting_head
from emptychair.understand.language.tone.learning import head_from, macro_f1
from emptychair.understand.language.tone.lexicon import lexicon_moods, lexicon_scores, plain
from emptychair.understand.language.tone.reading import tones

LABELS, HELD_OUT, SEED = 2_000, 2_000, 7
MOODS = {"negative": 0, "neutral": 1, "positive": 2}


def folder() -> Path:
    """Where the data sets are."""
    return Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))


def tweets() -> tuple[list[str], np.ndarray] | None:
    """(texts, moods) of the labelled tweets; None where they are absent."""
    path = folder() / "airline_tweets" / "tweets_dev.csv.gz"
    if not path.exists():
        print(f"language: no {path}; nothing is measured")
        return None
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], np.array([MOODS[row["airline_sentiment"]] for row in rows])


def compare(tier: Tier, texts: list[str], moods: np.ndarray, bar: float, stated: float) -> list[Ratio]:
    """A head learned from 2,000 tweets against VADER on 2,000 others, and the speed of reading a text."""
    model = embedder(tier)
    start = starting_head(model)
    vectors = model.embed(texts)
    head = head_from(texts[:LABELS], vectors[:LABELS], moods[:LABELS], start, np.random.default_rng(SEED))
    held, truth = texts[LABELS:], moods[LABELS:]
    said = head.moods(head.probabilities(features(held, vectors[LABELS:])))
    vader = lexicon_moods(lexicon_scores([plain(text) for text in held]))
    took = min(seconds(lambda: tones(held, model.embed(held), head)) for _ in range(3))
    return [
        Ratio(
            name=f"tone, {tier}, {LABELS:,} own labels",
            ours=macro_f1(said, truth),
            peer=macro_f1(vader, truth),
            peer_name="VADER",
            bar=bar,
            sense=Sense.AT_LEAST,
            unit="macro F1",
        ),
        Ratio(
            name=f"vector and tone, {tier}",
            ours=len(held) / took,
            peer=stated,
            peer_name="stated",
            bar=1,
            sense=Sense.AT_LEAST,
            unit="texts/s",
        ),
    ]


def main() -> list[Ratio]:
    """1.35 and 1.3 times VADER's macro F1, 100 and 1,000 texts a second (small, static); aspects."""
    aspects = _acos.main(folder())
    found = tweets()
    if found is None:
        return aspects
    texts, moods = found
    rows = np.random.default_rng(SEED).permutation(len(texts))[: LABELS + HELD_OUT]
    some = [texts[row] for row in rows]
    return [
        *aspects,
        *compare(Tier.SMALL, some, moods[rows], 1.35, 100),
        *compare(Tier.FAST, some, moods[rows], 1.3, 1_000),
    ]
