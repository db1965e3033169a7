"""Scores in a row that show no change beyond error."""

import pytest

from assessments.measurement.change import is_steady

# A difference of two scores of error 5 has to exceed 1.96 * sqrt(2) * 5, which is 13.86.
SEM = 5.0


def steady(*scores: float) -> bool:
    return is_steady([(score, SEM) for score in scores])


@pytest.mark.parametrize(
    "scores, expected",
    [
        ((50, 50, 50), True),
        ((50, 63.8, 50), True),
        ((50, 63.9, 50), True),  # once, and not held
        ((50, 63.9, 63.9, 50), False),
        ((50, 36.1, 36.1, 50), False),
        ((50, 63.9, 36.1, 50), True),  # one up, one down: no change in one direction
        ((50, 50, 63.9), False),  # the last, which may yet hold
        ((50, 50, 63.8), True),
        ((50, 57, 64, 71), False),
    ],
)
def test_a_change_counts_once_it_has_held_and_the_last_by_itself(scores, expected):
    assert steady(*scores) is expected


def test_each_score_has_its_own_error():
    assert not is_steady([(50, 5.0), (60, 1.0)])
    assert is_steady([(50, 5.0), (60, 5.0)])


def test_one_score_says_nothing():
    with pytest.raises(ValueError, match="at least two"):
        steady(50)
