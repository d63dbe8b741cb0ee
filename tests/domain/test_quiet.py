"""Quiet hours: on the clock of where somebody is, whatever that clock does."""

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emptychair.domain.quiet import QuietHours, quiet_until

NIGHT = QuietHours(start=time(20), end=time(8))
SIESTA = QuietHours(start=time(13), end=time(15, 30))
ZONES = sorted(zoneinfo.available_timezones())
INSTANTS = st.integers(min_value=0, max_value=48 * 365 * 24 * 60).map(
    lambda minutes: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
WALLS = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))


def at(zone: str, *moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        # The night in which the clock jumps from 2 to 3: seven and not eight hours from midnight on.
        ("Europe/Berlin", (2026, 3, 29, 0, 0), (2026, 3, 29, 6, 0)),
        # The night in which it is set back: nine hours from midnight on.
        ("Europe/Berlin", (2026, 10, 25, 0, 0), (2026, 10, 25, 7, 0)),
        ("America/New_York", (2026, 3, 8, 0, 0), (2026, 3, 8, 12, 0)),
        # Half an hour of summer time.
        ("Australia/Lord_Howe", (2026, 4, 5, 0, 0), (2026, 4, 4, 21, 30)),
        ("Asia/Kathmandu", (2026, 6, 1, 23, 0), (2026, 6, 2, 2, 15)),
        # Samoa left out 30 December 2011.
        ("Pacific/Apia", (2011, 12, 29, 22, 0), (2011, 12, 30, 18, 0)),
    ],
)
def test_the_end_is_on_the_clock_of_the_zone(zone: str, now: tuple[int, ...], until: tuple[int, ...]) -> None:
    found = quiet_until(NIGHT, ZoneInfo(zone), at(zone, *now))
    assert found == datetime(*until, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_an_end_in_the_hour_that_is_left_out_comes_with_the_jump_of_the_clock() -> None:
    hours = QuietHours(start=time(22), end=time(2, 30))
    found = quiet_until(hours, ZoneInfo("Europe/Berlin"), at("Europe/Berlin", 2026, 3, 29, 1, 15))
    assert found == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_an_end_that_comes_twice_is_the_one_that_is_still_to_come() -> None:
    hours = QuietHours(start=time(22), end=time(2, 30))
    second = at("Europe/Berlin", 2026, 10, 25, 2, 15, fold=1)
    assert quiet_until(hours, ZoneInfo("Europe/Berlin"), second) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_hours_without_a_length_are_none() -> None:
    with pytest.raises(ValueError, match="differ"):
        QuietHours(start=time(8), end=time(8))


@pytest.mark.parametrize("hours", [NIGHT, SIESTA], ids=["night", "siesta"])
@pytest.mark.parametrize("zone", ZONES)
def test_in_every_zone_around_the_clock_the_end_is_the_first_minute_that_is_not_quiet(
    zone: str, hours: QuietHours
) -> None:
    """Each quarter of an hour of the two days around which many zones change their clock."""
    here = ZoneInfo(zone)
    for day in (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)):
        quarters = [day + timedelta(minutes=15 * n) for n in range(200)]
        for now, nearby in pairwise(quarters):
            until = quiet_until(hours, here, now)
            assert (until is not None) == hours.has(now.astimezone(here).time())
            if until is not None:
                assert until > now
                assert not hours.has(until.astimezone(here).time())
                assert hours.has((until - timedelta(seconds=1)).astimezone(here).time())
                assert until <= nearby or quiet_until(hours, here, nearby) == until


@settings(max_examples=400, deadline=None)
@given(zone=st.sampled_from(ZONES), now=INSTANTS, start=WALLS, end=WALLS)
def test_whatever_the_hours_nobody_is_written_to_while_it_is_quiet(
    zone: str, now: datetime, start: time, end: time
) -> None:
    if start == end:
        return
    hours, here = QuietHours(start=start, end=end), ZoneInfo(zone)
    until = quiet_until(hours, here, now)
    if until is None:
        assert not hours.has(now.astimezone(here).time())
    else:
        assert now < until <= now + timedelta(days=2, hours=1)
        assert not hours.has(until.astimezone(here).time())
