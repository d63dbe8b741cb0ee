"""What the reader of our mail wants to get, chosen by themselves without an account."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from emptychair.desk import consents, settings, stops
from emptychair.desk.recipients import Recipient
from emptychair.desk.settings import OPT_IN
from emptychair.desk.stops import Cause
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Purpose

READER = "person"  # who did it, in the books: they themselves


def chosen(tx: Connection, reader: Recipient) -> Mapping[Purpose, bool]:
    """For each purpose whether they get mail, as far as it is theirs to say."""
    return {purpose: _gets(tx, reader, purpose) for purpose in Purpose}


def unsubscribe(tx: Connection, reader: Recipient, purpose: Purpose, *, evidence: str, now: datetime) -> bool:
    """True when they got mail for this purpose until now. Their address is stopped, and they said no."""
    did_get = _gets(tx, reader, purpose)
    stops.stop(tx, reader.address, Cause.UNSUBSCRIBED, purpose=purpose, evidence=evidence, by=READER, now=now)
    _say(tx, reader, purpose, Standing.WITHDRAWN, evidence, now)
    return did_get


def subscribe(tx: Connection, reader: Recipient, purpose: Purpose, *, evidence: str, now: datetime) -> bool:
    """True when they got no mail for this purpose until now. What bounced stays stopped."""
    did_get = _gets(tx, reader, purpose)
    stops.lift_purpose(tx, reader.address, purpose, by=READER, now=now)
    _say(tx, reader, purpose, Standing.GIVEN, evidence, now)
    return not did_get


def _gets(tx: Connection, reader: Recipient, purpose: Purpose) -> bool:
    held = stops.of_address(tx, reader.address)
    if any(stop.cause is not Cause.BOUNCED and stop.purpose in (None, purpose) for stop in held):
        return False
    people = [] if reader.person is None else [reader.person]
    said = consents.standing_of(tx, people, reader.audience, purpose)
    if said is Standing.UNKNOWN:
        return purpose not in settings.get(tx, OPT_IN, reader.audience)
    return said is Standing.GIVEN


def _say(
    tx: Connection, reader: Recipient, purpose: Purpose, standing: Standing, evidence: str, now: datetime
) -> None:
    if reader.person is not None:
        consents.record(
            tx,
            [reader.person],
            reader.audience,
            purpose,
            standing,
            evidence=evidence,
            by=READER,
            now=now,
        )
