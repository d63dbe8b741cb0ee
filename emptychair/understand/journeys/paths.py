"""What people do next after a touchpoint, or did before it, step by step within a session."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.intervals import MINIMUM_N, Estimate, wilson
from emptychair.understand.journeys.reached import OWN, Walk
from emptychair.understand.signs import Sign, is_of

DEPTH = 3
SESSION_MINUTES = 30
# So many branches are shown at each depth.
SHOWN = (5, 3, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """What came next (`kind:name`), or "" where the session ended: so many people, of those who got so far.

    `others` counts different steps that are not shown and were taken by fewer people.
    """

    label: str
    people: int
    share: Estimate | None
    branches: tuple["Branch", ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """All that came after (or before) the first time of `people`; `others` as in a branch."""

    people: int
    branches: tuple[Branch, ...]
    others: int


def met(sign: Sign, walk: Walk) -> Question:
    """One row per person: person, met_at, the first time in the period that the touchpoint was met."""
    clause = is_of(sign, walk.columns, "t")
    return question(
        f"""
        select person, min(occurred_at) as met_at from signals
        where audience = :audience and person is not null and occurred_at >= :start and occurred_at < :end
          and {clause.text}
        group by person
        """,
        audience=walk.audience.value,
        start=walk.period.start,
        end=min(walk.period.end, walk.as_of),
        **clause.parameters,
    )


def steps_from(sign: Sign, walk: Walk, minutes: int, is_before: bool) -> Question:
    """One row per way: step_1, step_2, step_3 (`kind:name`, '' once the session is over) and people.

    A session ends with so many minutes without anything that the person did themselves.
    """
    gap = minutes * 60 * 1_000_000
    side, way = ("<", "desc") if is_before else (">", "asc")
    length = "micros_between(own.occurred_at, met.met_at)" if is_before else (
        "micros_between(met.met_at, own.occurred_at)"
    )  # fmt: skip
    pivot = ", ".join(
        f"max(case when nth = {n} then label end) as label_{n}, "
        f"max(case when nth = {n} then length end) as length_{n}"
        for n in range(1, DEPTH + 1)
    )
    return question(
        f"""
        with own as (
            select id, person, occurred_at, kind || ':' || name as label from signals
            where audience = :audience and person is not null and kind in (:own) and occurred_at < :as_of
        ), ranked as (
            select met.person, own.label, {length} as length,
                   row_number() over (
                       partition by met.person order by own.occurred_at {way}, own.id {way}
                   ) as nth
            from met inner join own on own.person = met.person
            where own.occurred_at {side} met.met_at and {length} <= :furthest
        ), taken as (
            select person, {pivot} from ranked where nth <= {DEPTH} group by person
        ), ways as (
            select case when taken.length_1 <= :gap then taken.label_1 else '' end as step_1,
                   case when taken.length_1 <= :gap and taken.length_2 - taken.length_1 <= :gap
                        then taken.label_2 else '' end as step_2,
                   case when taken.length_1 <= :gap and taken.length_2 - taken.length_1 <= :gap
                             and taken.length_3 - taken.length_2 <= :gap
                        then taken.label_3 else '' end as step_3
            from met left join taken on taken.person = met.person
        )
        select step_1, step_2, step_3, count(*) as people from ways
        group by step_1, step_2, step_3 order by people desc, step_1, step_2, step_3
        """,
        {"met": met(sign, walk)},
        audience=walk.audience.value,
        own=list(OWN),
        as_of=walk.as_of,
        gap=gap,
        furthest=DEPTH * gap,
    )


def paths(
    ledger: Ledger,
    sign: Sign,
    walk: Walk,
    *,
    is_before: bool = False,
    minutes: int = SESSION_MINUTES,
    minimum_n: int = MINIMUM_N,
) -> Tree:
    """The commonest next steps of everybody's first time, to a depth of three; those before, if so asked."""
    rows = ledger.ask(steps_from(sign, walk, minutes, is_before)).to_pylist()
    ways = [((row["step_1"], row["step_2"], row["step_3"]), int(row["people"])) for row in rows]
    total = sum(people for _, people in ways)
    branches, others = _branches(ways, 0, total, minimum_n)
    return Tree(people=total, branches=branches, others=others)


def _branches(
    ways: Sequence[tuple[tuple[str, ...], int]], depth: int, total: int, minimum_n: int
) -> tuple[tuple[Branch, ...], int]:
    if depth == DEPTH:
        return (), 0
    counts: Counter[str] = Counter()
    for way, people in ways:
        counts[way[depth]] += people
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    found = []
    for label, people in ranked[: SHOWN[depth]]:
        inside: tuple[Branch, ...] = ()
        others = 0
        if label:
            mine = [(way, n) for way, n in ways if way[depth] == label]
            inside, others = _branches(mine, depth + 1, people, minimum_n)
        share = wilson(people, total, minimum_n=minimum_n)
        found.append(Branch(label=label, people=people, share=share, branches=inside, others=others))
    return tuple(found), max(0, len(ranked) - SHOWN[depth])
