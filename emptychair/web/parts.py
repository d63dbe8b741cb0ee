"""What every route may use, joined once when the site is made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fastapi import Request

from emptychair.channels.outside import Outside
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources.system import Means
from emptychair.listen.surveys.marking import Crowd
from emptychair.understand.ask.asking import Ask
from emptychair.understand.research.transcribing import Transcriber
from emptychair.understand.search.finding import Search
from emptychair.understand.voice.praising import Praising
from emptychair.web.assets import Assets
from emptychair.web.customers.live import Live
from emptychair.web.kept import Kept
from emptychair.web.readings import Readings
from emptychair.web.render import Pages
from emptychair.web.surveys.pace import Pace
from emptychair.web.surveys.stamps import Stamps


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The stores, the clock and the pages of one site. `local_token` None: no command line may come in.

    `transcriber` None: no audio is taken.
    """

    ledger: Ledger
    desk: Desk
    home: Path
    base_url: str
    clock: Callable[[], datetime]
    assets: Assets
    pages: Pages
    readings: Readings
    kept: Kept
    reception: Reception
    outside: Outside
    means: Means
    local_token: str | None
    max_upload_bytes: int
    search: Search
    ask: Ask
    praising: Praising
    live: Live
    transcriber: Transcriber | None = None
    stamps: Stamps = field(default_factory=Stamps)
    crowd: Crowd = field(default_factory=Crowd)
    pace: Pace = field(default_factory=Pace)


def parts_of(request: Request) -> Parts:
    """The parts of the site that answers this request."""
    parts: Parts = request.app.state.parts
    return parts
