"""A benchmark says pass exactly when its bar is met."""

from benchmarks import Ratio, Sense, paired


def ratio(ours: float, peer: float, bar: float, sense: Sense) -> Ratio:
    return Ratio(name="x", ours=ours, peer=peer, peer_name="peer", bar=bar, sense=sense)


def test_ten_times_faster_is_met_at_a_tenth_of_the_time() -> None:
    assert ratio(0.1, 1.0, 10, Sense.TIMES_FASTER).is_met
    assert not ratio(0.11, 1.0, 10, Sense.TIMES_FASTER).is_met


def test_at_most_twice_the_time_is_missed_above_it() -> None:
    assert ratio(2.0, 1.0, 2, Sense.AT_MOST).is_met
    assert not ratio(2.1, 1.0, 2, Sense.AT_MOST).is_met


def test_a_stated_rate_is_met_when_it_is_reached() -> None:
    assert ratio(1.2e6, 1e6, 1, Sense.AT_LEAST).is_met
    assert not ratio(0.9e6, 1e6, 1, Sense.AT_LEAST).is_met


def test_both_sides_run_once_unmeasured_and_then_take_turns() -> None:
    calls: list[str] = []
    paired(lambda: calls.append("ours"), lambda: calls.append("peer"), runs=3)
    assert calls == ["ours", "peer", "ours", "peer", "peer", "ours", "ours", "peer"]
