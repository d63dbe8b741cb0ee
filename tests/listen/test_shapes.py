"""What rows are is found from names and values in several languages; what cannot be decided is asked."""

# ruff: noqa: E501 -- small files stand here as they are written

from datetime import date

import pytest

from emptychair.domain.signal import Audience
from emptychair.listen.imports import PlanIncomplete, Shape, dry_run, preview
from tests.listen.conftest import NOW, Door, at

SHAPES = {
    "Kundennummer;Rechnungsdatum;Betrag\nK1;01.02.2024;12,50\nK2;15.02.2024;3,00\n": Shape.ORDERS,
    "numero_client,date_commande,montant\nC1,2024-01-02,5.00\nC2,2024-01-03,7.10\n": Shape.ORDERS,
    "invoice_no,customer id,invoice date,qty,unit price\n1,a,2024-01-02,2,3.50\n2,b,2024-01-03,1,2.00\n": Shape.ORDERS,
    "customer_id,start_date,end_date,plan\na,2024-01-01,,pro\nb,2024-01-01,2024-06-30,basic\n": Shape.CONTRACTS,
    "CustomerId,Geography,Tenure,Balance,Exited\n15634602,France,2,0,1\n15647311,Spain,1,83807.86,0\n": Shape.CONTRACTS,
    "CLIENTNUM,Attrition_Flag,Months_on_book\n768805383,Existing Customer,39\n818770008,Attrited Customer,44\n":
        Shape.CONTRACTS,
    "EmpID,DateofHire,DateofTermination,Department\n1,1/5/2012,,IT\n2,7/25/2013,3/30/2015,HR\n": Shape.EMPLOYEES,
    "satisfaction_level,time_spend_company,left,salary,Department\n0.4,3,1,low,sales\n0.8,6,0,low,sales\n":
        Shape.EMPLOYEES,
    "respondent_id,date,nps,comment\n1,2024-01-01,9,nice\n2,2024-01-02,3,slow to answer my mails\n": Shape.ANSWERS,
    "Email,How likely are you to recommend us to a friend? (0-10),Why?\na@x.org,9,you answer\nb@x.org,3,slow to answer\n":
        Shape.ANSWERS,
    "Ticket ID,Customer Email,Date of Purchase,Ticket Description,Customer Satisfaction Rating\n1,a@x.org,2021-03-22,It does not start any more,3\n"
    "2,b@x.org,2021-05-22,The battery is empty after an hour,1\n": Shape.ANSWERS,
    "reviewerID,overall,reviewText,summary,unixReviewTime\nA1,5.0,Works as it should and more,Good,1405000000\n"
    "A2,1.0,Broke on the first day of use,Bad,1405100000\n": Shape.REVIEWS,
    "user_id,timestamp,event_name,page\nu1,2024-01-01T00:00:00Z,login,/home\nu2,2024-01-02T00:00:00Z,buy,/x\n":
        Shape.EVENTS,
    "ticket,created_at,email,body\n1,2024-01-01 10:00:00,a@example.com,My invoice is wrong again and nobody answers\n"
    "2,2024-01-02 10:00:00,b@example.com,How can I change my address in the app\n": Shape.MESSAGES,
    "email,country,plan,age\na@example.com,DE,pro,31\nb@example.com,FR,free,45\n": Shape.TRAITS,
}  # fmt: skip


@pytest.mark.parametrize("content", SHAPES)
def test_the_shape_is_found(door: Door, content: str) -> None:
    plan = door.plan(door.write(content))
    assert plan.shape is SHAPES[content]
    assert plan.reasons[0].startswith(f"Shape {plan.shape}: ")
    assert all(reason.endswith(".") for reason in plan.reasons)


def test_a_time_that_cannot_be_read_is_asked_about_and_may_be_left_out(door: Door) -> None:
    path = door.write("customer,Timestamp,nps\na,Tuesdayish,9\nb,Fridayish,3\n")
    (problem,) = door.plan(path).problems
    assert problem.field == "time"
    assert "'Tuesdayish'" in problem.question
    assert door.plan(path, "time=").is_ready


def test_employees_have_their_audience_and_it_may_be_stated(door: Door) -> None:
    content = "EmpID,DateofHire,DateofTermination,Department\n1,1/5/2012,,IT\n2,7/25/2013,3/30/2015,HR\n"
    plan = door.plan(door.write(content))
    assert plan.audience is Audience.EMPLOYEE
    assert plan.is_ready


def test_open_contracts_join_and_ended_ones_also_leave(door: Door) -> None:
    text = "customer_id,start_date,end_date,plan\na,2024-01-01,,pro\nb,2024-01-01,2024-06-30,basic\nc,2024-02-01,2030-01-01,pro\n"
    summary = door.text(text)
    assert (summary.stored, summary.signals) == (3, 4)
    assert door.rows("person, kind, occurred_at::date", "kind = 'left'") == [("b", "left", date(2024, 6, 30))]
    # A later export of the same table, in which one more has left.
    later = door.text(text.replace("a,2024-01-01,,", "a,2024-01-01,2024-09-01,"))
    assert (later.stored, later.duplicate, later.signals) == (1, 2, 1)
    assert len(door.rows("id", "kind = 'joined'")) == 3


def test_an_end_before_its_start_is_parked(door: Door) -> None:
    text = "customer_id,start_date,end_date\na,2024-01-01,\nb,2024-01-01,2023-06-30\n,2024-01-01,\n"
    summary = door.text(text)
    parked = summary.parked_rows.to_pylist()
    assert [(row["row"], row["field"], row["expected"]) for row in parked] == [
        (2, "end_date", "an end that is not before the start"),
        (3, "customer_id", "who it is about"),
    ]


@pytest.mark.parametrize(
    ("unit", "began"),
    [
        ("days", date(2024, 3, 28)),
        ("weeks", date(2024, 3, 10)),
        ("months", date(2023, 12, 31)),
        ("years", date(2021, 3, 31)),
    ],
)
def test_a_tenure_is_counted_back_from_the_day_of_the_snapshot(door: Door, unit: str, began: date) -> None:
    text = "customer_id,tenure,churned\na,3,no\nb,0,yes\n"
    door.text(text, f"tenure=tenure:{unit}", as_of=date(2024, 3, 31))
    assert door.rows("occurred_at", "person = 'a'") == [(at(began.year, began.month, began.day),)]
    assert door.rows("kind, occurred_at", "person = 'b' and kind = 'left'") == [("left", at(2024, 3, 31))]


def test_a_column_that_says_the_day_of_the_snapshot_is_taken(door: Door) -> None:
    plan = door.plan(
        door.write("customer_id,tenure,churned,snapshot_date\na,3,no,2024-03-31\nb,4,yes,2024-03-31\n")
    )
    assert plan.as_of == date(2024, 3, 31)
    assert plan.is_ready


def test_active_means_still_here(door: Door) -> None:
    text = "customer_id,tenure,active\na,3,1\nb,4,0\n"
    door.text(text, "flag=active", as_of=date(2024, 3, 31))
    assert door.rows("person", "kind = 'left'") == [("b",)]


def test_rows_without_a_name_for_their_person_are_people_of_their_own(door: Door) -> None:
    text = "time_spend_company,left,salary,Department\n3,1,low,sales\n3,1,low,sales\n6,0,low,sales\n"
    summary = door.text(text, as_of=date(2024, 3, 31))
    assert (summary.stored, summary.signals) == (3, 5)
    assert len({person for (person,) in door.rows("person")}) == 3
    assert door.text(text, as_of=date(2024, 3, 31)).stored == 0


def test_an_unclear_scale_is_asked(door: Door) -> None:
    path = door.write(
        "person,date,score,why\na,2024-01-01,3,so so I would say\nb,2024-01-02,5,very nice people\n"
    )
    with pytest.raises(PlanIncomplete, match="It is not clear what the scores"):
        door.take(path, shape=Shape.ANSWERS)
    door.take(path, "score=score:csat", shape=Shape.ANSWERS)
    assert door.rows("name, score::integer") == [("csat", 3), ("csat", 5)]


def test_a_score_beyond_its_scale_is_parked(door: Door) -> None:
    rows = "".join(f"u{i},2024-01-01,{i % 11}\n" for i in range(22))
    summary = door.text(f"person,date,nps\n{rows}x,2024-01-01,11\nx,2024-01-01,-1\n", "score=nps:nps")
    assert (summary.stored, summary.parked) == (22, 2)
    assert summary.parked_rows.column("expected")[0].as_py() == "a score from 0 to 10"


def test_stars_may_be_written_in_words(door: Door) -> None:
    door.text(
        'rating,text\n"4.0 out of 5 stars",I like how it feels\n"1.0 out of 5 stars",It broke after a day\n'
    )
    assert {(name, int(score)) for name, score in door.rows("name, score")} == {("stars", 4), ("stars", 1)}


def test_ids_of_nobody_name_no_person(door: Door) -> None:
    rows = "".join(
        f"{who},2024-01-01,login\n" for who in ("u1", "null", "undefined", "anonymous", "N/A", "", "0")
    )
    summary = door.text("user_id,time,event\n" + rows)
    assert (summary.stored, summary.nameless) == (7, 6)


def test_people_written_as_decimals_are_whole(door: Door) -> None:
    door.text("customer_id,date,amount\n17850.0,2024-01-01,5.5\n,2024-01-02,5.5\n")
    assert door.rows("person") == [("17850",), (None,)]


def test_a_stated_id_is_the_id(door: Door) -> None:
    text = "key,person,time,event\nk1,a,2024-01-01,x\nk2,a,2024-01-01,x\n"
    door.text(text, "id=key")
    assert sorted(door.rows("id")) == [("k1",), ("k2",)]


def test_a_field_may_be_left_out(door: Door) -> None:
    door.text("person,time,event\na,2024-01-01,login\n", "person=")
    assert door.rows("person, properties") == [(None, '{"person":"a"}')]


def test_the_preview_shows_rows_their_signals_and_what_would_be_parked(door: Door) -> None:
    rows = "".join(f"u{i},2024-01-01,{i}.5\n" for i in range(1, 30))
    plan = door.plan(door.write("person,time,amount\nu0,never,1\nbroken\n" + rows))
    shown = preview(plan, now=NOW)
    assert len(shown.rows) == 20
    assert [row.row for row in shown.rows[:3]] == [1, 3, 4]
    assert shown.rows[0].fault is not None
    assert "never; expected a date" in shown.rows[0].fault
    assert shown.rows[1].raw == {"person": "u1", "time": "2024-01-01", "amount": "1.5"}
    assert shown.rows[1].signals[0]["kind"] == "paid"
    assert door.rows() == []


def test_a_dry_run_stores_nothing_and_counts_everything(door: Door) -> None:
    plan = door.plan(
        door.write("person,time,amount\na,2024-01-01,5\na,2024-01-01,5\nb,x,5\nc,2024-01-02,6\n")
    )
    summary = dry_run(plan, now=NOW)
    assert (summary.read, summary.stored, summary.parked) == (4, 3, 1)
    assert door.rows() == []


def test_an_amount_of_billions_is_stored_and_one_that_no_column_holds_is_parked(door: Door) -> None:
    summary = door.text(
        "order,date,customer,quantity,price\n1,2024-01-05,k1,1000,99999999.99\n2,2024-01-06,k2,2,3.5\n"
        "3,2024-01-07,k3,10000000,99999999999.99\n",
        shape=Shape.ORDERS,
    )
    assert (summary.stored, summary.parked) == (2, 1)
    assert [str(value) for (value,) in door.rows("value")] == ["99999999990.0000", "7.0000"]
    assert summary.parked_rows.column("field").to_pylist() == ["price"]
