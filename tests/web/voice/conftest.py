"""A site of a company whose customers spoke of two themes, and whose employees spoke of one."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi import FastAPI

from emptychair.channels.outside import Outside, networks
from emptychair.desk import theme_fits, themes
from emptychair.desk.desk import Desk
from emptychair.desk.theme_fits import Fit
from emptychair.desk.themes import Standing, Theme
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.system import Means
from emptychair.web.site import site
from tests.web.conftest import TOKEN, Clock
from tests.web.visiting import BASE

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SPEAKERS = 120


def said(number: int, audience: Audience = Audience.CUSTOMER) -> Signal:
    """Of three customers two speak of the grinder, some of them with the same words; employees of rotas."""
    person = f"per_{number}" if audience is Audience.CUSTOMER else None
    words = "The grinder <b>broke</b>" if number % 3 == 0 else f"Grinder number {number} is loud"
    at = AT - timedelta(days=number % 80, hours=number % 7)
    return Signal(
        id=f"{audience.value}_{number}", audience=audience, person=person, kind=Kind.SAID, name="message",
        channel="chat", source="src_1", occurred_at=at, received_at=at, text=words,
    )  # fmt: skip


def known(number: int) -> Signal:
    """Nobody on the plan home speaks of the grinder; in both countries as many do."""
    properties = {"plan": "home" if number % 3 == 2 else "barista", "country": "de" if number % 2 else "fr"}
    at = AT - timedelta(days=90)
    return Signal(
        id=f"known_{number}", audience=Audience.CUSTOMER, person=f"per_{number}", kind=Kind.TOLD,
        name="identify", channel="app", source="src_1", occurred_at=at, received_at=at,
        properties=json.dumps(properties),
    )  # fmt: skip


def theme(theme_id: str, name: str, audience: Audience = Audience.CUSTOMER, texts: int = 10) -> Theme:
    return Theme(
        id=theme_id, audience=audience, name=name, area="machines", phrases=(name, "loud"),
        quoted=f"0 {audience.value}_1", texts=texts, standing=Standing.FOUND, found_at=AT, changed_at=AT,
    )  # fmt: skip


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path_factory.mktemp("spoken"))
    customers = [said(number) for number in range(SPEAKERS)]
    employees = [said(number, Audience.EMPLOYEE) for number in range(8)]
    ledger.append([*customers, *employees, *map(known, range(SPEAKERS))])
    ledger.load(AT)
    tones = ("negative", "neutral", "positive", "unsure", None)
    readings = [
        {
            "signal": one.id,
            "language": "pt" if n in (1, 2, 121) else "en",
            "tone": tones[n % 5],
            "tone_score": None,
        }
        for n, one in enumerate([*customers, *employees])
    ]
    mentions = [
        {"signal": one.id, "place": 0, "theme": theme_id, "confidence": Decimal("0.8")}
        for n, one in enumerate(customers)
        for theme_id in (["thm_grinder"] if n % 3 < 2 else []) + (["thm_noise"] if n % 6 == 1 else [])
    ]
    mentions += [
        {"signal": one.id, "place": 0, "theme": "thm_rota" if n < 5 else "thm_pay", "confidence": Decimal(1)}
        for n, one in enumerate(employees)
    ]
    ledger.readings.keep(pa.Table.from_pylist(readings, READINGS), pa.Table.from_pylist(mentions, MENTIONS))
    yield ledger
    ledger.close()


@pytest.fixture
def app(spoken: Ledger, desk: Desk, tmp_path: Path, clock: Clock, limited: Limited) -> FastAPI:
    with desk.begin() as tx:
        themes.keep(
            tx,
            Audience.CUSTOMER,
            [theme("thm_grinder", "grinder <broke>"), theme("thm_noise", "loud noise")],
        )
        whose = Audience.EMPLOYEE
        themes.keep(tx, whose, [theme("thm_rota", "rotas", whose), theme("thm_pay", "pay", whose)])
        theme_fits.add(
            tx,
            Fit(
                audience=Audience.CUSTOMER, fitted_at=AT, texts=120, themed=80, themes=2, agreement=0.71,
                model="static-256.1", reason="",
            ),
        )  # fmt: skip
    outside = Outside(clock=clock, allowed=networks("127.0.0.0/8"))
    return site(
        ledger=spoken,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=Reception(desk, clock),
        outside=outside,
        means=Means(outside=outside, limited=limited, desk=desk, home=tmp_path, clock=clock),
        local_token=TOKEN,
    )
