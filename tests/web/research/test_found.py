"""Interviews are found where everything that customers said is found, and are not when they are gone."""

from pathlib import Path

from emptychair.ledger.ledger import Ledger
from emptychair.understand.reading.tending import ReadingRoom
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock
from tests.web.research.conftest import SECRET, Interview, Tend


def test_they_are_searched_as_all_words_are_and_forgotten_by_the_index(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend, clock: Clock, tmp_path: Path
) -> None:
    session_id = interview(person="per_1")
    tend()
    room = ReadingRoom(ledger=ledger, folder=tmp_path / "language", model="fast", clock=clock)
    bob = client(Who.AGENT)
    try:
        room.read_waiting()
        (hit,) = bob.get(f'/search.json?q="{SECRET} beans"').json()["quotes"]
        assert (hit["channel"], hit["person"], hit["source"]) == ("interview", "per_1", "research")
        client(Who.ANALYST).post(f"/voice/research/sessions/{session_id}/withdrawal")
        tend()
        assert bob.get(f"/search.json?q={SECRET}").json()["quotes"] == [], "the ledger has it no more"
        room.read_waiting()
    finally:
        room.close()
    files = [path for path in (tmp_path / "language").rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if SECRET.encode() in path.read_bytes()] == []
