"""Questions refuse what engines answer differently; parameters are values, never SQL."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.ledger.question import Question, question
from emptychair.ledger.render import Dialect, render
from emptychair.ledger.subset import OutsideSubsetError

NAIVE = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)
FIRST, LAST = NAIVE.replace(year=1901), NAIVE.replace(year=2200)
REFUSED = {
    "select count(*) filter (where score > 1) as n from signals": "FILTER",
    "select arg_min(text, score) as t from signals": "ARG_MIN",
    "select kind, count(*) as n from signals group by all": "GROUP BY ALL",
    "select id from signals qualify row_number() over (order by id) = 1": "QUALIFY",
    "select score * 0.5 as half from signals": "bare float literal",
    "select cast(score as bigint) as s from signals": "rounds differently",
    "select cast(value * score as decimal(18, 4)) as s from signals": "rounds differently",
    "select cast(score as varchar) as s from signals": "cast to TEXT",
    "select score / value as r from signals": "nullif",
    "select score // 0 as r from signals": "nullif",
    "select score % value as r from signals": "nullif",
    "select id as week from signals": "refused by DuckDB",
    "select id as Person from signals": "lower-case",
    "select lower(text) as t from signals": "LOWER",
    "select length(text) as t from signals": "LENGTH",
    "select regexp_matches(text, 'a') as t from signals": "not in the portable subset",
    "select text like 'a%' as t from signals": "LIKE",
    "select date_trunc('month', occurred_at) as t from signals": "not in the portable subset",
    "select occurred_at - interval 1 day as t from signals": "INTERVAL",
    "select properties ->> 'a' as t from signals": "JSON",
    "select avg(score) as t from signals": "AVG",
    "select stddev(score) as t from signals": "STDDEV",
    "select sum(value / nullif(score, 0)) as t from signals": "order of rows",
    "select sum(distinct value) as t from signals": "sum(distinct)",
    "select count(distinct kind, name) as t from signals": "one argument",
    "select round(value, 2) as t from signals": "ROUND",
    "select median(score) as t from signals": "MEDIAN",
    "select percentile(score, value) as t from signals": "literal",
    "select percentile(score) as t from signals": "takes 2",
    "select percentile(score, 0.5) over () as t from signals": "OVER",
    "select * from signals": "columns are named",
    "select s.* from signals as s": "columns are named",
    "select distinct on (kind) id from signals": "DISTINCT ON",
    "select id from signals limit 3": "ORDER BY",
    "select a.id from signals as a full join signals as b on a.id = b.id": "INNER, LEFT or CROSS",
    "select a.id from signals as a right join signals as b on a.id = b.id": "INNER, LEFT or CROSS",
    "select a.id from signals as a, signals as b": "ON, USING or CROSS",
    "select a.id from signals as a natural join signals as b": "INNER, LEFT or CROSS",
    "select a.id from signals as a anti join signals as b on a.id = b.id": "INNER, LEFT or CROSS",
    "select id from signals where not id in (select person from signals)": "NOT IN",
    "select id from signals where id not in (select person from signals)": "NOT IN",
    "select id from signals where exists (select 1 as one from signals)": "EXISTS",
    "select person in ('a', null) as t from signals": "NULL in a list",
    "select id from signals except select person from signals": "EXCEPT",
    "with recursive a as (select id from signals) select id from a": "RECURSIVE",
    "select id from (with a as (select id from signals) select id from a) as b": "only at the top",
    "select id from nowhere": "unknown table nowhere",
    "select id from other.signals": "tables are signals",
    "select id from read_csv('/etc/passwd')": "tables are signals",
    "select unnest([1, 2]) as n": "not in the portable subset",
    "select struct_pack(a := 1) as n": "not in the portable subset",
    "select now() as n": "not in the portable subset",
    "select random() as n": "not in the portable subset",
    "select 1 as n; drop table signals": "one SELECT",
    "drop table signals": "one SELECT",
    "delete from signals": "one SELECT",
    "select from where": "not SQL",
    "select kind from signals group by rollup (kind)": "ROLLUP",
    "select id from signals tablesample 10%": "not in the portable subset",
    "pivot signals on kind using count(*)": "one SELECT",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_engines_answer_differently_is_refused_by_name(sql: str) -> None:
    with pytest.raises(OutsideSubsetError, match=REFUSED[sql].replace("(", r"\(").replace(")", r"\)")):
        question(sql)


def answer(asked: Question) -> object:
    with duckdb.connect() as connection:
        found = connection.execute(render(asked, Dialect.DUCKDB)).fetchone()
        assert found is not None
        return found[0]


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_arrives_as_it_is(text: str) -> None:
    assert answer(question("select max(:text) as t", text=text)) == text


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_any_whole_number_arrives_as_it_is(number: int) -> None:
    assert answer(question("select max(:number) as n", number=number)) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14))
def test_any_decimal_arrives_to_the_digit(number: Decimal) -> None:
    assert answer(question("select max(:number) as n", number=number)) == number


@given(st.datetimes(FIRST, LAST, timezones=st.just(timezone(timedelta(hours=-5)))))
def test_an_instant_of_any_zone_arrives_in_utc_with_its_microseconds(instant: datetime) -> None:
    expected = instant.astimezone(UTC).replace(tzinfo=None)
    assert answer(question("select max(:instant) as t", instant=instant)) == expected


def test_a_date_is_its_midnight() -> None:
    found = answer(question("select max(:day) as t", day=date(2024, 2, 29)))
    assert found == datetime(2024, 2, 29, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    "value",
    [
        "a\0b",
        "\ud800",
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e40"),
        NAIVE,
        1.5,
    ],
)
def test_what_is_no_exact_value_is_refused(value: object) -> None:
    with pytest.raises(OutsideSubsetError):
        question("select max(:value) as v", value=value)  # type: ignore[arg-type]


def test_a_list_stands_alone_in_in() -> None:
    assert answer(question("select 'b' in (:some) as found", some=["a", "b"])) is True
    assert answer(question("select not ('b' in (:some)) as found", some=[])) is True
    with pytest.raises(OutsideSubsetError, match="stands alone"):
        question("select 'b' = :some as found", some=["a"])


def test_parameters_match_placeholders() -> None:
    with pytest.raises(OutsideSubsetError, match=r"missing \['b'\], unused \['c'\]"):
        question("select max(:b) as b", c=1)


ONES = question("select 1 as n union all select 1 as n")
TWOS = question("select 2 as n")


def test_sources_with_the_same_name_at_different_depths_stay_apart() -> None:
    inner = question("select sum(n) as n from x", {"x": ONES})
    outer = question("select sum(x.n) * 10 + sum(y.n) as n from x cross join y", {"x": TWOS, "y": inner})
    assert answer(outer) == 22


def test_a_source_used_at_two_depths_is_computed_once() -> None:
    inner = question("select sum(n) as n from x", {"x": ONES})
    outer = question("select sum(x.n) + max(y.n) as n from x cross join y", {"x": ONES, "y": inner})
    assert render(outer, Dialect.DUCKDB).count("UNION ALL") == 1
    assert answer(outer) == 4


def test_own_ctes_and_sources_do_not_clash() -> None:
    inner = question("with a as (select 5 as n) select n from a")
    assert (
        answer(question("with a as (select 7 as n) select a.n + b.n as n from a cross join b", {"b": inner}))
        == 12
    )


def test_a_name_is_not_used_twice() -> None:
    with pytest.raises(OutsideSubsetError, match="used twice"):
        question("with a as (select 1 as n) select n from a", {"a": ONES})
    with pytest.raises(OutsideSubsetError, match="used twice"):
        question("select n from signals", {"signals": ONES})
    with pytest.raises(OutsideSubsetError, match="is not used"):
        question("select 1 as n", {"a": ONES})


def test_a_question_can_be_asked_again_after_it_was_a_source() -> None:
    before = render(ONES, Dialect.DUCKDB)
    question("select sum(n) as n from x", {"x": ONES})
    assert render(ONES, Dialect.DUCKDB) == before


def test_a_sum_of_no_rows_is_zero() -> None:
    assert answer(question("select sum(n) as n from x where n > 5", {"x": ONES})) == 0
