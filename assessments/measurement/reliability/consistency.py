"""Cronbach's alpha from a covariance matrix, and Feldt's interval."""

import math

import numpy as np
import numpy.typing as npt

from .distributions import f_quantile

Matrix = npt.NDArray[np.float64]
# A total variance this much smaller than that of the items is what rounding leaves of zero.
NOTHING = 1e-12


def alpha_of(covariance: Matrix) -> float | None:
    """Alpha from the covariances of two or more items; None where their sum does not vary."""
    items = len(covariance)
    own, total = float(np.trace(covariance)), float(covariance.sum())
    if total <= NOTHING * own:
        return None
    return items / (items - 1) * (1 - own / total)


def alpha_interval(alpha: float, n: int, k: int, level: float = 0.95) -> tuple[float, float]:
    """Feldt's interval of an alpha from n complete rows of k items, as (low, high).

    1 - (1 - alpha) F, with F the quantiles at (1 + level) / 2 and (1 - level) / 2 of the F
    distribution with n - 1 and (n - 1)(k - 1) degrees of freedom. Raises ValueError for an alpha
    above 1 or not finite, fewer than two rows or items, or a level outside 0 to 1.
    """
    if not math.isfinite(alpha) or alpha > 1:
        raise ValueError(f"alpha must be a number of at most 1, not {alpha}")
    if n < 2 or k < 2:
        raise ValueError(f"an interval needs two rows and two items, not {n} and {k}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, not {level}")
    first, second = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - alpha) * f_quantile((1 + level) / 2, first, second)
    high = 1 - (1 - alpha) * f_quantile((1 - level) / 2, first, second)
    return low, high
