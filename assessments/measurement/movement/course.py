"""One segment of a person's administrations: all that runs along them, as they came.

Nothing here knows of other segments; indices count from the first administration of this one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import stages as naming
from . import verdicts as judging
from .model import Administration, Balance, PathPoint, Probabilities
from .plane import SCALES, balance, balance_error, elevation, probability_above
from .smoothing import Estimate, smooth
from .stages import StageReading
from .verdicts import JUDGED, Contrast, Verdict


@dataclass(frozen=True, slots=True)
class Rules:
    """What `follow` was asked to follow by."""

    q: float
    prior_mean: float
    prior_variance: float
    window: int
    persistence: int
    cuts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Known:
    """The scores of one administration that have an error, and those errors."""

    scores: Mapping[str, float]
    errors: Mapping[str, float]

    def has(self, scales: Sequence[str]) -> bool:
        return all(scale in self.scores for scale in scales)


Estimates = Mapping[str, tuple[Estimate | None, ...]]


@dataclass(frozen=True, slots=True)
class Course:
    """Tuples run along the administrations of the segment; `contrast` is behind the last verdict.

    `judged` counts the administrations since the baseline that a verdict could read.
    """

    weeks: tuple[float, ...]
    known: tuple[Known, ...]
    baseline: int | None
    estimates: Estimates
    balances: tuple[Balance | None, ...]
    probabilities: tuple[Probabilities | None, ...]
    stages: tuple[StageReading | None, ...]
    verdicts: tuple[Verdict, ...]
    mistaken: tuple[float | None, ...]
    contrast: Contrast | None
    judged: int


def course(administrations: Sequence[Administration], rules: Rules) -> Course:
    """Follow the administrations of one segment, from the prior anew."""
    known = tuple(_known(administration) for administration in administrations)
    weeks = tuple(administration.weeks for administration in administrations)
    estimates = {scale: _estimates(scale, weeks, known, rules) for scale in SCALES}
    baseline = _baseline(administrations, known)
    probabilities = _probabilities(estimates, rules.cuts, len(weeks))
    intake = baseline if baseline is not None and administrations[baseline].baseline else None
    verdicts, now, judged = _verdicts(known, baseline, rules)
    return Course(
        weeks=weeks,
        known=known,
        baseline=baseline,
        estimates=estimates,
        balances=_balances(estimates),
        probabilities=probabilities,
        stages=_stages(known, probabilities, intake),
        verdicts=verdicts,
        mistaken=_mistaken(estimates, rules.cuts),
        contrast=now,
        judged=judged,
    )


def path(found: Course, start: int, segment: int) -> tuple[PathPoint, ...]:
    """The smoothed points of a segment whose first administration has the index `start`."""
    return tuple(
        PathPoint(start + i, week, cdp.mean, ind.mean, cdp.sd, ind.sd, segment)
        for i, (week, cdp, ind) in enumerate(
            zip(found.weeks, found.estimates["CDP"], found.estimates["IND"], strict=True)
        )
        if cdp is not None and ind is not None
    )


def above(estimate: Estimate, cut: float) -> float:
    """P(true score >= cut) by what was known at the time of the estimate."""
    return probability_above(estimate.filtered_mean, math.sqrt(estimate.filtered_variance), cut)


def _known(administration: Administration) -> Known:
    scores, errors = {}, {}
    for scale in SCALES:
        value, error = administration.scores.get(scale), administration.errors.get(scale)
        if value is not None and not 0 <= value <= 100:
            raise ValueError(f"{scale} needs a score from 0 to 100, not {value}")
        if error is not None and not 0 <= error < math.inf:
            raise ValueError(f"{scale} needs a finite error of at least 0, not {error}")
        if value is not None and error is not None:
            scores[scale], errors[scale] = value, error
    return Known(scores, errors)


def _estimates(
    scale: str, weeks: Sequence[float], known: Sequence[Known], rules: Rules
) -> tuple[Estimate | None, ...]:
    values = [entry.scores.get(scale) for entry in known]
    sems = [entry.errors.get(scale) for entry in known]
    first = next((i for i, value in enumerate(values) if value is not None), len(values))
    found = smooth(
        weeks[first:], values[first:], sems[first:], rules.q, rules.prior_mean, rules.prior_variance
    )
    return (None,) * first + tuple(found)


def _baseline(administrations: Sequence[Administration], known: Sequence[Known]) -> int | None:
    complete = [i for i, entry in enumerate(known) if entry.has(SCALES)]
    marked = [i for i in complete if administrations[i].baseline]
    return next(iter(marked or complete), None)


def _balances(estimates: Estimates) -> tuple[Balance | None, ...]:
    return tuple(
        Balance(
            balance(ind.filtered_mean, cdp.filtered_mean),
            balance_error(math.sqrt(ind.filtered_variance), math.sqrt(cdp.filtered_variance)),
            elevation(ind.filtered_mean, cdp.filtered_mean),
        )
        if ind is not None and cdp is not None
        else None
        for ind, cdp in zip(estimates["IND"], estimates["CDP"], strict=True)
    )


def _probabilities(
    estimates: Estimates, cuts: Mapping[str, float], count: int
) -> tuple[Probabilities | None, ...]:
    found: list[Probabilities | None] = []
    for i in range(count):
        high = {}
        for scale in SCALES:
            estimate = estimates[scale][i]
            if estimate is not None:
                high[scale] = above(estimate, cuts[scale])
        found.append(naming.combine(high) if len(high) == len(SCALES) else None)
    return tuple(found)


def _stages(
    known: Sequence[Known], probabilities: Sequence[Probabilities | None], intake: int | None
) -> tuple[StageReading | None, ...]:
    """One reading each. A form without any score confirms nothing and repeats the last reading."""
    readings: list[StageReading | None] = []
    reading: StageReading | None = None
    previous: Probabilities | None = None
    for i, (entry, current) in enumerate(zip(known, probabilities, strict=True)):
        if current is not None and entry.scores:
            reading = naming.read(current, previous, intake=i == intake)
            previous = current
        readings.append(reading)
    return tuple(readings)


def _verdicts(
    known: Sequence[Known], baseline: int | None, rules: Rules
) -> tuple[tuple[Verdict, ...], Contrast | None, int]:
    """The verdict at each administration, the contrast behind the last one, and the steps."""
    verdicts: list[Verdict] = []
    history: list[Known] = []
    results: list[Verdict] = []
    now = None
    for i, entry in enumerate(known):
        if baseline is not None and i > baseline and entry.has(JUDGED):
            history.append(entry)
            now = _contrast(known[baseline], history[-rules.window :])
            results.append(judging.judge(now))
        verdicts.append(judging.held(results[-rules.persistence :], rules.persistence))
    return tuple(verdicts), now, len(history)


def _contrast(start: Known, recent: Sequence[Known]) -> Contrast:
    return judging.contrast(
        start.scores,
        start.errors,
        [entry.scores for entry in recent],
        [entry.errors for entry in recent],
    )


def _mistaken(estimates: Estimates, cuts: Mapping[str, float]) -> tuple[float | None, ...]:
    """P(independence and counter-dependence both high) at each administration."""
    return tuple(
        above(cdp, cuts["CDP"]) * above(ind, cuts["IND"])
        if cdp is not None and ind is not None
        else None
        for cdp, ind in zip(estimates["CDP"], estimates["IND"], strict=True)
    )
