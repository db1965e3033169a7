"""Error of measurement and the change that exceeds it (MEASUREMENT 3.2)."""

import math
from statistics import NormalDist


def standard_error(sd: float, reliability: float) -> float:
    """Standard error of measurement, SD * sqrt(1 - reliability), in the units of `sd`.

    Raises ValueError for a negative or non-finite `sd` or a reliability outside 0 to 1.
    """
    _require_size("sd", sd)
    if not 0 <= reliability <= 1:
        raise ValueError(f"reliability must lie between 0 and 1, not {reliability}")
    return sd * math.sqrt(1 - reliability)


def minimal_detectable_change(sem: float, level: float = 0.95) -> float:
    """The smallest difference of two scores of error `sem` that exceeds error: z * sqrt(2) * SEM.

    z is the two-sided normal quantile of `level`, not rounded. Raises ValueError for a negative
    or non-finite `sem` or a level that is not strictly between 0 and 1.
    """
    _require_size("sem", sem)
    return two_sided_quantile(level) * math.sqrt(2) * sem


def two_sided_quantile(level: float) -> float:
    """The z that encloses the share `level` of a normal distribution between -z and z."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, not {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def _require_size(name: str, value: float) -> None:
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} must be a finite number of at least 0, not {value}")
