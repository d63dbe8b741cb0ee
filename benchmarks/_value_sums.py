"""How often sums land in their intervals, of companies that are drawn and shops that were (docs/value.md)."""

import os
from pathlib import Path

import numpy as np

from emptychair.stats.buying import Buying, Model, buying
from emptychair.stats.holdout import HoldOut, hold_out, split
from emptychair.stats.purchases import purchases_of_orders
from emptychair.stats.spending import Spending, spending
from emptychair.stats.sums import Sum, sum_of_buying, sum_of_contracts
from emptychair.stats.survival import kaplan_meier
from emptychair.stats.tail import tail
from tests.stats.buyers import drawn
from tests.stats.shops import Orders, cdnow, retail

LONGEST = 182


def is_inside(found: Sum, came: float) -> bool:
    """Whether what came lies in the interval."""
    return found.low is not None and found.high is not None and found.low <= came <= found.high


def of_models(model: Model, customers: int, companies: int) -> float:
    """The share of companies, drawn from the model itself, whose sum lands in its interval."""
    inside = 0
    for seed in range(companies):
        one = drawn(np.random.default_rng([seed, 9]), model, customers)
        bought, money = buying(one.known, model), spending(one.known)
        assert isinstance(bought, Buying)
        assert isinstance(money, Spending)
        inside += is_inside(sum_of_buying(bought, money, one.known, 39.0), float(one.paid.sum()))
    return inside / companies


def of_contracts(
    rng: np.random.Generator, begun: int, companies: int, *, watched: float, late: bool
) -> float:
    """The same of contracts with exponential lives; with `late`, many of them go by the end of the curve."""
    inside = 0
    for _ in range(companies):
        lives, ages = rng.exponential(20, begun), rng.uniform(0, watched, begun)
        curve = kaplan_meier(np.minimum(lives, ages), lives <= ages)
        assert curve is not None
        end = tail(curve) if late else None
        runs = (lives > ages) & (late or ages + 12 <= curve.times[-1])
        margins = rng.gamma(2, 5, begun)[runs]
        paid = float(margins @ np.clip(np.floor((lives - ages)[runs]), 0, 12))
        inside += is_inside(sum_of_contracts(curve, ages[runs], margins, 12, tail=end), paid)
    return inside / companies


def of_orders(orders: Orders, until: int, horizon: int, model: Model) -> tuple[float, Sum, Sum, HoldOut]:
    """(what came, the sum without and with what a hold-out before it was off by, and that hold-out)."""
    who, days, amounts = orders
    before = days <= until
    kept_back = min(int(until - days.min()) // 3, LONGEST)
    early, later = split(
        who[before], days[before], amounts[before], until=until - kept_back, horizon=float(kept_back)
    )
    ids, known = purchases_of_orders(who, days, amounts, until=until)
    first, bought, money = buying(early, model), buying(known, model), spending(known)
    assert isinstance(first, Buying)
    assert isinstance(bought, Buying)
    assert isinstance(money, Spending)
    judged = hold_out(first, early, later, float(kept_back))
    came = (days > until) & (days <= until + horizon) & np.isin(who, ids)
    with_and_without = (
        sum_of_buying(bought, money, known, float(horizon), misfit=one) for one in (0, judged.misfit)
    )
    bare, whole = with_and_without
    return float(amounts[came].sum()), bare, whole, judged


def by_days(rng: np.random.Generator, customers: int, until: int) -> Orders:
    """A BG/NBD company (r 1, alpha 30 days, a 1, b 4), each with a mean amount of their own."""
    rows: list[tuple[int, int, float]] = []
    for number in range(customers):
        moment, rate, leaves = float(rng.integers(0, 200)), rng.gamma(1, 1 / 30), rng.beta(1, 4)
        mean = rng.gamma(6, 5)
        while moment < until:
            rows.append((number, int(moment), rng.gamma(4, mean / 4)))
            moment += max(rng.exponential(1 / rate), 1)
            if rng.random() < leaves:
                break
    who, days, amounts = zip(*rows, strict=True)
    return np.array(who), np.array(days), np.array(amounts)


def main() -> None:
    """Print both tables."""
    for model, customers, companies in (
        (Model.BG_NBD, 1_000, 400),
        (Model.BG_NBD, 200, 400),
        (Model.MBG_NBD, 1_000, 200),
        (Model.PARETO_NBD, 1_000, 200),
    ):
        print(
            f"{model}, {customers:,} customers: {of_models(model, customers, companies):.1%} of {companies}"
        )
    rng = np.random.default_rng(1)
    for begun, watched, late in ((100, 60, False), (500, 60, False), (600, 24, True)):
        share = of_contracts(rng, begun, 400, watched=watched, late=late)
        print(f"contracts, {begun} begun{', by the end of the curve' if late else ''}: {share:.1%} of 400")
    rounds = [
        of_orders(by_days(np.random.default_rng(seed), 500, 900), 535, 365, Model.BG_NBD)
        for seed in range(100)
    ]
    for name, at in (("alone", 1), ("with the hold-out", 2)):
        print(
            f"by days {name}: {np.mean([is_inside(one[at], one[0]) for one in rounds]):.1%} of {len(rounds)}"
        )
    data = Path(os.environ.get("EMPTYCHAIR_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not data.exists():
        print("no real data here: set EMPTYCHAIR_DATA")
        return
    for name, orders, until, horizon in (
        ("CDNOW sample", cdnow(data), 272, 273),
        ("CDNOW, all", cdnow(data, "CDNOW_master.txt.gz"), 272, 273),
        ("Online Retail", retail(data), 180, 93),
    ):
        came, bare, whole, judged = of_orders(orders, until, horizon, Model.PARETO_NBD)
        print(
            f"{name}: told {whole.value:,.0f} [{whole.low:,.0f}, {whole.high:,.0f}], without the hold-out "
            f"[{bare.low:,.0f}, {bare.high:,.0f}], came {came:,.0f}; misfit {judged.misfit:.3f}"
        )


if __name__ == "__main__":
    main()
