"""What in a segment asks for a review, since when, and from which figures (MEASUREMENT 3.8, 4.5).

No sentence is made here. Data that were missed and answers that point to risk prompt elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .changes import Steps, balance_changes, detectable_balance, scored_for_balance, stuck
from .course import Course
from .model import MISTAKEN_FROM, Prompt, PromptCode
from .partner import Gap, GapDirection
from .smoothing import SmoothedChange
from .swings import Pendulum
from .verdicts import SWINGS, Verdict

LONG_GAP_WEEKS = 6.0
# The middle of the answers: the help that is asked for lies between "sometimes" and "often".
HELP_ASKING_LOW_BELOW = 50.0
# The sign of a change for the worse.
WORSE = {"DEP": 1, "CDP": 1, "IND": -1, "INT": -1}

Figures = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the prompts are raised from. `start` is the index of the segment's first form."""

    course: Course
    start: int
    q: float
    window: int
    persistence: int
    steps: Mapping[str, Steps]
    worse: tuple[str, ...]
    pendulum: Pendulum
    balance_change: SmoothedChange | None
    stuck: bool
    help_asking: float | None
    partner_gap: Gap | None


def prompts(of: Reviewed) -> tuple[Prompt, ...]:
    """All that stand at the last administration, in the order of their codes."""
    if not of.course.weeks:
        return ()
    raised = (_deterioration, _pendulum, _mistaken, _stuck, _target_changed, _long_gap)
    return tuple(prompt for found in raised for prompt in found(of))


def worse(steps: Mapping[str, Steps], persistence: int) -> tuple[str, ...]:
    """The scales reliably worse than at the baseline on enough administrations in a row."""
    return tuple(
        scale
        for scale, found in steps.items()
        if len(found.run) >= persistence and found.difference * WORSE[scale] > 0
    )


def _since(of: Reviewed, stands: Callable[[int], bool]) -> int:
    """The first of the latest administrations in a row at which it stood; it stands at the last."""
    first = len(of.course.weeks) - 1
    while first and stands(first - 1):
        first -= 1
    return of.start + first


def _deterioration(of: Reviewed) -> Iterator[Prompt]:
    for scale in of.worse:
        found = of.steps[scale]
        figures: Figures = {
            "scale": scale,
            "difference": found.difference,
            "standard_error": found.standard_error,
            "z": found.z[-1],
            "held": len(found.run),
        }
        since = of.start + found.run[of.persistence - 1]
        yield Prompt(PromptCode.DETERIORATION, since, figures)
    verdicts, contrast = of.course.verdicts, of.course.contrast
    if verdicts[-1] is Verdict.AWAY and contrast is not None:
        since = _since(of, lambda i: verdicts[i] is Verdict.AWAY)
        figures = {"verdict": str(Verdict.AWAY), "z_balance": contrast.balance}
        yield Prompt(PromptCode.DETERIORATION, since, figures)


def _pendulum(of: Reviewed) -> Iterator[Prompt]:
    verdicts, weeks, swings = of.course.verdicts, of.course.weeks, of.pendulum

    def stands(i: int) -> bool:
        return verdicts[i] in SWINGS or swings.back_and_forth_at(of.start + i, weeks[i])

    if not stands(len(weeks) - 1):
        return
    figures: Figures = {"which": "reversals", "reversals": swings.reversals}
    if verdicts[-1] in SWINGS and of.course.contrast is not None:
        figures |= {"which": str(verdicts[-1]), "z_swing": of.course.contrast.swing}
    yield Prompt(PromptCode.PENDULUM, _since(of, stands), figures)


def _mistaken(of: Reviewed) -> Iterator[Prompt]:
    probabilities = of.course.mistaken

    def stands(i: int) -> bool:
        probability = probabilities[i]
        return probability is not None and probability >= MISTAKEN_FROM

    now = probabilities[-1]
    if now is None or not stands(len(probabilities) - 1):
        return
    figures: Figures = {"probability": now}
    if of.help_asking is not None and of.help_asking < HELP_ASKING_LOW_BELOW:
        figures["help_asking"] = of.help_asking
    gap = of.partner_gap
    if gap is not None and gap.direction is GapDirection.SELF_HIGHER:
        figures |= {"partner_gap": gap.difference, "partner_gap_z": gap.z}
    yield Prompt(PromptCode.MISTAKEN_AUTONOMY, _since(of, stands), figures)


def _stuck(of: Reviewed) -> Iterator[Prompt]:
    course, baseline, change = of.course, of.course.baseline, of.balance_change
    if not of.stuck or baseline is None or change is None:
        return
    history = balance_changes(course, baseline, of.q)

    def stands(i: int) -> bool:
        return i >= baseline and stuck(course, baseline, history[i - baseline], i)

    scored = scored_for_balance(course, baseline, len(course.weeks) - 1)
    figures: Figures = {
        "difference": change.difference,
        "detectable": detectable_balance(course, baseline, scored[-1]),
        "probability_rose": change.probability_rose,
        "weeks": course.weeks[scored[-1]] - course.weeks[baseline],
        "forms": len(scored),
    }
    yield Prompt(PromptCode.STUCK, _since(of, stands), figures)


def _target_changed(of: Reviewed) -> Iterator[Prompt]:
    """As long as the forms about the new target are too few for a verdict of their own."""
    if of.start and of.course.judged < of.persistence:
        figures: Figures = {"forms": len(of.course.weeks), "needed": of.persistence + 1}
        yield Prompt(PromptCode.TARGET_CHANGED, of.start, figures)


def _long_gap(of: Reviewed) -> Iterator[Prompt]:
    """The latest one, as long as the forms that a verdict compares reach back across it."""
    scored = [i for i, entry in enumerate(of.course.known) if entry.scores]
    compared = of.window + of.persistence - 1
    for at in range(len(scored) - 1, max(0, len(scored) - compared), -1):
        before, after = scored[at - 1], scored[at]
        weeks = of.course.weeks[after] - of.course.weeks[before]
        if weeks > LONG_GAP_WEEKS:
            figures: Figures = {"from": of.start + before, "to": of.start + after, "weeks": weeks}
            yield Prompt(PromptCode.LONG_GAP, of.start + after, figures)
            return
