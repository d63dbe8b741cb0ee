"""Imports: each step once, the books in balance, every parked row findable."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from emptychair.desk import imports, parked
from emptychair.desk.desk import Desk
from emptychair.desk.imports import Counts, Import, Status
from emptychair.desk.parked import Parked
from emptychair.desk.refusal import Reason, Refused
from emptychair.domain.signal import Audience
from tests.desk.people import HOUR, NOW, at_once

PLAN = {"shape": "orders", "columns": {"person": "Customer ID", "läuft": True}}
BOOKS = Counts(read=10, stored=6, duplicate=2, refused=1, parked=1)


def preview(desk: Desk, name: str = "retail.csv", hours: int = 0) -> Import:
    with desk.begin() as tx:
        return imports.preview(
            tx,
            file_name=name,
            size=2**40,
            sha256="ab" * 32,
            shape="orders",
            audience=Audience.CUSTOMER,
            plan=PLAN,
            by="usr_ada",
            now=NOW + hours * HOUR,
        )


def found(desk: Desk, import_id: str) -> Import:
    with desk.read() as tx:
        one = imports.find(tx, import_id)
    assert one is not None
    return one


def test_an_import_goes_from_preview_to_done_and_each_step_is_taken_once(desk: Desk) -> None:
    one = preview(desk)
    assert one.id.startswith("imp_")
    assert (one.status, one.plan, one.counts) == (Status.PREVIEWED, PLAN, Counts())
    with desk.begin() as tx:
        assert imports.begin(tx, one.id, NOW)
        assert not imports.begin(tx, one.id, NOW)
        assert imports.progress(tx, one.id, Counts(read=5, stored=5), 2**39)
    running = found(desk, one.id)
    assert (running.status, running.counts.read, running.bytes_read) == (Status.RUNNING, 5, 2**39)
    with desk.begin() as tx:
        assert imports.finish(tx, one.id, BOOKS, NOW + HOUR)
        assert not imports.finish(tx, one.id, BOOKS, NOW + 2 * HOUR)
        assert not imports.progress(tx, one.id, BOOKS, 1)
    done = found(desk, one.id)
    assert (done.status, done.counts, done.bytes_read) == (Status.DONE, BOOKS, 2**40)
    assert (done.started_at, done.finished_at) == (NOW, NOW + HOUR)


def test_of_many_who_begin_the_same_import_at_once_one_does(desk: Desk) -> None:
    one = preview(desk)

    def begin(_number: int) -> bool:
        with desk.begin() as tx:
            return imports.begin(tx, one.id, NOW)

    assert sum(at_once(begin)) == 1


def test_books_that_do_not_balance_are_refused(desk: Desk) -> None:
    one = preview(desk)
    with desk.begin() as tx:
        imports.begin(tx, one.id, NOW)
    with pytest.raises(Refused) as refused, desk.begin() as tx:
        imports.finish(tx, one.id, replace(BOOKS, stored=5), NOW)
    assert refused.value.reason is Reason.BOOKS_DO_NOT_BALANCE
    assert found(desk, one.id).status is Status.RUNNING


def test_an_import_that_failed_can_begin_again(desk: Desk) -> None:
    one = preview(desk)
    with desk.begin() as tx:
        imports.begin(tx, one.id, NOW)
        imports.progress(tx, one.id, Counts(read=5, stored=5), 7)
        assert imports.fail(tx, one.id, "the disk is full\0" * 1_000, NOW)
        assert not imports.fail(tx, one.id, "again", NOW)
    failed = found(desk, one.id)
    assert failed.status is Status.FAILED
    assert failed.error is not None
    assert failed.error.startswith("the disk is full␀")
    with desk.begin() as tx:
        assert imports.begin(tx, one.id, NOW + HOUR)
    again = found(desk, one.id)
    assert (again.status, again.error, again.counts, again.finished_at) == (
        Status.RUNNING,
        None,
        Counts(),
        None,
    )


def test_a_plan_can_be_changed_until_it_begins(desk: Desk) -> None:
    one = preview(desk)
    changed = {"shape": "answers", "audience": Audience.EMPLOYEE, "plan": {"score": "NPS"}}
    with desk.begin() as tx:
        assert imports.replan(tx, one.id, **changed)  # type: ignore[arg-type]
        imports.begin(tx, one.id, NOW)
        assert not imports.replan(tx, one.id, **changed | {"shape": "orders"})  # type: ignore[arg-type]
    after = found(desk, one.id)
    assert (after.shape, after.audience, after.plan) == ("answers", Audience.EMPLOYEE, {"score": "NPS"})


def test_taking_back_forgets_the_parked_rows_and_keeps_the_counts(desk: Desk) -> None:
    one, other = preview(desk), preview(desk)
    with desk.begin() as tx:
        imports.begin(tx, one.id, NOW)
        assert not imports.withdraw(tx, one.id, by="usr_ada", now=NOW)
        parked.park(tx, one.id, [fault(1)])
        parked.park(tx, other.id, [fault(1)])
        imports.finish(tx, one.id, BOOKS, NOW)
        assert imports.withdraw(tx, one.id, by="usr_ada", now=NOW + HOUR)
        assert not imports.withdraw(tx, one.id, by="usr_ben", now=NOW + HOUR)
        assert parked.count(tx, one.id) == 0
        assert parked.count(tx, other.id) == 1
    after = found(desk, one.id)
    assert (after.status, after.counts, after.withdrawn_by) == (Status.WITHDRAWN, BOOKS, "usr_ada")
    assert after.withdrawn_at == NOW + HOUR


def test_the_same_bytes_are_recognised_while_they_are_in(desk: Desk) -> None:
    one = preview(desk)
    with desk.begin() as tx:
        assert imports.same_file(tx, one.sha256) == []
        imports.begin(tx, one.id, NOW)
        imports.finish(tx, one.id, BOOKS, NOW)
        assert [same.id for same in imports.same_file(tx, one.sha256)] == [one.id]
        imports.withdraw(tx, one.id, by="cli", now=NOW)
        assert imports.same_file(tx, one.sha256) == []


def pages(desk: Desk, status: Status | None = None) -> Iterator[list[str]]:
    after = None
    while True:
        with desk.read() as tx:
            page = [one.id for one in imports.recent(tx, status=status, after=after, limit=3)]
        if not page:
            return
        yield page
        after = page[-1]


def test_pages_show_each_import_once_while_new_ones_come(desk: Desk) -> None:
    there = [preview(desk, hours=number // 2).id for number in range(8)]
    seen: list[str] = []
    for page in pages(desk):
        seen += page
        preview(desk, hours=100)
    assert sorted(seen) == sorted(there)
    assert len(set(seen)) == 8
    with desk.begin() as tx:
        imports.begin(tx, there[0], NOW)
    assert list(pages(desk, Status.RUNNING)) == [[there[0]]]


def test_a_file_name_is_only_a_name(desk: Desk) -> None:
    assert preview(desk, "../../etc/\0passwd").file_name == "../../etc/␀passwd"
    assert len(preview(desk, "x" * 1_000_000).file_name) == 255
    assert preview(desk, "Umsätze 🙂.csv").file_name == "Umsätze 🙂.csv"


def fault(row: int, field: str = "amount", value: str = "n/a") -> Parked:
    return Parked(row=row, field=field, value=value, expected="a number such as 12.50")


def test_every_parked_row_is_kept_and_paged_in_the_order_of_the_file(desk: Desk) -> None:
    one = preview(desk)
    faults = [fault(row) for row in range(1, parked.AT_ONCE + 12)] + [fault(3, "person", "")]
    with desk.begin() as tx:
        assert parked.park(tx, one.id, iter(reversed(faults))) == len(faults)
        assert parked.park(tx, one.id, faults[:10]) == 10
        assert parked.count(tx, one.id) == len(faults)
        first = parked.page(tx, one.id, limit=4)
        second = parked.page(tx, one.id, after=(first[-1].row, first[-1].field), limit=4)
        assert [(row.row, row.field) for row in first + second] == [
            (1, "amount"),
            (2, "amount"),
            (3, "amount"),
            (3, "person"),
            (4, "amount"),
            (5, "amount"),
            (6, "amount"),
            (7, "amount"),
        ]
        assert list(parked.every(tx, one.id)) == sorted(faults, key=lambda row: (row.row, row.field))
        assert parked.park(tx, one.id, []) == 0


def test_a_hostile_value_is_parked_as_evidence(desk: Desk) -> None:
    one = preview(desk)
    with desk.begin() as tx:
        parked.park(tx, one.id, [fault(1, "text\0", "a\0b\ud800"), fault(2, "text", "x" * 1_000_000)])
        first, second = parked.page(tx, one.id)
    assert (first.field, first.value) == ("text␀", "a␀b?")
    assert len(second.value) == 500


def test_progress_is_told_in_time(desk: Desk) -> None:
    """A thousand steps of progress are a thousand small transactions, none of which waits for a reader."""
    one = preview(desk)
    with desk.begin() as tx:
        imports.begin(tx, one.id, NOW - timedelta(hours=1))
    for step in range(20):
        with desk.begin() as tx:
            assert imports.progress(tx, one.id, Counts(read=step), step)
        assert found(desk, one.id).bytes_read == step
