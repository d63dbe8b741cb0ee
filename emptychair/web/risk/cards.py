"""The card of a model with what became of it, for its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emptychair.anticipate.risk.card import Card
from emptychair.anticipate.risk.rescoring import models
from emptychair.anticipate.risk.tending import kind_of
from emptychair.desk import risk_models, risk_runs, work
from emptychair.desk.risk_models import KeptModel, State
from emptychair.desk.risk_runs import Deed, Run
from emptychair.domain.signal import Audience
from emptychair.web.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A model in use with its card (None: it cannot be read here), and what the last check found of it."""

    model: KeptModel
    card: Card | None
    checked: Run | None
    history: Sequence[KeptModel]

    @property
    def check(self) -> Mapping[str, Any]:
        """What came of earlier chances (`came`) and how far features moved (`drift`)."""
        found = {} if self.checked is None else self.checked.figures.get(str(self.model.horizon), {})
        return {"came": found.get("came"), "drift": found.get("drift", [])}

    def as_data(self) -> dict[str, Any]:
        """The page as JSON."""
        return {
            "model": self.model,
            "card": self.card,
            "check": self.check,
            "history": self.history,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Tended:
    """What is used of an audience, the last run of each kind, and what is under way now."""

    audience: Audience
    models: Sequence[KeptModel]
    runs: Mapping[str, Run | None]
    under_way: tuple[str, ...]
    outcomes: Sequence[Mapping[str, Any]]


def told(parts: Parts, audience: Audience, horizon: int) -> Told | None:
    """The model in use of a horizon; None without one."""
    with parts.desk.read() as tx:
        history = risk_models.history(tx, audience, horizon)
        checked = risk_runs.last(tx, audience, Deed.CHECKING, with_result=True)
    used = next((one for one in history if one.state is State.CHAMPION), None)
    if used is None:
        return None
    read: Any = parts.kept.get(("risk card", used.id), lambda: _card(parts, used), lambda answer: True)
    return Told(model=used, card=read, checked=checked, history=history)


def tended(parts: Parts, audience: Audience) -> Tended:
    """Where the models of an audience stand."""
    with parts.desk.read() as tx:
        runs = {deed.value: risk_runs.last(tx, audience, deed) for deed in Deed}
        under_way = {one.kind for one in work.open_work(tx) if one.thing == audience.value}
        used = risk_models.champions(tx, audience)
    trained = runs[Deed.TRAINING.value]
    return Tended(
        audience=audience,
        models=used,
        runs=runs,
        under_way=tuple(deed.value for deed in Deed if kind_of(deed) in under_way),
        outcomes=[] if trained is None else trained.figures.get("outcomes", []),
    )


def _card(parts: Parts, used: KeptModel) -> Card | None:
    return next((one.card for one in models(parts.ledger, parts.desk, [used])), None)
