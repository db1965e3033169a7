"""All that is said about a person's movement, computed in one place from their administrations.

The pages, the API and the stored Standing read this and nothing else.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..change import two_sided_quantile
from . import stages as naming
from . import verdicts as judging
from .model import Administration, Balance, Change, Movement, PathPoint, Probabilities
from .plane import SCALES, balance, balance_error, elevation, probability_above, z_of
from .smoothing import Estimate, SmoothedChange, change_between, require_times, smooth
from .stages import NAMED_FROM, Cut, StageReading
from .verdicts import JUDGED, RELIABLE, Contrast, Verdict, variance_of_change

STUCK_ADMINISTRATIONS = 6
STUCK_WEEKS = 8
STUCK_IMPROVING_BELOW = 0.6
# The sign of a change for the worse.
WORSE = {"DEP": 1, "CDP": 1, "IND": -1, "INT": -1}


def follow(
    administrations: Sequence[Administration],
    *,
    q: float = 100 / 12,
    prior_mean: float = 50.0,
    prior_variance: float = 400.0,
    window: int = 4,
    persistence: int = 2,
    cut: Cut = 50.0,
) -> Movement:
    """Follow the four scales through the administrations, which are given in time order.

    The baseline is the first complete administration among those marked, else the first complete
    one. Raises ValueError for scores or cuts outside 0 to 100, negative or non-finite errors,
    times that go back, and a window or persistence below 1.
    """
    judging.require_rule(window, persistence)
    require_times([administration.weeks for administration in administrations])
    known = [_known(administration) for administration in administrations]
    weeks = tuple(administration.weeks for administration in administrations)
    estimates = {
        scale: _estimates(scale, weeks, known, (q, prior_mean, prior_variance)) for scale in SCALES
    }
    baseline = _baseline(administrations, known)
    cuts = naming.cuts_of(cut)
    probabilities = _probabilities(estimates, cuts, len(weeks))
    intake = baseline if baseline is not None and administrations[baseline].baseline else None
    verdicts, now = _verdicts(known, baseline, window, persistence)
    changes = _changes(known, baseline, window)
    balance_change = _balance_change(estimates, baseline)
    independence = estimates["IND"][-1] if estimates["IND"] else None
    platform = _above(independence, cuts["IND"]) if independence is not None else None
    return Movement(
        weeks=weeks,
        baseline=baseline,
        estimates=estimates,
        path=_path(weeks, estimates),
        balances=_balances(estimates),
        probabilities=probabilities,
        stages=_stages(known, probabilities, intake),
        verdicts=verdicts,
        changes=changes,
        z_balance=now.balance if now else None,
        z_swing=now.swing if now else None,
        mistaken_probabilities=_mistaken(estimates, cuts),
        platform_probability=platform,
        onward=platform is not None and platform >= NAMED_FROM and _risen(changes, persistence),
        balance_change=balance_change,
        stuck=_stuck(weeks, known, baseline, balance_change),
        worse=tuple(
            scale
            for scale, change in changes.items()
            if change.held >= persistence and change.difference * WORSE[scale] > 0
        ),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """The scores of one administration that have an error, and those errors."""

    scores: Mapping[str, float]
    errors: Mapping[str, float]

    def has(self, scales: Sequence[str]) -> bool:
        return all(scale in self.scores for scale in scales)


def _known(administration: Administration) -> _Known:
    scores, errors = {}, {}
    for scale in SCALES:
        value, error = administration.scores.get(scale), administration.errors.get(scale)
        if value is not None and not 0 <= value <= 100:
            raise ValueError(f"{scale} needs a score from 0 to 100, not {value}")
        if error is not None and not 0 <= error < math.inf:
            raise ValueError(f"{scale} needs a finite error of at least 0, not {error}")
        if value is not None and error is not None:
            scores[scale], errors[scale] = value, error
    return _Known(scores, errors)


def _estimates(
    scale: str,
    weeks: Sequence[float],
    known: Sequence[_Known],
    model: tuple[float, float, float],
) -> tuple[Estimate | None, ...]:
    values = [entry.scores.get(scale) for entry in known]
    sems = [entry.errors.get(scale) for entry in known]
    first = next((i for i, value in enumerate(values) if value is not None), len(values))
    return (None,) * first + tuple(smooth(weeks[first:], values[first:], sems[first:], *model))


def _baseline(administrations: Sequence[Administration], known: Sequence[_Known]) -> int | None:
    complete = [i for i, entry in enumerate(known) if entry.has(SCALES)]
    marked = [i for i in complete if administrations[i].baseline]
    return next(iter(marked or complete), None)


def _path(
    weeks: Sequence[float], estimates: Mapping[str, Sequence[Estimate | None]]
) -> tuple[PathPoint, ...]:
    return tuple(
        PathPoint(i, week, cdp.mean, ind.mean, cdp.sd, ind.sd)
        for i, (week, cdp, ind) in enumerate(
            zip(weeks, estimates["CDP"], estimates["IND"], strict=True)
        )
        if cdp is not None and ind is not None
    )


def _balances(estimates: Mapping[str, Sequence[Estimate | None]]) -> tuple[Balance | None, ...]:
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


def _above(estimate: Estimate, cut: float) -> float:
    return probability_above(estimate.filtered_mean, math.sqrt(estimate.filtered_variance), cut)


def _probabilities(
    estimates: Mapping[str, Sequence[Estimate | None]], cuts: Mapping[str, float], count: int
) -> tuple[Probabilities | None, ...]:
    found: list[Probabilities | None] = []
    for i in range(count):
        above = {}
        for scale in SCALES:
            estimate = estimates[scale][i]
            if estimate is not None:
                above[scale] = _above(estimate, cuts[scale])
        found.append(naming.combine(above) if len(above) == len(SCALES) else None)
    return tuple(found)


def _stages(
    known: Sequence[_Known], probabilities: Sequence[Probabilities | None], intake: int | None
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
    known: Sequence[_Known], baseline: int | None, window: int, persistence: int
) -> tuple[tuple[Verdict, ...], Contrast | None]:
    """The verdict at each administration, and the contrast behind the last one."""
    verdicts: list[Verdict] = []
    history: list[_Known] = []
    results: list[Verdict] = []
    now = None
    for i, entry in enumerate(known):
        if baseline is not None and i > baseline and entry.has(JUDGED):
            history.append(entry)
            now = _contrast(known[baseline], history[-window:])
            results.append(judging.judge(now))
        verdicts.append(judging.held(results[-persistence:], persistence))
    return tuple(verdicts), now


def _contrast(start: _Known, recent: Sequence[_Known]) -> Contrast:
    return judging.contrast(
        start.scores,
        start.errors,
        [entry.scores for entry in recent],
        [entry.errors for entry in recent],
    )


def _changes(known: Sequence[_Known], baseline: int | None, window: int) -> dict[str, Change]:
    """The change of each scale that was scored since the baseline."""
    if baseline is None:
        return {}
    changes = {}
    for scale in SCALES:
        pairs = [
            (entry.scores[scale], entry.errors[scale])
            for entry in known[baseline + 1 :]
            if scale in entry.scores
        ]
        if pairs:
            start = known[baseline]
            changes[scale] = _change(start.scores[scale], start.errors[scale], pairs, window)
    return changes


def _change(
    start: float, start_error: float, pairs: Sequence[tuple[float, float]], window: int
) -> Change:
    difference = variance = z = 0.0
    in_a_row, sign = 0, 0.0
    for end in range(1, len(pairs) + 1):
        recent = pairs[max(0, end - window) : end]
        difference = sum([value for value, _ in recent]) / len(recent) - start
        variance = variance_of_change(start_error, [error for _, error in recent])
        z = z_of(difference, variance)
        if abs(z) < RELIABLE:
            in_a_row = 0
        elif in_a_row and sign == math.copysign(1, z):
            in_a_row += 1
        else:
            in_a_row, sign = 1, math.copysign(1, z)
    return Change(difference, math.sqrt(variance), z, abs(z) >= RELIABLE, in_a_row)


def _mistaken(
    estimates: Mapping[str, Sequence[Estimate | None]], cuts: Mapping[str, float]
) -> tuple[float | None, ...]:
    """P(independence and counter-dependence both high) at each administration."""
    return tuple(
        _above(cdp, cuts["CDP"]) * _above(ind, cuts["IND"])
        if cdp is not None and ind is not None
        else None
        for cdp, ind in zip(estimates["CDP"], estimates["IND"], strict=True)
    )


def _risen(changes: Mapping[str, Change], persistence: int) -> bool:
    """Interdependence up beyond error, on enough administrations in a row."""
    change = changes.get("INT")
    return change is not None and change.held >= persistence and change.difference > 0


def _balance_change(
    estimates: Mapping[str, Sequence[Estimate | None]], baseline: int | None
) -> SmoothedChange | None:
    """The smoothed change of balance since the baseline; the two scales share no item."""
    if baseline is None:
        return None
    changes = {}
    for scale in ("IND", "CDP"):
        first, last = estimates[scale][baseline], estimates[scale][-1]
        if first is None or last is None:
            return None
        changes[scale] = change_between(first, last)
    ind, cdp = changes["IND"], changes["CDP"]
    difference = (ind.difference - cdp.difference) / 2
    error = balance_error(ind.standard_error, cdp.standard_error)
    rose = probability_above(difference, error, 0.0)
    return SmoothedChange(difference, error, 1 - rose, rose)


def _stuck(
    weeks: Sequence[float],
    known: Sequence[_Known],
    baseline: int | None,
    change: SmoothedChange | None,
) -> bool:
    """MEASUREMENT 3.8 (ii), with the MDC80 of balance between the baseline and the latest form."""
    if baseline is None or change is None:
        return False
    scored = [i for i in range(baseline, len(known)) if known[i].has(("CDP", "IND"))]
    if len(scored) < STUCK_ADMINISTRATIONS or weeks[scored[-1]] - weeks[baseline] < STUCK_WEEKS:
        return False
    errors = [
        balance_error(known[i].errors["IND"], known[i].errors["CDP"])
        for i in (baseline, scored[-1])
    ]
    detectable = two_sided_quantile(0.80) * math.hypot(*errors)
    return (
        abs(change.difference) < detectable / 2 and change.probability_rose < STUCK_IMPROVING_BELOW
    )
