"""The rule that keeps people from being asked too much."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from emptychair.domain.contact import (
    SURVEYS,
    WEEK,
    Channel,
    Fatigue,
    MessageClass,
    Purpose,
    Touch,
    What,
    WhyNot,
    class_of,
    too_much,
)
from emptychair.domain.signal import Audience

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULE = Fatigue(survey_days=30, weekly=2)


def touch(what: What, ago: timedelta) -> Touch:
    return Touch(
        id="tch_1",
        person="ada",
        audience=Audience.CUSTOMER,
        address=None,
        channel=Channel.EMAIL,
        what=what,
        thing="sur_1",
        at=NOW - ago,
    )


def test_a_survey_on_another_way_is_a_survey_too() -> None:
    refusal = too_much(RULE, What.SURVEY_INVITATION, [touch(What.WIDGET_SURVEY, 29 * DAY)], NOW)
    assert refusal is not None
    assert (refusal.reason, refusal.until) == (WhyNot.ASKED_LATELY, NOW + DAY)


def test_after_exactly_so_many_days_the_next_survey_may_come() -> None:
    assert too_much(RULE, What.SURVEY_INVITATION, [touch(What.SURVEY_INVITATION, 30 * DAY)], NOW) is None


def test_a_reminder_belongs_to_its_invitation_and_counts_as_a_contact() -> None:
    invited = touch(What.SURVEY_INVITATION, 3 * DAY)
    assert too_much(RULE, What.SURVEY_REMINDER, [invited], NOW) is None
    refusal = too_much(RULE, What.MAIL, [invited, touch(What.SURVEY_REMINDER, DAY)], NOW)
    assert refusal is not None
    assert (refusal.reason, refusal.until) == (WhyNot.CONTACTED_OFTEN, NOW + 4 * DAY)


def test_of_two_reasons_the_one_that_lasts_longer_is_given() -> None:
    before = [touch(What.SURVEY_INVITATION, DAY), touch(What.MAIL, 2 * DAY)]
    refusal = too_much(RULE, What.WIDGET_SURVEY, before, NOW)
    assert refusal is not None
    assert (refusal.reason, refusal.until) == (WhyNot.ASKED_LATELY, NOW + 29 * DAY)


def test_where_no_contact_is_allowed_no_day_will_be_better() -> None:
    refusal = too_much(Fatigue(survey_days=0, weekly=0), What.MAIL, [], NOW)
    assert refusal is not None
    assert (refusal.reason, refusal.until) == (WhyNot.CONTACTED_OFTEN, None)


def test_every_purpose_has_a_class() -> None:
    assert {purpose: class_of(purpose) for purpose in Purpose} == {
        Purpose.SURVEYS: MessageClass.ASK,
        Purpose.UPDATES: MessageClass.ASK,
        Purpose.MARKETING: MessageClass.MARKETING,
    }
    assert class_of(None) is MessageClass.SERVICE


STEPS = st.tuples(st.sampled_from(What), st.integers(min_value=0, max_value=20 * 24))


@given(
    steps=st.lists(STEPS, max_size=40),
    days=st.integers(min_value=0, max_value=40),
    weekly=st.integers(min_value=0, max_value=4),
)
def test_who_keeps_to_the_rule_never_contacts_more_than_it_allows(
    steps: list[tuple[What, int]], days: int, weekly: int
) -> None:
    rule, now, done = Fatigue(survey_days=days, weekly=weekly), NOW, list[Touch]()
    for what, hours in steps:
        now += timedelta(hours=hours)
        refusal = too_much(rule, what, done, now)
        if refusal is None:
            done.append(touch(what, NOW - now))
        elif refusal.until is not None:
            assert refusal.until > now
            assert too_much(rule, what, done, refusal.until) is None
    instants = [one.at for one in done]
    surveys = sorted(one.at for one in done if one.what in SURVEYS)
    assert all(later - earlier >= timedelta(days=days) for earlier, later in pairwise(surveys))
    for start in instants:
        assert sum(start <= at < start + WEEK for at in instants) <= weekly
