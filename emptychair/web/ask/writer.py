"""The model that writes answers: whose it is, how often it may be asked, and whom a text may not name."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from emptychair.desk import audit, secrets, settings, users, writer_settings
from emptychair.desk.desk import Desk
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand import profile
from emptychair.understand.ask.prose.writing import Endpoint
from emptychair.understand.language.privacy.names import Known

VERB, THING = "write_answer", "ask"
HOUR = timedelta(hours=1)
# Of the answers of one hour, one person may ask for so many.
SHARE_OF_ONE = 3


def endpoint(tx: Connection) -> Endpoint | None:
    """Where the model answers that the company chose; None while none is."""
    address = settings.get(tx, writer_settings.WRITER_ADDRESS)
    model = settings.get(tx, writer_settings.WRITER_MODEL)
    if not address or not model:
        return None
    key = secrets.told(tx, writer_settings.KEY)
    return Endpoint(
        address=address,
        model=model,
        key="" if key is None else key.text,
        seconds=settings.get(tx, writer_settings.WRITER_SECONDS),
        tokens=settings.get(tx, writer_settings.WRITER_TOKENS),
    )


def taken(
    tx: Connection,
    chosen: Endpoint,
    texts: int,
    *,
    who: str,
    now: datetime,
    address: str | None,
    thing: str = THING,
) -> bool:
    """Write down that so many texts are sent there, when they may be: no word of them, nor what was asked.

    `thing` is what is to be written, an answer or the name of a theme (its id). False when as many were
    asked for within the hour as may be.
    """
    most = settings.get(tx, writer_settings.WRITER_HOURLY)
    within = Period(start=now - HOUR, end=now + timedelta(microseconds=1))
    own = audit.page(tx, who=who, verb=VERB, period=within, limit=most)
    if len(own) >= max(1, most // SHARE_OF_ONE):
        return False
    if len(audit.page(tx, verb=VERB, period=within, limit=most)) >= most:
        return False
    details = {"address": chosen.address, "model": chosen.model, "texts": texts}
    audit.record(tx, who=who, verb=VERB, thing=thing, now=now, details=details, address=address)
    return True


def known_people(desk: Desk, ledger: Ledger, audience: Audience, people: Collection[str]) -> Known:
    """Who may be named in texts: the people who said them, and who has an account here."""
    called = profile.names(ledger, audience, sorted(people)) if people else {}
    with desk.read() as tx:
        staff = users.everyone(tx)
    return Known(
        names=frozenset(called.values()),
        staff=frozenset(one.name for one in staff if one.name),
        staff_addresses=frozenset(one.email for one in staff),
    )
