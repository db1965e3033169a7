"""What is known of a person's movement: what goes in, and what comes out. Built by `follow`."""

from collections.abc import Mapping
from dataclasses import dataclass

from . import stages as naming
from .smoothing import Estimate, SmoothedChange
from .stages import NAMED_FROM, Stage, StageReading
from .verdicts import RELIABLE, Verdict

MISTAKEN_FROM = 0.80

Probabilities = Mapping[Stage, float]


@dataclass(frozen=True, slots=True)
class Administration:
    """One submitted form: POMP scores and their standard errors by scale code.

    `weeks` is the time from any fixed origin. A scale that is absent, None, or without an error
    is a gap; other scales than the four are not read. `baseline` marks a form to measure from.
    """

    weeks: float
    scores: Mapping[str, float | None]
    errors: Mapping[str, float | None]
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class PathPoint:
    """One point of the path on the plane, smoothed; `administration` is its index."""

    administration: int
    weeks: float
    cdp: float
    ind: float
    sd_cdp: float
    sd_ind: float


@dataclass(frozen=True, slots=True)
class Balance:
    """Filtered balance and elevation, which share one standard error."""

    value: float
    standard_error: float
    elevation: float


@dataclass(frozen=True, slots=True)
class Change:
    """The mean of the last administrations of one scale against its baseline.

    `held` counts the latest administrations in a row that were beyond error in this direction.
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


@dataclass(frozen=True, slots=True)
class Movement:
    """A person's movement. Tuples run along the administrations; None where nothing can be said.

    `baseline` is the index measured from. Estimates of a scale begin with its first score. Stage
    probabilities and balances come from filtered estimates: no later answer changes them.
    `balance_change` is the smoothed change of balance since the baseline, `worse` the scales
    reliably worse than at the baseline on enough administrations in a row. `stuck` prompts a
    review where there is nothing to see after six administrations and eight weeks.

    `platform_probability` is that of independence standing now, on which interdependence may be
    credited; `onward` says that interdependence has risen on it, beyond error and held.
    """

    weeks: tuple[float, ...]
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
