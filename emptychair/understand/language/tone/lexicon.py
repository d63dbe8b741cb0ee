"""VADER's scores: a lexicon of English and emoji with rules, no training."""

import html
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

Scores = NDArray[np.float64]

READ = 5_000
"""The letters of a text that are read for its tone. VADER's time grows with the square of the words."""

COMPOUND = 3
_EDGE = 0.05  # VADER's authors: neutral is within .05 of 0
_MARKUP = re.compile(r"<(?:/?[a-zA-Z]|!--)[^<>]{0,1000}>")
# What an address or a mention is made of is no opinion: @JetBlue is not sad, and no-reply is not a no.
_NAMES = re.compile(r"(?:https?://|www\.)\S*|[\w.+-]{1,64}@[\w.-]{1,255}|@\w+")
# VADER reads the names of emoji, and "pouting face", "thumbs down" or "broken heart" tell it nothing.
_EMOJI = {
    "😡": "angry",
    "🤬": "furious",
    "🤮": "disgusting",
    "🤢": "disgusting",
    "💩": "crap",
    "👎": "bad",
    "😤": "annoyed",
    "🙄": "annoyed",
    "😒": "annoyed",
    "🤦": "annoyed",
    "🖕": "hate",
    "💔": "sad",
    "👍": "good",
    "👏": "great",
    "💯": "perfect",
    "🤩": "amazing",
}
_SAID = str.maketrans({emoji: f" {word} " for emoji, word in _EMOJI.items()})


def plain(text: str) -> str:
    """The text as it is read for its tone: no markup, addresses or mentions, at most READ letters or so.

    >>> plain("Dear @ann, <b>not</b> great 👎")
    'Dear , not great bad'
    """
    bare = html.unescape(_MARKUP.sub(" ", text[: 4 * READ]))
    return " ".join(_NAMES.sub(" ", bare)[:READ].translate(_SAID).split())


def lexicon_scores(plains: Sequence[str]) -> Scores:
    """One row per plain text: the shares of negative, neutral and positive, and the compound (-1 to 1)."""
    analyzer = _analyzer()
    rows = [analyzer.polarity_scores(text) for text in plains]
    scores = [(row["neg"], row["neu"], row["pos"], row["compound"]) for row in rows]
    return np.array(scores, np.float64).reshape(-1, 4)


def lexicon_moods(scores: Scores) -> NDArray[np.int64]:
    """What VADER alone says, by its authors' thresholds; columns of Mood."""
    compound = scores[:, COMPOUND]
    return 1 + (compound > _EDGE).astype(np.int64) - (compound < -_EDGE)


@cache
def opinion_words() -> frozenset[str]:
    """The words that VADER's lexicon knows to be good or bad, in small letters."""
    return frozenset(_analyzer().lexicon)


@cache
def _analyzer() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()
