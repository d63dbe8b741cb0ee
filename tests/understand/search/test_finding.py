"""What people said is found by its words and by what it means, and only what the ledger still has."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Timer

import pytest

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.understand.language.embedding import Tier
from emptychair.understand.reading.tending import ReadingFailed, ReadingRoom
from emptychair.understand.search import words
from emptychair.understand.search.finding import By, Found, Search
from emptychair.understand.search.folder import folder_of, mark
from emptychair.understand.search.words import Among
from tests.understand.search.conftest import NOW, Tell, said

CUSTOMERS = Among(audience="customer")


def ids(found: Found) -> list[str]:
    return [hit.id for hit in found.hits]


def marked(found: Found, at: int = 0) -> list[str]:
    return [part.text for part in found.hits[at].parts if part.is_marked]


@pytest.mark.parametrize(
    ("asked", "first", "told"),
    [
        ("refunds", "late", ["refund"]),
        ("REFUND weeks", "late", ["refund", "weeks"]),
        ("declining cards", "declined", ["card", "declined"]),
        ("reembolso", "es", ["reembolsos"]),
        ("退款", "zh", ["退款"]),
        ("الطلب", "ar", ["الطلب"]),
        ("😡", "emoji", ["😡😡"]),
        ("CAFE ferme", "accent", ["café", "fermé"]),
        ('"never again"', "emoji", ["never again"]),
    ],
)
def test_words_are_found_in_any_form_language_and_script(
    asked: str, first: str, told: list[str], heard: Search
) -> None:
    found = heard.find(asked, CUSTOMERS, by=By.WORDS)
    assert ids(found)[:1] == [first]
    assert marked(found) == told
    assert "".join(part.text for part in found.hits[0].parts) == found.hits[0].text


def test_words_in_a_row_are_found_only_in_a_row(heard: Search) -> None:
    assert ids(heard.find('"card was declined"', CUSTOMERS)) == ["declined"]
    assert ids(heard.find('"declined card"', CUSTOMERS)) == []


def test_what_means_the_same_is_found_without_its_words(heard: Search) -> None:
    assert heard.find("reimbursement", CUSTOMERS, by=By.WORDS).total == 0
    found = heard.find("they did not reimburse me, waiting for reimbursement", CUSTOMERS, by=By.MEANING)
    assert {"late", "later"} & set(ids(found)[:2])
    assert {hit.by for hit in found.hits} == {By.MEANING}


def test_the_sentence_that_means_it_is_marked(heard: Search) -> None:
    found = heard.find("no reply to email", CUSTOMERS, by=By.MEANING)
    assert marked(found, ids(found).index("late")) == ["Nobody answered my mails."]


@pytest.mark.usefixtures("spoken")
def test_copies_are_shown_once_and_counted(search: Search, ledger: Ledger) -> None:
    found = search.find("great service", CUSTOMERS)
    assert [(hit.id, hit.copies) for hit in found.hits] == [("copy3", 3)]
    ledger.withdraw("src_1", ["copy3"])
    assert [(hit.id, hit.copies) for hit in search.find("great service", CUSTOMERS).hits] == [("copy2", 2)]


def test_a_flood_of_copies_hides_nobody(tell: Tell, search: Search) -> None:
    flood = [said(f"f{n}", "The delivery was late.") for n in range(1_500)]
    tell(*flood, said("one", "The delivery was late and the box was open, I sent pictures of it twice."))
    found = search.find("delivery late", CUSTOMERS, by=By.WORDS)
    assert found.with_words == 1_501
    assert found.total == 2
    assert "one" in ids(found)


@pytest.mark.usefixtures("spoken")
def test_what_was_withdrawn_is_gone_at_once_and_later_from_the_index_too(
    search: Search, ledger: Ledger, room: ReadingRoom, tmp_path: Path
) -> None:
    assert ids(search.find("refund", CUSTOMERS, by=By.WORDS)) == ["late"]
    ledger.withdraw("src_1", ["late"])
    assert search.find("refund", CUSTOMERS, by=By.WORDS).hits == ()
    assert (
        search.like("later", "money back", CUSTOMERS).total == search.like("x", "money back", CUSTOMERS).total
    )
    index = words.Words(folder_of(tmp_path / "language", Tier.FAST) / "words")
    assert "late" in index.signals()
    room.read_waiting()
    index.refresh()
    assert "late" not in index.signals()
    assert len(index) == 10


def test_another_audience_is_never_found(tell: Tell, search: Search) -> None:
    tell(said("c", "The refund is late."), said("e", "Every refund is late here.", Audience.EMPLOYEE))
    assert ids(search.find("refund", CUSTOMERS)) == ["c"]
    assert ids(search.find("refund", Among(audience="employee"))) == ["e"]
    assert ids(search.like("c", "The refund is late.", CUSTOMERS)) == []


def test_one_can_ask_for_kind_channel_source_and_days(tell: Tell, search: Search) -> None:
    one, two = said("one", "The refund is late."), said("two", "No refund at all, and late.", hours=48)
    tell(one, replace(two, kind=Kind.RATED, channel="mail", source="src_2"))
    micros = int(NOW.timestamp() * 1e6)
    day = int(timedelta(days=1).total_seconds() * 1e6)

    def found(**asked: object) -> list[str]:
        return sorted(ids(search.find("refund late", replace(CUSTOMERS, **asked))))

    assert found() == ["one", "two"]
    assert found(kind="rated") == found(channel="mail") == found(source="src_2") == ["two"]
    assert found(start=micros + day) == ["two"]
    assert found(end=micros) == []
    assert found(start=micros, end=micros + day) == ["one"]
    assert search.values("channel", "customer") == ["chat", "mail"]
    assert search.values("channel", "employee") == []


def test_more_like_a_text_leaves_out_the_text_itself_and_its_copies(heard: Search) -> None:
    found = heard.like("copy1", "Great service!", CUSTOMERS)
    assert not {"copy1", "copy2", "copy3"} & set(ids(found))
    near = heard.like("late", "My refund took three weeks. Nobody answered my mails.", CUSTOMERS)
    assert "later" in ids(near)[:3]


def test_pages_have_everything_once(tell: Tell, search: Search) -> None:
    tell(*(said(f"s{n}", f"Parcel number {n} was late.") for n in range(45)))
    pages = [ids(search.find("parcel late", CUSTOMERS, skipped=at, limit=20)) for at in (0, 20, 40, 60)]
    assert [len(page) for page in pages] == [20, 20, 5, 0]
    assert len({one for page in pages for one in page}) == 45


@pytest.mark.usefixtures("spoken")
def test_a_long_text_is_shown_where_it_tells(tell: Tell, search: Search) -> None:
    tell(said("long", "blah " * 50_000 + "the zeppelin landed " + "blah " * 50_000))
    found = search.find("zeppelin", CUSTOMERS)
    assert found.total == 0, "what is behind the 100,000th letter is not looked for"
    tell(said("longer", "blah " * 5_000 + "the zeppelin landed " + "blah " * 50_000))
    found = search.find("zeppelin", CUSTOMERS, by=By.WORDS)
    assert marked(found) == ["zeppelin"]
    assert found.hits[0].is_cut
    assert len("".join(part.text for part in found.hits[0].parts)) <= 430


@pytest.mark.usefixtures("spoken")
def test_without_an_index_nothing_is_found_and_nothing_raised(search: Search, tmp_path: Path) -> None:
    assert Search(tmp_path / "elsewhere", search._ledger).find("refund", CUSTOMERS).total == 0


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize("torn", ["mark", "words/meta.json", "words", "segment", "meanings/0000.vectors"])
def test_an_index_that_was_torn_is_made_again(
    torn: str, room: ReadingRoom, search: Search, ledger: Ledger, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "language", Tier.FAST)
    before = mark(folder)
    room.close()
    if torn == "words":
        (folder / "words").rename(folder / "gone")
    elif torn == "segment":
        for path in (folder / "words").glob("*.term"):
            path.write_bytes(path.read_bytes()[:7])
    else:
        (folder / torn).unlink()
    again = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model="fast", clock=lambda: NOW)
    again.read_waiting()
    again.close()
    assert mark(folder) != before
    assert ids(search.find("refund", CUSTOMERS, by=By.WORDS)) == ["late"]
    assert search.find("money back", CUSTOMERS, by=By.MEANING).total > 0


def test_a_process_killed_while_it_writes_loses_and_doubles_nothing(
    tell: Tell, ledger: Ledger, room: ReadingRoom, search: Search, tmp_path: Path
) -> None:
    tell(said("first", "The parcel is here."))
    ledger.append([said(f"s{n}", f"Parcel number {n} was late, says number {n % 7}.") for n in range(3_000)])
    ledger.load(NOW)
    killers = [Timer(0.15 * number, kill, [room]) for number in range(1, 5)]
    for killer in killers:
        killer.start()
    while ledger.readings.progress()[1]:
        with suppress(OSError, EOFError, ReadingFailed):
            room.read_waiting()
    index = words.Words(folder_of(tmp_path / "language", Tier.FAST) / "words")
    assert len(index) == 3_001
    assert search.find("parcel", CUSTOMERS, by=By.WORDS).with_words == 3_001
    assert search.find("parcel", CUSTOMERS, by=By.MEANING).total == 200


def kill(room: ReadingRoom) -> None:
    """Kill the process that reads, whatever it is doing."""
    if room._process is not None and room._process._process is not None:
        room._process._process.kill()
