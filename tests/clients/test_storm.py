"""Ten times what the server can take: it takes, or says when to come again, and does not grow."""

import asyncio
import gzip
import json
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.clients.company import served

CONNECTIONS = 200
EVENTS = 900
# The design allows 1 GB; what a server without load needs is in it.
MOST_MEMORY = 1_000_000_000


def body(number: int) -> bytes:
    """Nearly as much as a request may hold, packed small."""
    events = [
        {"type": "track", "event": "storm", "messageId": f"{number}-{place}", "userId": f"u{place}",
         "properties": {"text": "x" * 380}}
        for place in range(EVENTS)
    ]  # fmt: skip
    written = json.dumps({"batch": events}).encode()
    assert 400_000 < len(written) < 500_000
    return gzip.compress(written, 1)


async def storm(url: str, key: str, seconds: float) -> tuple[Counter[int], int]:
    """Statuses, and refusals that did not say when to come again."""
    answers, silent = Counter[int](), 0
    until = time.monotonic() + seconds
    bodies = [body(number) for number in range(40)]
    limits = httpx.Limits(max_connections=CONNECTIONS)
    headers = {"Authorization": f"Bearer {key}"}

    async def one(client: httpx.AsyncClient, number: int) -> None:
        nonlocal silent
        while time.monotonic() < until:
            answer = await client.post(f"{url}/v1/batch", content=bodies[number % len(bodies)])
            answers[answer.status_code] += 1
            if answer.status_code != 200:
                silent += int("retry-after" not in answer.headers)
                await asyncio.sleep(0.05)
            number += 7

    async with httpx.AsyncClient(limits=limits, headers=headers, timeout=60) as client:
        await asyncio.gather(*(one(client, number) for number in range(CONNECTIONS)))
    return answers, silent


def memory(pid: int) -> int:
    """The most that a process and its children ever had, in bytes."""
    most = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except (OSError, ValueError):
            continue
        if int(fields["Pid"]) == pid or int(fields["PPid"]) == pid:
            most += int(fields.get("VmHWM", "0 kB").split()[0]) * 1024
    return most


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_a_storm_is_taken_or_put_off_and_then_it_is_calm_again(seconds: int, tmp_path: Path) -> None:
    with served(tmp_path) as company:
        source, key = company.source("Web")
        answers, silent = asyncio.run(storm(company.url, key, seconds))
        assert set(answers) <= {200, 429, 503}
        assert answers[200] > 0
        assert silent == 0
        grown = memory(company.process.pid)
        calm = httpx.post(
            f"{company.url}/v1/t?writeKey={key}", json={"event": "x", "userId": "u"}, timeout=30
        )
        assert calm.status_code == 200
        books = company.settled(source, answers[200] * EVENTS + 1, seconds=600)
        assert books["heard"] == answers[200] * EVENTS + 1
        assert books["stored"] == 40 * EVENTS + 1
    assert grown < MOST_MEMORY
