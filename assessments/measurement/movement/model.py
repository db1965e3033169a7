"""What is known of a person's movement: what goes in, and what comes out. Built by `follow`."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from . import stages as naming
from .smoothing import Estimate, SmoothedChange
from .stages import NAMED_FROM, Stage, StageReading
from .swings import Pendulum
from .verdicts import RELIABLE, Verdict

MISTAKEN_FROM = 0.80

Probabilities = Mapping[Stage, float]


@dataclass(frozen=True, slots=True)
class Administration:
    """One submitted form: POMP scores and their standard errors by scale code.

    `weeks` is the time from any fixed origin. A scale that is absent, None, or without an error
    is a gap; other scales than the four are not read. `baseline` marks a form to measure from.
    `segment` says what the answers are about, such as the relationship they have in mind: nothing
    is compared across a change of it (MEASUREMENT 4.1).
    """

    weeks: float
    scores: Mapping[str, float | None]
    errors: Mapping[str, float | None]
    baseline: bool = False
    segment: Hashable = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Successive administrations about the same: indices from `start` up to but without `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PathPoint:
    """One point of the path on the plane, smoothed; `administration` is its index.

    `segment` is the index of its segment: no line joins two points of different segments.
    """

    administration: int
    weeks: float
    cdp: float
    ind: float
    sd_cdp: float
    sd_ind: float
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """Filtered balance and elevation, which share one standard error."""

    value: float
    standard_error: float
    elevation: float


@dataclass(frozen=True, slots=True)
class Change:
    """The mean of the last administrations of one scale against its baseline.

    Beyond error is more than 1.96 errors, as for every reliable change (MEASUREMENT 3.4): a
    difference of exactly that much is not. `held` counts the latest administrations in a row that
    were beyond error in this direction.
    """

    difference: float
    standard_error: float
    z: float
    beyond_error: bool
    held: int

    @property
    def margin(self) -> float:
        """The difference that error alone would rarely reach, 1.96 standard errors."""
        return RELIABLE * self.standard_error


class PromptCode(StrEnum):
    """What asks for a review (MEASUREMENT 3.8 and 4.5), in the order of its weight."""

    DETERIORATION = "deterioration"
    PENDULUM = "pendulum"
    MISTAKEN_AUTONOMY = "mistaken_autonomy"
    STUCK = "stuck"
    TARGET_CHANGED = "target_changed"
    LONG_GAP = "long_gap"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A reason to look again. Worded elsewhere, as a question.

    `since` is the index of the administration since which it stands without a break. `figures`
    are those it was raised from; a scale is named by its code, an administration by its index.
    """

    code: PromptCode
    since: int
    figures: Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Movement:
    """A person's movement. Tuples run along the administrations; None where nothing can be said.

    Nothing crosses the border of two `segments`: each is estimated anew, and what is not a run
    along the administrations (baseline, changes, prompts and the rest) is that of the last one.

    `baseline` is the index measured from. Estimates of a scale begin with its first score in each
    segment. Stage probabilities and balances come from filtered estimates: no later answer
    changes them.
    `balance_change` is the smoothed change of balance since the baseline, `worse` the scales
    reliably worse than at the baseline on enough administrations in a row. `stuck` prompts a
    review where there is nothing to see after six administrations and eight weeks.

    `platform_probability` is that of independence standing now, on which interdependence may be
    credited; `onward` says that interdependence has risen on it, by 1.96 errors and held.
    """

    weeks: tuple[float, ...]
    segments: tuple[Segment, ...]
    baseline: int | None
    estimates: Mapping[str, tuple[Estimate | None, ...]]
    path: tuple[PathPoint, ...]
    balances: tuple[Balance | None, ...]
    probabilities: tuple[Probabilities | None, ...]
    stages: tuple[StageReading | None, ...]
    verdicts: tuple[Verdict, ...]
    changes: Mapping[str, Change]
    z_balance: float | None
    z_swing: float | None
    mistaken_probabilities: tuple[float | None, ...]
    platform_probability: float | None
    onward: bool
    balance_change: SmoothedChange | None
    stuck: bool
    worse: tuple[str, ...]
    pendulum: Pendulum
    prompts: tuple[Prompt, ...]

    @property
    def verdict(self) -> Verdict:
        return self.verdicts[-1] if self.verdicts else Verdict.NOT_YET_RELIABLE

    @property
    def stage(self) -> StageReading | None:
        return self.stages[-1] if self.stages else None

    @property
    def likely(self) -> tuple[Stage | None, ...]:
        """The most likely stage at each administration, whether or not it may be named."""
        return tuple(naming.likely(p)[0] if p is not None else None for p in self.probabilities)

    @property
    def mistaken_probability(self) -> float | None:
        """P(independence and counter-dependence both high) now."""
        return self.mistaken_probabilities[-1] if self.mistaken_probabilities else None

    @property
    def platform_stands(self) -> bool:
        """Whether independence stands, so that interdependence may be credited (4.3)."""
        return self.platform_probability is not None and self.platform_probability >= NAMED_FROM

    @property
    def mistaken_autonomy(self) -> bool:
        """Independence claimed beside high counter-dependence: a question for the therapist."""
        return self.mistaken_probability is not None and self.mistaken_probability >= MISTAKEN_FROM

    @property
    def counter_dependence_up(self) -> bool:
        return "CDP" in self.worse
