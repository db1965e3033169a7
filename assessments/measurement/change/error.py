"""Error of measurement and the change that exceeds it (MEASUREMENT 3.2)."""

import math
from statistics import NormalDist

from .checks import require_number, require_size

# The levels at which a detectable change is given.
LEVELS = (0.80, 0.90, 0.95)


def standard_error(sd: float, reliability: float) -> float:
    """Standard error of measurement, SD * sqrt(1 - reliability), in the units of `sd`.

    Raises ValueError for a negative or non-finite `sd` or a reliability outside 0 to 1.
    """
    sd = require_size("sd", sd)
    reliability = require_number("reliability", reliability)
    if not 0 <= reliability <= 1:
        raise ValueError(f"reliability must lie between 0 and 1, not {reliability}")
    return sd * math.sqrt(1 - reliability)


def minimal_detectable_change(sem: float, level: float = 0.95) -> float:
    """The smallest difference of two scores of error `sem` that exceeds error: z * sqrt(2) * SEM.

    z is the two-sided normal quantile of `level`, not rounded. Raises ValueError for a negative
    or non-finite `sem` or a level that is not strictly between 0 and 1.
    """
    return two_sided_quantile(level) * math.sqrt(2) * require_size("sem", sem)


def detectable_changes(sem: float) -> dict[float, float]:
    """The minimal detectable change at each of `LEVELS`, in the units of `sem`."""
    return {level: minimal_detectable_change(sem, level) for level in LEVELS}


def two_sided_quantile(level: float) -> float:
    """The z that encloses the share `level` of a normal distribution between -z and z."""
    level = require_number("level", level)
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, not {level}")
    return NormalDist().inv_cdf((1 + level) / 2)
