"""The plane of counter-dependence and independence (MEASUREMENT 4.3), and checks of its scores."""

import math
from collections.abc import Iterable, Mapping

# Dependence, counter-dependence, independence, interdependence.
SCALES = ("DEP", "CDP", "IND", "INT")


def balance(ind: float, cdp: float) -> float:
    """M = 50 + (IND - CDP) / 2 on POMP, 0 to 100: never to be shown without the plane itself."""
    return 50 + (ind - cdp) / 2


def elevation(ind: float, cdp: float) -> float:
    """E = (IND + CDP) / 2 on POMP: with M near 50, high is the zone of mistaken autonomy."""
    return (ind + cdp) / 2


def balance_error(ind_error: float, cdp_error: float) -> float:
    """Standard error of M, and of E; the two scales share no item, so their errors add up."""
    return math.hypot(ind_error, cdp_error) / 2


def z_of(difference: float, variance: float) -> float:
    """A difference in units of its error; without any error every difference is beyond it.

    To nine decimals: a change of exactly 1.96 errors must not fall short because 49.9 - 45 is
    stored as a trifle less than 4.9.
    """
    if variance > 0:
        return round(difference / math.sqrt(variance), 9)
    return math.copysign(math.inf, difference) if difference else 0.0


def probability_above(mean: float, error: float, cut: float) -> float:
    """P(true score >= cut) for a normal error; a step at the cut where there is no error."""
    if error > 0:
        return 0.5 * math.erfc((cut - mean) / (error * math.sqrt(2)))
    return 0.5 if mean == cut else float(mean > cut)


def require_scores(name: str, scores: Mapping[str, float], scales: Iterable[str]) -> None:
    """Raise ValueError unless each of the scales has a score from 0 to 100."""
    for scale in scales:
        value = scores.get(scale)
        if value is None or not 0 <= value <= 100:
            raise ValueError(f"{name} needs a score from 0 to 100 for {scale}, not {value}")


def require_errors(name: str, errors: Mapping[str, float], scales: Iterable[str]) -> None:
    """Raise ValueError unless each of the scales has a finite error of at least 0."""
    for scale in scales:
        value = errors.get(scale)
        if value is None or not 0 <= value < math.inf:
            raise ValueError(f"{name} needs an error of at least 0 for {scale}, not {value}")
