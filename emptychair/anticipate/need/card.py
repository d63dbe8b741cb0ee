"""What is known of a model of the next need: how good it was on a month it had not seen, and against what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from emptychair.anticipate.need.models import Kind
from emptychair.anticipate.need.things import Goal
from emptychair.stats.intervals import Estimate


class Verdict(StrEnum):
    """Why this kind is shipped: it beat the baseline, it did not, or there were too few people to tell."""

    BETTER = "better"
    NOT_BETTER = "not_better"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A kind on the last month: recall and NDCG at 10, the share of people who took one of the first three,
    the share of all items that were ever suggested, and the mean surprise of what was, in bits.
    """

    kind: Kind
    recall: Estimate
    ndcg: Estimate
    hit: Estimate
    coverage: float
    novelty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """People of whom something was told and who had nothing yet: recall at 10 of what is popular, and of what
    is popular where the same was told of people. `gain` is the difference, person by person.
    """

    people: int
    popular: Estimate
    within: Estimate
    gain: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A model of one goal. Kinds were chosen on the month before the last and judged on the last one, from
    `judged_from` to `ended_on` (exclusive). `gain` is the NDCG of the challenger less that of the baseline.

    `new_items` is the share of what was taken that fewer than five people had had before.
    """

    goal: Goal
    shipped: Kind
    verdict: Verdict
    people: int
    items: int
    judged_from: date
    ended_on: date
    judged: Sequence[Judged] = ()
    baseline: Kind = Kind.POPULAR
    challenger: Kind | None = None
    gain: Estimate | None = None
    new_items: float | None = None
    newcomers: Newcomers | None = None

    @property
    def of_shipped(self) -> Judged | None:
        """How good what is shipped was; None where it could not be told."""
        return next((one for one in self.judged if one.kind is self.shipped), None)
