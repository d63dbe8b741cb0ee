"""A journey proposed from what people did: the commonest order in which they do things for the first time."""

from collections import Counter
from dataclasses import dataclass

from emptychair.domain.signal import Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.journeys.reached import Walk
from emptychair.understand.journeys.steps import Steps, plain

# Of the things that most people do so many are looked at, and a journey has at most so many steps.
LOOKED_AT = 10
MOST_STEPS = 5
# Nobody is led by fewer than a twentieth of those who began, and by no fewer than so many.
LEAST_SHARE = 0.05
FEWEST = 20
KINDS = ("joined", "did", "paid", "said", "rated", "left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A journey and how it was found: `people` did anything in the period, `followed` took its first steps.

    `steps` is None when fewer than two things are done by enough people; `reason` says how, or why not.
    """

    steps: Steps | None
    people: int
    followed: int
    reason: str


def commonest(walk: Walk, limit: int) -> Question:
    """One row per thing that people did in the period: kind, name, people; what most do first."""
    return question(
        """
        select kind, name, count(distinct person) as people from signals
        where audience = :audience and person is not null and kind in (:kinds)
          and occurred_at >= :start and occurred_at < :end
        group by kind, name order by people desc, kind, name limit :limit
        """,
        audience=walk.audience.value,
        kinds=list(KINDS),
        start=walk.period.start,
        end=min(walk.period.end, walk.as_of),
        limit=limit,
    )


def first_times(walk: Walk, limit: int) -> Question:
    """One row per order of first times: step_1 ... step_5 (`kind:name`, null where there are fewer), people.

    Only of people whose first signal ever lies in the period: of others the first time is not known.
    """
    pivot = ", ".join(
        f"max(case when nth = {n} then label end) as step_{n}" for n in range(1, MOST_STEPS + 1)
    )
    names = ", ".join(f"step_{n}" for n in range(1, MOST_STEPS + 1))
    return question(
        f"""
        with firsts as (
            select signals.person, signals.kind || ':' || signals.name as label,
                   min(signals.occurred_at) as first_at
            from signals
                inner join commonest on commonest.kind = signals.kind and commonest.name = signals.name
                inner join person_cards as cards on cards.person = signals.person
            where signals.audience = :audience and cards.audience = :audience
              and cards.first_at >= :start and cards.first_at < :end and signals.occurred_at < :as_of
            group by signals.person, signals.kind || ':' || signals.name
        ), ranked as (
            select person, label, row_number() over (partition by person order by first_at, label) as nth
            from firsts
        ), orders as (
            select person, {pivot} from ranked where nth <= {MOST_STEPS} group by person
        )
        select {names}, count(*) as people from orders group by {names} order by people desc, {names}
        """,
        {"commonest": commonest(walk, limit)},
        audience=walk.audience.value,
        start=walk.period.start,
        end=min(walk.period.end, walk.as_of),
        as_of=walk.as_of,
    )


def proposed(ledger: Ledger, walk: Walk) -> Proposal:
    """The commonest first thing, then the commonest next one of those who did it, and so on.

    It ends where fewer than a twentieth of those who began, or than 20 people, went the same way.
    """
    rows = ledger.ask(first_times(walk, LOOKED_AT)).to_pylist()
    ways = [([row[f"step_{n}"] for n in range(1, MOST_STEPS + 1)], int(row["people"])) for row in rows]
    total = sum(people for _, people in ways)
    labels: list[str] = []
    followed = total
    for depth in range(MOST_STEPS):
        counts: Counter[str] = Counter()
        for way, people in ways:
            if way[depth] is not None:
                counts[way[depth]] += people
        label, people = min(counts.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
        if people < max(FEWEST, LEAST_SHARE * total):
            break
        labels, followed = [*labels, label], people
        ways = [(way, n) for way, n in ways if way[depth] == label]
    if len(labels) < 2:
        reason = f"No two things are done one after the other by {FEWEST} people who are new in the period."
        return Proposal(steps=None, people=total, followed=0, reason=reason)
    kinds = [label.partition(":") for label in labels]
    return Proposal(
        steps=Steps(steps=tuple(plain(Kind(kind), name) for kind, _, name in kinds), days=90),
        people=total,
        followed=followed,
        reason=(
            f"Of {total:,} people who are new in the period: the commonest thing to do first, the commonest"
            f" next one of those who did it, and so on, among the {LOOKED_AT} things that most people do;"
            f" {followed:,} went all of this way, in this order, and nothing else of these in between."
        ),
    )
