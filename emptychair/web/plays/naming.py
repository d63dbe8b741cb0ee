"""What pages say about a play: what it is for, what it may show, and what came of it."""

from markupsafe import Markup

from emptychair.desk import early_warnings
from emptychair.desk.play_people import State
from emptychair.desk.plays import About, Goal, Play
from emptychair.domain.arm import Arm
from emptychair.experiment.planning import Plan
from emptychair.experiment.verdict import Open
from emptychair.web.formats import Formats
from emptychair.web.parts import Parts
from emptychair.web.plays.told import Told
from emptychair.web.texts import Texts, marked
from emptychair.web.warnings import naming as warnings

PURPOSE_NAMES = {
    "updates": marked("Help with something that they met, or asked for"),
    "marketing": marked("News, or an offer"),
    "service": marked("Something that is owed to them, whatever they said"),
}
NOT_IN = {
    "no_name": marked("Nobody known by a name: a device alone"),
    "in_another_play": marked("In another play, which is not decided yet"),
}
STATES = {
    "to_do": marked("to do"),
    "taken": marked("in hand"),
    "done": marked("done"),
    "skipped": marked("left out"),
}
OUTCOMES = {
    "reached": marked("Reached"),
    "not_reached": marked("Not reached"),
    "unwanted": marked("Wants no such calls"),
}


def called(parts: Parts, about: About, about_id: str, name: str, words: Texts) -> str:
    """What a play begins with, in a few words; a warning by what it says."""
    if about is About.RISK:
        return words.gettext("Customers at risk")
    if about is not About.WARNING:
        return name
    with parts.desk.read() as tx:
        warning = early_warnings.find(tx, about_id)
    if warning is None:
        return name
    what = warnings.called(warning.kind, warning.key, words)
    return f"{what} ({warnings.where(warning.cell, words)})"[:200]


def link(play: Play) -> str:
    """Where what it began with stands."""
    if play.about is About.RISK:
        return f"/customers/risk?currency={play.about_id}"
    places = {About.WARNING: "/warnings", About.NEED: "/voice/needs", About.SEGMENT: "/segments"}
    return f"{places[play.about]}/{play.about_id}"


def goal(play_goal: Goal, name: str, days: int, words: Texts) -> str:
    """What should be so after some days, as the end of a sentence that begins with who."""
    if play_goal is Goal.STAYING:
        return words.gettext("are still with us after %(days)s days", days=days)
    return words.gettext("do “%(name)s” within %(days)s days", name=name, days=days)


def opening(one: Told, write: Formats, words: Texts) -> Markup:
    """The sentence a play's page begins with."""
    if one.verdict.why_open is not Open.TOO_EARLY:
        return came_of(one, write, words)
    done, left = one.called(State.DONE), one.called(State.TO_DO, State.TAKEN)
    held = write.count(one.held_out)
    if one.is_open and left:
        told = words.ngettext(
            "call is to be made, and %(done)s made. %(held)s people are left alone to compare with.",
            "calls are to be made, and %(done)s made. %(held)s people are left alone to compare with.",
            left,
            done=write.count(done),
            held=held,
        )
        return Markup("<strong>{}</strong> {}").format(write.count(left), told)
    told = words.ngettext(
        "call was made. %(held)s people are left alone to compare with.",
        "calls were made. %(held)s people are left alone to compare with.",
        done,
        held=held,
    )
    return Markup("<strong>{}</strong> {}").format(write.count(done), told)


def came_of(one: Told, write: Formats, words: Texts) -> Markup:
    """What came of a play, with both shares, the difference and its interval."""
    found = one.verdict
    if found.why_open is not None or found.sides is None or found.difference is None:
        return Markup("{}").format(why_open(one, write, words))
    shares = {arm: side.share for arm, side in found.sides.items()}
    called_share, alone = shares[Arm.TREATED], shares[Arm.HELD_OUT]
    lead = words.gettext("Nothing is seen that it changed.")
    if found.is_clear:
        helped = found.difference.value > 0
        lead = words.gettext("It helped.") if helped else words.gettext("It did harm.")
    told = words.gettext(
        "Of those to be called %(called)s %(goal)s, of those left alone %(alone)s: "
        "%(points)s points (%(low)s to %(high)s).",
        called="" if called_share is None else write.percent(called_share.value),
        alone="" if alone is None else write.percent(alone.value),
        goal=goal(one.play.goal, one.play.goal_name, one.play.days, words),
        points=write.signed(100 * found.difference.value),
        low=write.signed(100 * found.difference.low),
        high=write.signed(100 * found.difference.high),
    )
    return Markup("<strong>{}</strong> {}").format(lead, told)


def why_open(one: Told, write: Formats, words: Texts) -> str:
    """Why nothing is concluded of a play."""
    play, found = one.play, one.verdict
    if found.why_open is Open.TOO_EARLY:
        until = write.day(play.ends_at)
        if found.known_at is None:
            return words.gettext("It will be known on %(day)s, and not before: to peek misleads.", day=until)
        return words.gettext(
            "It was to be known on %(day)s, but signals end on %(end)s.",
            day=until,
            end=write.day(found.known_at),
        )
    if found.why_open is Open.NOBODY_ALONE:
        return words.gettext("Nobody was left alone, so nobody can say whether it helped.")
    if found.why_open is Open.MISMATCH:
        return words.gettext(
            "Nothing is concluded: far more people of one side than of the other are missing, "
            "which chance does not do (p %(p)s).",
            p=write.decimal(found.mismatch or 0, 5),
        )
    if found.why_open is Open.NOTHING_TELLS:
        return words.gettext("Nothing tells who stayed: %(reason)s", reason=found.reason)
    return words.gettext("Too few people of one side are known to say anything.")


def plan(found: Plan, play_goal: Goal, name: str, days: int, write: Formats, words: Texts) -> str:
    """What a play could show, before it starts."""
    if found.reason:
        return words.gettext("Nothing tells who stayed: %(reason)s", reason=found.reason)
    if not found.held_out:
        return words.gettext("Nobody would be left alone: whether it helps would never be known.")
    if found.before is None:
        return words.gettext("Too few people are known for anything to be seen.")
    share = write.percent(found.before.value)
    if play_goal is Goal.STAYING:
        before = words.gettext(
            "Of all customers %(share)s stayed in the last %(days)s days.", days=days, share=share
        )
    else:
        before = words.gettext(
            "In the last %(days)s days %(share)s of them did “%(name)s”.", days=days, share=share, name=name
        )
    if found.rise is None:
        rest = words.gettext("Even if all who are called did so, so few people would not show it.")
    else:
        rest = words.gettext(
            "A rise by %(points)s points would be found four times out of five; a smaller one more rarely.",
            points=write.decimal(100 * found.rise, 1),
        )
    return f"{before} {rest}"
