"""Every feature in one place: its name, what it is in a sentence, and how it follows from what was seen."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from emptychair.anticipate.features.seen import Numbers, Seen, change, ratio
from emptychair.anticipate.features.vocabulary import Vocabulary


class Unit(StrEnum):
    """What a feature is counted in, for whoever writes it down."""

    DAYS = "days"
    TIMES = "times"
    SHARE = "share"
    CHANGE = "change"
    PAYMENTS = "payments"
    POINTS = "points"
    FLAG = "flag"
    NUMBER = "number"
    VALUE = "value"


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """One feature. `sense` is 1 where plain sense says that more of it means a greater risk of leaving, -1
    where it says a smaller one, and 0 where it does not say. `values` are those of a trait that is no number.
    """

    name: str
    sentence: str
    unit: Unit
    sense: int
    of: Callable[[Seen], Numbers]
    values: tuple[str, ...] = ()


def declared(words: Vocabulary) -> tuple[Feature, ...]:
    """The features of a company whose words these are, always in the same order."""
    always = [one for one in ALWAYS if not (words.is_silent and one.name in OF_WORDS)]
    return (*always, *_done(words), *_met(words), *_channels(words), *_themes(words), *_traits(words))


def _count(name: str, sentence: str, sense: int, column: str) -> Feature:
    return Feature(name, sentence, Unit.TIMES, sense, lambda seen: seen.number(column))


def _since(name: str, sentence: str, sense: int) -> Feature:
    return Feature(f"since_{name}", sentence, Unit.DAYS, sense, lambda seen: seen.days_since(f"last_{name}"))


def _change(name: str, sentence: str, sense: int, now: str, before: str) -> Feature:
    return Feature(
        name, sentence, Unit.CHANGE, sense, lambda seen: change(seen.number(now), seen.number(before))
    )


def _share(name: str, sentence: str, sense: int, part: str, whole: str) -> Feature:
    return Feature(
        name, sentence, Unit.SHARE, sense, lambda seen: ratio(seen.number(part), seen.number(whole))
    )


def _rhythm(seen: Seen) -> Numbers:
    """Days from one active day to the next, in the last 60 days; NaN below two active days."""
    mask = seen.days
    days = np.bitwise_count(mask).astype(float)
    lowest = np.log2(np.maximum((mask & -mask).astype(float), 1))
    highest = np.floor(np.log2(np.maximum(mask.astype(float), 1)))
    return ratio(highest - lowest, np.where(days > 1, days - 1, np.nan))


def _pay_rhythm(seen: Seen) -> Numbers:
    paid = seen.number("paid_ever")
    return ratio(seen.days_between("first_paid", "last_paid"), np.where(paid > 1, paid - 1, np.nan))


def _waiting(seen: Seen) -> Numbers:
    """Days since what was written last and not answered since; 0 when nothing of 90 days waits."""
    days = seen.days_since("last_asked")
    waits = (days < 90) & ~(seen.number("last_answered") >= seen.number("last_asked"))
    return np.where(waits, days, 0)


def _score(column: str) -> Callable[[Seen], Numbers]:
    return lambda seen: seen.number(column) / 10_000


ALWAYS: tuple[Feature, ...] = (
    Feature(
        "tenure_days", "days since the relationship began", Unit.DAYS, 0, lambda s: s.days_since("started_at")
    ),
    Feature("known_days", "days since first seen", Unit.DAYS, 0, lambda s: s.days_since("first_seen")),
    _count("spells_before", "relationships that ended before this one", 0, "spells_before"),
    _since("active", "days since something was done or paid", 1),
    _since("did", "days since something was done", 1),
    _since("paid", "days since the last payment", 1),
    _since("said", "days since they last wrote or spoke", 0),
    _since("rated", "days since they last gave a score", 0),
    _since("met", "days since they last got something of ours", 0),
    Feature("rhythm_days", "usual days from one active day to the next", Unit.DAYS, 0, _rhythm),
    Feature(
        "silence_in_rhythms", "silence as a multiple of the own usual gap", Unit.NUMBER, 1,
        lambda s: ratio(s.days_since("last_active"), _rhythm(s)),
    ),
    Feature("pay_rhythm_days", "usual days from one payment to the next", Unit.DAYS, 0, _pay_rhythm),
    Feature(
        "pay_silence_in_rhythms", "time since the last payment as a multiple of the own usual gap",
        Unit.NUMBER, 1, lambda s: ratio(s.days_since("last_paid"), _pay_rhythm(s)),
    ),
    _count("did_7", "things done in 7 days", -1, "did_7"),
    _count("did_30", "things done in 30 days", -1, "did_30"),
    _count("did_90", "things done in 90 days", -1, "did_90"),
    _count("did_365", "things done in a year", 0, "did_365"),
    _change("did_change", "things done in 30 days against the 30 before", -1, "did_30", "did_60_30"),
    Feature("active_days_7", "active days of 7", Unit.DAYS, -1, lambda s: s.active_days(7)),
    Feature("active_days_30", "active days of 30", Unit.DAYS, -1, lambda s: s.active_days(30)),
    Feature("active_days_60", "active days of 60", Unit.DAYS, -1, lambda s: s.active_days(60)),
    _count("breadth_30", "different things done in 30 days", -1, "breadth_30"),
    _count("breadth_90", "different things done in 90 days", -1, "breadth_90"),
    _count("channels_365", "channels used in a year", 0, "channels_365"),
    _count("failures_30", "failures met in 30 days", 1, "failed_30"),
    _count("failures_90", "failures met in 90 days", 1, "failed_90"),
    _count("paid_30", "payments in 30 days", -1, "paid_30"),
    _count("paid_90", "payments in 90 days", -1, "paid_90"),
    _count("paid_365", "payments in a year", -1, "paid_365"),
    _count("paid_ever", "payments ever", 0, "paid_ever"),
    _change("paid_change", "payments in 90 days against the 90 before", -1, "paid_90", "paid_180_90"),
    Feature("spent_90", "paid in 90 days", Unit.PAYMENTS, -1, lambda s: _usual(s, "spent_90")),
    Feature("spent_365", "paid in a year", Unit.PAYMENTS, -1, lambda s: _usual(s, "spent_365")),
    Feature(
        "mean_payment", "size of a payment", Unit.PAYMENTS, 0,
        lambda s: ratio(_usual(s, "spent_ever"), s.number("paid_ever")),
    ),
    _change("spent_change", "paid in 90 days against the 90 before", -1, "spent_90", "spent_180_90"),
    _count("refunds_90", "refunds in 90 days", 1, "refunds_90"),
    _count("refunds_365", "refunds in a year", 1, "refunds_365"),
    Feature(
        "refunded_share", "share of what was paid in a year that was paid back", Unit.SHARE, 1,
        lambda s: ratio(-s.number("refunded_365"), s.number("spent_365")),
    ),
    _count("said_30", "times they wrote or spoke in 30 days", 0, "said_30"),
    _count("said_90", "times they wrote or spoke in 90 days", 0, "said_90"),
    _count("said_365", "times they wrote or spoke in a year", 0, "said_365"),
    _change("said_change", "times they wrote in 30 days against the 30 before", 0, "said_30", "said_60_30"),
    _count("answered_90", "answers they got in 90 days", 0, "answered_90"),
    Feature("waiting_days", "days that what they wrote has waited for an answer", Unit.DAYS, 1, _waiting),
    _count("promises_broken_365", "promises to them that were broken in a year", 1, "promises_broken"),
    _count("promises_kept_365", "promises to them that were kept in a year", 0, "promises_kept"),
    _count("promises_overdue", "promises to them that are overdue", 1, "promises_overdue"),
    _count("negative_90", "unhappy words in 90 days", 1, "negative_90"),
    _count("positive_90", "happy words in 90 days", -1, "positive_90"),
    _share(
        "negative_share_365", "share of their words in a year that are unhappy", 1, "negative_365", "read_365"
    ),
    Feature("last_tone", "tone of what they said last", Unit.NUMBER, -1, lambda s: s.number("last_tone")),
    _count("themes_180", "themes spoken of in 180 days", 0, "themes"),
    Feature("score_last", "last score, 0 lowest and 1 highest", Unit.POINTS, -1, _score("score_last")),
    Feature(
        "score_change", "last score against the one before it", Unit.POINTS, -1,
        lambda s: (s.number("score_last") - s.number("score_before")) / 10_000,
    ),
    Feature(
        "score_mean_365", "mean score of a year", Unit.POINTS, -1,
        lambda s: ratio(s.number("score_sum_365"), s.number("scores_365")) / 10_000,
    ),
    Feature(
        "answer_share_365", "share of the surveys of a year that they answered", Unit.SHARE, -1,
        lambda s: np.minimum(ratio(s.number("rated_365"), s.number("asked_365")), 1),
    ),
    _count("met_30", "things of ours they got in 30 days", 0, "met_30"),
    _count("met_90", "things of ours they got in 90 days", 0, "met_90"),
)  # fmt: skip

# What people said, and how they answered.
OF_WORDS = frozenset(
    {
        "since_said", "since_rated", "said_30", "said_90", "said_365", "said_change", "answered_90",
        "waiting_days", "negative_90", "positive_90", "negative_share_365", "last_tone", "themes_180",
        "score_last", "score_change", "score_mean_365", "answer_share_365",
    }
)  # fmt: skip


def _usual(seen: Seen, column: str) -> Numbers:
    """Money as a multiple of the mean payment in its currency; NaN for whoever pays in several."""
    return ratio(seen.number(column), seen.number("usual_payment"))


def _done(words: Vocabulary) -> list[Feature]:
    return [
        _count(f"did:{name}:{days}", f"“{name}” in {days} days", 0, f"done_{at}_{days}")
        for at, name in enumerate(words.done)
        for days in (30, 90)
    ]


def _met(words: Vocabulary) -> list[Feature]:
    return [
        _count(f"met:{name}:90", f"got “{name}” in 90 days", 0, f"met_{at}_90")
        for at, name in enumerate(words.met)
    ]


def _channels(words: Vocabulary) -> list[Feature]:
    return [
        _count(f"channel:{name}:90", f"came by {name} in 90 days", 0, f"channel_{at}_90")
        for at, name in enumerate(words.channels)
    ]


def _themes(words: Vocabulary) -> list[Feature]:
    return [
        Feature(
            f"theme:{theme}",
            f"spoke of “{name}” in 180 days",
            Unit.FLAG,
            0,
            lambda seen, at=at: seen.number(f"theme_{at}"),  # type: ignore[misc]
        )
        for at, (theme, name) in enumerate(words.themes.items())
    ]


def _traits(words: Vocabulary) -> list[Feature]:
    return [
        Feature(
            f"trait:{trait.field.name}",
            trait.field.name,
            Unit.VALUE if trait.values else Unit.NUMBER,
            0,
            lambda seen, at=at: seen.number(f"trait_{at}"),  # type: ignore[misc]
            trait.values,
        )
        for at, trait in enumerate(words.traits)
    ]
