"""A browser that answers: it comes back to its answer, and is known when it answers once more."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from emptychair.desk.responses import ENDED
from emptychair.web.parts import parts_of
from emptychair.web.surveys.turning import Turned

# By a cookie that belongs to the address of this survey alone.
SECONDS = 180 * 86_400


def token_of(request: Request, slug: str) -> str | None:
    """The token of the answer that was begun or given in this browser, or None."""
    return request.cookies.get(f"answer-{slug}")


def has_answered(request: Request, slug: str) -> bool:
    """Whether this browser has answered the survey to its end."""
    return f"answered-{slug}" in request.cookies


def remember(request: Request, answered: Response, slug: str, turned: Turned) -> None:
    """Let the browser keep the token of its answer, and that it has come to its end."""
    if turned.token is None:
        return
    kept = _cookie(request, slug)
    answered.set_cookie(f"answer-{slug}", turned.token, **kept)
    if turned.page is None and turned.response is not None and turned.response.progress in ENDED:
        remember_end(request, answered, slug)


def remember_end(request: Request, answered: Response, slug: str) -> None:
    """Let the browser keep that it has answered, and nothing that leads to the answer."""
    answered.set_cookie(f"answered-{slug}", "1", **_cookie(request, slug))


def _cookie(request: Request, slug: str) -> Mapping[str, Any]:
    return {
        "max_age": SECONDS,
        "path": f"/s/{slug}",
        "httponly": True,
        "samesite": "lax",
        "secure": parts_of(request).base_url.startswith("https://") or request.url.scheme == "https",
    }
