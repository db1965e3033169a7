"""Whether some scores in a row show no change beyond error."""

from collections.abc import Sequence
from itertools import pairwise

from .reliable import reliable_change


def is_steady(scores: Sequence[tuple[float, float]]) -> bool:
    """Whether none of these scores of one scale moved from the first beyond error.

    Each is a score with its standard error, the oldest first, in one unit. As everywhere, a change
    counts once it has held on two scores in a row; the last counts by itself, since nobody knows
    yet whether it will hold. Raises ValueError for fewer than two scores.
    """
    if len(scores) < 2:
        raise ValueError("whether scores are steady needs at least two")
    (first, first_error), *later = scores
    moved = [
        change.difference if change.reliable else 0.0
        for change in (reliable_change(first, score, first_error, error) for score, error in later)
    ]
    held = any(one * other > 0 for one, other in pairwise(moved))
    return not held and moved[-1] == 0
