"""Today: what needs somebody today, each with the way to it."""

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from emptychair.anticipate.risk.at_risk import at_risk
from emptychair.desk import early_warnings, need_alarms, need_looks, plays, warning_looks
from emptychair.desk.need_alarms import Standing
from emptychair.domain.signal import Audience
from emptychair.understand import profile
from emptychair.web import shell
from emptychair.web.access import may
from emptychair.web.needs.told import alarm_as_data
from emptychair.web.parts import parts_of
from emptychair.web.plays.naming import opening
from emptychair.web.plays.told import as_data as play_as_data
from emptychair.web.plays.told import told as told_of_play
from emptychair.web.render import as_csv, as_json
from emptychair.web.risk.summary import told
from emptychair.web.routes import needs
from emptychair.web.routes.voice import pens
from emptychair.web.routes.warnings import is_on, line, rights
from emptychair.web.scorecard.words import Pen
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form
from emptychair.web.warnings.told import overdue, promise_as_data, warning_as_data

router = APIRouter()

SHOWN, MOST = 8, 1_000
LATELY = timedelta(days=14)
HEAD = ("person", "what", "due_at", "by")


@router.get("/today")
def today(request: Request) -> Response:
    """Early warnings, calls of plays, emerging needs, and promises that are overdue; CSV has the promises."""
    parts, wanted = parts_of(request), wanted_form(request)
    may_see_risk = may(visitor_of(request).who, "GET", "/customers/risk")
    with parts.desk.read() as tx:
        look, need_look = warning_looks.last(tx), need_looks.last(tx)
        warnings = [one for one in early_warnings.going_on(tx) if is_on(one)]
        alarms = [
            one
            for one in need_alarms.going_on(tx)
            if one.standing in (Standing.NEW, Standing.WATCHING) and one.ended_at is None
        ]
        current = plays.current(tx, parts.clock() - LATELY, parts.clock())
    late, playing = overdue(parts), [told_of_play(parts, one) for one in current]
    if wanted is Form.CSV:
        rows = [promise_as_data(one) for one in late]
        return as_csv("overdue_promises", HEAD, [[row[name] for name in HEAD] for row in rows])
    if wanted is Form.JSON:
        return as_json(
            {
                "looked_at": None if look is None else look.looked_at,
                "warnings": [warning_as_data(one) for one in warnings],
                "at_risk": at_risk(parts.desk) if may_see_risk else None,
                "needs": [alarm_as_data(one) for one in alarms],
                "plays": [play_as_data(one) for one in playing],
                "overdue": len(late),
                "overdue_promises": [promise_as_data(one) for one in late[:MOST]],
            }
        )
    write, words = pens(request)
    return shell.page(
        request,
        "today/page.html",
        look=look,
        need_look=need_look,
        warnings=[line(one, write, words) for one in warnings],
        alarms=[needs.line(one, write, words) for one in alarms[:SHOWN]],
        more_alarms=max(0, len(alarms) - SHOWN),
        plays=[(one, opening(one, write, words)) for one in playing[:SHOWN]],
        at_risk=told(at_risk(parts.desk), Pen(write, words)) if may_see_risk else None,
        late=late[:SHOWN],
        names=profile.names(parts.ledger, Audience.CUSTOMER, [one.person for one in late[:SHOWN]]),
        overdue=len(late),
        now=parts.clock(),
        **needs.rights(request) | {"warning_names": rights(request)["standing_names"]},
    )
