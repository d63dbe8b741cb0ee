"""A draw: a frame looked up, a sample of it chosen, and everybody chosen invited, as one."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from emptychair.desk import draws, invitations
from emptychair.desk.desk import Desk
from emptychair.desk.draws import Draw
from emptychair.desk.invitations import Invited, Sending
from emptychair.desk.surveys import Survey
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.frames import Frame, people_of, values_of
from emptychair.listen.surveys.sampling import Method, Stratum, drawn

MAIL, LINKS = "mail", "links"


def sketch(
    ledger: Ledger, survey: Survey, frame: Frame, method: Method, seed: str, as_of: datetime
) -> list[Stratum]:
    """Who would be drawn with this seed, of what was known by `as_of`; nothing is written."""
    people = people_of(ledger, survey.audience, frame, as_of)
    own = values_of(ledger, survey.audience, method.by, as_of) if method.by else {}
    return drawn({person: own.get(person, "")[:200] for person in people}, method, seed)


def draw(
    desk: Desk,
    ledger: Ledger,
    survey: Survey,
    frame: Frame,
    method: Method,
    *,
    deliver: str,
    by: str,
    now: datetime,
    seed: str | None = None,
    also: Mapping[str, Any] | None = None,
) -> Draw:
    """The new draw: everybody who was drawn is invited, by mail or by links that somebody gives out.

    `also` is kept with the method: how they are reminded.
    """
    seed = seed or secrets.token_hex(16)
    strata = sketch(ledger, survey, frame, method, seed, now)
    with desk.begin() as tx:
        made = draws.add(
            tx,
            survey_id=survey.id,
            frame=frame.as_data(),
            method=method.as_data() | {"deliver": deliver} | dict(also or {}),
            seed=seed,
            as_of=now,
            framed=sum(one.framed for one in strata),
            drawn=sum(len(one.drawn) for one in strata),
            strata=[one.as_data() for one in strata],
            by=by,
            now=now,
        )
        waits = Sending.WAITING if deliver == MAIL else Sending.HANDED_OVER
        invitations.invite(tx, survey.id, _invited(strata), draw_id=made.id, sending=waits, by=by, now=now)
    return made


def _invited(strata: Sequence[Stratum]) -> list[Invited]:
    return [
        Invited(person=person, stratum=one.name, probability=one.probability)
        for one in strata
        for person in one.drawn
    ]
