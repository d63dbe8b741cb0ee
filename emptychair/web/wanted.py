"""Which form of an answer is wanted: a page, JSON or CSV, by suffix, by Accept header, or by who asks."""

from enum import StrEnum

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

KEPT = ("/static/", "/api/")


class Form(StrEnum):
    """The forms in which an answer can be given."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"


class Suffixes:
    """Takes `.json` or `.csv` off the path, so that every page and its twins are one route with one rule."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the wanted form in `scope["form"]`."""
        if scope["type"] == "http":
            path: str = scope["path"]
            scope["form"] = _by_headers(Headers(scope=scope))
            for form in (Form.JSON, Form.CSV):
                if path.endswith(f".{form}") and not path.startswith(KEPT):
                    path = path.removesuffix(f".{form}")
                    scope = {**scope, "path": path, "raw_path": path.encode(), "form": form}
                    break
        await self._app(scope, receive, send)


def _by_headers(headers: Headers) -> Form:
    accept = headers.get("accept", "")
    if "html" in accept:
        return Form.HTML
    if "json" in accept or headers.get("authorization", "").lower().startswith("bearer "):
        return Form.JSON
    return Form.CSV if "text/csv" in accept else Form.HTML
