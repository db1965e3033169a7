"""The filter and smoother, with MEASUREMENT 3.6, against two independent computations."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.statespace.structural import UnobservedComponents

from assessments.measurement.movement import Estimate, change_between, smooth

TIMES = [0, 1, 2, 4, 7, 8]
VALUES = [70, 74, 62, 60, 48, 52]
FILTERED = [68.316008, 71.055485, 67.728677, 64.938731, 58.220787, 56.160038]
FILTERED_VARIANCE = [67.359667, 39.039051, 29.757821, 29.239880, 32.124807, 26.832731]
SMOOTHED = [64.733678, 64.308221, 62.925551, 60.343037, 56.570905, 56.160038]
SMOOTHED_SD = [4.786055, 4.440750, 4.357898, 4.505658, 4.858461, 5.180032]


@pytest.fixture
def worked() -> list[Estimate]:
    return smooth(TIMES, VALUES, [9] * 6, 8, 60, 400)


def test_smooth_gives_the_worked_series(worked):
    assert [e.filtered_mean for e in worked] == pytest.approx(FILTERED, abs=1e-6)
    assert [e.filtered_variance for e in worked] == pytest.approx(FILTERED_VARIANCE, abs=1e-6)
    assert [e.mean for e in worked] == pytest.approx(SMOOTHED, abs=1e-6)
    assert [e.sd for e in worked] == pytest.approx(SMOOTHED_SD, abs=1e-6)


def test_last_estimate_is_smoothed_as_it_was_filtered(worked):
    assert worked[-1].mean == worked[-1].filtered_mean
    assert worked[-1].sd ** 2 == pytest.approx(worked[-1].filtered_variance)


def test_change_between_first_and_last_uses_their_joint_distribution(worked):
    change = change_between(worked[0], worked[-1])
    assert change.difference == pytest.approx(-8.574, abs=5e-4)
    assert change.standard_error == pytest.approx(6.193, abs=5e-4)
    assert change.probability_fell == pytest.approx(0.917, abs=5e-4)
    assert change.probability_rose == pytest.approx(1 - change.probability_fell)


def test_change_between_turns_round_with_its_arguments(worked):
    there, back = change_between(worked[1], worked[4]), change_between(worked[4], worked[1])
    assert back.difference == -there.difference
    assert back.standard_error == there.standard_error


def test_change_of_a_time_to_itself_is_nothing(worked):
    assert change_between(worked[2], worked[2]).difference == 0
    assert change_between(worked[2], worked[2]).standard_error == 0


def conditioned(times, values, sems, q, prior_mean, prior_variance):
    """Mean and covariance of the levels given all values, by conditioning one joint normal."""
    elapsed = np.asarray(times, dtype=float) - times[0]
    prior = prior_variance + q * np.minimum.outer(elapsed, elapsed)
    seen = [i for i, value in enumerate(values) if value is not None]
    noise = np.diag([float(sems[i]) ** 2 for i in seen])
    gain = prior[:, seen] @ np.linalg.inv(prior[np.ix_(seen, seen)] + noise)
    residual = np.array([values[i] for i in seen], dtype=float) - prior_mean
    return prior_mean + gain @ residual, prior - gain @ prior[seen, :]


def agree(times, values, sems, q, prior_mean, prior_variance):
    estimates = smooth(times, values, sems, q, prior_mean, prior_variance)
    mean, covariance = conditioned(times, values, sems, q, prior_mean, prior_variance)
    assert [e.mean for e in estimates] == pytest.approx(list(mean), abs=1e-6)
    assert [e.sd**2 for e in estimates] == pytest.approx(list(np.diag(covariance)), abs=1e-6)
    for i, estimate in enumerate(estimates):
        upto = conditioned(
            times[: i + 1], values[: i + 1], sems[: i + 1], q, prior_mean, prior_variance
        )
        assert estimate.filtered_mean == pytest.approx(upto[0][-1], abs=1e-6)
        assert estimate.filtered_variance == pytest.approx(upto[1][-1, -1], abs=1e-6)
        for j in range(i):
            change = change_between(estimates[j], estimate)
            variance = covariance[i, i] + covariance[j, j] - 2 * covariance[i, j]
            assert change.standard_error**2 == pytest.approx(variance, abs=1e-6)


def test_smooth_agrees_with_exact_conditioning_on_the_worked_series():
    agree(TIMES, VALUES, [9] * 6, 8, 60, 400)


steps = st.lists(
    st.tuples(
        st.floats(0, 12),
        st.none() | st.floats(0, 100),
        st.floats(1, 20),
    ),
    min_size=1,
    max_size=8,
)


@given(steps, st.floats(0, 30), st.floats(0, 100), st.floats(1, 1000))
def test_smooth_agrees_with_exact_conditioning(series, q, prior_mean, prior_variance):
    times = list(np.cumsum([gap for gap, _, _ in series]))
    agree(
        times, [v for _, v, _ in series], [e for _, _, e in series], q, prior_mean, prior_variance
    )


def test_smooth_agrees_with_statsmodels():
    weekly = [math.nan] * 9
    for time, value in zip(TIMES, VALUES, strict=True):
        weekly[time] = value
    model = UnobservedComponents(np.array(weekly), "llevel")
    model.ssm.initialize_known(np.array([60.0]), np.array([[400.0]]))
    found = model.smooth([81.0, 8.0])
    gaps = [None if math.isnan(value) else value for value in weekly]
    ours = smooth(range(9), gaps, [9] * 9, 8, 60, 400)
    assert [e.mean for e in ours] == pytest.approx(list(found.smoothed_state[0]), abs=1e-6)
    assert [e.sd**2 for e in ours] == pytest.approx(list(found.smoothed_state_cov[0, 0]), abs=1e-6)
    assert [e.filtered_mean for e in ours] == pytest.approx(list(found.filtered_state[0]), abs=1e-6)


def test_steady_state_has_the_precision_of_the_reference_table():
    for q, sd in [(1, 2.92), (4, 4.01), (8, 4.67), (16, 5.37), (25, 5.85)]:
        last = smooth(range(200), [50] * 200, [9] * 200, q, 50, 400)[-1]
        assert math.sqrt(last.filtered_variance) == pytest.approx(sd, abs=0.005)


@given(st.floats(0, 100), steps, st.floats(0, 30))
def test_smooth_of_a_constant_stays_constant(level, series, q):
    times = list(np.cumsum([gap for gap, _, _ in series]))
    values = [None if value is None else level for _, value, _ in series]
    estimates = smooth(times, values, [error for _, _, error in series], q, level, 400)
    for estimate in estimates:
        assert estimate.mean == pytest.approx(level)
        assert estimate.filtered_mean == pytest.approx(level)


@given(steps, st.floats(0, 30))
def test_smoothing_never_loses_precision(series, q):
    times = list(np.cumsum([gap for gap, _, _ in series]))
    estimates = smooth(times, [v for _, v, _ in series], [e for _, _, e in series], q, 50, 400)
    for estimate in estimates:
        assert estimate.sd**2 <= estimate.filtered_variance + 1e-9


def test_gap_keeps_the_mean_and_widens_the_band():
    seen, gap = smooth([0, 3], [70, None], [9, None], 8, 60, 400)
    assert gap.filtered_mean == seen.filtered_mean
    assert gap.filtered_variance == pytest.approx(seen.filtered_variance + 24)


def test_series_of_gaps_alone_stays_with_the_prior():
    estimates = smooth([0, 2], [None, None], [None, None], 8, 60, 400)
    assert [(e.mean, e.sd**2) for e in estimates] == [
        (60, pytest.approx(400)),
        (60, pytest.approx(416)),
    ]


def test_value_without_error_is_taken_as_it_is():
    estimates = smooth([0, 1, 2], [40, 55, 70], [9, 0, 9], 8, 60, 400)
    assert (estimates[1].mean, estimates[1].sd, estimates[1].filtered_variance) == (55, 0, 0)
    change = change_between(estimates[0], estimates[2])
    assert change.standard_error == pytest.approx(math.hypot(estimates[0].sd, estimates[2].sd))


def test_values_without_any_error_or_drift_do_not_divide_by_zero():
    estimates = smooth([0, 0, 1], [40, 40, 40], [0, 0, 0], 0, 40, 0)
    assert [(e.mean, e.sd) for e in estimates] == [(40, 0)] * 3
    assert change_between(estimates[0], estimates[2]).probability_fell == 0.5


def test_two_administrations_at_one_time_are_one_level():
    estimates = smooth([0, 0], [40, 60], [9, 9], 8, 50, 400)
    assert estimates[0].mean == pytest.approx(estimates[1].mean)
    assert change_between(*estimates).standard_error == pytest.approx(0, abs=1e-6)


def test_no_administrations_give_no_estimates():
    assert smooth([], [], [], 8, 50, 400) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"times_weeks": [0, 1]},
        {"sems": [9, 9]},
        {"times_weeks": [0, 2, 1]},
        {"times_weeks": [0, 1, math.nan]},
        {"times_weeks": [0, 1, math.inf]},
        {"values": [50, math.nan, 50]},
        {"values": [50, math.inf, 50]},
        {"sems": [9, None, 9]},
        {"sems": [9, -1, 9]},
        {"sems": [9, math.nan, 9]},
        {"q": -1},
        {"q": math.nan},
        {"prior_mean": math.inf},
        {"prior_variance": -1},
        {"prior_variance": math.inf},
        # Finite, but the drift over all that time is not.
        {"times_weeks": [-1e308, 0, 1e308]},
        {"times_weeks": [0, 1, 1e200], "q": 1e200},
    ],
    ids=str,
)
def test_smooth_refuses_impossible_input(changed):
    good = {
        "times_weeks": [0, 1, 2],
        "values": [50, 50, 50],
        "sems": [9, 9, 9],
        "q": 8,
        "prior_mean": 50,
        "prior_variance": 400,
    }
    smooth(**good)
    with pytest.raises(ValueError):
        smooth(**(good | changed))
