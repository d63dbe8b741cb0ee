"""What a study begins with: a theme, a need, or nothing; its name, and the themes whose people are asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, column, inspect, select, table

from emptychair.desk import themes
from emptychair.desk.studies import About
from emptychair.desk.themes import Standing
from emptychair.domain.signal import Audience

# As the desk calls the cards of needs, and what they stand on.
_NEEDS = table("need_cards", column("id"), column("title"), column("want_part"), column("when_part"))
_GROUNDS = table("need_evidence", column("need_id"), column("kind"), column("key"))


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
    """The need card with this id, where there are cards at all, with the themes that it stands on."""
    if not inspect(tx).has_table(_NEEDS.name):
        return None
    mine = select(_NEEDS).where(_NEEDS.c.id == need_id)
    row: Mapping[str, Any] | None = tx.execute(mine).mappings().first()  # type: ignore[assignment]
    if row is None:
        return None
    grounds = select(_GROUNDS.c.key).where(_GROUNDS.c.need_id == need_id, _GROUNDS.c.kind == "theme")
    return Beginning(
        about=About.NEED,
        id=need_id,
        name=row["title"],
        themes=tuple(tx.execute(grounds).scalars()),
        when=row["when_part"],
        want=row["want_part"],
    )
