"""Learning what foretells the next need: chosen on one month, judged on the next, shipped if it is better."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from emptychair.anticipate.features import heard
from emptychair.anticipate.need import judging, things
from emptychair.anticipate.need.card import Card, Verdict
from emptychair.anticipate.need.histories import Histories, day_of, histories
from emptychair.anticipate.need.judging import FEWEST_JUDGED, Trial
from emptychair.anticipate.need.models import BASELINES, CHALLENGERS, Kind, Model, model
from emptychair.anticipate.need.things import Goal, Words
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.stats import suggesting
from emptychair.understand.arrival import Arrivals

MONTH = 30
# Of one thing there is nothing to choose.
FEWEST_ITEMS = 2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Told = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """The model that is shipped, what is known of it, and the words in which it was asked."""

    model: Model
    card: Card
    words: Words


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """Of what everything is asked."""

    ledger: Ledger
    audience: Audience
    goal: Goal
    believed: Arrivals
    words: Words

    def had_by(self, at: datetime) -> pa.Table:
        asked = things.had(self.goal, self.audience, at, self.believed, self.words)
        return self.ledger.ask(asked)

    def told_by(self, at: datetime) -> Told:
        """By person what was told of them until then, by field."""
        found: dict[str, dict[str, str]] = {}
        for one in self.words.traits:
            asked = heard.traits_told(self.audience, at, self.believed, one)
            for row in self.ledger.ask(asked).to_pylist():
                found.setdefault(row["person"], {})[one.name] = str(row["value"])
        return found


def learned(
    ledger: Ledger,
    audience: Audience,
    goal: Goal,
    as_of: datetime,
    believed: Arrivals,
    words: Words,
    rng: np.random.Generator,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Learned | None:
    """What foretells this goal as of an instant, or, where nothing came lately, of the last day that had any.

    Nothing is learnt from what had not arrived by the instants at which it is judged. None when there are
    not two things to choose from, or when all is to end. O(signals), then O(pairs of items in histories).
    """
    source = _Source(ledger, audience, goal, believed, words)
    now = source.had_by(as_of)
    if len(pc.unique(now["item"])) < FEWEST_ITEMS:
        return None
    end = min(day_of(as_of), int(np.max(now["day"].to_numpy())) + 1)
    names = _names(source)
    cut, before = _midnight(end - MONTH), _midnight(end - 2 * MONTH)
    told = source.told_by(cut)
    at_cut, at_before = source.had_by(cut), source.had_by(before)
    if is_stopping():
        return None
    choosing = _trial(source, at_before, at_cut, source.told_by(before), names, before, rng)
    judged = _trial(source, at_cut, now, told, names, cut, rng)
    card = _card(goal, choosing, judged, end, rng)
    if is_stopping():
        return None
    whole = histories(now, end)
    known = source.told_by(as_of)
    shipped = model(goal, card.shipped, whole, [names.get(item, item) for item in whole.items])
    popular = _with_traits(model(goal, Kind.POPULAR, judged.told, judged.names), judged.told, told)
    card = replace(card, newcomers=judging.newcomers(judged, popular, told, rng))
    if card.newcomers is not None and card.newcomers.gain.low > 0:
        shipped = _with_traits(shipped, whole, known)
    return Learned(
        model=shipped,
        card=replace(card, people=shipped.everybody, items=len(shipped.items)),
        words=things.words_of(shipped.goal, words, shipped.items),
    )


def _card(goal: Goal, choosing: Trial, judged: Trial, end: int, rng: np.random.Generator) -> Card:
    """The best challenger and the best baseline of one month, judged on the next one."""
    first = Card(
        goal=goal,
        shipped=Kind.AGAIN if goal.may_repeat else Kind.POPULAR,
        verdict=Verdict.TOO_FEW,
        people=0,
        items=0,
        judged_from=_midnight(end - MONTH).date(),
        ended_on=_midnight(end).date(),
        new_items=judging.new_share(judged),
    )
    if min(len(choosing.judged), len(judged.judged)) < FEWEST_JUDGED:
        return first
    baselines = BASELINES if goal.may_repeat else (Kind.POPULAR,)
    kinds = (*baselines, *CHALLENGERS)
    chosen = judging.tried(choosing, kinds)
    baseline, challenger = (
        max(some, key=lambda kind: float(chosen[kind].ndcg.mean())) for some in (baselines, CHALLENGERS)
    )
    each = judging.tried(judged, kinds)
    difference = each[challenger].ndcg - each[baseline].ndcg
    (gain,) = suggesting.resampled(difference[:, None], rng)
    better = gain.low > 0
    return replace(
        first,
        shipped=challenger if better else baseline,
        verdict=Verdict.BETTER if better else Verdict.NOT_BETTER,
        judged=judging.figures(judged, each, rng),
        baseline=baseline,
        challenger=challenger,
        gain=gain,
    )


def _trial(
    source: _Source,
    before: pa.Table,
    after: pa.Table,
    told: Told,
    names: Mapping[str, str],
    cut: datetime,
    rng: np.random.Generator,
) -> Trial:
    """What was known at `cut`, and what came in the month after it, as it was known at the end of that."""
    day = day_of(cut)
    known = histories(before, day, people=list(told))
    later = after.filter(pa.array(after["day"].to_numpy() >= day))
    had = histories(later, day + MONTH)
    called = [names.get(item, item) for item in known.items]
    return judging.trial(source.goal, known, had, called, rng)


def _with_traits(by: Model, told: Histories, traits: Told) -> Model:
    """The model with how many of those of whom each value was told had each item."""
    rows = {person: at for at, person in enumerate(told.people)}
    having = np.zeros(len(told.people), bool)
    having[told.who] = True
    members: dict[str, dict[str, list[int]]] = {}
    for person, own in traits.items():
        at = rows.get(person)
        if at is not None and having[at]:
            for name, value in own.items():
                members.setdefault(name, {}).setdefault(value, []).append(at)
    had = told.weights(None)
    counted = {
        name: {
            value: (len(some), np.asarray(had[some].sum(axis=0)).ravel().astype(np.int64))
            for value, some in values.items()
            if len(some) >= FEWEST_JUDGED
        }
        for name, values in members.items()
        if 1 < len(values) <= FEWEST_JUDGED
    }
    return replace(by, traits=counted)


def _names(source: _Source) -> dict[str, str]:
    if source.goal is Goal.THEME:
        return dict(source.words.themes)
    if source.goal is Goal.FEATURE or source.words.label is None:
        return {}
    asked = things.labels(source.audience, source.words)
    return {row["item"]: row["label"] for row in source.ledger.ask(asked).to_pylist()}


def _midnight(day: int) -> datetime:
    return _EPOCH + timedelta(days=day)
