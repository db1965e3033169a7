"""Stages by the rule "independence first" (MEASUREMENT 4.4), and when one may be named."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .plane import SCALES, probability_above, require_errors, require_scores

NAMED_FROM = 0.70

Cut = float | Mapping[str, float]


class Stage(StrEnum):
    """A pattern of the four scales, not a type of person and not a ladder. Codes are stored."""

    MIXED = "mixed"
    DEPENDENT = "dependent"
    COUNTER_DEPENDENT = "counter_dependent"
    TRANSITIONAL = "transitional"
    RELATIONAL_AHEAD = "relational_ahead"
    INDEPENDENT = "independent"
    INTERDEPENDENT = "interdependent"


@dataclass(frozen=True, slots=True)
class StageReading:
    """What may be said about the stage at one administration.

    Either `stage` is named, or the reading is `between` the two most likely ones. `probability`
    is that of the most likely stage in both cases. `provisional`: named from one long form alone.
    """

    stage: Stage | None
    between: tuple[Stage, Stage] | None
    probability: float
    provisional: bool


def stage_probabilities(
    scores: Mapping[str, float], errors: Mapping[str, float], cut: Cut = 50.0
) -> dict[Stage, float]:
    """P(stage) for the POMP scores of DEP, CDP, IND and INT with their standard errors.

    `cut` is one POMP value or one for each scale. The seven probabilities sum to 1. Raises
    ValueError for a score or cut outside 0 to 100 and for a missing or negative error.
    """
    require_scores("scores", scores, SCALES)
    require_errors("errors", errors, SCALES)
    cuts = cuts_of(cut)
    return combine(
        {scale: probability_above(scores[scale], errors[scale], cuts[scale]) for scale in SCALES}
    )


def cuts_of(cut: Cut) -> Mapping[str, float]:
    """One checked cut for each scale."""
    cuts = cut if isinstance(cut, Mapping) else dict.fromkeys(SCALES, cut)
    require_scores("cut", cuts, SCALES)
    return cuts


def combine(above: Mapping[str, float]) -> dict[Stage, float]:
    """P(stage) from P(scale >= cut), the errors of the scales being independent."""
    dep, cdp, ind, int_ = (above[scale] for scale in SCALES)
    free = (1 - dep) * (1 - cdp)
    return {
        Stage.MIXED: dep * cdp,
        Stage.DEPENDENT: dep * (1 - cdp),
        Stage.COUNTER_DEPENDENT: (1 - dep) * cdp,
        Stage.TRANSITIONAL: free * (1 - ind) * (1 - int_),
        Stage.RELATIONAL_AHEAD: free * (1 - ind) * int_,
        Stage.INDEPENDENT: free * ind * (1 - int_),
        Stage.INTERDEPENDENT: free * ind * int_,
    }


def likely(probabilities: Mapping[Stage, float]) -> tuple[Stage, Stage]:
    """The two most likely stages, the likelier first; ties in the order of the enumeration."""
    first, second = sorted(probabilities, key=lambda stage: -probabilities[stage])[:2]
    return first, second


def read(
    probabilities: Mapping[Stage, float],
    previous: Mapping[Stage, float] | None,
    *,
    intake: bool,
) -> StageReading:
    """Name the stage where it reaches .70 at this administration and the one before.

    `previous` holds the probabilities of the administration before, None at the first. `intake`
    marks a first long form, from which a stage may be named provisionally.
    """
    first, second = likely(probabilities)
    probability = probabilities[first]
    if probability >= NAMED_FROM:
        if previous is not None and previous[first] >= NAMED_FROM:
            return StageReading(first, None, probability, provisional=False)
        if intake:
            return StageReading(first, None, probability, provisional=True)
    return StageReading(None, (first, second), probability, provisional=False)
