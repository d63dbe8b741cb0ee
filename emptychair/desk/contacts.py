"""May this person be contacted now? The one rule over all surveys and mails, asked and claimed here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection

from emptychair.desk import consents, contacts_refused, settings, stops, touches, turns
from emptychair.desk.addresses import address_key, is_address
from emptychair.desk.settings import OPT_IN, QUIET_HOURS, SURVEY_PAUSE_DAYS, TIME_ZONE, WEEKLY_CONTACTS
from emptychair.desk.stops import Cause
from emptychair.domain.consent import Standing, stricter
from emptychair.domain.contact import (
    WEEK,
    Channel,
    Contact,
    Fatigue,
    Purpose,
    Refusal,
    Touch,
    WhyNot,
    too_much,
)
from emptychair.domain.quiet import quiet_until
from emptychair.domain.signal import Audience


def claim(tx: Connection, contact: Contact, now: datetime) -> Touch | Refusal:
    """The contact as written down from now on, or why it may not be; refusals are counted.

    Of any number who claim one person at once, in whatever processes, as many get it as the rule allows. A
    claim that did not lead to a contact is given back with `release`. Claim in short transactions: others who
    claim the same person wait until it ends.
    """
    turns.take(tx, _whose(contact))
    refusal = why_not(tx, contact, now)
    if refusal is not None:
        contacts_refused.count(tx, contact, refusal.reason, now)
        return refusal
    return touches.add(tx, contact, now)


def claim_again(tx: Connection, contact: Contact, touch_id: str, now: datetime) -> Touch | Refusal:
    """As `claim`, for one that was claimed before and takes place now: it is not in its own way."""
    turns.take(tx, _whose(contact))
    refusal = why_not(tx, contact, now, besides=touch_id)
    if refusal is None:
        return touches.move(tx, touch_id, now) or touches.add(tx, contact, now)
    contacts_refused.count(tx, contact, refusal.reason, now)
    return refusal


def release(tx: Connection, touch_id: str) -> bool:
    """True when the claim was there: it counts no more."""
    return touches.release(tx, touch_id)


def why_not(tx: Connection, contact: Contact, now: datetime, *, besides: str | None = None) -> Refusal | None:
    """Why this contact may not be now; None when it may. It writes nothing, so nothing is promised by it.

    `besides` is the id of a touch that does not count, since it is this very contact. A service message is
    held back only by an address that is none or that bounces. What lasts is told before what passes.
    """
    refusal = _unreachable(tx, contact)
    if refusal is not None or contact.purpose is None:
        return refusal
    return (
        _forbidden(tx, contact)
        or too_much(fatigue(tx, contact), contact.what, _before(tx, contact, now, besides), now)
        or _quiet(tx, contact, now)
    )


def forbidden(
    tx: Connection, people: Sequence[str], audience: Audience, purpose: Purpose | None
) -> dict[str, WhyNot]:
    """Who of many must not be called for this purpose whenever, and why; nobody for a service message.

    What only passes (quiet hours, contacts of late) is asked with `claim`, when somebody is called.
    """
    if purpose is None:
        return {}
    said = consents.standings(tx, people, audience, purpose)
    is_asked_for = purpose in settings.get(tx, OPT_IN, audience)
    lacking = {person: _lacking(said.get(person, Standing.UNKNOWN), is_asked_for) for person in people}
    return {person: reason for person, reason in lacking.items() if reason is not None}


def fatigue(tx: Connection, contact: Contact) -> Fatigue:
    """The rule in force for the audience of a contact."""
    return Fatigue(
        survey_days=settings.get(tx, SURVEY_PAUSE_DAYS, contact.audience),
        weekly=settings.get(tx, WEEKLY_CONTACTS, contact.audience),
    )


def zone_of(tx: Connection, name: str | None) -> ZoneInfo:
    """The zone of this name; the company's where it is unknown or none."""
    try:
        return ZoneInfo((name or "").strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(settings.get(tx, TIME_ZONE))


def _unreachable(tx: Connection, contact: Contact) -> Refusal | None:
    if contact.channel is not Channel.EMAIL:
        return None
    if not contact.address:
        return Refusal(reason=WhyNot.NO_ADDRESS)
    if not is_address(contact.address):
        return Refusal(reason=WhyNot.ADDRESS_IS_NOT_ONE)
    if any(stop.cause is Cause.BOUNCED for stop in stops.of_address(tx, contact.address)):
        return Refusal(reason=WhyNot.ADDRESS_BOUNCES)
    return None


def _forbidden(tx: Connection, contact: Contact) -> Refusal | None:
    if contact.purpose is None:
        return None
    if contact.channel is Channel.EMAIL and contact.address is not None:
        for stop in stops.of_address(tx, contact.address):
            if stop.purpose in (None, contact.purpose):
                return Refusal(reason=WhyNot.UNSUBSCRIBED)
    # Whoever said no to a purpose in writing does not want to be called for it either.
    ways = tuple(Channel) if contact.channel is Channel.CALL else (contact.channel,)
    said = stricter(
        consents.standing_of(tx, contact.people, contact.audience, contact.purpose, way) for way in ways
    )
    reason = _lacking(said, contact.purpose in settings.get(tx, OPT_IN, contact.audience))
    return None if reason is None else Refusal(reason=reason)


def _lacking(said: Standing, is_asked_for: bool) -> WhyNot | None:
    if said is Standing.WITHDRAWN:
        return WhyNot.CONSENT_WITHDRAWN
    return WhyNot.CONSENT_MISSING if said is Standing.UNKNOWN and is_asked_for else None


def _before(tx: Connection, contact: Contact, now: datetime, besides: str | None) -> Sequence[Touch]:
    pause = timedelta(days=settings.get(tx, SURVEY_PAUSE_DAYS, contact.audience))
    start = now - max(pause, WEEK)
    return touches.since(tx, contact.people, contact.address, start, besides=besides)


def _quiet(tx: Connection, contact: Contact, now: datetime) -> Refusal | None:
    hours = settings.get(tx, QUIET_HOURS)
    if hours is None or not contact.channel.reaches_out:
        return None
    until = quiet_until(hours, zone_of(tx, contact.zone), now)
    return None if until is None else Refusal(reason=WhyNot.QUIET_HOURS, until=until)


def _whose(contact: Contact) -> list[str]:
    keys = [f"contact:{person}" for person in contact.people]
    return keys if contact.address is None else [*keys, f"contact:{address_key(contact.address)}"]
