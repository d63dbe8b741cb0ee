"""What the pages of a customer and of an account have in common, drawn and told for one reader."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from emptychair.domain.signal import Kind
from emptychair.understand.person.history import Wanted
from emptychair.understand.person.hurts import Wound
from emptychair.understand.person.portrait import Portrait
from emptychair.web.customers import opening, phrases, pictures
from emptychair.web.customers.seen import cursor
from emptychair.web.customers.telling import Teller, anchor
from emptychair.web.customers.timeline import timeline
from emptychair.web.formats import Formats
from emptychair.web.parts import parts_of
from emptychair.web.render import locale_of
from emptychair.web.texts import texts

MOST_CHANNELS = 20
MOST_THEMES = 8
LONGEST_WOUND = 220


def drawn(
    request: Request,
    found: Portrait,
    wanted: Wanted,
    themes: Mapping[str, str],
    colleagues: Mapping[str, str],
) -> dict[str, Any]:
    """The timeline in words, the mood as a picture and a table, what hurt, and what a reader may choose."""
    teller = teller_for(request, found, themes, colleagues)
    now = parts_of(request).clock()
    belongs = found.belonging
    return {
        "drawn": found,
        "now": now,
        "belongs": belongs,
        "opening": opening.opening(
            belongs, found.totals.last_at, found.mood, found.wounds, found.promises, teller, now
        ),
        "account_opening": opening.together(found.mood, found.wounds, found.promises, teller),
        "days": timeline(found.page, teller),
        "picture": pictures.course(found.mood, teller.write, teller.texts),
        "readings": [
            (one, pictures.named(one, teller.write, teller.texts))
            for one in found.mood.felt[-pictures.MOST_DOTS :]
        ],
        "wounds": [(one, opening.wound(one, teller, LONGEST_WOUND), _to(one)) for one in found.wounds],
        "outcomes": phrases.OUTCOMES,
        "spoken": [(theme, themes[theme], n) for theme, n in found.themes().items() if theme in themes][
            :MOST_THEMES
        ],
        "kind": wanted.kinds[0].value if len(wanted.kinds) == 1 else "",
        "kinds": {kind.value: phrases.KIND_NAMES[kind.value] for kind in Kind if kind in found.totals.kinds},
        "channel": wanted.channel,
        "channels": list(found.totals.channels)[:MOST_CHANNELS],
        "older": None if found.older is None else cursor(*found.older),
        "is_first": wanted.before is None,
        "feelings": phrases.FEELINGS,
        "colleague": teller.colleague,
        "number": teller.number,
    }


def teller_for(
    request: Request, found: Portrait, themes: Mapping[str, str], colleagues: Mapping[str, str]
) -> Teller:
    """Who tells this reader of it, in their language."""
    locale = locale_of(request)
    return Teller(
        write=Formats(locale),
        texts=texts(locale.language),
        read=found.read,
        themes=themes,
        colleagues=colleagues,
    )


def _to(one: Wound) -> str:
    """Where the moment stands in the history: the end of an address of a page that begins with it."""
    at = cursor(one.told_at + timedelta(microseconds=1), "")
    return f"{urlencode({'before': at})}#{anchor(one.signal)}"
