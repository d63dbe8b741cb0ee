"""What the numbers of the scorecard are called, and how a value of each unit is written."""

from dataclasses import dataclass

from emptychair.domain.metric import Metric
from emptychair.domain.signal import Audience
from emptychair.stats.intervals import Estimate
from emptychair.stats.trend import Change
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts, marked

TITLES = {
    ("retention_rate", Audience.CUSTOMER): marked("Customer retention"),
    ("retention_rate", Audience.EMPLOYEE): marked("Employee retention"),
    ("retention_rate_net", Audience.CUSTOMER): marked("(E − N)/S, as in the articles"),
    ("retention_rate_net", Audience.EMPLOYEE): marked("(E − N)/S, as in the articles"),
    ("nps", Audience.CUSTOMER): marked("Net promoter score"),
    ("enps", Audience.EMPLOYEE): marked("Employee NPS"),
}
BY_NAME = {
    "csat": marked("Satisfaction (CSAT)"),
    "ces": marked("Ease (CES)"),
    "stars": marked("Stars"),
    "nps": marked("NPS"),
    "enps": marked("eNPS"),
}
# The least height of a chart's scale, so that noise of a stable number does not look like a storm.
LEAST = {"share": 0.02, "points": 10.0, "stars": 0.3}
RISES = {"ces"}


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes values of a unit for one reader."""

    write: Formats
    texts: Texts

    def title(self, name: str, audience: Audience) -> str:
        """What a number is called."""
        if name.startswith("survival_"):
            months = int(name.removeprefix("survival_").removesuffix("m"))
            return self.texts.ngettext("Lasts over %(n)s month", "Lasts over %(n)s months", months)
        return self.texts.gettext(TITLES.get((name, audience), BY_NAME.get(name, name)))

    def value(self, value: float, unit: str) -> tuple[str, str]:
        """The number and the smaller sign behind it."""
        if unit == "share":
            return self.write.decimal(100 * value, 1), "%"
        if unit == "points":
            return self.write.decimal(value, 0), ""
        return self.write.decimal(value, 2), ""

    def whole(self, value: float, unit: str) -> str:
        """The number with its sign."""
        return "".join(self.value(value, unit))

    def interval(self, one: Metric | Estimate, unit: str) -> str:
        """The 95 % interval in words; empty without one."""
        if one.low is None or one.high is None:
            return ""
        low, high = self.value(one.low, unit)[0], self.value(one.high, unit)[0]
        return self.texts.gettext("95%% CI %(low)s to %(high)s", low=low, high=high)

    def reading(self, label: str, one: Estimate | None, unit: str, n: int) -> str:
        """A point of a series in one line."""
        people = self.write.count(n)
        if one is None:
            return self.texts.gettext("%(when)s: not enough data (n = %(n)s)", when=label, n=people)
        return f"{label}: {self.whole(one.value, unit)} · {self.interval(one, unit)} · n = {people}"

    def change(self, change: Change, unit: str) -> str:
        """A change with its sign, in points of the unit."""
        if unit == "share":
            return f"{self.write.signed(100 * change.value)} pt"
        return self.write.signed(change.value, 1 if unit == "points" else 2)

    def change_interval(self, change: Change, unit: str) -> str:
        """The interval of a change."""
        factor, digits = (100, 1) if unit == "share" else (1, 1 if unit == "points" else 2)
        return self.texts.gettext(
            "95%% CI %(low)s to %(high)s",
            low=self.write.signed(factor * change.low, digits),
            high=self.write.signed(factor * change.high, digits),
        )
