"""The steps of a funnel or a journey: names and signals, in an order, within so many days; read from JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from emptychair.domain.signal import Kind
from emptychair.understand.signs import Sign, properties_of
from emptychair.understand.stated import NotADefinition, Stated, sign_as_data, sign_of

FEWEST, MOST = 2, 8
MOST_DAYS = 730
USUAL_DAYS = 30
LONGEST_NAME = 60


class Order(StrEnum):
    """Whether anything may lie between two steps.

    `STRICT`: nothing else that the person did themselves; what we sent or were told lies between as it likes.
    """

    LOOSE = "loose"
    STRICT = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: what it is called, and the signals that are it."""

    name: str
    sign: Sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Steps in their order; the last has to be reached within `days` of the first."""

    steps: tuple[Step, ...]
    days: int = USUAL_DAYS
    order: Order = Order.LOOSE


def read(data: Any) -> Steps:
    """The steps that plain values describe: `steps`, `days`, `order`. Raises NotADefinition by place."""
    faults: dict[str, str] = {}
    stated = Stated(data, "definition", faults)
    items = stated.items("steps", MOST)
    if len(items) < FEWEST:
        stated.wrong("steps", f"Expected {FEWEST} to {MOST} steps.")
    steps = tuple(_step(one) for one in items)
    days = stated.whole("days", 1, MOST_DAYS)
    order = stated.choice("order", Order, Order.LOOSE)
    stated.done()
    if faults:
        raise NotADefinition(faults)
    return Steps(steps=steps, days=days or USUAL_DAYS, order=order)


def as_data(steps: Steps) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "steps": [{"called": step.name, **sign_as_data(step.sign)} for step in steps.steps],
        "days": steps.days,
        "order": steps.order.value,
    }


def properties(steps: Sequence[Step]) -> tuple[str, ...]:
    """The properties that any step looks at."""
    return tuple(dict.fromkeys(name for step in steps for name in properties_of(step.sign)))


def plain(kind: Kind, name: str) -> Step:
    """The step of all signals of one name."""
    return Step(name=name, sign=Sign(kind=kind, names=(name,)))


def _step(stated: Stated) -> Step:
    sign = sign_of(stated)
    called = stated.word("called") or (sign.names[0] if sign.names else str(stated.data.get("signal", "")))
    stated.done()
    return Step(name=called[:LONGEST_NAME], sign=sign)
