"""What alarms, and what a card stands on, are called on pages."""

from markupsafe import Markup

from emptychair.desk.need_alarms import KeptAlarm
from emptychair.understand.needs.gathering import cue_of
from emptychair.understand.needs.panel import Kind
from emptychair.web import said
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts


def called(kind: str, key: str, name: str, words: Texts) -> str:
    """A series as a reader knows it; `name` is its theme or phrase, empty for a cue about anything."""
    if kind == Kind.SEARCH:
        return words.gettext("Searches for “%(phrase)s” that find nothing", phrase=name or key)
    if kind == Kind.HABIT:
        return words.gettext("Exported, and imported again, more than once")
    if kind == Kind.GROUP:
        return words.gettext("Talk like “%(name)s”", name=name or key)
    if kind == Kind.CUE:
        cue = words.gettext(said.NEED_CUES[cue_of(key)[0].value])
        return words.gettext("%(cue)s: %(theme)s", cue=cue, theme=name) if name else cue
    return name or key


def among(segment: str, words: Texts) -> str:
    """Of whom a series is; empty: of everybody."""
    field, _, value = segment.partition("=")
    return words.gettext("%(field)s %(value)s", field=field, value=value) if segment else ""


def times(alarm: KeptAlarm, write: Formats, words: Texts) -> str:
    """How many times what was expected, with its interval."""
    found = alarm.figures
    if found["ratio"] is None:
        return words.gettext("never seen before")
    return words.gettext(
        "%(times)s times (%(low)s to %(high)s)",
        times=write.decimal(found["ratio"], 1),
        low=write.decimal(found["low"], 1),
        high=write.decimal(found["high"], 1),
    )


def sentence(alarm: KeptAlarm, write: Formats, words: Texts) -> Markup:
    """One alarm in a sentence: what, how many, and against what."""
    found = alarm.figures
    people, days = write.count(found["observed"]), write.count(found["days"])
    if found["ratio"] is None:
        told = words.gettext(
            "%(people)s people in %(days)s days, and nobody in the history before.", people=people, days=days
        )
    else:
        told = words.gettext(
            "%(people)s people in %(days)s days; history and season lead to expect %(expected)s: %(times)s.",
            people=people,
            days=days,
            expected=write.decimal(found["expected"], 1),
            times=times(alarm, write, words),
        )
    whose = among(alarm.segment, words)
    return Markup("<strong>{}</strong>{} {}").format(
        called(alarm.kind, alarm.key, alarm.name, words), f" ({whose}):" if whose else ":", told
    )
