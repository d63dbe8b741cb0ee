"""Whether evidence is about what was asked, and on the side that it is put on, for questions of others."""

import csv
import gzip
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import Ratio, Sense
from emptychair.understand.ask.gathering import ABOUT, Nearest, nearest
from emptychair.understand.ask.inquiry import Form, Inquiry, inquiry
from emptychair.understand.ask.siding import Side, judged
from emptychair.understand.language.embedding import Embedder, Tier, embedder
from emptychair.understand.language.seen_vectors import SeenVectors
from emptychair.understand.language.sentences import sentences
from emptychair.understand.language.tone.head import starting_head
from emptychair.understand.language.tone.reading import tones
from emptychair.understand.language.vectors import KeptVectors

# (a claim, the reason that people who complain of it gave).
CLAIMS = (
    ("Customer service is bad", "Customer Service Issue"),
    ("Customer service is great", "Customer Service Issue"),
    ("Flights are late", "Late Flight"),
    ("Flights are on time", "Late Flight"),
    ("Bags get lost", "Lost Luggage"),
    ("My flight was cancelled", "Cancelled Flight"),
    ("Flights are comfortable", "Bad Flight"),
    ("Booking a flight is difficult", "Flight Booking Problems"),
    ("Luggage arrives damaged", "Damaged Luggage"),
    ("Flight attendants are rude", "Flight Attendant Complaints"),
    ("Flight attendants are friendly", "Flight Attendant Complaints"),
    ("Lines are too long", "longlines"),
)
SHOWN = 20
STATED_RELEVANCE = {Tier.SMALL: 0.85, Tier.FAST: 0.8}
NEARER = 0.05


@dataclass
class Sided:
    """Of the evidence that is shown: how much there is, and how much of it has the right mood and reason."""

    shown: int = 0
    mood: int = 0
    blamed: int = 0
    reason: int = 0


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a packed CSV."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def vectors_of(folder: Path, model: Embedder, texts: list[str]) -> SeenVectors:
    """The vectors of all sentences, kept and looked into as the server does."""
    KeptVectors(folder, model).of([one.text for text in texts for one in sentences(text)])
    return SeenVectors(folder, model)


def relevance(data: Path, folder: Path, model: Embedder) -> float:
    """The precision at 10 of questions that are the names of 77 intents of bank customers."""
    found = rows(data / "banking77" / "train.csv.gz")
    texts, intents = [row["text"] for row in found], [row["category"] for row in found]
    seen, hits = vectors_of(folder, model, texts), []
    for intent in sorted(set(intents)):
        name = intent.replace("_", " ").strip("?")
        asked = Inquiry(text=name, topic=name, form=Form.OPEN)
        near = nearest(asked, texts, seen, about=-1.0)
        order = sorted(range(len(texts)), key=lambda row: -_nearness(near[row]))[:10]
        hits.append(float(np.mean([intents[row] == intent for row in order])))
    return float(np.mean(hits))


def _nearness(one: Nearest | None) -> float:
    return -2.0 if one is None else one.nearness


def sided(data: Path, folder: Path, model: Embedder) -> dict[Side, Sided]:
    """The evidence for and against the claims, in tweets to airlines of which mood and reason are known."""
    found = rows(data / "airline_tweets" / "tweets_dev.csv.gz")
    texts = [row["text"] for row in found]
    seen, head, about = vectors_of(folder, model, texts), starting_head(model), ABOUT[model.name]
    told = {Side.FOR: Sided(), Side.AGAINST: Sided()}
    for claim, reason in CLAIMS:
        asked = inquiry(claim, lambda words: tones([words], model.embed([words]), head)[0].balance)
        if asked is None or asked.form is not Form.CLAIM:
            raise SystemExit(f"{claim!r} is not taken for a claim")
        near = nearest(asked, texts, seen, about=about)
        order = sorted((row for row, one in enumerate(near) if one), key=lambda row: -_nearness(near[row]))
        best = [(row, one) for row in order if (one := near[row]) is not None]
        parts = [texts[row][one.begin : one.end] for row, one in best]
        stacked = np.stack([one.vector for _, one in best])
        is_near = [one.nearness >= about + NEARER for _, one in best]
        sides = [one.side for one in judged(asked, parts, is_near, stacked, seen, head)]
        for side, tally in told.items():
            shown = [found[row] for (row, _), own in zip(best, sides, strict=True) if own is side][:SHOWN]
            is_blame = (side is Side.FOR) == (asked.leaning < 0)
            moods = Counter(row["airline_sentiment"] for row in shown)
            tally.shown += len(shown)
            tally.mood += moods["negative" if is_blame else "positive"]
            tally.blamed += len(shown) if is_blame else 0
            tally.reason += sum(row["negativereason"] == reason for row in shown) if is_blame else 0
    return told


def main() -> list[Ratio]:
    """Eight of ten pieces of evidence are about what was asked; the sides are printed."""
    data = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not data.exists():
        print(f"ask: no {data}: set EMPTYCHAIR_DATA", file=sys.stderr)
        return []
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for tier in Tier:
            model = embedder(tier)
            precision = relevance(data, Path(folder), model)
            for side, one in sided(data, Path(folder), model).items():
                print(
                    f"  {tier}, {side}: {one.shown} shown, mood right {one.mood / max(1, one.shown):.2f},"
                    f" of {one.blamed} that blame the reason right {one.reason / max(1, one.blamed):.2f}",
                    file=sys.stderr,
                )
            found.append(
                Ratio(
                    name=f"evidence, precision@10, {tier}", ours=precision, peer=STATED_RELEVANCE[tier],
                    peer_name="stated", bar=1, sense=Sense.AT_LEAST, unit="",
                )
            )  # fmt: skip
    return found


if __name__ == "__main__":
    from rich.console import Console

    from benchmarks.__main__ import table
    from benchmarks._million_ask import million

    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    Console().print(table(million([claim for claim, _ in CLAIMS], size)))
