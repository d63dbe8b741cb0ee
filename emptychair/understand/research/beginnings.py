"""What a study begins with: a theme, a need, or nothing; its name, and the themes whose people are asked."""

from dataclasses import dataclass

from sqlalchemy import Connection

from emptychair.desk import need_cards, need_evidence, themes
from emptychair.desk.studies import About
from emptychair.desk.themes import Standing
from emptychair.domain.signal import Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is to be understood. `when` and `want` are those of a need in job form, "" elsewhere."""

    about: About
    id: str
    name: str
    themes: tuple[str, ...]
    when: str = ""
    want: str = ""


NOTHING = Beginning(about=About.NOTHING, id="", name="", themes=())


def beginning(tx: Connection, *, need: str = "", theme: str = "") -> Beginning | None:
    """What is named; None when there is no such need or theme of customers."""
    if need:
        return _of_need(tx, need[:40])
    if not theme:
        return NOTHING
    found = themes.find(tx, theme[:40])
    if found is None or found.standing is Standing.GONE or found.audience is not Audience.CUSTOMER:
        return None
    return Beginning(about=About.THEME, id=found.id, name=found.name, themes=(found.id,))


def _of_need(tx: Connection, need_id: str) -> Beginning | None:
    """The need card with this id, with the themes that it and those that were merged into it stand on."""
    card = need_cards.find(tx, need_id)
    if card is None:
        return None
    family = [one.id for one in need_cards.family(tx, card.root_id)]
    grounds = need_evidence.of(tx, family)
    return Beginning(
        about=About.NEED,
        id=need_id,
        name=card.title,
        themes=tuple(dict.fromkeys(one.key for one in grounds if one.kind == "theme")),
        when=card.when_part,
        want=card.want_part,
    )
