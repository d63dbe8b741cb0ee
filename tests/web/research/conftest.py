"""A site of a company that interviews: two customers who wrote messages, and files as people have them."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.channels.outside import Outside, networks
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.understand.research import tending
from emptychair.understand.research.transcribing import Transcriber
from emptychair.web.access import Who
from emptychair.web.site import site
from tests.serving import Request, Server, as_json, serving
from tests.web.conftest import TOKEN, Client, Clock
from tests.web.visiting import BASE

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRET = "marmalade"
VTT = f"""WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ada>What do you do in the morning?

00:00:05.000 --> 00:00:09.000
<v Pat>I grind {SECRET} beans. It wakes everybody <b>up</b>.

00:00:10.000 --> 00:00:12.000
<v Ada>And then?

00:00:13.000 --> 00:00:16.000
<v Pat>Then I wait, because of the noise.
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
Interviewer: How is the grinder?

2
00:00:05,000 --> 00:00:07,000
Sam: Quiet enough for me.
"""


def docx_of(*lines: str) -> bytes:
    """A document of Word with these paragraphs."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def message(number: int, text: str, person: str = "per_1") -> Signal:
    at = AT - timedelta(days=number)
    return Signal(
        id=f"msg_{number}", audience=Audience.CUSTOMER, person=person, kind=Kind.SAID, name="message",
        channel="chat", source="src_1", occurred_at=at, received_at=at, text=text,
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path)
    messages = [
        message(1, "Hello there. The grinder <i>wakes</i> my children. Please help."),
        message(2, "I never hear the grinder at all", "per_2"),
        replace(message(3, "Have a good cup today."), kind=Kind.MET, name="reply"),
    ]
    ledger.append(messages)
    ledger.load(AT)
    readings = [{"signal": one.id, "language": "en", "tone": None, "tone_score": None} for one in messages]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist([], MENTIONS))
    yield ledger
    ledger.close()


@pytest.fixture
def endpoint() -> Iterator[Server]:
    """An endpoint that writes down what it is sent, always the same."""

    def answer(request: Request) -> object:
        if b"silence" in request.body:
            return as_json({"text": " ", "segments": []})
        if b"fault" in request.body:
            return as_json({"error": "no model"}, 500)
        said = [{"start": 0.5, "end": 2.0, "text": " How is it?"}, {"start": 9.0, "end": 11, "text": "Loud."}]
        return as_json({"text": "How is it? Loud.", "segments": said})

    with serving(answer) as server:  # type: ignore[arg-type]
        yield server


@pytest.fixture
def transcriber(request: pytest.FixtureRequest) -> Transcriber | None:
    """Off, as it is by default; tests that need it override this."""
    return None


@pytest.fixture
def app(
    ledger: Ledger,
    desk: Desk,
    tmp_path: Path,
    clock: Clock,
    limited: Limited,
    transcriber: Transcriber | None,
) -> FastAPI:
    outside = Outside(clock=clock, allowed=networks("127.0.0.0/8"))
    return site(
        ledger=ledger,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        outside=outside,
        means=Means(outside=outside, limited=limited, desk=desk, home=tmp_path, clock=clock),
        local_token=TOKEN,
        transcriber=transcriber,
    )


Tend = Callable[[], int]


@pytest.fixture
def tend(desk: Desk, ledger: Ledger, clock: Clock) -> Tend:
    """The job `research`, and the load after which questions see what it wrote."""

    def run() -> int:
        done = tending.tend(desk, ledger, BASE, clock)
        ledger.load(clock())
        return done

    return run


Interview = Callable[..., str]


@pytest.fixture
def interview(client: Client) -> Interview:
    """An interview with a consent and a transcript; its id."""

    def made(
        who: Who = Who.ANALYST, transcript: bytes = VTT.encode(), name: str = "a.vtt", **fields: str
    ) -> str:
        browser = client(who)
        told = {
            "title": "A morning", "held_at": "2026-11-20T08:00", "participant": "Pat Quimby",
            "interviewer": "Ada", "consent_how": "In writing on the day", "consent_to": "research", **fields,
        }  # fmt: skip
        answer = browser.post("/voice/research/sessions.json", json=told)
        assert answer.status_code == 201, answer.text
        session_id = str(answer.json()["id"])
        if transcript:
            sent = browser.post(
                f"/voice/research/sessions/{session_id}/transcript.json", files={"file": (name, transcript)}
            )
            assert sent.status_code == 201, sent.text
        return session_id

    return made


def heard(ledger: Ledger) -> list[dict[str, object]]:
    """What the ledger has of interviews."""
    from emptychair.ledger.question import question

    asked = question(
        """select id, person, text, channel, name, kind, audience from signals
        where source = 'research' order by id"""
    )
    return ledger.ask(asked).to_pylist()
