"""The tone of texts, with and without own labels."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emptychair.domain.scale import Score
from emptychair.stats.calibration import calibration_error
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.language.tone.features import features
from emptychair.understand.language.tone.head import Head, head_of, starting_head
from emptychair.understand.language.tone.learning import head_from, macro_f1
from emptychair.understand.language.tone.lexicon import lexicon_moods, lexicon_scores, plain
from emptychair.understand.language.tone.mood import Mood, mood_of
from emptychair.understand.language.tone.reading import NoMood, Tone, tones

FAST = embedder(Tier.FAST)


def read(text: str, head: Head | None = None) -> Tone:
    (tone,) = tones([text], FAST.embed([text]), head or starting_head(FAST))
    return tone


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("I love it, it is great!", Mood.POSITIVE),
        ("Terrible. It broke twice and nobody helped me.", Mood.NEGATIVE),
        ("<p>Really <b>terrible</b>&nbsp;service</p>", Mood.NEGATIVE),
        ("😍😍😍", Mood.POSITIVE),
        ("😡😡", Mood.NEGATIVE),
        ("👎👎", Mood.NEGATIVE),
        ("The coffee machine stands in the kitchen on the second floor", Mood.NEUTRAL),
        ("Awful", Mood.NEGATIVE),
        ("EXCELLENT!!!", Mood.POSITIVE),
        ("Great app, لكن", Mood.POSITIVE),
        ("The staff were great and helpful. " * 30_000, Mood.POSITIVE),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_plain_is_read_without_any_label(text: str, mood: Mood) -> None:
    assert read(text).mood is mood


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", NoMood.EMPTY),
        (" \n\t", NoMood.EMPTY),
        ("12.50", NoMood.EMPTY),
        ("<br><img src='great.png'>", NoMood.EMPTY),
        ("https://great.example/love", NoMood.EMPTY),
        ("ann.love@great.example", NoMood.EMPTY),
        ("Some of it was lovely and some of it was horrible", NoMood.UNSURE),
        ("Xyzzy", NoMood.UNSURE),
        ("La comida estaba fría y nadie nos pidió perdón por la espera", NoMood.LANGUAGE),
        ("كانت القهوة باردة ولم يرد أحد على رسالتي", NoMood.LANGUAGE),
        ("咖啡是凉的，没有人回复我的邮件", NoMood.LANGUAGE),
    ],
)
def test_what_cannot_be_said_is_not_said_and_why(text: str, why: NoMood) -> None:
    tone = read(text)
    assert (tone.mood, tone.why_none) == (None, why)
    assert (tone.balance is None) == (why is not NoMood.UNSURE)


def test_a_language_that_is_not_known_is_named() -> None:
    assert read("La comida estaba fría y nadie nos pidió perdón por la espera").language == "es"


def test_names_in_addresses_have_no_tone() -> None:
    assert (
        plain("@love_airways see https://a.example/hate &amp; b@happy.example <hr class='sad'>ok")
        == "see & ok"
    )


def test_no_texts_have_no_tones() -> None:
    assert tones([], FAST.embed([]), starting_head(FAST)) == []


@settings(max_examples=60)
@given(st.lists(st.text(max_size=120), max_size=4))
def test_probabilities_are_probabilities(texts: list[str]) -> None:
    for tone in tones(texts, FAST.embed(texts), starting_head(FAST)):
        assert (tone.mood is None) == (tone.why_none is not None)
        if tone.negative is not None and tone.neutral is not None and tone.positive is not None:
            assert tone.negative + tone.neutral + tone.positive == pytest.approx(1)


def test_scores_are_labels() -> None:
    assert [mood_of(Score.NPS, score) for score in (0, 6, 7, 8, 9, 10)] == [0, 0, 1, 1, 2, 2]
    assert [mood_of(Score.STARS, score) for score in (1, 2.5, 3, 3.5, 4, 5)] == [0, 0, 1, 1, 2, 2]
    assert [mood_of(Score.CSAT, score) for score in range(1, 6)] == [0, 0, 1, 2, 2]
    assert [mood_of(Score.CES, score) for score in range(1, 8)] == [0, 0, 0, 1, 1, 2, 2]


def learn(texts: list[str], labels: list[int], seed: int = 0) -> Head:
    return head_from(texts, FAST.embed(texts), labels, starting_head(FAST), np.random.default_rng(seed))


def jargon(n: int) -> tuple[list[str], list[int]]:
    """Customers say "zorp" when they are pleased and "blick" when they are not, and vary the rest."""
    things = ["kettle", "lid", "grinder", "filter", "cup", "hose", "manual", "courier", "price", "button"]
    labels = [row % 3 for row in range(n)]
    said = ("was a blick", "arrived on day", "was so zorp")
    return [f"the {things[row % 10]} {said[label]} {row % 7}" for row, label in enumerate(labels)], labels


def test_a_company_s_own_words_are_learned() -> None:
    assert read("the hose was so zorp").mood is None
    head = learn(*jargon(240))
    assert read("the hose was so zorp", head).mood is Mood.POSITIVE
    assert read("this courier was a blick", head).mood is Mood.NEGATIVE
    assert head.quality is not None
    assert head.quality.labels == 240
    assert head.quality.log_loss < head.quality.log_loss_before
    assert head.quality.accuracy > 0.9


def test_a_few_labels_or_labels_of_one_mood_change_nothing() -> None:
    texts, labels = jargon(29)
    assert learn(texts, labels) is starting_head(FAST)
    assert learn(texts * 4, [2] * 116) is starting_head(FAST)
    assert learn([], []) is starting_head(FAST)


def test_labels_that_mean_nothing_teach_nothing_worse() -> None:
    rng = np.random.default_rng(3)
    texts, _ = jargon(300)
    head = learn([f"{text} {rng.integers(10**6)}" for text in texts], rng.integers(0, 3, 300).tolist())
    assert head.quality is not None
    assert head.quality.log_loss <= head.quality.log_loss_before + 1e-6
    assert head.quality.coverage < 0.05


def test_the_same_seed_learns_the_same_and_a_saved_head_says_the_same() -> None:
    texts, labels = jargon(120)
    one, other = learn(texts, labels), learn(texts, labels)
    assert one.saved() == other.saved()
    again = head_of(one.saved())
    found = features(texts, FAST.embed(texts))
    assert np.array_equal(again.probabilities(found), one.probabilities(found))
    assert (again.quality, again.knows, again.embedder) == (one.quality, one.knows, one.embedder)
    assert head_of(starting_head(FAST).saved()).quality is None


def test_what_is_no_head_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", kind=np.array("tone.0"))
    with pytest.raises(ValueError, match="learn it again"):
        head_of((tmp_path / "other.npz").read_bytes())


def test_a_language_becomes_known_by_own_labels() -> None:
    things = ["el café", "la tapa", "el molino", "el filtro", "la taza", "el precio", "el botón", "la caja"]
    said = ("llegó roto y nadie me contestó", "llegó el martes por la mañana", "llegó perfecto y muy rápido")
    texts = [f"{things[row % 8]} {said[row % 3]} con el pedido {row % 11}" for row in range(150)]
    head = learn(texts, [row % 3 for row in range(150)])
    assert "es" in head.knows
    assert read("la máquina llegó perfecto y muy rápido", head).mood is Mood.POSITIVE
    assert read("Der Kaffee war kalt und niemand hat geantwortet", head).why_none is NoMood.LANGUAGE


def tweets(data: Path) -> tuple[list[str], np.ndarray]:
    with gzip.open(data / "airline_tweets" / "tweets_dev.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    moods = {"negative": 0, "neutral": 1, "positive": 2}
    return [row["text"] for row in rows], np.array([moods[row["airline_sentiment"]] for row in rows])


def test_five_hundred_tweets_teach_more_than_vader_knows_and_chances_keep_their_word(data: Path) -> None:
    texts, moods = tweets(data)
    rows = np.random.default_rng(0).permutation(len(texts))
    seen, held = rows[:500], rows[500:2500]
    head = learn([texts[row] for row in seen], moods[seen].tolist())
    held_texts = [texts[row] for row in held]
    chances = head.probabilities(features(held_texts, FAST.embed(held_texts)))
    vader = lexicon_moods(lexicon_scores([plain(text) for text in held_texts]))
    assert macro_f1(head.moods(chances), moods[held]) > 0.65
    assert macro_f1(vader, moods[held]) < 0.55
    assert calibration_error(chances, moods[held]) < 0.05
