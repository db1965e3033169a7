"""What a change of a score is worth: error, reliable and significant change, trend.

Whatever takes plain numbers gives plain numbers or raises ValueError; whatever takes scores and
declarations gives a result or the reason why there is none (`WhyNot`).
"""

from .error import (
    LEVELS,
    detectable_changes,
    minimal_detectable_change,
    standard_error,
    two_sided_quantile,
)
from .published import PublishedComparison, compare_with_published
from .reasons import WhyNot
from .reliable import CRITERION, ReliableChange, reliable_change
from .scores import change_of, cutoff_of, outcome_of
from .significant import (
    ChosenCutoff,
    CutoffKind,
    Cutoffs,
    Outcome,
    choose_cutoff,
    classify,
    cutoffs,
)
from .steady import is_steady
from .trend import Trend, theil_sen, why_no_trend

__all__ = [
    "CRITERION",
    "LEVELS",
    "ChosenCutoff",
    "CutoffKind",
    "Cutoffs",
    "Outcome",
    "PublishedComparison",
    "ReliableChange",
    "Trend",
    "WhyNot",
    "change_of",
    "choose_cutoff",
    "classify",
    "compare_with_published",
    "cutoff_of",
    "cutoffs",
    "detectable_changes",
    "is_steady",
    "minimal_detectable_change",
    "outcome_of",
    "reliable_change",
    "standard_error",
    "theil_sen",
    "two_sided_quantile",
    "why_no_trend",
]
