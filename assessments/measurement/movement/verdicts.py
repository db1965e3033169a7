"""The movement verdict against a baseline (MEASUREMENT 4.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .plane import require_errors, require_scores, z_of

RELIABLE = 1.96
SUPPORTING = 1.28
# Interdependence takes no part in the verdict.
JUDGED = ("DEP", "CDP", "IND")

Scores = Mapping[str, float]


class Verdict(StrEnum):
    """What the path since the baseline allows to say. Codes are stored."""

    SWING_TO_DEPENDENCE = "swing_to_dependence"
    SWING_TO_COUNTER_DEPENDENCE = "swing_to_counter_dependence"
    TOWARD_INDEPENDENCE = "toward_independence"
    CLAIMS_ONLY = "claims_only"
    AWAY = "away"
    NOT_YET_RELIABLE = "not_yet_reliable"


SWINGS = frozenset({Verdict.SWING_TO_DEPENDENCE, Verdict.SWING_TO_COUNTER_DEPENDENCE})


@dataclass(frozen=True, slots=True)
class Contrast:
    """Changes since the baseline in units of their error.

    `balance` is that of M; `swing` that of counter-dependence against dependence.
    """

    balance: float
    swing: float
    cdp: float
    dep: float


def verdict(
    baseline: Scores,
    baseline_errors: Scores,
    history: Sequence[Scores],
    history_errors: Scores | Sequence[Scores],
    window: int = 4,
    persistence: int = 2,
) -> Verdict:
    """Judge the administrations after the baseline, given in time order.

    Scores and standard errors are POMP, by scale code DEP, CDP and IND (INT is not read).
    `history_errors` is the errors of one administration, or a list with one for each. At each
    step the mean of the last `window` administrations up to it is compared with the baseline; the
    verdict is the result that the last `persistence` steps share, else NOT_YET_RELIABLE. Raises
    ValueError for scores outside 0 to 100, missing or negative errors, unequal lengths, and a
    window or persistence below 1.
    """
    require_scores("baseline", baseline, JUDGED)
    require_errors("baseline_errors", baseline_errors, JUDGED)
    for scores in history:
        require_scores("history", scores, JUDGED)
    errors = _errors_of_each(history_errors, len(history))
    require_rule(window, persistence)
    if len(history) < persistence:
        return Verdict.NOT_YET_RELIABLE
    results = []
    for end in range(len(history) - persistence + 1, len(history) + 1):
        recent = slice(max(0, end - window), end)
        results.append(judge(contrast(baseline, baseline_errors, history[recent], errors[recent])))
    return held(results, persistence)


def contrast(
    baseline: Scores,
    baseline_errors: Scores,
    recent: Sequence[Scores],
    recent_errors: Sequence[Scores],
) -> Contrast:
    """Compare the mean of the recent administrations with the baseline."""
    n = len(recent)
    difference, variance = {}, {}
    for scale in JUDGED:
        mean = sum([scores[scale] for scores in recent]) / n
        difference[scale] = mean - baseline[scale]
        variance[scale] = variance_of_change(
            baseline_errors[scale], [errors[scale] for errors in recent_errors]
        )
    return Contrast(
        # M halves the difference and its error alike, so the halves cancel.
        balance=z_of(difference["IND"] - difference["CDP"], variance["IND"] + variance["CDP"]),
        swing=z_of(difference["CDP"] - difference["DEP"], variance["CDP"] + variance["DEP"]),
        cdp=z_of(difference["CDP"], variance["CDP"]),
        dep=z_of(difference["DEP"], variance["DEP"]),
    )


def variance_of_change(start_error: float, recent_errors: Sequence[float]) -> float:
    """Variance of the mean of the recent scores against the score of the start."""
    # Products, because ** raises where a float is too large and * gives infinity.
    squares = sum([error * error for error in recent_errors])
    return start_error * start_error + squares / len(recent_errors) ** 2


def judge(z: Contrast) -> Verdict:
    """The result of one step. The order matters: a swing is not credited as movement.

    A bound that is exactly reached counts, as MEASUREMENT 4.3 writes it.
    """
    if z.swing <= -RELIABLE and z.cdp <= -SUPPORTING and z.dep >= SUPPORTING:
        return Verdict.SWING_TO_DEPENDENCE
    if z.swing >= RELIABLE and z.cdp >= SUPPORTING and z.dep <= -SUPPORTING:
        return Verdict.SWING_TO_COUNTER_DEPENDENCE
    if z.balance >= RELIABLE:
        fell = z.cdp <= -SUPPORTING
        return Verdict.TOWARD_INDEPENDENCE if fell else Verdict.CLAIMS_ONLY
    if z.balance <= -RELIABLE:
        return Verdict.AWAY
    return Verdict.NOT_YET_RELIABLE


def held(results: Sequence[Verdict], persistence: int) -> Verdict:
    """The result shared by the last `persistence` steps, else NOT_YET_RELIABLE."""
    if len(results) < persistence or len(set(results[-persistence:])) != 1:
        return Verdict.NOT_YET_RELIABLE
    return results[-1]


def require_rule(window: int, persistence: int) -> None:
    if window < 1 or persistence < 1:
        raise ValueError("window and persistence must be at least 1")


def _errors_of_each(errors: Scores | Sequence[Scores], count: int) -> Sequence[Scores]:
    if isinstance(errors, Mapping):
        if count:
            require_errors("history_errors", errors, JUDGED)
        return [errors] * count
    if len(errors) != count:
        raise ValueError("history_errors must be one set of errors, or one for each step")
    for entry in errors:
        require_errors("history_errors", entry, JUDGED)
    return errors
