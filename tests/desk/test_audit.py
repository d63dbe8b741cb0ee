"""The audit: complete, in order, never changed."""

from emptychair.desk import audit
from emptychair.desk.desk import Desk
from emptychair.domain.period import Period
from tests.desk.people import HOUR, NOW, at_once


def record(
    desk: Desk, who: str = "usr_ada", verb: str = "import.begin", thing: str = "imp_1", hours: int = 0
) -> None:
    with desk.begin() as tx:
        audit.record(
            tx,
            who=who,
            verb=verb,
            thing=thing,
            now=NOW + hours * HOUR,
            details={"ü": [1, None]},
            address="192.0.2.7",
        )


def test_what_was_done_is_told_as_it_was_recorded(desk: Desk) -> None:
    record(desk)
    with desk.read() as tx:
        (entry,) = audit.page(tx)
    assert (entry.who, entry.verb, entry.thing) == ("usr_ada", "import.begin", "imp_1")
    assert (entry.at, entry.details, entry.address) == (NOW, {"ü": [1, None]}, "192.0.2.7")


def test_filters_narrow_and_combine(desk: Desk) -> None:
    for number in range(8):
        record(desk, who="cli" if number % 2 else "usr_ada", thing=f"imp_{number // 4}", hours=number)
    with desk.read() as tx:
        assert len(audit.page(tx, who="cli")) == 4
        assert len(audit.page(tx, who="cli", thing="imp_1")) == 2
        assert audit.page(tx, verb="nothing") == []
        assert [entry.at for entry in audit.page(tx, period=Period(NOW + HOUR, NOW + 3 * HOUR))] == [
            NOW + 2 * HOUR,
            NOW + HOUR,
        ]
        assert audit.page(tx, who="' or 1=1 --") == []


def test_pages_show_each_entry_once_while_new_ones_come(desk: Desk) -> None:
    for number in range(7):
        record(desk, thing=f"old_{number}")
    seen: list[str] = []
    before = None
    while True:
        with desk.read() as tx:
            page = audit.page(tx, before=before, limit=3)
        if not page:
            break
        seen += [entry.thing for entry in page]
        before = page[-1].id
        record(desk, thing="new")
    assert seen == [f"old_{number}" for number in reversed(range(7))]


def test_nothing_that_many_record_at_once_is_lost(desk: Desk) -> None:
    at_once(lambda number: [record(desk, who=f"usr_{number}") for _ in range(5)])
    with desk.read() as tx:
        assert len(audit.page(tx)) == 40


def test_an_undone_deed_leaves_no_entry(desk: Desk) -> None:
    try:
        with desk.begin() as tx:
            audit.record(tx, who="cli", verb="x", thing="y", now=NOW)
            raise KeyError
    except KeyError:
        pass
    with desk.read() as tx:
        assert audit.page(tx) == []


def test_the_audit_has_no_verb_that_changes_it() -> None:
    verbs = {
        name for name, thing in vars(audit).items() if getattr(thing, "__module__", "") == audit.__name__
    }
    assert verbs == {"Entry", "record", "page"}
