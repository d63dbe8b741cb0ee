"""Models of risk: what is used, how good it is, and the asking for a new one."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.anticipate.risk import tending
from emptychair.anticipate.risk.dates import HORIZONS
from emptychair.anticipate.risk.rescoring import foreseen_as_of
from emptychair.anticipate.risk.telling import rows
from emptychair.anticipate.risk.training import NotEnough
from emptychair.desk import audit
from emptychair.desk.risk_runs import Deed
from emptychair.domain.signal import Audience
from emptychair.web import shell
from emptychair.web.access import LEADERS, may
from emptychair.web.fields import SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import forbidden, not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.risk import cards, pictures
from emptychair.web.risk.cards import Told
from emptychair.web.risk.rights import check, may_name
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.routes.voice import pens
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

HEAD = ("audience", "horizon", "state", "kind", "as_of", "trained_at", "log_loss", "not_reliable", "note")
MOST_FEATURES = 20


@router.get("/models/risk")
def every(request: Request) -> Response:
    """The models in use with how they stand, of customers, and of employees for leads and owners; what came
    of the last training, scoring and check, and what is under way.
    """
    parts, who = parts_of(request), visitor_of(request).who
    whose = [one for one in Audience if one is Audience.CUSTOMER or who in LEADERS]
    found = [cards.tended(parts, one) for one in whose]
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json({"audiences": found})
    if wanted is Form.CSV:
        used = [one for each in found for one in each.models]
        return as_csv("risk-models", HEAD, [_row(one) for one in used])
    told = [(one, [cards.told(parts, one.audience, each.horizon) for each in one.models]) for one in found]
    return shell.page(
        request,
        "risk/models.html",
        found=told,
        done=request.query_params.get("done", ""),
        may_see_customers=may(who, "GET", "/customers/risk"),
        may_ask=may(who, "POST", "/models/risk/{deed}"),
    )


@router.get("/models/risk/{audience}/{horizon}")
def one(request: Request, audience: str, horizon: str) -> Response:
    """The card of the model in use for an audience (`customer`, `employee`) and a horizon in days (0: of a
    snapshot): what judged it and how well it did, for whom, what it uses, what came of its chances, and the
    models before it. CSV has the ten groups of the calibration.
    """
    parts = parts_of(request)
    if audience not in set(Audience) or not horizon.isdecimal() or len(horizon) > 3:
        raise not_found("There is no such model.")
    whose = Audience(audience)
    check(visitor_of(request).who, whose)
    found = cards.told(parts, whose, int(horizon))
    if found is None:
        raise not_found("No model of this audience and horizon is in use.")
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json(found.as_data())
    if wanted is Form.CSV:
        return as_csv("calibration", ("foreseen", "came", "low", "high", "perfect_low", "perfect_high", "n"),
                      _bins(found))  # fmt: skip
    write, words = pens(request)
    card = found.card
    return shell.page(
        request,
        "risk/card.html",
        one=found,
        card=card,
        calibration="" if card is None else pictures.calibration(card.reliability.bins, write, words),
        deciles="" if card is None else pictures.deciles(card.deciles, write, words),
        most=MOST_FEATURES,
    )


@router.post("/models/risk/scores")
def scores(request: Request, fields: SentFields) -> Response:
    """Everybody of an `audience` as of the end of a day (`as_of`), by the model of then or one trained as of
    then: only what had arrived counts. Takes from seconds to minutes; nothing is kept. For programs.
    """
    parts, who = parts_of(request), visitor_of(request).who
    audience = _audience(fields.text("audience"))
    if not may_name(parts, who, audience):
        raise forbidden("Single employees are named to nobody but the owner.")
    given = fields.text("as_of")
    try:
        at = parts.clock() if not given else datetime.combine(date.fromisoformat(given), time(), UTC)
    except ValueError:
        raise refused({"as_of": "Expected a day such as 2026-01-31."}) from None
    at = min(at + timedelta(days=1) if given else at, parts.clock())
    found = foreseen_as_of(parts.ledger, parts.desk, audience, at)
    if isinstance(found, NotEnough):
        raise refused({"audience": found.sentence})
    return as_json({"as_of": found.as_of, "people": rows(found, parts.desk)})


@router.post("/models/risk/{deed}")
def ask(request: Request, deed: str, fields: SentFields) -> Response:
    """Ask for `training`, `scoring` or `checking` of an `audience`; for training, of one `horizon` or of all.
    It is done in the background.
    """
    parts, visitor = parts_of(request), visitor_of(request)
    if deed not in set(Deed):
        raise not_found("There are training, scoring and checking.")
    audience = _audience(fields.text("audience"))
    check(visitor.who, audience)
    horizon = fields.text("horizon")
    if horizon and horizon not in {str(one) for one in HORIZONS}:
        raise refused({"horizon": f"Expected one of {', '.join(str(one) for one in HORIZONS)}."})
    horizons = [int(horizon)] if horizon else list(HORIZONS)
    now = parts.clock()
    with parts.desk.begin() as tx:
        tending.ask(tx, Deed(deed), audience, by=visitor.name, now=now, horizons=horizons)
        audit.record(
            tx, who=visitor.name, verb=f"ask_risk_{deed}", thing=audience.value, now=now,
            address=visit_of(request).address,
        )  # fmt: skip
    if wanted_form(request) is Form.JSON:
        return as_json({"audiences": [cards.tended(parts, audience)]}, status=202)
    return RedirectResponse(f"/models/risk?done={deed}", 303)


def _row(used: Any) -> list[Any]:
    return [
        used.audience, used.horizon, used.state, used.kind, used.as_of, used.trained_at, used.log_loss,
        used.unreliable, used.note,
    ]  # fmt: skip


def _bins(found: Told) -> list[tuple[Any, ...]]:
    bins = () if found.card is None else found.card.reliability.bins
    return [
        (
            one.forecast,
            *((one.rate.value, one.rate.low, one.rate.high) if one.rate else ("", "", "")),
            one.low,
            one.high,
            one.n,
        )
        for one in bins
    ]


def _audience(text: str) -> Audience:
    if text and text not in set(Audience):
        raise refused({"audience": f"Expected one of {', '.join(Audience)}."})
    return Audience(text or Audience.CUSTOMER)
