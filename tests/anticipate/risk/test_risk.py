"""Who is about to leave: found where it can be, refused where it cannot, and right about its own chances."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from emptychair.anticipate.features.leaks import too_telling
from emptychair.anticipate.features.vocabulary import vocabulary
from emptychair.anticipate.risk import boosting
from emptychair.anticipate.risk.dates import Dates, TooShort, dates, moved_on
from emptychair.anticipate.risk.keeping import UnreadableError, packed, unpacked
from emptychair.anticipate.risk.reasons import changes, reasons
from emptychair.anticipate.risk.scoring import earlier, scored
from emptychair.anticipate.risk.training import NotEnough, Trained, train
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.understand.arrival import Arrivals
from emptychair.understand.spells import Rule, Tenure
from tests.anticipate.risk.companies import BEGAN, NOW, fading

TENURE = Tenure(audience=Audience.CUSTOMER, rule=Rule.CONTRACT, as_of=NOW, known=Arrivals())


def trained(ledger: Ledger, horizon: int = 60, seed: int = 1) -> Trained | NotEnough:
    words = vocabulary(ledger, Audience.CUSTOMER, NOW, Arrivals(), refused=too_telling(ledger, TENURE))
    rng = np.random.default_rng(seed)
    return train(ledger, TENURE, words, horizon=horizon, first_at=BEGAN, rng=rng)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path_factory.mktemp("company"), memory_limit="512MB")
    fading(opened, 1_500, seed=3)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def model(company: Ledger) -> Trained:
    found = trained(company)
    assert isinstance(found, Trained)
    return found


def test_who_grows_quiet_is_found_on_a_time_that_the_model_had_not_seen(model: Trained) -> None:
    card = model.card
    assert card.auc is not None
    assert card.auc.low > 0.6
    assert card.reliability.skill > 0
    assert card.keeps_its_word
    assert card.deciles[0].rate > 2 * card.deciles[-1].rate
    assert {one.name for one in card.used[:8]} & {"did_30", "active_days_30", "since_did", "did:opened:30"}
    assert {one.name for one in card.by_segment} == {"plan: gold", "plan: blue"}


def test_the_time_that_judges_lies_behind_all_that_was_learned() -> None:
    for horizon in (30, 60, 90):
        planned = dates(BEGAN, NOW, horizon)
        assert isinstance(planned, Dates)
        ahead = timedelta(days=horizon)
        assert max(planned.learn) + ahead <= min(planned.calibrate)
        assert max(planned.calibrate) + ahead <= min(planned.judge)
        assert max(planned.judge) + ahead == NOW
        assert min(planned.learn) > BEGAN
        now = moved_on(planned, NOW)
        assert max(now.calibrate) + ahead == NOW
        assert max(now.learn) + ahead <= min(now.calibrate)


def test_a_history_that_is_too_short_says_how_long_it_has_to_be() -> None:
    found = dates(NOW - timedelta(days=200), NOW, 90)
    assert isinstance(found, TooShort)
    assert isinstance(dates(NOW - timedelta(days=found.need + 1), NOW, 90), Dates)


def test_everybody_has_a_chance_with_a_band_and_reasons_in_words(company: Ledger, model: Trained) -> None:
    found = scored(company, TENURE, [model])
    assert found.chances.shape == (len(found.people), 1)
    assert ((found.low <= found.chances) & (found.chances <= found.high)).all()
    worst = int(found.of(60).argmax())
    (why,) = reasons(model, found.values[[worst]])
    assert why[0].weight > 0
    assert all(one.words and "caus" not in one.words for one in why)
    assert np.abs([one.weight for one in why]).tolist() == sorted(np.abs([one.weight for one in why]))[::-1]


def test_what_changed_since_last_week_is_told_with_what_it_was(company: Ledger, model: Trained) -> None:
    found = scored(company, TENURE, [model])
    before = earlier(company, TENURE, model, NOW - timedelta(days=28), found.people)
    odds = model.learned.log_odds(found.values) - model.learned.log_odds(np.nan_to_num(before))
    some = np.argsort(-odds)[:20]
    told = [one for row in changes(model, found.values[some], before[some]) for one in row]
    assert told
    assert all("; before: " in one.words for one in told)


def test_nearer_horizons_are_never_likelier(company: Ledger, model: Trained) -> None:
    near = trained(company, horizon=30)
    assert isinstance(near, Trained)
    found = scored(company, TENURE, [model, near])
    assert found.horizons == (30, 60)
    assert (found.chances[:, 0] <= found.chances[:, 1]).all()


def test_a_model_is_text_and_comes_back_the_same(company: Ledger, model: Trained) -> None:
    again = unpacked(packed(model))
    one, other = scored(company, TENURE, [model]), scored(company, TENURE, [again])
    np.testing.assert_allclose(one.chances, other.chances, rtol=1e-9)
    assert again.card == model.card
    for bad in (b"", b"{}", b"[]", packed(model).replace(b'"version":2', b'"version":9'), b'{"version":2}'):
        with pytest.raises(UnreadableError):
            unpacked(bad)


def test_the_same_lot_gives_the_same_model(company: Ledger, model: Trained) -> None:
    again = trained(company)
    assert isinstance(again, Trained)
    assert packed(again) == packed(model)


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path) -> None:
    # Leaving has nothing to do with anything but the plan, which is hidden from nobody: shuffle it away.
    ledger = Ledger.open(tmp_path / "home", memory_limit="512MB")
    fading(ledger, 1_200, seed=5, matters=0.0)
    found = trained(ledger)
    assert isinstance(found, Trained)
    assert found.card.auc is not None
    assert found.card.auc.low < 0.62
    assert found.card.reliability.skill < 0.03
    ledger.close()


def test_a_note_about_who_left_is_named_and_left_out(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "home", memory_limit="512MB")
    fading(ledger, 700, seed=6, note="cancel_form")
    found = trained(ledger, horizon=30)
    assert isinstance(found, Trained)
    assert any("cancel_form" in remark for remark in found.card.remarks)
    assert not any("cancel_form" in one.name for one in found.card.used)
    ledger.close()


def test_too_few_endings_are_a_sentence(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "home", memory_limit="512MB")
    fading(ledger, 60, seed=7)
    found = trained(ledger)
    assert isinstance(found, NotEnough)
    assert "are needed" in found.sentence
    ledger.close()


def test_without_the_library_of_trees_the_line_is_used(
    company: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise boosting.NoBoostingError("no libgomp here")

    monkeypatch.setattr(boosting, "_library", missing)
    found = trained(company)
    assert isinstance(found, Trained)
    assert found.card.kind == "logistic hazard"
    assert [one.kind for one in found.card.tried] == ["logistic hazard"]


def test_silence_ends_relationships_that_no_contract_tells(company: Ledger) -> None:
    words = vocabulary(company, Audience.CUSTOMER, NOW, Arrivals())
    quiet = replace(TENURE, rule=Rule.ACTIVITY, gap_days=35)
    found = train(company, quiet, words, horizon=60, first_at=BEGAN, rng=np.random.default_rng(1))
    assert isinstance(found, Trained)
    assert found.card.auc is not None
    assert found.card.auc.low > 0.6
