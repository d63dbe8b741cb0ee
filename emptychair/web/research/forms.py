"""What people type about interviews: days, instants and names, or what is wrong with them."""

from datetime import UTC, datetime, time, timedelta

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.board import asking
from emptychair.web.fields import Fields
from emptychair.web.problem import refused

FIRST_YEAR, LAST_YEAR = 1990, 2200


def instant(fields: Fields, name: str) -> datetime:
    """The instant of a field, in UTC where it has no zone. Raises a `Problem` for anything else."""
    text = fields.text(name)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise refused({name: "A moment is written as 2026-11-22 14:30, in UTC."})
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def end_of_day(fields: Fields, name: str) -> datetime | None:
    """The first instant after the day of a field; None when it is empty. Raises a `Problem` for no day."""
    if not fields.text(name):
        return None
    try:
        found = datetime.fromisoformat(fields.text(name))
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise refused({name: "A day is written as 2026-11-22."})
    return datetime.combine(found.date(), time(), UTC) + timedelta(days=1)


def line(fields: Fields, name: str, most: int, *, needed: str = "") -> str:
    """One line of a field, no longer than `most`. Raises a `Problem` that says `needed` where it is empty."""
    text = " ".join(fields.text(name).split())
    if needed and not text:
        raise refused({name: needed})
    if len(text) > most:
        raise refused({name: f"At most {most} letters fit here."})
    return text


def person_of_ledger(ledger: Ledger, audience: Audience, text: str) -> str | None:
    """The customer of this id; None when none is given. Raises a `Problem` for an id that nobody has."""
    if not text:
        return None
    if audience is not Audience.CUSTOMER:
        raise refused({"person": "Employees are named, and not tied to what else the ledger has of them."})
    (known,) = ledger.ask(asking.known_people([text[:200]])).column("people").to_pylist()
    if not known:
        raise refused({"person": "No signal is of a customer of this id. Leave it empty and write a name."})
    return text[:200]
