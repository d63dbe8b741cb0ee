"""Themes are kept under the ids that they have; changes of people hold until they are taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from emptychair.desk import theme_edits, theme_fits, themes
from emptychair.desk.desk import Desk
from emptychair.desk.theme_fits import Fit
from emptychair.desk.themes import Standing, Theme
from emptychair.domain.signal import Audience

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
GRINDER = Theme(
    id="thm_grinder", audience=Audience.CUSTOMER, name="grinder broke", area="machines",
    phrases=("grinder broke", "loud"), quoted="0 sig_1", texts=12, standing=Standing.FOUND,
    found_at=NOW, changed_at=NOW,
)  # fmt: skip
REFUND = replace(GRINDER, id="thm_refund", name="refund", texts=30)


def test_the_largest_theme_comes_first_and_one_that_is_gone_can_come_back(desk: Desk) -> None:
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [GRINDER, REFUND])
        assert [one.id for one in themes.every(tx, Audience.CUSTOMER)] == ["thm_refund", "thm_grinder"]
        assert themes.every(tx, Audience.EMPLOYEE) == []
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [replace(REFUND, name="slow refund", found_at=LATER)])
        (refund,) = themes.every(tx, Audience.CUSTOMER)
        assert (refund.name, refund.found_at) == ("slow refund", NOW), "it was found first before"
        gone = themes.find(tx, "thm_grinder")
        assert gone is not None
        assert (gone.standing, gone.texts) == (Standing.GONE, 0)
        assert len(themes.every(tx, Audience.CUSTOMER, with_gone=True)) == 2
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [GRINDER])
        assert themes.find(tx, "thm_grinder") == GRINDER


def test_themes_of_one_audience_leave_those_of_the_other_alone(desk: Desk) -> None:
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [GRINDER])
        themes.keep(tx, Audience.EMPLOYEE, [replace(REFUND, audience=Audience.EMPLOYEE)])
        themes.keep(tx, Audience.EMPLOYEE, [])
        assert themes.every(tx, Audience.CUSTOMER) == [GRINDER]


def test_what_is_long_or_odd_is_shown_as_far_as_it_fits(desk: Desk) -> None:
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [replace(GRINDER, name="n" * 200, quoted="a\0" + "b" * 9_000)])
        (found,) = themes.every(tx, Audience.CUSTOMER)
    assert (len(found.name), len(found.quoted)) == (themes.LONGEST_NAME, themes.LONGEST_REFERENCE)


def test_changes_hold_in_their_order_until_they_are_taken_back_once(desk: Desk) -> None:
    says = {"theme": "thm_refund", "name": "Refunds"}
    with desk.begin() as tx:
        first = theme_edits.add(tx, Audience.CUSTOMER, "rename", says, by="usr_ada", now=NOW)
        second = theme_edits.add(tx, Audience.CUSTOMER, "merge", {"a": 1}, by="usr_ben", now=LATER)
        assert theme_edits.holding(tx, Audience.CUSTOMER) == [first, second]
        assert theme_edits.find(tx, first.id) == first
        assert theme_edits.undo(tx, first.id, by="usr_cyd", now=LATER)
        assert not theme_edits.undo(tx, first.id, by="usr_cyd", now=LATER)
        assert theme_edits.holding(tx, Audience.CUSTOMER) == [second]
        newest, oldest = theme_edits.latest(tx, Audience.CUSTOMER)
        assert (newest, oldest.undone_by) == (second, "usr_cyd")
        assert theme_edits.holding(tx, Audience.EMPLOYEE) == []


def test_the_last_finding_of_each_audience_is_known(desk: Desk) -> None:
    fit = Fit(
        audience=Audience.CUSTOMER, fitted_at=NOW, texts=100, themed=80, themes=7, agreement=0.75,
        model="static-256.1", reason="",
    )  # fmt: skip
    few = replace(fit, audience=Audience.EMPLOYEE, themes=0, agreement=None, reason="Too few texts")
    with desk.begin() as tx:
        for one in (fit, replace(fit, fitted_at=LATER), few):
            theme_fits.add(tx, one)
        assert theme_fits.last(tx, Audience.CUSTOMER) == replace(fit, fitted_at=LATER)
        assert theme_fits.last(tx, Audience.EMPLOYEE) == few
