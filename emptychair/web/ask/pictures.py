"""Pictures of an answer: its sides, its tones, and its course over the months."""

from markupsafe import Markup

from emptychair.understand.ask.answer import Answer
from emptychair.understand.voice.counts import Spoken
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts
from emptychair.web.voice import pictures


def course(answer: Answer, write: Formats, words: Texts) -> Markup:
    """The share of those who spoke that spoke of it, by month; empty where there are too few."""
    return pictures.large_course(answer.months, course_title(words), write, words)


def course_title(words: Texts) -> str:
    """What the course is called."""
    return words.gettext("Spoken of by month")


def tones(answer: Answer, write: Formats, words: Texts) -> Markup:
    """The tones of the telling sentences as parts of one bar."""
    told = {name: answer.tones.get(name, 0) for name in ("negative", "neutral", "positive")}
    toneless = sum(answer.tones.values()) - sum(told.values())
    return pictures.tones(
        Spoken(theme="", texts=sum(answer.tones.values()), people=0, toneless=toneless, **told), write, words
    )


def sides(answer: Answer, write: Formats, words: Texts) -> Markup:
    """Who says so, who says both, who the opposite, as parts of one bar; empty where nobody takes a side."""
    if answer.sides is None:
        return Markup("")
    found = answer.sides
    parts = (
        ("positive", found.people_for, words.gettext("%(n)s say so", n=write.count(found.people_for))),
        ("neutral", found.both, words.gettext("%(n)s say both", n=write.count(found.both))),
        (
            "negative",
            found.people_against,
            words.gettext("%(n)s say the opposite", n=write.count(found.people_against)),
        ),
    )
    total = sum(count for _, count, _ in parts)
    if not total:
        return Markup("")
    at, drawn = 0.0, []
    for css, count, _ in parts:
        rect = Markup('<rect class="{}" x="{:.2f}" y="0" width="{:.2f}" height="10"/>')
        drawn.append(rect.format(css, at, 100 * count / total))
        at += 100 * count / total
    told = ", ".join(text for _, count, text in parts if count)
    return Markup(
        '<svg class="tones" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{0}"'
        ' data-tip="{0}">{1}</svg>'
    ).format(told, Markup("").join(drawn))
