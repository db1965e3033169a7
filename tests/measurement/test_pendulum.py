"""Turning points of the swing: which are believed, and from which figures (MEASUREMENT 4.5)."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.measurement.movement import (
    Administration,
    PromptCode,
    Verdict,
    follow,
    pendulum,
)

WEEKLY = {"DEP": 10.44, "CDP": 8.94, "IND": 8.94, "INT": 10.44}
DEPENDENT, COUNTER = (75, 30), (30, 75)
ERROR = math.hypot(10.44, 8.94) / 2


def swinging(*stays: tuple[tuple[float, float], int]) -> list[dict[str, float]]:
    """Scores of DEP and CDP that stay at each place for so many administrations."""
    return [{"DEP": dep, "CDP": cdp} for (dep, cdp), count in stays for _ in range(count)]


def found(scores, weeks=None, errors=WEEKLY, **options):
    weeks = list(range(len(scores))) if weeks is None else weeks
    return pendulum(weeks, scores, [errors] * len(scores), **options)


def test_there_and_back_and_there_again_is_a_pendulum():
    movement = found(swinging((DEPENDENT, 8), (COUNTER, 8), (DEPENDENT, 8), (COUNTER, 8)))
    assert [point.swing for point in movement.turning_points] == [-45, 45, -45, 45]
    assert [leg.difference for leg in movement.legs] == [90, -90, 90]
    assert (movement.reversals, movement.back_and_forth) == (2, True)


def test_once_there_and_back_is_one_reversal():
    movement = found(swinging((DEPENDENT, 8), (COUNTER, 8), (DEPENDENT, 8)))
    assert [point.swing for point in movement.turning_points] == [-45, 45, -45]
    assert (movement.reversals, movement.back_and_forth) == (1, False)


def test_one_way_is_no_reversal_and_no_way_no_turning_point():
    assert found(swinging((DEPENDENT, 8), (COUNTER, 8))).reversals == 0
    for still in (swinging((DEPENDENT, 20)), []):
        assert found(still).turning_points == found(still).legs == ()


def test_turning_point_is_the_mean_of_four_with_its_own_error():
    movement = found(swinging((DEPENDENT, 8), (COUNTER, 8)))
    first, last = movement.turning_points
    # The first of the equal lowest means ends at administration 3; the highest one at 11.
    assert (first.administration, first.weeks, first.swing) == (3, 3, -45)
    assert (last.administration, last.weeks, last.swing) == (11, 11, 45)
    assert first.standard_error == pytest.approx(ERROR)
    leg = movement.legs[0]
    assert leg.standard_error == pytest.approx(ERROR * math.sqrt(2))
    assert leg.z == pytest.approx(90 / (ERROR * math.sqrt(2)), abs=1e-6)


def test_turning_point_is_the_farthest_one_also_before_the_swing_to_it_was_known():
    scores = swinging(((70, 30), 1), ((20, 80), 1), ((30, 70), 1), ((70, 30), 2))
    movement = found(scores, errors={"DEP": 3.0, "CDP": 3.0}, window=1)
    # The swing is known at 2, when the highest value had been passed already.
    assert movement.turning_points[0].confirmed == 2
    assert [point.administration for point in movement.turning_points] == [0, 1, 3]


def test_turning_point_is_known_once_the_way_back_was_reliable_twice():
    scores = swinging((DEPENDENT, 8), (COUNTER, 8))
    # The mean comes 22.5 points nearer at each administration from 8 on: z is 2.3, 4.6 and 6.9.
    known = found(scores).turning_points[0].confirmed
    assert known == 10
    assert found(scores[:known]).turning_points == ()
    assert found(scores[: known + 1]).turning_points[0].confirmed == known
    assert found(scores).turning_points[-1].confirmed is None


@pytest.mark.parametrize("persistence, known", [(1, 8), (2, 9), (3, 10)])
def test_persistence_decides_how_often_it_must_be_seen(persistence, known):
    scores = swinging(((90, 10), 8), ((10, 90), 8))
    assert found(scores, persistence=persistence).turning_points[0].confirmed == known


@pytest.mark.parametrize("swing, turned", [(5, False), (10, False), (14, True), (20, True)])
def test_swing_must_be_beyond_what_the_choice_of_extremes_makes(swing, turned):
    # 2.58 errors of the contrast are 25 points, 12.5 on each scale; 1.96 would be 19.
    scores = swinging(((50, 50), 8), ((50 - swing, 50 + swing), 8))
    assert bool(found(scores).turning_points) is turned


def test_bound_is_reached_at_exactly_two_point_five_eight():
    errors = {"DEP": 3.0, "CDP": 4.0}
    # One form each: the contrast has the error 5 * sqrt(2).
    scores = swinging(((50, 50), 1), ((50, 50), 1))
    bound = 2.58 * 5 * math.sqrt(2)
    for factor, turned in ((1.0, True), (0.999, False)):
        half = factor * bound / 2
        scores = swinging(((50, 50), 1), ((50 - half, 50 + half), 2))
        movement = found(scores, errors=errors, window=1)
        assert bool(movement.turning_points) is turned


def test_both_scales_must_take_part():
    # Counter-dependence alone falls and rises: no swing between it and dependence.
    alone = swinging(((40, 85), 8), ((40, 20), 8), ((40, 85), 8), ((40, 20), 8))
    assert found(alone).turning_points == ()
    together = swinging(((30, 85), 8), ((55, 20), 8), ((30, 85), 8), ((55, 20), 8))
    assert found(together).reversals == 2


def test_single_form_far_off_turns_nothing():
    calm = swinging((DEPENDENT, 8), (COUNTER, 1), (DEPENDENT, 8))
    assert found(calm, errors=WEEKLY, window=4).reversals == 0


def test_reversal_a_year_ago_counts_no_longer():
    scores = swinging((DEPENDENT, 8), (COUNTER, 8), (DEPENDENT, 8), (COUNTER, 8))
    movement = found(scores)
    early, late = movement.turning_points[1:3]
    assert movement.reversals_at(31, late.weeks + 40) == 2
    assert movement.reversals_at(31, early.weeks + 52) == 2
    assert movement.reversals_at(31, early.weeks + 52.1) == 1
    assert movement.reversals_at(31, late.weeks + 52.1) == 0
    spread = [4 * week for week in range(32)]
    assert found(scores, spread).reversals == 1


def test_administration_without_both_scales_is_passed_over():
    scores = swinging((DEPENDENT, 8), (COUNTER, 8), (DEPENDENT, 8))
    holes = [entry for whole in scores for entry in (whole, {"CDP": 50.0}, {})]
    movement, alone = found(holes), found(scores)
    assert [point.swing for point in movement.turning_points] == [-45, 45, -45]
    assert [point.administration for point in movement.turning_points] == [
        3 * point.administration for point in alone.turning_points
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"weeks": [1, 0]},
        {"weeks": [0]},
        {"weeks": [0, math.nan]},
        {"scores": [{"DEP": 101, "CDP": 5}] * 2},
        {"errors": [{"DEP": 1}] * 2},
        {"errors": [{"DEP": 1, "CDP": -1}] * 2},
        {"window": 0},
        {"persistence": 0},
    ],
    ids=str,
)
def test_pendulum_refuses_impossible_input(changed):
    good = {"weeks": [0, 1], "scores": swinging((COUNTER, 2)), "errors": [WEEKLY] * 2}
    pendulum(**good)
    with pytest.raises(ValueError):
        pendulum(**(good | changed))


entries = st.lists(
    st.fixed_dictionaries({"DEP": st.floats(0, 100), "CDP": st.floats(0, 100)}), max_size=40
)


@given(entries)
def test_turning_points_alternate_and_every_leg_is_reliable(scores):
    movement = found(scores, errors={"DEP": 3.0, "CDP": 3.0})
    points, legs = movement.turning_points, movement.legs
    assert len(legs) == max(0, len(points) - 1)
    assert len(points) != 1
    indices = [point.administration for point in points]
    assert all(later - earlier >= 4 for earlier, later in pairwise(indices))
    assert all(abs(leg.z) >= 2.58 for leg in legs)
    assert all(a.z * b.z < 0 for a, b in pairwise(legs))
    assert movement.reversals == max(0, len(points) - 2)


@given(entries, st.integers(0, 40))
def test_what_was_known_of_a_turning_point_stays(scores, end):
    early = found(scores[:end], errors={"DEP": 3.0, "CDP": 3.0})
    late = found(scores, errors={"DEP": 3.0, "CDP": 3.0})
    settled = early.turning_points[:-1]
    assert late.turning_points[: len(settled)] == settled


@given(entries)
def test_the_other_way_round_turns_at_the_same_places(scores):
    mirrored = [{"DEP": entry["CDP"], "CDP": entry["DEP"]} for entry in scores]
    errors = {"DEP": 3.0, "CDP": 3.0}
    one, other = found(scores, errors=errors), found(mirrored, errors=errors)
    assert [point.administration for point in one.turning_points] == [
        point.administration for point in other.turning_points
    ]
    assert [leg.difference for leg in one.legs] == [-leg.difference for leg in other.legs]


def administrations(scores, about=None, start=0) -> list[Administration]:
    return [
        Administration(start + week, {**entry, "IND": 50.0, "INT": 50.0}, WEEKLY, segment=about)
        for week, entry in enumerate(scores)
    ]


def test_movement_tells_the_pendulum_of_its_last_segment():
    scores = swinging((DEPENDENT, 8), (COUNTER, 8), (DEPENDENT, 8), (COUNTER, 8))
    before = administrations(swinging((COUNTER, 3)), "former")
    movement = follow([*before, *administrations(scores, "new", start=3)])
    alone = found(scores)
    assert [point.administration for point in movement.pendulum.turning_points] == [
        3 + point.administration for point in alone.turning_points
    ]
    assert [point.confirmed for point in movement.pendulum.turning_points[:-1]] == [
        3 + point.confirmed for point in alone.turning_points[:-1]
    ]
    assert movement.pendulum.legs == alone.legs
    split = [replace(entry, segment=i // 8) for i, entry in enumerate(administrations(scores))]
    assert follow(split).pendulum.turning_points == ()


def test_pendulum_is_asked_about_for_either_cause():
    escaped = follow(administrations(swinging((DEPENDENT, 8), (COUNTER, 8))))
    assert escaped.verdict is Verdict.SWING_TO_COUNTER_DEPENDENCE
    assert escaped.pendulum.back_and_forth is False
    turns = [(place, 8) for place in (DEPENDENT, COUNTER, DEPENDENT, COUNTER, DEPENDENT)]
    back = follow(administrations(swinging(*turns)))
    assert back.verdict is Verdict.NOT_YET_RELIABLE
    assert back.pendulum.back_and_forth is True
    for movement, which in ((escaped, "swing_to_counter_dependence"), (back, "reversals")):
        (prompt,) = [p for p in movement.prompts if p.code is PromptCode.PENDULUM]
        assert prompt.figures["which"] == which
        assert prompt.figures["reversals"] == movement.pendulum.reversals
    still = follow(administrations(swinging((DEPENDENT, 20))))
    assert PromptCode.PENDULUM not in {prompt.code for prompt in still.prompts}
