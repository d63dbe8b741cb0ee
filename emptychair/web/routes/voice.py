"""Voice: what people speak of, how many, how they feel about it, and whether they stay."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from emptychair.desk import segments, theme_edits, users, work
from emptychair.desk import themes as themes_desk
from emptychair.domain.signal import Audience
from emptychair.understand.language.sentences import sentences
from emptychair.understand.reading import learning
from emptychair.understand.reading.recalled import sentences_of
from emptychair.understand.voice.quotes import TONES, Said, quotes
from emptychair.web import shell
from emptychair.web.access import LEADERS, may
from emptychair.web.ask import writer
from emptychair.web.formats import Formats
from emptychair.web.parts import parts_of
from emptychair.web.problem import forbidden, not_found
from emptychair.web.render import as_csv, as_json, locale_of
from emptychair.web.texts import Texts, texts
from emptychair.web.visitor import visitor_of, wanted_form
from emptychair.web.voice import heard as hearing
from emptychair.web.voice import pictures, praise, telling
from emptychair.web.voice.heard import DAYS, Heard, Line
from emptychair.web.wanted import Form

router = APIRouter()

PAGE, QUOTES, MOST_QUOTES = 40, 20, 1_000
FURTHEST = 100_000
MOST_EDITS = 30
LONGEST_QUOTE = 1_200


@router.get("/voice")
def themes(
    request: Request, audience: str = "", days: int = 90, segment: str = "", page: int = 1
) -> Response:
    """The themes of an `audience` (customer or employee) in its last `days` (30, 90 or 365), those that most
    people speak of first; of a `segment` of customers (its id), as it was when the period began. What people
    did afterwards is associated with a theme, never caused by it.
    """
    found = heard_of(request, audience, days, segment)
    wanted = wanted_form(request)
    if wanted is Form.JSON:
        return as_json(telling.as_data(found))
    if wanted is Form.CSV:
        return as_csv("themes", telling.HEAD, [telling.row(line) for line in found.lines])
    at = max(1, min(page, FURTHEST // PAGE))
    shown = found.lines[(at - 1) * PAGE : at * PAGE]
    write, words = pens(request)
    return shell.page(
        request,
        "voice/page.html",
        found=found,
        shown=[(line, *_drawn(line, write, words)) for line in shown],
        opening=opening(found, write, words),
        at=at,
        pages=max(1, -(-len(found.lines) // PAGE)),
        days=DAYS,
        audiences=audiences_of(request),
        done=request.query_params.get("done", ""),
        **_changes(request, found.audience),
    )


@router.get("/voice/themes/{id}")
def theme(
    request: Request,
    id: str,  # noqa: A002
    audience: str = "",
    days: int = 90,
    segment: str = "",
    tone: str = "",
    page: int = 1,
) -> Response:
    """One theme: its course, its tones, whether those who spoke of it stayed, and what was said, the surest
    first, of one `tone` (negative, neutral, positive, unsure) or of all. CSV has the words.
    """
    found = heard_of(request, audience, days, segment)
    line = found.line(id)
    if line is None or found.period is None:
        raise not_found("Nobody speaks of this theme in this period, or there is no such theme.")
    wanted = wanted_form(request)
    limit = QUOTES if wanted is Form.HTML else MOST_QUOTES
    at = max(1, min(page, FURTHEST // limit))
    chosen = [tone] if tone in TONES else list(TONES)
    said = []
    if found.may_quote(line, tone):
        skipped = (at - 1) * limit
        said = quotes(
            parts_of(request).ledger,
            found.audience,
            found.period,
            id,
            tones=chosen,
            limit=limit + 1,
            skipped=skipped,
            among=found.among,
        )
    if wanted is Form.JSON:
        told = {**telling.line_as_data(line), "quotes": said[:limit], "has_more": len(said) > limit}
        told |= praise.as_data(praise.praise(parts_of(request), found, line.theme.id))
        return as_json({**told, **telling.who_as_data(*hearing.who_speaks(parts_of(request), found, line))})
    if wanted is Form.CSV:
        head = list(Said.__dataclass_fields__)
        return as_csv("quotes", head, [[getattr(one, name) for name in head] for one in said[:limit]])
    return shell.page(request, "voice/theme.html", **shown_of(request, found, line, said, tone, at))


def pens(request: Request) -> tuple[Formats, Texts]:
    """What numbers and words are written with for this visitor."""
    locale = locale_of(request)
    return Formats(locale), texts(locale.language)


def opening(found: Heard, write: Formats, words: Texts) -> Markup:
    """The sentence that the page begins with; empty when there is nothing to say."""
    if not found.lines:
        return Markup("")
    first = found.lines[0]
    parts = [
        Markup("<strong>{}</strong> {}").format(
            first.theme.name,
            words.gettext(
                "is what most people speak of: %(people)s of the %(all)s who spoke%(share)s.",
                people=write.count(first.spoken.people),
                all=write.count(found.totals.people),
                share="" if first.share is None else f" ({write.percent(first.share.value, 0)})",
            ),
        )
    ]
    worst = _worst(found.lines)
    if worst is not None and worst.staying is not None and worst.staying.difference is not None:
        parts.append(
            Markup("{} <strong>{}</strong> {}").format(
                words.gettext("Those who speak of"),
                worst.theme.name,
                words.gettext(
                    "stay less often than others who speak, by %(points)s points: associated,"
                    " not shown to be the cause.",
                    points=write.decimal(abs(100 * worst.staying.difference.value), 0),
                ),
            )
        )
    return Markup(" ").join(parts)


def _worst(lines: Sequence[Line]) -> Line | None:
    """The theme whose people leave most clearly more often than others."""
    clear = [
        (line.staying.difference.value, line)
        for line in lines
        if line.staying is not None and line.staying.difference is not None and line.staying.is_clear
    ]
    least = min(clear, key=lambda pair: pair[0], default=None)
    return least[1] if least is not None and least[0] < 0 else None


def shown_of(
    request: Request, found: Heard, line: Line, said: Sequence[Said], tone: str, at: int
) -> dict[str, Any]:
    """What the page of a theme shows."""
    write, words = pens(request)
    title = words.gettext("%(theme)s by month", theme=line.theme.name)
    praised = praise.praise(parts_of(request), found, line.theme.id)
    groups, paid = hearing.who_speaks(parts_of(request), found, line)
    return {
        "found": found,
        "line": line,
        "praised": praised,
        "bars": pictures.bars_of(praised, write, words),
        "groups": groups,
        "paid": paid,
        "course": pictures.large_course(line.months, title, write, words),
        "course_title": title,
        "tones": pictures.tones(line.spoken, write, words),
        "said": said[:QUOTES],
        "marked": [told_of(one) for one in said[:QUOTES]],
        "has_more": len(said) > QUOTES,
        "tone": tone if tone in TONES else "",
        "all_tones": TONES,
        "proposal": None,
        "at": at,
        "done": request.query_params.get("done", ""),
        **_changes(request, found.audience),
    }


def told_of(one: Said) -> Markup:
    """The words with the sentence that is of the theme marked, and no more around it than can be read."""
    parts = sentences(one.text)
    if not 0 <= one.place < len(parts):
        return Markup("{}").format(one.text[:LONGEST_QUOTE])
    here = parts[one.place]
    begin, end = max(0, here.begin - LONGEST_QUOTE // 2), min(len(one.text), here.end + LONGEST_QUOTE // 2)
    return Markup("{}{}<mark>{}</mark>{}{}").format(
        "… " if begin else "",
        one.text[begin : here.begin],
        here.text,
        one.text[here.end : end],
        " …" if end < len(one.text) else "",
    )


def segments_of(request: Request, audience: Audience) -> Sequence[segments.Segment]:
    """The segments that may be listened to by themselves: of customers alone."""
    with parts_of(request).desk.read() as tx:
        return segments.every(tx, audience) if audience is Audience.CUSTOMER else []


def _changes(request: Request, audience: Audience) -> dict[str, Any]:
    """What was changed about themes, and what a change may name; the segments to look at."""
    with parts_of(request).desk.read() as tx:
        known = themes_desk.every(tx, audience)
        edits = theme_edits.latest(tx, audience, MOST_EDITS)
        by = {user.id: user.name for user in users.everyone(tx)}
        has_writer = writer.endpoint(tx) is not None
        is_looking = any(
            one.kind == learning.KIND and one.thing == audience.value for one in work.open_work(tx)
        )
    pointed = [f"{one.says['place']} {one.says['signal']}" for one in edits if "signal" in one.says]
    return {
        "known": known,
        "names": {theme.id: theme.name for theme in known},
        "edits": edits,
        "words": sentences_of(parts_of(request).ledger, audience, pointed),
        "segments": segments_of(request, audience),
        "by": by,
        "is_looking": is_looking,
        "has_writer": has_writer and audience is Audience.CUSTOMER,
        "may_change": may(visitor_of(request).who, "POST", "/voice/finding"),
    }


def _drawn(line: Line, write: Formats, words: Texts) -> tuple[Markup, Markup]:
    course = pictures.small_course(line.months, line.theme.name, write, words)
    return course, pictures.tones(line.spoken, write, words)


def heard_of(request: Request, audience: str, days: int, segment: str) -> Heard:
    """What was heard, as far as this visitor may hear it. Raises 403 (words of employees) and 404."""
    whose = Audience(audience) if audience in set(Audience) else Audience.CUSTOMER
    if whose is Audience.EMPLOYEE and visitor_of(request).who not in LEADERS:
        raise forbidden("What employees say is for leads and owners.")
    of = None
    if segment and whose is Audience.CUSTOMER:
        with parts_of(request).desk.read() as tx:
            of = segments.find(tx, segment[:40])
        if of is None or of.audience is not whose:
            raise not_found("There is no such segment of customers.")
    return hearing.heard(parts_of(request), whose, days if days in DAYS else 90, of)


def audiences_of(request: Request) -> tuple[Audience, ...]:
    """Whose words this visitor may see."""
    return tuple(Audience) if visitor_of(request).who in LEADERS else (Audience.CUSTOMER,)
