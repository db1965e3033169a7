"""Theil-Sen slope and Kendall's tau, with MEASUREMENT 3.5 and scipy as second implementation."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.change import Trend, WhyNot, theil_sen, why_no_trend

TIMES = [0, 1, 2, 4, 7, 8]
VALUES = [70, 74, 62, 60, 48, 52]


def test_trend_of_the_worked_series():
    found = theil_sen(TIMES, VALUES)
    assert found.slope == pytest.approx(-2.8, abs=1e-12)
    assert found.intercept == pytest.approx(69.4, abs=1e-12)
    assert found.tau == pytest.approx(-11 / 15, abs=1e-12)
    assert found.p == pytest.approx(0.0555555556, abs=1e-9)
    assert (found.low, found.high) == (pytest.approx(-4.667, abs=1e-3), pytest.approx(4.0))


def test_trend_leaves_gaps_out_and_asks_for_no_order():
    times = [8, 3, 0, 1, 5, 2, 4, 7]
    values = [52, None, 70, 74, None, 62, 60, 48]
    assert theil_sen(times, values) == theil_sen(TIMES, VALUES)


@pytest.mark.parametrize(
    "times, values, reason",
    [
        ([], [], WhyNot.TOO_FEW_POINTS),
        ([0, 4, 8], [1, 2, 3], WhyNot.TOO_FEW_POINTS),
        ([0, 1, 2, 4], [1, None, 2, 3], WhyNot.TOO_FEW_POINTS),
        ([0, 1, 2, 2.99], [1, 2, 3, 4], WhyNot.SPAN_TOO_SHORT),
        ([0, 1, 2, 2.9, 5], [1, 2, 3, 4, None], WhyNot.SPAN_TOO_SHORT),
        ([5, 5, 5, 5], [1, 2, 3, 4], WhyNot.SPAN_TOO_SHORT),
    ],
)
def test_no_trend_under_four_points_or_three_weeks(times, values, reason):
    assert theil_sen(times, values) is None
    assert why_no_trend(times, values) is reason


def test_trend_of_exactly_four_points_and_three_weeks():
    times = [13 / 7, 20 / 7, 27 / 7, 34 / 7]  # 21 days, stored as a trifle less than 3 weeks
    assert times[-1] - times[0] < 3
    found = theil_sen(times, [1, 2, 3, 4])
    assert found.slope == pytest.approx(1)
    assert (found.tau, found.p) == (1.0, pytest.approx(2 / 24))
    assert why_no_trend(times, [1, 2, 3, 4]) is None


def test_trend_of_equal_values_is_flat_and_shows_nothing():
    assert theil_sen([0, 1, 2, 3, 4], [7, 7, 7, 7, 7]) == Trend(0, 7, 0, 1, 0, 0)


def test_an_outlier_does_not_carry_the_slope():
    assert theil_sen([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 90]).slope == pytest.approx(1)


@pytest.mark.parametrize(
    "times, values, sentence",
    [
        ([0, 1], [1], "there are 2 times but 1 values"),
        ([0, 1, 2, math.nan], [1, 2, 3, 4], "a time must be a finite number, not nan"),
        ([0, 1, 2, None], [1, 2, 3, 4], "a time must be a finite number, not None"),
        ([0, 1, 2, 3], [1, 2, 3, math.inf], "a value must be a finite number, not inf"),
        ([0, 1, 2, 3], [1, 2, 3, "4"], "a value must be a finite number, not '4'"),
    ],
)
def test_trend_refuses_what_is_no_series(times, values, sentence):
    with pytest.raises(ValueError, match=sentence):
        theil_sen(times, values)


def assert_like_scipy(times, values):
    found = theil_sen(times, values)
    # Its interval has no width to take a root of where all is tied.
    with np.errstate(invalid="ignore"):
        line = scipy.stats.theilslopes(values, times)
    rank = scipy.stats.kendalltau(times, values)
    assert found.slope == pytest.approx(line.slope, abs=1e-9)
    assert found.intercept == pytest.approx(line.intercept, abs=1e-7)
    assert found.low <= found.slope <= found.high
    if not np.isnan(line.low_slope):
        assert found.low == pytest.approx(line.low_slope, abs=1e-9)
        assert found.high == pytest.approx(line.high_slope, abs=1e-9)
    if len(set(values)) > 1:
        assert found.tau == pytest.approx(rank.statistic, abs=1e-12)
        assert found.p == pytest.approx(rank.pvalue, rel=1e-9, abs=0)


def series(values, times):
    """Pairs of a time and a value, long enough in number and span for a trend."""
    points = st.lists(st.tuples(times, values), min_size=4, max_size=40)
    return points.filter(lambda found: max(found)[0] - min(found)[0] >= 3)


@given(series(st.integers(0, 6), st.integers(0, 12)))
def test_trend_with_ties_agrees_with_scipy(points):
    assert_like_scipy(*zip(*points, strict=True))


@given(series(st.floats(0, 100).map(lambda value: round(value, 6)), st.integers(0, 10**6)))
def test_trend_without_many_ties_agrees_with_scipy(points):
    assert_like_scipy(*zip(*points, strict=True))


@pytest.mark.parametrize("count", [4, 5, 10, 20, 33, 34, 60])
def test_trend_without_ties_agrees_with_scipy(count):
    random = np.random.default_rng(count)
    for _ in range(20):
        assert_like_scipy(list(range(count)), random.permutation(count).tolist())


@pytest.mark.parametrize("swaps", [0, 1, 2])
def test_trend_of_a_long_almost_ordered_series_agrees_with_scipy(swaps):
    values = list(range(60))
    for place in range(0, 2 * swaps, 2):
        values[place], values[place + 1] = values[place + 1], values[place]
    assert_like_scipy(list(range(60)), values)
