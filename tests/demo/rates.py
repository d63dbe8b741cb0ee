"""How fast people leave in two groups at risk, and how far the ratio may be from the truth by chance."""

import math
from dataclasses import dataclass

from tests.demo.conftest import Company


@dataclass(frozen=True)
class Ratio:
    """A ratio of two rates of leaving, as a logarithm with its standard error."""

    log: float
    error: float

    def is_near(self, truth: float) -> bool:
        return abs(self.log - math.log(truth)) < 3 * self.error

    def is_above(self, other: float) -> bool:
        return self.log - 2 * self.error > math.log(other)


def ratio(company: Company, risk: str) -> Ratio:
    """`risk`: a query of person, stratum, exposed, begin and stop (days). Leaving after `begin` counts.

    The log ratio in each stratum, weighted by the inverse of its variance (1/events + 1/events).
    """
    rows = company.rows(f"""
        select stratum,
            sum((ended < least(stop, {company.days}))::int) filter (exposed) as left_exposed,
            sum(least(seen_to, stop) - begin) filter (exposed) as days_exposed,
            sum((ended < least(stop, {company.days}))::int) filter (not exposed) as left_others,
            sum(least(seen_to, stop) - begin) filter (not exposed) as days_others
        from ({risk}) as risk join spells using (person)
        where audience = 'customer' and started <= begin and seen_to > begin
        group by stratum""")
    logs = [(math.log(float(a / s) / float(b / t)), 1 / (1 / a + 1 / b)) for _, a, s, b, t in rows if a and b]
    weight = sum(precision for _, precision in logs)
    return Ratio(sum(log * precision for log, precision in logs) / weight, math.sqrt(1 / weight))
