"""Signals that were written after the end they are dated before: what a model must not learn from."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from emptychair.domain.signal import Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.arrival import FROM_FILE
from emptychair.understand.spells import Tenure, spells

# Of what is dated in the last weeks of a relationship so much came after its end, and so often, to be named.
LEAST_SHARE, FEWEST = 0.2, 5
DAYS_BEFORE = 90
_FEWEST_PEOPLE, _NEARLY_ALL = 20, 0.95
_ENDED = "select person, ended_at from spells where ended_at is not null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Signals of one name in the last 90 days of ended relationships: how many, and how many of them came
    after the end.
    """

    kind: Kind
    name: str
    signals: int
    late: int

    @property
    def sentence(self) -> str:
        """What is wrong, and what is done about it."""
        return (
            f"“{self.name}” ({self.kind}) is written when people have left: {self.late} of {self.signals} "
            f"in the last {DAYS_BEFORE} days before an end came after it. What came late is not learned from."
        )


def leaks(ledger: Ledger, tenure: Tenure) -> list[Leak]:
    """The names that are often written after the end, the worst first.

    Signals of files tell no arrival: what stands in files is judged when a model is trained (docs/risk.md).
    """
    found = [
        Leak(kind=Kind(row["kind"]), name=row["name"], signals=row["signals"], late=row["late"])
        for row in ledger.ask(late_signals(tenure)).to_pylist()
    ]
    return [one for one in found if one.late >= FEWEST and one.late >= LEAST_SHARE * one.signals]


def too_telling(ledger: Ledger, tenure: Tenure) -> list[str]:
    """Names of what nearly only those did or met who then left: it is leaving itself, or written after it."""
    rows = ledger.ask(ends_after(tenure)).to_pylist()
    everybody = next(row for row in rows if row["name"] is None)
    return sorted(row["name"] for row in rows if row["name"] is not None and _tells(row, everybody))


def _tells(row: dict[str, Any], everybody: dict[str, Any]) -> bool:
    """Whether nearly all with it left, and of those without it not half as many."""
    people, ended = row["people"], row["ended"]
    if people < _FEWEST_PEOPLE or ended < _NEARLY_ALL * people:
        return False
    without, ended_without = everybody["people"] - people, everybody["ended"] - ended
    return bool(ended_without < without / 2)


def ends_after(tenure: Tenure) -> Question:
    """One row per name of what people did, met or paid in a relationship: name, people, and how many of them
    left within 180 days after. The row without a name has everybody.
    """
    return question(
        """
        with each as (
            select signals.name, signals.person,
                   max(
                       case when micros_between(signals.occurred_at, spells.ended_at) < :soon
                            then 1 else 0 end
                   ) as ended
            from spells inner join signals on signals.person = spells.person
            where signals.audience = :audience and signals.kind in ('did', 'met', 'paid')
              and signals.occurred_at >= spells.started_at
              and (spells.ended_at is null or signals.occurred_at < spells.ended_at)
            group by signals.name, signals.person
        )
        select name, count(*) as people, sum(ended) as ended from each group by name
        union all
        select null, count(*), sum(case when ended_at is not null then 1 else 0 end) from spells
        """,
        {"spells": spells(tenure)},
        audience=tenure.audience.value,
        soon=timedelta(days=180) // timedelta(microseconds=1),
    )


def late_signals(tenure: Tenure) -> Question:
    """One row per kind and name of signals in the 90 days before an end: signals, and how many came after it.

    Joining and leaving are the end itself and no leak of it.
    """
    return question(
        """
        select signals.kind, signals.name, count(*) as signals,
               sum(case when signals.received_at >= ended.ended_at then 1 else 0 end) as late
        from ended inner join signals on signals.person = ended.person
        where signals.audience = :audience and signals.occurred_at < ended.ended_at
          and signals.occurred_at >= add_days(ended.ended_at, :back)
          and not signals.kind in ('joined', 'left') and not starts_with_text(signals.source, :files)
        group by signals.kind, signals.name order by late desc, kind, name
        """,
        {
            "ended": question(
                "select person, ended_at from spells where ended_at is not null", {"spells": spells(tenure)}
            )
        },
        audience=tenure.audience.value,
        back=-DAYS_BEFORE,
        files=FROM_FILE,
    )
