"""The functions that questions may use beyond plain SQL, and how each engine says them."""

from dataclasses import dataclass
from enum import StrEnum


class Dialect(StrEnum):
    """The engines whose answers the conformance suite compares."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    CLICKHOUSE = "clickhouse"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Portable:
    """One function: how many arguments it takes, and its text in every dialect ({0} is the first)."""

    takes: int
    duckdb: str
    spark: str
    clickhouse: str
    postgresql: str

    def said(self, dialect: Dialect, arguments: list[str]) -> str:
        """The call as this dialect writes it."""
        template: str = getattr(self, dialect.value)
        return template.format(*arguments)


_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"

_MONTH_NUMBER = Portable(
    takes=1,
    duckdb="(year({0}) * 12 + month({0}) - 1)",
    spark="CAST(year({0}) * 12 + month({0}) - 1 AS BIGINT)",
    clickhouse="(toInt64(toYear({0})) * 12 + toMonth({0}) - 1)",
    postgresql="CAST(EXTRACT(YEAR FROM {0}) * 12 + EXTRACT(MONTH FROM {0}) - 1 AS BIGINT)",
)
_ADD_MONTHS = Portable(
    takes=2,
    duckdb="({0} + to_months(CAST({1} AS INTEGER)))",
    # add_months() would drop the time of day; a year-month interval keeps it and clamps at the month's end.
    spark="({0} + make_ym_interval(0, CAST({1} AS INT)))",
    clickhouse="addMonths({0}, {1})",
    postgresql="({0} + make_interval(months => CAST({1} AS INTEGER)))",
)
_DAY_NUMBER = Portable(
    takes=1,
    duckdb="CAST(CAST({0} AS DATE) - DATE '1970-01-01' AS BIGINT)",
    spark="CAST(unix_date(CAST({0} AS DATE)) AS BIGINT)",
    clickhouse="toInt64(toInt32(toDate32({0})))",
    postgresql="CAST(CAST({0} AS DATE) - DATE '1970-01-01' AS BIGINT)",
)


def _months_between(dialect: Dialect) -> str:
    """The difference of month numbers, less one when that many months later is after the end."""
    months = f"({_MONTH_NUMBER.said(dialect, ['{1}'])} - {_MONTH_NUMBER.said(dialect, ['{0}'])})"
    later = _ADD_MONTHS.said(dialect, ["{0}", months])
    return f"({months} - CASE WHEN {later} > {{1}} THEN 1 ELSE 0 END)"


def _week_number(dialect: Dialect) -> str:
    """Day 0 was a Thursday, so its week began three days earlier; floor, for days before 1970."""
    return f"CAST(floor(({_DAY_NUMBER.said(dialect, ['{0}'])} + 3) / 7.0) AS {{bigint}})"


def _interpolated(*, values: str, number: str, index: str, first: int = 1) -> str:
    """Between the two nearest, spelt out: every engine's own percentile differs in the last digit."""
    place = f"(({number} - 1) * {{1}})"
    low, high = (f"{values}[{index.format(f'{side}({place})')} + {first}]" for side in ("floor", "ceil"))
    part = f"({place} - floor({place}))"
    return f"CASE WHEN {number} > 0 THEN {low} * (1.0 - {part}) + {high} * {part} END"


# A number in a text: braces doubled, as these texts are templates. What is cut off is beyond four places.
_NUMBER, _CUT = "^-?[0-9]{{1,14}}(?:[.][0-9]+)?", "^-?[0-9]{{1,14}}(?:[.][0-9]{{1,4}})?"


def _number_of(part: str, cast: str) -> str:
    """The whole text has to be a number: its part that is one equals it (`$` would allow a line's end)."""
    whole, cut = (part.replace("PATTERN", pattern) for pattern in (_NUMBER, _CUT))
    return f"CASE WHEN {whole} = {{0}} AND {{0}} <> '' THEN {cast.replace('CUT', cut)} END"


# name(arguments) -> what it is; every instant is UTC without zone, NULL in gives NULL out.
FUNCTIONS: dict[str, Portable] = {
    # month_number(instant) -> months since year 0, as domain.period.month_number
    "month_number": _MONTH_NUMBER,
    # month_start(instant) -> the instant at which its month begins
    "month_start": Portable(
        takes=1,
        duckdb="CAST(date_trunc('month', {0}) AS TIMESTAMP)",
        spark="CAST(date_trunc('MONTH', {0}) AS TIMESTAMP_NTZ)",
        # toStartOfMonth() answers 1970 for every earlier year.
        clickhouse="toDateTime64(makeDate32(toYear({0}), toMonth({0}), 1), 6, 'UTC')",
        postgresql="date_trunc('month', {0})",
    ),
    # add_months(instant, months) -> the same day and time, clamped to the month's last day
    "add_months": _ADD_MONTHS,
    # months_between_whole(start, end) -> the largest k with add_months(start, k) <= end, below 0 too
    "months_between_whole": Portable(
        takes=2, **{dialect.value: _months_between(dialect) for dialect in Dialect}
    ),
    # day_number(instant) -> days since 1970-01-01, negative before
    "day_number": _DAY_NUMBER,
    # week_number(instant) -> weeks that begin on Monday, 0 is the week of 1970-01-01
    "week_number": Portable(
        takes=1,
        duckdb=_week_number(Dialect.DUCKDB).replace("{bigint}", "BIGINT"),
        spark=_week_number(Dialect.SPARK).replace("{bigint}", "BIGINT"),
        clickhouse=_week_number(Dialect.CLICKHOUSE).replace("{bigint}", "Nullable(Int64)"),
        postgresql=_week_number(Dialect.POSTGRESQL).replace("{bigint}", "BIGINT"),
    ),
    # day(instant) -> the instant at which its day begins
    "day_start": Portable(
        takes=1,
        duckdb="CAST(date_trunc('day', {0}) AS TIMESTAMP)",
        spark="CAST(date_trunc('DAY', {0}) AS TIMESTAMP_NTZ)",
        clickhouse="toDateTime64(toDate32({0}), 6, 'UTC')",
        postgresql="date_trunc('day', {0})",
    ),
    # hour_of_day(instant) -> 0..23, UTC
    "hour_of_day": Portable(
        takes=1,
        duckdb="hour({0})",
        spark="CAST(hour({0}) AS BIGINT)",
        clickhouse="toInt64(toHour({0}))",
        postgresql="CAST(EXTRACT(HOUR FROM {0}) AS BIGINT)",
    ),
    # add_days(instant, days)
    "add_days": Portable(
        takes=2,
        # Not to_days(): DuckDB takes 30 days and 1 month for one value and computes only one of the two.
        duckdb="make_timestamp(epoch_us({0}) + CAST({1} AS BIGINT) * 86400000000)",
        spark="({0} + make_dt_interval(CAST({1} AS INT)))",
        clickhouse="addDays({0}, {1})",
        postgresql="({0} + make_interval(days => CAST({1} AS INTEGER)))",
    ),
    # micros_between(start, end) -> microseconds from start to end
    "micros_between": Portable(
        takes=2,
        duckdb="(epoch_us({1}) - epoch_us({0}))",
        spark="(unix_micros(CAST({1} AS TIMESTAMP)) - unix_micros(CAST({0} AS TIMESTAMP)))",
        clickhouse="(toUnixTimestamp64Micro({1}) - toUnixTimestamp64Micro({0}))",
        postgresql="CAST((EXTRACT(EPOCH FROM {1}) - EXTRACT(EPOCH FROM {0})) * 1000000 AS BIGINT)",
    ),
    # bit_is_set(mask, k) -> true when bit k (0..62) of a card's mask is set; false outside
    "bit_is_set": Portable(
        takes=2,
        duckdb="CASE WHEN {1} BETWEEN 0 AND 62 THEN (CAST({0} AS BIGINT) >> CAST({1} AS BIGINT)) & 1 = 1"
        " WHEN {1} IS NOT NULL THEN FALSE END",
        spark="CASE WHEN {1} BETWEEN 0 AND 62 THEN shiftright(CAST({0} AS BIGINT), CAST({1} AS INT)) & 1 = 1"
        " WHEN {1} IS NOT NULL THEN FALSE END",
        # The shift is computed for rows of other branches too, and a negative one is an error.
        clickhouse="CASE WHEN {1} BETWEEN 0 AND 62"
        " THEN bitAnd(bitShiftRight({0}, least(greatest({1}, 0), 62)), 1) = 1"
        " WHEN {1} IS NOT NULL THEN FALSE END",
        postgresql="CASE WHEN {1} BETWEEN 0 AND 62 THEN (CAST({0} AS BIGINT) >> CAST({1} AS INTEGER)) & 1 = 1"
        " WHEN {1} IS NOT NULL THEN FALSE END",
    ),
    # bit_total(mask) -> how many bits are set
    "bit_total": Portable(
        takes=1,
        duckdb="bit_count(CAST({0} AS BIGINT))",
        spark="CAST(bit_count(CAST({0} AS BIGINT)) AS BIGINT)",
        clickhouse="toInt64(bitCount({0}))",
        postgresql="bit_count(CAST(CAST({0} AS BIGINT) AS BIT(64)))",
    ),
    # first_bit(mask) -> the lowest bit that is set, NULL when none is
    "first_bit": Portable(
        takes=1,
        duckdb="CAST(bit_count((CAST(nullif({0}, 0) AS BIGINT) & -CAST({0} AS BIGINT)) - 1) AS BIGINT)",
        spark="CAST(bit_count((CAST(nullif({0}, 0) AS BIGINT) & -CAST({0} AS BIGINT)) - 1) AS BIGINT)",
        clickhouse="toInt64(bitCount(bitAnd(nullif({0}, 0), -({0})) - 1))",
        postgresql="CAST(bit_count(CAST((CAST(nullif({0}, 0) AS BIGINT)"
        " & -CAST({0} AS BIGINT)) - 1 AS BIT(64))) AS BIGINT)",
    ),
    # bits_of(k) -> aggregate: a mask with bit k set for every row's k in 0..61, 0 for no rows
    "bits_of": Portable(
        takes=1,
        duckdb="COALESCE(bit_or(CASE WHEN {0} BETWEEN 0 AND 61 THEN"
        " CAST(1 AS BIGINT) << CAST({0} AS BIGINT) END), 0)",
        spark="COALESCE(bit_or(CASE WHEN {0} BETWEEN 0 AND 61 THEN shiftleft(1L, CAST({0} AS INT)) END), 0L)",
        clickhouse="COALESCE(groupBitOr(CASE WHEN {0} BETWEEN 0 AND 61 THEN"
        " bitShiftLeft(toInt64(1), least(greatest({0}, 0), 61)) END), 0)",
        postgresql="COALESCE(bit_or(CASE WHEN {0} BETWEEN 0 AND 61 THEN"
        " CAST(1 AS BIGINT) << CAST({0} AS INTEGER) END), 0)",
    ),
    # percentile(number, share) -> aggregate, a double, from all values in memory; share is a literal
    "percentile": Portable(
        takes=2,
        duckdb=_interpolated(
            values="list_sort(list(CAST({0} AS DOUBLE)) FILTER (WHERE {0} IS NOT NULL))",
            number="CAST(count({0}) AS DOUBLE)",
            index="CAST({} AS BIGINT)",
        ),
        spark=_interpolated(
            values="sort_array(collect_list(CAST({0} AS DOUBLE)))",
            number="CAST(count({0}) AS DOUBLE)",
            index="CAST({} AS INT)",
            first=0,
        ),
        clickhouse=_interpolated(
            values="arraySort(groupArray(CAST({0} AS Nullable(Float64))))",
            number="toFloat64(count({0}))",
            index="toInt64({})",
        ),
        postgresql=_interpolated(
            values="(array_agg(CAST({0} AS DOUBLE PRECISION) ORDER BY {0}) FILTER (WHERE {0} IS NOT NULL))",
            number="CAST(count({0}) AS DOUBLE PRECISION)",
            index="CAST({} AS INTEGER)",
        ),
    ),
    # ascii_lower(text): only A-Z, because engines disagree about every other letter
    "ascii_lower": Portable(
        takes=1,
        # A text of as many bytes as letters has no others: twenty times as fast as translate.
        duckdb=(
            "(case when strlen({0}) = length({0}) then lower({0})"
            f" else translate({{0}}, '{_UPPER}', '{_LOWER}') end)"
        ),
        spark=f"translate({{0}}, '{_UPPER}', '{_LOWER}')",
        clickhouse="lower({0})",
        postgresql=f"translate({{0}}, '{_UPPER}', '{_LOWER}')",
    ),
    # number_of(text) -> a decimal of four places, further ones cut; null where the text is no plain number
    "number_of": Portable(
        takes=1,
        duckdb=_number_of("regexp_extract({0}, 'PATTERN')", "TRY_CAST(CUT AS DECIMAL(18, 4))"),
        spark=_number_of("regexp_extract({0}, 'PATTERN', 0)", "TRY_CAST(CUT AS DECIMAL(18, 4))"),
        clickhouse=_number_of("extract({0}, 'PATTERN')", "toDecimal64OrNull(CUT, 4)"),
        postgresql=_number_of("substring({0} from 'PATTERN')", "CAST(CUT AS DECIMAL(18, 4))"),
    ),
    # has_text(text, part), starts_with_text(text, part): plain comparison, no patterns
    "has_text": Portable(
        takes=2,
        duckdb="contains({0}, {1})",
        spark="contains({0}, {1})",
        clickhouse="(position({0}, {1}) > 0)",
        postgresql="(strpos({0}, {1}) > 0)",
    ),
    "starts_with_text": Portable(
        takes=2,
        duckdb="starts_with({0}, {1})",
        spark="startswith({0}, {1})",
        clickhouse="startsWith({0}, {1})",
        postgresql="starts_with({0}, {1})",
    ),
    # text_length(text) -> code points
    "text_length": Portable(
        takes=1,
        duckdb="length({0})",
        spark="CAST(char_length({0}) AS BIGINT)",
        clickhouse="toInt64(lengthUTF8({0}))",
        postgresql="char_length({0})",
    ),
}
AGGREGATES: frozenset[str] = frozenset({"bits_of", "percentile"})
