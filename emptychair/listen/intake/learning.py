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
    """Remembers what was told already, so that a busy day brings one signal of it; the ledger makes sure.

    With it, who told it: the same envelope says the same whenever it is read, also after a load that failed.
    """

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[object, ...], tuple[int, int]] = OrderedDict()
        self._teller = (0, 0)

    def begin(self, payload: bytes) -> None:
        """Tell that this envelope is read now."""
        self._teller = (hash(payload), self._teller[1] + 1)

    def of(self, heard: Heard) -> Iterator[Row]:
        """What is new in this event: signals of the day on which it happened.

        One a day, whichever event told it first, so that any order of arrival gives the same signals.
        """
        if heard.account and self._is_news(heard.row, "account", heard.account):
            yield _told(heard.row, "account", account=heard.account)
        if heard.device and self._is_news(heard.row, "device", heard.device):
            yield _told(heard.row, "device", anonymous_id=heard.device)

    def _is_news(self, row: Row, name: str, value: str) -> bool:
        if row.person is None:
            return False
        key = (row.source, row.person, name, value, row.occurred_at.toordinal())
        told = self._told.get(key)
        if told is not None and (told == self._teller or told[0] != self._teller[0]):
            return False
        self._told[key] = self._teller
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return True


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
