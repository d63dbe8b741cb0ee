"""How a column writes instants, found from its values and turned into SQL."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from emptychair.listen.imports.sql import literal


class Order(StrEnum):
    """The way a column writes an instant; the values are what `--map time=COLUMN:ORDER` takes."""

    ISO = "iso"
    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    NAMED = "named"  # 24 Feb 2015
    COMPACT = "compact"  # 20150224
    EPOCH = "epoch"
    EPOCH_MS = "epoch_ms"
    EXCEL = "excel"  # days since 1899-12-30
    FORMAT = "format"  # the caller's own strptime format
    UNDECIDED = "undecided"  # day and month could be either way

    @property
    def is_settled(self) -> bool:
        """Whether values can be read."""
        return self is not Order.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class DateStyle:
    """One way to read a column; `formats` are tried in order; `zoned`: some values have an offset."""

    order: Order
    formats: tuple[str, ...] = ()
    zoned: bool = False

    @property
    def label(self) -> str:
        """The style as shown to people."""
        shown = {
            Order.ISO: "year-month-day",
            Order.YMD: "year, month, day",
            Order.DMY: "day, month, year",
            Order.MDY: "month, day, year",
            Order.NAMED: "day with the month's name",
            Order.COMPACT: "yyyymmdd",
            Order.EPOCH: "seconds since 1970",
            Order.EPOCH_MS: "milliseconds since 1970",
            Order.EXCEL: "Excel day numbers",
            Order.FORMAT: f"format {self.formats[0] if self.formats else ''}",
            Order.UNDECIDED: "day and month in unknown order",
        }
        return shown[self.order]


_TIME = re.compile(
    r"(?P<gap>[T ]|, ?|$)(?:(?P<h>\d{1,2}):\d{2}(?P<s>:\d{2})?(?P<f>\.\d+)?(?P<p> ?[AaPp][Mm])?)?"
    r"(?P<z> ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$"
)
_NUMERIC = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})(?=\D|$)")
_DAY_NAME = re.compile(
    r"(?:(?P<a>[A-Za-z]{3,9}),? )?(?P<d>\d{1,2})(?P<x>[- ./])(?P<m>[A-Za-z]{3,9})"
    r"(?P<y>[- ./,]+)(?P<n>\d{4}|\d{2})(?=\D|$)"
)
_NAME_DAY = re.compile(
    r"(?:(?P<a>[A-Za-z]{3,9}),? )?(?P<m>[A-Za-z]{3,9})\.? (?P<d>\d{1,2})(?P<y>,? )(?P<n>\d{4})(?=\D|$)"
)
_TWITTER = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{2}:\d{2}:\d{2} [+-]\d{4} \d{4}$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PATTERNS = {Order.YMD: "%Y{0}%m{0}%d", Order.DMY: "%d{0}%m{0}{1}", Order.MDY: "%m{0}%d{0}{1}"}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one value looks like: the order it proves or allows, and its format."""

    order: Order
    format: str
    zoned: bool = False


def _time_format(rest: str) -> tuple[str, bool] | None:
    """The format of what follows the date, and whether it has an offset; None when it is no time."""
    match = _TIME.match(rest)
    if match is None:
        return None
    zone = ("" if not match["z"] else (" " if match["z"].startswith(" ") else "") + "%z") or ""
    if not match["h"]:
        return (match["gap"] if rest else "") + zone, bool(zone)
    clock = "%I:%M" if match["p"] else "%H:%M"
    clock += ("%S" and ":%S") if match["s"] else ""
    clock += ".%f" if match["f"] else ""
    clock += (" %p" if match["p"].startswith(" ") else "%p") if match["p"] else ""
    return match["gap"] + clock + zone, bool(zone)


def _seen(value: str) -> _Seen | None:
    """What a value looks like when it is a date with separators or names; None when it is none."""
    if _TWITTER.match(value):
        return _Seen(Order.NAMED, "%a %b %d %H:%M:%S %z %Y", True)
    if match := _NUMERIC.match(value):
        return _numeric(match, value)
    for pattern in (_DAY_NAME, _NAME_DAY):
        if match := pattern.match(value):
            return _named(match, value, pattern is _DAY_NAME)
    return None


def _numeric(match: re.Match[str], value: str) -> _Seen | None:
    first, sign, middle, last = match.groups()
    time = _time_format(value[match.end() :])
    if time is None or len(first) == 3 or len(last) == 3:
        return None
    if len(first) == 4:
        if len(last) > 2 or int(middle) > 12 or not 1 <= int(last) <= 31:
            return None
        order = Order.ISO if sign in "-/" and "%p" not in time[0] and "," not in time[0] else Order.YMD
        return _Seen(order, f"%Y{sign}%m{sign}%d{time[0]}", time[1])
    if len(last) == 1 or not (1 <= int(first) <= 31 and 1 <= int(middle) <= 31):
        return None
    year = "%Y" if len(last) == 4 else "%y"
    order = Order.DMY if int(first) > 12 else Order.MDY if int(middle) > 12 else Order.UNDECIDED
    if int(first) > 12 and int(middle) > 12:
        return None
    return _Seen(order, f"{{0}}{sign}{{1}}{sign}{year}{time[0]}", time[1])


def _named(match: re.Match[str], value: str, day_first: bool) -> _Seen | None:
    time = _time_format(value[match.end() :])
    if time is None or match["m"][:3].lower() not in _MONTHS:
        return None
    month = "%b" if len(match["m"]) == 3 else "%B"
    weekday = "" if not match["a"] else ("%a" if len(match["a"]) == 3 else "%A")
    weekday += ("," if "," in value[: match.start("d")] else "") + " " if weekday and day_first else ""
    weekday += (", " if value[match.end("a") :].startswith(",") else " ") if weekday and not day_first else ""
    year = "%Y" if len(match["n"]) == 4 else "%y"
    if day_first:
        return _Seen(Order.NAMED, f"{weekday}%d{match['x']}{month}{match['y']}{year}{time[0]}", time[1])
    return _Seen(Order.NAMED, f"{weekday}{month} %d{match['y']}{year}{time[0]}", time[1])


def style_of(values: Sequence[str], *, may_be_number: bool, least: float = 0.9) -> DateStyle | None:
    """The style that at least this share of the values has, or None when they are no dates.

    `may_be_number`: the column's name speaks of time, so whole numbers may be instants (epoch, Excel days).
    """
    if not values:
        return None
    if compact := _numbers_style(values, may_be_number):
        return compact
    seen: list[_Seen] = []
    for number, value in enumerate(values):
        if look := _seen(value):
            seen.append(look)
        elif len(seen) + len(values) - number - 1 < least * len(values):
            return None  # too many are none already
    orders = Counter(look.order for look in seen)
    written = Counter(look.format for look in seen)
    order = _common_order(orders)
    formats = tuple(name for name, _ in written.most_common())
    return with_order(DateStyle(order=order, formats=formats, zoned=any(look.zoned for look in seen)), order)


def _common_order(orders: Counter[Order]) -> Order:
    if orders[Order.DMY] or orders[Order.MDY] or orders[Order.UNDECIDED]:
        if bool(orders[Order.DMY]) == bool(orders[Order.MDY]):
            return Order.UNDECIDED
        return Order.DMY if orders[Order.DMY] else Order.MDY
    if set(orders) == {Order.ISO}:
        return Order.ISO
    return Order.NAMED if orders[Order.NAMED] else Order.YMD


def with_order(style: DateStyle, order: Order) -> DateStyle:
    """The style with its day and month in this order, and every time of day that the column may write."""
    day, month = ("%d", "%m") if order is Order.DMY else ("%m", "%d")
    if order is Order.UNDECIDED:
        return replace(style, order=order)
    formats = [name.replace("{0}", day).replace("{1}", month) for name in style.formats]
    more = [form for name in formats for form in _siblings(name)]
    return replace(style, order=order, formats=tuple(dict.fromkeys(formats + more)))


def _siblings(name: str) -> list[str]:
    """The same date without its time, and with seconds or without."""
    date, gap, time = name.partition(" %H") if " %H" in name else name.partition("T%H")
    if "%y" not in date.lower():
        return []
    if not time:
        return [f"{name} %H:%M:%S", f"{name} %H:%M"] if name.endswith(("%Y", "%y", "%d")) else []
    return [date, f"{date}{gap}:%M:%S", f"{date}{gap}:%M"]


_WHOLE = re.compile(r"\d+(\.0+)?$")


def _numbers_style(values: Sequence[str], may_be_number: bool) -> DateStyle | None:
    if not all(_WHOLE.match(value) or re.fullmatch(r"\d{5}\.\d+", value) for value in values):
        return None
    whole = [value.split(".")[0] for value in values]
    sizes = {len(value) for value in whole}
    if sizes <= {8, 12, 14} and all(_is_compact(value) for value in whole):
        formats = tuple("%Y%m%d" + {8: "", 12: "%H%M", 14: "%H%M%S"}[size] for size in sorted(sizes))
        return DateStyle(order=Order.COMPACT, formats=formats)
    if not may_be_number:
        return None
    numbers = [int(value) for value in whole]
    for order, low, high in (
        (Order.EPOCH, 3e8, 4.2e9),
        (Order.EPOCH_MS, 3e11, 4.2e12),
        (Order.EXCEL, 2e4, 7.4e4),
    ):
        if low <= min(numbers) and max(numbers) <= high:
            return DateStyle(order=order)
    return None


def _is_compact(value: str) -> bool:
    return "1900" <= value[:4] <= "2199" and "01" <= value[4:6] <= "12" and "01" <= value[6:8] <= "31"


def instant(column: str, style: DateStyle) -> str:
    """SQL of the instant in UTC (timestamp without zone), NULL where the text is not in the style."""
    number = f"try_cast({column} as double)"
    by_order = {
        Order.EPOCH: f"epoch_ms(try_cast(round({number} * 1000) as bigint))",
        Order.EPOCH_MS: f"epoch_ms(try_cast(round({number}) as bigint))",
        Order.EXCEL: "make_timestamp(try_cast(round("
        f"(case when {number} between 1 and 2958465 then {number} end - 25569) * 86400) as bigint) "
        "* 1000000)",
    }
    if style.order in by_order:
        return by_order[style.order]
    if style.order is Order.ISO:
        return _iso(column, style.zoned)
    # strptime reads the words "epoch" and "infinity" as 1900 whatever the format is.
    column = f"case when lower({column}) not in ('epoch', 'infinity', '-infinity') then {column} end"
    formats = "[" + ", ".join(literal(name) for name in style.formats) + "]"
    if any("%z" in name for name in style.formats):
        return _zoned_formats(column, style.formats)
    return f"try_strptime({column}, {formats})"


def _zoned_formats(column: str, formats: Sequence[str]) -> str:
    """SQL for formats of which some have an offset: those give instants with a zone and are never mixed."""
    tries = [
        f"make_timestamp(epoch_us(try_strptime({column}, {literal(name)})))"
        if "%z" in name
        else f"try_strptime({column}, {literal(name)})"
        for name in formats
    ]
    return f"coalesce({', '.join(tries)})"


def _iso(column: str, zoned: bool) -> str:
    # DuckDB reads "10:00 PM" as 10:00 and "epoch" as 1970: neither is ISO.
    word = " or ".join(f"ends_with({column}, '{letter}')" for letter in "Mmhy")
    naive = f"try_cast(case when not ({word}) then {column} end as timestamp)"
    if not zoned:
        return naive
    offset = f"regexp_matches({column}, ':[0-9.]+ ?[+-][0-9]{{2}}(:?[0-9]{{2}})?$')"
    zone = f"make_timestamp(epoch_us(try_cast({column} as timestamptz)))"
    return f"case when {offset} then {zone} else {naive} end"


def plausible(instant_sql: str) -> str:
    """SQL of an instant in 1900 to 2199: others are typing errors (%Y reads "18" as the year 18)."""
    low, high = "timestamp '1900-01-01'", "timestamp '2200-01-01'"
    return f"case when {instant_sql} >= {low} and {instant_sql} < {high} then {instant_sql} end"


def stated_style(column_style: DateStyle | None, stated: str) -> DateStyle:
    """The style that `--map FIELD=COLUMN:STATED` asks for, with the formats the column was seen to have."""
    if "%" in stated:
        return DateStyle(order=Order.FORMAT, formats=(stated,), zoned="%z" in stated)
    order = Order(stated)
    if column_style is not None and column_style.order is Order.UNDECIDED and order in (Order.DMY, Order.MDY):
        return with_order(column_style, order)
    if column_style is not None and column_style.order is order:
        return column_style
    return DateStyle(order=order, formats=_every_format(order))


def _every_format(order: Order) -> tuple[str, ...]:
    if order is Order.COMPACT:
        return ("%Y%m%d", "%Y%m%d%H%M%S")
    if order not in _PATTERNS:
        return ()
    times = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
    # Two digits first: %Y would read "18" as the year 18.
    years = ("%y", "%Y") if order is not Order.YMD else ("%Y",)
    return tuple(
        _PATTERNS[order].format(sign, year) + time for sign in "/.-" for year in years for time in times
    )
