"""Who is who: customers merged, devices parted from them, look-alikes told apart, each with an undo."""

from dataclasses import asdict

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import judgements
from emptychair.desk.judgements import Judgement, Verdict
from emptychair.understand import identity
from emptychair.web import shell
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_csv, as_json
from emptychair.web.routes.customers import CUSTOMER, LONGEST_ID, PAGE, address, resolved, rights
from emptychair.web.routes.sources import write_down
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.post("/customers/person/merging")
def merge(request: Request, fields: SentFields) -> Response:
    """From now on `id` and all its ids are the customer `into`; `why` is kept with it. It can be undone."""
    ledger = parts_of(request).ledger
    first, second = identity.to_merge(ledger, CUSTOMER, _needed(fields, "id"), _needed(fields, "into"))
    made = _judged(request, Verdict.ONE, first, second, fields)
    return _followed(request, made, second, "merged")


@router.post("/customers/person/separation")
def separate(request: Request, fields: SentFields) -> Response:
    """From now on `device` is not that of customer `id`, whatever was told. It can be undone."""
    who = resolved(request, _needed(fields, "id"))
    device, theirs = identity.to_part(parts_of(request).ledger, CUSTOMER, _needed(fields, "device"), who)
    made = [_judged(request, Verdict.NOT_THEIRS, device, one, fields) for one in theirs]
    return _followed(request, made[0], who, "separated")


@router.post("/customers/judgements/{id}/undoing")
def undo(request: Request, id: str) -> Response:  # noqa: A002
    """Take a judgement back: everything is as if it had never been made."""
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        made = judgements.find(tx, id)
        if made is None or made.audience is not CUSTOMER:
            raise not_found("There is no such judgement.")
        if judgements.undo(tx, id, by=visitor_of(request).name, now=parts.clock()):
            write_down(tx, request, "undo_judgement", id, {"first": made.first, "second": made.second})
        made = judgements.find(tx, id) or made
    if made.verdict is Verdict.TWO:
        return _answered(request, made, "/customers/suggestions?done=undone")
    return _followed(request, made, made.second, "undone")


@router.get("/customers/suggestions")
def suggested(request: Request, done: str = "") -> Response:
    """Customers who may be one person, with what tells it, and those who were said to be two."""
    parts = parts_of(request)
    with parts.desk.read() as tx:
        found = identity.suggestions(tx, parts.ledger, CUSTOMER)
        two = [one for one in judgements.holding(tx, Verdict.TWO) if one.audience is CUSTOMER]
    if wanted_form(request) is Form.JSON:
        return as_json({"suggestions": found, "two": two})
    if wanted_form(request) is Form.CSV:
        head = list(identity.Suggestion.__dataclass_fields__)
        return as_csv("suggestions", head, [list(asdict(one).values()) for one in found])
    return shell.page(
        request,
        "customers/suggestions.html",
        found=found[:PAGE],
        total=len(found),
        most=identity.MOST_SUGGESTED,
        two=two[-PAGE:],
        done=done,
        **rights(request),
    )


@router.post("/customers/suggestions/dismissal")
def dismiss(request: Request, fields: SentFields) -> Response:
    """Say that `one` and `other` are two people: they are not suggested any more. It can be undone."""
    first, second = sorted((_needed(fields, "one"), _needed(fields, "other")))
    made = _judged(request, Verdict.TWO, first, second, fields)
    return _answered(request, made, "/customers/suggestions?done=two")


def _judged(request: Request, verdict: Verdict, first: str, second: str, fields: Fields) -> Judgement:
    parts, by, why = parts_of(request), visitor_of(request).name, fields.text("why")
    with parts.desk.begin() as tx:
        now = parts.clock()
        made = judgements.judge(tx, verdict, first, second, audience=CUSTOMER, why=why, by=by, now=now)
        told = {"verdict": verdict.value, "first": first, "second": second}
        write_down(tx, request, "judge", made.id, told)
    return made


def _followed(request: Request, made: Judgement, who: str, done: str) -> Response:
    """The ledger follows at once, and the page of the person is what it is from now on."""
    parts = parts_of(request)
    identity.follow(parts.desk, parts.ledger)
    now = parts.ledger.who.resolve(CUSTOMER.value, [who])[who] or who
    return _answered(request, made, address(now, done))


def _answered(request: Request, made: Judgement, page: str) -> Response:
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(page, 303)
    return as_json({"judgement": made})


def _needed(fields: Fields, name: str) -> str:
    text = fields.text(name)
    if not 0 < len(text) <= LONGEST_ID:
        raise refused({name: f"{name}: an id of at most {LONGEST_ID} letters, as signals have it."})
    return text
