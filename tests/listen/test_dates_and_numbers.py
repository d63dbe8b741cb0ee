"""How values are written is found on the column, or asked; what does not fit is parked."""

from datetime import datetime
from decimal import Decimal

import pytest

from emptychair.listen.imports import ImportRefused, PlanIncomplete, dates, numbers
from emptychair.listen.imports.conversion import NOBODY
from tests.listen.conftest import Door, at

DAY = at(2024, 2, 13)
NOON = at(2024, 2, 13, 14, 5)

WRITTEN = [
    ("2024-02-13", DAY),
    ("2024-02-13 14:05", NOON),
    ("2024-02-13T14:05:00", NOON),
    ("2024-02-13T14:05:00Z", NOON),
    ("2024-02-13T15:05:00+01:00", NOON),
    ("2024-02-13 09:05:00-0500", NOON),
    ("2024-02-13T14:05:00.000000", NOON),
    ("2024/02/13", DAY),
    ("2024.02.13", DAY),
    ("13/02/2024", DAY),
    ("13.2.2024 14:05", NOON),
    ("13-02-24", DAY),
    ("2/13/2024 2:05 PM", NOON),
    ("02/13/24 14:05:00", NOON),
    ("13 Feb 2024", DAY),
    ("13-Feb-24", DAY),
    ("February 13, 2024", DAY),
    ("Feb 13, 2024 02:05 PM", NOON),
    ("Tue, 13 Feb 2024 14:05:00 +0000", NOON),
    ("Tue Feb 13 14:05:00 +0000 2024", NOON),
    ("20240213", DAY),
    ("20240213140500", NOON),
    ("1707833100", NOON),
    ("1707833100000", NOON),
    ("45335", DAY),
]


@pytest.mark.parametrize(("written", "meant"), WRITTEN)
def test_a_date_is_read_as_it_is_meant(door: Door, written: str, meant: datetime) -> None:
    summary = door.text(f'person,time,event\nu1,"{written}",open\nu2,"{written}",shut\n')
    assert summary.stored == 2
    assert {at for (at,) in door.rows("occurred_at")} == {meant}


def test_one_value_of_the_whole_file_decides_the_order(door: Door) -> None:
    days = "".join(f"u{i},{i % 12 + 1:02d}/{i % 11 + 1:02d}/2024,open\n" for i in range(25_000))
    path = door.write(f"person,time,event\n{days}u0,25/01/2024,open\n")
    plan = door.plan(path)
    assert plan.is_ready
    assert any("1 values like '25/01/2024'" in reason for reason in plan.reasons)


def test_both_orders_in_one_column_are_asked(door: Door) -> None:
    path = door.write("person,time,event\na,25/01/2024,x\nb,01/25/2024,x\n")
    with pytest.raises(PlanIncomplete, match="mixes both orders"):
        door.take(path)
    summary = door.take(path, "time=time:dmy")
    assert (summary.stored, summary.parked) == (1, 1)
    assert summary.parked_rows.to_pylist()[0]["expected"].startswith("a date written day, month, year")


@pytest.mark.parametrize(("order", "meant"), [("dmy", at(2024, 2, 1)), ("mdy", at(2024, 1, 2))])
def test_a_stated_order_is_taken(door: Door, order: str, meant: datetime) -> None:
    door.text("person,time,event\na,01/02/2024,x\n", f"time=time:{order}")
    assert door.rows("occurred_at") == [(meant,)]


def test_a_stated_format_is_taken(door: Door) -> None:
    door.text(
        "person,time,event\na,13 o'clock on 5 of 02 in 2024,x\n", "time=time:%H o'clock on %d of %m in %Y"
    )
    assert door.rows("occurred_at") == [(at(2024, 2, 5, 13),)]


def test_a_style_that_does_not_exist_is_refused(door: Door) -> None:
    path = door.write("person,time,event\na,01/02/2024,x\n")
    with pytest.raises(ImportRefused, match="no way to write dates"):
        door.take(path, "time=time:ydm")
    with pytest.raises(ImportRefused, match="has no column 'zeit'"):
        door.take(path, "time=zeit")
    with pytest.raises(ImportRefused, match="have no field 'colour'"):
        door.take(path, "colour=event")


def test_impossible_and_implausible_dates_are_parked(door: Door) -> None:
    values = ["2024-02-30", "0018-01-01", "infinity", "epoch", "9999-01-01", "x"]
    rows = "".join(f"a,2024-01-{i:02d},x\n" for i in range(1, 20)) + "".join(
        f"b,{value},x\n" for value in values
    )
    summary = door.text("person,time,event\n" + rows)
    assert (summary.stored, summary.parked) == (19, len(values))
    assert summary.parked_rows.column("value").to_pylist() == values


AMOUNTS = [
    (["1,234.56", "-5.5", "7"], ["1234.56", "-5.5", "7"]),
    (["1.234,56", "-5,5", "7"], ["1234.56", "-5.5", "7"]),
    (["1 234,56", "2,5"], ["1234.56", "2.5"]),
    (["1'234.50", "2.5"], ["1234.5", "2.5"]),
    (["$1,234.56", "($5.00)", "-$2.50"], ["1234.56", "-5", "-2.5"]),
    (["€ 12,50", "€ -3,00"], ["12.5", "-3"]),
    (["12.50 EUR", "7.00 USD"], ["12.5", "7"]),
    (["5-", "3.5"], ["-5", "3.5"]),
    (["1e3", "2.5"], ["1000", "2.5"]),
    (["1,23,456.00", "5"], ["123456", "5"]),
]


@pytest.mark.parametrize(("written", "meant"), AMOUNTS)
def test_an_amount_is_read_as_it_is_meant(door: Door, written: list[str], meant: list[str]) -> None:
    rows = "".join(f'a,2024-01-{i + 1:02d},"{value}"\n' for i, value in enumerate(written))
    assert door.text("person,time,amount\n" + rows).parked == 0
    assert [value for (value,) in door.rows("value")] == [Decimal(value) for value in meant]


def test_a_comma_that_may_be_either_is_asked(door: Door) -> None:
    path = door.write('person,time,amount\na,2024-01-01,"1,234"\nb,2024-01-02,"5,678"\n')
    with pytest.raises(PlanIncomplete, match="may begin decimals or group thousands"):
        door.take(path)
    door.take(path, "amount=amount:comma")
    assert [value for (value,) in door.rows("value")] == [Decimal("1.234"), Decimal("5.678")]


def test_text_in_a_number_is_parked_and_blank_words_are_blank(door: Door) -> None:
    rows = "".join(f"a,2024-01-{i:02d},{i}\n" for i in range(1, 20))
    summary = door.text(
        "person,time,amount\n" + rows + "b,2024-01-20,lots\nb,2024-01-21,\nb,2024-01-22,n/a\n"
    )
    assert (summary.stored, summary.parked) == (19, 3)
    assert summary.parked_rows.column("value").to_pylist() == ["lots", None, "n/a"]
    assert set(summary.parked_rows.column("expected").to_pylist()) == {"a number"}


@pytest.mark.parametrize(("strange", "is_found"), [(1, True), (2, False)])
@pytest.mark.parametrize("at_the_end", [True, False])
def test_nine_of_ten_values_make_a_style(strange: int, is_found: bool, at_the_end: bool) -> None:
    for value, style_of in (
        ("2024-02-13", lambda values: dates.style_of(values, may_be_number=False)),
        ("1,234.5", numbers.style_of),
    ):
        values = [value] * (10 - strange)
        odd = ["strange"] * strange
        assert (style_of(values + odd if at_the_end else odd + values) is not None) == is_found


def test_no_word_for_nobody_begins_as_numbers_do() -> None:
    assert not [word for word in NOBODY if "1" <= word < ":"]
