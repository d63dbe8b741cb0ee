"""What went wrong, said so that a person or a program can do something about it."""

from collections.abc import Mapping
from http import HTTPStatus


class Problem(Exception):
    """An answer that is not what was asked for; becomes a page, or application/problem+json.

    `fields` names each input that was not accepted, with the reason. `retry_after` is in seconds.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.fields = dict(fields or {})
        self.retry_after = retry_after

    def as_json(self) -> dict[str, object]:
        """The members of RFC 9457, and `errors` by field where there are any."""
        body: dict[str, object] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        if self.fields:
            body["errors"] = [{"field": name, "detail": text} for name, text in self.fields.items()]
        return body


def refused(fields: Mapping[str, str]) -> Problem:
    """422 for inputs that were understood and not accepted."""
    return Problem(HTTPStatus(422), " ".join(fields.values()), fields=fields)


def forbidden(detail: str) -> Problem:
    """403 for somebody whose role does not include this."""
    return Problem(HTTPStatus.FORBIDDEN, detail)


def not_found(detail: str = "There is nothing here.") -> Problem:
    """404."""
    return Problem(HTTPStatus.NOT_FOUND, detail)


def bad_request(detail: str) -> Problem:
    """400 for a request that cannot be read."""
    return Problem(HTTPStatus.BAD_REQUEST, detail)
