"""The sentence a scorecard opens with: what rose or fell beyond chance, or else how things stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from emptychair.domain.metric import Metric
from emptychair.domain.signal import Audience
from emptychair.stats.trend import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of text; what matters in it is strong."""

    text: str
    is_strong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A text to be translated as a whole: `template` has {names}, `values` their texts, which are strong."""

    template: str
    values: Mapping[str, str]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The pieces in reading order.

        >>> [part.text for part in Sentence(template="NPS is {now}.", values={"now": "41"}).parts]
        ['NPS is ', '41', '.']
        """
        found = []
        for plain, name, _, _ in Formatter().parse(self.template):
            if plain:
                found.append(Part(text=plain, is_strong=False))
            if name is not None:
                found.append(Part(text=self.values[name], is_strong=True))
        return tuple(found)

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text for part in self.parts)


# Every template is one message for translators. No word in them says what caused a change.
_MOVED = {
    ("retention_rate", Audience.CUSTOMER): (
        "More customers stay: {now} over {months}, up {by} points.",
        "Fewer customers stay: {now} over {months}, down {by} points.",
    ),
    ("retention_rate", Audience.EMPLOYEE): (
        "More employees stay: {now} over {months}, up {by} points.",
        "Fewer employees stay: {now} over {months}, down {by} points.",
    ),
    ("nps", Audience.CUSTOMER): (
        "Customers recommend us more: NPS {now}, up {by}.",
        "Customers recommend us less: NPS {now}, down {by}.",
    ),
    ("enps", Audience.EMPLOYEE): (
        "Employees recommend us more: eNPS {now}, up {by}.",
        "Employees recommend us less: eNPS {now}, down {by}.",
    ),
    ("csat", Audience.CUSTOMER): (
        "Customers are more satisfied: CSAT {now}, up {by} points.",
        "Customers are less satisfied: CSAT {now}, down {by} points.",
    ),
    ("ces", Audience.CUSTOMER): (
        "We are easier to deal with: CES {now}, up {by}.",
        "We are harder to deal with: CES {now}, down {by}.",
    ),
    ("stars", Audience.CUSTOMER): (
        "Reviews give more stars: {now} on average, up {by}.",
        "Reviews give fewer stars: {now} on average, down {by}.",
    ),
}
_STANDS = {
    ("retention_rate", Audience.CUSTOMER): "{now} of customers stayed over {months} ({low} to {high}).",
    ("retention_rate", Audience.EMPLOYEE): "{now} of employees stayed over {months} ({low} to {high}).",
    ("nps", Audience.CUSTOMER): "The NPS of customers is {now} ({low} to {high}).",
    ("enps", Audience.EMPLOYEE): "The eNPS of employees is {now} ({low} to {high}).",
}
# Scores of -100 to 100 and shares in percent; the others lie on short scales, where hundredths matter.
_WHOLE = ("points", "share")
_NOTHING = "There is no retention rate and no NPS yet. {needed}"
_EMPTY = "Nothing has been heard yet."


def sentences(
    metrics: Sequence[Metric], changes: Mapping[tuple[Audience, str], Change], lengths: Mapping[Audience, str]
) -> tuple[Sentence, ...]:
    """What to say first, at most two sentences: the surest changes, or how retention and NPS stand.

    A rise or a fall is claimed only when the interval of the difference leaves out 0.
    """
    everybody = [metric for metric in metrics if metric.segment is None]
    headline = [metric for metric in everybody if (metric.name, metric.audience) in _STANDS]
    known = [metric for metric in headline if metric.value is not None]
    told = [metric for metric in everybody if (metric.name, metric.audience) in _MOVED]
    moved = sorted(
        (metric for metric in told if _is_sure(changes.get((metric.audience, metric.name)))),
        key=lambda metric: changes[metric.audience, metric.name].p,
    )
    if moved:
        return tuple(_moved(metric, changes[metric.audience, metric.name], lengths) for metric in moved[:2])
    if known:
        return tuple(_stands(metric, lengths) for metric in known[:2])
    reasons = [metric.reason for metric in headline if metric.reason is not None]
    if reasons:
        return (Sentence(template=_NOTHING, values={"needed": reasons[0]}),)
    return (Sentence(template=_EMPTY, values={}),)


def _is_sure(change: Change | None) -> bool:
    return change is not None and (change.low > 0 or change.high < 0)


def _moved(metric: Metric, change: Change, lengths: Mapping[Audience, str]) -> Sentence:
    size = abs(change.value) * (100 if metric.unit == "share" else 1)
    rose, fell = _MOVED[metric.name, metric.audience]
    by = f"{size:.1f}" if metric.unit in _WHOLE else f"{size:.2f}"
    return _filled(rose if change.value > 0 else fell, metric, lengths, by=by)


def _stands(metric: Metric, lengths: Mapping[Audience, str]) -> Sentence:
    return _filled(_STANDS[metric.name, metric.audience], metric, lengths)


def _filled(template: str, metric: Metric, lengths: Mapping[Audience, str], **more: str) -> Sentence:
    texts = {
        "now": _text(metric.value, metric.unit),
        "low": _text(metric.low, metric.unit),
        "high": _text(metric.high, metric.unit),
        "months": lengths.get(metric.audience, ""),
        **more,
    }
    names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    return Sentence(template=template, values={name: texts[name] for name in sorted(names)})


def _text(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:.0f}" if unit in _WHOLE else f"{value:.2f}"
