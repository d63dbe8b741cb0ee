"""Models are trained, people scored, chances checked: kept whole, replaced for a reason, refused with one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from emptychair.anticipate.risk import rescoring, tending
from emptychair.anticipate.risk.at_risk import at_risk
from emptychair.anticipate.risk.checking import check
from emptychair.anticipate.risk.examples import StoppedLooking
from emptychair.anticipate.risk.keeping import unpacked
from emptychair.anticipate.risk.reliance import card_reason, drift, unreliable
from emptychair.anticipate.risk.rescoring import foreseen_as_of, rescore
from emptychair.anticipate.risk.retraining import retrain
from emptychair.anticipate.risk.training import NotEnough, Trained
from emptychair.desk import risk_forecasts, risk_models, risk_runs, risk_scores, settings
from emptychair.desk.desk import Desk
from emptychair.desk.risk_models import State
from emptychair.desk.risk_runs import Deed
from emptychair.desk.risk_scores import Filter, Order
from emptychair.desk.risk_settings import MARGIN_PERCENT
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from tests.anticipate.risk.companies import NOW, fading

CUSTOMER = Audience.CUSTOMER
EARLIER = NOW - timedelta(days=35)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ledger, Desk]]:
    """A company whose people were scored five weeks ago by a model of then, and now."""
    folder = tmp_path_factory.mktemp("company")
    ledger, desk = Ledger.open(folder, memory_limit="512MB"), Desk.open(folder / "desk.sqlite3")
    fading(ledger, 1_200, seed=3)
    retrain(ledger, desk, CUSTOMER, EARLIER, horizons=[30])
    rescore(ledger, desk, CUSTOMER, EARLIER)
    rescore(ledger, desk, CUSTOMER, NOW)
    yield ledger, desk
    ledger.close()
    desk.close()


def model_of(desk: Desk) -> Trained:
    with desk.read() as tx:
        (used,) = risk_models.champions(tx, CUSTOMER)
        kept = risk_models.packed(tx, used.id)
    assert kept is not None
    return unpacked(kept)


def test_everybody_has_a_score_and_those_at_the_top_have_reasons(told: tuple[Ledger, Desk]) -> None:
    with told[1].read() as tx:
        run = risk_runs.last(tx, CUSTOMER, Deed.SCORING, with_result=True)
        assert run is not None
        wanted = Filter(run=run.id)
        rows = risk_scores.ranked(tx, wanted, Order.LOSS, 1_000, 0)
        assert risk_scores.count(tx, wanted) == len(rows) == run.people > 100
        by_chance = risk_scores.ranked(tx, Filter(run=run.id, least=0.1), Order.CHANCE, 1_000, 0)
        assert risk_scores.people(tx, wanted, Order.LOSS) == [one.person for one in rows]
    assert [one.loss for one in rows] == sorted((one.loss or 0 for one in rows), reverse=True)
    assert min(one.chance for one in by_chance) >= 0.1
    for one in rows:
        assert one.low <= one.chance <= one.high
        assert one.loss == pytest.approx(one.chance * (one.worth or 0))
        assert one.currency == "EUR"
    assert rows[0].reasons


def test_what_is_at_risk_is_the_sum_with_an_interval_and_who_is_missing(told: tuple[Ledger, Desk]) -> None:
    desk = told[1]
    found = at_risk(desk)
    (euro,) = found.sums
    assert euro.low < euro.value < euro.high
    assert euro.n + found.mixed + found.unpaid == found.people
    with desk.begin() as tx:
        settings.change(tx, MARGIN_PERCENT, 40, by="cli", now=NOW)
    (earned,) = at_risk(desk).sums
    assert earned.value == pytest.approx(0.4 * euro.value)
    with desk.begin() as tx:
        settings.change(tx, MARGIN_PERCENT, None, by="cli", now=NOW)


def test_earlier_chances_are_held_against_what_came(told: tuple[Ledger, Desk]) -> None:
    ledger, desk = told
    run = check(ledger, desk, CUSTOMER, NOW)
    came = run.figures["30"]["came"]
    assert came["days"] == [f"{EARLIER:%Y-%m-%d}"]
    assert came["cases"] >= 20
    assert came["error"] <= came["bound"] + 0.01
    with desk.read() as tx:
        (used,) = risk_models.champions(tx, CUSTOMER)
    assert used.unreliable == card_reason(model_of(desk).card)


def test_chances_that_do_not_come_true_make_a_model_not_reliable(told: tuple[Ledger, Desk]) -> None:
    ledger, desk = told
    with desk.begin() as tx:
        (day, *_) = risk_forecasts.days(tx, CUSTOMER)
        wrong = [
            risk_forecasts.Forecast(audience=CUSTOMER, scored_at=day, person=person, chances={"30": 0.9})
            for person, _ in risk_forecasts.of_day(tx, CUSTOMER, day)
        ]
        tx.execute(risk_forecasts.risk_forecasts.delete())
        risk_forecasts.add(tx, wrong)
    check(ledger, desk, CUSTOMER, NOW)
    with desk.read() as tx:
        (used,) = risk_models.champions(tx, CUSTOMER)
    assert "90.0 % were foreseen to leave" in used.unreliable
    assert at_risk(desk).unreliable == used.unreliable


def test_people_who_are_no_longer_alike_make_a_model_not_reliable(told: tuple[Ledger, Desk]) -> None:
    model = model_of(told[1])
    rng = np.random.default_rng(1)
    alike = np.full((500, len(model.features)), np.nan, np.float32)
    other = alike.copy()
    for at, before in zip(model.learned.kept, model.spreads, strict=True):
        edges = np.nextafter(np.array(before.edges, np.float32), np.float32(-np.inf))
        above = max(before.edges, default=0.0) + 1
        bins = np.array([*edges, above, np.nan])
        alike[:, at] = bins[rng.choice(len(bins), 500, p=before.shares)]
        other[:, at] = 1_000_000
    assert not any(one.is_large for one in drift(model, alike))
    moved = drift(model, other)
    assert any(one.is_large for one in moved)
    assert "no longer like those" in unreliable(model.card, None, moved) or card_reason(model.card)


def test_a_model_that_is_not_better_does_not_take_over(told: tuple[Ledger, Desk]) -> None:
    ledger, desk = told
    (first,) = retrain(ledger, desk, CUSTOMER, NOW, horizons=[30])
    assert first.model is not None
    (again,) = retrain(ledger, desk, CUSTOMER, NOW, horizons=[30])
    assert again.model is not None
    if first.model.state is State.CHAMPION:
        assert again.model.state is State.CHALLENGER, "it is the same, and no better"
    assert "log loss" in again.sentence
    with desk.read() as tx:
        assert len(risk_models.champions(tx, CUSTOMER)) == 1
        assert len(risk_models.history(tx, CUSTOMER, 30)) == 3


def test_a_run_that_is_killed_leaves_the_scores_before(
    told: tuple[Ledger, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, desk = told
    with desk.read() as tx:
        before = risk_runs.last(tx, CUSTOMER, Deed.SCORING)
    assert before is not None

    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rescoring.risk_forecasts, "purge", killed)
    with pytest.raises(KeyboardInterrupt):
        rescore(ledger, desk, CUSTOMER, NOW + timedelta(days=1))
    with desk.read() as tx:
        after = risk_runs.last(tx, CUSTOMER, Deed.SCORING)
        assert risk_scores.count(tx, Filter(run=before.id)) == before.people
    assert after == before


def test_what_is_scored_as_of_a_day_knows_nothing_of_later_days(told: tuple[Ledger, Desk]) -> None:
    ledger, desk = told
    at = NOW - timedelta(days=200)
    found = foreseen_as_of(ledger, desk, CUSTOMER, at)
    assert not isinstance(found, NotEnough)
    assert found.as_of <= at
    assert found.horizons == (30, 60, 90)


def test_training_stops_when_all_is_to_end(told: tuple[Ledger, Desk]) -> None:
    with pytest.raises(StoppedLooking):
        retrain(*told, CUSTOMER, NOW, horizons=[30], is_stopping=lambda: True)


def test_too_little_is_refused_with_a_sentence_and_tried_again_when_there_is_more(tmp_path: Path) -> None:
    ledger, desk = Ledger.open(tmp_path / "home"), Desk.open(tmp_path / "desk.sqlite3")
    assert not tending.is_due(ledger, desk, Deed.TRAINING, NOW), "there is nothing to learn from"
    (nothing, *_) = retrain(ledger, desk, CUSTOMER, NOW)
    assert nothing.sentence == "Nothing is known of customers yet: import contracts, orders or events."
    assert rescore(ledger, desk, CUSTOMER, NOW).reason == nothing.sentence
    assert at_risk(desk).lack == nothing.sentence
    fading(ledger, 40, seed=1)
    soon, later = NOW + timedelta(minutes=5), NOW + timedelta(minutes=11)
    retrain(ledger, desk, Audience.EMPLOYEE, NOW)
    assert not tending.is_due(ledger, desk, Deed.TRAINING, soon)
    assert tending.is_due(ledger, desk, Deed.TRAINING, later), "much more is known now"

    def clock() -> datetime:
        return later

    assert tending.run(ledger, desk, Deed.TRAINING, clock) == 1
    assert "are needed" in at_risk(desk).lack
    assert not tending.is_due(ledger, desk, Deed.SCORING, later), "there is no model"
    with desk.begin() as tx:
        tending.ask(tx, Deed.TRAINING, CUSTOMER, by="usr_1", now=later)
    assert tending.is_due(ledger, desk, Deed.TRAINING, later)
    assert tending.run(ledger, desk, Deed.TRAINING, clock) == 1
    assert not tending.is_due(ledger, desk, Deed.TRAINING, later)
    ledger.close()
    desk.close()


def test_a_model_is_asked_where_the_ledger_was_made_anew(told: tuple[Ledger, Desk], tmp_path: Path) -> None:
    with told[1].read() as tx:
        (used,) = risk_models.champions(tx, CUSTOMER)
        kept = risk_models.packed(tx, used.id)
    assert kept is not None
    ledger, desk = Ledger.open(tmp_path / "home"), Desk.open(tmp_path / "desk.sqlite3")
    fading(ledger, 60, seed=3)
    with desk.begin() as tx:
        risk_models.add(tx, used, kept)
    assert "plan" not in ledger.promoted, "the trait has no column yet"
    run = rescore(ledger, desk, CUSTOMER, NOW)
    assert (run.reason, run.people > 5) == ("", True)
    ledger.close()
    desk.close()


def test_a_model_that_was_written_down_after_the_scores_scores_people_again(
    told: tuple[Ledger, Desk], tmp_path: Path
) -> None:
    ledger, desk = told[0], Desk.open(tmp_path / "desk.sqlite3")
    with told[1].read() as tx:
        (near,) = risk_models.champions(tx, CUSTOMER)
        packed = risk_models.packed(tx, near.id)
    assert packed is not None
    with desk.begin() as tx:
        risk_models.add(tx, near, packed)
    rescore(ledger, desk, CUSTOMER, NOW)
    assert at_risk(desk).horizon == 30
    assert not tending.is_due(ledger, desk, Deed.SCORING, NOW)
    # The same training goes on and has its next model, with the instant at which it began.
    with desk.begin() as tx:
        risk_models.add(tx, replace(near, id="rmd_far", horizon=60), packed)
    assert at_risk(desk).horizon == 30, "the scores are of the model before"
    assert tending.is_due(ledger, desk, Deed.SCORING, NOW)
    rescore(ledger, desk, CUSTOMER, NOW + timedelta(minutes=1))
    assert not tending.is_due(ledger, desk, Deed.SCORING, NOW + timedelta(minutes=1))
    desk.close()
