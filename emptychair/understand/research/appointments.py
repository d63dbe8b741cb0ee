"""An appointment for an interview as an iCalendar file (RFC 5545), which any calendar takes in."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vText

PRODUCT = "-//Empty Chair//Research//EN"


def as_calendar(
    *,
    slot_id: str,
    sequence: int,
    starts_at: datetime,
    minutes: int,
    changed_at: datetime,
    summary: str,
    place: str,
    description: str,
    base_url: str,
) -> bytes:
    """The file. A slot is the same entry for ever; a higher `sequence` takes the place of a lower one."""
    event = Event()
    event.add("uid", f"{slot_id}@{urlsplit(base_url).hostname or 'localhost'}")
    event.add("sequence", sequence)
    # Times are in UTC, so that no description of a time zone has to come along.
    event.add("dtstamp", changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", (starts_at + timedelta(minutes=minutes)).astimezone(UTC))
    event.add("summary", vText(summary))
    event.add("status", "CONFIRMED")
    if place:
        event.add("location", vText(place))
    if description:
        event.add("description", vText(description))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
