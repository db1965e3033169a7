"""Clinically significant change after Jacobson and Truax: cut-offs and classes (3.4).

For scales with norms of both groups only (rung 3); `outcome_of` keeps to that.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from .checks import beyond, require_number, require_spread
from .reasons import WhyNot
from .reliable import reliable_change


@dataclass(frozen=True)
class Cutoffs:
    """Three borders between the clinical and the functional group, in the units of the norms.

    a: two clinical standard deviations from the clinical mean, toward the functional side;
    b: two functional standard deviations from the functional mean, toward the clinical side;
    c: where both groups are equally far in units of their own spread.
    """

    a: float
    b: float
    c: float


class CutoffKind(StrEnum):
    A = "a"
    B = "b"
    C = "c"


@dataclass(frozen=True)
class ChosenCutoff:
    kind: CutoffKind
    value: float


def cutoffs(
    clinical_mean: float,
    clinical_sd: float,
    functional_mean: float,
    functional_sd: float,
    higher_is_better: bool,
) -> Cutoffs:
    """The cut-offs a, b and c from the norms of both groups.

    Raises ValueError for a mean that is not a finite number or a standard deviation that is not
    a finite number above 0.
    """
    clinical, functional = (
        require_number("clinical_mean", clinical_mean),
        require_number("functional_mean", functional_mean),
    )
    clinical_spread = require_spread("clinical_sd", clinical_sd)
    functional_spread = require_spread("functional_sd", functional_sd)
    better = 1 if higher_is_better else -1
    weighted = clinical_spread * functional + functional_spread * clinical
    return Cutoffs(
        a=clinical + better * 2 * clinical_spread,
        b=functional - better * 2 * functional_spread,
        c=weighted / (clinical_spread + functional_spread),
    )


def choose_cutoff(
    *,
    clinical_mean: float | None = None,
    clinical_sd: float | None = None,
    functional_mean: float | None = None,
    functional_sd: float | None = None,
    higher_is_better: bool,
) -> ChosenCutoff | WhyNot:
    """Which cut-off the norms that are there allow, and its value.

    Both groups: c where they overlap (their bands of two standard deviations share a part), b
    where they do not. The functional group only: b. The clinical group only: a, the weakest.
    Norms whose functional mean is not on the better side contradict the direction.
    """
    better = 1 if higher_is_better else -1
    if clinical_mean is not None and clinical_sd is not None:
        if functional_mean is not None and functional_sd is not None:
            found = cutoffs(
                clinical_mean, clinical_sd, functional_mean, functional_sd, higher_is_better
            )
            if better * (functional_mean - clinical_mean) <= 0:
                return WhyNot.NORMS_AGAINST_DIRECTION
            if better * (found.a - found.b) > 0:
                return ChosenCutoff(CutoffKind.C, found.c)
            return ChosenCutoff(CutoffKind.B, found.b)
        spread = require_spread("clinical_sd", clinical_sd)
        value = require_number("clinical_mean", clinical_mean) + better * 2 * spread
        return ChosenCutoff(CutoffKind.A, value)
    if functional_mean is not None and functional_sd is not None:
        spread = require_spread("functional_sd", functional_sd)
        value = require_number("functional_mean", functional_mean) - better * 2 * spread
        return ChosenCutoff(CutoffKind.B, value)
    return WhyNot.NO_NORMS


@dataclass(frozen=True)
class Outcome:
    """The class of a change. Outcomes are equal when their class is, whatever their sub-note.

    `crossed_without_reliable_change` is a sub-note of UNCHANGED: the scores lie on the two sides
    of the cut-off, the later one on the functional side, but no further apart than error allows.
    """

    value: str
    crossed_without_reliable_change: bool = field(default=False, compare=False)

    RECOVERED: ClassVar["Outcome"]
    IMPROVED: ClassVar["Outcome"]
    UNCHANGED: ClassVar["Outcome"]
    DETERIORATED: ClassVar["Outcome"]
    NOT_APPLICABLE: ClassVar["Outcome"]

    @property
    def name(self) -> str:
        return self.value.upper()

    def __str__(self) -> str:
        return self.value


Outcome.RECOVERED = Outcome("recovered")
Outcome.IMPROVED = Outcome("improved")
Outcome.UNCHANGED = Outcome("unchanged")
Outcome.DETERIORATED = Outcome("deteriorated")
Outcome.NOT_APPLICABLE = Outcome("not_applicable")


def classify(
    before: float | None,
    after: float | None,
    sem_before: float | None,
    sem_after: float | None,
    cutoff: float | None,
    higher_is_better: bool,
) -> Outcome:
    """The class of the change from `before` to `after`, all in one unit, in the order of 3.4.

    Not applicable without both scores or without both errors: here a missing error is one that
    is not declared. Recovered is a reliable change for the better from the dysfunctional to the
    functional side. A score exactly on the cut-off has not passed it and lies on the
    dysfunctional side. Without a cut-off nobody is recovered. Raises ValueError as
    `reliable_change` does.
    """
    if before is None or after is None or sem_before is None or sem_after is None:
        return Outcome.NOT_APPLICABLE
    change = reliable_change(before, after, sem_before, sem_after)
    better = 1 if higher_is_better else -1
    crossed = False
    if cutoff is not None:
        limit = better * require_number("cutoff", cutoff)
        crossed = beyond(better * after, limit) and not beyond(better * before, limit)
    if not change.reliable:
        return (
            Outcome("unchanged", crossed_without_reliable_change=True)
            if crossed
            else (Outcome.UNCHANGED)
        )
    if better * change.difference < 0:
        return Outcome.DETERIORATED
    return Outcome.RECOVERED if crossed else Outcome.IMPROVED
