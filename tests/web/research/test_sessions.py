"""Interviews over HTTP: consent before anything, files of every kind, and what the ledger hears of them."""

from datetime import timedelta

import pytest

from emptychair.desk.desk import Desk
from emptychair.jobs import JOBS
from emptychair.ledger.ledger import Ledger
from emptychair.understand.research.transcribing import Transcriber
from emptychair.web.access import Who
from tests.serving import Server
from tests.web.conftest import Client, Clock
from tests.web.research.conftest import SECRET, SRT, VTT, Interview, Tend, docx_of, heard

SESSIONS = "/voice/research/sessions"


def test_what_participants_say_is_heard_with_what_customers_say(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend
) -> None:
    session_id = interview(person="per_1")
    assert tend() == 2
    assert tend() == 0, "nothing is told twice"
    first, second = heard(ledger)
    assert first["text"] == f"I grind {SECRET} beans. It wakes everybody up."
    assert second["text"] == "Then I wait, because of the noise."
    assert {(one["person"], one["channel"], one["kind"]) for one in (first, second)} == {
        ("per_1", "interview", "said")
    }
    found = client(Who.AGENT).get(f"{SESSIONS}/{session_id}.json").json()
    assert [(turn["speaker"], turn["speaks"]) for turn in found["transcript"]][:2] == [
        ("Ada", "interviewer"), ("Pat", "participant"),
    ]  # fmt: skip
    assert found["transcript"][1]["begins_ms"] == 5_000
    assert (ledger.readings.progress()[1]) == 2, "they wait to be read, as all words do"


@pytest.mark.parametrize(
    ("name", "raw", "speakers"),
    [
        ("a.srt", SRT.encode(), {"Interviewer": "interviewer", "Sam": "participant"}),
        ("a.docx", docx_of("Interviewer: How?", "Kim: So.", "Interviewer: Why?", "Kim: No."),
         {"Interviewer": "interviewer", "Kim": "participant"}),
        ("a.txt", b"Just a few words of somebody", {"": "unknown"}),
        ("whatever", VTT.encode("utf-16"), {"Ada": "interviewer", "Pat": "participant"}),
    ],
)  # fmt: skip
def test_files_of_every_kind_are_read(
    client: Client, interview: Interview, name: str, raw: bytes, speakers: dict[str, str]
) -> None:
    session_id = interview(transcript=b"")
    sent = client(Who.ANALYST).post(f"{SESSIONS}/{session_id}/transcript.json", files={"file": (name, raw)})
    assert (sent.status_code, sent.json()["speakers"]) == (201, speakers)


def test_words_can_be_pasted(client: Client, interview: Interview) -> None:
    session_id = interview(transcript=b"")
    text = "Interviewer: How?\r\nKim: So & <so>."
    sent = client(Who.LEAD).post(f"{SESSIONS}/{session_id}/transcript", data={"text": text})
    assert sent.status_code == 303
    page = client(Who.LEAD).get(f"{SESSIONS}/{session_id}").text
    assert "So &amp; &lt;so&gt;." in page
    assert "<so>" not in page


@pytest.mark.parametrize(
    ("name", "raw", "status"),
    [
        ("a.txt", b"", 400),
        ("a.pdf", b"%PDF-1.4 words", 422),
        ("a.docx", b"PK\x03\x04 not at all", 422),
        ("a.mp3", b"ID3 a song", 422),
        ("a.vtt", b"x" * (26 << 20), 413),
    ],
)
def test_what_is_no_transcript_is_refused(
    client: Client, interview: Interview, desk: Desk, name: str, raw: bytes, status: int
) -> None:
    session_id = interview(transcript=b"")
    answer = client(Who.ANALYST).post(f"{SESSIONS}/{session_id}/transcript.json", files={"file": (name, raw)})
    assert answer.status_code == status
    assert client(Who.ANALYST).get(f"{SESSIONS}/{session_id}.json").json()["transcript"] == []


def test_without_a_consent_nothing_but_the_title_is_told_and_nothing_is_heard(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend
) -> None:
    session_id = interview(consent_how="")
    tend()
    assert heard(ledger) == []
    ann = client(Who.OWNER)
    for path in (
        f"{SESSIONS}/{session_id}", f"{SESSIONS}/{session_id}.json", f"{SESSIONS}/{session_id}.csv",
        "/voice/research", "/voice/research.json", "/voice/research.csv?what=sessions",
        f"/voice/research/search?q={SECRET}", f"/voice/research/search.json?q={SECRET}",
        "/voice/research/search.json?q=Quimby",
    ):  # fmt: skip
        text = ann.get(path).text
        assert "wakes everybody" not in text, path
        assert "Pat Quimby" not in text, path
    assert "A morning" in ann.get("/voice/research").text
    made = ann.post(f"{SESSIONS}/{session_id}/highlights.json", json={"place": 1})
    assert made.status_code == 403
    given = ann.post(f"{SESSIONS}/{session_id}/consent", data={"consent_how": "By mail of 21 Nov"})
    assert given.status_code == 303
    assert SECRET in ann.get(f"{SESSIONS}/{session_id}").text
    assert tend() == 2
    assert len(heard(ledger)) == 2


def test_a_consent_says_how_it_was_given(client: Client, interview: Interview) -> None:
    session_id = interview(consent_how="")
    answer = client(Who.ANALYST).post(f"{SESSIONS}/{session_id}/consent.json", json={"consent_to": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "consent_how")


def test_who_speaks_is_said_and_unsaid_and_the_ledger_follows(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend
) -> None:
    session_id = interview(interviewer="Lea")
    tend()
    assert heard(ledger) == [], "nobody knows who asks"
    ann = client(Who.ANALYST)
    assert "Who speaks?" in ann.get(f"{SESSIONS}/{session_id}").text
    fields = {"speaker.1": "Ada", "speaks.1": "participant", "speaker.2": "Pat", "speaks.2": "interviewer"}
    assert ann.post(f"{SESSIONS}/{session_id}/speakers", data=fields).status_code == 303
    tend()
    assert [one["text"] for one in heard(ledger)] == ["What do you do in the morning?", "And then?"]
    fields |= {"speaks.1": "interviewer", "speaks.2": "participant"}
    ann.post(f"{SESSIONS}/{session_id}/speakers", data=fields)
    tend()
    assert [SECRET in str(one["text"]) for one in heard(ledger)] == [True, False]


def test_a_second_transcript_needs_the_first_to_go(
    client: Client, ledger: Ledger, interview: Interview, tend: Tend
) -> None:
    session_id, ann = interview(), client(Who.ANALYST)
    tend()
    again = {"file": ("b.srt", SRT.encode())}
    assert ann.post(f"{SESSIONS}/{session_id}/transcript", files=again).status_code == 409
    assert ann.post(f"{SESSIONS}/{session_id}/transcript/removal").status_code == 303
    assert ann.post(f"{SESSIONS}/{session_id}/transcript", files=again).status_code == 303
    tend()
    assert [one["text"] for one in heard(ledger)] == ["Quiet enough for me."]


def test_what_was_told_by_a_process_that_died_is_not_told_twice(
    desk: Desk, ledger: Ledger, interview: Interview, tend: Tend
) -> None:
    """It died after the ledger had it, and before the desk knew: the same signals come again."""
    from sqlalchemy import update

    from emptychair.desk.research_turns import Told, turns

    interview()
    tend()
    with desk.begin() as tx:
        tx.execute(update(turns).where(turns.c.told == Told.YES).values(told=Told.BEGUN))
    tend()
    assert len(heard(ledger)) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"held_at": "yesterday"}, "held_at"),
        ({"held_at": "1850-01-01T00:00"}, "held_at"),
        ({"expires_on": "2026-11-01"}, "expires_on"),
        ({"expires_on": "2099-01-01"}, "expires_on"),
        ({"person": "per_nobody"}, "person"),
        ({"consent_how": "yes", "consent_until": "soon"}, "consent_until"),
    ],
)
def test_an_interview_that_cannot_be_is_refused(client: Client, wrong: dict[str, str], field: str) -> None:
    fields = {"title": "A morning", "held_at": "2026-11-20T08:00", **wrong}
    answer = client(Who.ANALYST).post(f"{SESSIONS}.json", json=fields)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_the_job_looks_cheaply_and_is_in_the_table(interview: Interview, desk: Desk, clock: Clock) -> None:
    from emptychair.understand.research import tending

    assert "research" in {job.name for job in JOBS}
    assert not tending.has_work(desk, clock())
    interview()
    assert tending.has_work(desk, clock())


def test_an_interview_to_come_has_no_transcript(client: Client, interview: Interview, clock: Clock) -> None:
    session_id = interview(transcript=b"", held_at="2026-11-24T10:00")
    path, ann = f"{SESSIONS}/{session_id}/transcript.json", client(Who.ANALYST)
    assert ann.post(path, json={"text": "Interviewer: x"}).status_code == 409
    clock.move(timedelta(days=2))
    assert ann.post(path, json={"text": "Interviewer: x"}).status_code == 201


def test_a_long_interview_has_pages_and_its_data_have_all_of_it(client: Client, interview: Interview) -> None:
    text = "\n".join(f"{'Interviewer' if n % 2 else 'Pat'}: sentence number{n}" for n in range(150))
    session_id = interview(transcript=text.encode(), name="a.txt")
    bob = client(Who.AGENT)
    assert "number59" in bob.get(f"{SESSIONS}/{session_id}").text
    assert "number60<" not in bob.get(f"{SESSIONS}/{session_id}").text
    assert "number149" in bob.get(f"{SESSIONS}/{session_id}?turn=149").text
    assert bob.get(f"{SESSIONS}/{session_id}?page=99").status_code == 200
    assert len(bob.get(f"{SESSIONS}/{session_id}.json").json()["transcript"]) == 150
    assert len(bob.get(f"{SESSIONS}/{session_id}.csv").text.splitlines()) == 151


def test_another_title_keeps_nothing_longer(client: Client, interview: Interview, clock: Clock) -> None:
    session_id, ann = interview(expires_on="2026-12-01"), client(Who.ANALYST)
    clock.move(timedelta(days=1))
    path = f"{SESSIONS}/{session_id}"
    assert ann.post(path, data={"title": "A noon", "participant": "Pat Quimby"}).status_code == 303
    found = ann.get(f"{path}.json").json()
    assert (found["title"], found["ends_at"]) == ("A noon", "2026-12-02T00:00:00+00:00")
    assert found["held_at"] == "2026-11-20T08:00:00+00:00"
    ann.post(path, data={"title": "A noon", "expires_on": "2026-11-30"})
    assert ann.get(f"{path}.json").json()["ends_at"] == "2026-12-01T00:00:00+00:00"


class TestAudio:
    """With an endpoint that was set up."""

    @pytest.fixture
    def transcriber(self, endpoint: Server) -> Transcriber:
        return Transcriber(url=f"{endpoint.url}/v1/", model="small", key="sk-secret")

    def test_it_is_written_down_elsewhere_and_not_kept(
        self, client: Client, interview: Interview, endpoint: Server
    ) -> None:
        session_id = interview(transcript=b"RIFF some sound", name="../My Talk.WAV")
        found = client(Who.ANALYST).get(f"{SESSIONS}/{session_id}.json").json()["transcript"]
        assert [(turn["text"], turn["begins_ms"], turn["speaks"]) for turn in found] == [
            ("How is it?", 500, "unknown"), ("Loud.", 9_000, "unknown"),
        ]  # fmt: skip
        (asked,) = endpoint.asked
        assert (asked.method, asked.path) == ("POST", "/v1/audio/transcriptions")
        assert asked.headers["authorization"] == "Bearer sk-secret"
        assert b"RIFF some sound" in asked.body
        assert b'name="model"\r\n\r\nsmall\r\n' in asked.body
        assert b"My Talk" not in asked.body, "the name of a file may be a name of somebody"

    @pytest.mark.parametrize(("sound", "status"), [(b"silence", 422), (b"fault", 502)])
    def test_what_it_cannot_do_is_said(
        self, client: Client, interview: Interview, sound: bytes, status: int
    ) -> None:
        session_id = interview(transcript=b"")
        path = f"{SESSIONS}/{session_id}/transcript.json"
        answer = client(Who.ANALYST).post(path, files={"file": ("a.mp3", sound)})
        assert answer.status_code == status
        assert "sk-secret" not in answer.text
