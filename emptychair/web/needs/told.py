"""Needs and alarms as pages show them, from memory while nothing behind them changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from emptychair.desk import (
    board_lists,
    board_posts,
    need_alarms,
    need_cards,
    need_evidence,
    need_looks,
    themes,
)
from emptychair.desk.board_lists import Listed
from emptychair.desk.need_alarms import KeptAlarm
from emptychair.desk.need_cards import Card, Standing
from emptychair.desk.need_evidence import Ground
from emptychair.domain.signal import Audience
from emptychair.understand.language.embedding import Tier, embedder
from emptychair.understand.needs.evidence import Evidence, evidence
from emptychair.understand.needs.gathering import cue_of
from emptychair.understand.needs.novelty import Similar, similar
from emptychair.understand.needs.panel import Kind
from emptychair.understand.needs.phrases import Embed
from emptychair.web.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One need with all that is known of it; `merged` are the cards that it speaks for besides itself.

    `names` are what its grounds are called, by kind and key. `similar` are posts that are like it, but not
    the one it is linked to.
    """

    card: Card
    merged: Sequence[Card]
    grounds: Sequence[Ground]
    names: dict[tuple[str, str], str]
    alarms: Sequence[KeptAlarm]
    evidence: Evidence
    similar: Sequence[Similar]
    post: Listed | None

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        card, found = self.card, self.evidence
        return {
            "id": card.id,
            "title": card.title,
            "statement": card.statement,
            "is_proposed": card.is_proposed,
            "standing": card.standing,
            "reason": card.reason,
            "merged_into": card.merged_into,
            "merged": [one.id for one in self.merged],
            "created_at": card.created_at,
            "changed_at": card.changed_at,
            "people": len(found.people),
            "nameless": found.nameless,
            "worth": {
                "payers": found.payers,
                "spent_in_365_days": [
                    {"currency": one.currency or None, "amount": one.amount} for one in found.spent
                ],
            },
            "grounds": [
                {"kind": one.kind, "key": one.key, "name": self.names[one.kind, one.key]}
                for one in self.grounds
            ],
            "growth": [alarm_as_data(one) for one in self.alarms],
            "quotes": found.quotes,
            "searches": found.phrases,
            "round_trips": found.trips,
            "post": None if self.post is None else _post(self.post),
            "similar_posts": [_post(one.listed) | {"likeness": one.likeness} for one in self.similar],
        }


def told(parts: Parts, card: Card) -> Told:
    """All that is known of a need."""
    with parts.desk.read() as tx:
        family = need_cards.family(tx, card.id)
        ids = [one.id for one in family]
        grounds, alarms = need_evidence.of(tx, ids), need_alarms.of_need(tx, ids)
        names = names_of(tx, [(one.kind, one.key) for one in grounds])
    found = evidence_of(parts, grounds)
    # Outside the transaction: words are made into vectors.
    with parts.desk.read() as tx:
        post = _listed(tx, card.post_id)
        near = similar(tx, _wordings(card, names.values()), embed_of())
    return Told(
        card=card,
        merged=[one for one in family if one.id != card.id],
        grounds=grounds,
        names=names,
        alarms=alarms,
        evidence=found,
        similar=[one for one in near if post is None or one.listed.post.id != post.post.id],
        post=post,
    )


def evidence_of(parts: Parts, grounds: Sequence[Ground]) -> Evidence:
    """What these grounds show, in the year before the last look."""
    with parts.desk.read() as tx:
        last = need_looks.last(tx)
    as_of = parts.clock() if last is None else last.as_of
    keys = tuple(sorted({(one.kind, one.key) for one in grounds}))
    changes = (parts.ledger.state().version, parts.ledger.readings.changes(), last)
    return parts.kept.get(
        ("needs", keys, changes), lambda: evidence(parts.ledger, parts.desk, grounds, as_of)
    )


def ground(alarm: KeptAlarm, by: str, now: datetime) -> Ground:
    """What an alarm stands on, for a card."""
    return Ground(need_id=alarm.need_id or "", kind=alarm.kind, key=alarm.key, added_by=by, added_at=now)


def names_of(tx: Connection, grounds: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The theme, group or phrase that each ground is about; empty for one that is about anything."""
    known = {one.id: one.name for one in themes.every(tx, Audience.CUSTOMER, with_gone=True)}
    groups = [key for kind, key in grounds if kind == Kind.GROUP]
    known |= need_alarms.names(tx, Kind.GROUP.value, groups)
    found = {}
    for kind, key in grounds:
        name = key
        if kind in (Kind.THEME, Kind.GROUP):
            name = known.get(key, key)
        elif kind == Kind.CUE:
            theme = cue_of(key)[1]
            name = known.get(theme, theme)
        found[kind, key] = name
    return found


def alarm_as_data(alarm: KeptAlarm) -> dict[str, Any]:
    """One alarm as JSON."""
    figures = {name: value for name, value in alarm.figures.items() if name != "weeks"}
    return {
        "id": alarm.id,
        "kind": alarm.kind,
        "key": alarm.key,
        "name": alarm.name,
        "segment": alarm.segment,
        "standing": alarm.standing,
        "raised_on": alarm.raised_at.date(),
        "last_on": alarm.last_at.date(),
        "ended_on": None if alarm.ended_at is None else alarm.ended_at.date(),
        "reason": alarm.reason,
        "need": alarm.need_id,
        **figures,
    }


def embed_of() -> Embed:
    """What makes vectors of short texts, quickly; the model is loaded when it is first needed."""
    return lambda texts: embedder(Tier.FAST).embed(texts)


def standing_of(name: str) -> Standing:
    """The standing of this name, open for none."""
    return Standing(name) if name in set(Standing) else Standing.OPEN


def _wordings(card: Card, names: Any) -> list[str]:
    return [card.title, card.want_part, *list(names)[:5]]


def _listed(tx: Connection, post_id: str | None) -> Listed | None:
    post = None if post_id is None else board_posts.find(tx, post_id)
    root = None if post is None else board_posts.find(tx, post.root_id)
    return None if root is None else board_lists.one(tx, root)


def _post(listed: Listed) -> dict[str, Any]:
    post = listed.post
    return {"id": post.id, "title": post.title, "status": post.status, "votes": listed.votes}
