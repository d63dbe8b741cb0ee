"""Who may be contacted: for what, on which way, how often, and every reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from emptychair.domain.signal import Audience

WEEK = timedelta(days=7)


class Purpose(StrEnum):
    """What people are contacted for without having asked for it then; each has a consent of its own."""

    SURVEYS = "surveys"  # questions: surveys and their reminders
    UPDATES = "updates"  # what became of something that the person asked for
    MARKETING = "marketing"  # news and offers


class MessageClass(StrEnum):
    """How strictly a message is held back: a service message is owed, an ask and marketing are not."""

    SERVICE = "service"
    ASK = "ask"
    MARKETING = "marketing"


class Channel(StrEnum):
    """The way on which somebody is contacted."""

    EMAIL = "email"
    WIDGET = "widget"
    CALL = "call"  # by one of us in person: a call, a visit, a letter of one's own

    @property
    def reaches_out(self) -> bool:
        """Whether it finds people wherever they are, so that it must not wake them."""
        return self is not Channel.WIDGET


class What(StrEnum):
    """What a contact is, for counting."""

    SURVEY_INVITATION = "survey_invitation"
    SURVEY_REMINDER = "survey_reminder"
    WIDGET_SURVEY = "widget_survey"
    INTERVIEW_INVITATION = "interview_invitation"
    MAIL = "mail"
    CALL = "call"


# A reminder belongs to the invitation before it: it counts as a contact, and not as a survey of its own.
# To be asked for an interview is to be asked.
SURVEYS = frozenset({What.SURVEY_INVITATION, What.WIDGET_SURVEY, What.INTERVIEW_INVITATION})


class WhyNot(StrEnum):
    """Why somebody is not contacted, now or at all."""

    NO_ADDRESS = "no_address"
    ADDRESS_IS_NOT_ONE = "address_is_not_one"
    ADDRESS_BOUNCES = "address_bounces"
    UNSUBSCRIBED = "unsubscribed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_MISSING = "consent_missing"
    ASKED_LATELY = "asked_lately"
    CONTACTED_OFTEN = "contacted_often"
    QUIET_HOURS = "quiet_hours"
    IN_HOLDOUT = "in_holdout"
    TOO_LATE = "too_late"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact that is wished for.

    `people` are all ids that are this one person, the one to be written down first; empty where only an
    address is known. `purpose` is None for a service message: something that the person asked for or is owed.
    `thing` is what it is about (a survey's invitation, a post). `zone` is the person's own, None: unknown.
    """

    people: tuple[str, ...]
    audience: Audience
    address: str | None
    channel: Channel
    purpose: Purpose | None
    what: What
    thing: str
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One contact that took place, or may have; `person` or `address` is None where it was not known."""

    id: str
    person: str | None
    audience: Audience
    address: str | None
    channel: Channel
    what: What
    thing: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why not, and from when on it may be otherwise; None where time alone changes nothing."""

    reason: WhyNot
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fatigue:
    """How often one person is contacted: one survey in so many days, so many contacts in any seven days."""

    survey_days: int = 30
    weekly: int = 2


def class_of(purpose: Purpose | None) -> MessageClass:
    """The class of messages of this purpose; None is a service message.

    >>> class_of(Purpose.UPDATES).value, class_of(None).value
    ('ask', 'service')
    """
    if purpose is None:
        return MessageClass.SERVICE
    return MessageClass.MARKETING if purpose is Purpose.MARKETING else MessageClass.ASK


def too_much(rule: Fatigue, what: What, before: Sequence[Touch], now: datetime) -> Refusal | None:
    """Why one more contact of this person would be too much, given the ones `before`; None when it is not.

    A contact of exactly so many days ago does not count any more; one that a wrong clock put into the future
    does. Of two reasons the one that lasts longer is given.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 31, 12, tzinfo=UTC)
    >>> asked = Touch(id="tch_1", person="ada", audience=Audience.CUSTOMER, address=None, thing="sur_1",
    ...               channel=Channel.EMAIL, what=What.SURVEY_INVITATION, at=noon - timedelta(days=10))
    >>> found = too_much(Fatigue(), What.WIDGET_SURVEY, [asked], noon)
    >>> found.reason.value, found.until.isoformat()
    ('asked_lately', '2026-04-20T12:00:00+00:00')
    >>> too_much(Fatigue(), What.MAIL, [asked], noon) is None
    True
    """
    found = [_asked_lately(rule, what, before, now), _contacted_often(rule, before, now)]
    refusals = [refusal for refusal in found if refusal is not None]
    return max(refusals, key=_lasts_until, default=None)


def _asked_lately(rule: Fatigue, what: What, before: Sequence[Touch], now: datetime) -> Refusal | None:
    pause = timedelta(days=rule.survey_days)
    asked = [touch.at for touch in before if touch.what in SURVEYS and touch.at > now - pause]
    if what not in SURVEYS or not asked:
        return None
    return Refusal(reason=WhyNot.ASKED_LATELY, until=max(asked) + pause)


def _contacted_often(rule: Fatigue, before: Sequence[Touch], now: datetime) -> Refusal | None:
    lately = sorted((touch.at for touch in before if touch.at > now - WEEK), reverse=True)
    if len(lately) < rule.weekly:
        return None
    # With none allowed no day is better than today.
    until = lately[rule.weekly - 1] + WEEK if rule.weekly else None
    return Refusal(reason=WhyNot.CONTACTED_OFTEN, until=until)


def _lasts_until(refusal: Refusal) -> tuple[bool, float]:
    return refusal.until is None, refusal.until.timestamp() if refusal.until else 0.0
