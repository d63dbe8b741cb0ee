import csv
import io
import json

from emptychair.domain.metric import Metric, Missing
from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.measure.export import KEYS, as_csv, as_objects
from tests.understand.histories import on

NPS = Metric(
    name="nps",
    audience=Audience.CUSTOMER,
    value=-24.5,
    low=-30.0,
    high=-19.0,
    n=120,
    unit="points",
    period=Period(on("2024-01-01"), on("2024-07-01")),
    definition="100 × ...",
    missing=(Missing(count=3, why="answers that are not on the scale: left out"),),
)


def test_the_object_has_exactly_the_documented_keys_in_their_order() -> None:
    (found,) = as_objects([NPS])
    assert tuple(found) == KEYS
    assert json.loads(json.dumps(found)) == {
        "name": "nps",
        "audience": "customer",
        "value": -24.5,
        "low": -30.0,
        "high": -19.0,
        "n": 120,
        "unit": "points",
        "period": {"start": "2024-01-01T00:00:00+00:00", "end": "2024-07-01T00:00:00+00:00"},
        "definition": "100 × ...",
        "missing": [{"count": 3, "why": "answers that are not on the scale: left out"}],
        "reason": None,
    }


def test_every_object_says_its_segment_when_one_has_any() -> None:
    part = Metric(**{name: getattr(NPS, name) for name in NPS.__slots__} | {"segment": ("plan", "pro")})
    whole, split = as_objects([NPS, part])
    assert whole["segment"] is None
    assert split["segment"] == {"field": "plan", "value": "pro"}


def test_no_cell_of_the_csv_is_a_formula_and_numbers_stay_numbers() -> None:
    bad = Metric(**{name: getattr(NPS, name) for name in NPS.__slots__} | {"segment": ("=cmd", "@SUM(A1)")})
    (row,) = csv.DictReader(io.StringIO(as_csv([bad])))
    assert (row["field"], row["segment"], row["value"]) == ("'=cmd", "'@SUM(A1)", "-24.5")
    assert row["missing"] == "3: answers that are not on the scale: left out"
