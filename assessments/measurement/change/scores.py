"""Change of two scores of one scale: a result, or the reason why there is none."""

from ..definition import Direction, Scale
from ..scoring import ScaleScore
from .reasons import WhyNot
from .reliable import ReliableChange, reliable_change
from .significant import ChosenCutoff, Outcome, choose_cutoff, classify

# The rung of the evidence ladder from which the classes may be named.
NORMS_RUNG = 3


def change_of(before: ScaleScore | None, after: ScaleScore | None) -> ReliableChange | WhyNot:
    """The change from `before` to `after` in POMP, each with its own error."""
    if before is None or before.pomp is None:
        return WhyNot.NO_EARLIER_SCORE
    if after is None or after.pomp is None:
        return WhyNot.NO_LATER_SCORE
    if before.sem is None or after.sem is None:
        return WhyNot.NO_RELIABILITY
    return reliable_change(before.pomp, after.pomp, before.sem, after.sem)


def cutoff_of(scale: Scale) -> ChosenCutoff | WhyNot:
    """The cut-off that the scale's norms give, in reported units; a reason below rung 3."""
    if scale.direction is Direction.NONE:
        return WhyNot.NO_DIRECTION
    norms = scale.norms
    if norms is None or scale.evidence.rung < NORMS_RUNG:
        return WhyNot.NO_NORMS
    return choose_cutoff(
        clinical_mean=norms.clinical_mean,
        clinical_sd=norms.clinical_sd,
        functional_mean=norms.functional_mean,
        functional_sd=norms.functional_sd,
        higher_is_better=scale.direction is Direction.HIGHER,
    )


def outcome_of(
    scale: Scale, before: ScaleScore | None, after: ScaleScore | None
) -> Outcome | WhyNot:
    """The class of the change from `before` to `after` on a scale with norms of both groups."""
    chosen = cutoff_of(scale)
    if isinstance(chosen, WhyNot):
        return chosen
    change = change_of(before, after)
    if isinstance(change, WhyNot):
        return change
    if before is None or after is None:
        return Outcome.NOT_APPLICABLE
    raw = chosen.value / scale.factor
    cutoff = 100 * (raw - scale.minimum) / (scale.maximum - scale.minimum)
    better = scale.direction is Direction.HIGHER
    return classify(before.pomp, after.pomp, before.sem, after.sem, cutoff, better)
