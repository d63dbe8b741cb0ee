"""Values come back as they went in, on both databases, and what cannot is refused by name."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from emptychair.desk.columns import Choice, Exact, Instant, Json, Words, shown
from emptychair.desk.desk import Desk
from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.users import Role

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant),
    Column("words", Words(1_000)),
    Column("json", Json),
    Column("exact", Exact(4)),
    Column("role", Choice(Role)),
)


@pytest.fixture
def things(desk: Desk) -> Iterator[Desk]:
    with desk.begin() as tx:
        THINGS.create(tx, checkfirst=True)
    yield desk
    with desk.begin() as tx:
        THINGS.drop(tx)


def back(desk: Desk, column: str, value: object) -> object:
    with desk.begin() as tx:
        added = tx.execute(insert(THINGS).values({column: value})).inserted_primary_key
        assert added is not None
        return tx.execute(select(THINGS.c[column]).where(THINGS.c.id == added[0])).scalar_one()


def test_an_instant_of_any_zone_comes_back_in_utc_with_its_microseconds(things: Desk) -> None:
    summer = datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert back(things, "at", summer) == datetime(2026, 7, 1, 10, 0, 0, 1, tzinfo=UTC)
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert back(things, "at", twice) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert back(things, "at", twice.replace(fold=1)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    came = back(things, "at", datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=-12))))
    assert isinstance(came, datetime)
    assert came.tzinfo is UTC


def test_an_instant_without_zone_is_a_mistake(things: Desk) -> None:
    with pytest.raises(StatementError, match="an instant needs a time zone"):
        back(things, "at", datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
ROOM = 10**14


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(
    words=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=50),
    exact=st.decimals(-ROOM, ROOM, places=4),
    at=st.datetimes(timezones=st.just(UTC)),
    json=st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("k"), inner),
        max_leaves=5,
    ),
)
def test_any_value_comes_back_equal(
    things: Desk, words: str, exact: Decimal, at: datetime, json: object
) -> None:
    assert back(things, "words", words) == words
    assert back(things, "exact", exact) == exact
    assert back(things, "at", at) == at
    assert back(things, "json", {"value": json}) == {"value": json}


def test_decimals_are_compared_as_numbers_and_never_rounded(things: Desk) -> None:
    for value in ("9.5", "10", "-3.0001"):
        back(things, "exact", Decimal(value))
    with things.read() as tx:
        sizes = tx.execute(select(THINGS.c.exact).order_by(THINGS.c.exact)).scalars().all()
        assert sizes == [Decimal("-3.0001"), Decimal("9.5"), Decimal("10")]
    with pytest.raises(StatementError, match="more than 4 decimal places"):
        back(things, "exact", Decimal("0.00001"))


def test_a_choice_is_a_member_again(things: Desk) -> None:
    assert back(things, "role", Role.LEAD) is Role.LEAD
    with pytest.raises(StatementError, match="'emperor' is not a valid Role"):
        back(things, "role", "emperor")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("a\0b", Reason.TEXT_HAS_NUL),
        ("\ud800", Reason.TEXT_IS_NOT_UNICODE),
        ("x" * 1_001, Reason.TEXT_IS_TOO_LONG),
        ("x" * 1_000_000, Reason.TEXT_IS_TOO_LONG),
    ],
)
def test_words_that_cannot_be_kept_are_refused_by_name(things: Desk, words: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        back(things, "words", words)
    assert refused.value.reason is reason
    assert len(str(refused.value)) < 200


def test_emoji_and_scripts_count_as_characters(things: Desk) -> None:
    words = "👩‍👩‍👧‍👦 שלום 你好 Ä ı ß"
    assert back(things, "words", words) == words
    assert back(things, "words", "🙂" * 1_000) == "🙂" * 1_000


def test_evidence_is_made_fit_to_be_kept() -> None:
    assert shown("a\0b\ud800", 10) == "a␀b?"
    assert shown("x" * 1_000_000, 5) == "xxxx…"
    assert shown("short", 5) == "short"
