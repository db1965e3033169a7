"""Changes since the baseline of one segment: of each scale, and of balance (MEASUREMENT 4.3)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..change import two_sided_quantile
from .course import Course
from .model import Change
from .plane import SCALES, balance_error, probability_above, z_of
from .smoothing import SmoothedChange, change_between, changes_since_first
from .verdicts import RELIABLE, variance_of_change

STUCK_ADMINISTRATIONS = 6
STUCK_WEEKS = 8
STUCK_IMPROVING_BELOW = 0.6


@dataclass(frozen=True, slots=True)
class Steps:
    """The change of one scale at each of its scores since the baseline.

    `administrations` are their indices in the segment, `z` the change there in its errors.
    `difference` and `standard_error` are those of the last one.
    """

    administrations: tuple[int, ...]
    z: tuple[float, ...]
    difference: float
    standard_error: float

    @property
    def run(self) -> tuple[int, ...]:
        """The latest administrations in a row that were beyond error in the same direction."""
        sign = math.copysign(1, self.z[-1])
        first = len(self.z)
        while first and sign * self.z[first - 1] > RELIABLE:
            first -= 1
        return self.administrations[first:]

    @property
    def change(self) -> Change:
        z = self.z[-1]
        held = len(self.run)
        return Change(self.difference, self.standard_error, z, abs(z) > RELIABLE, held)

    def risen(self, persistence: int) -> bool:
        """Up by 1.96 errors or more on enough administrations in a row, as 4.3 writes it."""
        latest = self.z[-persistence:]
        return len(latest) == persistence and min(latest) >= RELIABLE


def steps(course: Course, window: int) -> dict[str, Steps]:
    """Those of each scale that was scored since the baseline."""
    if course.baseline is None:
        return {}
    start = course.known[course.baseline]
    found = {}
    for scale in SCALES:
        scored = [
            i
            for i in range(course.baseline + 1, len(course.known))
            if scale in course.known[i].scores
        ]
        if scored:
            pairs = [(course.known[i].scores[scale], course.known[i].errors[scale]) for i in scored]
            found[scale] = _steps(start.scores[scale], start.errors[scale], scored, pairs, window)
    return found


def _steps(
    start: float,
    start_error: float,
    scored: Sequence[int],
    pairs: Sequence[tuple[float, float]],
    window: int,
) -> Steps:
    difference = variance = 0.0
    z = []
    for end in range(1, len(pairs) + 1):
        recent = pairs[max(0, end - window) : end]
        difference = sum([value for value, _ in recent]) / len(recent) - start
        variance = variance_of_change(start_error, [error for _, error in recent])
        z.append(z_of(difference, variance))
    return Steps(tuple(scored), tuple(z), difference, math.sqrt(variance))


def balance_change(course: Course) -> SmoothedChange | None:
    """The smoothed change of balance since the baseline."""
    if course.baseline is None:
        return None
    found = {}
    for scale in ("IND", "CDP"):
        first, last = course.estimates[scale][course.baseline], course.estimates[scale][-1]
        if first is None or last is None:
            return None
        found[scale] = change_between(first, last)
    return _of_balance(found)


def balance_changes(course: Course, baseline: int, q: float) -> list[SmoothedChange]:
    """The smoothed change at each administration from the baseline, as it was known then."""
    found = []
    for scale in ("IND", "CDP"):
        estimates = [e for e in course.estimates[scale][baseline:] if e is not None]
        found.append(changes_since_first(estimates, course.weeks[baseline:], q))
    return [_of_balance({"IND": i, "CDP": c}) for i, c in zip(*found, strict=True)]


def _of_balance(changes: Mapping[str, SmoothedChange]) -> SmoothedChange:
    """Of the halved difference of two scales, which share no item."""
    ind, cdp = changes["IND"], changes["CDP"]
    difference = (ind.difference - cdp.difference) / 2
    error = balance_error(ind.standard_error, cdp.standard_error)
    rose = probability_above(difference, error, 0.0)
    return SmoothedChange(difference, error, 1 - rose, rose)


def stuck(course: Course, baseline: int, change: SmoothedChange, at: int) -> bool:
    """MEASUREMENT 3.8 (ii) at an administration, `change` being that of balance until then."""
    scored = scored_for_balance(course, baseline, at)
    if len(scored) < STUCK_ADMINISTRATIONS:
        return False
    if course.weeks[scored[-1]] - course.weeks[baseline] < STUCK_WEEKS:
        return False
    detectable = detectable_balance(course, baseline, scored[-1])
    return (
        abs(change.difference) < detectable / 2 and change.probability_rose < STUCK_IMPROVING_BELOW
    )


def scored_for_balance(course: Course, baseline: int, at: int) -> list[int]:
    """The administrations with both scales of balance, from the baseline to one inclusive."""
    return [i for i in range(baseline, at + 1) if course.known[i].has(("CDP", "IND"))]


def detectable_balance(course: Course, baseline: int, at: int) -> float:
    """MDC80 of balance between the baseline and an administration with both scales."""
    errors = [
        balance_error(course.known[i].errors["IND"], course.known[i].errors["CDP"])
        for i in (baseline, at)
    ]
    return two_sided_quantile(0.80) * math.hypot(*errors)
