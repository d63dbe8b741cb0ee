"""An answer for the command line when no server runs: from the folder, as the page's JSON has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel import Locale

from emptychair.channels.outside import Outside
from emptychair.desk import themes
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.measure.choices import decided
from emptychair.understand.ask.answer import Answer
from emptychair.understand.ask.asking import Ask
from emptychair.understand.ask.prose.message import message
from emptychair.understand.ask.prose.writing import Prose, written
from emptychair.web.ask import telling, writer
from emptychair.web.ask.opening import opening
from emptychair.web.ask.wanted import wanted
from emptychair.web.formats import Formats
from emptychair.web.render import plain
from emptychair.web.texts import texts

NOT_SET_UP = "No model is set up that could write."
NOT_NOW = "As many answers were written within the hour as may be."
NOT_THEIRS = "What employees say never leaves this machine."


def answered(
    ask: Ask, ledger: Ledger, desk: Desk, outside: Outside | None, said: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """The answer; with `outside` it is written up by the model that the owner chose."""
    asked = wanted(said)
    with desk.read() as tx:
        choices = decided(tx)
        names = {one.id: one.name for one in themes.every(tx, asked.audience)}
    found = ask.answer(
        asked.q,
        asked.limits,
        now,
        minimum_n=choices.minimum_n,
        gap_days=choices.gap_days.get(asked.audience),
    )
    sentence, prose = "", None
    if isinstance(found, Answer):
        sentence = opening(found, Formats(Locale("en")), texts("en")).striptags()
        if outside is not None and found.evidence:
            prose = _written(ledger, desk, outside, found, names, now)
    data: dict[str, Any] = plain(telling.as_data(found, sentence, names, prose))
    return data


def _written(
    ledger: Ledger, desk: Desk, outside: Outside, found: Answer, names: Mapping[str, str], now: datetime
) -> Prose:
    if found.audience is Audience.EMPLOYEE:
        return Prose(problem=NOT_THEIRS)
    with desk.begin() as tx:
        chosen = writer.endpoint(tx)
        if chosen is None:
            return Prose(problem=NOT_SET_UP)
        if not writer.taken(tx, chosen, len(found.evidence), who="cli", now=now, address=None):
            return Prose(problem=NOT_NOW)
    people = {one.passage.person for one in found.evidence if one.passage.person}
    known = writer.known_people(desk, ledger, found.audience, people)
    return written(message(found, known, names), chosen, outside)
