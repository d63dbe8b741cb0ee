"""Whole files of real companies, imported as they are, against values published or computed independently."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pandas
import pytest

from emptychair.domain.metric import Metric
from emptychair.domain.period import Period, first_of, month_number
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.imports import carry_out, options_and_mapping, propose, read
from emptychair.measure.choices import Choices
from emptychair.measure.scorecard import Standing, scorecard
from emptychair.stats.survival import kaplan_meier
from emptychair.understand.cohorts import CohortTable, cohorts_active
from emptychair.understand.survival import survival

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def take(ledger: Ledger, home: Path, file: Path, *maps: str, as_of: date | None = None) -> None:
    options, mapping = options_and_mapping(maps)
    reading = read(file, folder=home / "ledger" / "tmp", options=options)
    carry_out(propose(reading, mapping=mapping, as_of=as_of), ledger, import_id=f"imp_{file.stem}", now=NOW)
    reading.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def seen(ledger: Ledger, audience: Audience = Audience.CUSTOMER, **more: object) -> Standing:
    card = scorecard(ledger, now=NOW, audience=audience, with_pictures=True, **more)  # type: ignore[arg-type]
    return card.standings[0]


def metric(standing: Standing, name: str) -> Metric:
    (found,) = [one for one in standing.metrics if one.name == name and one.segment is None]
    return found


def cells(table: CohortTable) -> dict[tuple[int, int], tuple[int, int]]:
    return {
        (cell.cohort, cell.age): (cell.retained, cell.size)
        for row in table.cohorts
        for cell in row.cells
        if cell.is_ripe
    }


def cells_by_pandas(
    person: pandas.Series, month: pandas.Series, over: int
) -> dict[tuple[int, int], tuple[int, int]]:
    """Active people by (month of first purchase, age in months) over whole months, filled up with zeros."""
    frame = pandas.DataFrame({"person": person, "month": month}).drop_duplicates()
    frame["cohort"] = frame.groupby("person")["month"].transform("min")
    counts = frame.groupby(["cohort", "month"])["person"].nunique()
    sizes = frame.groupby("cohort")["person"].nunique()
    return {
        (cohort, at - cohort): (int(counts.get((cohort, at), 0)), int(size))
        for cohort, size in sizes.items()
        for at in range(cohort, over)
    }


def test_survival_of_telco_contracts_is_that_of_lifelines(ledger: Ledger, home: Path, data: Path) -> None:
    """Lifelines 0.30.3 on the tenure in months; see reference_values.json, km_telco."""
    take(ledger, home, data / "telco" / "Telco-Customer-Churn.csv.gz", as_of=date(2020, 1, 31))
    standing = seen(ledger, by="contract")
    year, six = metric(standing, "survival_12m"), metric(standing, "survival_72m")
    published = json.loads((data / "reference_values.json").read_text())["km_telco"]
    assert [year.value, year.low, year.high] == pytest.approx([0.8432, 0.834169, 0.851783], abs=1e-6)
    assert six.value == pytest.approx(0.592790, abs=1e-6)
    assert standing.pictures is not None
    assert standing.pictures.survival is not None
    for month, share in published["S"].items():
        assert standing.pictures.survival.at(int(month)) == pytest.approx(share, abs=1e-6)
    assert any("snapshot" in gap.why for gap in metric(standing, "retention_rate").missing)
    split = [one for one in standing.metrics if one.name == "retention_rate" and one.segment]
    assert [one.segment for one in split] == [
        ("Contract", "Month-to-month"),
        ("Contract", "Two year"),
        ("Contract", "One year"),
    ]


@pytest.mark.parametrize("as_of", [date(2020, 2, 29), date(2020, 3, 31), date(2021, 4, 30)])
def test_survival_does_not_depend_on_the_day_a_snapshot_was_taken(
    ledger: Ledger, home: Path, data: Path, as_of: date
) -> None:
    """The ends of months are where a tenure in months has no day to begin on."""
    take(ledger, home, data / "telco" / "Telco-Customer-Churn.csv.gz", as_of=as_of)
    published = json.loads((data / "reference_values.json").read_text())["km_telco"]
    pictures = seen(ledger).pictures
    assert pictures is not None
    assert pictures.survival is not None
    for month, share in published["S"].items():
        assert pictures.survival.at(int(month)) == pytest.approx(share, abs=1e-6)


def test_nps_of_the_verbatims_is_the_published_one(ledger: Ledger, home: Path, data: Path) -> None:
    take(ledger, home, data / "nps_verbatim" / "nps_dev.csv.gz")
    nps = metric(seen(ledger), "nps")
    assert nps.value == pytest.approx(-24.0409, abs=5e-5)
    assert nps.n == 1_173, "17 of the 1,190 rows have no score"
    assert nps.low is not None
    assert nps.high is not None
    assert nps.low < -24.0409 < nps.high


def test_employees_stay_as_a_table_by_hand_says(ledger: Ledger, home: Path, data: Path) -> None:
    file = data / "ibm_hr" / "emp_attrition.csv.gz"
    take(ledger, home, file, as_of=date(2020, 12, 31))
    rate = metric(seen(ledger, Audience.EMPLOYEE), "retention_rate")
    table = pandas.read_csv(file, encoding="utf-8-sig")
    there = table[table["YearsAtCompany"] >= 1]
    assert rate.n == len(there)
    assert rate.value == pytest.approx(float((there["Attrition"] == "No").mean()))
    curve = survival(ledger, seen(ledger, Audience.EMPLOYEE).tenure)  # type: ignore[arg-type]
    by_hand = kaplan_meier(table["YearsAtCompany"].to_numpy(), (table["Attrition"] == "Yes").to_numpy())
    assert curve is not None
    assert by_hand is not None
    for years in (1, 2, 5, 10, 20):
        assert curve.at(12 * years) == pytest.approx(by_hand.at(years))


def test_cohorts_of_the_retailer_are_those_of_pandas(ledger: Ledger, home: Path, data: Path) -> None:
    file = data / "online_retail" / "online_retail_to_2011-08-31.csv.gz"
    take(ledger, home, file)
    table = pandas.read_csv(file, dtype={"CustomerID": "string", "InvoiceNo": "string"})
    table = table[table["CustomerID"].notna() & (table["Quantity"] * table["UnitPrice"] > 0)]
    at = pandas.to_datetime(table["InvoiceDate"])
    standing = seen(ledger)
    over = month_number(standing.as_of)
    expected = cells_by_pandas(table["CustomerID"], at.dt.year * 12 + at.dt.month - 1, over)
    assert standing.pictures is not None
    assert standing.pictures.cohorts is not None
    assert cells(standing.pictures.cohorts) == expected
    rate = metric(standing, "retention_rate")
    assert rate.value is not None
    assert rate.period.end == first_of(over) == datetime(2011, 9, 1, tzinfo=UTC)
    unnamed = [gap.count for gap in rate.missing if gap.why == "rows that name nobody"]
    assert unnamed
    assert unnamed[0] > 80_000


def test_retention_of_the_retailer_is_that_of_a_walk_through_its_orders(
    ledger: Ledger, home: Path, data: Path
) -> None:
    file = data / "online_retail" / "online_retail_to_2011-08-31.csv.gz"
    take(ledger, home, file)
    period = Period(datetime(2011, 4, 1, tzinfo=UTC), datetime(2011, 8, 15, tzinfo=UTC))
    rate = metric(
        seen(ledger, period=period, choices=Choices(gap_days={Audience.CUSTOMER: 60})), "retention_rate"
    )
    table = pandas.read_csv(file, dtype={"CustomerID": "string"})
    table = table[table["CustomerID"].notna() & (table["Quantity"] * table["UnitPrice"] > 0)]
    table["at"] = pandas.to_datetime(table["InvoiceDate"])
    gap, there, stayed = pandas.Timedelta(days=60), 0, 0
    start, end = pandas.Timestamp("2011-04-01"), pandas.Timestamp("2011-08-15")
    for _, at in table.groupby("CustomerID")["at"]:
        before = at[at < start]
        if before.empty or before.max() + gap < start:
            continue
        there += 1
        chain = [before.max(), *sorted(at[(at >= start) & (at < end)])]
        gaps = [later - earlier for earlier, later in zip(chain, [*chain[1:], end], strict=True)]
        stayed += all(one <= gap for one in gaps)
    assert (rate.n, rate.value) == (there, pytest.approx(stayed / there))


def test_cohorts_of_cdnow_are_those_of_pandas(ledger: Ledger, home: Path, data: Path) -> None:
    file = data / "cdnow" / "CDNOW_master.txt.gz"
    take(ledger, home, file)
    table = pandas.read_csv(file, sep=r"\s+", dtype={"customer_id": "string", "date": "string"})
    table = table[table["dollar_value"] > 0]
    at = pandas.to_datetime(table["date"], format="%Y%m%d")
    standing = seen(ledger)
    assert standing.tenure is not None
    over = month_number(standing.as_of)
    expected = cells_by_pandas(table["customer_id"], at.dt.year * 12 + at.dt.month - 1, over)
    assert cells(cohorts_active(ledger, standing.tenure)) == expected
