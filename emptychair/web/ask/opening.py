"""The sentences that an answer begins with."""

from markupsafe import Markup, escape

from emptychair.stats.intervals import Estimate
from emptychair.understand.ask.answer import Answer
from emptychair.understand.ask.tally import Sides
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts


def opening(answer: Answer, write: Formats, words: Texts) -> Markup:
    """What matters first: who says so and who the opposite, or how many speak of it at all."""
    if not answer.about.texts:
        return escape(words.gettext("Nobody spoke of it in this period."))
    parts = [_speaking(answer, write, words)]
    if answer.sides is not None:
        parts.append(_sides(answer.sides, write, words))
    elif answer.tones:
        parts.append(_tones(answer, write, words))
    return Markup(" ").join(part for part in parts if part)


def _speaking(answer: Answer, write: Formats, words: Texts) -> Markup:
    about, all_ = answer.about.people, answer.speakers.people
    if not about:
        return escape(
            words.ngettext(
                "%(n)s text speaks of it, and names nobody.",
                "%(n)s texts speak of it, and name nobody.",
                answer.about.texts,
                n=write.count(answer.about.texts),
            )
        )
    least = "" if answer.is_all else words.gettext("at least ")
    told = words.ngettext(
        "of the %(all)s people who spoke in this period speaks of it",
        "of the %(all)s people who spoke in this period speak of it",
        about,
        all=write.count(all_),
    )
    share = "" if answer.share is None else f" ({_share(answer.share, write)})"
    return Markup("{}<strong>{}</strong> {}{}.").format(least.capitalize(), write.count(about), told, share)


def _sides(sides: Sides, write: Formats, words: Texts) -> Markup:
    taken = sides.people_for + sides.people_against
    if not taken:
        return escape(words.gettext("Nobody takes a side clearly enough to be counted."))
    agreeing = sides.agreeing
    if agreeing is None:
        return escape(
            words.gettext(
                "%(pro)s say so and %(contra)s the opposite: too few for a share.",
                pro=write.count(sides.people_for),
                contra=write.count(sides.people_against),
            )
        )
    told = words.gettext(
        "of the %(n)s who take a side say so (%(share)s); %(contra)s say the opposite.",
        n=write.count(taken),
        share=_interval(agreeing, write),
        contra=write.count(sides.people_against),
    )
    return Markup("<strong>{}</strong> {}").format(write.percent(agreeing.value, 0), told)


def _tones(answer: Answer, write: Formats, words: Texts) -> Markup:
    sure = sum(answer.tones.get(name, 0) for name in ("negative", "neutral", "positive"))
    if not sure:
        return Markup("")
    return escape(
        words.gettext(
            "Of %(sure)s sentences with a sure tone %(negative)s are negative and %(positive)s positive.",
            sure=write.count(sure),
            negative=write.count(answer.tones.get("negative", 0)),
            positive=write.count(answer.tones.get("positive", 0)),
        )
    )


def _share(one: Estimate, write: Formats) -> str:
    return f"{write.percent(one.value, _digits(one))}, {_interval(one, write)}"


def _interval(one: Estimate, write: Formats) -> str:
    return f"{write.percent(one.low, _digits(one))} – {write.percent(one.high, _digits(one))}"


def _digits(one: Estimate) -> int:
    return 0 if one.value >= 0.1 else 1
