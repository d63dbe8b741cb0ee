"""Needs: what emerges, the cards on which needs are written down, and cues in people's words."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from emptychair.desk import need_alarms, need_cards, need_cues, need_looks, themes, work
from emptychair.desk.need_alarms import KeptAlarm
from emptychair.desk.need_alarms import Standing as AlarmStanding
from emptychair.domain.signal import Audience
from emptychair.understand.needs import heard, looking
from emptychair.understand.needs.cues import Cue
from emptychair.understand.needs.evidence import said_by
from emptychair.understand.needs.gathering import TOPIC
from emptychair.web import said, shell
from emptychair.web.access import may
from emptychair.web.formats import Formats
from emptychair.web.needs import marking, naming, pictures
from emptychair.web.needs.told import alarm_as_data, standing_of, told
from emptychair.web.parts import parts_of
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.requests import write_down
from emptychair.web.routes.voice import pens
from emptychair.web.texts import Texts
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

CUES_SINCE = timedelta(days=90)
PAGE, MOST, FURTHEST = 20, 1_000, 100_000
ALARM_HEAD = (
    "id", "kind", "name", "segment", "standing", "raised_on", "last_on", "ended_on", "days", "observed",
    "expected", "ratio", "low", "high", "p", "adjusted_p", "dispersion", "season", "need",
)  # fmt: skip
NEED_HEAD = (
    "id", "title", "when", "want", "so_that", "is_proposed", "standing", "people", "payers", "created_at",
    "post",
)  # fmt: skip
CUE_HEAD = ("id", "person", "cue", "channel", "name", "text", "score", "occurred_at")


@router.get("/voice/needs")
def needs(request: Request, standing: str = "", table: str = "") -> Response:
    """What emerges, and the need cards of one `standing` (open, dismissed); CSV has the cards, or the alarms
    (`table=alarms`).
    """
    parts, wanted = parts_of(request), wanted_form(request)
    chosen = standing_of(standing)
    with parts.desk.read() as tx:
        look, alarms = need_looks.last(tx), need_alarms.every(tx)
        cards = need_cards.page(tx, chosen)
        counts = {} if look is None else need_cues.counts(tx, look.as_of - CUES_SINCE)
        is_looking = any(one.kind == looking.KIND for one in work.open_work(tx))
        others = len(need_cards.page(tx, need_cards.Standing.DISMISSED))
    if wanted is Form.CSV and table == "alarms":
        rows = [alarm_as_data(one) for one in alarms]
        return as_csv("alarms", ALARM_HEAD, [[row[name] for name in ALARM_HEAD] for row in rows])
    known = [told(parts, card) for card in cards]
    if wanted is Form.JSON:
        return as_json(
            {
                "look": look,
                "alarms": [alarm_as_data(one) for one in alarms],
                "needs": [{**one.as_data(), "quotes": len(one.evidence.quotes)} for one in known],
                "cues_in_90_days": counts,
            }
        )
    if wanted is Form.CSV:
        return as_csv("needs", NEED_HEAD, [_need_row(one) for one in known])
    write, words = pens(request)
    going_on = [one for one in alarms if one.ended_at is None]
    return shell.page(
        request,
        "voice/needs.html",
        look=look,
        opening=opening(going_on, len(known), write, words),
        alarms=[line(one, write, words) for one in going_on if one.standing is not AlarmStanding.DISMISSED],
        past=[
            line(one, write, words)
            for one in alarms
            if one.ended_at or one.standing is AlarmStanding.DISMISSED
        ],
        cards=known,
        chosen=chosen,
        dismissed=others,
        counts=counts,
        is_looking=is_looking,
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.post("/voice/needs/looking")
def look_now(request: Request) -> Response:
    """Look for what emerges now, in the background."""
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        looking.ask(tx, by=visitor_of(request).name, now=parts.clock())
        write_down(tx, request, "look_for_needs", "customer")
    if wanted_form(request) is Form.HTML:
        return RedirectResponse("/voice/needs?done=looking", 303)
    return as_json({"looking": True})


@router.get("/voice/needs/cues")
def cues(request: Request, cue: str = Cue.WORKAROUND.value, theme: str = "", page: int = 1) -> Response:
    """Sentences of the last 90 days that are cues of one kind, newest first; of one `theme` if given."""
    parts, wanted = parts_of(request), wanted_form(request)
    kind = Cue(cue) if cue in set(Cue) else Cue.WORKAROUND
    limit = PAGE if wanted is Form.HTML else MOST
    at = max(1, min(page, FURTHEST // limit))
    with parts.desk.read() as tx:
        look = need_looks.last(tx)
        since = (parts.clock() if look is None else look.as_of) - CUES_SINCE
        kept = need_cues.since(tx, since, cue=kind)
        named = {one.id: one.name for one in themes.every(tx, Audience.CUSTOMER)}
        counts = need_cues.counts(tx, since)
    topics = _topics(request, kept)
    if theme:
        kept = [one for one in kept if topics.get((one.signal, one.place)) == theme]
    shown = kept[(at - 1) * limit : at * limit]
    rows = {row["id"]: row for row in parts.ledger.ask(said_by([one.signal for one in shown])).to_pylist()}
    heard_here = [(one, rows[one.signal]) for one in shown if one.signal in rows]
    if wanted is not Form.HTML:
        told_of = [
            {**{name: row.get(name) for name in CUE_HEAD}, "cue": kind, "place": one.place}
            for one, row in heard_here
        ]
        if wanted is Form.JSON:
            return as_json({"cue": kind, "total": len(kept), "page": at, "cues": told_of})
        return as_csv("cues", CUE_HEAD, [[one[name] for name in CUE_HEAD] for one in told_of])
    _, words = pens(request)
    return shell.page(
        request,
        "voice/need_cues.html",
        cue=kind,
        counts=counts,
        total=len(kept),
        heard=[
            (one, row, marking.cue(row["text"], one.place), topics.get((one.signal, one.place)))
            for one, row in heard_here
        ],
        named=named,
        by_topic=_by_topic(topics, named),
        chosen=theme,
        key=f"{kind.value}{TOPIC}{theme}" if theme else kind.value,
        title=naming.called("cue", kind.value, named.get(theme, ""), words),
        at=at,
        pages=max(1, -(-len(kept) // PAGE)),
        **rights(request),
    )


def rights(request: Request) -> dict[str, Any]:
    """What the visitor may do on these pages, and the words that they need."""
    return {
        "may_change": may(visitor_of(request).who, "POST", "/voice/needs"),
        "kind_names": said.NEED_KINDS,
        "standing_names": said.NEED_STANDINGS,
        "cue_names": said.NEED_CUES,
        "words": said.REQUEST_STATUSES,
    }


def opening(alarms: Sequence[KeptAlarm], cards: int, write: Formats, words: Texts) -> Markup:
    """The sentence that the page begins with; empty before anything was looked at."""
    fresh = [one for one in alarms if one.standing in (AlarmStanding.NEW, AlarmStanding.WATCHING)]
    if fresh:
        # The clearest of those that say what they are about.
        first = min(fresh, key=lambda one: (not one.name, one.figures["adjusted_p"], one.id))
        return naming.sentence(first, write, words)
    if cards:
        told = words.ngettext(
            "%(n)s need is written down", "%(n)s needs are written down", cards, n=write.count(cards)
        )
        return Markup("{} {}").format(told, words.gettext("and nothing new emerges."))
    return Markup("")


def line(alarm: KeptAlarm, write: Formats, words: Texts) -> dict[str, Any]:
    """An alarm as a row of a table."""
    name = naming.called(alarm.kind, alarm.key, alarm.name, words)
    return {
        "alarm": alarm,
        "name": name,
        "among": naming.among(alarm.segment, words),
        "times": naming.times(alarm, write, words),
        "course": pictures.small_course(alarm, name, write, words),
    }


def _need_row(one: Any) -> list[Any]:
    card, found = one.card, one.evidence
    post = None if one.post is None else one.post.post.id
    return [
        card.id, card.title, card.when_part, card.want_part, card.so_that_part, card.is_proposed,
        card.standing, len(found.people), found.payers, card.created_at, post,
    ]  # fmt: skip


def _topics(request: Request, kept: Sequence[need_cues.KeptCue]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    signals = [one.signal for one in kept]
    for begin in range(0, len(signals), 5_000):
        rows = parts_of(request).ledger.ask(heard.themes_in(signals[begin : begin + 5_000])).to_pylist()
        found |= {(row["signal"], int(row["place"])): row["theme"] for row in rows}
    places = {(one.signal, one.place) for one in kept}
    return {place: theme for place, theme in found.items() if place in places}


def _by_topic(topics: dict[tuple[str, int], str], named: dict[str, str]) -> list[tuple[str, str, int]]:
    """Themes of these sentences with how many there are, the most first."""
    counted: dict[str, int] = {}
    for theme in topics.values():
        if theme in named:
            counted[theme] = counted.get(theme, 0) + 1
    return [
        (theme, named[theme], n) for theme, n in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ][:12]
