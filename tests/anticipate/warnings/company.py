"""A small company of 130 days in which nothing is wrong, and troubles that may begin near its end."""

import json
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 130
END = START + timedelta(days=DAYS)
EMPLOYEE = Audience.EMPLOYEE
# What is put there begins on this day.
BEGINS = DAYS - 3
PEOPLE = 300
PLANS, PLATFORMS, COUNTRIES = ("free", "team"), ("android", "ios", "web"), ("DE", "FR")
BROKEN = "2.0.0"


def plan(person: int) -> str:
    return PLANS[person % 2]


def platform(person: int) -> str:
    return PLATFORMS[person // 2 % 3]


def moment(day: int, minute: float = 0) -> datetime:
    return START + timedelta(days=day, hours=8, minutes=minute)


def signal(n: str, person: int, at: datetime, **more: object) -> Signal:
    """A signal of a customer."""
    given: dict[str, object] = {
        "audience": Audience.CUSTOMER,
        "channel": "app",
        "source": "src",
        "kind": Kind.DID,
        **more,
    }
    properties = given.pop("properties", {})
    return Signal(
        id=n, person=f"per_{person}", occurred_at=at, received_at=at,
        properties=json.dumps(properties), **given,
    )  # type: ignore[arg-type]  # fmt: skip


def version(day: int) -> str:
    return BROKEN if day >= BEGINS else "1.0.0" if day < 60 else "1.1.0"


def did(n: str, person: int, day: int, name: str, minute: float = 0, **properties: object) -> Signal:
    told = {"platform": platform(person), "app_version": version(day), **properties}
    return signal(n, person, moment(day, minute), name=name, properties=told)


def usual(seed: int = 6, stays_away: Callable[[int, int], bool] = lambda person, day: False) -> list[Signal]:
    """People use the app, mistype their passwords, search, pay, and are promised things that are kept."""
    dice = random.Random(seed)
    found = [
        signal(
            f"told_{person}", person, START, kind=Kind.TOLD, name="traits",
            properties={"plan": plan(person), "country": COUNTRIES[person // 6 % 2]},
        )
        for person in range(PEOPLE)
    ]  # fmt: skip
    for day in range(DAYS):
        for person in range(PEOPLE):
            if dice.random() > 0.35 or stays_away(person, day):
                continue
            key = f"{day}_{person}"
            found.append(did(f"opened_{key}", person, day, "app_opened"))
            if dice.random() < 0.02:
                found.append(did(f"mistyped_{key}", person, day, "sign_in_failed", error="wrong password"))
            if dice.random() < 0.05:
                found.append(did(f"search_{key}", person, day, "search", 9, query="beans", results=4))
            if dice.random() < 0.1:
                at = moment(day, 20)
                found.append(
                    signal(f"paid_{key}", person, at, kind=Kind.PAID, name="order", value=Decimal(10),
                           currency="EUR")
                )  # fmt: skip
            if dice.random() < 0.03:
                found += promise(key, person, day, is_kept=dice.random() < 0.95)
    return found


def promise(key: str, person: int, day: int, *, is_kept: bool) -> list[Signal]:
    due = moment(day, 240)
    told = {"promise": key, "what": "a call back", "due_at": due.isoformat(), "by": "emp_1"}
    met = {"kind": Kind.MET, "channel": "email", "properties": told}
    made = [signal(f"made_{key}", person, moment(day, 30), name="promise_made", **met)]
    return [*made, *([signal(f"done_{key}", person, moment(day, 60), name="promise_done", **met)] * is_kept)]


def broken_release() -> list[Signal]:
    """From its first day on the release lets nobody of `team` sign in who has an android phone."""
    dice = random.Random(7)
    return [
        did(f"broken_{day}_{person}", person, day, "sign_in_failed", 5, error="unknown plan")
        for day in range(BEGINS, DAYS)
        for person in hit()
        if dice.random() < 0.5
    ]


def hit() -> list[int]:
    return [one for one in range(PEOPLE) if plan(one) == "team" and platform(one) == "android"]


def flood() -> list[Signal]:
    """One person alone fails hundreds of times."""
    return [did(f"flood_{n}", 1, DAYS - 1, "sign_in_failed", n / 2) for n in range(300)]


def unpaid() -> list[Signal]:
    """The cards of `team` are declined."""
    return [
        did(f"unpaid_{day}_{one}", one, day, "payment_failed", 21)
        for day in (DAYS - 2, DAYS - 1)
        for one in range(1, 60, 2)
    ]


def in_vain() -> list[Signal]:
    """Many search for one thing again and again, and it is not there."""
    return [
        did(f"vain_{one}_{n}", one, DAYS - 1, "search", 30 + n, query="oat milk", results=0)
        for one in range(40)
        for n in range(3)
    ]


def rage() -> list[Signal]:
    """A button does nothing, and people tap it."""
    return [
        did(f"tap_{one}_{n}", one, DAYS - 1, "checkout_tapped", 40 + n / 10)
        for one in range(0, 60, 2)
        for n in range(8)
    ]


def overdue() -> list[Signal]:
    """A team keeps no promise any more."""
    return [
        one
        for person in range(40)
        for one in promise(f"late_{person}", person, DAYS - 1, is_kept=False)
    ]  # fmt: skip


def is_of_team_and_gone(person: int, day: int) -> bool:
    return plan(person) == "team" and day >= BEGINS


def is_holiday(person: int, day: int) -> bool:
    return day == DAYS - 1 and person % 5 < 3


def of_employees() -> list[Signal]:
    """Employees fail as well, and that is no business of these pages."""
    return [
        signal(f"emp_{one}_{n}", 900 + one, moment(DAYS - 1, n), name="sign_in_failed", audience=EMPLOYEE)
        for one in range(50)
        for n in range(3)
    ]  # fmt: skip


def fill(ledger: Ledger, signals: Iterable[Signal]) -> None:
    ledger.append(list(signals))
    ledger.load(END)
