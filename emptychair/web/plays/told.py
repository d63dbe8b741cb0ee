"""Plays as pages and JSON show them: how far the calls are, and what came of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from emptychair.desk import play_people, settings
from emptychair.desk.play_people import Call, Outcome, State
from emptychair.desk.plays import Course, Play
from emptychair.domain.arm import Arm
from emptychair.domain.signal import Audience
from emptychair.experiment.verdict import Open, Verdict, verdict
from emptychair.web.parts import Parts

Counted = Mapping[tuple[Arm, State, Outcome | None], int]
CALL_HEAD = ("id", "person", "state", "outcome", "taken_by", "tries", "not_before", "changed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One play, and how many of those to be called stand where."""

    play: Play
    counted: Counted
    verdict: Verdict

    @property
    def treated(self) -> int:
        """How many were drawn to be called."""
        return sum(n for (arm, *_), n in self.counted.items() if arm is Arm.TREATED)

    @property
    def held_out(self) -> int:
        """How many were drawn to be left alone."""
        return sum(n for (arm, *_), n in self.counted.items() if arm is Arm.HELD_OUT)

    def called(self, *states: State) -> int:
        """How many of those to be called are in one of these states."""
        return sum(n for (arm, state, _), n in self.counted.items() if arm is Arm.TREATED and state in states)

    @property
    def made(self) -> int:
        """How many calls were made, whatever came of them."""
        return self.called(State.DONE)

    def came(self, outcome: Outcome) -> int:
        """Of how many calls this came."""
        return sum(n for (_, _, found), n in self.counted.items() if found is outcome)

    @property
    def is_open(self) -> bool:
        """Whether people are called."""
        return self.play.course is Course.OPEN


def told(parts: Parts, play: Play) -> Told:
    """All that is known of a play; what came of it is kept until something changes."""
    with parts.desk.read() as tx:
        counted = play_people.counts(tx, [play.id])[play.id]
        known = (settings.get(tx, settings.GAP_DAYS, Audience.CUSTOMER), settings.get(tx, settings.MINIMUM_N))
    now = parts.clock()
    if now < play.ends_at:
        found = Verdict(known_at=None, why_open=Open.TOO_EARLY)
    else:
        erased = tuple(sorted((str(key), n) for key, n in counted.items()))
        key = ("play", play.id, erased, known, parts.ledger.state().version)
        found = parts.kept.get(key, lambda: verdict(parts.desk, parts.ledger, play, now))
    return Told(play=play, counted=counted, verdict=found)


def as_data(one: Told) -> dict[str, Any]:
    """A play as JSON. Who is held out is counted, and named nowhere."""
    play = one.play
    return {
        "id": play.id,
        "title": play.title,
        "about": play.about,
        "about_id": play.about_id,
        "about_name": play.about_name,
        "deed": play.deed,
        "purpose": play.purpose,
        "share": play.share,
        "goal": play.goal,
        "goal_name": play.goal_name,
        "days": play.days,
        "started_at": play.started_at,
        "ends_at": play.ends_at,
        "course": play.course,
        "closed_at": play.closed_at,
        **play.framed,
        "treated": one.treated,
        "held_out": one.held_out,
        "calls": {state.value: one.called(state) for state in State},
        "outcomes": {outcome.value: one.came(outcome) for outcome in Outcome},
        "verdict": verdict_as_data(one.verdict),
    }


def verdict_as_data(found: Verdict) -> dict[str, Any]:
    """What came of a play as JSON."""
    sides = None
    if found.sides is not None:
        sides = {
            arm.value: {
                "drawn": side.drawn,
                "told": side.told,
                "met": side.met,
                "share": None if side.share is None else asdict(side.share),
            }
            for arm, side in found.sides.items()
        }
    return {
        "why_open": found.why_open,
        "reason": found.reason,
        "known_at": found.known_at,
        "arms": sides,
        "difference": None if found.difference is None else asdict(found.difference),
        "is_clear": found.is_clear,
        "mismatch_p": found.mismatch,
    }


def call_as_data(call: Call) -> dict[str, Any]:
    """One call as JSON."""
    return {name: getattr(call, name) for name in (*CALL_HEAD, "note")}
