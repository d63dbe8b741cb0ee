"""What the page of a customer tells of their value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emptychair.desk import customer_values, settings
from emptychair.desk.customer_values import KeptPart, KeptValue
from emptychair.desk.risk_settings import MARGIN_PERCENT
from emptychair.web.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWorth:
    """The values of somebody, each with the part of its currency. `lack` says why there is none."""

    values: Sequence[tuple[KeptValue, KeptPart]]
    as_of: datetime | None
    margin: float
    is_margin: bool
    lack: str

    def as_data(self) -> dict[str, Any]:
        """The same for programs: amounts as they are paid, and the share of them that is earned."""
        return {
            "as_of": self.as_of,
            "margin": self.margin if self.is_margin else None,
            "days": 365,
            "values": [
                {
                    "currency": value.currency,
                    "value": value.value,
                    "low": value.low,
                    "high": value.high,
                    "n": part.known,
                    "by": part.by,
                    "paid_in_a_year": value.naive,
                    "alive": value.alive,
                }
                for value, part in self.values
            ],
            "lack": self.lack,
        }


def worth_of(parts: Parts, person: str) -> PersonWorth:
    """What somebody will bring in a year. A few reads of the desk."""
    with parts.desk.read() as tx:
        last, found = customer_values.last(tx), customer_values.of(tx, person)
        by_currency = customer_values.parts(tx)
        margin = settings.get(tx, MARGIN_PERCENT)
    told = [(one, by_currency[one.currency]) for one in found if one.currency in by_currency]
    return PersonWorth(
        values=told,
        as_of=None if last is None else last[0],
        margin=1.0 if margin is None else margin / 100,
        is_margin=margin is not None,
        lack="" if told else _lack(by_currency),
    )


def _lack(parts: dict[str, KeptPart]) -> str:
    if not parts:
        return "Values have not been told yet: they are once a day."
    lacks = [part.lack for part in parts.values() if part.lack]
    return lacks[0] if len(lacks) == len(parts) else "They paid nothing that tells a value."
