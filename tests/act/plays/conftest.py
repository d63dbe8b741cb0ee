"""A ledger of customers and a desk, as somebody who starts a play finds them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emptychair.desk import play_people, plays
from emptychair.desk.desk import Desk
from emptychair.desk.plays import About, Course, Goal, Play
from emptychair.domain.arm import Arm
from emptychair.domain.contact import Purpose
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
PEOPLE = tuple(f"per_{number:03}" for number in range(100))


def signal(person: str, kind: Kind, name: str, at: datetime, **more: object) -> Signal:
    return Signal(
        id=f"{person}.{kind}.{name}.{at:%Y%m%d%H%M}",
        audience=Audience.CUSTOMER,
        person=person,
        kind=kind,
        name=name,
        channel="web",
        source="src_1",
        occurred_at=at,
        received_at=at,
        **more,  # type: ignore[arg-type]
    )


def fill(ledger: Ledger, signals: list[Signal], now: datetime) -> None:
    ledger.append(signals)
    ledger.load(now)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "ledger")
    joined = [signal(person, Kind.JOINED, "joined", NOON - timedelta(days=200)) for person in PEOPLE]
    # That somebody ever left tells that joining is a contract, and silence no end.
    gone = [
        signal("gone", Kind.JOINED, "joined", NOON - timedelta(days=190)),
        signal("gone", Kind.LEFT, "left", NOON - timedelta(days=150)),
    ]
    fill(ledger, [*joined, *gone], NOON)
    yield ledger
    ledger.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk.open(tmp_path / "desk.sqlite3")
    yield desk
    desk.close()


Start = Callable[..., Play]


@pytest.fixture
def start(desk: Desk) -> Start:
    """A play that is open, with these people in their arms."""

    def started(arms: Mapping[str, Arm], **changed: object) -> Play:
        told: dict[str, object] = {
            "id": plays.new_play_id(), "title": "Help", "about": About.SEGMENT, "about_id": "seg_1",
            "about_name": "Some", "deed": "", "purpose": Purpose.UPDATES, "share": 0.5,
            "goal": Goal.STAYING, "goal_name": "", "days": 30, "framed": {}, "course": Course.OPEN,
            "by": "usr_1", "started_at": NOON, "closed_at": None,
        }  # fmt: skip
        with desk.begin() as tx:
            play = plays.start(tx, Play(**{**told, **changed}))  # type: ignore[arg-type]
            play_people.add(tx, play.id, arms, NOON)
        return play

    return started
