"""What the company decided about itself, for itself and for each audience."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from emptychair.desk import audit, settings
from emptychair.desk.refusal import Refused
from emptychair.desk.risk_settings import RISK_SETTINGS
from emptychair.desk.settings import GAP_DAYS, SETTINGS, Change, Setting
from emptychair.domain.signal import Audience
from emptychair.understand import tenure
from emptychair.web import shell
from emptychair.web.access import OWNERS, may
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import Problem
from emptychair.web.render import as_json
from emptychair.web.routes.sign_in import visit_of
from emptychair.web.texts import marked
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()

TITLES = {
    "company_name": marked("Company name"),
    "currency": marked("Currency"),
    "time_zone": marked("Time zone"),
    "minimum_n": marked("Least number of people or answers"),
    "gap_days": marked("Days of silence that end a relationship"),
    "observed_since": marked("Endings are recorded since"),
    "quiet_hours": marked("Quiet hours"),
    "survey_pause_days": marked("Days between two surveys"),
    "weekly_contacts": marked("Contacts in seven days"),
    "opt_in": marked("Only with consent"),
    "survey_file_megabytes": marked("Largest file of an answer, in megabytes"),
    "margin_percent": marked("Margin in percent"),
    "employee_risk": marked("Who sees the risk of employees by name"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting as it stands; `field` is its name in a form, `history` its decisions, newest first."""

    setting: Setting[Any]
    audience: Audience | None
    value: str
    history: tuple[Change, ...]

    @property
    def field(self) -> str:
        """`key` for the company, `key.audience` for one audience."""
        return self.setting.key if self.audience is None else f"{self.setting.key}.{self.audience.value}"

    @property
    def title(self) -> str:
        """The setting's name for people."""
        return TITLES.get(self.setting.key, self.setting.key)


@router.get("/settings")
def shown(request: Request, done: str = "") -> Response:
    """Every setting with its value, its default and who decided it."""
    return _page(request, done=bool(done))


@router.post("/settings")
def change(request: Request, fields: SentFields) -> Response:
    """Change the settings that are sent (`key`, or `key.audience`); all of them or none."""
    errors: dict[str, str] = {}
    parts, visitor = parts_of(request), visitor_of(request)
    now, by = parts.clock(), visitor.name
    with parts.desk.begin() as tx:
        for setting, audience in _all():
            name = setting.key if audience is None else f"{setting.key}.{audience.value}"
            if name not in fields.values:
                continue
            try:
                value = setting.parse(fields.text(name))
                if setting.is_of_owner and visitor.who not in OWNERS:
                    if value != settings.get(tx, setting, audience):
                        errors[name] = "Only the owner decides this."
                    continue
                if settings.change(tx, setting, value, audience=audience, by=by, now=now):
                    address = visit_of(request).address
                    audit.record(tx, who=by, verb="change_setting", thing=name, now=now, address=address)
            except Refused as refusal:
                errors[name] = sentence(refusal)
        if errors:
            tx.rollback()
    if errors:
        return _page(request, errors=errors, typed=fields)
    return (
        as_json(_as_data(request))
        if wanted_form(request) is Form.JSON
        else RedirectResponse("/settings?done=1", 303)
    )


def _all() -> Iterator[tuple[Setting[Any], Audience | None]]:
    for setting in (*SETTINGS, *RISK_SETTINGS):
        for audience in tuple(Audience) if setting.per_audience else (None,):
            yield setting, audience


def _entries(tx: Connection) -> list[Entry]:
    return [
        Entry(
            setting=setting,
            audience=audience,
            value=setting.text(settings.get(tx, setting, audience)),
            history=tuple(settings.history(tx, setting, audience)[:5]),
        )
        for setting, audience in _all()
    ]


def _proposals(request: Request) -> dict[str, str]:
    """For each audience the rule that holds without a decision, and why; by the name of its field."""
    parts, found = parts_of(request), {}
    for audience in Audience:
        end = tenure.end_of_data(parts.ledger, audience, parts.clock())
        if end is not None:
            chosen = tenure.choose(parts.ledger, audience, end, tenure.evidence(parts.ledger, audience, end))
            found[f"{GAP_DAYS.key}.{audience.value}"] = _told(chosen)
    return found


def _told(chosen: tenure.Chosen) -> str:
    if chosen.tenure is None:
        return chosen.reason
    if chosen.tenure.gap_days is None:
        return f"No gap is needed: {chosen.tenure.definition}, because {chosen.reason}."
    return f"Proposed: {chosen.tenure.gap_days} days. {chosen.reason[:1].upper()}{chosen.reason[1:]}."


def _as_data(request: Request) -> dict[str, object]:
    with parts_of(request).desk.read() as tx:
        entries = _entries(tx)
    return {"settings": {entry.field: entry.value for entry in entries}, "proposals": _proposals(request)}


def _page(
    request: Request, *, done: bool = False, errors: dict[str, str] | None = None, typed: Fields | None = None
) -> Response:
    if wanted_form(request) is not Form.HTML:
        if errors:
            raise Problem(HTTPStatus(422), " ".join(errors.values()), fields=errors)
        return as_json(_as_data(request))
    with parts_of(request).desk.read() as tx:
        entries = _entries(tx)
    who = visitor_of(request).who
    return shell.page(
        request,
        "settings/page.html",
        422 if errors else 200,
        company=[entry for entry in entries if entry.audience is None],
        audiences={one: [entry for entry in entries if entry.audience is one] for one in Audience},
        proposals=_proposals(request),
        typed=typed.values if typed else {},
        errors=errors or {},
        done=done,
        may_change=may(who, "POST", "/settings"),
        is_owner=who in OWNERS,
        may_see_people=may(who, "GET", "/users"),
        may_see_sources=may(who, "GET", "/sources"),
        may_see_mail=may(who, "GET", "/settings/mail"),
    )


def sentence(refusal: Refused) -> str:
    """A refusal as a sentence."""
    text = str(refusal)
    return text[:1].upper() + text[1:] + "."
