"""How a person moves: smoothed scores, the plane, stages, the verdict, and all of it together."""

from .follow import follow
from .model import MISTAKEN_FROM, Administration, Balance, Change, Movement, PathPoint
from .plane import SCALES, balance, elevation
from .smoothing import Estimate, SmoothedChange, change_between, smooth
from .stages import Stage, StageReading, stage_probabilities
from .verdicts import Verdict, verdict

__all__ = [
    "MISTAKEN_FROM",
    "SCALES",
    "Administration",
    "Balance",
    "Change",
    "Estimate",
    "Movement",
    "PathPoint",
    "SmoothedChange",
    "Stage",
    "StageReading",
    "Verdict",
    "balance",
    "change_between",
    "elevation",
    "follow",
    "smooth",
    "stage_probabilities",
    "verdict",
]
