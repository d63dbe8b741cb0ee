"""Material goes on its day, or when somebody takes it back: everywhere, and insights say so."""

from datetime import timedelta
from pathlib import Path

import pytest

from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock
from tests.web.research.conftest import SECRET, Interview, Tend, heard
from tests.web.research.test_insights import highlight, insight

RESEARCH = "/voice/research"
NOTE = "rhubarbnote"
PATHS = (
    "{session}", "{session}.json", "{session}.csv", RESEARCH, f"{RESEARCH}.json", f"{RESEARCH}.csv",
    f"{RESEARCH}.csv?what=highlights", f"{RESEARCH}.csv?what=sessions", f"{RESEARCH}/search.json?q=grind",
    f"{RESEARCH}/search.json?tag=tangerinetag", "{insight}", "{insight}.json", "{insight}.csv",
    "{insight}/markdown", "{insight}?q=grind",
)  # fmt: skip
WORDS = (SECRET, NOTE, "tangerinetag", "Quimby")


def prepared(client: Client, interview: Interview, **fields: str) -> tuple[str, str]:
    session_id, insight_id = interview(**fields), insight(client)
    highlight(client, session_id, tags="tangerinetag", note=NOTE, insight=insight_id)
    client(Who.ANALYST).post(
        f"{RESEARCH}/insights/{insight_id}/evidence", data={"signal": "msg_2", "side": "for"}
    )
    return session_id, insight_id


def nothing_is_left(client: Client, ledger: Ledger, home: Path, session_id: str, insight_id: str) -> None:
    """No page, no file of the desk and of the ledger has the words."""
    for path in PATHS:
        told = path.format(
            session=f"{RESEARCH}/sessions/{session_id}", insight=f"{RESEARCH}/insights/{insight_id}"
        )
        text = client(Who.OWNER).get(told).text.replace("tag=tangerinetag", "")
        assert [word for word in WORDS if word in text] == [], told
    assert heard(ledger) == []
    # The file of the projection keeps what was deleted until it is written over (docs/compromises.md).
    files = [path for path in home.rglob("*") if path.is_file() and "projection" not in path.name]
    assert {"desk.sqlite3"} < {path.name for path in files}
    for path in files:
        raw = path.read_bytes()
        assert [word for word in WORDS if word.encode() in raw] == [], path


def test_the_words_are_there_before(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend, tmp_path: Path
) -> None:
    """The other tests of this file would pass where nothing is ever told."""
    session_id, insight_id = prepared(client, interview)
    tend()
    assert len(heard(ledger)) == 2
    found = client(Who.OWNER).get(f"{RESEARCH}/insights/{insight_id}").text
    assert SECRET in found
    assert NOTE in found
    page = client(Who.OWNER).get(f"{RESEARCH}/sessions/{session_id}").text
    assert [word for word in WORDS if word not in page] == []
    assert any(SECRET.encode() in path.read_bytes() for path in tmp_path.rglob("desk.sqlite3"))


def test_on_its_day_it_goes_everywhere(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend, clock: Clock, tmp_path: Path
) -> None:
    session_id, insight_id = prepared(client, interview, expires_on="2026-11-24")
    tend()
    clock.move(timedelta(days=2, hours=11, minutes=59))  # a minute before midnight
    assert tend() == 0
    assert SECRET in client(Who.OWNER).get(f"{RESEARCH}/sessions/{session_id}").text
    clock.move(timedelta(minutes=1))
    closed = client(Who.OWNER).get(f"{RESEARCH}/sessions/{session_id}.json").json()
    assert (closed["state"], closed["transcript"]) == ("expired", []), "closed before the job has run"
    tend()
    nothing_is_left(client, ledger, tmp_path, session_id, insight_id)
    found = client(Who.OWNER).get(f"{RESEARCH}/insights/{insight_id}.json").json()
    assert found["gone"] == {"expired": 1}
    assert found["for"] == {"quotes": 1, "people": 1, "sessions": 0}, "what rests on the ledger stays"
    page = client(Who.OWNER).get(f"{RESEARCH}/insights/{insight_id}").text
    assert "Of its evidence is gone: 1 expired." in page


def test_a_consent_that_ends_earlier_ends_it(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend, clock: Clock, tmp_path: Path
) -> None:
    session_id, insight_id = prepared(client, interview, consent_until="2026-11-24")
    tend()
    clock.move(timedelta(days=3))
    tend()
    nothing_is_left(client, ledger, tmp_path, session_id, insight_id)


@pytest.mark.parametrize("told_first", [True, False])
@pytest.mark.parametrize(("deed", "why"), [("withdrawal", "withdrawn"), ("removal", "removed")])
def test_taken_back_it_is_gone_at_once(
    client: Client,
    ledger: Ledger,
    interview: Interview,
    tend: Tend,
    tmp_path: Path,
    deed: str,
    why: str,
    told_first: bool,
) -> None:
    """Also when the ledger had not heard of it yet."""
    session_id, insight_id = prepared(client, interview)
    if told_first:
        tend()
    assert client(Who.ANALYST).post(f"{RESEARCH}/sessions/{session_id}/{deed}").status_code == 303
    assert SECRET not in client(Who.OWNER).get(f"{RESEARCH}/sessions/{session_id}").text
    tend()
    nothing_is_left(client, ledger, tmp_path, session_id, insight_id)
    found = client(Who.OWNER).get(f"{RESEARCH}/insights/{insight_id}.json").json()
    assert found["gone"] == {why: 1}
    for path in ("consent", "transcript", "transcript/removal", "speakers"):
        answer = client(Who.OWNER).post(
            f"{RESEARCH}/sessions/{session_id}/{path}.json", json={"consent_how": "again", "text": "Pat: x"}
        )
        assert answer.status_code == 409, "what is gone does not come back"


def test_a_person_takes_back_all_that_they_said_under_any_id(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend, tmp_path: Path
) -> None:
    mine, insight_id = prepared(client, interview, person="per_1")
    other = interview(person="per_2", participant="Sam")
    tend()
    ada = client(Who.OWNER)
    merged = ada.post(
        "/customers/person/merging.json", json={"id": "per_1", "into": "per_2", "why": "the same"}
    )
    assert merged.status_code == 200
    ended = ada.post(f"{RESEARCH}/withdrawals.json", json={"person": "per_1"}).json()["sessions"]
    assert sorted(ended) == sorted([mine, other])
    tend()
    nothing_is_left(client, ledger, tmp_path, mine, insight_id)


def test_another_persons_words_stay(client: Client, ledger: Ledger, interview: Interview, tend: Tend) -> None:
    interview(person="per_1")
    stays = interview(person="per_2")
    tend()
    client(Who.OWNER).post(f"{RESEARCH}/withdrawals", data={"person": "per_1"})
    tend()
    assert {str(one["id"]).split(":")[1] for one in heard(ledger)} == {stays}


def test_a_run_that_died_in_the_middle_is_done_again(
    client: Client, desk: Desk, ledger: Ledger, interview: Interview, tend: Tend
) -> None:
    """It died after the ledger let the words go, and before the desk knew."""
    from emptychair.desk import research_turns

    session_id = interview()
    tend()
    client(Who.OWNER).post(f"{RESEARCH}/sessions/{session_id}/removal")
    with desk.read() as tx:
        places = research_turns.to_take_back(tx, 10)
    assert len(places) == 2
    ledger.withdraw("research", [f"research:{one}:{place}" for one, place in places])
    tend()
    assert heard(ledger) == []
    with desk.read() as tx:
        assert research_turns.to_take_back(tx, 10) == []
