"""What a definition says, in words: one line for each condition, nested as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from emptychair.understand.segments.definition import (
    All,
    Any,
    Condition,
    Inside,
    Leaf,
    Money,
    Not,
    Relationship,
    Scored,
    Span,
    Spoke,
    State,
    Times,
    Trait,
    Which,
)
from emptychair.understand.signs import Range, Sign, Test
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts


@dataclass(frozen=True, slots=True)
class Line:
    """A condition in words, and those inside it."""

    text: str
    inside: Sequence["Line"] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """What lines are written with; `names` are those of themes and segments by id."""

    write: Formats
    texts: Texts
    names: Mapping[str, str]

    def line(self, condition: Condition) -> Line:
        """The condition in words."""
        say = self.texts.gettext
        if isinstance(condition, All | Any):
            if len(condition.parts) == 1:
                return self.line(condition.parts[0])
            text = say("All of these hold:") if isinstance(condition, All) else say("One of these holds:")
            return Line(text, [self.line(part) for part in condition.parts])
        if isinstance(condition, Not):
            return Line(say("This does not hold:"), [self.line(condition.part)])
        return Line(self._leaf(condition))

    def sign(self, sign: Sign) -> str:
        """Which signals are meant."""
        say = self.texts.gettext
        kind = say("anything") if sign.kind is None else sign.kind.value
        names = f" “{self._or(sign.names)}”" if sign.names else ""
        where = [f"{name} {self._test(test)}" for name, test in sign.where]
        joined = say(" where %(conditions)s", conditions=say(" and ").join(where)) if where else ""
        return f"{kind}{names}{joined}"

    def _leaf(self, leaf: Leaf) -> str:
        say = self.texts.gettext
        if isinstance(leaf, Trait):
            text = f"{leaf.name} {self._test(leaf.test)}"
            return say("of their account: %(what)s", what=text) if leaf.is_of_account else text
        if isinstance(leaf, Times):
            often = self._often(leaf.times) + self._span(leaf.span)
            return say("%(what)s: %(often)s", what=self.sign(leaf.sign), often=often)
        if isinstance(leaf, Money):
            amount = f"{self._range(leaf.total)} {leaf.currency}".strip()
            return say("paid %(amount)s%(span)s", amount=amount, span=self._span(leaf.span))
        if isinstance(leaf, Spoke):
            return self._spoke(leaf)
        if isinstance(leaf, Scored):
            which = say("last answer") if leaf.which is Which.LAST else say("mean of all answers")
            return say("%(score)s, %(which)s: %(range)s%(span)s", score=leaf.score.value.upper(), which=which,
                       range=self._range(leaf.value), span=self._span(leaf.span))  # fmt: skip
        if isinstance(leaf, Relationship):
            return self._relationship(leaf)
        return self._inside(leaf)

    def _inside(self, leaf: Inside) -> str:
        name = self.names.get(leaf.segment, leaf.segment)
        return self.texts.gettext("is in the segment “%(name)s”", name=name)

    def _spoke(self, leaf: Spoke) -> str:
        say = self.texts.gettext
        tone = f" ({say(leaf.tone)})" if leaf.tone else ""
        return say("spoke of “%(theme)s”%(tone)s: %(often)s%(span)s", tone=tone,
                   theme=self.names.get(leaf.theme, leaf.theme), often=self._often(leaf.times),
                   span=self._span(leaf.span))  # fmt: skip

    def _relationship(self, leaf: Relationship) -> str:
        say = self.texts.gettext
        if leaf.state is State.NONE:
            return say("there never was a relationship")
        is_open = leaf.state is State.OPEN
        text = say("the relationship is open") if is_open else say("the relationship has ended")
        if leaf.days == Range():
            return text
        return say("%(what)s, for %(range)s days", what=text, range=self._range(leaf.days))

    def _test(self, test: Test) -> str:
        say = self.texts.gettext
        if test.is_missing is not None:
            return say("is not known") if test.is_missing else say("is known")
        parts = []
        if test.among:
            parts.append(say("is %(values)s", values=self._or(test.among)))
        if test.outside:
            parts.append(say("is not %(values)s", values=self._or(test.outside)))
        if test.within is not None:
            parts.append(say("is %(values)s", values=self._range(test.within)))
        return say(" and ").join(parts)

    def _range(self, bounds: Range) -> str:
        say = self.texts.gettext
        low, high = (
            None if end is None else self.write.decimal(end, 0 if end == int(end) else 2)
            for end in (bounds.least, bounds.most)
        )
        if low is not None and high is not None:
            return low if low == high else say("%(low)s to %(high)s", low=low, high=high)
        return say("%(low)s or more", low=low) if high is None else say("%(high)s or less", high=high)

    def _often(self, times: Range) -> str:
        say = self.texts.gettext
        if times == Range():
            return say("any number of times")
        if times.most == 0:
            return say("never")
        if times.least == 1 and times.most is None:
            return say("at least once")
        return say("%(range)s times", range=self._range(times))

    def _span(self, span: Span) -> str:
        say = self.texts.gettext
        if span.days is not None:
            return say(" in the last %(n)s days", n=self.write.count(span.days))
        text = "" if span.first is None else say(" since %(day)s", day=self.write.day(span.first))
        return text + ("" if span.last is None else say(" until %(day)s", day=self.write.day(span.last)))

    def _or(self, values: Sequence[str]) -> str:
        return self.texts.gettext(" or ").join(values)
