"""Tones are learned from scores, and themes found in words, when it is due or somebody asks for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from emptychair.desk import theme_edits, theme_fits, themes, work
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.understand.reading import learning
from emptychair.understand.reading.learning import LOOKED_EVERY, Study
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.understand.reading.theming import common_phrases

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
THINGS = (
    "grinder",
    "kettle",
    "scale",
    "dripper",
    "mug",
    "filter",
    "lid",
    "timer",
    "handle",
    "spout",
    "cable",
    "switch",
)
ABOUT = {
    "broken": "The {0} of my machine broke after two weeks and does not work any more.",
    "refund": "I sent the {0} back and still wait for the refund of my money.",
    "delivery": "The parcel with the {0} was delivered late, the courier never rang.",
    "password": "I cannot sign in to order a {0}, the password reset mail does not come.",
}


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk.open(tmp_path / "desk.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def study(ledger: Ledger, desk: Desk, tmp_path: Path) -> Iterator[Study]:
    clock = Clock()
    room = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model="fast", clock=clock)
    yield Study(ledger=ledger, desk=desk, room=room, clock=clock)
    room.close()


def signal(one: str, text: str, person: str | None, **more: object) -> Signal:
    told = {"audience": Audience.CUSTOMER, "kind": Kind.SAID, "name": "message", **more}
    return Signal(
        id=one,
        person=person,
        channel="chat",
        source="chat",
        occurred_at=NOW,
        received_at=NOW,
        text=text,
        **told,
    )  # type: ignore[arg-type]


def complaints(first: int = 0, last: int = len(THINGS)) -> list[Signal]:
    """Each thing broken, returned, late and not to be ordered, by forty-eight people."""
    return [
        signal(f"{about}_{n}", ABOUT[about].format(THINGS[n]), f"{about}_{n}")
        for about in ABOUT
        for n in range(first, last)
    ]


def by_theme(ledger: Ledger) -> dict[str, set[str]]:
    """What the signals of each theme are about."""
    asked = question("select signal, theme from mentions order by signal")
    found: dict[str, set[str]] = {}
    for row in ledger.ask(asked).to_pylist():
        found.setdefault(row["theme"], set()).add(row["signal"].rpartition("_")[0])
    return found


def run(study: Study, ledger: Ledger, signals: list[Signal]) -> None:
    ledger.append(signals)
    ledger.load(NOW)
    study.clock.now += LOOKED_EVERY + timedelta(seconds=1)  # type: ignore[attr-defined]
    study.run()


def test_what_is_alike_comes_under_one_theme_and_new_words_join_it(
    study: Study, ledger: Ledger, desk: Desk
) -> None:
    run(study, ledger, complaints(0, 11))
    with desk.read() as tx:
        found, fit = themes.every(tx, Audience.CUSTOMER), theme_fits.last(tx, Audience.CUSTOMER)
    assert fit is not None
    assert (fit.texts, fit.themes, fit.reason) == (44, len(found), "")
    assert fit.agreement is not None
    assert 0 < fit.agreement <= 1, "two halves find much the same"
    told = by_theme(ledger)
    assert set(told) == {theme.id for theme in found}
    assert all(len(about) == 1 for about in told.values()), "no theme mixes what is different"
    assert all(theme.name and theme.quoted for theme in found)
    run(study, ledger, complaints(11, 12))
    with desk.read() as tx:
        assert theme_fits.last(tx, Audience.CUSTOMER) == fit, "so few more are no reason to look again"
    joined = question("select count(*) as n from mentions where signal in ('refund_11', 'delivery_11')")
    assert ledger.ask(joined)["n"][0].as_py() == 2
    assert all(len(about) == 1 for about in by_theme(ledger).values())


def test_too_few_texts_say_how_many_more_are_needed(study: Study, ledger: Ledger, desk: Desk) -> None:
    run(study, ledger, [signal(f"s{n}", "The grinder broke again today.", f"p{n}") for n in range(40)])
    with desk.read() as tx:
        fit = theme_fits.last(tx, Audience.CUSTOMER)
    assert fit is not None
    assert fit.themes == 0
    assert fit.reason == "Themes need 30 different sentences, and there are 1: 29 more are needed."


def test_themes_are_looked_for_anew_when_somebody_asks(study: Study, ledger: Ledger, desk: Desk) -> None:
    run(study, ledger, complaints())
    with desk.begin() as tx:
        first = theme_fits.last(tx, Audience.CUSTOMER)
        learning.ask(tx, Audience.CUSTOMER, by="usr_ada", now=NOW)
    study.clock.now += timedelta(seconds=1)  # type: ignore[attr-defined]
    study.run()
    with desk.read() as tx:
        second = theme_fits.last(tx, Audience.CUSTOMER)
        assert second is not None
        assert first is not None
        assert second.fitted_at > first.fitted_at
        assert work.open_work(tx) == []


def test_what_people_changed_holds_when_themes_are_found_again(
    study: Study, ledger: Ledger, desk: Desk
) -> None:
    run(study, ledger, complaints(0, 9))
    before = by_theme(ledger)
    refund = next(theme for theme, about in before.items() if about == {"refund"})
    broken = next(theme for theme, about in before.items() if about == {"broken"})
    examples = ["Where can I buy the coffee of last winter?", "Do you still sell the winter coffee?"]
    winter = {"theme": "thm_winter", "name": "Winter coffee", "area": "Shop", "examples": examples}
    with desk.begin() as tx:
        for seconds, (kind, says) in enumerate([
            ("rename", {"theme": refund, "name": "Money back"}),
            ("merge", {"theme": broken, "into": refund}),
            ("declare", winter),
            ("rule", {"theme": refund, "patterns": ["voucher*"]}),
        ]):  # fmt: skip
            at = NOW + timedelta(seconds=seconds)
            theme_edits.add(tx, Audience.CUSTOMER, kind, says, by="usr_ada", now=at)
        learning.ask(tx, Audience.CUSTOMER, by="usr_ada", now=NOW)
    asked_for = [
        signal("winter_1", "I would love to buy the winter coffee once more.", "zoe"),
        signal("voucher_1", "These vouchers did nothing at all.", "yan"),
    ]
    run(study, ledger, [*complaints(9, 12), *asked_for])
    with desk.read() as tx:
        named = {theme.id: theme.name for theme in themes.every(tx, Audience.CUSTOMER)}
    assert named[refund] == "Money back"
    assert named["thm_winter"] == "Winter coffee"
    assert broken not in named
    after = by_theme(ledger)
    assert {"refund", "broken", "voucher"} <= after[refund]
    assert after["thm_winter"] == {"winter"}
    kept = set(named) & set(before)
    assert len(kept) == len(before) - 1, "all others have the ids that they had"


def test_a_theme_of_two_things_is_parted_and_stays_so(study: Study, ledger: Ledger, desk: Desk) -> None:
    """Refunds and deliveries are put together by a person, and parted again by what was said of them."""
    more = [
        signal(f"{about}_x{n}", ABOUT[about].format(thing), f"{about}_x{n}")
        for about in ("refund", "delivery")
        for n, thing in enumerate(("teapot", "tamper", "tray", "brush", "pitcher", "thermos"))
    ]
    run(study, ledger, [*complaints(), *more])
    before = by_theme(ledger)
    refund = next(theme for theme, about in before.items() if about == {"refund"})
    delivery = next(theme for theme, about in before.items() if about == {"delivery"})
    broken = next(theme for theme, about in before.items() if about == {"broken"})
    with desk.begin() as tx:
        says = {"theme": delivery, "into": refund}
        theme_edits.add(tx, Audience.CUSTOMER, "merge", says, by="usr_ada", now=NOW)
        for seconds, theme in enumerate((refund, broken), start=1):
            at = NOW + timedelta(seconds=seconds)
            theme_edits.add(tx, Audience.CUSTOMER, "split", {"theme": theme}, by="usr_ada", now=at)
        learning.ask(tx, Audience.CUSTOMER, by="usr_ada", now=NOW)
    run(study, ledger, [])
    with desk.begin() as tx:
        _, parted, whole = theme_edits.holding(tx, Audience.CUSTOMER)
        named = {theme.id: theme.name for theme in themes.every(tx, Audience.CUSTOMER)}
        learning.ask(tx, Audience.CUSTOMER, by="usr_ada", now=NOW)
    assert whole.says == {"theme": broken, "parts": []}, "it is one thing, and small"
    assert {"refund"} in by_theme(ledger).values()
    assert {"delivery"} in by_theme(ledger).values()
    first, second = parted.says["parts"]
    assert (first["theme"], first["name"]) == (refund, named[refund])
    assert named[second["theme"]] == second["name"] != first["name"]
    assert not any("parcel" in one or "money" in one for one in (*first["examples"], *second["examples"]))
    run(study, ledger, [])
    with desk.read() as tx:
        assert theme_edits.holding(tx, Audience.CUSTOMER)[1] == parted, "what was found once is kept"
        assert {theme.id for theme in themes.every(tx, Audience.CUSTOMER)} == set(named)


def test_each_audience_has_its_own_themes(study: Study, ledger: Ledger, desk: Desk) -> None:
    theirs = [signal(f"e_{one.id}", str(one.text), None, audience=Audience.EMPLOYEE) for one in complaints()]
    run(study, ledger, [*complaints(), *theirs])
    with desk.read() as tx:
        assert themes.every(tx, Audience.CUSTOMER)
        assert themes.every(tx, Audience.EMPLOYEE)


def test_tones_are_learned_from_scores_and_everything_is_read_again(study: Study, ledger: Ledger) -> None:
    """In this company "a wild ride" is praise and "as expected" a reproach, which no lexicon knows."""
    scored = [
        signal(
            f"r{n}",
            f"It was a wild ride with the {THINGS[n % 12]}"
            if n % 2
            else f"The {THINGS[n % 12]} was as expected",
            f"p{n}",
            kind=Kind.RATED,
            name="nps",
            score=Decimal(10 if n % 2 else 3),
        )
        for n in range(120)
    ]
    ride = signal("say", "That was a wild ride with the teapot", "zoe")
    run(study, ledger, [*scored, ride])
    asked = question("select tone from readings where signal = 'say'")
    assert ledger.ask(asked)["tone"][0].as_py() == "positive"
    assert learning.learned_file(study.room).exists()
    assert "00000000" not in study.room.version, "another head reads everything again"


def test_a_head_that_was_torn_is_left_and_learned_again(study: Study, ledger: Ledger) -> None:
    run(study, ledger, complaints())
    path = learning.learned_file(study.room).with_name("tone.npz")
    path.write_bytes(b"PK\x03\x04 torn")
    study.room.close()
    study.room._process = None
    run(study, ledger, [signal("more", "Lovely coffee, thank you so much!", "zoe")])
    asked = question("select tone from readings where signal = 'more'")
    assert ledger.ask(asked)["tone"][0].as_py() == "positive"


def test_what_stands_beside_everything_is_of_no_theme() -> None:
    complaints_ = [[f"The {thing} broke after a week.", "Please fix this."] for thing in THINGS * 3]
    same = [["The till does not take my card.", end] for end in ("Thank you.", "Please fix this.") * 20]
    found = common_phrases([*complaints_, *same, ["Please fix this."]])
    assert found == {"Please fix this."}, "a complaint that many have stands beside few others"
