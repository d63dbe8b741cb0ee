"""The command line asks the running server, which holds the ledger's file, instead of opening it."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emptychair.domain.metric import Metric, Missing
from emptychair.domain.period import Period, midnight, months_later
from emptychair.domain.signal import Audience
from emptychair.home import Server
from emptychair.listen.imports.stated import Stated

if TYPE_CHECKING:
    import httpx

# Looking at a file, or taking one back, may take minutes; a server that is gone is noticed at once.
PATIENCE_SECONDS, CONNECT_SECONDS = 600.0, 5.0
BETWEEN_LOOKS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What `score` was asked for. `end` is the day after the period's last; `as_of` is seen to its end."""

    audience: Audience | None
    start: date | None
    end: date | None
    as_of: date | None
    by: str | None

    @property
    def seen_until(self) -> datetime | None:
        """The instant after which nothing is seen."""
        return None if self.as_of is None else midnight(self.as_of + timedelta(days=1))


class DatesInDisorder(Exception):
    """The days of a period are the wrong way round."""


class ServerRefused(Exception):
    """The running server said no, or could not be reached; the text is what it said."""


def period(asked: Asked, end_of_data: datetime | None) -> Period | None:
    """What `--from` and `--to` say; one alone: up to the end of what is seen, or the twelve months before."""
    if asked.start is None and asked.end is None:
        return None
    last = midnight(asked.end) if asked.end else asked.seen_until or end_of_data
    if last is None:
        return None
    first = midnight(asked.start) if asked.start else months_later(last, -12)
    if first >= last:
        raise DatesInDisorder(f"the period must end after it starts: {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    return Period(first, last)


def metrics(server: Server, asked: Asked) -> tuple[Metric, ...]:
    """The numbers of one audience, or of each that anything is known of."""
    wanted = tuple(Audience) if asked.audience is None else (asked.audience,)
    with _client(server) as client:
        answers = [_scorecard(client, one, asked) for one in wanted]
    return tuple(_metric(each) for answer in answers for each in answer["metrics"])


def send(server: Server, path: Path, stated: Stated) -> dict[str, Any]:
    """The import that the server made of a file, with its plan; nothing is stored yet."""
    said = stated.as_json()
    query = {name: said[name] for name in ("shape", "audience", "as_of") if said[name]}
    query |= {f"map.{name}": value for name, value in stated.mapping.items()}
    with _client(server) as client, path.open("rb") as file:
        body = iter(lambda: file.read(1 << 20), b"")
        return _answer(client.post("/imports.json", params={"name": path.name, **query}, content=body))


def carry_out(server: Server, import_id: str, progress: Callable[[int], None]) -> dict[str, Any]:
    """Start an import and wait for its end; `progress` hears the rows read so far."""
    with _client(server) as client:
        one = _answer(client.post(f"/imports/{import_id}/start.json"))["import"]
        while one["status"] == "running":
            time.sleep(BETWEEN_LOOKS)
            one = _answer(client.get(f"/imports/{import_id}.json"))["import"]
            progress(one["read"])
    if one["status"] == "failed":
        raise ServerRefused(str(one["error"]))
    return dict(one)


def recent(server: Server) -> list[dict[str, Any]]:
    """Imports, newest first."""
    with _client(server) as client:
        return list(_answer(client.get("/imports.json"))["imports"])


def parked(server: Server, import_id: str) -> list[dict[str, Any]]:
    """The parked rows of an import."""
    with _client(server) as client:
        return list(_answer(client.get(f"/imports/{import_id}/parked.json"))["parked"])


def search(server: Server, words: str, audience: Audience) -> dict[str, Any]:
    """What was found, as the page's JSON has it."""
    with _client(server) as client:
        return _answer(client.get("/search.json", params={"q": words, "audience": audience.value}))


def everything(server: Server, person: str) -> Iterator[bytes]:
    """The pieces of the ZIP with everything about a customer."""
    with (
        _client(server) as client,
        client.stream("GET", "/customers/person/export", params={"id": person}) as response,
    ):
        if not response.is_success:
            response.read()
            _answer(response)
        yield from response.iter_bytes()


def ask(server: Server, wanted: Mapping[str, str], *, is_written: bool) -> dict[str, Any]:
    """The answer to a question, as the page's JSON has it; written by the model that the owner chose."""
    asked = {name: value for name, value in wanted.items() if value}
    with _client(server) as client:
        if is_written:
            return _answer(client.post("/voice/ask/prose.json", json=asked))
        return _answer(client.get("/voice/ask.json", params=asked))


def train(server: Server, audience: Audience, horizon: int | None) -> list[dict[str, Any]]:
    """Ask for models and wait until they are trained; what came of each horizon."""
    asked = {"audience": audience.value} | ({} if horizon is None else {"horizon": str(horizon)})
    with _client(server) as client:
        told = _answer(client.post("/models/risk/training.json", json=asked))
        while "training" in (found := _of(told, audience))["under_way"]:
            time.sleep(BETWEEN_LOOKS * 5)
            told = _answer(client.get("/models/risk.json"))
    return [one for one in found["outcomes"] if horizon in (None, one["horizon"]) or not one["horizon"]]


def score_people(server: Server, audience: Audience, as_of: str | None) -> dict[str, Any]:
    """Everybody's chances as of the end of a day, or now."""
    asked = {"audience": audience.value, "as_of": as_of or ""}
    with _client(server) as client:
        return _answer(client.post("/models/risk/scores.json", json=asked))


def withdraw(server: Server, import_id: str) -> dict[str, Any]:
    """The import, taken back."""
    with _client(server) as client:
        return dict(_answer(client.post(f"/imports/{import_id}/withdrawal.json"))["import"])


@contextmanager
def _client(server: Server) -> Iterator["httpx.Client"]:
    import httpx  # most commands find no server, and need no client

    patience = httpx.Timeout(PATIENCE_SECONDS, connect=CONNECT_SECONDS)
    headers = {"Authorization": f"Bearer {server.token}", "Accept": "application/json"}
    try:
        with httpx.Client(base_url=server.url, headers=headers, timeout=patience, trust_env=False) as client:
            yield client
    except httpx.HTTPError as problem:
        raise ServerRefused(f"the server at {server.url} does not answer: {problem}") from None


def _answer(response: "httpx.Response") -> dict[str, Any]:
    if response.is_success:
        return dict(response.json())
    try:
        said = response.json()
    except ValueError:
        raise ServerRefused(f"the server answered {response.status_code}") from None
    raise ServerRefused(str(said.get("detail") or said.get("title") or response.status_code))


def _of(told: Mapping[str, Any], audience: Audience) -> dict[str, Any]:
    return next(dict(one) for one in told["audiences"] if one["audience"] == audience.value)


def _scorecard(client: "httpx.Client", audience: Audience, asked: Asked) -> dict[str, Any]:
    query = {"audience": audience.value}
    if asked.as_of is not None:
        query["as_of"] = asked.as_of.isoformat()
    if asked.by is not None:
        query["by"] = asked.by
    if asked.start is not None or asked.end is not None:
        seen = None if asked.end else _answer(client.get("/scorecard.json", params=query))["as_of"]
        stated = period(asked, None if seen is None else datetime.fromisoformat(seen))
        if stated is not None:
            last_day = (stated.end - timedelta(days=1)).date()
            first_day = stated.start.date()
            query |= {"period": "custom", "from": first_day.isoformat(), "to": last_day.isoformat()}
    return _answer(client.get("/scorecard.json", params=query))


def _metric(said: Mapping[str, Any]) -> Metric:
    segment = said.get("segment")
    return Metric(
        name=said["name"],
        audience=Audience(said["audience"]),
        value=said["value"],
        low=said["low"],
        high=said["high"],
        n=said["n"],
        unit=said["unit"],
        period=Period(*(datetime.fromisoformat(said["period"][side]) for side in ("start", "end"))),
        definition=said["definition"],
        missing=tuple(Missing(count=gap["count"], why=gap["why"]) for gap in said["missing"]),
        reason=said["reason"],
        segment=None if segment is None else (segment["field"], segment["value"]),
    )
