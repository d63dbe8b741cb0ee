"""The process that understands says what the server would say, and its death costs nothing."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from emptychair.ledger.envelope import Envelope, packed
from emptychair.ledger.understood import Understood
from emptychair.listen.intake.beside import Beside, Question, send
from emptychair.listen.intake.keys import terms_by_source
from emptychair.listen.intake.splitting import Door
from emptychair.listen.intake.terms import USUAL
from emptychair.listen.intake.translating import Translator

from .hearing import NOW

SAID = {"src_web": {"audience": "employee", "meanings": {}}}


def payloads(count: int) -> list[bytes]:
    events = [{"type": "track", "event": f"e{n}", "messageId": str(n), "userId": "u"} for n in range(count)]
    body = json.dumps({"batch": [*events, {"type": "dance"}]}).encode()
    envelope = Envelope(door=Door.SEGMENT, source="src_web", received_at=NOW, client="curl/8", body=body)
    return [packed(envelope)]


def told(found: Understood) -> tuple[object, ...]:
    return found.signals.to_pylist(), found.more.to_pylist(), dict(found.counts), found.parked


@pytest.fixture
def beside() -> Iterator[Beside]:
    terms = terms_by_source(SAID)
    beside = Beside(Translator(lambda source: terms.get(source, USUAL)))
    yield beside
    beside.close()


def test_it_says_the_same_as_the_server_would(beside: Beside) -> None:
    terms = terms_by_source(SAID)
    alone = Translator(lambda source: terms.get(source, USUAL))(payloads(50))
    found = beside.understood(payloads(50), SAID)
    assert told(found) == told(alone)
    assert found.signals["audience"][0].as_py() == "employee"
    assert len(found.parked) == 1


def test_news_of_a_source_reach_it(beside: Beside) -> None:
    beside.understood(payloads(1), SAID)
    news = {"src_web": {"audience": "customer", "meanings": {}}}
    assert beside.understood(payloads(1), news).signals["audience"][0].as_py() == "customer"


def test_killed_it_is_begun_again(beside: Beside) -> None:
    before = told(beside.understood(payloads(20), SAID))
    process = beside._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert told(beside.understood(payloads(20), SAID)) == before
    assert beside._process is not None
    assert beside._process.pid != process.pid


def test_when_it_cannot_be_begun_the_server_understands_by_itself(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert beside.understood(payloads(20), SAID).signals.num_rows == 20
    assert beside.understood(payloads(20), SAID).signals.num_rows == 20


def test_it_ends_without_a_word_when_nobody_waits_for_its_answer() -> None:
    command = [sys.executable, "-m", "emptychair.listen.intake.worker"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        send(process.stdin, msgspec.msgpack.encode(Question(payloads(20), SAID)))
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""
