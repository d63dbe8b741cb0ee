"""Whether the process lives and whether it can do its work, and the files that every page needs."""

from fastapi import APIRouter, Request, Response

from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found
from emptychair.web.render import as_json

router = APIRouter()


@router.get("/livez")
def livez() -> Response:
    """200 as long as the process answers."""
    return as_json({"status": "alive"})


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """200 when pages can be answered in full; 503 with the reason while the projection is rebuilt."""
    state = parts_of(request).ledger.state()
    if state.degraded:
        return as_json({"status": "degraded", "reason": state.degraded}, 503, {"Retry-After": "5"})
    return as_json({"status": "ready"})


@router.get("/static/{path:path}", include_in_schema=False)
def static(path: str, request: Request) -> Response:
    """A file for the browser, by its hashed name."""
    answer = parts_of(request).assets.respond(path, request)
    if answer is None:
        raise not_found()
    return answer
