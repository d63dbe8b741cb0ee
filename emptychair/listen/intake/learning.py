"""What events tell by the way: which device somebody uses, which account somebody belongs to."""

from collections import OrderedDict
from collections.abc import Iterator
from hashlib import blake2b

import msgspec

from emptychair.domain.signal import Kind
from emptychair.listen.intake.hearing import Heard
from emptychair.listen.intake.rows import Row

_REMEMBERED = 50_000


class Learning:
    """Remembers what was told already, so that a busy day brings one signal of it; the ledger makes sure."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, None] = OrderedDict()

    def of(self, heard: Heard) -> Iterator[Row]:
        """What is new in this event: signals of the day on which it happened.

        One a day, whichever event told it first, so that any order of arrival gives the same signals.
        """
        if heard.row.person is None:
            return
        if heard.account:
            yield from self._once(_told(heard.row, "account", account=heard.account))
        if heard.device:
            yield from self._once(_told(heard.row, "device", anonymous_id=heard.device))

    def _once(self, row: Row) -> Iterator[Row]:
        if row.id not in self._told:
            self._told[row.id] = None
            if len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
            yield row


def _told(row: Row, name: str, **properties: str) -> Row:
    day = row.occurred_at.replace(hour=0, minute=0, second=0, microsecond=0)
    key = "\x1f".join([row.source, row.person or "", name, *properties.values(), f"{day:%Y-%m-%d}"])
    return Row(
        id=f"{row.source[4:]}.of.{blake2b(key.encode(), digest_size=12).hexdigest()}",
        audience=row.audience,
        person=row.person,
        kind=Kind.TOLD,
        name=name,
        channel=row.channel,
        source=row.source,
        occurred_at=day,
        received_at=row.received_at,
        properties=msgspec.json.encode(properties).decode(),
    )
