"""Pages from templates, in the visitor's language, and the same answer as JSON or CSV."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from emptychair.measure.export import rows_as_csv
from emptychair.web.assets import Assets
from emptychair.web.formats import Formats
from emptychair.web.texts import texts, wanted_locale


class Pages:
    """Renders templates; holds nothing of a request."""

    def __init__(self, assets: Assets, version: str) -> None:
        self._environment = _environment(assets, version)

    def text(self, request: Request, template: str, **context: Any) -> str:
        """The template's text for this visitor."""
        locale = locale_of(request)
        words = texts(locale.language)
        theme = request.cookies.get("theme", "")
        return self._environment.get_template(template).render(
            request=request,
            path=request.url.path,
            visitor=getattr(request.state, "visitor", None),
            is_part=request.headers.get("hx-request") == "true",
            language=str(locale).replace("_", "-"),
            theme=theme if theme in {"light", "dark"} else "",
            write=Formats(locale),
            gettext=words.gettext,
            ngettext=words.ngettext,
            **context,
        )

    def page(self, request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """The page, or the part of it that htmx asked for."""
        return HTMLResponse(self.text(request, template, **context), status_code=status)


@cache
def _environment(assets: Assets, version: str) -> Environment:
    """A template is compiled once a process, however many sites there are in it."""
    environment = Environment(
        loader=PackageLoader("emptychair.web", "templates"),
        autoescape=select_autoescape(default_for_string=True, default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
    )
    environment.filters.update(initials=initials, device=device)
    environment.globals.update(
        asset=assets.url,
        sprite=Markup(assets.sprite),  # noqa: S704  # our own file
        version=version,
    )
    return environment


def initials(name: str) -> str:
    """At most two letters for a person.

    >>> initials("Ada King Lovelace"), initials("ada")
    ('AL', 'A')
    """
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def device(agent: str | None) -> str:
    """A browser and a system by the name that people know; the words of the agent itself otherwise.

    >>> device("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36")
    'Chrome, Linux'
    """
    text = agent or ""
    browsers = {
        "Edg/": "Edge",
        "OPR/": "Opera",
        "Firefox/": "Firefox",
        "Chrome/": "Chrome",
        "Safari/": "Safari",
    }
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS": "macOS",
    }
    found = [name for mark, name in browsers.items() if mark in text][:1]
    found += [name for mark, name in {**systems, "Linux": "Linux"}.items() if mark in text][:1]
    return ", ".join(found) or text[:60] or "?"


def locale_of(request: Request) -> Any:
    """The locale in which this visitor reads."""
    return wanted_locale(request.headers.get("accept-language", ""))


def as_json(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Frozen values as JSON: dataclasses are objects, instants ISO 8601 in UTC, decimals numbers as text."""
    text = json.dumps(plain(data), ensure_ascii=False, allow_nan=False)
    return Response(text, status_code=status, media_type="application/json", headers=dict(headers or {}))


def plain(data: Any) -> Any:
    """Only dicts, lists, strings, numbers, true, false and null."""
    if data is None or isinstance(data, bool | int | float):
        return data
    if isinstance(data, Enum):
        return data.value
    if isinstance(data, str):
        return data
    if isinstance(data, datetime | date):
        return data.isoformat()
    if isinstance(data, Decimal):
        return str(data)
    if is_dataclass(data) and not isinstance(data, type):
        return {field.name: plain(getattr(data, field.name)) for field in fields(data)}
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    return [plain(value) for value in data]


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A table as a CSV file for a spreadsheet, in which no cell is taken for a formula."""
    return csv_file(name, rows_as_csv(head, ([plain(value) for value in row] for row in rows)))


def csv_file(name: str, text: str) -> Response:
    """CSV as a download: UTF-8 with its mark, or spreadsheets would read it in another encoding."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + text, media_type="text/csv; charset=utf-8", headers=headers)
