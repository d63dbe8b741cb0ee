"""Personal links: whose they are, what was answered by them, and a score that was chosen in a mail."""

from dataclasses import replace

from emptychair.desk import draws, invitations, responses
from emptychair.desk.invitations import Invitation
from emptychair.desk.responses import Delivery, Progress, Response
from emptychair.listen.surveys.answer import Answer
from emptychair.listen.surveys.answering import Way
from emptychair.listen.surveys.asking import Asked
from emptychair.listen.surveys.definition import NUMBERS, Definition
from emptychair.listen.surveys.drawing import MAIL
from emptychair.web.parts import Parts
from emptychair.web.problem import not_found
from emptychair.web.surveys.turning import Turned


def invitation_of(parts: Parts, asked: Asked, token: str) -> Invitation:
    """The invitation that a link belongs to. Raises a `Problem` for a link that is none, or was withdrawn."""
    with parts.desk.read() as tx:
        found = invitations.find_by_token(tx, asked.survey.id, token)
    if found is None:
        raise not_found("This link does not work. Perhaps a part of it is missing?")
    return found


def response_of(parts: Parts, asked: Asked, token: str) -> Response | None:
    """What was begun or answered by this link, on whichever device. Raises as `invitation_of`."""
    invitation = invitation_of(parts, asked, token)
    with parts.desk.read() as tx:
        return responses.of_invitation(tx, invitation.id)


def way_of(parts: Parts, asked: Asked, token: str, language: str) -> Way:
    """How its reader came: by mail, or by a link that somebody gave them. Raises as `invitation_of`."""
    invitation = invitation_of(parts, asked, token)
    with parts.desk.read() as tx:
        draw = None if invitation.draw_id is None else draws.find(tx, invitation.draw_id)
    is_mailed = draw is not None and draw.method.get("deliver") == MAIL
    delivery = Delivery.MAIL if is_mailed else Delivery.PERSONAL
    return Way(delivery=delivery, language=language, hidden={}, invitation=invitation)


def with_score(definition: Definition, turned: Turned, score: str) -> Turned:
    """The first page with this number chosen in its first question, where it can be answered so."""
    first = definition.questions[0]
    is_untouched = turned.response is None or turned.response.progress is Progress.SEEN
    low, high = first.ends
    is_number = score.isascii() and score.isdigit() and len(score) <= 3
    if not (first.kind in NUMBERS and is_untouched and is_number and low <= int(score) <= high):
        return turned
    return replace(turned, answers={**turned.answers, first.id: Answer(number=int(score))})
