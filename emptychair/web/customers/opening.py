"""The sentence with which the page of a customer, or of an account, begins."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from emptychair.understand.person import promises
from emptychair.understand.person.belonging import Belonging
from emptychair.understand.person.hurts import Hurt, Wound, latest
from emptychair.understand.person.mood import Mood
from emptychair.understand.person.promises import Outcome, Promise
from emptychair.web.customers import phrases
from emptychair.web.customers.telling import Teller, plainly

SHORT = 120


def opening(
    belongs: Belonging, last_at: datetime, mood: Mood, wounds: Sequence[Wound], promised: Sequence[Promise],
    teller: Teller, now: datetime,
) -> Markup:  # fmt: skip
    """Who they are and how long with us, how they feel, what hurt last, which promises are open."""
    parts = [
        _with_us(belongs, teller, now),
        last_seen(last_at, teller, now),
        feels(mood, teller),
        hurt_last(wounds, teller),
        still_open(promised, teller),
    ]
    return Markup(" ").join(part for part in parts if part)


def together(mood: Mood, wounds: Sequence[Wound], promised: Sequence[Promise], teller: Teller) -> Markup:
    """Of several people: how they feel, what hurt last, which promises are open."""
    parts = [feels(mood, teller), hurt_last(wounds, teller), still_open(promised, teller)]
    return Markup(" ").join(part for part in parts if part)


def last_seen(at: datetime, teller: Teller, now: datetime) -> Markup:
    """When something was heard of them last."""
    told = teller.texts.gettext("Last heard of %(since)s.", since=teller.write.since(at, now))
    return Markup("{}").format(told)


def feels(mood: Mood, teller: Teller) -> Markup:
    """How they feel by what they told last, and by how much of it."""
    if mood.feeling is None or mood.since is None:
        return Markup("{}").format(teller.texts.gettext("How they feel, nobody has told lately."))
    word = teller.texts.gettext(phrases.FEELINGS[mood.feeling.value])
    of = teller.texts.ngettext(
        "by %(n)s reading, on %(day)s.", "by their last %(n)s readings, since %(day)s.", mood.n,
        n=teller.write.count(mood.n), day=teller.write.day(mood.since),
    )  # fmt: skip
    return Markup("{} <strong>{}</strong> {}").format(teller.texts.gettext("They sound"), word, of)


def hurt_last(wounds: Sequence[Wound], teller: Teller) -> Markup:
    """What hurt last."""
    last = latest(wounds)
    if last is None:
        return Markup("")
    return Markup("{} <strong>{}</strong>, {}.").format(
        teller.texts.gettext("What hurt last:"), wound(last, teller, SHORT), teller.write.day(last.at)
    )


def still_open(promised: Sequence[Promise], teller: Teller) -> Markup:
    """Promises that wait to be kept."""
    texts = teller.texts
    overdue = promises.standing(promised, Outcome.BROKEN)
    waiting = promises.standing(promised, Outcome.OPEN)
    if overdue:
        told = texts.ngettext("%(n)s promise is overdue", "%(n)s promises are overdue", len(overdue))
    elif waiting:
        told = texts.ngettext("%(n)s promise is open", "%(n)s promises are open", len(waiting))
    else:
        return Markup("")
    first = (overdue or waiting)[0]
    due = "" if first.due_at is None else texts.gettext("due %(day)s", day=teller.write.day(first.due_at))
    which = ", ".join(part for part in (first.what, due) if part)
    return Markup("<strong>{}</strong>{}.").format(told, f": {which}" if which else "")


def wound(one: Wound, teller: Teller, longest: int) -> str:
    """What hurt, in few words."""
    texts, text = teller.texts, " ".join(one.text.split())
    short = text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
    if one.hurt is Hurt.WORDS:
        return texts.gettext("“%(words)s”", words=short)
    if one.hurt is Hurt.SCORE and one.score is not None:
        told = teller.score(one.name, one.score)
        return f"{told}: {texts.gettext('“%(words)s”', words=short)}" if short else told
    if one.hurt is Hurt.FAILURE:
        return teller.done(one.name, one.times) + (f" ({short})" if short else "")
    if one.hurt is Hurt.REFUND:
        return texts.ngettext("a refund that took %(n)s day", "a refund that took %(n)s days", one.days)
    return _promise(one, short or texts.gettext("a promise"), teller)


def _promise(one: Wound, what: str, teller: Teller) -> str:
    days = teller.texts.ngettext("%(n)s day", "%(n)s days", one.days, n=teller.write.count(one.days))
    if one.name == Outcome.BROKEN.value:
        return teller.texts.gettext("%(what)s was promised and is %(days)s overdue", what=what, days=days)
    return teller.texts.gettext("%(what)s was promised and came %(days)s late", what=what, days=days)


def _with_us(belongs: Belonging, teller: Teller, now: datetime) -> Markup:
    texts, write = teller.texts, teller.write
    what = f" ({plainly(belongs.what)})" if belongs.what else ""
    since = write.day(belongs.since)
    if not belongs.is_told:
        return Markup("{}").format(texts.gettext("Known since %(day)s.", day=since))
    if belongs.until is not None:
        span = write.span(belongs.until - belongs.since)
        left = texts.gettext("Left on %(day)s, after %(span)s", day=write.day(belongs.until), span=span)
        return Markup("<strong>{}</strong>{}.").format(left, what)
    told = texts.gettext("With you for %(span)s", span=write.span(now - belongs.since))
    again = (
        "" if belongs.times < 2 else texts.gettext(", back for the %(n)s. time", n=write.count(belongs.times))
    )
    return Markup("<strong>{}</strong>{}{}, {}.").format(
        told, what, again, texts.gettext("since %(day)s", day=since)
    )
