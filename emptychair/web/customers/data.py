"""The JSON twin of a customer's page, and the rows of its history."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from emptychair.domain.signal import Kind
from emptychair.understand.person.history import Happening
from emptychair.understand.person.portrait import Portrait
from emptychair.web.customers.seen import Seen, cursor

HEAD = (*Happening.__dataclass_fields__, "tone", "themes")
_COUNTED = (Kind.DID, Kind.SAID, Kind.RATED, Kind.MET)


def as_data(found: Seen) -> dict[str, object]:
    """The members of the page's JSON."""
    return {
        "person": found.person,
        "name": found.name,
        **drawn_as_data(found.drawn, found.themes),
        "belonging": found.drawn.belonging,
        "traits": {name: {"value": value, "told_at": at} for name, (value, at) in found.traits.items()},
        "ids": found.names,
        "links": found.links,
        "accounts": found.belongs,
        "judgements": found.judged,
    }


def drawn_as_data(drawn: Portrait, themes: Mapping[str, str]) -> dict[str, object]:
    """What is told of one person and of an account alike."""
    there_is, mood = drawn.totals, drawn.mood
    return {
        "first_at": there_is.first_at,
        "last_at": there_is.last_at,
        "signals": there_is.signals,
        **{kind.value: there_is.kinds.get(kind, 0) for kind in _COUNTED},
        "payments": there_is.payments,
        "paid": [{"currency": name, "total": total} for name, total in there_is.paid.items()],
        "channels": there_is.channels,
        "feels": {"feeling": mood.feeling, "n": mood.n, "since": mood.since, "readings": mood.felt},
        "hurts": drawn.wounds,
        "promises": drawn.promises,
        "themes": [
            {"theme": theme, "name": themes[theme], "texts": n}
            for theme, n in drawn.themes().items()
            if theme in themes
        ],
        "history": [_happened(drawn, one) for one in drawn.page],
        "older": None if drawn.older is None else cursor(*drawn.older),
    }


def rows(drawn: Portrait, themes: Mapping[str, str]) -> list[list[Any]]:
    """The page of the history as rows of a table with `HEAD`."""
    return [
        [*asdict(one).values(), read["tone"], "; ".join(themes.get(theme, theme) for theme in read["themes"])]
        for one in drawn.page
        for read in (_read(drawn, one),)
    ]


def _happened(drawn: Portrait, one: Happening) -> dict[str, object]:
    return {**asdict(one), **_read(drawn, one)}


def _read(drawn: Portrait, one: Happening) -> dict[str, Any]:
    read = drawn.read.get(one.id)
    return {
        "tone": None if read is None else read.tone,
        "themes": [] if read is None else [theme for theme, _ in read.themes],
    }
