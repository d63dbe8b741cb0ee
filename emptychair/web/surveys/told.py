"""A survey as pages and programs get it: where it stands, and what may be done with it."""

from typing import Any

from fastapi import Request
from sqlalchemy import Connection

from emptychair.desk import audit, surveys
from emptychair.desk.surveys import Survey
from emptychair.web.access import may
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.visitor import visitor_of


def survey_of(request: Request, survey_id: str, *, is_deleted: bool = False) -> Survey:
    """The survey with this id. Raises a `Problem` when there is none, or when it is deleted."""
    with parts_of(request).desk.read() as tx:
        survey = surveys.find(tx, survey_id)
    if survey is None or (survey.deleted_at is not None and not is_deleted):
        raise not_found("There is no survey with this id.")
    return survey


def address_of(request: Request, survey: Survey) -> str:
    """Where respondents find it."""
    return f"{parts_of(request).base_url}/s/{survey.slug}"


def as_data(request: Request, survey: Survey, answers: int = 0) -> dict[str, Any]:
    """For programs; `answers` are completed ones that count."""
    return {
        "id": survey.id,
        "name": survey.name,
        "audience": survey.audience,
        "standing": survey.standing,
        "version": survey.version,
        "revision": survey.revision,
        "address": address_of(request, survey),
        "answers": answers,
        "created_at": survey.created_at,
        "changed_at": survey.changed_at,
        "opened_at": survey.opened_at,
        "closes_at": survey.closes_at,
        "closed_at": survey.closed_at,
        "archived_at": survey.archived_at,
        "deleted_at": survey.deleted_at,
    }


def rights(request: Request) -> dict[str, bool]:
    """What the visitor may do with surveys."""
    who = visitor_of(request).who
    return {
        "may_build": may(who, "POST", "/surveys"),
        "may_see_answers": may(who, "GET", "/surveys/{id}/responses"),
    }


def write_down(tx: Connection, request: Request, verb: str, survey_id: str, **details: str) -> None:
    """Who did what to a survey."""
    now, address = parts_of(request).clock(), visit_of(request).address
    audit.record(
        tx,
        who=visitor_of(request).name,
        verb=verb,
        thing=survey_id,
        now=now,
        details=details,
        address=address,
    )
