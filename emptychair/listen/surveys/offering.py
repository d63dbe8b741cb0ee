"""Which survey a visitor of the product is shown, if any: decided here, claimed when it is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from emptychair.desk import contacts, responses, surveys
from emptychair.desk.desk import Desk
from emptychair.desk.responses import Delivery, Response
from emptychair.desk.surveys import Survey
from emptychair.domain.contact import Channel, Contact, Purpose, Refusal, What
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import answering, asking, languages
from emptychair.listen.surveys.answering import Way
from emptychair.listen.surveys.asking import Asked, Door
from emptychair.listen.surveys.signals import DISMISSED, met
from emptychair.listen.surveys.widget import Trait, Widget, from_data, is_drawn, is_on_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks at a page of the product. `person` is how the ledger calls them, `device` decides the lot.

    `event` is what they did just now, empty when they opened the page.
    """

    person: str
    device: str
    url: str
    event: str = ""
    accepted: str = ""


def shown_here(tx: Connection, now: datetime) -> list[tuple[Survey, Widget]]:
    """The surveys that are shown in the product, oldest first."""
    found = []
    for survey in surveys.open_ones(tx):
        widget = from_data(survey.widget)
        is_meant = widget.is_on and survey.audience is Audience.CUSTOMER
        if is_meant and asking.door(survey, now) is Door.OPEN:
            found.append((survey, widget))
    return found


def offered(
    desk: Desk, visitor: Visitor, is_one: Callable[[Trait], bool], now: datetime
) -> tuple[Survey, Widget] | None:
    """The first survey that this visitor may be shown now; nothing is promised and nothing is written.

    `is_one` tells whether the visitor has a trait.
    """
    with desk.read() as tx:
        found = [
            (survey, widget)
            for survey, widget in shown_here(tx, now)
            if is_on_page(widget, visitor.url)
            and (visitor.event in widget.events if widget.events else not visitor.event)
            and is_drawn(widget, survey.id, visitor.device)
            and not _was_asked(tx, survey, widget, visitor.person, now)
            and contacts.why_not(tx, _contact(survey, visitor.person), now) is None
        ]
    return next((one for one in found if all(is_one(trait) for trait in one[1].traits)), None)


def show(desk: Desk, ledger: Ledger, survey_id: str, visitor: Visitor, now: datetime) -> "Shown | None":
    """The survey as it is shown from now on; None when this person may not be asked after all.

    The contact is claimed and the response begun in one transaction: of two pages that open at once one shows
    it.
    """
    with desk.begin() as tx:
        survey = surveys.find(tx, survey_id)
        if survey is None or asking.door(survey, now) is not Door.OPEN:
            return None
        widget, asked = from_data(survey.widget), asking.version_of(tx, survey, survey.version)
        if not widget.is_on or asked is None or not is_drawn(widget, survey.id, visitor.device):
            return None
        if _was_asked(tx, survey, widget, visitor.person, now):
            return None
        touch = contacts.claim(tx, _contact(survey, visitor.person), now)
        if isinstance(touch, Refusal):
            return None
        language = languages.wanted(asked.definition, "", visitor.accepted)
        token, response = answering.begin(
            tx,
            asked,
            Way(
                delivery=Delivery.WIDGET,
                language=language,
                hidden={},
                person=visitor.person,
                probability=widget.share,
            ),
            now,
        )
    answering.see(ledger, asked.survey, response, now)
    return Shown(asked=asked, token=token, response=response, language=language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A survey that is shown now, and the token of its response."""

    asked: Asked
    token: str
    response: Response
    language: str


def dismiss(ledger: Ledger, survey: Survey, response: Response, now: datetime) -> None:
    """Tell the ledger that somebody sent the survey away; once, however often it is told."""
    ledger.append(
        [met(survey, response.id, DISMISSED, person=response.person, at=response.seen_at, channel="web")]
    )


def _was_asked(tx: Connection, survey: Survey, widget: Widget, person: str, now: datetime) -> bool:
    """Whether they saw it already, and it is not time yet to ask again."""
    last = responses.last_of_person(tx, survey.id, person)
    if last is None:
        return False
    return not widget.again_days or last.seen_at > now - timedelta(days=widget.again_days)


def _contact(survey: Survey, person: str) -> Contact:
    return Contact(
        people=(person,),
        audience=survey.audience,
        address=None,
        channel=Channel.WIDGET,
        purpose=Purpose.SURVEYS,
        what=What.WIDGET_SURVEY,
        thing=survey.id,
    )
