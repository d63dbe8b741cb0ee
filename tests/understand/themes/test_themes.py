"""Themes of made texts whose truth is known: found, assigned, edited, refitted."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, homogeneity_score

from emptychair.understand.themes.assigning import Area, Theme, Themes, assign, load, mentions, save
from emptychair.understand.themes.edits import Declare, Edit, Merge, Move, Pin, Rename, apply
from emptychair.understand.themes.fitting import Corpus, Fit, TooFew, fit
from emptychair.understand.themes.naming import named
from emptychair.understand.themes.refitting import Became, Refit, proposed_split, refit
from emptychair.understand.themes.rules import Rule, hits

WORDS = (
    "card payment declined",
    "refund not received",
    "change my address",
    "lost phone",
    "exchange rate",
    "app crash",
)
CENTRES = np.linalg.qr(np.random.default_rng(7).standard_normal((64, 6)))[0].T


def corpus(seed: int = 1, each: int = 60, themes: int = 6, prefix: str = "t") -> tuple[Corpus, np.ndarray]:
    """(texts around some directions, the truth)."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(themes), each)
    rows = CENTRES[truth] + rng.standard_normal((len(truth), 64)) * 0.06
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    texts = [f"about my {WORDS[theme]} again" for theme in truth]
    ids = [f"{prefix}{number}" for number in range(len(truth))]
    return Corpus(ids=ids, texts=texts, vectors=rows.astype(np.float32), embedder="made"), truth


def fitted(made: Corpus, seed: int = 3) -> Fit:
    found = fit(made, seed=seed, resolution=1.0)
    assert isinstance(found, Fit)
    return found


def reordered(made: Corpus, order: np.ndarray) -> Corpus:
    return replace(
        made,
        ids=[made.ids[at] for at in order],
        texts=[made.texts[at] for at in order],
        vectors=made.vectors[order],
    )


def test_the_themes_are_found_and_named_by_what_is_said() -> None:
    made, truth = corpus()
    found = fitted(made)
    placed = found.labels >= 0
    assert placed.mean() > 0.95
    assert adjusted_rand_score(truth[placed], found.labels[placed]) > 0.99
    assert {theme.name.casefold() for theme in found.themes.themes} >= {
        "card payment declined",
        "exchange rate",
    }


@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_the_order_of_texts_does_not_matter(rng) -> None:  # type: ignore[no-untyped-def]
    made, _ = corpus(each=20)
    order = np.array(rng.sample(range(len(made.ids)), len(made.ids)))
    there, here = fitted(made), fitted(reordered(made, order))
    assert there.labels[order].tolist() == here.labels.tolist()
    assert [theme.id for theme in there.themes.themes] == [theme.id for theme in here.themes.themes]
    assert [theme.name for theme in there.themes.themes] == [theme.name for theme in here.themes.themes]


def test_the_same_seed_finds_the_same() -> None:
    made, _ = corpus()
    assert fitted(made).labels.tolist() == fitted(made).labels.tolist()


def test_ten_texts_are_too_few_and_it_is_said_how_many_are_missing() -> None:
    made, _ = corpus(each=2, themes=5)
    found = fit(made, seed=1)
    assert found == TooFew(10)
    assert isinstance(found, TooFew)
    assert found.missing == 20


def test_a_million_copies_are_one_text() -> None:
    row = CENTRES[:1].astype(np.float32)
    made = Corpus(
        ids=range(1_000_000), texts=["x"] * 1_000_000, vectors=np.repeat(row, 1_000_000, 0), embedder="made"
    )  # type: ignore[arg-type]
    assert fit(made, seed=1) == TooFew(1)


def test_texts_without_meaning_have_no_theme() -> None:
    made, _ = corpus()
    vectors = np.vstack([made.vectors, np.zeros((5, 64), np.float32)])
    more = replace(
        made, ids=[*made.ids, *"abcde"], texts=[*made.texts, "", " ", "🙂", "?", "\n"], vectors=vectors
    )
    assert fitted(more).labels[-5:].tolist() == [-1] * 5
    assert fit(replace(more, vectors=vectors * 0), seed=1) == TooFew(0)


def test_one_author_cannot_make_a_theme() -> None:
    made, _ = corpus(each=60)
    authors = ["flood" if number < 60 else f"per_{number}" for number in range(360)]
    found = fit(replace(made, authors=authors), seed=1, resolution=1.0)
    assert isinstance(found, Fit)
    assert len(found.themes.themes) == 5
    assert (found.labels[:60] < 0).all()


def test_texts_without_a_person_count_each_for_themselves() -> None:
    made, _ = corpus()
    found = fit(replace(made, authors=[None] * 360), seed=1, resolution=1.0)
    assert isinstance(found, Fit)
    assert len(found.themes.themes) == 6


def test_later_texts_are_assigned_and_strange_ones_are_not(tmp_path: Path) -> None:
    made, _ = corpus()
    found = fitted(made)
    save(found.themes, tmp_path)
    kept = load(tmp_path)
    assert kept.themes == found.themes.themes
    later, _ = corpus(seed=9)
    assert adjusted_rand_score(fitted(made).labels, assign(kept, later.vectors).theme) > 0.9
    assert assign(kept, np.zeros((1, 64), np.float32)).theme.tolist() == [-1]


def test_a_text_is_about_several_themes_by_its_sentences() -> None:
    made, _ = corpus()
    found = fitted(made)
    said = mentions(found.themes, made.vectors[[0, 70, 140]], [0, 0, 1])
    assert [(one.text, one.sentence) for one in said] == [(0, 0), (0, 1), (1, 0)]
    assert len({one.theme for one in said}) == 3


def edits_of(found: Fit, made: Corpus) -> list[Edit]:
    a, b, c, d, e = (found.themes.themes[found.labels[at]].id for at in (5, 65, 125, 185, 245))
    return [
        Rename(theme=a, name="Cards"),
        Pin(theme=a, text="t7"),
        Merge(into=a, themes=(b,)),
        Move(text="t121", vector=tuple(map(float, made.vectors[121])), to=d),
        Rule(theme=c, patterns=("crash*",)),
        Declare(theme="thm_own", name="Own", area="Ours", examples=(tuple(map(float, CENTRES[4])),)),
        Merge(into="thm_own", themes=(e,)),
    ]


def test_edits_are_idempotent() -> None:
    made, _ = corpus()
    found = fitted(made)
    once = apply(found, made, edits_of(found, made))
    twice = apply(once, made, edits_of(found, made))
    assert once.labels.tolist() == twice.labels.tolist()
    assert once.themes.themes == twice.themes.themes
    assert once.themes.rules == twice.themes.rules


def test_edits_survive_a_refit_with_other_texts() -> None:
    made, _ = corpus()
    found = fitted(made)
    edits = edits_of(found, made)
    other, truth = corpus(seed=11, prefix="u")
    new = refit(found, made, other, seed=5)
    assert isinstance(new, Refit)
    assert {change.became for change in new.changes} == {Became.KEPT}
    edited = apply(new.fit, other, edits)
    cards = edited.themes.place(edits[0].theme)  # type: ignore[union-attr]
    assert cards is not None
    assert (edited.themes.themes[cards].name, edited.themes.themes[cards].quote) == ("Cards", "t7")
    assert (edited.labels[truth <= 1] == cards).mean() > 0.9
    own = edited.themes.place("thm_own")
    assert (edited.labels[truth == 4] == own).mean() > 0.9


def test_a_theme_that_comes_up_is_new_and_one_nobody_speaks_of_is_gone() -> None:
    made, truth = corpus()
    first = reordered(made, np.flatnonzero(truth != 0))
    later = reordered(made, np.flatnonzero(truth != 5))
    new = refit(fitted(first), first, later, seed=5)
    assert isinstance(new, Refit)
    assert sorted(change.became for change in new.changes) == ["gone", "kept", "kept", "kept", "kept", "new"]


def test_a_merged_theme_can_be_split_again() -> None:
    made, truth = corpus()
    found = fitted(made)
    a, b = (found.themes.themes[found.labels[at]].id for at in (5, 65))
    merged = apply(found, made, [Merge(into=a, themes=(b,))])
    split = proposed_split(merged, made, a, seed=2)
    assert split is not None
    parted = apply(merged, made, [split])
    assert apply(parted, made, [split]).labels.tolist() == parted.labels.tolist()
    inside = truth <= 1
    # It may find more parts than two, but none that mixes the two.
    assert homogeneity_score(truth[inside], parted.labels[inside]) > 0.9


@pytest.mark.parametrize(
    ("pattern", "text", "is_met"),
    [
        ("refund*", "Refunded at last", True),
        ("refund", "Refunded at last", False),
        ("late deliver*", "a LATE delivery", True),
        ("late deliver*", "late, and no delivery", False),
        ("*", "anything", False),
        ("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaa!", False),
    ],
)
def test_a_rule_is_words_in_a_row_and_stars(pattern: str, text: str, is_met: bool) -> None:
    assert bool(list(hits([Rule(theme="t", patterns=(pattern,))], [text]))) == is_met


@settings(max_examples=50)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=12))
def test_names_are_unique_whatever_is_said(texts: list[str]) -> None:
    labels = (np.arange(len(texts)) % 3).astype(np.int32)
    names = named(texts, labels, np.zeros(3, np.int32))
    assert len(set(names.themes)) == 3
    assert all(name.strip() for name in names.themes)


def test_names_hold_no_marks_addresses_or_numbers() -> None:
    texts = ["<b>late parcel</b> ada@example.com https://a.example @ada 0170 1234567 12"] * 6
    names = named(texts, np.zeros(6, np.int32), np.zeros(1, np.int32))
    assert names.themes == ("Late parcel",)


def test_words_about_anything_name_no_theme_and_names_that_begin_alike_say_how_they_differ() -> None:
    texts = [
        *["Parcel: late, days ago", "Days ago; late: the parcel"] * 3,
        *["Wrong: the exchange rate", "The exchange rate: wrong"] * 3,
        *["Cash: the exchange rate", "Exchange rate, cash"] * 3,
    ]
    labels = np.repeat(np.arange(3, dtype=np.int32), 6)
    names = named(texts, labels, np.zeros(3, np.int32))
    assert names.themes == ("Late, parcel", "Exchange rate", "Exchange rate, cash")
    assert names.phrases[0][-1] == "days ago"


def test_where_everybody_has_a_subject_of_their_own_there_is_no_theme() -> None:
    made, truth = corpus()
    found = fit(replace(made, authors=[f"per_{one}" for one in truth]), seed=1, resolution=1.0)
    assert isinstance(found, Fit)
    assert found.themes.themes == ()
    assert found.without_theme == len(truth)
    assert (assign(found.themes, made.vectors).theme < 0).all()


def test_a_new_text_is_as_often_right_under_its_theme_as_its_confidence_says() -> None:
    """Forty subjects, five and five of them alike, of which themes cannot tell all apart."""
    rng = np.random.default_rng(2)
    subjects = np.repeat(rng.standard_normal((8, 64)), 5, axis=0) + 0.7 * rng.standard_normal((40, 64))
    subjects /= np.linalg.norm(subjects, axis=1, keepdims=True)

    def said(seed: int) -> tuple[np.ndarray, np.ndarray]:
        lot = np.random.default_rng(seed)
        truth = lot.integers(len(subjects), size=2_000)
        rows = subjects[truth] + 0.12 * lot.standard_normal((len(truth), 64))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), truth

    (rows, truth), (later, of_later) = said(2), said(102)
    ids = [str(number) for number in range(len(rows))]
    texts = [f"about subject{subject}" for subject in truth]
    found = fit(Corpus(ids=ids, texts=texts, vectors=rows, embedder="made"), seed=1, resolution=2.0)
    assert isinstance(found, Fit)
    mostly = np.array(
        [np.bincount(truth[found.labels == theme]).argmax() for theme in range(len(found.themes.themes))]
    )
    told, odds = assign(found.themes, later), assign(replace(found.themes, sureness=None), later)
    placed = told.theme >= 0
    right = (mostly[told.theme] == of_later)[placed].mean()
    assert placed.mean() > 0.9
    assert told.confidence[placed].mean() == pytest.approx(right, abs=0.05)
    # Being near a theme is no measure of it, and still decides who has one.
    assert odds.confidence[placed].mean() > right + 0.1
    assert odds.theme.tolist() == told.theme.tolist()
    of_fit = found.labels >= 0
    right_in_fit = (mostly[found.labels] == truth)[of_fit].mean()
    assert found.confidence[of_fit].mean() == pytest.approx(right_in_fit, abs=0.08)


def test_themes_that_were_kept_before_confidences_were_made_right_still_assign(tmp_path: Path) -> None:
    made, _ = corpus()
    themes = fitted(made).themes
    save(themes, tmp_path)
    kept = json.loads((tmp_path / "themes.json").read_text(encoding="utf-8"))
    del kept["sureness"]
    (tmp_path / "themes.json").write_text(json.dumps(kept), encoding="utf-8")
    before, now = assign(load(tmp_path), made.vectors), assign(themes, made.vectors)
    assert before.theme.tolist() == now.theme.tolist()
    assert (before.confidence[before.theme >= 0] >= 0.5).all()


def test_many_texts_and_thousands_of_themes_are_told_apart_as_a_few_texts_are() -> None:
    """So many are compared with the prototypes near them alone, a few with all."""
    rng = np.random.default_rng(4)
    fields = rng.standard_normal((100, 32))
    points = (fields[rng.integers(100, size=5_000)] + 0.5 * rng.standard_normal((5_000, 32))).astype(
        np.float32
    )
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    owner = np.arange(5_000, dtype=np.int32) // 2
    rows = points[rng.integers(5_000, size=21_000)] + 0.08 * rng.standard_normal((21_000, 32))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    themes = Themes(
        embedder="made",
        resolution=1.0,
        themes=tuple(Theme(id=f"thm_{at}", name=f"{at}", area="are_1") for at in range(2_500)),
        areas=(Area(id="are_1", name="All"),),
        prototypes=points,
        owner=owner,
        calibration=(-4.0, 4.0, 8.0),
    )
    many, few = assign(themes, rows), assign(themes, rows[:3_000])
    same = many.theme[:3_000] == few.theme
    assert same.mean() > 0.97
    assert np.abs(many.confidence[:3_000] - few.confidence)[same].mean() < 0.01
    assert (few.theme >= 0).mean() > 0.5
