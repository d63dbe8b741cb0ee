"""What is good and what is bad in what was heard, from memory while nothing behind it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from emptychair.domain.signal import Audience
from emptychair.understand.voice.praised import (
    CLEAR,
    FEWEST,
    SIDES,
    Aspect,
    Place,
    Praised,
    company_wording,
    looked_of,
)
from emptychair.web.formats import Formats
from emptychair.web.parts import Parts
from emptychair.web.texts import Texts
from emptychair.web.voice.heard import FEWEST_OF_EMPLOYEES, Heard, named

HEAD = (
    "key", "name", "people", "nameless", "good", "bad", "mixed", "unclear", "good_share", "good_low",
    "good_high", "bad_share", "bad_low", "bad_high", "mixed_share", "mixed_low", "mixed_high",
)  # fmt: skip
QUOTE_HEAD = ("id", "person", "channel", "name", "occurred_at", "sentence", "begin", "end", "side", "copies")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words about an aspect; `copies` counts the same ones, these with them, `side` is that of this place."""

    place: Place
    side: str
    copies: int


def praise(parts: Parts, found: Heard, theme: str = "") -> Praised | None:
    """The aspects of a theme, or of everything; None while nothing can tell them."""
    period = found.period
    if period is None:
        return None
    key = (found.audience, found.days, theme, named(parts, found.segment), found.minimum_n)
    changes = (parts.ledger.state().version, parts.ledger.readings.changes())
    # How words stand changes little within a day of data, and takes as long as the rest together.
    standing = ("wording", found.audience, found.days, period.end.date())

    def computed() -> Praised | None:
        how = parts.kept.get(standing, lambda: company_wording(parts.ledger, found.audience, period))
        asked = looked_of(found.audience, period, theme, found.among)
        fewest = FEWEST_OF_EMPLOYEES if found.audience is Audience.EMPLOYEE else FEWEST
        return parts.praising.praised(asked, how, fewest=fewest, minimum_n=found.minimum_n)

    return parts.kept.get(("praise", period, key, changes), computed)


def quotes_of(found: Heard, aspect: Aspect, side: str) -> list[Quote]:
    """What was said of an aspect by the voices of one side, or by all; the same words once, clear ones first.

    Of employees nothing where fewer than five are on the side.
    """
    places = aspect.of(side)
    if found.audience is Audience.EMPLOYEE and len({one.voice for one in places}) < FEWEST_OF_EMPLOYEES:
        return []
    copies: dict[str, list[Place]] = {}
    for place in places:
        copies.setdefault(place.sentence, []).append(place)
    told = [Quote(same[-1], side_of(same[-1]), len(same)) for same in copies.values()]
    return sorted(told, key=lambda one: (one.side == "unclear", -one.copies, one.place.signal))


def side_of(place: Place) -> str:
    """Whether this place alone praises or blames."""
    if place.mood is None or place.mood.name == "NEUTRAL":
        return "unclear"
    return "good" if place.mood.name == "POSITIVE" else "bad"


def marked(quote: Quote) -> Markup:
    """The sentence with the aspect marked in it."""
    place = quote.place
    return Markup("{}<mark>{}</mark>{}").format(
        place.sentence[: place.begin], place.sentence[place.begin : place.end], place.sentence[place.end :]
    )


def opening(told: Praised, write: Formats, words: Texts) -> Markup:
    """The most praised and the most blamed, by the lower end of their intervals; empty below n."""
    parts = []
    for side, phrase in (("good", words.gettext("Most praised:")), ("bad", words.gettext("Most blamed:"))):
        ranked = [
            (share.low, aspect, share)
            for aspect in told.aspects
            if (share := aspect.shares[side]) is not None and share.value > 0.5
        ]
        if not ranked:
            continue
        _, aspect, share = max(ranked, key=lambda one: one[0])
        parts.append(
            Markup("{} <strong>{}</strong> ({}).").format(
                phrase,
                aspect.name,
                words.gettext(
                    "%(n)s of %(all)s who praise or blame it",
                    n=write.count(getattr(aspect, side)),
                    all=write.count(share.n),
                ),
            )
        )
    return Markup(" ").join(parts)


def as_data(told: Praised | None) -> dict[str, Any]:
    """The aspects for programs; `aspects` is null while nothing can tell them."""
    if told is None:
        return {"aspects": None, "looked_at": 0, "texts": 0}
    aspects = [aspect_as_data(one) for one in told.aspects]
    return {"aspects": aspects, "looked_at": told.looked_at, "texts": told.texts}


def aspect_as_data(aspect: Aspect) -> dict[str, Any]:
    """One aspect, without the words."""
    counted = {side: getattr(aspect, side) for side in SIDES}
    return {
        "key": aspect.key,
        "name": aspect.name,
        "people": aspect.people,
        "nameless": aspect.nameless,
        **counted,
        "shares": aspect.shares,
    }


def row(aspect: Aspect) -> list[Any]:
    """One aspect as the columns of HEAD."""
    counted = [getattr(aspect, side) for side in SIDES]
    edges: list[float | None] = []
    for side in CLEAR:
        share = aspect.shares[side]
        edges += [None] * 3 if share is None else [share.value, share.low, share.high]
    return [aspect.key, aspect.name, aspect.people, aspect.nameless, *counted, *edges]


def quote_rows(found: Heard, quotes: Sequence[Quote]) -> list[list[Any]]:
    """Quotes as the columns of QUOTE_HEAD; of employees without the text that they are from, and when."""
    is_customers = found.audience is Audience.CUSTOMER
    return [
        [
            one.place.signal if is_customers else None,
            one.place.person if is_customers else None,
            one.place.channel,
            one.place.name,
            one.place.occurred_at if is_customers else None,
            one.place.sentence,
            one.place.begin,
            one.place.end,
            one.side,
            one.copies,
        ]
        for one in quotes
    ]
