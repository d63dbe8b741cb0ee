"""Sample ratio mismatch: whether as many people are in each arm as the lots must have put there."""

from collections.abc import Sequence

from scipy.special import chdtrc

# Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments" (KDD 2019): at .001 a
# comparison that is looked at many times is hardly ever called out for nothing.
ALARM = 0.001


def mismatch(counts: Sequence[int], shares: Sequence[float]) -> float | None:
    """The p value of a chi-squared test of the counts against the shares (they add to 1).

    None where nobody was counted, or some arm is to have nobody. Below `ALARM` nothing is concluded from the
    arms: who is missing from them is no accident.

    >>> round(mismatch([8_100, 7_900], [0.5, 0.5]), 6)
    0.113846
    >>> mismatch([821_588, 815_482], [0.5, 0.5]) < ALARM  # the example of the paper
    True
    >>> mismatch([0, 0], [0.5, 0.5]) is None
    True
    """
    total = sum(counts)
    if not total or any(share <= 0 for share in shares):
        return None
    statistic = sum(
        (count - total * share) ** 2 / (total * share) for count, share in zip(counts, shares, strict=True)
    )
    return float(chdtrc(len(counts) - 1, statistic))
