"""Turning points of the swing between counter-dependence and dependence (MEASUREMENT 4.5)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .plane import require_errors, require_scores, z_of
from .smoothing import require_times
from .verdicts import SUPPORTING, require_rule

# The highest and the lowest of a series are chosen for being far apart: 1.96 between them is
# passed by error alone in one unchanging client of five within a year. ADR 15 has the rates.
TURNED = 2.58
REVERSALS = 2
YEAR_WEEKS = 52.0

SWUNG = ("DEP", "CDP")


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """A highest or lowest value of the swing, the mean of the last administrations up to it.

    `administration` is the index of the last of them and `weeks` its time. `swing` is
    counter-dependence minus dependence, -100 to 100. `confirmed` is the index of the
    administration at which the way back had become reliable; None where it has not.
    """

    administration: int
    weeks: float
    swing: float
    standard_error: float
    confirmed: int | None

    def shifted(self, start: int) -> "TurningPoint":
        confirmed = None if self.confirmed is None else start + self.confirmed
        return replace(self, administration=start + self.administration, confirmed=confirmed)


@dataclass(frozen=True, slots=True)
class Leg:
    """The change of the swing from one turning point to the next; their means share no form."""

    difference: float
    standard_error: float
    z: float


@dataclass(frozen=True, slots=True)
class Pendulum:
    """The turning points in time order, with one leg between each two.

    The first point is where the first reliable swing began and the last one where the latest
    swing has got to. `reversals` counts the points between them, each with a reliable swing to it
    and a reliable one away from it, within the 52 weeks before the last administration.
    """

    turning_points: tuple[TurningPoint, ...]
    legs: tuple[Leg, ...]
    reversals: int

    @property
    def back_and_forth(self) -> bool:
        return self.reversals >= REVERSALS

    def back_and_forth_at(self, administration: int, weeks: float) -> bool:
        return self.reversals_at(administration, weeks) >= REVERSALS

    def reversals_at(self, administration: int, weeks: float) -> int:
        """How many reversals were known at an administration, within the 52 weeks before it."""
        return sum(
            point.confirmed is not None
            and point.confirmed <= administration
            and weeks - point.weeks <= YEAR_WEEKS
            for point in self.turning_points[1:]
        )

    def shifted(self, start: int) -> "Pendulum":
        """The same with indices that count from `start` administrations earlier."""
        return replace(self, turning_points=tuple(p.shifted(start) for p in self.turning_points))


def pendulum(
    weeks: Sequence[float],
    scores: Sequence[Mapping[str, float]],
    errors: Sequence[Mapping[str, float]],
    window: int = 4,
    persistence: int = 2,
) -> Pendulum:
    """Find the turning points of administrations in time order.

    Scores and standard errors are POMP, by scale code DEP and CDP; an administration without
    both is passed over. Each value is the mean of the last `window` such administrations. A
    highest or lowest one is a turning point once, at `persistence` administrations in a row, the
    swing contrast from it is at least 2.58 in its errors and each of the two scales at least 1.28
    in its own direction; means that share a form are not compared. Raises ValueError for unequal
    lengths, impossible scores, errors and times, and a window or persistence below 1.
    """
    require_rule(window, persistence)
    require_times(weeks)
    if not len(weeks) == len(scores) == len(errors):
        raise ValueError("weeks, scores and errors must be of equal length")
    whole = [i for i, entry in enumerate(scores) if all(scale in entry for scale in SWUNG)]
    for i in whole:
        require_scores("scores", scores[i], SWUNG)
        require_errors("errors", errors[i], SWUNG)
    means = [
        _mean(whole[end - window : end], weeks, scores, errors)
        for end in range(window, len(whole) + 1)
    ]
    points = _turning_points(means, window, persistence)
    legs = tuple(_leg(start, end) for start, end in pairwise(points))
    found = Pendulum(tuple(point.named() for point in points), legs, 0)
    if not points:
        return found
    return replace(found, reversals=found.reversals_at(len(weeks) - 1, weeks[-1]))


@dataclass(frozen=True, slots=True)
class _Mean:
    """Both scales over one window, which ends at an administration, and their swing."""

    administration: int
    weeks: float
    dep: float
    cdp: float
    swing: float
    dep_variance: float
    cdp_variance: float
    variance: float
    confirmed: int | None = None

    def named(self) -> TurningPoint:
        error = math.sqrt(self.variance)
        return TurningPoint(self.administration, self.weeks, self.swing, error, self.confirmed)


def _mean(
    indices: Sequence[int],
    weeks: Sequence[float],
    scores: Sequence[Mapping[str, float]],
    errors: Sequence[Mapping[str, float]],
) -> _Mean:
    n, last = len(indices), indices[-1]
    dep = sum([scores[i]["DEP"] for i in indices]) / n
    cdp = sum([scores[i]["CDP"] for i in indices]) / n
    # Products, because ** raises where a float is too large and * gives infinity.
    of_dep = sum([errors[i]["DEP"] * errors[i]["DEP"] for i in indices]) / n**2
    of_cdp = sum([errors[i]["CDP"] * errors[i]["CDP"] for i in indices]) / n**2
    return _Mean(last, weeks[last], dep, cdp, cdp - dep, of_dep, of_cdp, of_dep + of_cdp)


def _turning_points(means: Sequence[_Mean], window: int, persistence: int) -> list[_Mean]:
    """Walk along the means, which are `window` apart before they share no administration.

    `extremes[sign]` is the position of the value that is farthest against the sign so far: the
    lowest one, from which the swing may rise (+1), and the highest one (-1).
    """
    points: list[_Mean] = []
    extremes, held = {1: 0, -1: 0}, {1: 0, -1: 0}
    going = 0
    for at in range(1, len(means)):
        for sign in (1, -1):
            start = extremes[sign]
            away = sign != going and at - start >= window and _swung(means[start], means[at], sign)
            held[sign] = held[sign] + 1 if away else 0
        turned = next((sign for sign in (1, -1) if held[sign] >= persistence), None)
        if turned is not None:
            start, going = extremes[turned], turned
            points.append(replace(means[start], confirmed=means[at].administration))
            since = range(start + window, at + 1)
            extremes[-turned] = max(since, key=lambda i: turned * means[i].swing)
            held = {1: 0, -1: 0}
        for sign in (1, -1):
            if sign != going and sign * means[at].swing < sign * means[extremes[sign]].swing:
                extremes[sign] = at
    if going:
        points.append(means[extremes[-going]])
    return points


def _swung(start: _Mean, end: _Mean, sign: int) -> bool:
    difference = sign * (end.swing - start.swing)
    if difference <= 0 or z_of(difference, start.variance + end.variance) < TURNED:
        return False
    cdp = z_of(sign * (end.cdp - start.cdp), start.cdp_variance + end.cdp_variance)
    dep = z_of(sign * (end.dep - start.dep), start.dep_variance + end.dep_variance)
    return cdp >= SUPPORTING and dep <= -SUPPORTING


def _leg(start: _Mean, end: _Mean) -> Leg:
    difference, variance = end.swing - start.swing, start.variance + end.variance
    return Leg(difference, math.sqrt(variance), z_of(difference, variance))
