"""Mood: scores and words on one measure, and nothing said where nothing was told."""

import pytest

from emptychair.domain.signal import Kind
from emptychair.understand.person.mood import Feeling, mood
from tests.understand.histories import on
from tests.understand.person.happenings import happened, sounds

NOW = on("2026-06-01")


def test_scores_and_words_are_readings_oldest_first() -> None:
    nps = happened("2026-05-02", Kind.RATED, "nps", score=9, signal="b")
    said = happened("2026-05-01", Kind.SAID, "message", text="Where is it?", signal="a")
    strange = happened("2026-05-03", Kind.RATED, "ratio", score=9)
    beyond = happened("2026-05-03", Kind.RATED, "csat", score=9)
    unsure = happened("2026-05-04", Kind.SAID, "message", text="ok", signal="c")
    read = {"a": sounds("negative", "-0.7"), "b": sounds("negative", "-0.9"), "c": sounds("unsure", "-0.1")}
    found = mood([nps, said, strange, beyond, unsure], read, NOW)
    assert [(one.signal, one.value) for one in found.felt] == [("a", -0.7), ("b", 0.6)]
    assert (found.feeling, found.n, found.since) == (Feeling.MIXED, 2, on("2026-05-01"))
    assert found.course == []


@pytest.mark.parametrize(
    ("scores", "feeling"),
    [
        ((6, 6), Feeling.UNHAPPY),  # detractors
        ((7, 8), Feeling.MIXED),  # neither
        ((9, 9), Feeling.HAPPY),  # promoters
    ],
)
def test_a_detractor_is_unhappy_and_a_promoter_happy(scores: tuple[int, ...], feeling: Feeling) -> None:
    told = [happened("2026-05-01", Kind.RATED, "nps", score=score) for score in scores]
    assert mood(told, {}, NOW).feeling is feeling


def test_what_was_told_long_ago_says_nothing_of_now() -> None:
    found = mood([happened("2025-05-01", Kind.RATED, "csat", score=1)], {}, NOW)
    assert (found.feeling, found.n, len(found.felt)) == (None, 0, 1)
    assert mood([], {}, NOW).felt == []


def test_the_course_is_the_mean_of_five_in_a_row() -> None:
    told = [happened(f"2026-05-0{day}", Kind.RATED, "csat", score=score)
            for day, score in enumerate((1, 1, 1, 1, 1, 5), start=1)]  # fmt: skip
    course = mood(told, {}, NOW).course
    assert [(at.day, round(value, 2)) for at, value in course] == [(5, -1.0), (6, -0.6)]
