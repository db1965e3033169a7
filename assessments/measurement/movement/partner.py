"""How a person sees themselves beside how their partner sees them (MEASUREMENT 4.5)."""

import math
from dataclasses import dataclass
from enum import StrEnum

from .plane import z_of
from .verdicts import RELIABLE


class GapDirection(StrEnum):
    """Who sees more of the scale, where the two differ by more than error."""

    SELF_HIGHER = "self_higher"
    PARTNER_HIGHER = "partner_higher"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Gap:
    """Self minus partner in POMP, and whether that is more than 1.96 of its errors."""

    difference: float
    standard_error: float
    z: float
    beyond_error: bool
    direction: GapDirection


def self_partner_gap(
    self_score: float, self_error: float, partner_score: float, partner_error: float
) -> Gap:
    """Compare two POMP scores of one scale with their standard errors.

    The two people answer independently, so their errors add up. A gap of exactly 1.96 errors is
    none, as in every reliable change (MEASUREMENT 3.4). Raises ValueError for a score outside 0 to
    100 and a negative or non-finite error.
    """
    for name, score in (("self_score", self_score), ("partner_score", partner_score)):
        if not 0 <= score <= 100:
            raise ValueError(f"{name} must be a score from 0 to 100, not {score}")
    for name, error in (("self_error", self_error), ("partner_error", partner_error)):
        if not 0 <= error < math.inf:
            raise ValueError(f"{name} must be a finite number of at least 0, not {error}")
    difference = self_score - partner_score
    standard_error = math.hypot(self_error, partner_error)
    z = z_of(difference, standard_error * standard_error)
    beyond = abs(z) > RELIABLE
    direction = GapDirection.NONE
    if beyond:
        direction = GapDirection.SELF_HIGHER if z > 0 else GapDirection.PARTNER_HIGHER
    return Gap(difference, standard_error, z, beyond, direction)
