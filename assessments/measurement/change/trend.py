"""A robust line through a series: Theil-Sen slope with Kendall's tau (3.5)."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from .checks import require_number
from .error import two_sided_quantile
from .reasons import WhyNot

MINIMUM_POINTS = 4
MINIMUM_WEEKS = 3.0
# Up to this many points the exact distribution is used, as scipy does; beyond it the normal
# approximation differs by less than is ever printed.
EXACT_UP_TO = 33


@dataclass(frozen=True)
class Trend:
    """A line value = intercept + slope * weeks, and how orderly the series moves.

    `slope` is the median of the slopes of all pairs of points at different times; `intercept` is
    median(values) - slope * median(times); `tau` is Kendall's tau-b between times and values;
    `p` is its two-sided p. Where all values are equal nothing can be ranked: tau is 0 and p is 1.
    `low` and `high` are Sen's interval of the slope, at 95 % as far as so few pairs allow.
    """

    slope: float
    intercept: float
    tau: float
    p: float
    low: float
    high: float


def theil_sen(times: Sequence[float], values: Sequence[float | None]) -> Trend | None:
    """The trend of `values` over `times`, which are in weeks and in any order.

    A value of None is a gap and is left out with its time. None under four points or three weeks
    from the first to the last; `why_no_trend` says which. p is exact without ties up to 33
    points, else from the normal approximation with correction for ties (Kendall 1970). Raises
    ValueError for sequences of different lengths and for entries that are not finite numbers.
    """
    points = _points(times, values)
    if _reason(points) is not None:
        return None
    slopes = sorted(
        (value - earlier_value) / (time - earlier_time)
        for (earlier_time, earlier_value), (time, value) in combinations(points, 2)
        if time != earlier_time
    )
    slope = median(slopes)
    middle_time = median(time for time, _ in points)
    middle_value = median(value for _, value in points)
    tau, p = _kendall(points)
    return Trend(slope, middle_value - slope * middle_time, tau, p, *_interval(slopes, points))


def why_no_trend(times: Sequence[float], values: Sequence[float | None]) -> WhyNot | None:
    """Why `theil_sen` gives no trend for these; None where it gives one."""
    return _reason(_points(times, values))


def _points(times: Sequence[float], values: Sequence[float | None]) -> list[tuple[float, float]]:
    if len(times) != len(values):
        raise ValueError(f"there are {len(times)} times but {len(values)} values")
    return [
        (require_number("a time", time), require_number("a value", value))
        for time, value in zip(times, values, strict=True)
        if value is not None
    ]


def _reason(points: list[tuple[float, float]]) -> WhyNot | None:
    if len(points) < MINIMUM_POINTS:
        return WhyNot.TOO_FEW_POINTS
    times = [time for time, _ in points]
    # To nine decimals: 21 days counted in sevenths of a week are three weeks.
    if round(max(times) - min(times), 9) < MINIMUM_WEEKS:
        return WhyNot.SPAN_TOO_SHORT
    return None


def _kendall(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Kendall's tau-b and its two-sided p."""
    n = len(points)
    pairs = n * (n - 1) // 2
    # S: how many pairs move the same way in time and value, less those that move apart.
    s = sum(
        _sign(later[0] - earlier[0]) * _sign(later[1] - earlier[1])
        for earlier, later in combinations(points, 2)
    )
    time_ties = _ties(time for time, _ in points)
    value_ties = _ties(value for _, value in points)
    untied = [
        pairs - sum(size * (size - 1) // 2 for size in ties) for ties in (time_ties, value_ties)
    ]
    if 0 in untied:
        return 0.0, 1.0
    tau = max(-1.0, min(1.0, s / math.sqrt(untied[0]) / math.sqrt(untied[1])))
    fewer = (pairs - abs(s)) // 2
    if not time_ties and not value_ties and (n <= EXACT_UP_TO or fewer <= 1):
        return tau, _exact_p(n, fewer, pairs)
    return tau, _approximate_p(n, s, time_ties, value_ties)


def _interval(slopes: list[float], points: list[tuple[float, float]]) -> tuple[float, float]:
    """The slopes of those ranks between which the median lies at 95 % (Sen 1968, 2.6).

    The variance of S is taken without what ties in both times and values add to it. Where too
    much is tied for a variance, from the least slope to the greatest.
    """
    n = len(points)
    ties = [*_ties(time for time, _ in points), *_ties(value for _, value in points)]
    variance = (_spread(n) - sum(map(_spread, ties))) / 18
    if variance <= 0:
        return slopes[0], slopes[-1]
    reach = two_sided_quantile(0.95) * math.sqrt(variance)
    low = max(round((len(slopes) - reach) / 2) - 1, 0)
    high = min(round((len(slopes) + reach) / 2), len(slopes) - 1)
    return slopes[low], slopes[high]


def _sign(difference: float) -> int:
    return (difference > 0) - (difference < 0)


def _ties(values: Iterable[float]) -> list[int]:
    """The sizes of the groups of equal values, of those with more than one."""
    return [size for size in Counter(values).values() if size > 1]


def _spread(size: int) -> int:
    """Eighteen times what a series, or a group of ties, has as variance of S."""
    return size * (size - 1) * (2 * size + 5)


def _exact_p(n: int, fewer: int, pairs: int) -> float:
    """Share of the n! orders that are at least as far from even as one with `fewer` inversions.

    The number of orders of m things with j inversions is the sum of those of m - 1 things with
    j - m + 1 to j inversions; only the counts up to `fewer` are needed, since the distribution is
    symmetric.
    """
    if 2 * fewer >= pairs:
        return 1.0
    counts = [1] + [0] * fewer
    for size in range(2, n + 1):
        running, following = 0, []
        for inversions in range(fewer + 1):
            running += counts[inversions]
            if inversions >= size:
                running -= counts[inversions - size]
            following.append(running)
        counts = following
    return min(1.0, 2 * sum(counts) / math.factorial(n))


def _approximate_p(n: int, s: int, time_ties: list[int], value_ties: list[int]) -> float:
    """Two-sided p of S from the normal distribution with the variance for ties in both."""

    def total(ties: list[int], *shifts: int) -> int:
        """The sum over groups of t (t - 1) and what else the formula asks for."""
        return sum(size * (size - 1) * math.prod(size - shift for shift in shifts) for size in ties)

    variance = (_spread(n) - sum(map(_spread, time_ties)) - sum(map(_spread, value_ties))) / 18
    variance += total(time_ties) * total(value_ties) / (2 * n * (n - 1))
    variance += total(time_ties, 2) * total(value_ties, 2) / (9 * n * (n - 1) * (n - 2))
    if variance <= 0:
        return 1.0
    return math.erfc(abs(s) / math.sqrt(2 * variance))
