"""Settings: what is valid, what is in force, and who decided it when."""

from datetime import date
from typing import Any

import pytest

from emptychair.desk import settings
from emptychair.desk.desk import Desk
from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.settings import (
    COMPANY_NAME,
    CURRENCY,
    GAP_DAYS,
    MINIMUM_N,
    OBSERVED_SINCE,
    SETTINGS,
    TIME_ZONE,
    Setting,
)
from emptychair.domain.signal import Audience
from tests.desk.people import HOUR, NOW, at_once


def test_until_somebody_decides_the_default_is_in_force(desk: Desk) -> None:
    with desk.read() as tx:
        for setting in SETTINGS:
            audience = Audience.CUSTOMER if setting.per_audience else None
            assert settings.get(tx, setting, audience) == setting.default
            assert settings.history(tx, setting, audience) == []


def test_a_decision_is_in_force_for_its_audience_and_kept(desk: Desk) -> None:
    with desk.begin() as tx:
        for hours, days in enumerate((90, 60, None)):
            settings.change(
                tx, GAP_DAYS, days, audience=Audience.CUSTOMER, by="usr_ada", now=NOW + hours * HOUR
            )
            assert settings.get(tx, GAP_DAYS, Audience.CUSTOMER) == days
        assert settings.get(tx, GAP_DAYS, Audience.EMPLOYEE) is None
        kept = settings.history(tx, GAP_DAYS, Audience.CUSTOMER)
    assert [(change.value, change.by, change.at) for change in kept] == [
        ("", "usr_ada", NOW + 2 * HOUR),
        ("60", "usr_ada", NOW + HOUR),
        ("90", "usr_ada", NOW),
    ]


def test_deciding_the_same_again_is_no_decision(desk: Desk) -> None:
    with desk.begin() as tx:
        assert not settings.change(tx, MINIMUM_N, 10, by="cli", now=NOW)
        assert settings.change(tx, MINIMUM_N, 30, by="cli", now=NOW)
        assert not settings.change(tx, MINIMUM_N, 30, by="cli", now=NOW)
        assert len(settings.history(tx, MINIMUM_N)) == 1


@pytest.mark.parametrize(
    ("setting", "typed", "meant"),
    [
        (COMPANY_NAME, "  Ärzte & Co 🙂 ", "Ärzte & Co 🙂"),
        (CURRENCY, "gbp", "GBP"),
        (TIME_ZONE, "Europe/Berlin", "Europe/Berlin"),
        (MINIMUM_N, " 25 ", 25),
        (GAP_DAYS, "", None),
        (GAP_DAYS, "45", 45),
        (OBSERVED_SINCE, "2024-02-29", date(2024, 2, 29)),
        (OBSERVED_SINCE, " ", None),
    ],
)
def test_what_a_person_types_is_understood_and_written_back(
    setting: Setting[Any], typed: str, meant: object
) -> None:
    assert setting.parse(typed) == meant
    assert setting.parse(setting.text(meant)) == meant


@pytest.mark.parametrize(
    ("setting", "typed"),
    [
        (COMPANY_NAME, "two\nlines"),
        (COMPANY_NAME, "a\0b"),
        (CURRENCY, ""),
        (CURRENCY, "EURO"),
        (CURRENCY, "ＥＵＲ"),
        (TIME_ZONE, "Mars/Base"),
        (TIME_ZONE, "../../etc/passwd"),
        (TIME_ZONE, "Europe"),
        (TIME_ZONE, ""),
        (TIME_ZONE, "x" * 100_000),
        (TIME_ZONE, "UTC\0"),
        (MINIMUM_N, "9"),
        (MINIMUM_N, "-20"),
        (MINIMUM_N, "1e3"),
        (MINIMUM_N, "٣٠"),
        (MINIMUM_N, "9" * 100_000),
        (GAP_DAYS, "0"),
        (GAP_DAYS, "3651"),
        (OBSERVED_SINCE, "29.02.2024"),
        (OBSERVED_SINCE, "2023-02-29"),
    ],
)
def test_what_is_not_valid_is_refused_with_what_is_expected(setting: Setting[Any], typed: str) -> None:
    with pytest.raises(Refused, match="expected") as refused:
        setting.parse(typed)
    assert refused.value.reason is Reason.SETTING_IS_NOT_VALID


def test_a_value_that_is_not_valid_is_not_stored(desk: Desk) -> None:
    with pytest.raises(Refused), desk.begin() as tx:
        settings.change(tx, MINIMUM_N, 3, by="cli", now=NOW)
    with pytest.raises(Refused, match="200"), desk.begin() as tx:
        settings.change(tx, COMPANY_NAME, "x" * 1_000_000, by="cli", now=NOW)
    with desk.read() as tx:
        assert settings.get(tx, MINIMUM_N) == 10
        assert settings.get(tx, COMPANY_NAME) == ""


def test_a_setting_is_asked_for_the_way_it_is_decided(desk: Desk) -> None:
    with desk.read() as tx:
        with pytest.raises(ValueError, match="gap_days is decided for each audience"):
            settings.get(tx, GAP_DAYS)
        with pytest.raises(ValueError, match="currency is decided for the whole company"):
            settings.get(tx, CURRENCY, Audience.CUSTOMER)


def test_after_many_decide_at_once_one_value_is_in_force_and_all_are_kept(desk: Desk) -> None:
    def decide(number: int) -> None:
        with desk.begin() as tx:
            settings.change(tx, MINIMUM_N, 20 + number, by=f"usr_{number}", now=NOW)

    at_once(decide)
    with desk.read() as tx:
        kept = settings.history(tx, MINIMUM_N)
        assert str(settings.get(tx, MINIMUM_N)) == kept[0].value
        assert len(kept) == 8
