"""How long the other side asks to wait (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The wait of a Retry-After header, seconds or a date; None for none, at most a day.

    >>> retry_after("120", datetime(2026, 1, 1, tzinfo=UTC))
    datetime.timedelta(seconds=120)
    >>> retry_after("Thu, 01 Jan 2026 00:01:00 GMT", datetime(2026, 1, 1, tzinfo=UTC))
    datetime.timedelta(seconds=60)
    """
    text = (value or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(LONGEST, timedelta(seconds=int(text[:9])))
    try:
        at = parsedate_to_datetime(text[:64])
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(LONGEST, max(timedelta(0), at - now))
