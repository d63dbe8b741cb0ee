"""What is planted in the demo company: every effect with its true size, in one place."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any


def _is(meaning: str, default: Any) -> Any:
    return field(default=default, metadata={"means": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRelease:
    """An app release that signs one plan out on one platform until it is mended."""

    version: str = _is("version that broke sign-in", "4.2.0")
    mended_in: str = _is("version that mended it", "4.2.1")
    day: int = _is("day of the release, counted from the start", 420)
    days: int = _is("days until it was mended", 16)
    plan: str = _is("plan it hit", "barista")
    platform: str = _is("platform it hit", "android")
    attempt_share: float = _is("share of the hit who tried to sign in, and so met it", 0.92)
    ratio: float = _is("hazard ratio of leaving, exposed against not", 3.0)
    ratio_new: float = _is("the same for those who had joined only lately", 6.0)
    new_days: int = _is("days since joining under which a customer counts as new here", 30)
    effect_days: int = _is("days the effect lasts after the first failed sign-in", 56)
    score_effect: float = _is("change of the 0-10 score while it lasts", -2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowRefunds:
    """Refunds that take weeks cost retention; the switch of the returns partner made them common."""

    weekly_returns: float = _is("returns per customer and week", 0.006)
    switch_day: int = _is("day on which returns went to an outside partner", 330)
    slow_before: float = _is("share of slow refunds before the switch", 0.18)
    slow_card_after: float = _is("share of slow refunds after it, paid by card", 0.22)
    slow_bank_after: float = _is("share of slow refunds after it, paid by bank transfer", 0.62)
    noticed_days: int = _is("days after the request at which a refund counts as slow", 7)
    ratio: float = _is("hazard ratio of leaving after a slow refund, against a fast one", 2.2)
    effect_days: int = _is("days the effect lasts, from the day it was noticed", 120)
    score_effect: float = _is("change of the 0-10 score while it lasts", -2.2)
    decoy_ratio: float = _is("hazard ratio of the loudest complaint, plastic packaging", 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CareAttrition:
    """A care team that loses its people serves its customers worse, and they leave."""

    team: str = _is("the care team", "Harbour")
    manager_day: int = _is("day on which its manager changed", 240)
    from_day: int = _is("first day on which its people leave faster", 270)
    to_day: int = _is("day from which they leave as before", 390)
    employee_ratio: float = _is("hazard ratio of leaving for its employees meanwhile", 14.0)
    enps_effect: float = _is("change of its employees' 0-10 score, manager change to the end", -2.8)
    loss_days: int = _is("days over which the share of the team that left is counted", 84)
    lag_days: int = _is("days until that loss is felt by customers", 42)
    csat_per_loss: float = _is("change of the 1-5 satisfaction score per whole team lost", -2.5)
    log_ratio_per_loss: float = _is("log hazard ratio of the customers served, per whole team lost", 1.8)
    effect_days: int = _is("days the effect lasts after the contact", 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentUnhappy:
    """People who fade away, are unhappy, complain little and do not answer surveys."""

    share: float = _is("share of customers who will fade if they stay long enough", 0.30)
    onset_from: int = _is("earliest day after joining at which fading begins", 30)
    onset_to: int = _is("latest day after joining at which fading begins", 330)
    answers: float = _is("share of surveys they answer", 0.05)
    others_answer: float = _is("share of surveys everybody else answers", 0.38)
    mean_score: float = _is("mean of their 0-10 score before rounding", 4.8)
    spread: float = _is("standard deviation of that score before rounding", 2.2)
    use: float = _is("their use of the app and of mails, against their own before", 0.2)
    contacts: float = _is("their contacts with care, against others", 0.15)
    ratio: float = _is("hazard ratio of leaving once fading", 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingNeed:
    """A need nobody asked for before a known day, growing at a known rate: half-caffeinated beans."""

    need: str = _is("the need", "half caf")
    day: int = _is("day of the first cue", 520)
    start_rate: float = _is("cues per 1,000 customers and week on that day", 0.8)
    weekly_growth: float = _is("growth per week", 0.09)
    search_share: float = _is("share of cues that are searches without a result", 0.7)
    decoy: str = _is("theme that also rises, but does so every summer", "iced")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterGuide:
    """A helpful feature whose users leave more, because those who struggle are led to it."""

    hard_share: float = _is("share of customers with hard water", 0.35)
    hard_ratio: float = _is("hazard ratio of leaving with hard water", 2.8)
    hard_adoption: float = _is("share with hard water who use the guide", 0.55)
    soft_adoption: float = _is("share with soft water who use the guide", 0.08)
    adopted_from: int = _is("earliest day after joining at which it is used", 2)
    adopted_to: int = _is("latest day after joining at which it is used", 20)
    ratio: float = _is("hazard ratio of leaving by using it, everything else equal", 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What care promises by a day, and what a broken promise costs."""

    share: float = _is("share of contacts in which something is promised", 0.25)
    kept: float = _is("share kept by a full team", 0.84)
    kept_per_loss: float = _is("change of that share per whole team lost", -0.5)
    resolved_late: float = _is("share of the broken that are done late; the others never", 0.5)
    ratio: float = _is("hazard ratio of leaving after a broken promise, against a kept one", 1.6)
    effect_days: int = _is("days the effect lasts, from the day it was due", 120)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceIncrease:
    """A price increase for everybody, four weeks before the broken release: the tempting wrong suspect."""

    day: int = _is("day of the price increase", 392)
    factor: float = _is("new price over old price", 1.09)
    ratio: float = _is("hazard ratio of leaving while it hurts", 1.25)
    effect_days: int = _is("days it hurts", 56)
    score_effect: float = _is("change of the 0-10 score while it hurts", -0.5)
    said_share: float = _is("share of leavers who name the price, whatever made them leave", 0.35)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advocates:
    """A few customers who bring others."""

    share: float = _is("share of customers who are advocates", 0.025)
    ratio: float = _is("hazard ratio of leaving for an advocate", 0.35)
    referred_share: float = _is("share of joiners brought by an advocate, once there are some", 0.14)
    referred_ratio: float = _is("hazard ratio of leaving for somebody who was brought", 0.8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truths:
    """Everything that is planted; days are counted from the start, 24 months before `until`."""

    broken_release: BrokenRelease = BrokenRelease()
    slow_refunds: SlowRefunds = SlowRefunds()
    care_attrition: CareAttrition = CareAttrition()
    silent_unhappy: SilentUnhappy = SilentUnhappy()
    emerging_need: EmergingNeed = EmergingNeed()
    water_guide: WaterGuide = WaterGuide()
    promises: Promises = Promises()
    price_increase: PriceIncrease = PriceIncrease()
    advocates: Advocates = Advocates()


TRUTHS = Truths()


def _rows() -> Iterator[str]:
    for part in fields(TRUTHS):
        truth = getattr(TRUTHS, part.name)
        for item in fields(truth):
            name = part.name.replace("_", " ")
            yield f"| {name} | {item.metadata['means']} | {getattr(truth, item.name)} |"


def numbers_table() -> str:
    """The table "planted in numbers" of docs/demo.md, as Markdown: one row per parameter."""
    return "\n".join(["| truth | parameter | value |", "|---|---|---|", *_rows()])
