"""One need card: made, stated, merged, dismissed, reopened, linked to the board, and what it stands on."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import board_posts, need_alarms, need_cards, need_evidence, plays
from emptychair.desk.board_posts import LONGEST_TITLE
from emptychair.desk.board_posts import Standing as PostStanding
from emptychair.desk.need_alarms import Standing as AlarmStanding
from emptychair.desk.need_cards import LONGEST_REASON, Standing, Statement
from emptychair.desk.need_evidence import Ground
from emptychair.understand.needs.panel import Kind
from emptychair.understand.needs.statement import proposed, title
from emptychair.web import shell
from emptychair.web.access import RouteWithoutRule, Who, may
from emptychair.web.fields import SentFields
from emptychair.web.needs import marking, naming
from emptychair.web.needs.sent import card_of, ground_of, own_card, statement_of
from emptychair.web.needs.told import evidence_of, names_of, told
from emptychair.web.parts import parts_of
from emptychair.web.problem import refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.need_alarms import alarm_of
from emptychair.web.routes.needs import CUE_HEAD, rights
from emptychair.web.routes.requests import write_down
from emptychair.web.routes.voice import pens
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

STUDIES = "/voice/research/studies/new"


@router.post("/voice/needs")
def create(request: Request, fields: SentFields) -> Response:
    """Write a need down: from an `alarm` (its id), from a group of evidence (`kind`: theme, group, search,
    cue, habit, signal, and its `key`), or by hand with a `title`, `when`, `want`, `so_that`. What is not
    given is proposed from the evidence.
    """
    parts = parts_of(request)
    alarm = alarm_of(request, fields.text("alarm")) if fields.text("alarm") else None
    if alarm is not None and alarm.need_id is not None:
        return _changed(request, alarm.need_id, "created")
    kind, key = (alarm.kind, alarm.key) if alarm else ground_of(request, fields)
    by, now = visitor_of(request).name, parts.clock()
    grounds = [Ground(need_id="", kind=kind, key=key, added_by=by, added_at=now)] if kind else []
    found = evidence_of(parts, grounds) if grounds else None
    sentences = [] if found is None else [one.sentence for one in found.quotes]
    guess = proposed(sentences, key if kind == Kind.SEARCH else "")
    written = statement_of(fields)
    with parts.desk.begin() as tx:
        name = names_of(tx, [(kind, key)])[kind, key] if kind in set(Kind) else ""
        called = (
            fields.text("title") or (alarm.name if alarm else "") or (title(name, sentences) if kind else "")
        )
        is_proposed = written == Statement(when="", want="", so_that="") and guess != written
        statement = guess if is_proposed else written
        card = need_cards.create(tx, called, statement, is_proposed=is_proposed, by=by, now=now)
        if kind:
            ground = Ground(need_id=card.id, kind=kind, key=key, added_by=by, added_at=now)
            need_evidence.add(tx, ground)
        if alarm:
            need_alarms.stand(tx, alarm.id, AlarmStanding.NEED, by=by, now=now, need_id=card.id)
        write_down(tx, request, "create_need", card.id)
    return _changed(request, card.id, "created", HTTPStatus.CREATED)


@router.get("/voice/needs/{id}")
def one(request: Request, id: str) -> Response:  # noqa: A002
    """One need: its statement, evidence, who is touched and what they are worth, growth, and similar posts.

    CSV has the words behind it.
    """
    card, wanted = card_of(request, id), wanted_form(request)
    found = told(parts_of(request), card)
    if wanted is Form.JSON:
        return as_json(found.as_data())
    if wanted is Form.CSV:
        head = [name for name in CUE_HEAD if name != "cue"]
        return as_csv(
            "quotes", head, [[getattr(one, name) for name in head] for one in found.evidence.quotes]
        )
    write, words = pens(request)
    with parts_of(request).desk.read() as tx:
        others = [other for other in need_cards.page(tx, Standing.OPEN) if other.id != card.id]
        into = None if card.merged_into is None else need_cards.find(tx, card.root_id)
        started = plays.of(tx, [one.id for one in (card, *found.merged)])
    return shell.page(
        request,
        "voice/need.html",
        told=found,
        card=card,
        into=into,
        others=others,
        called={
            place: naming.called(*place, "" if name == place[1] and place[0] == Kind.CUE else name, words)
            for place, name in found.names.items()
        },
        growth=[naming.sentence(alarm, write, words) for alarm in found.alarms],
        marked=[marking.cue(quote.text, quote.place) for quote in found.evidence.quotes[:20]],
        may_start=_may(visitor_of(request).who, "/plays/new"),
        plays=started,
        may_research=_may(visitor_of(request).who, "/voice/research"),
        studies=f"{STUDIES}?need={card.id}",
        done=request.query_params.get("done", ""),
        **rights(request),
    )


@router.post("/voice/needs/{id}/statement")
def state(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Say what people need: `title`, `when`, `want`, `so_that`. It is proposed no more."""
    card, written = own_card(request, id), statement_of(fields)
    with parts_of(request).desk.begin() as tx:
        by, now = visitor_of(request).name, parts_of(request).clock()
        need_cards.edit(tx, card.id, fields.text("title", card.title), written, by=by, now=now)
        write_down(tx, request, "state_need", card.id)
    return _changed(request, card.id, "saved")


@router.post("/voice/needs/{id}/merging")
def merge(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Put it into another need (`into`, its id), which speaks for both from now on; it can be undone."""
    card, into = own_card(request, id), card_of(request, fields.text("into"))
    with parts_of(request).desk.begin() as tx:
        by, now = visitor_of(request).name, parts_of(request).clock()
        merged = need_cards.merge(tx, card.id, into.id, by=by, now=now)
        if merged is None:
            raise refused({"into": "Choose another need that this one is not part of yet."})
        write_down(tx, request, "merge_need", card.id)
    return _changed(request, merged.id, "merged")


@router.post("/voice/needs/{id}/separation")
def separate(request: Request, id: str) -> Response:  # noqa: A002
    """Let a merged need stand by itself again."""
    card = card_of(request, id)
    with parts_of(request).desk.begin() as tx:
        by, now = visitor_of(request).name, parts_of(request).clock()
        if need_cards.unmerge(tx, card.id, by=by, now=now):
            write_down(tx, request, "separate_need", card.id)
    return _changed(request, card.id, "separated")


@router.post("/voice/needs/{id}/dismissal")
def dismiss(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Put it aside, with a `reason`."""
    card, reason = own_card(request, id), fields.text("reason")
    if not 0 < len(reason) <= LONGEST_REASON:
        raise refused({"reason": f"Say in 1 to {LONGEST_REASON} letters why it is put aside."})
    with parts_of(request).desk.begin() as tx:
        by, now = visitor_of(request).name, parts_of(request).clock()
        need_cards.dismiss(tx, card.id, reason, by=by, now=now)
        write_down(tx, request, "dismiss_need", card.id)
    return _changed(request, card.id, "dismissed")


@router.post("/voice/needs/{id}/reopening")
def reopen(request: Request, id: str) -> Response:  # noqa: A002
    """Work with it again."""
    card = own_card(request, id)
    with parts_of(request).desk.begin() as tx:
        by, now = visitor_of(request).name, parts_of(request).clock()
        need_cards.reopen(tx, card.id, by=by, now=now)
        write_down(tx, request, "reopen_need", card.id)
    return _changed(request, card.id, "reopened")


@router.post("/voice/needs/{id}/linking")
def link(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Link it to a `post` (its id), to a `new` one, which a lead shows to others, or to none."""
    card, post_id = own_card(request, id), fields.text("post")
    with parts_of(request).desk.begin() as tx:
        by, now = visitor_of(request).name, parts_of(request).clock()
        if post_id == "new":
            words = card.want_part or card.title
            post = board_posts.create(
                tx, card.title[:LONGEST_TITLE], words, standing=PostStanding.PENDING, by=by, now=now
            )
            write_down(tx, request, "create_request", post.id)
            post_id = post.id
        elif post_id and board_posts.find(tx, post_id[:40]) is None:
            raise refused({"post": "There is no such request."})
        need_cards.link(tx, card.id, post_id or None, by=by, now=now)
        write_down(tx, request, "link_need", card.id)
    return _changed(request, card.id, "linked" if post_id else "unlinked")


@router.post("/voice/needs/{id}/evidence")
def add(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Let it stand on more: `kind` (theme, search, cue, habit, signal) and `key`."""
    card = own_card(request, id)
    kind, key = ground_of(request, fields)
    if not kind:
        raise refused({"kind": "Name a kind and a key."})
    with parts_of(request).desk.begin() as tx:
        by, now = visitor_of(request).name, parts_of(request).clock()
        if need_evidence.add(tx, Ground(need_id=card.id, kind=kind, key=key, added_by=by, added_at=now)):
            write_down(tx, request, "add_need_evidence", card.id)
    return _changed(request, card.id, "added")


@router.post("/voice/needs/{id}/evidence/removal")
def remove(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Let it stand on a `kind` and `key` no more."""
    card = own_card(request, id)
    with parts_of(request).desk.begin() as tx:
        ids = [one.id for one in need_cards.family(tx, card.id)]
        if need_evidence.remove(tx, ids, fields.text("kind"), fields.text("key")):
            write_down(tx, request, "remove_need_evidence", card.id)
    return _changed(request, card.id, "removed")


def _may(who: Who, route: str) -> bool:
    """Whether somebody may open a page; False while there is no such page."""
    try:
        return may(who, "GET", route)
    except RouteWithoutRule:
        return False


def _changed(request: Request, card_id: str, done: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/voice/needs/{card_id}?done={done}", 303)
    return as_json(told(parts_of(request), card_of(request, card_id)).as_data(), status.value)
