"""When customers buy and whether they still will: a model by greatest likelihood, or why there is none."""

from dataclasses import dataclass
from enum import StrEnum

from emptychair.stats.betageometric import BetaGeometric
from emptychair.stats.likelihood import Likeliest, Prior, likeliest
from emptychair.stats.pareto import Pareto
from emptychair.stats.purchases import Purchases, Refusal, refusal


class Model(StrEnum):
    """How customers are taken to leave: after a purchase, also after the first one, or at any moment."""

    BG_NBD = "BG/NBD"
    MBG_NBD = "MBG/NBD"
    PARETO_NBD = "Pareto/NBD"


SHAPES: dict[Model, BetaGeometric | Pareto] = {
    Model.BG_NBD: BetaGeometric(),
    Model.MBG_NBD: BetaGeometric(may_end_at_once=True),
    Model.PARETO_NBD: Pareto(),
}

# From twice so many rows on a sample of about so many is climbed first, and the whole from there.
SAMPLE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Buying:
    """A fitted model of when people buy; `fit.convergence` says whether to go by it."""

    model: Model
    fit: Likeliest

    @property
    def shape(self) -> BetaGeometric | Pareto:
        """The formulas of the model."""
        return SHAPES[self.model]


def buying(
    known: Purchases, model: Model = Model.BG_NBD, *, prior: Prior = Prior.WHEN_NEEDED
) -> Buying | Refusal:
    """The model by greatest likelihood, or why none is fitted (too few customers, or contracts).

    >>> import numpy as np
    >>> from emptychair.stats.purchases import purchases
    >>> rng = np.random.default_rng(0)
    >>> rate = rng.gamma(0.5, 1 / 5, 3000)
    >>> x = rng.poisson(rate * 40)
    >>> found = buying(purchases(x, np.where(x > 0, 40 * x / (x + 1), 0), np.full(3000, 40.0)))
    >>> found.fit.convergence.value
    'reached'
    """
    refused = refusal(known)
    if refused is not None:
        return refused
    shape = SHAPES[model]
    step = len(known) // SAMPLE
    fit = likeliest(
        shape.likelihood(known),
        shape.names,
        shape.starts(known),
        len(known),
        prior=prior,
        some_rows=shape.likelihood(known.rows(slice(None, None, step))) if step >= 2 else None,
    )
    return Buying(model=model, fit=fit)
