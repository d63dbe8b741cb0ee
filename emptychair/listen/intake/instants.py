"""When something happened, from the clocks that clients have: theirs may be wrong, the difference is not."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from emptychair.listen.intake.reasons import Fault, Unheard

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Below this, sending took its time; beyond, a clock is wrong, and what it said is kept.
UNREMARKABLE = timedelta(seconds=1)
_SECONDS, _MILLISECONDS = 1e11, 1e14


def instant(value: str | float | None, field: str) -> datetime | None:
    """An instant as clients write it: ISO 8601, seconds or milliseconds since 1970, or as mail does; in UTC.

    None when there is none. Raises Unheard for what is none of them.

    >>> instant("2026-01-02T03:04:05.123Z", "timestamp").isoformat()
    '2026-01-02T03:04:05.123000+00:00'
    >>> instant(1767323045123, "timestamp") == instant("2026-01-02T03:04:05.123Z", "timestamp")
    True
    """
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            return _read(value)
        return _since_1970(float(value))
    except (ValueError, OverflowError, TypeError, IndexError, OSError):
        raise Unheard(
            Fault.TIME_IS_NOT_ONE, field, "an instant such as 2026-01-31T12:00:00Z, or seconds since 1970"
        ) from None


def occurred(
    original: datetime | None, sent: datetime | None, received: datetime, field: str = "timestamp"
) -> datetime:
    """When it happened by our clock: received - (sent - original); never after it was received.

    Raises Unheard for an instant that is out of the range of what can have been recorded.
    """
    if original is None:
        return received
    try:
        happened = original if sent is None else received - (sent - original)
    except OverflowError:  # one clock says year 1, the other 9999
        happened = original
    if happened < EARLIEST:
        raise Unheard(Fault.TIME_IS_OUT_OF_RANGE, field, f"an instant from {EARLIEST.year} on")
    return min(happened, received)


def _read(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _written_otherwise(text)
    if found.tzinfo is UTC:
        return found
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _written_otherwise(text: str) -> datetime:
    plain = text.strip()
    if plain.replace(".", "", 1).isdigit() and len(plain) <= 20:
        return _since_1970(float(plain))
    found = parsedate_to_datetime(plain[:64])
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _since_1970(number: float) -> datetime:
    if number < _SECONDS:
        return datetime.fromtimestamp(number, UTC)
    if number < _MILLISECONDS:
        return datetime.fromtimestamp(number / 1000, UTC)
    return datetime.fromtimestamp(number / 1_000_000, UTC)
