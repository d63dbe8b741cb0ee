"""Exports of well-known systems, recognised by their columns: what a row is, and what to know about it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from emptychair.listen.imports.heads import plain
from emptychair.listen.imports.plan import FieldPlan, Scale, Shape
from emptychair.listen.imports.profile import Column
from emptychair.listen.imports.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One kind of export. Names of columns are compared without case and signs.

    `marks` are columns that only such files have together; `fields` names for each field the columns it may
    come from, best first, each with a style behind a colon where one is needed. `known_by` begins the ids of
    its rows, so that a row that was exported before is known whatever has changed in it since. Rows whose
    `only` column has none of these values are parked. `sign` -1: what it calls an amount went back.
    `scales`: where the kind of score is told in a column of its own.
    """

    name: str
    shape: Shape
    marks: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    known_by: str = ""
    only: tuple[str, tuple[str, ...]] | None = None
    sign: int = 1
    scales: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A file that is an export: its plan as `--map` would state it, and what `--map` cannot say.

    `zone` is the time zone in which the file says that its dates are written.
    """

    name: str
    shape: Shape
    mapping: Mapping[str, str]
    known_by: str = ""
    only: tuple[Column, tuple[str, ...]] | None = None
    sign: int = 1
    zone: str = ""


EXPORTS: tuple[Export, ...] = (
    Export(
        name="Stripe's subscriptions",
        shape=Shape.CONTRACTS,
        marks=("customer id", "status", "canceled at utc", "ended at utc"),
        fields={
            "person": ("customer id", "customer email"),
            "start": ("start date utc", "start utc", "created utc"),
            # A subscription that is cancelled at the end of its period runs until then.
            "end": ("ended at utc",),
            "reason": ("cancellation reason", "cancellation feedback"),
        },
        # Not those whose first payment never came (incomplete, incomplete_expired).
        only=("status", ("active", "canceled", "past_due", "trialing", "unpaid", "paused")),
    ),
    Export(
        name="Stripe's refunds",
        shape=Shape.ORDERS,
        marks=("amount", "currency", "status", "reason", "charge id"),
        fields={
            "time": ("created utc", "created date utc", "created"),
            "amount": ("amount",),
            "currency": ("currency",),
            "person": ("customer id", "customer email"),
            "order": ("charge id",),
            "id": ("id",),
        },
        known_by="stripe.",
        only=("status", ("succeeded", "pending")),
        sign=-1,
    ),
    Export(
        name="Stripe's payments",
        shape=Shape.ORDERS,
        marks=("amount", "amount refunded", "currency", "status", "customer id"),
        fields={
            "time": ("created date utc", "created utc", "created"),
            "amount": ("amount",),
            "currency": ("currency",),
            "person": ("customer id", "customer email"),
            "id": ("id",),
        },
        known_by="stripe.",
        only=("status", ("paid", "succeeded", "refunded", "partially refunded", "partial refund")),
    ),
    Export(
        name="Zendesk's tickets",
        shape=Shape.MESSAGES,
        marks=("id", "requester id", "requester email", "subject", "satisfaction score"),
        fields={
            "text": ("subject",),
            "time": ("created at",),
            "person": ("requester email", "requester id"),
            "channel": ("via",),
            "id": ("id",),
        },
        known_by="zendesk.",
    ),
    Export(
        name="Zendesk's tickets (JSON)",
        shape=Shape.MESSAGES,
        marks=("id", "description", "subject", "via channel", "created at", "status"),
        fields={
            "text": ("description",),
            "title": ("subject",),
            "time": ("created at",),
            "person": ("requester email", "requester id"),
            "channel": ("via channel",),
            "id": ("id",),
        },
        known_by="zendesk.",
    ),
    Export(
        name="Intercom's messages",
        shape=Shape.MESSAGES,
        marks=("message id", "message body", "message author type", "conversation id"),
        fields={
            "text": ("message body",),
            "time": ("message created at",),
            "person": ("message author email", "message author user id", "message author id"),
            "id": ("message id",),
        },
        known_by="intercom.",
        only=("message author type", ("user", "lead", "contact")),
    ),
    Export(
        name="Chatwoot's CSAT answers",
        shape=Shape.ANSWERS,
        marks=("agent name", "rating", "feedback comment", "link to the conversation", "recorded date"),
        fields={
            "score": ("rating:csat",),
            "text": ("feedback comment",),
            "time": ("recorded date",),
            "person": ("contact email address", "contact email", "contact phone number", "contact name"),
        },
    ),
    Export(
        name="Help Scout's ratings",
        shape=Shape.MESSAGES,
        marks=("ratingid", "ratingcomments", "ratingcreatedat", "threadid"),
        fields={
            "text": ("ratingcomments",),
            "time": ("ratingcreatedat",),
            "person": ("ratingcustomeremail", "ratingcustomerid"),
            "id": ("threadid",),
        },
        known_by="helpscout.rating.",
    ),
    Export(
        name="Help Scout's conversations",
        shape=Shape.MESSAGES,
        marks=("number", "subject", "preview", "primarycustomer email"),
        fields={
            "text": ("preview",),
            "title": ("subject",),
            "time": ("createdat", "created at"),
            "person": ("primarycustomer email",),
            "channel": ("source type", "type"),
            "id": ("id",),
        },
        known_by="helpscout.",
    ),
    Export(
        name="Delighted's answers",
        shape=Shape.ANSWERS,
        marks=("survey type", "score", "comment", "permalink"),
        fields={
            "score": ("score",),
            "text": ("comment",),
            "time": ("created at", "response at", "updated at"),
            "person": ("person email", "email", "person id", "person"),
            "id": ("response id", "id"),
        },
        known_by="delighted.",
        scales="survey type",
    ),
    Export(
        name="Qualtrics' answers",
        shape=Shape.ANSWERS,
        marks=("startdate", "enddate", "responseid", "recordeddate"),
        fields={
            "time": ("recordeddate",),
            "person": ("externaldatareference", "externalreference", "recipientemail"),
            "id": ("responseid",),
        },
        known_by="qualtrics.",
        only=("finished", ("1", "true", "yes")),
    ),
    Export(
        name="Formbricks' answers",
        shape=Shape.ANSWERS,
        marks=("response id", "timestamp", "finished", "survey id", "user id"),
        fields={
            "time": ("timestamp",),
            "person": ("user id", "formbricks id internal"),
            "id": ("response id",),
        },
        known_by="formbricks.",
    ),
)
_GROUP = re.compile(r"(.+)[ _-]nps[ _-]group", re.IGNORECASE)


def recognised(reading: Reading, shape: Shape | None) -> Recognised | None:
    """The export that this file is, or None; also when a person says that its rows are of another shape."""
    columns = {plain(column.name): column for column in reversed(reading.columns)}
    export = next((each for each in EXPORTS if all(mark in columns for mark in each.marks)), None)
    if export is None or shape not in (None, export.shape):
        return None
    mapping = {
        name: found for name, ways in export.fields.items() if (found := _found(columns, ways)) is not None
    }
    mapping |= _scored(export, columns, reading)
    only = None
    if export.only is not None and export.only[0] in columns:
        only = columns[export.only[0]], export.only[1]
    return Recognised(
        name=export.name,
        shape=export.shape,
        mapping=mapping,
        known_by=export.known_by,
        only=only,
        sign=export.sign,
        zone=reading.zone,
    )


def complete(fields: dict[str, FieldPlan], known: Recognised, given: Mapping[str, str]) -> None:
    """Say of fields that no person stated otherwise what only such an export makes known."""
    for name, plan in fields.items():
        if plan.date is not None and known.zone:
            fields[name] = replace(plan, zone=known.zone)
        elif name == "amount":
            fields[name] = replace(plan, sign=known.sign)
        elif name == "id" and given.get(name, known.mapping.get(name)) == known.mapping.get(name):
            fields[name] = replace(plan, known_by=known.known_by)
    if known.only is not None:
        column, allowed = known.only
        reason = "others of such an export did not happen, or were not said by a customer"
        fields["status"] = FieldPlan(field="status", column=column, allowed=allowed, reason=reason)


def _found(columns: Mapping[str, Column], ways: tuple[str, ...]) -> str | None:
    """The first of the columns that has values, or else the first that is there, with its style."""
    there = [
        (columns[name], style) for name, _, style in (way.partition(":") for way in ways) if name in columns
    ]
    best = next((each for each in there if each[0].filled), there[0] if there else None)
    if best is None:
        return None
    return f"{best[0].name}:{best[1]}" if best[1] else best[0].name


def _scored(export: Export, columns: Mapping[str, Column], reading: Reading) -> dict[str, str]:
    """The score, where its column or its scale is told by another column."""
    if export.scales in columns:
        kinds = {value.lower() for value in columns[export.scales].examples}
        kind = next(iter(kinds)) if len(kinds) == 1 else ""
        return {"score": f"{columns['score'].name}:{kind}"} if kind in set(Scale) else {}
    if export.shape is Shape.ANSWERS and "score" not in export.fields:
        for column in reading.columns:
            group = _GROUP.fullmatch(column.name)
            if group is not None and (score := reading.column(group[1])) is not None:
                return {"score": f"{score.name}:nps"}
    return {}
