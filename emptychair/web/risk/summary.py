"""What is at risk as a card among the numbers of the company."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from markupsafe import Markup

from emptychair.anticipate.risk.at_risk import AtRisk, Sum, at_risk
from emptychair.domain.signal import Audience
from emptychair.web.access import may
from emptychair.web.parts import parts_of
from emptychair.web.scorecard.choice import Choice
from emptychair.web.scorecard.view import Card
from emptychair.web.scorecard.words import Pen
from emptychair.web.visitor import visitor_of


def of_choice(request: Request, choice: Choice) -> AtRisk | None:
    """What is at risk with the customers of a scorecard; None of employees, of a part, and of another day."""
    if choice.audience is not Audience.CUSTOMER or choice.by or choice.as_of is not None:
        return None
    return at_risk(parts_of(request).desk, choice.audience)


def card(request: Request, choice: Choice, pen: Pen) -> Card | None:
    """The card, with a link to the people for whoever may see them; None where it has no place."""
    found = of_choice(request, choice)
    if found is None:
        return None
    text = pen.texts.gettext
    largest = found.sums[0] if found.sums and not found.unreliable else None
    return Card(
        key="at-risk",
        title=_title(found, pen),
        aside=text("%(n)s days", n=found.horizon) if found.horizon else "",
        value=None if largest is None else _money(largest.value, largest, pen),
        unit="",
        interval="" if largest is None else _between(largest, pen),
        n=""
        if largest is None
        else pen.texts.ngettext("%(n)s customer", "%(n)s customers", largest.n, n=pen.write.count(largest.n)),
        chip=None,
        confidence=text("By a model that was judged") if largest else text("Nothing is claimed"),
        confidence_css="strong" if largest else "none",
        spark=Markup(""),
        ends=("", ""),
        definition=_definition(request, pen),
        others=_others(found, pen),
        missing=_missing(found, pen),
        lack=_lack(found, pen),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is at risk in one currency, written for a reader."""

    value: str
    between: str
    people: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is at risk as some lines, one per currency; `lack` says why there are none."""

    title: str
    lines: Sequence[Line]
    missing: Sequence[tuple[str, str]]
    lack: str


def told(found: AtRisk, pen: Pen) -> Told:
    """What is at risk, for a page that has no numbers beside it."""
    text = pen.texts
    sums = () if found.unreliable else found.sums
    return Told(
        title=_title(found, pen),
        lines=[
            Line(
                value=_money(one.value, one, pen),
                between=_between(one, pen),
                people=text.ngettext("%(n)s customer", "%(n)s customers", one.n, n=pen.write.count(one.n)),
            )
            for one in sums
        ],
        missing=_missing(found, pen),
        lack="" if sums else _lack(found, pen),
    )


def _title(found: AtRisk, pen: Pen) -> str:
    text = pen.texts.gettext
    return text("At risk: margin") if found.is_margin else text("At risk: revenue")


def _definition(request: Request, pen: Pen) -> Markup:
    told = pen.texts.gettext(
        "What is to be expected to be lost: the chance of leaving of each customer "
        "times what a year with them brings if they stay, with the 95 percent interval of what will come."
    )
    if not may(visitor_of(request).who, "GET", "/customers/risk"):
        return Markup("{}").format(told)
    return Markup('{} <a href="/customers/risk">{}</a>').format(told, pen.texts.gettext("See the customers"))


def _others(found: AtRisk, pen: Pen) -> Sequence[tuple[str, str, str]]:
    """The sums in other currencies; they are not added up."""
    return [
        (
            one.currency,
            f"{_money(one.value, one, pen)} ({_between(one, pen)})",
            pen.texts.ngettext("%(n)s customer", "%(n)s customers", one.n, n=pen.write.count(one.n)),
        )
        for one in found.sums[1:]
    ]


def _missing(found: AtRisk, pen: Pen) -> Sequence[tuple[str, str]]:
    told = (
        (found.mixed, pen.texts.gettext("pay in several currencies")),
        (found.unpaid, pen.texts.gettext("paid nothing")),
    )
    return [(pen.write.count(count), why) for count, why in told if count]


def _lack(found: AtRisk, pen: Pen) -> str:
    if found.unreliable:
        return f"{pen.texts.gettext('Not reliable.')} {found.unreliable}"
    return found.lack or pen.texts.gettext("Nobody's payments are known.")


def _between(one: Sum, pen: Pen) -> str:
    return f"{_money(one.low, one, pen)} – {_money(one.high, one, pen)}"


def _money(amount: float, of: Sum, pen: Pen) -> str:
    return pen.write.whole_money(amount, of.currency or None)
