"""Reliable change after Jacobson and Truax, also with a different error each time (3.3)."""

import math
from dataclasses import dataclass

from .checks import beyond, require_number, require_size

# As printed by Jacobson and Truax (1991), not the exact quantile 1.959964: a change of exactly
# 1.96 errors is the limit that a reader checks by hand. Both give the published critical change
# of 9.297 within 0.0001 (9.29710 and 9.29693).
CRITERION = 1.96


@dataclass(frozen=True)
class ReliableChange:
    """A difference of two scores beside its error; all in the units of the scores but z.

    `z` is infinite where a score without error differs. `critical_change` is the difference that
    must be exceeded; at exactly that much the change is not reliable.
    """

    difference: float
    standard_error: float
    z: float
    critical_change: float
    reliable: bool


def reliable_change(
    before: float, after: float, sem_before: float, sem_after: float | None = None
) -> ReliableChange:
    """Compare after - before with the error of the difference, sqrt(sem_before^2 + sem_after^2).

    The scores and their standard errors of measurement share one unit. Without `sem_after` the
    later score has the error of the earlier one, which is the published formula. Raises ValueError
    for a score that is not a finite number or an error that is negative or not finite.
    """
    difference = require_number(
        "the difference", require_number("after", after) - require_number("before", before)
    )
    first = require_size("sem_before", sem_before)
    second = first if sem_after is None else require_size("sem_after", sem_after)
    error = math.hypot(first, second)
    if error > 0:
        z = difference / error
    else:
        z = math.copysign(math.inf, difference) if difference else 0.0
    reliable = beyond(abs(z), CRITERION)
    return ReliableChange(difference, error, z, CRITERION * error, reliable)
