"""A funnel of three steps and a segment over ten million signals, against raw scans of the same columns."""

import sys
from decimal import Decimal

from benchmarks import Ratio, Sense, paired
from benchmarks.questions import BEGAN, ENDED, FOLDER, filled, scan
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.understand.journeys import steps as stepping
from emptychair.understand.journeys.funnel import funnel
from emptychair.understand.journeys.reached import Walk
from emptychair.understand.segments import standing
from emptychair.understand.segments.reading import read
from emptychair.understand.segments.standing import Sight

SIGNALS = 10_000_000
FUNNEL_BAR, SEGMENT_BAR = 6, 4
_FUNNEL = "select count(*), max(audience), max(person), max(kind), max(name), max(occurred_at) from signals"
_SEGMENT = """
select count(*), max(audience), max(person), max(kind), max(name), max(score), max(value), max(currency),
       max(occurred_at)
from signals
"""
# Four signals in five are the first step, an eighth the second, three in a hundred the third.
_STEPS = {
    "steps": [
        {"signal": "did", "name": "page"},
        {"signal": "paid", "name": "order"},
        {"signal": "said", "name": "post"},
    ],
    "days": 90,
}
_WHO = {
    "all": [
        {"signal": "did", "name": "page", "at_least": 3, "days": 90},
        {"paid": "EUR", "at_least": 20},
        {"not": {"score": "nps", "at_most": 6}},
    ]
}


def main(size: int = SIGNALS) -> list[Ratio]:
    """The funnel at most six times its scan, the segment at most four times."""
    FOLDER.mkdir(exist_ok=True)
    ledger = filled(FOLDER / f"journeys-{size}", size)
    walk = Walk(audience=Audience.CUSTOMER, period=Period(BEGAN, ENDED), as_of=ENDED, columns={})
    steps = stepping.read(_STEPS)
    who = read(_WHO, Audience.CUSTOMER)
    sight = Sight(audience=Audience.CUSTOMER, as_of=ENDED, columns={})
    way = funnel(ledger, steps, walk)
    (found,) = ledger.ask(standing.sizes(who, sight)).to_pylist()
    counts = " -> ".join(f"{stage.people:,}" for stage in way.stages)
    print(f"  {counts}; {Decimal(found['members']):,} in the segment", file=sys.stderr)
    with ledger.staging("imp_bench") as staging:
        funnels = paired(lambda: funnel(ledger, steps, walk), lambda: scan(staging, _FUNNEL))
        segments = paired(lambda: ledger.ask(standing.sizes(who, sight)), lambda: scan(staging, _SEGMENT))
    ledger.close()
    return [
        Ratio(
            name=f"{name}, {size:,} signals",
            ours=ours,
            peer=peer,
            peer_name="DuckDB scan",
            bar=bar,
            sense=Sense.AT_MOST,
        )
        for name, (ours, peer), bar in (
            ("funnel of 3 steps", funnels, FUNNEL_BAR),
            ("segment of 3 conditions", segments, SEGMENT_BAR),
        )
    ]


if __name__ == "__main__":
    from rich.console import Console

    from benchmarks.__main__ import table

    Console().print(table(main(int(sys.argv[1]) if len(sys.argv) > 1 else SIGNALS)))
