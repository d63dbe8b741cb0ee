"""Requests as libraries write them, and what became of them."""

import json
from datetime import date

import httpx

from emptychair.desk import turned_away
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.listen.intake.reception import Reception
from tests.web.conftest import Clock

TRACK = {"type": "track", "event": "x", "userId": "u"}


def told(client: httpx.Client, path: str, body: object, **headers: str) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, content=raw, headers=headers)


def stored(ledger: Ledger, clock: Clock) -> int:
    ledger.load(clock())
    asked = question("select count(*) as n from signals where name not in ('device', 'account')")
    return int(ledger.ask(asked)["n"][0].as_py())


def away(desk: Desk, reception: Reception) -> dict[str, int]:
    reception.write_down()
    with desk.read() as tx:
        return {reason: n for (_, reason), n in turned_away.since(tx, date(2026, 1, 1)).items()}
