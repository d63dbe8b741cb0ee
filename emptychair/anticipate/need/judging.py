"""How good models are at telling what people had in a month that the models had not seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emptychair.anticipate.need import links
from emptychair.anticipate.need.card import Judged, Newcomers
from emptychair.anticipate.need.histories import Histories
from emptychair.anticipate.need.models import CHALLENGERS, Kind, Model, lists, model, scores
from emptychair.anticipate.need.things import FEWEST, Goal
from emptychair.stats import suggesting

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
LISTED, FIRST = 10, 3
# So many people are judged at most, drawn by lot; fewer than this many tell nothing.
MOST_JUDGED, FEWEST_JUDGED = 5_000, 30
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """What was known at an instant, and what people had in the month after it: `taken` by the rows of `told`
    that are `judged`. Items that nobody had before have places after those that were known.
    """

    goal: Goal
    told: Histories
    names: tuple[str, ...]
    judged: Numbers
    taken: Sequence[Numbers]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """A kind on a trial, by person: recall and NDCG at 10, and whether one of the first three was taken."""

    kind: Kind
    lists: Numbers
    recall: Floats
    ndcg: Floats
    hit: Floats


def trial(
    goal: Goal, told: Histories, after: Histories, names: Sequence[str], rng: np.random.Generator
) -> Trial:
    """Everybody who was known (a person of `told`) and had something in `after`, 5,000 by lot at most.

    What somebody had before is not counted where it is no need to have it again.
    """
    places = {item: at for at, item in enumerate(told.items)}
    for item in after.items:
        places.setdefault(item, len(places))
    column = np.array([places[item] for item in after.items], np.int64)
    rows = {person: at for at, person in enumerate(told.people)}
    row = np.array([rows.get(person, -1) for person in after.people], np.int64)
    many = len(places)
    pairs = np.unique(row[after.who] * many + column[after.what]) if len(after.who) else np.zeros(0, np.int64)
    pairs = pairs[pairs >= 0]
    if not goal.may_repeat:
        pairs = np.setdiff1d(pairs, told.who * many + told.what)
    who, what = pairs // many, pairs % many
    judged, starts = np.unique(who, return_index=True)
    taken = np.split(what, starts[1:]) if len(judged) else []
    if len(judged) > MOST_JUDGED:
        drawn = np.sort(rng.choice(len(judged), MOST_JUDGED, replace=False))
        judged, taken = judged[drawn], [taken[at] for at in drawn]
    return Trial(goal=goal, told=told, names=tuple(names), judged=judged, taken=taken)


def tried(one: Trial, kinds: Sequence[Kind]) -> dict[Kind, Tried]:
    """Each kind, learnt from what was known, on what came after."""
    pairs = links.together(one.told) if set(kinds) & set(CHALLENGERS) else None
    found = {}
    for kind in kinds:
        shown = suggested(model(one.goal, kind, one.told, one.names, pairs), one.told, one.judged)
        found[kind] = Tried(
            kind=kind,
            lists=shown,
            recall=suggesting.recall_at(shown, one.taken),
            ndcg=suggesting.ndcg_at(shown, one.taken),
            hit=suggesting.hit_at(shown[:, :FIRST], one.taken),
        )
    return found


def suggested(
    by: Model, told: Histories, rows: Numbers, within: Mapping[int, Floats] | None = None
) -> Numbers:
    """The ten likeliest items of some people of these histories; `within` by row of the histories."""
    parts = []
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        own = {at: within[row] for at, row in enumerate(some.tolist()) if within and row in within}
        parts.append(lists(scores(by, told.of(some), own), LISTED))
    return np.concatenate(parts) if parts else np.zeros((0, LISTED), np.int64)


def figures(one: Trial, each: Mapping[Kind, Tried], rng: np.random.Generator) -> list[Judged]:
    """Every kind with its intervals, by person."""
    people = np.asarray(one.told.weights(None).sum(axis=0)).ravel().astype(np.int64)
    everybody = len(np.unique(one.told.who))
    columns = [part for kind in each.values() for part in (kind.recall, kind.ndcg, kind.hit)]
    means = suggesting.resampled(np.stack(columns, axis=1), rng)
    return [
        Judged(
            kind=kind.kind,
            recall=means[3 * at],
            ndcg=means[3 * at + 1],
            hit=means[3 * at + 2],
            coverage=suggesting.coverage(kind.lists, len(people)),
            novelty=suggesting.novelty(kind.lists, people, everybody),
        )
        for at, kind in enumerate(each.values())
    ]


def newcomers(
    one: Trial, by: Model, told: Mapping[str, Mapping[str, str]], rng: np.random.Generator
) -> Newcomers | None:
    """How much it helps people who had nothing yet to go by their traits (`told`, by person).

    None where there are too few of them.
    """
    own = set(np.unique(one.told.who).tolist())
    new = [at for at, row in enumerate(one.judged.tolist()) if row not in own]
    people = one.told.people
    new = [at for at in new if told.get(people[one.judged[at]])]
    if len(new) < FEWEST_JUDGED:
        return None
    rows, taken = one.judged[new], [one.taken[at] for at in new]
    within = {row: by.within(told[people[row]]) for row in rows.tolist()}
    plain = suggesting.recall_at(suggested(by, one.told, rows), taken)
    narrow = suggesting.recall_at(suggested(by, one.told, rows, within), taken)
    means = suggesting.resampled(np.stack([plain, narrow, narrow - plain], axis=1), rng)
    return Newcomers(people=len(new), popular=means[0], within=means[1], gain=means[2])


def new_share(one: Trial) -> float | None:
    """The share of what was taken that fewer than five people had had; None when nothing was."""
    people = np.asarray(one.told.weights(None).sum(axis=0)).ravel()
    taken = np.concatenate(one.taken) if one.taken else np.zeros(0, np.int64)
    if not len(taken):
        return None
    known = taken[taken < len(people)]
    return float(1 - (people[known] >= FEWEST).sum() / len(taken))
