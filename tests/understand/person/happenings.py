"""Short ways to write down what happened to somebody."""

import json
from decimal import Decimal

from emptychair.domain.signal import Kind
from emptychair.understand.person.history import Happening
from emptychair.understand.person.said import Read
from tests.understand.histories import on

NUMBERS = iter(range(1_000_000))


def happened(
    when: str, kind: Kind, name: str, *, text: str | None = None, score: int | None = None,
    value: str | None = None, person: str = "ada", signal: str = "", channel: str = "web", **more: object,
) -> Happening:  # fmt: skip
    return Happening(
        id=signal or f"sig_{next(NUMBERS)}",
        person=person,
        kind=kind,
        name=name,
        channel=channel,
        source="src_1",
        occurred_at=on(when),
        text=text,
        score=None if score is None else Decimal(score),
        value=None if value is None else Decimal(value),
        currency=None if value is None else "EUR",
        properties=json.dumps(more),
    )


def sounds(tone: str, score: str) -> Read:
    return Read(tone=tone, tone_score=Decimal(score), language="en")
