"""The way up to the greatest value of a smooth function of a few logarithms, and whether it is a summit."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from emptychair.stats.lifetable import Floats

UNKNOWN = 3.0
"""A parameter known to a factor of e cubed (20) by one standard error is as good as unknown."""

# Logarithms go no further than this from where they began; steps no further than one.
_REACH, _STEPS, _ROUNDS = 12.0, 30, 300
# In units of the log likelihood: what one more step of Newton's would gain at the summit, and is let pass.
_GAIN, _ENOUGH = 1e-9, 1e-6
# Where so little is left to gain and the hill hardly bends, it goes on for ever.
_RIDGE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLikelihood:
    """Of the logarithms of the parameters: the log likelihood with its gradient, and its Hessian.

    Without `bend` the Hessian is taken from differences of the gradient.
    """

    at: Callable[[Floats], tuple[float, Floats]]
    bend: Callable[[Floats], Floats] | None = None


class Convergence(StrEnum):
    """What became of the search; only `REACHED` is a fit to go by."""

    REACHED = "reached"
    FLAT = "flat"
    """The likelihood goes on along a ridge: some parameter is not told by these data."""
    STUCK = "stuck"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Summit:
    """Where the way up ended: see `Likeliest`; `value` leaves the prior out."""

    logs: Floats
    value: float
    covariance: Floats
    convergence: Convergence
    gain: float
    calls: int


class _Hill:
    """The height over the logarithms (the likelihood, and the prior where there is one), counting looks."""

    def __init__(self, look: LogLikelihood, centre: Floats, width: float | None) -> None:
        self.look, self.centre, self.calls = look, centre, 0
        self.pull = 0.0 if width is None else 1 / width**2

    def at(self, logs: Floats) -> tuple[float, Floats]:
        self.calls += 1
        with np.errstate(all="ignore"):  # far from the summit anything may overflow; it is then no summit
            value, slope = self.look.at(logs)
        away = logs - self.centre
        value, slope = value - self.pull * float(away @ away) / 2, slope - self.pull * away
        good = np.isfinite(value) and bool(np.isfinite(slope).all())
        return (value, slope) if good else (-1e300, np.zeros_like(slope))

    def bend(self, logs: Floats) -> Floats:
        """Minus the Hessian: by central differences of the gradient where there is no better way."""
        if self.look.bend is not None:
            self.calls += 1
            with np.errstate(all="ignore"):
                bent = self.pull * np.eye(len(logs)) - self.look.bend(logs)
            return bent if np.isfinite(bent).all() else np.eye(len(logs))
        step = 1e-4
        axes = np.eye(len(logs)) * step
        found = np.array([self.at(logs - axis)[1] - self.at(logs + axis)[1] for axis in axes]) / (2 * step)
        return (found + found.T) / 2


def summit(
    all_rows: LogLikelihood,
    some_rows: LogLikelihood | None,
    begin: Floats,
    centre: Floats,
    width: float | None,
) -> Summit:
    """The summit from `begin`, with a normal prior of this width around `centre`, or none.

    >>> bell = LogLikelihood(at=lambda logs: (float(-((logs - 1) ** 2).sum()), -2 * (logs - 1)))
    >>> found = summit(bell, None, np.zeros(2), np.zeros(2), None)
    >>> found.logs.round(6).tolist(), found.covariance.round(6).tolist(), found.convergence.value
    ([1.0, 1.0], [[0.5, 0.0], [0.0, 0.5]], 'reached')
    """
    whole = _Hill(all_rows, centre, width)
    part = whole if some_rows is None else _Hill(some_rows, centre, width)
    logs, height, bend = _climbed(part, begin)
    value, slope = whole.at(logs)
    # A sample bends as the whole does, only less: good enough for steps.
    bend = bend if part is whole else bend * (value / height)
    logs, value, gain = _newton(whole, logs, (value, slope, bend))
    inverse, is_summit = _inverse(whole.bend(logs))
    is_far = np.abs(logs - begin).max() > _REACH - 1e-3
    if not is_summit or is_far or np.diag(inverse).max() > UNKNOWN**2:
        state = Convergence.FLAT
    else:
        state = Convergence.REACHED if gain < _ENOUGH else Convergence.STUCK
    away = logs - centre
    return Summit(
        logs=logs,
        value=value + whole.pull * float(away @ away) / 2,
        covariance=inverse,
        convergence=state,
        gain=gain,
        calls=whole.calls,
    )


def _climbed(hill: _Hill, begin: Floats) -> tuple[Floats, float, Floats]:
    """(logarithms near a summit, height, bend): by Newton's steps alone where they are cheap and end."""
    logs, gain = begin, np.inf
    if hill.look.bend is not None:
        logs, _, gain = _newton(hill, begin, None)
    if not gain < _ENOUGH or np.abs(logs - begin).max() > _REACH:
        logs = _near(hill, begin)
    return logs, hill.at(logs)[0], hill.bend(logs)


def _near(hill: _Hill, begin: Floats) -> Floats:
    """By BFGS: the bend is learned from how the slope changes, along steps not longer than one."""
    logs, (value, slope) = begin, hill.at(begin)
    start = np.eye(len(logs)) / max(float(np.abs(slope).max()), 1e-12)
    inverse, is_start = start, True
    for _ in range(_ROUNDS):
        step = inverse @ slope
        step = step / max(1.0, float(np.abs(step).max()))
        gain, size = float(step @ slope), 1.0
        if gain < 1e-4 and not is_start:
            break
        new_value, new_slope = hill.at(logs + step)
        while new_value < value + 1e-4 * size * gain and size > 1e-6:
            size /= 3
            new_value, new_slope = hill.at(logs + size * step)
        if size <= 1e-6:
            if is_start:
                break
            inverse, is_start = start, True
            continue
        moved, turned = size * step, slope - new_slope
        along = float(moved @ turned)
        if along > 0:
            if is_start:
                inverse = np.eye(len(logs)) * along / float(turned @ turned)
            less = np.eye(len(logs)) - np.outer(moved, turned) / along
            inverse = less @ inverse @ less.T + np.outer(moved, moved) / along
        logs, value, slope, is_start = logs + moved, new_value, new_slope, False
        if np.abs(logs - begin).max() > _REACH:
            break
    return logs


def _newton(
    hill: _Hill, logs: Floats, known: tuple[float, Floats, Floats] | None
) -> tuple[Floats, float, float]:
    """Newton's steps, the bend anew where one gained less than hoped: (logarithms, height, gain left)."""
    value, slope, bend = known if known is not None else (*hill.at(logs), hill.bend(logs))
    gain, is_fresh = np.inf, True
    for _ in range(_STEPS):
        step = _ascent(bend, slope)
        gain = abs(float(slope @ step))
        is_ridge = gain < _RIDGE and np.linalg.eigvalsh(bend)[0] < 1 / UNKNOWN**2
        if gain < _GAIN or is_ridge:
            break
        size, moved = 1.0, False
        while size > 1e-4 and not moved:
            new_value, new_slope = hill.at(logs + size * step)
            # Near the summit the heights differ by less than they are rounded to; the slopes still tell.
            is_near = new_value > value - 1e-6 and abs(float(new_slope @ step)) < gain / 2
            moved = new_value > value or is_near
            size /= 4
        if moved:
            is_slow = abs(float(new_slope @ _ascent(bend, new_slope))) > gain / 100
            logs, value, slope = logs + size * 4 * step, new_value, new_slope
        elif is_fresh:
            break
        is_fresh = not moved or is_slow
        if is_fresh:
            bend = hill.bend(logs)
    return logs, value, gain


def _ascent(bend: Floats, slope: Floats) -> Floats:
    """Newton's step, upwards also where the hill is not bent as a summit is, and not longer than one."""
    size, turned = np.linalg.eigh(bend)
    along = turned.T @ slope / np.maximum(np.abs(size), 1e-8 * max(float(np.abs(size).max()), 1e-12))
    step: Floats = turned @ along
    return step / max(1.0, float(np.abs(step).max()))


def _inverse(bend: Floats) -> tuple[Floats, bool]:
    size, turned = np.linalg.eigh(bend)
    if size[0] <= 1e-10 * max(size[-1], 1e-300):
        return np.full_like(bend, np.nan), False
    return (turned / size) @ turned.T, True
