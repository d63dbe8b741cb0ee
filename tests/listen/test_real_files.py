"""Every real file goes in as it is, with the counts that its source states."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from emptychair.domain.signal import Audience
from emptychair.listen.imports import PlanIncomplete, Shape
from tests.listen.conftest import Door

# (file, shape, rows stored, rows parked). Counts are the rows of the files less their header, as the README
# of the data states them, or as `wc` and a strict CSV reader count them.
FILES = [
    ("acos/laptop_quad_train.tsv.gz", Shape.MESSAGES, 2934, 0),
    ("airline_tweets/tweets_dev.csv.gz", Shape.MESSAGES, 10190, 0),
    ("app_reviews/teams.csv.gz", Shape.REVIEWS, 9233, 0),
    ("banking77/train.csv.gz", Shape.MESSAGES, 10003, 0),
    ("cdnow/CDNOW_master.txt.gz", Shape.ORDERS, 69659, 0),
    ("cdnow/CDNOW_sample.txt.gz", Shape.ORDERS, 6919, 0),
    ("cookie_cats/cookie_cats.csv.gz", Shape.TRAITS, 90189, 0),
    ("nhs_feedback/phase1_text_data.csv.gz", Shape.MESSAGES, 10302, 32),
    ("nps_verbatim/nps_dev.csv.gz", Shape.ANSWERS, 1190, 0),
    ("vader_gt/tweets_GroundTruth.txt.gz", Shape.MESSAGES, 4200, 0),
]


@pytest.mark.parametrize(("name", "shape", "stored", "parked"), FILES)
def test_a_real_file_goes_in_once(
    door: Door, data: Path, name: str, shape: Shape, stored: int, parked: int
) -> None:
    summary = door.take(data / name)
    assert door.plans[-1].shape is shape
    assert (summary.stored, summary.parked) == (stored, parked)
    again = door.take(data / name)
    assert (again.stored, again.duplicate, again.parked) == (0, stored, parked)


def test_the_retailers_invoices_become_orders_and_returns(door: Door, data: Path) -> None:
    summary = door.take(data / "online_retail" / "online_retail_to_2011-08-31.csv.gz")
    assert (summary.read, summary.stored, summary.nameless) == (320_705, 320_705, 88_652)
    assert door.plans[-1].reading.dialect is not None
    people, returns, missing = _retail(door)
    assert people > 3_000
    assert returns > 5_000
    assert missing == 88_652


def _retail(door: Door) -> tuple[int, int, int]:
    with door.ledger.staging("imp_look") as staging:
        row = staging.connection.execute("""select count(distinct person), count(*) filter (name = 'return'),
            count(*) filter (person is null) from signal_rows""").fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2])


def test_contracts_with_a_tenure_need_the_day_of_the_snapshot(door: Door, data: Path) -> None:
    path = data / "telco" / "Telco-Customer-Churn.csv.gz"
    with pytest.raises(PlanIncomplete, match="--as-of"):
        door.take(path)
    summary = door.take(path, as_of=date(2020, 1, 31))
    assert (summary.stored, summary.parked, summary.signals) == (7043, 0, 7043 + 1869)
    assert len(door.rows("id", "kind = 'left'")) == 1869  # churned customers, IBM's description of the data
    assert len(door.rows("id", "kind = 'joined' and properties::json->>'TotalCharges' is null")) == 11
    ((began,),) = door.rows("occurred_at", "kind = 'joined' and person = '7590-VHVEG'")
    assert began.date() == date(2019, 12, 31)  # tenure 1 month


def test_employees_come_from_a_yearly_snapshot(door: Door, data: Path) -> None:
    summary = door.take(data / "ibm_hr" / "emp_attrition.csv.gz", as_of=date(2019, 12, 31))
    plan = door.plans[-1]
    assert (plan.shape, plan.audience) == (Shape.EMPLOYEES, Audience.EMPLOYEE)
    assert (summary.stored, summary.signals) == (1470, 1470 + 237)  # 237 of 1,470 left: 16.1 %, as published
    assert {audience for (audience,) in door.rows("audience")} == {"employee"}
    ((began,),) = door.rows("occurred_at", "kind = 'joined' and person = '1'")
    assert began.date() == date(2013, 12, 31)  # six years at the company


def test_nps_answers_count_only_where_a_score_is(door: Door, data: Path) -> None:
    door.take(data / "nps_verbatim" / "nps_dev.csv.gz")
    scores = [score for (score,) in door.rows("score", "kind = 'rated' and name = 'nps'")]
    promoters = sum(score >= 9 for score in scores)
    detractors = sum(score <= 6 for score in scores)
    # reference_values.json: nps_dev.nps
    assert 100 * (promoters - detractors) / len(scores) == pytest.approx(-24.0409, abs=1e-3)
    assert len(door.rows("id", "kind = 'said'")) == 17  # words without a score stay words
    reasons = " ".join(door.plans[-1].reasons)
    assert "day, month, year" in reasons


def test_cdnow_amounts_and_people_are_those_of_the_paper(door: Door, data: Path) -> None:
    door.take(data / "cdnow" / "CDNOW_master.txt.gz")
    with door.ledger.staging("imp_look") as staging:
        found = staging.connection.execute(
            """select count(distinct person), sum(value), min(occurred_at)::date, max(occurred_at)::date
                from signal_rows"""
        ).fetchone()
    # Fader and Hardie: 23,570 people, January 1997 to June 1998.
    assert found is not None
    assert found[0] == 23_570
    assert (found[2], found[3]) == (date(1997, 1, 1), date(1998, 6, 30))
    assert found[1] > Decimal(2_000_000)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cdnow/cdnow_customers_summary.csv.gz", "already summed up per customer"),
        ("cdnow/cdnow_customers_summary_with_transactions.csv.gz", "already summed up per customer"),
        ("hillstrom/hillstrom_dev.csv.gz", "fits no shape"),
    ],
)
def test_a_file_that_fits_no_shape_is_explained(door: Door, data: Path, name: str, words: str) -> None:
    with pytest.raises(PlanIncomplete, match=words):
        door.take(data / name)


def test_summaries_may_be_kept_as_traits_when_stated(door: Door, data: Path) -> None:
    summary = door.take(data / "cdnow" / "cdnow_customers_summary.csv.gz", shape=Shape.TRAITS)
    assert summary.stored == 2357
