"""Languages that the model does not know get spaces of own words: themes and search are found in them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from emptychair.desk import theme_edits, themes
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.understand.language.embedding import MODELS
from emptychair.understand.language.own import Folder
from emptychair.understand.reading import learning, settling
from emptychair.understand.reading.edited import Change
from emptychair.understand.reading.learning import Study
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.understand.search.finding import By, Found, Search
from emptychair.understand.search.words import Among
from tests.understand.language.spanish import ABOUT, THINGS
from tests.understand.language.spanish import complaints as in_spanish
from tests.understand.reading.test_learning import Clock, by_theme, complaints, run, signal

CUSTOMERS = Among(audience="customer")


@dataclass(frozen=True)
class Company:
    """Whose words are read; `study.clock` is its present instant."""

    ledger: Ledger
    desk: Desk
    study: Study
    language: Path


@contextmanager
def company(folder: Path, model: str | Folder = "fast") -> Iterator[Company]:
    ledger, desk = Ledger.open(folder), Desk.open(folder / "desk.sqlite3")
    clock, language = Clock(), folder / "language"
    room = ReadingRoom(ledger=ledger, folder=language, model=model, clock=clock)
    yield Company(ledger, desk, Study(ledger=ledger, desk=desk, room=room, clock=clock), language)
    room.close()
    desk.close()
    ledger.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """One with many texts in Spanish: a process that reads takes seconds to start."""
    with company(tmp_path_factory.mktemp("shop")) as opened:
        run(opened.study, opened.ledger, [*complaints(), *spanish(0, 27)])
        opened.study.run()
        yield opened


def spanish(first: int = 0, last: int = len(THINGS)) -> list[Signal]:
    told = in_spanish(first, last)
    return [
        signal(f"{about}_{first + n % (last - first)}", text, f"{about}_{n}")
        for n, (about, text) in enumerate(told)
    ]


def told_apart(ledger: Ledger) -> set[str]:
    """What of the Spanish subjects has a theme of its own, in which nothing else is."""
    return {next(iter(about)) for about in by_theme(ledger).values() if len(about) == 1} & set(ABOUT)


def languages(ledger: Ledger) -> dict[str, int]:
    found = ledger.ask(question("select language, count(*) as n from readings group by language"))
    return {row["language"]: row["n"] for row in found.to_pylist()}


def test_themes_in_a_language_that_the_model_does_not_know_are_told_apart_by_own_words(shop: Company) -> None:
    assert settling.settled(shop.study.room) == {"es": languages(shop.ledger)["es"]}
    assert told_apart(shop.ledger) == set(ABOUT)
    assert all(len(about) == 1 for about in by_theme(shop.ledger).values()), "and English is as it was"
    with shop.desk.read() as tx:
        names = [theme.name.casefold() for theme in themes.every(tx, Audience.CUSTOMER)]
    assert any("reembolso" in name or "dinero" in name for name in names), names


def test_what_means_the_same_in_that_language_is_found_in_its_space(shop: Company) -> None:
    assert shop.ledger.readings.progress()[1] == 0
    (kept,) = shop.language.rglob("own-*/0000.keys")
    assert kept.stat().st_size == 8 * languages(shop.ledger)["es"], "all of it is in an index of its own"
    search = Search(shop.language, shop.ledger)
    found = search.find("devolución del dinero", CUSTOMERS, by=By.MEANING, limit=10)
    assert subjects(found) == ["reembolso"] * 10
    english = search.find("my money back", CUSTOMERS, by=By.MEANING, limit=5)
    assert subjects(english) == ["refund"] * 5
    text = {one.id: one.text for one in spanish()}["clave_4"]
    like = search.like("clave_4", text or "", CUSTOMERS, limit=26)
    assert subjects(like) == ["clave"] * 26


def subjects(found: Found) -> list[str]:
    return [hit.id.partition("_")[0] for hit in found.hits]


def test_a_moved_sentence_teaches_in_its_space(shop: Company) -> None:
    of = {next(iter(about)): theme for theme, about in by_theme(shop.ledger).items()}
    says = {"signal": "rota_3", "place": 0, "to": of["entrega"]}
    with shop.desk.begin() as tx:
        theme_edits.add(tx, Audience.CUSTOMER, Change.MOVE, says, by="usr", now=shop.study.clock())
        learning.ask(tx, Audience.CUSTOMER, by="usr", now=shop.study.clock())
    shop.study.run()
    moved = question("select theme from mentions where signal = 'rota_3'")
    assert shop.ledger.ask(moved)["theme"].to_pylist() == [of["entrega"]]


def test_new_words_join_their_theme_and_the_space_is_made_again_when_there_are_many_more(
    shop: Company,
) -> None:
    room = shop.study.room
    mark, first = settling.told_apart_by(room), settling.settled(room)["es"]
    run(shop.study, shop.ledger, spanish(27, 30))
    assert settling.told_apart_by(room) == mark
    joined = question("select count(*) as n from mentions where signal = 'entrega_28'")
    assert shop.ledger.ask(joined)["n"][0].as_py() == 1
    more = [signal(f"{one.id}x", f"{one.text} Hola.", f"{one.person}x") for one in spanish(0, 20)]
    run(shop.study, shop.ledger, more)
    assert settling.told_apart_by(room) != mark
    assert settling.settled(room)["es"] >= 1.5 * first
    assert {next(iter(about)) for about in by_theme(shop.ledger).values()} >= set(ABOUT)


def test_a_language_with_few_texts_has_none_until_it_has_a_hundred_and_names_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with company(tmp_path) as shop:
        run(shop.study, shop.ledger, [*complaints(), *spanish(0, 15)])
        assert settling.settled(shop.study.room) == {}
        broken = next(theme for theme, about in by_theme(shop.ledger).items() if about == {"broken"})
        says = {"theme": broken, "name": "Broken"}
        with shop.desk.begin() as tx:
            theme_edits.add(tx, Audience.CUSTOMER, Change.RENAME, says, by="usr", now=shop.study.clock())
        monkeypatch.setattr(settling, "write_file", _full)
        with pytest.raises(OSError, match="full"):
            run(shop.study, shop.ledger, spanish(15, 30))
        assert settling.settled(shop.study.room) == {}, "a crash before it is told makes them again"
        monkeypatch.undo()
        run(shop.study, shop.ledger, [signal("one_1", "One more message about my coffee machine.", "p1")])
        assert list(settling.settled(shop.study.room)) == ["es"]
        with shop.desk.read() as tx:
            kept = {theme.id: theme.name for theme in themes.every(tx, Audience.CUSTOMER)}
        assert kept.get(broken) == "Broken", "found anew in other vectors, it is the same theme"
        assert told_apart(shop.ledger) == set(ABOUT)


def _full(*_: object) -> None:
    raise OSError("the disk is full")


def test_copies_of_one_text_are_no_language(tmp_path: Path) -> None:
    with company(tmp_path) as shop:
        text = "Se rompió el molinillo a las dos semanas y ya no funciona."
        run(shop.study, shop.ledger, [signal(f"s_{n}", text, f"p_{n}") for n in range(120)])
        assert settling.told_apart_by(shop.study.room) == shop.study.room.embedder
        assert not settling.settle_when_due(shop.ledger, shop.study.room), "nor is it tried again and again"


def test_a_model_of_the_companys_own_is_taken_to_know(tmp_path: Path) -> None:
    shutil.copytree(MODELS / "fast", tmp_path / "their-model")
    with company(tmp_path, Folder(path=tmp_path / "their-model")) as shop:
        run(shop.study, shop.ledger, [*complaints(), *spanish()])
        assert settling.settled(shop.study.room) == {}
        assert languages(shop.ledger)["es"] >= 100
