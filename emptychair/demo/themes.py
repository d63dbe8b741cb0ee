"""What people talk about in the demo company."""

from enum import IntEnum


class Theme(IntEnum):
    """One subject of words; the name in lower case is its entry in the files of `words/`."""

    SLOW_REFUND = 0
    SIGN_IN = 1
    LATE = 2
    PACKAGING = 3
    BITTER = 4
    PRICE = 5
    PAUSE = 6
    GRINDER = 7
    GIFT = 8
    ICED = 9
    HALF_CAF = 10
    CARE_WAIT = 11
    BROKEN_PROMISE = 12
    FADING = 13
    PRAISE_TASTE = 14
    PRAISE_CARE = 15
    WORKLOAD = 16
    LEADERSHIP = 17
    PAY = 18
    GROWTH = 19
    TEAM_PRIDE = 20
    REPLY = 21


# how often each theme is the reason of an ordinary contact with care; seasons and hard water come on top
ORDINARY = {
    Theme.PACKAGING: 0.34,
    Theme.LATE: 0.20,
    Theme.PAUSE: 0.15,
    Theme.GRINDER: 0.13,
    Theme.PRICE: 0.08,
    Theme.BITTER: 0.06,
    Theme.PRAISE_TASTE: 0.04,
}
