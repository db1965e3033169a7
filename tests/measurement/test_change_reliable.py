"""Reliable change, with the worked numbers of MEASUREMENT 3.3."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.change import (
    WhyNot,
    change_of,
    compare_with_published,
    detectable_changes,
    reliable_change,
    standard_error,
)
from assessments.measurement.definition import PublishedChange
from assessments.measurement.scoring import ScaleScore

scores = st.floats(-200, 200)
errors = st.floats(0.01, 50)


def scored(pomp: float | None, sem: float | None = 5.0) -> ScaleScore:
    return ScaleScore(pomp, pomp, 6, 6, sem, None if pomp is not None else "too few")


def test_detectable_changes_are_given_at_80_90_and_95_percent():
    found = detectable_changes(standard_error(20, 0.80))
    assert list(found) == [0.80, 0.90, 0.95]
    assert found[0.80] == pytest.approx(16.2104, abs=1e-4)
    assert found[0.90] == pytest.approx(20.81, abs=0.005)
    assert found[0.95] == pytest.approx(24.79, abs=0.005)


def test_reliable_change_of_the_jacobson_truax_example():
    found = reliable_change(32.5, 47.5, standard_error(7.5, 0.8))
    assert found.difference == 15.0
    assert found.standard_error == pytest.approx(4.743416, abs=1e-6)
    assert found.z == pytest.approx(3.162278, abs=1e-6)
    assert found.critical_change == pytest.approx(9.297, abs=1e-4)
    assert found.reliable is True


def test_reliable_change_of_the_worked_single_case():
    found = reliable_change(70, 50, standard_error(15, 0.85))
    assert found.z == pytest.approx(-2.434322, abs=1e-6)
    assert found.reliable is True


def test_reliable_change_takes_the_error_of_each_time():
    # The worked case with its shift of 8 points taken out: -12 over both errors.
    found = reliable_change(62, 50, standard_error(15, 0.85), standard_error(18, 0.88))
    assert found.standard_error == pytest.approx(8.522324, abs=1e-6)
    assert found.z == pytest.approx(-1.408067, abs=1e-6)
    assert found.reliable is False


def test_reliable_change_without_a_later_error_takes_the_earlier_one_twice():
    assert reliable_change(40, 50, 3.0) == reliable_change(40, 50, 3.0, 3.0)


@pytest.mark.parametrize(
    "before, after, reliable",
    [
        (45, 49.9, False),  # 1.96 errors exactly, stored as a trifle less
        (0.1, 5.0, False),  # the same, stored as a trifle more
        (45, 40.1, False),
        (45, 49.900001, True),
        (45, 40.099999, True),
    ],
)
def test_a_change_of_exactly_the_criterion_is_not_reliable(before, after, reliable):
    assert reliable_change(before, after, 1.5, 2.0).reliable is reliable


def test_without_any_error_every_difference_is_reliable_and_none_is_not():
    rise, fall, none = (reliable_change(50, after, 0) for after in (50.5, 49.5, 50))
    assert (rise.z, rise.critical_change, rise.reliable) == (math.inf, 0, True)
    assert (fall.z, fall.reliable) == (-math.inf, True)
    assert (none.z, none.reliable) == (0, False)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ((None, 50, 5), "before must be a finite number, not None"),
        ((50, math.nan, 5), "after must be a finite number, not nan"),
        ((50, "60", 5), "after must be a finite number, not '60'"),
        ((True, 60, 5), "before must be a finite number, not True"),
        ((50, 60, None), "sem_before must be a finite number, not None"),
        ((50, 60, -1), "sem_before must be a finite number of at least 0, not -1"),
        ((50, 60, 5, math.inf), "sem_after must be a finite number, not inf"),
        ((50, 60, 5, -0.5), "sem_after must be a finite number of at least 0, not -0.5"),
        ((50, 10**400, 5), "after must be a finite number"),
        ((50, Decimal(60), 5), "after must be a finite number"),
        ((-1.7e308, 1.7e308, 5), "the difference must be a finite number, not inf"),
    ],
)
def test_reliable_change_refuses_what_is_no_score_or_error(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        reliable_change(*arguments)


@given(scores, scores, errors, errors)
def test_reliable_change_is_the_same_backwards_with_the_other_sign(before, after, first, second):
    there = reliable_change(before, after, first, second)
    back = reliable_change(after, before, second, first)
    assert back.z == pytest.approx(-there.z)
    assert back.reliable is there.reliable


@given(scores, scores, errors, errors)
def test_reliable_agrees_with_the_critical_change(before, after, first, second):
    found = reliable_change(before, after, first, second)
    if abs(abs(found.difference) - found.critical_change) > 1e-6:
        assert found.reliable is (abs(found.difference) > found.critical_change)


# --- from scores ------------------------------------------------------------------------------


def test_change_of_scores_takes_each_score_with_its_own_error():
    assert change_of(scored(40, 6.0), scored(60, 8.0)) == reliable_change(40, 60, 6.0, 8.0)


@pytest.mark.parametrize(
    "before, after, reason",
    [
        (None, scored(60), WhyNot.NO_EARLIER_SCORE),
        (scored(None, None), scored(60), WhyNot.NO_EARLIER_SCORE),
        (scored(40), None, WhyNot.NO_LATER_SCORE),
        (scored(40), scored(None, None), WhyNot.NO_LATER_SCORE),
        (scored(40, None), scored(60), WhyNot.NO_RELIABILITY),
        (scored(40), scored(60, None), WhyNot.NO_RELIABILITY),
    ],
)
def test_change_of_scores_gives_a_reason_where_something_is_missing(before, after, reason):
    assert change_of(before, after) is reason


# --- beside published figures -----------------------------------------------------------------

PUBLISHED = PublishedChange(reliable=6.0, important=5.0, source="a publication")


@pytest.mark.parametrize(
    "after, important, reliable",
    [(14, False, False), (15, True, False), (16, True, True), (5, True, False), (4, True, True)],
)
def test_a_change_reaches_a_published_figure_from_exactly_that_much(after, important, reliable):
    found = compare_with_published(10, after, PUBLISHED)
    assert (found.reaches_important, found.reaches_reliable) == (important, reliable)
    assert found.difference == after - 10
    assert found.published.source == "a publication"


def test_a_change_is_not_held_short_of_a_published_figure_by_its_storage():
    least = PublishedChange(reliable=None, important=4.9, source="s")
    found = compare_with_published(45, 49.9, least)
    assert (found.reaches_important, found.reaches_reliable) == (True, None)


@pytest.mark.parametrize(
    "before, after, published, reason",
    [
        (1, 2, None, WhyNot.NOTHING_PUBLISHED),
        (1, 2, PublishedChange(None, None, "s"), WhyNot.NOTHING_PUBLISHED),
        (None, 2, PUBLISHED, WhyNot.NO_EARLIER_SCORE),
        (1, None, PUBLISHED, WhyNot.NO_LATER_SCORE),
    ],
)
def test_comparison_gives_a_reason_where_something_is_missing(before, after, published, reason):
    assert compare_with_published(before, after, published) is reason


def test_comparison_refuses_what_is_no_score():
    with pytest.raises(ValueError, match="after must be a finite number, not nan"):
        compare_with_published(1, math.nan, PUBLISHED)
