"""What the fields of a source's items mean, said on samples that really came."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from emptychair.desk import fetching, samples, sources
from emptychair.desk.samples import Sample
from emptychair.desk.sources import Source
from emptychair.domain.signal import Kind
from emptychair.listen.intake import replay
from emptychair.listen.intake.mapping import FIELDS, Unit
from emptychair.listen.intake.paths import NotAPath, at, leaves, lists, steps
from emptychair.listen.sources import mapping
from emptychair.listen.sources.asked import SettingsRefused
from emptychair.listen.sources.previewing import body_of, previewed
from emptychair.listen.sources.systems import SYSTEMS
from emptychair.web import shell
from emptychair.web.fields import Fields, SentFields
from emptychair.web.parts import parts_of
from emptychair.web.problem import not_found, refused
from emptychair.web.render import as_json
from emptychair.web.routes.sources import rights, source_of, write_down
from emptychair.web.sources import words
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.wanted import Form

router = APIRouter()


@router.get("/sources/{id}/mapping")
def show(request: Request, id: str) -> Response:  # noqa: A002
    """The mapping of a source, the samples that came, and what it makes of them."""
    source = _mapped(request, id)
    found = _samples(request, id)
    kept = source.terms.get("mapping")
    bodies = [body_of(sample.raw) for sample in found]
    if wanted_form(request) is not Form.HTML:
        return as_json({"mapping": kept, "samples": bodies})
    shown = kept or mapping.best_proposed(bodies)
    is_proposed = kept is None and shown is not None
    return _page(request, source, found, mapping.typed(shown), is_proposed=is_proposed)


@router.post("/sources/{id}/mapping")
def save(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """Say what its fields mean: `items` and `case.<n>.<field>`. What waited for it is heard again."""
    source = _mapped(request, id)
    try:
        kept = mapping.kept(fields.values)
    except SettingsRefused as refusal:
        if wanted_form(request) is not Form.HTML:
            raise refused(refusal.faults) from None
        return _page(request, source, _samples(request, id), fields.values, faults=refusal.faults, status=422)
    parts = parts_of(request)
    with parts.desk.begin() as tx:
        sources.change_terms(tx, source.id, mapping=kept)
        write_down(tx, request, "map_source", source.id, {"cases": str(len(kept["cases"]))})
        fetching.hurry(tx, source.id, parts.clock())
        replay.ask(tx, source.id, None, by=visitor_of(request).name, now=parts.clock())
    parts.reception.keys.forget()
    if wanted_form(request) is Form.HTML:
        return RedirectResponse(f"/sources/{quote(id)}?done=mapped", 303)
    return as_json({"mapping": kept})


@router.post("/sources/{id}/mapping/preview")
def preview(request: Request, id: str, fields: SentFields) -> Response:  # noqa: A002
    """What these fields would make of the samples; nothing is kept."""
    source = _mapped(request, id)
    found = _samples(request, id)
    shown, faults = _previewed(request, source, found, fields)
    if wanted_form(request) is not Form.HTML:
        if faults:
            raise refused(faults)
        return as_json({"previews": shown})
    if request.headers.get("hx-request") == "true":
        return parts_of(request).pages.page(
            request, "sources/preview.html", previews=shown, faults=_named(faults)
        )
    return _page(request, source, found, fields.values, faults=faults)


def _mapped(request: Request, source_id: str) -> Source:
    source = source_of(request, source_id)
    if source.kind not in SYSTEMS or not SYSTEMS[source.kind].is_mapped:
        raise not_found("Nothing has to be said about the fields of this source.")
    return source


def _samples(request: Request, source_id: str) -> list[Sample]:
    with parts_of(request).desk.read() as tx:
        return samples.newest(tx, source_id)


def _previewed(request: Request, source: Source, found: list[Sample], fields: Fields) -> tuple[Any, Any]:
    try:
        kept = mapping.kept(fields.values)
    except SettingsRefused as refusal:
        return [], refusal.faults
    raws = [sample.raw for sample in found]
    return previewed(kept, raws, source.audience, parts_of(request).clock()), {}


def _named(faults: Mapping[str, str]) -> dict[str, str]:
    """Faults by the label of their field, for a place that is not beside it."""
    return {words.MAPPING.get(name.rpartition(".")[2], name): text for name, text in faults.items()}


def _page(
    request: Request,
    source: Source,
    found: list[Sample],
    typed: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    is_proposed: bool = False,
    status: int = 200,
) -> Response:
    bodies = [body_of(sample.raw) for sample in found]
    previews, _ = _previewed(request, source, found, Fields(typed)) if typed else ([], {})
    filled = [n for n in range(mapping.MOST_CASES) if typed.get(f"case.{n}.kind")]
    return shell.page(
        request,
        "sources/mapping.html",
        status,
        source=source,
        samples=[(one, _pretty(body)) for one, body in zip(found, bodies, strict=True)],
        paths=list(dict.fromkeys(path for body in bodies for path in _paths(body, typed.get("items", "")))),
        lists=list(dict.fromkeys(path or mapping.WHOLE for body in bodies for path in lists(body))),
        typed=typed,
        faults=faults or {},
        named=_named(faults or {}),
        previews=previews,
        is_proposed=is_proposed,
        cases=range(min(max(filled, default=-1) + 2, mapping.MOST_CASES)),
        fields=FIELDS,
        kinds=[*Kind, mapping.UNWANTED],
        units=list(Unit),
        words_mapping=words.MAPPING,
        **rights(request),
    )


def _pretty(body: Any) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def _paths(body: Any, items: str) -> list[str]:
    """Where values lie in an item, or in the first of those that a message holds."""
    inside = body
    if items:
        try:
            inside = body if items == mapping.WHOLE else at(body, steps(items))
        except NotAPath:
            inside = body
        inside = inside[0] if isinstance(inside, list) and inside else inside
    return [path for path, _ in leaves(inside)]
