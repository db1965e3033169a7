"""Local level model with known errors at irregular times: filter and smoother (MEASUREMENT 3.6)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .plane import probability_above

# Stands for "the past says nothing here": exp(-FORGOTTEN) is 0, and sums of it stay finite.
FORGOTTEN = 1e6


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where a person stood at one time.

    `mean` and `sd` are smoothed, from all observations; `filtered_mean` and `filtered_variance`
    know only those up to that time. `decay` is minus the logarithm of the correlation-like factor
    that ties this time to the first one: it yields the joint covariance of any two estimates.
    """

    mean: float
    sd: float
    filtered_mean: float
    filtered_variance: float
    decay: float


@dataclass(frozen=True, slots=True)
class SmoothedChange:
    """Posterior change between two times, with the standard error of the joint distribution."""

    difference: float
    standard_error: float
    probability_fell: float
    probability_rose: float


def smooth(
    times_weeks: Sequence[float],
    values: Sequence[float | None],
    sems: Sequence[float | None],
    q: float,
    prior_mean: float,
    prior_variance: float,
) -> list[Estimate]:
    """One Estimate for each time, by the Kalman filter and the Rauch-Tung-Striebel smoother.

    The true level drifts with variance `q` a week; observation i has the known standard error
    `sems[i]`. A value of None is a gap: its time is predicted only, and its error is not read.
    The prior holds at the first time. Raises ValueError for unequal lengths, times that go back,
    numbers that are not finite, and negative errors, `q` or prior variance.
    """
    _require(times_weeks, values, sems, q, prior_mean, prior_variance)
    means, variances = _filter(times_weeks, values, sems, q, prior_mean, prior_variance)
    if not means:
        return []
    steps = [q * (later - earlier) for earlier, later in pairwise(times_weeks)]
    # With neither error nor drift the two times hold the same level: gain 1.
    gains = [
        variance / (variance + step) if variance + step > 0 else 1.0
        for variance, step in zip(variances, steps, strict=False)
    ]
    smoothed = [(means[-1], variances[-1])]
    for i in range(len(means) - 2, -1, -1):
        next_mean, next_variance = smoothed[-1]
        mean = means[i] + gains[i] * (next_mean - means[i])
        variance = variances[i] + gains[i] ** 2 * (next_variance - variances[i] - steps[i])
        smoothed.append((mean, max(0.0, variance)))
    smoothed.reverse()
    decays = [0.0]
    for gain in gains:
        decays.append(decays[-1] + (-math.log(gain) if gain > 0 else FORGOTTEN))
    return [
        Estimate(mean, math.sqrt(variance), filtered_mean, filtered_variance, decay)
        for (mean, variance), filtered_mean, filtered_variance, decay in zip(
            smoothed, means, variances, decays, strict=True
        )
    ]


def change_between(first: Estimate, last: Estimate) -> SmoothedChange:
    """Posterior change from `first` to `last`, two estimates of the same call of `smooth`.

    The covariance of two smoothed levels is the variance of the later one times the smoother's
    gains in between: their errors are shared, so their variances alone would overstate the error.
    """
    later = last if last.decay >= first.decay else first
    covariance = math.exp(-abs(last.decay - first.decay)) * later.sd**2
    variance = max(0.0, first.sd**2 + last.sd**2 - 2 * covariance)
    difference = last.mean - first.mean
    rose = probability_above(difference, math.sqrt(variance), 0.0)
    return SmoothedChange(difference, math.sqrt(variance), 1 - rose, rose)


def changes_since_first(
    estimates: Sequence[Estimate], times_weeks: Sequence[float], q: float
) -> list[SmoothedChange]:
    """What `change_between` the first and each later time was when that time was the last.

    `estimates` are successive ones of one call of `smooth` with the drift `q`, `times_weeks`
    theirs. The first level is smoothed forward, one observation at a time, so that the whole
    history takes as long as one smoothing.
    """
    first = estimates[0]
    mean, variance = first.filtered_mean, first.filtered_variance
    changes = [SmoothedChange(0.0, 0.0, 0.5, 0.5)]
    for i in range(1, len(estimates)):
        before, last = estimates[i - 1], estimates[i]
        predicted = before.filtered_variance + q * (times_weeks[i] - times_weeks[i - 1])
        gain = math.exp(first.decay - last.decay)
        mean += gain * (last.filtered_mean - before.filtered_mean)
        variance += gain**2 * (last.filtered_variance - predicted)
        of_difference = variance + last.filtered_variance * (1 - 2 * gain)
        error = math.sqrt(max(0.0, of_difference))
        rose = probability_above(last.filtered_mean - mean, error, 0.0)
        changes.append(SmoothedChange(last.filtered_mean - mean, error, 1 - rose, rose))
    return changes


def require_times(times_weeks: Sequence[float]) -> None:
    """Raise ValueError unless the times are finite and never go back."""
    if not all(math.isfinite(time) for time in times_weeks):
        raise ValueError("times must be finite")
    if any(later < earlier for earlier, later in pairwise(times_weeks)):
        raise ValueError("times must not go back")


def _filter(
    times: Sequence[float],
    values: Sequence[float | None],
    sems: Sequence[float | None],
    q: float,
    mean: float,
    variance: float,
) -> tuple[list[float], list[float]]:
    means, variances = [], []
    previous = times[0] if len(times) else 0.0
    for time, value, sem in zip(times, values, sems, strict=True):
        variance += q * (time - previous)
        previous = time
        if value is not None and sem is not None:
            total = variance + sem * sem
            gain = variance / total if total > 0 else 0.0
            mean += gain * (value - mean)
            variance *= 1 - gain
        means.append(mean)
        variances.append(variance)
    return means, variances


def _require(
    times: Sequence[float],
    values: Sequence[float | None],
    sems: Sequence[float | None],
    q: float,
    prior_mean: float,
    prior_variance: float,
) -> None:
    if not len(times) == len(values) == len(sems):
        raise ValueError("times, values and errors must be of equal length")
    require_times(times)
    for value, sem in zip(values, sems, strict=True):
        if value is None:
            continue
        if not math.isfinite(value):
            raise ValueError("values must be finite, or None for a gap")
        if sem is None or not 0 <= sem < math.inf:
            raise ValueError("each value needs a finite error of at least 0")
    if not math.isfinite(prior_mean):
        raise ValueError("the prior mean must be finite")
    if not 0 <= q < math.inf or not 0 <= prior_variance < math.inf:
        raise ValueError("q and the prior variance must be finite and at least 0")
    if len(times) and not math.isfinite(prior_variance + q * (times[-1] - times[0])):
        raise ValueError("the drift between the first time and the last must be finite")
