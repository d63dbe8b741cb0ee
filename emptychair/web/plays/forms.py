"""What is asked for a play: about what, why, whom to leave alone, and what it should change."""

from dataclasses import dataclass

from emptychair.act.plays.enrolling import MOST_SHARE, least_share
from emptychair.desk.plays import LONGEST_DEED, LONGEST_NAME, LONGEST_TITLE, About, Goal
from emptychair.domain.contact import Purpose
from emptychair.web.fields import Fields
from emptychair.web.problem import refused

SERVICE = "service"
PURPOSES = {SERVICE: None, Purpose.UPDATES.value: Purpose.UPDATES, Purpose.MARKETING.value: Purpose.MARKETING}
FEWEST_DAYS, MOST_DAYS = 7, 365
# A need is not known to be met by anything yet: half of them are left alone, which shows most.
SHARES = {About.WARNING: 20, About.SEGMENT: 20, About.RISK: 20, About.NEED: 50}
FEWEST_FIRST, MOST_FIRST = 20, 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One play as it is asked for."""

    about: About
    about_id: str
    first: int
    title: str
    deed: str
    purpose: Purpose | None
    share: float
    goal: Goal
    goal_name: str
    days: int

    @property
    def percent(self) -> int:
        """How many of a hundred are left alone."""
        return round(100 * self.share)

    @property
    def purpose_name(self) -> str:
        """The purpose as a form has it."""
        return SERVICE if self.purpose is None else self.purpose.value


def asked(fields: Fields) -> Asked:
    """The play of these fields; what is left out has its usual value. Raises a `Problem` naming the field."""
    about = _about(fields)
    purpose = _purpose(fields)
    goal = _goal(fields)
    goal_name = " ".join(fields.text("goal_name").split()) if goal is Goal.DOING else ""
    if goal is Goal.DOING and not goal_name:
        raise refused({"goal_name": "Name what they should do, as it stands in the signals."})
    if len(goal_name) > LONGEST_NAME:
        raise refused({"goal_name": f"A name has at most {LONGEST_NAME} letters."})
    return Asked(
        about=about,
        about_id=fields.text("about_id")[:40],
        first=_whole(fields, "first", 100, FEWEST_FIRST, MOST_FIRST),
        title=_line(fields, "title", LONGEST_TITLE),
        deed=_text(fields, "deed", LONGEST_DEED),
        purpose=purpose,
        share=_share(fields, about, purpose),
        goal=goal,
        goal_name=goal_name,
        days=_whole(fields, "days", 60, FEWEST_DAYS, MOST_DAYS),
    )


def _about(fields: Fields) -> About:
    name = fields.text("about")
    if name not in set(About):
        raise refused({"about": f"A play begins with one of {', '.join(About)}."})
    return About(name)


def _purpose(fields: Fields) -> Purpose | None:
    name = fields.text("purpose", Purpose.UPDATES.value)
    if name not in PURPOSES:
        raise refused({"purpose": f"Expected one of {', '.join(PURPOSES)}."})
    return PURPOSES[name]


def _goal(fields: Fields) -> Goal:
    name = fields.text("goal", Goal.STAYING.value)
    if name not in set(Goal):
        raise refused({"goal": f"Expected one of {', '.join(Goal)}."})
    return Goal(name)


def _share(fields: Fields, about: About, purpose: Purpose | None) -> float:
    least, most = round(100 * least_share(purpose)), round(100 * MOST_SHARE)
    return _whole(fields, "share", SHARES[about], least, most) / 100


def _whole(fields: Fields, name: str, usual: int, least: int, most: int) -> int:
    text = fields.text(name) or str(usual)
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and least <= int(text) <= most):
        raise refused({name: f"Expected a whole number from {least} to {most}."})
    return int(text)


def _line(fields: Fields, name: str, most: int) -> str:
    text = " ".join(fields.text(name).split())
    if len(text) > most:
        raise refused({name: f"At most {most} letters fit here."})
    return text


def _text(fields: Fields, name: str, most: int) -> str:
    text = fields.text(name).replace("\r\n", "\n")
    if len(text) > most:
        raise refused({name: f"At most {most:,} letters fit here."})
    return text
