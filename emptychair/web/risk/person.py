"""What the page of a customer tells of their risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from emptychair.anticipate.risk.at_risk import at_risk
from emptychair.desk import risk_models, risk_runs, risk_scores, settings
from emptychair.desk.risk_models import KeptModel
from emptychair.desk.risk_runs import Deed, Run
from emptychair.desk.risk_scores import Score
from emptychair.desk.risk_settings import MARGIN_PERCENT
from emptychair.domain.signal import Audience
from emptychair.web.parts import Parts
from emptychair.web.risk.listing import as_data


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRisk:
    """The last score of somebody, of a run and by models. `score` None: `lack` says why there is none."""

    score: Score | None
    run: Run | None
    models: Sequence[KeptModel]
    margin: float
    is_margin: bool
    lack: str

    @property
    def chances(self) -> list[tuple[int, float, float, float]]:
        """(days, chance, low, high), the nearest first; 0 days of a snapshot."""
        if self.score is None:
            return []
        nearer = [(int(days), chance, low, high) for days, chance, low, high in self.score.nearer]
        return [*nearer, (self.score.horizon, self.score.chance, self.score.low, self.score.high)]

    @property
    def towards(self) -> list[str]:
        """What goes with leaving."""
        return [words for words, weight in (self.score.reasons or ()) if weight > 0] if self.score else []

    @property
    def against(self) -> list[str]:
        """What goes with staying."""
        return [words for words, weight in (self.score.reasons or ()) if weight < 0] if self.score else []

    @property
    def changes(self) -> list[tuple[str, bool]]:
        """What changed in a week, and whether that goes with leaving."""
        return [(words, weight > 0) for words, weight in (self.score.changes or ())] if self.score else []

    @property
    def unreliable(self) -> str:
        """Why the model of the furthest horizon is not to be relied on; empty when it is."""
        return self.models[-1].unreliable if self.models else ""

    def as_data(self) -> dict[str, Any] | None:
        """The member of the page's JSON; None without a score."""
        if self.score is None or self.run is None:
            return None
        data = as_data(self.score, self.margin)
        return {**data, "as_of": self.run.as_of, "not_reliable": self.unreliable}


def risk_of(parts: Parts, person: str) -> PersonRisk:
    """What is foreseen of a customer. A few reads of the desk."""
    customer = Audience.CUSTOMER
    with parts.desk.read() as tx:
        run = risk_runs.last(tx, customer, Deed.SCORING, with_result=True)
        score = None if run is None else risk_scores.find(tx, run.id, person)
        models = risk_models.champions(tx, customer)
        margin = settings.get(tx, MARGIN_PERCENT)
    lack = ""
    if run is None:
        lack = at_risk(parts.desk).lack
    elif score is None:
        lack = "They were in no relationship when people were scored last: nothing is foreseen of them."
    return PersonRisk(
        score=score,
        run=run,
        models=models,
        margin=1.0 if margin is None else margin / 100,
        is_margin=margin is not None,
        lack=lack,
    )
