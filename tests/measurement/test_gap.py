"""A person beside their partner, with the worked case of MEASUREMENT 4.5."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.movement import GapDirection, self_partner_gap


def test_worked_case_is_within_error():
    gap = self_partner_gap(72, 8.94, 48, 8.94)
    assert gap.difference == 24
    assert gap.standard_error == pytest.approx(8.94 * math.sqrt(2))
    assert gap.z == pytest.approx(1.898, abs=5e-4)
    assert (gap.beyond_error, gap.direction) == (False, GapDirection.NONE)


def test_gap_beyond_error_says_who_sees_more():
    more, less = self_partner_gap(73, 8.94, 48, 8.94), self_partner_gap(48, 8.94, 73, 8.94)
    assert (more.beyond_error, more.direction) == (True, GapDirection.SELF_HIGHER)
    assert (less.beyond_error, less.direction) == (True, GapDirection.PARTNER_HIGHER)
    assert less.difference == -more.difference == -25


def test_gap_of_exactly_the_bound_is_within_error():
    # Errors of 3 and 4 make one of 5; 9.8 is 1.96 of it, also where it is stored as a trifle more.
    for own, other in ((59.8, 50.0), (49.9, 40.1), (60.1, 50.3)):
        gap = self_partner_gap(own, 3, other, 4)
        assert gap.z == 1.96
        assert gap.beyond_error is False
    assert self_partner_gap(59.9, 3, 50, 4).beyond_error is True


def test_without_error_every_difference_is_a_gap():
    assert self_partner_gap(50.1, 0, 50, 0).direction is GapDirection.SELF_HIGHER
    assert self_partner_gap(50, 0, 50, 0).beyond_error is False


@pytest.mark.parametrize(
    "given_, named",
    [
        ((101, 5, 50, 5), "self_score"),
        ((50, 5, -1, 5), "partner_score"),
        ((math.nan, 5, 50, 5), "self_score"),
        ((50, -1, 50, 5), "self_error"),
        ((50, 5, 50, math.inf), "partner_error"),
        ((50, 5, 50, math.nan), "partner_error"),
    ],
)
def test_gap_refuses_impossible_input(given_, named):
    with pytest.raises(ValueError, match=named):
        self_partner_gap(*given_)


points, errors = st.floats(0, 100), st.floats(0.1, 40)


@given(points, errors, points, errors)
def test_partners_who_change_places_see_the_same_gap_from_the_other_side(a, a_error, b, b_error):
    one, other = self_partner_gap(a, a_error, b, b_error), self_partner_gap(b, b_error, a, a_error)
    assert one.difference == -other.difference
    assert one.standard_error == other.standard_error
    assert one.beyond_error == other.beyond_error
