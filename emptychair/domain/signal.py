"""A signal is one thing that happened to one person; the ledger is a list of them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Audience(StrEnum):
    """Whose life a signal is from: employees are customers too."""

    CUSTOMER = "customer"
    EMPLOYEE = "employee"


class Kind(StrEnum):
    """The closed list of what a person can do, in verbs."""

    DID = "did"
    SAID = "said"
    RATED = "rated"
    PAID = "paid"
    JOINED = "joined"
    LEFT = "left"
    TOLD = "told"
    MET = "met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One row of the ledger. `id` makes a second delivery of the same fact a no-op.

    Instants are in UTC. `person` is None when nobody is named: such a signal counts in totals and never in
    retention. `properties` is a JSON object as text.
    """

    id: str
    audience: Audience
    person: str | None
    kind: Kind
    name: str
    channel: str
    source: str
    occurred_at: datetime
    received_at: datetime
    text: str | None = None
    score: Decimal | None = None
    value: Decimal | None = None
    currency: str | None = None
    properties: str = "{}"
