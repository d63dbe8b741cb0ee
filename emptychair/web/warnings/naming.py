"""What warnings are called on pages: what goes wrong, where, and how much more often than usual."""

from collections.abc import Sequence

from markupsafe import Markup

from emptychair.anticipate.warnings.kinds import Kind
from emptychair.desk.early_warnings import KeptWarning
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts


def called(kind: str, key: str, words: Texts) -> str:
    """A trouble as a reader knows it."""
    if kind == Kind.PAYMENT:
        return words.gettext("Payments that fail (%(name)s)", name=key)
    if kind == Kind.SEARCH:
        return words.gettext("Searches that find nothing, twice or more in a day")
    if kind == Kind.RAGE:
        return words.gettext("“%(name)s” over and over within two minutes", name=key)
    if kind == Kind.PROMISE:
        return words.gettext("Promises that are not kept in time")
    if kind == Kind.USAGE:
        return words.gettext("Fewer people who do anything")
    return words.gettext("Failure: %(name)s", name=key)


def where(cell: Sequence[Sequence[str]], words: Texts) -> str:
    """Of whom a warning is."""
    if not cell:
        return words.gettext("everybody")
    return ", ".join(words.gettext("%(field)s %(value)s", field=name, value=value) for name, value in cell)


def times(warning: KeptWarning, write: Formats, words: Texts) -> str:
    """How many times what was expected, with its interval."""
    found = warning.figures
    if found["ratio"] is None:
        return words.gettext("never seen before")
    digits = 2 if warning.kind == Kind.USAGE else 1
    low, high = write.decimal(found["low"], digits), found["high"]
    if high is None:
        return words.gettext("%(low)s times at least", low=low)
    return words.gettext(
        "%(times)s times (%(low)s to %(high)s)",
        times=write.decimal(found["ratio"], digits),
        low=low,
        high=write.decimal(high, digits),
    )


def sentence(warning: KeptWarning, write: Formats, words: Texts) -> Markup:
    """One warning in a sentence: what, where, how many, and against what."""
    found = warning.figures
    seen, days = write.count(found["observed"]), write.count(found["days"])
    if found["ratio"] is None:
        told = words.gettext("%(people)s people in %(days)s days, and nobody before.", people=seen, days=days)
    elif warning.kind == Kind.USAGE:
        told = words.gettext(
            "%(people)s came in %(days)s days (each day counts), where %(expected)s were expected.",
            people=seen,
            days=days,
            expected=write.count(round(found["expected"])),
        )
    else:
        told = words.gettext(
            "%(people)s people in %(days)s days, where their history leads to expect %(expected)s.",
            people=seen,
            days=days,
            expected=write.decimal(found["expected"], 1),
        )
    return Markup("<strong>{}</strong> ({}): {}").format(
        called(warning.kind, warning.key, words), where(warning.cell, words), told
    )
