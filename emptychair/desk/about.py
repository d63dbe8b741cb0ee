"""What the desk keeps about one person, table by table, and which tables keep nothing of that kind."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, or_, select

from emptychair.desk.answer_files import answer_files
from emptychair.desk.board_deeds import deeds
from emptychair.desk.board_posts import posts
from emptychair.desk.board_told import told
from emptychair.desk.board_voters import voters
from emptychair.desk.board_votes import evidence, votes
from emptychair.desk.board_ways import ways
from emptychair.desk.consents import consents
from emptychair.desk.customer_values import customer_values
from emptychair.desk.desk import Desk
from emptychair.desk.invitations import invitations
from emptychair.desk.judgements import judgements
from emptychair.desk.outbox import outbox
from emptychair.desk.play_people import people as play_people
from emptychair.desk.recipients import recipients
from emptychair.desk.research_highlights import highlights
from emptychair.desk.research_sessions import sessions
from emptychair.desk.research_turns import Speaks, turns
from emptychair.desk.responses import responses
from emptychair.desk.risk_forecasts import risk_forecasts
from emptychair.desk.risk_scores import risk_scores
from emptychair.desk.stops import stops
from emptychair.desk.study_people import people as study_people
from emptychair.desk.study_slots import slots as study_slots
from emptychair.desk.touches import touches
from emptychair.domain.signal import Audience

# So many rows are read in one transaction: on SQLite one works at a time.
BATCH = 200
# Secrets with which somebody may act as the person, and who of the company did it.
SECRETS = frozenset({"key", "network", "unsubscribe", "dedupe_key"})
COLLEAGUES = frozenset(
    {
        "by",
        "settled_by",
        "decided_by",
        "undone_by",
        "lifted_by",
        "consent_by",
        "changed_by",
        "removed_by",
        "interviewer",
        "taken_by",
    }
)
LEFT_OUT = SECRETS | COLLEAGUES


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person by every id that means them, and by the keys of the addresses that they told."""

    audience: Audience
    ids: Collection[str]
    addresses: Collection[str]


# Tables that have a column like that of a person and are in no export, each with the reason.
EXCEPTIONS: Mapping[str, str] = {
    "attempts": "counts of sign-ins of the company's own people",
    "audit": "deeds of the company's own people; the address is that of their browser",
    "import_rows_parked": "cells that could not be read, before anybody knows whose they are",
    "links": "ways in of the company's own people",
    "need_cues": "which sentences sound like a need, by their signals; these are in the export",
    "need_groups": "which sentences are alike, by their signals; these are in the export",
    "parked_events": "what could not be understood: whose it is is not known before it is heard again",
    "research_evidence": "which sentences an insight rests on, by their signals; these are in the export",
    "sealed_answers": "anonymous answers: nothing tells whose they are (docs/decisions/0133)",
    "secrets": "the company's own secrets",
    "sessions": "devices of the company's own people",
    "settings": "the company's own settings",
    "source_samples": "messages as they came, kept for a day or two, before anybody knows whose they are",
    "source_secrets": "the company's own secrets",
    "users": "the company's own people",
}
EXPORTED: tuple[Table, ...] = (
    consents, touches, outbox, recipients, stops, invitations, responses, answer_files, voters, posts, votes,
    told, deeds, evidence, ways, judgements, sessions, turns, highlights, study_people, study_slots,
    play_people, risk_scores, risk_forecasts, customer_values,
)  # fmt: skip

RESEARCH = (turns, highlights, study_slots)


def about(desk: Desk, who: Who) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Every table that keeps something about people, with the rows about this person, in batches."""
    with desk.read() as tx:
        invited = select(invitations.c.id).where(invitations.c.person.in_(who.ids))
        theirs = {
            "voter": _ids(tx.scalars(select(voters.c.id).where(_of_voter(who))).all()),
            "invitation": _ids(tx.scalars(invited).all()),
        }
        answered = select(responses.c.id).where(_of_response(who, theirs["invitation"]))
        theirs["response"] = _ids(tx.scalars(answered).all())
        held = select(sessions.c.id).where(_of_person(sessions, who))
        theirs["session"] = _ids(tx.scalars(held).all())
        asked = select(study_people.c.id).where(_of_person(study_people, who))
        theirs["participant"] = _ids(tx.scalars(asked).all())
    for table in EXPORTED:
        yield table.name, _rows(desk, table, _condition(table, who, theirs))


def _rows(desk: Desk, table: Table, condition: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    shown = [column for column in table.columns if column.name not in LEFT_OUT]
    order = list(table.primary_key.columns)
    at = 0
    while True:
        with desk.read() as tx:
            query = select(*shown).where(condition).order_by(*order).limit(BATCH).offset(at)
            found = [dict(row) for row in tx.execute(query).mappings()]
        yield from found
        at += len(found)
        if len(found) < BATCH:
            return


def _condition(table: Table, who: Who, theirs: Mapping[str, tuple[str, ...]]) -> ColumnElement[bool]:
    """What tells that a row of this table is about them."""
    if table is answer_files:
        return answer_files.c.response_id.in_(theirs["response"])
    if table is responses:
        return _of_response(who, theirs["invitation"])
    if table is voters:
        return _of_voter(who)
    if table is posts:
        return posts.c.by.in_(theirs["voter"])
    if table is judgements:
        either = or_(judgements.c.first.in_(who.ids), judgements.c.second.in_(who.ids))
        return and_(judgements.c.audience == who.audience, either)
    if table in RESEARCH:
        return _of_research(table, theirs)
    if table is stops:
        return stops.c.address_key.in_(who.addresses)
    if "voter_id" in table.c:
        return table.c.voter_id.in_(theirs["voter"])
    return _of_person(table, who)


def _of_research(table: Table, theirs: Mapping[str, tuple[str, ...]]) -> ColumnElement[bool]:
    """Of interviews with them: what they said themselves, and what stood out in it."""
    if table is study_slots:
        return study_slots.c.participant_id.in_(theirs["participant"])
    held = table.c.session_id.in_(theirs["session"])
    return and_(held, turns.c.speaks == Speaks.PARTICIPANT) if table is turns else held


def _of_person(table: Table, who: Who) -> ColumnElement[bool]:
    """By their ids, and by an address of theirs where the row names nobody: else it is about another."""
    by_id: ColumnElement[bool] = table.c.person.in_(who.ids)
    if "address_key" in table.c:
        by_id = or_(by_id, and_(table.c.person.is_(None), table.c.address_key.in_(who.addresses)))
    return and_(table.c.audience == who.audience, by_id) if "audience" in table.c else by_id


def _of_voter(who: Who) -> ColumnElement[bool]:
    """Voters on the board are customers."""
    if who.audience is not Audience.CUSTOMER:
        return false()
    told = or_(voters.c.named.in_(who.ids), voters.c.address_key.in_(who.addresses))
    return or_(voters.c.person.in_(who.ids), and_(voters.c.person.is_(None), told))


def _of_response(who: Who, invited: Collection[str]) -> ColumnElement[bool]:
    return or_(responses.c.person.in_(who.ids), responses.c.invitation_id.in_(invited))


def _ids(found: Collection[Any]) -> tuple[str, ...]:
    return tuple(str(one) for one in found)
