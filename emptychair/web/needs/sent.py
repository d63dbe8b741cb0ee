"""What a visitor sends about needs: which card, which evidence, which statement."""

from http import HTTPStatus

from fastapi import Request

from emptychair.desk import need_cards, need_groups, need_phrases, themes
from emptychair.desk.need_cards import Card, Statement
from emptychair.desk.need_evidence import SIGNAL
from emptychair.domain.signal import Audience
from emptychair.understand.needs.cues import Cue
from emptychair.understand.needs.evidence import said_by
from emptychair.understand.needs.gathering import ROUND_TRIP, cue_of
from emptychair.understand.needs.panel import Kind
from emptychair.web.fields import Fields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem, not_found, refused

LONGEST_KEY = 250


def card_of(request: Request, card_id: str) -> Card:
    """The card with this id. Raises 404 when there is none."""
    with parts_of(request).desk.read() as tx:
        card = need_cards.find(tx, card_id[:40])
    if card is None:
        raise not_found("There is no such need.")
    return card


def own_card(request: Request, card_id: str) -> Card:
    """The same, when it stands by itself. Raises 409 when another speaks for it."""
    card = card_of(request, card_id)
    if card.merged_into is not None:
        raise Problem(
            HTTPStatus.CONFLICT, "This need is merged into another one, which speaks for it; undo that first."
        )
    return card


def statement_of(fields: Fields) -> Statement:
    """The three parts of a need in job form."""
    return Statement(when=fields.text("when"), want=fields.text("want"), so_that=fields.text("so_that"))


def ground_of(request: Request, fields: Fields) -> tuple[str, str]:
    """The kind and key of what a need stands on, empty when not sent. Raises 422 for what is not there.

    Nothing of employees can be named: their words are told in groups alone.
    """
    kind, key = fields.text("kind"), fields.text("key")
    if not kind:
        return "", ""
    if not 0 < len(key) <= LONGEST_KEY or not _is_there(request, kind, key):
        raise refused({"key": "There is no such evidence."})
    return kind, key


def _is_there(request: Request, kind: str, key: str) -> bool:
    parts = parts_of(request)
    if kind == SIGNAL:
        return bool(parts.ledger.ask(said_by([key])).num_rows)
    if kind == Kind.HABIT:
        return key == ROUND_TRIP
    with parts.desk.read() as tx:
        if kind == Kind.GROUP:
            return need_groups.is_there(tx, key[:40])
        ours = {one.id for one in themes.every(tx, Audience.CUSTOMER)}
        leaders = set(need_phrases.leaders(tx).values()) if kind == Kind.SEARCH else set()
    if kind == Kind.CUE:
        name, _, _ = key.partition("/")
        return name in set(Cue) and cue_of(key)[1] in {"", *ours}
    return key in (ours if kind == Kind.THEME else leaders)
