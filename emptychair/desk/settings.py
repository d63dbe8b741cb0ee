"""What a company decided about itself, when, and who decided it."""

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Connection, Index, Table, Text, select
from sqlalchemy.sql import Select

from emptychair.desk.columns import METADATA, Choice, Instant, RowNumber, Words, whole
from emptychair.desk.ids import Id
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.contact import Purpose
from emptychair.domain.quiet import QuietHours
from emptychair.domain.signal import Audience

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Generic[T]):
    """One thing to decide, for the company or for each audience.

    `parse` reads what a person typed (and what is stored) and raises `Refused`; `text` writes it so that
    `parse` reads it again. The default holds until somebody decides; nobody but the owner decides what
    `is_of_owner`.
    """

    key: str
    about: str
    default: T
    per_audience: bool
    parse: Callable[[str], T]
    text: Callable[[T], str]
    is_of_owner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One decision: `value` as text, by whom (a user's id, `cli` or `system`) and when."""

    key: str
    audience: Audience | None
    value: str
    by: str
    at: datetime


# Appended to and never changed: the newest row of a key is its value, the others are its history.
changes = Table(
    "settings",
    METADATA,
    Column("id", RowNumber, primary_key=True),
    Column("key", Words(40), nullable=False),
    Column("audience", Choice(Audience)),
    Column("value", Text, nullable=False),
    Column("by", Id, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "key", "audience"),
    sqlite_autoincrement=True,
)


def get(tx: Connection, setting: Setting[T], audience: Audience | None = None) -> T:
    """The value in force: what was decided last, or the default."""
    _check_audience(setting, audience)
    stored = tx.execute(_newest_first(setting.key, audience).limit(1)).mappings().first()
    return setting.default if stored is None else setting.parse(stored["value"])


def change(
    tx: Connection,
    setting: Setting[T],
    value: T,
    *,
    audience: Audience | None = None,
    by: str,
    now: datetime,
) -> bool:
    """True when the value in force is another one now. Raises `Refused` when it is not valid."""
    text = setting.text(value)
    if setting.parse(text) == get(tx, setting, audience):
        return False
    row = {"key": setting.key, "audience": audience, "value": text, "by": by, "at": now}
    tx.execute(changes.insert().values(**row))
    return True


def history(tx: Connection, setting: Setting[Any], audience: Audience | None = None) -> list[Change]:
    """Every decision about this setting, newest first."""
    _check_audience(setting, audience)
    rows = tx.execute(_newest_first(setting.key, audience)).mappings()
    return [Change(**{name: row[name] for name in ("key", "audience", "value", "by", "at")}) for row in rows]


def _newest_first(key: str, audience: Audience | None) -> Select[Any]:
    whose = changes.c.audience.is_(None) if audience is None else changes.c.audience == audience
    return select(changes).where(changes.c.key == key, whose).order_by(changes.c.id.desc())


def _check_audience(setting: Setting[Any], audience: Audience | None) -> None:
    if setting.per_audience != (audience is not None):
        whose = "each audience" if setting.per_audience else "the whole company"
        raise ValueError(f"{setting.key} is decided for {whose}")


def _refused(expected: str) -> Refused:
    return Refused(Reason.SETTING_IS_NOT_VALID, f"expected {expected}")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or not least <= int(text) <= most:
            raise _refused(f"a whole number from {least} to {most:,}")
        return int(text)

    return parse


def _line(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise _refused("one line of text")
    return whole(text.strip(), 200)


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", text.strip()):
        raise _refused("the three letters of a currency, such as EUR")
    return text.strip().upper()


def _zone(text: str) -> str:
    try:
        return zoneinfo.ZoneInfo(text.strip()).key
    except (
        zoneinfo.ZoneInfoNotFoundError,
        ValueError,
        OSError,
    ):  # OSError: the name of a folder, or far too long
        raise _refused("a time zone such as Europe/Berlin") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _refused("a day such as 2026-01-31") from None


def _purposes(text: str) -> frozenset[Purpose]:
    names = [name for name in re.split(r"[\s,]+", text.strip().lower()) if name]
    if not set(names) <= set(Purpose):
        raise _refused(f"purposes out of {', '.join(Purpose)}, with commas between them, or nothing")
    return frozenset(Purpose(name) for name in names)


def _purposes_text(purposes: frozenset[Purpose]) -> str:
    return ", ".join(purpose for purpose in Purpose if purpose in purposes)


def _hours(text: str) -> QuietHours:
    try:
        start, end = (time.fromisoformat(part.strip().zfill(5)) for part in text.split("-"))
        if (start.tzinfo, end.tzinfo) != (None, None):
            raise ValueError("a time of day here has no zone")
        return QuietHours(start=start, end=end)
    except ValueError:
        raise _refused("two times of day such as 20:00-08:00, or nothing") from None


def _hours_text(hours: QuietHours | None) -> str:
    return "" if hours is None else f"{hours.start:%H:%M}-{hours.end:%H:%M}"


def _or_none(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    return lambda text: parse(text) if text.strip() else None


def _or_empty(value: object) -> str:
    return "" if value is None else str(value)


COMPANY_NAME: Setting[str] = Setting(
    key="company_name",
    about="The company's name as it is shown on pages and in mail.",
    default="",
    per_audience=False,
    parse=_line,
    text=str,
)
CURRENCY: Setting[str] = Setting(
    key="currency",
    about="The currency (ISO 4217) of amounts that come without one.",
    default="EUR",
    per_audience=False,
    parse=_currency,
    text=str,
)
TIME_ZONE: Setting[str] = Setting(
    key="time_zone",
    about="The zone (IANA) of times that come without one, and of days shown on pages.",
    default="UTC",
    per_audience=False,
    parse=_zone,
    text=str,
)
MINIMUM_N: Setting[int] = Setting(
    key="minimum_n",
    about="Below so many people or answers a number is shown as not enough data.",
    default=10,
    per_audience=False,
    parse=_whole(10, 10_000),
    text=str,
)
GAP_DAYS: Setting[int | None] = Setting(
    key="gap_days",
    about="After so many days without activity a relationship without contract has ended; empty: proposed.",
    default=None,
    per_audience=True,
    parse=_or_none(_whole(1, 3_650)),
    text=_or_empty,
)
OBSERVED_SINCE: Setting[date | None] = Setting(
    key="observed_since",
    about="The first day on which endings were recorded; empty: the first day of the data.",
    default=None,
    per_audience=True,
    parse=_or_none(_day),
    text=_or_empty,
)
QUIET_HOURS: Setting[QuietHours | None] = Setting(
    key="quiet_hours",
    about="Nobody is written to unasked between these times of day where they are; empty: at any time.",
    default=QuietHours(start=time(20), end=time(8)),
    per_audience=False,
    parse=_or_none(_hours),
    text=_hours_text,
)
SURVEY_PAUSE_DAYS: Setting[int] = Setting(
    key="survey_pause_days",
    about="One person gets at most one survey in so many days, whichever survey it is; 0: no limit.",
    default=30,
    per_audience=True,
    parse=_whole(0, 3_650),
    text=str,
)
WEEKLY_CONTACTS: Setting[int] = Setting(
    key="weekly_contacts",
    about="One person is contacted unasked at most so often in any seven days, surveys and mails together.",
    default=2,
    per_audience=True,
    parse=_whole(0, 100),
    text=str,
)
OPT_IN: Setting[frozenset[Purpose]] = Setting(
    key="opt_in",
    about="Purposes for which people are written to only after they said yes: surveys, updates, marketing.",
    default=frozenset({Purpose.MARKETING}),
    per_audience=True,
    parse=_purposes,
    text=_purposes_text,
)
SURVEY_FILE_MEGABYTES: Setting[int] = Setting(
    key="survey_file_megabytes",
    about="A file that is attached to an answer of a survey has at most so many megabytes.",
    default=25,
    per_audience=False,
    parse=_whole(1, 25),
    text=str,
)

SETTINGS: tuple[Setting[Any], ...] = (
    COMPANY_NAME,
    CURRENCY,
    TIME_ZONE,
    MINIMUM_N,
    GAP_DAYS,
    OBSERVED_SINCE,
    QUIET_HOURS,
    SURVEY_PAUSE_DAYS,
    WEEKLY_CONTACTS,
    OPT_IN,
    SURVEY_FILE_MEGABYTES,
)
KEYS = tuple(setting.key for setting in SETTINGS)
