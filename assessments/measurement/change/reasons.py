"""Why a figure of change is not given. The sentences for people are made elsewhere."""

from enum import StrEnum


class WhyNot(StrEnum):
    """What is missing, so that no number is shown in its place."""

    NO_EARLIER_SCORE = "no_earlier_score"
    NO_LATER_SCORE = "no_later_score"
    NO_RELIABILITY = "no_reliability"
    NO_DIRECTION = "no_direction"
    NO_NORMS = "no_norms"
    NORMS_AGAINST_DIRECTION = "norms_against_direction"
    NOTHING_PUBLISHED = "nothing_published"
    TOO_FEW_POINTS = "too_few_points"
    SPAN_TOO_SHORT = "span_too_short"
