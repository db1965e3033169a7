"""Error and detectable change, with the table of MEASUREMENT 3.2."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.change import minimal_detectable_change, standard_error


@pytest.mark.parametrize(
    "reliability, sem, mdc90, mdc95",
    [
        (0.70, 10.95, 25.48, 30.36),
        (0.75, 10.00, 23.26, 27.72),
        (0.80, 8.94, 20.81, 24.79),
        (0.85, 7.75, 18.02, 21.47),
        (0.90, 6.32, 14.71, 17.53),
        (0.93, 5.29, 12.31, 14.67),
    ],
)
def test_errors_of_the_reference_table(reliability, sem, mdc90, mdc95):
    found = standard_error(20, reliability)
    assert found == pytest.approx(sem, abs=0.005)
    assert minimal_detectable_change(found, level=0.90) == pytest.approx(mdc90, abs=0.005)
    assert minimal_detectable_change(found) == pytest.approx(mdc95, abs=0.005)


def test_jacobson_truax_example():
    assert standard_error(7.5, 0.8) == pytest.approx(3.354102, abs=1e-6)
    assert math.sqrt(2) * standard_error(7.5, 0.8) == pytest.approx(4.743416, abs=1e-6)
    # The published 9.297 takes z as 1.96; ours is the exact quantile.
    assert minimal_detectable_change(3.354102) == pytest.approx(9.296926, abs=1e-5)


def test_detectable_change_at_80_percent():
    assert minimal_detectable_change(10, level=0.80) == pytest.approx(18.123876, abs=1e-5)


def test_errors_at_the_ends_of_reliability():
    assert standard_error(20, 1) == 0
    assert standard_error(20, 0) == 20
    assert minimal_detectable_change(0) == 0


@pytest.mark.parametrize(
    "sd, reliability",
    [(-1, 0.8), (math.nan, 0.8), (math.inf, 0.8), (20, -0.1), (20, 1.1), (20, math.nan)],
)
def test_standard_error_refuses_impossible_arguments(sd, reliability):
    with pytest.raises(ValueError):
        standard_error(sd, reliability)


@pytest.mark.parametrize(
    "sem, level",
    [(-1, 0.95), (math.nan, 0.95), (math.inf, 0.95), (9, 0), (9, 1), (9, math.nan), (9, 95)],
)
def test_minimal_detectable_change_refuses_impossible_arguments(sem, level):
    with pytest.raises(ValueError):
        minimal_detectable_change(sem, level)


@given(st.floats(0, 100), st.floats(0, 1), st.floats(0, 1))
def test_more_reliability_never_widens_the_error(sd, one, other):
    low, high = sorted((one, other))
    assert standard_error(sd, high) <= standard_error(sd, low)
