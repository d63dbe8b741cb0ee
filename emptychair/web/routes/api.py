"""The description of every route for programs."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi

from emptychair.web.intake import described as collector
from emptychair.web.render import as_json

router = APIRouter()

ABOUT = (
    "Every page has a JSON twin: ask for it with `Accept: application/json` or with `.json` after the path. "
    "A change sends a form or a flat JSON object. What goes wrong is application/problem+json (RFC 9457). "
    "Programs on this machine send the token of the home folder as `Authorization: Bearer`."
)


@router.get("/api/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    """The OpenAPI 3.1 document of this version."""
    app = request.app
    if app.openapi_schema is None:
        app.openapi_schema = _described(app)
    return as_json(app.openapi_schema)


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    document["components"] = {
        "securitySchemes": {
            "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session"},
            "local": {"type": "http", "scheme": "bearer"},
            **collector.SECURITY,
        },
        "schemas": {"Problem": _PROBLEM, **collector.SCHEMAS},
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["security"] = [{"session": []}, {"local": []}]
            operation["responses"] = {**_without_validation(operation["responses"]), "default": _DEFAULT}
    document["paths"].update(collector.described())
    return document


def _without_validation(responses: dict[str, Any]) -> dict[str, Any]:
    return {status: answer for status, answer in responses.items() if status != "422"}


_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_DEFAULT: dict[str, Any] = {
    "description": "What went wrong.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
