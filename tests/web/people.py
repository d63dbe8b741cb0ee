"""A small company whose customers are looked at closely: what happened to them, and what was read in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.channels.outside import Outside, networks
from emptychair.desk import themes
from emptychair.desk.desk import Desk
from emptychair.desk.themes import Standing, Theme
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.listen.intake.reception import Reception
from emptychair.web.site import site
from tests.web.conftest import TOKEN, Clock
from tests.web.visiting import BASE

# The clock of the tests stands at noon of this day.
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
XSS = "<script>alert(1)</script> & \"quotes\" 'all'"
RTL = "אני מאוד כועס 😡 على التأخير"


def signal(
    name: str, person: str | None, days: float, kind: Kind, what: str, /, *, channel: str = "web",
    text: str | None = None, score: int | None = None, value: str | None = None,
    audience: Audience = Audience.CUSTOMER, **more: object,
) -> Signal:  # fmt: skip
    """Something that happened so many days ago."""
    at = TODAY - timedelta(days=days)
    return Signal(
        id=name,
        audience=audience,
        person=person,
        kind=kind,
        name=what,
        channel=channel,
        source="src_1",
        occurred_at=at,
        received_at=at,
        text=text,
        score=None if score is None else Decimal(score),
        value=None if value is None else Decimal(value),
        currency=None if value is None else "EUR",
        properties=json.dumps(more),
    )


ADA = [
    signal("a1", "ada", 400, Kind.JOINED, "subscription", plan="barista"),
    signal("a2", "ada", 400, Kind.TOLD, "traits", name="Ada Abel", email="ada@example.com", plan="barista"),
    signal("a3", "ada", 300, Kind.PAID, "order", value="20.00", product="Kettle"),
    signal("a4", "ada", 40, Kind.RATED, "nps", score=9, channel="survey", text="Lovely."),
    signal("a5", "ada", 30.5, Kind.SAID, "message", channel="email", conversation="case-7",
           text="My parcel is late. Nobody answers."),
    signal("a6", "ada", 30.4, Kind.MET, "reply", channel="email", conversation="case-7", agent="emp_1",
           text="We are sorry."),
    signal("a7", "ada", 30.3, Kind.MET, "promise_made", channel="email", promise="p-1", what="a call back",
           by="emp_1", due_at="2026-10-25T17:00:00Z"),
    signal("a8", "ada", 20.02, Kind.DID, "page", path="/beans"),
    signal("a9", "ada", 20.01, Kind.DID, "page", path="/beans/2"),
    signal("a10", "ada", 20.005, Kind.DID, "search", query="half caf", results=0),
    signal("a11", "ada", 10, Kind.DID, "sign_in_failed", channel="app", error="wrong password"),
    signal("a12", "ada", 9, Kind.PAID, "refund", value="-5.50", requested_at="2026-10-01T00:00:00Z"),
    signal("a13", "ada", 5, Kind.RATED, "csat", score=1, channel="survey", survey="After a contact"),
    signal("a14", "ada", 2, Kind.TOLD, "account", account="acme"),
]  # fmt: skip
OTHERS = [
    signal("x1", "xss", 3, Kind.SAID, "message", channel=XSS, text=XSS, conversation=XSS),
    signal("x2", "xss", 2, Kind.TOLD, "traits", name=XSS, plan=XSS),
    signal("x3", "xss", 1, Kind.DID, XSS, query=XSS, path=XSS),
    signal("r1", "rtl", 3, Kind.SAID, "message", channel="chat", text=RTL),
    signal("r2", "rtl", 3, Kind.TOLD, "traits", name="נועה לוי"),
    signal("o1", "only", 1, Kind.DID, "page", path="/"),
    signal("b1", "ben", 100, Kind.JOINED, "subscription", plan="barista"),
    signal("b2", "ben", 50, Kind.LEFT, "subscription", plan="barista"),
    signal("b3", "ben", 60, Kind.SAID, "message", text="Too slow.", channel="email"),
    signal("b4", "ben", 60, Kind.TOLD, "account", account="acme"),
    signal("e1", "emp_1", 500, Kind.TOLD, "traits", name="Zoe Jones", audience=Audience.EMPLOYEE),
    signal("e2", "emp_1", 5, Kind.SAID, "pulse_comment", text="Tired.", audience=Audience.EMPLOYEE),
]
# signal: tone, its score, themes
READ = {
    "a4": ("positive", "0.8", ()),
    "a6": ("negative", "-0.9", (("thm_late", 0),)),  # words of ours
    "a5": ("negative", "-0.9", (("thm_late", 0), ("thm_gone", 1))),
    "b3": ("negative", "-0.4", (("thm_late", 0),)),
    "x1": ("negative", "-0.5", ()),
    "r1": ("negative", "-0.6", ()),
}
LATE = Theme(
    id="thm_late", audience=Audience.CUSTOMER, name="Late parcels", area="delivery", phrases=("late",),
    quoted="", texts=2, standing=Standing.FOUND, found_at=TODAY, changed_at=TODAY,
)  # fmt: skip


def keep_read(ledger: Ledger) -> None:
    """Keep what was read in the words."""
    rows = [
        {"signal": name, "language": "en", "tone": tone, "tone_score": Decimal(score)}
        for name, (tone, score, _) in READ.items()
    ]
    said = [
        {"signal": name, "place": place, "theme": theme, "confidence": Decimal("0.9") - place}
        for name, (_, _, told) in READ.items()
        for theme, place in told
    ]
    ledger.readings.keep(
        pa.Table.from_pylist(rows, schema=READINGS), pa.Table.from_pylist(said, schema=MENTIONS)
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "home")
    ledger.append([*ADA, *OTHERS])
    ledger.load(TODAY)
    ledger.who.settle()
    keep_read(ledger)
    yield ledger
    ledger.close()


@pytest.fixture
def app(ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock) -> FastAPI:
    with desk.begin() as tx:
        themes.keep(tx, Audience.CUSTOMER, [replace(LATE)])
    return site(
        ledger=ledger,
        desk=desk,
        home=tmp_path / "home",
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        outside=Outside(clock=clock, allowed=networks("127.0.0.0/8")),
        local_token=TOKEN,
    )
